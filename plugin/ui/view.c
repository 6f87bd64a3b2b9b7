/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Before and after, the split line, and what the mouse and the arrow keys do to them.
 */
#include "ui/view.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "ui/parts.h"
#include "ui/surface.h"
#include "ui/toolkit.h"

#define GRIP      8    /* pixels beside the line that take it, too */
#define KEY_STEP  0.05 /* of the width */
#define FONT_SIZE 11

struct _UiView
{
  GtkWidget *canvas;
  UiMoved moved;
  gpointer data;
  cairo_surface_t *before, *after; /* or NULL */
  gdouble split;                   /* [0,1] of the picture's width */
  gboolean movable;

  enum
  {
    DRAG_NONE,
    DRAG_LINE,
    DRAG_PICTURE,
  } drag;
  gdouble last_x, last_y;
};

static void
draw_label (cairo_t *cr, const gchar *text, gdouble x, gdouble y)
{
  cairo_text_extents_t size;

  cairo_text_extents (cr, text, &size);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.5);
  cairo_rectangle (cr, x - 4, y - ui_scaled (FONT_SIZE), size.x_advance + 8,
                   ui_scaled (FONT_SIZE) + 5);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, x, y);
  cairo_show_text (cr, text);
}

static void
draw_line (cairo_t *cr, gdouble x, gdouble y, gdouble height)
{
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_rectangle (cr, floor (x) - 1, y, 3, height);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_rectangle (cr, floor (x), y, 1, height);
  cairo_fill (cr);
  cairo_arc (cr, floor (x) + 0.5, y + height / 2, 5, 0, 2 * G_PI);
  cairo_fill (cr);
}

/* "Before" and "After" are said where there is room for them. */
static void
draw_labels (cairo_t *cr, gdouble x, gdouble y, gdouble split, gdouble width)
{
  cairo_text_extents_t before, after;

  cairo_select_font_face (cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, ui_scaled (FONT_SIZE));
  cairo_text_extents (cr, _ ("Before"), &before);
  cairo_text_extents (cr, _ ("After"), &after);
  if (split > before.x_advance + 20)
    draw_label (cr, _ ("Before"), x + 8, y + ui_scaled (FONT_SIZE) + 6);
  if (width - split > after.x_advance + 20)
    draw_label (cr, _ ("After"), x + width - after.x_advance - 8,
                y + ui_scaled (FONT_SIZE) + 6);
}

static void
draw (cairo_t *cr, gint width, gint height, gpointer data)
{
  UiView *view = data;
  gdouble x, y, scale, w, h;

  cairo_set_source_rgb (cr, 0.25, 0.25, 0.25);
  cairo_paint (cr);
  if (!view->before)
    return;
  ui_surface_fit (view->before, width, height, &x, &y, &scale);
  w = cairo_image_surface_get_width (view->before) * scale;
  h = cairo_image_surface_get_height (view->before) * scale;
  ui_surface_paint (view->before, cr, x, y, scale);
  if (!view->after)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, x + view->split * w, y, w, h);
  cairo_clip (cr);
  ui_surface_paint (view->after, cr, x, y, w / cairo_image_surface_get_width (view->after));
  cairo_restore (cr);
  draw_line (cr, x + view->split * w, y, h);
  draw_labels (cr, x, y, view->split * w, w);
}

/* Where the picture begins and how wide it is drawn, in pixels; FALSE: there is none. */
static gboolean
measure (UiView *view, gdouble *x, gdouble *width, gdouble *scale)
{
  GtkAllocation size;
  gdouble y;

  if (!view->before)
    return FALSE;
  gtk_widget_get_allocation (view->canvas, &size);
  ui_surface_fit (view->before, size.width, size.height, x, &y, scale);
  *width = cairo_image_surface_get_width (view->before) * *scale;
  return TRUE;
}

static void
set_split (UiView *view, gdouble split)
{
  view->split = CLAMP (split, 0, 1);
  gtk_widget_queue_draw (view->canvas);
}

static gboolean
press (GtkWidget *canvas, GdkEventButton *event, gpointer data)
{
  UiView *view = data;
  gdouble x, width, scale;

  if (event->button != 1 || !measure (view, &x, &width, &scale))
    return FALSE;
  gtk_widget_grab_focus (canvas);
  view->drag = DRAG_LINE;
  if (view->movable && fabs (event->x - x - view->split * width) > GRIP)
    view->drag = DRAG_PICTURE;
  else
    set_split (view, (event->x - x) / width);
  view->last_x = event->x;
  view->last_y = event->y;
  return TRUE;
}

static gboolean
motion (GtkWidget *canvas, GdkEventMotion *event, gpointer data)
{
  UiView *view = data;
  gdouble x, width, scale;
  gint dx, dy;

  if (view->drag == DRAG_NONE || !measure (view, &x, &width, &scale))
    return FALSE;
  if (view->drag == DRAG_LINE)
    {
      set_split (view, (event->x - x) / width);
      return TRUE;
    }
  dx = (gint) ((event->x - view->last_x) / scale);
  dy = (gint) ((event->y - view->last_y) / scale);
  if (dx == 0 && dy == 0)
    return TRUE;
  view->last_x += dx * scale;
  view->last_y += dy * scale;
  view->moved (dx, dy, view->data);
  return TRUE;
}

static gboolean
release (GtkWidget *canvas, GdkEventButton *event, gpointer data)
{
  UiView *view = data;

  view->drag = DRAG_NONE;
  return TRUE;
}

static gboolean
key_press (GtkWidget *canvas, GdkEventKey *event, gpointer data)
{
  UiView *view = data;

  if (event->keyval == GDK_KEY_Left)
    set_split (view, view->split - KEY_STEP);
  else if (event->keyval == GDK_KEY_Right)
    set_split (view, view->split + KEY_STEP);
  else
    return FALSE;
  return TRUE;
}

static void
clear (GtkWidget *canvas, gpointer data)
{
  UiView *view = data;

  g_clear_pointer (&view->before, cairo_surface_destroy);
  g_clear_pointer (&view->after, cairo_surface_destroy);
  g_free (view);
}

/**
 * ui_view_new:
 * @width: pixels, at least
 * @moved: told when the picture is dragged
 *
 * Returns: a view that lives as long as its widget
 */
UiView *
ui_view_new (gint width, gint height, UiMoved moved, gpointer data)
{
  UiView *view = g_new0 (UiView, 1);

  view->moved = moved;
  view->data = data;
  view->split = 0.5;
  view->canvas = ui_canvas_new (width, height, draw, view);
  gtk_widget_set_can_focus (view->canvas, TRUE);
  gtk_widget_add_events (view->canvas, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK
                                           | GDK_BUTTON1_MOTION_MASK | GDK_KEY_PRESS_MASK);
  g_signal_connect (view->canvas, "button-press-event", G_CALLBACK (press), view);
  g_signal_connect (view->canvas, "motion-notify-event", G_CALLBACK (motion), view);
  g_signal_connect (view->canvas, "button-release-event", G_CALLBACK (release), view);
  g_signal_connect (view->canvas, "key-press-event", G_CALLBACK (key_press), view);
  g_signal_connect (view->canvas, "destroy", G_CALLBACK (clear), view);
  return view;
}

/**
 * ui_view_get_widget:
 *
 * Returns: (transfer none): what is shown of it, with which it is freed
 */
GtkWidget *
ui_view_get_widget (UiView *view)
{
  return view->canvas;
}

static void
replace (UiView *view, cairo_surface_t **surface, const NstImage *image)
{
  g_clear_pointer (surface, cairo_surface_destroy);
  if (image)
    *surface = ui_surface_new (image);
  gtk_widget_queue_draw (view->canvas);
}

/**
 * ui_view_set_before:
 * @image: (nullable): the picture as it is; drags are told in its pixels
 */
void
ui_view_set_before (UiView *view, const NstImage *image)
{
  replace (view, &view->before, image);
}

/**
 * ui_view_set_after:
 * @image: (nullable): the same in the style
 */
void
ui_view_set_after (UiView *view, const NstImage *image)
{
  replace (view, &view->after, image);
}

/**
 * ui_view_set_movable:
 * @movable: whether the picture can be dragged, not only the line
 */
void
ui_view_set_movable (UiView *view, gboolean movable)
{
  view->movable = movable;
}
