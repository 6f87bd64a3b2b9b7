/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layer that will be painted, a preview of it, and what the run will need.  The
 * pictures are read here, on the main thread, and painted on the preview's.
 */
#include "ui/panel.h"

#include <glib/gi18n-lib.h>

#include "preview.h"
#include "ui/parts.h"
#include "ui/surface.h"
#include "ui/toolkit.h"
#include "ui/view.h"

#define WIDTH          320 /* pixels, of the view */
#define HEIGHT         240
#define LOW_WIDTH      240 /* likewise, on a low screen, which is narrow, too */
#define LONGEST        400 /* of what is painted */
#define STYLE_SIDE     1024
#define THUMBNAIL      48
#define CHARACTERS     38
#define LOW_CHARACTERS 28
#define AROUND         200 /* what stands above and below the settings beside it, at most */
#define PAUSE          50  /* milliseconds */

struct _UiPanel
{
  Task *task;
  NstPreview *preview; /* or NULL */
  GtkWidget *box, *thumbnail, *target, *itself, *part_button, *words;
  UiView *view;
  guint timeout;
  gint photo, result; /* the task's, as it was given */

  gboolean changed, moved;
  gint shown;        /* what is read: the content */
  TaskStyles read;   /* and the styles */
  gboolean enlarged; /* a part at full size is shown */
  TaskPart part;
  NstImage content;
  GArray *styles; /* or NULL */
};

static gint
view_width (void)
{
  return ui_screen_height () < UI_LOW_SCREEN ? LOW_WIDTH : WIDTH;
}

static gint
text_width (void)
{
  return ui_screen_height () < UI_LOW_SCREEN ? LOW_CHARACTERS : CHARACTERS;
}

static void
show_target (UiPanel *panel)
{
  g_autofree gchar *name = task_item_name (panel->task->content);
  g_autofree gchar *text = NULL;
  GeglRectangle extent = {0};
  NstImage image;

  host_item_extent (panel->task->content, &extent);
  /* Translators: which layer the filter will paint, and its size in pixels */
  text = g_strdup_printf (_ ("Paints “%s”\n%d × %d pixels"), name, extent.width, extent.height);
  gtk_label_set_text (GTK_LABEL (panel->target), text);
  if (task_thumbnail (panel->task->content, ui_scaled (THUMBNAIL), &image))
    {
      g_autoptr (GdkPixbuf) pixbuf = ui_pixbuf_new (&image);

      gtk_image_set_from_pixbuf (GTK_IMAGE (panel->thumbnail), pixbuf);
      nst_image_clear (&image);
    }
}

static void
read_content (UiPanel *panel)
{
  g_autoptr (GError) error = NULL;

  nst_image_clear (&panel->content);
  if (!panel->enlarged)
    panel->part.rect.width = 0;
  if (!task_preview_content (panel->task, &panel->part, LONGEST, &panel->content, &error))
    gtk_label_set_text (GTK_LABEL (panel->words), error->message);
  ui_view_set_before (panel->view, panel->content.rgb ? &panel->content : NULL);
  panel->shown = panel->task->content;
  panel->moved = FALSE;
}

static void
read_styles (UiPanel *panel)
{
  g_clear_pointer (&panel->styles, g_array_unref);
  panel->read = panel->task->styles;
  if (panel->read.n > 0 && !task_styles_contain (&panel->read, panel->task->content))
    panel->styles = task_preview_styles (panel->task, STYLE_SIDE, NULL);
}

static void
restart (UiPanel *panel)
{
  gboolean other = panel->shown != panel->task->content;

  panel->changed = FALSE;
  if (other)
    show_target (panel);
  if (other || panel->moved)
    {
      read_content (panel);
      ui_view_set_after (panel->view, NULL);
    }
  if (other || !task_styles_equal (&panel->read, &panel->task->styles))
    read_styles (panel);
  if (!panel->styles)
    ui_view_set_after (panel->view, NULL);
  if (panel->preview && panel->content.rgb)
    nst_preview_start (panel->preview, &panel->task->params, panel->part.run_width,
                       panel->part.run_height, &panel->content, panel->styles, panel->enlarged);
}

static void
show_words (UiPanel *panel)
{
  g_autofree gchar *text = NULL;
  NstPreviewState state;

  nst_preview_state (panel->preview, &state);
  text = nst_preview_words (&state, panel->part.run_width, panel->part.run_height);
  if (*text && g_strcmp0 (text, gtk_label_get_text (GTK_LABEL (panel->words))) != 0)
    gtk_label_set_text (GTK_LABEL (panel->words), text);
  g_free (state.problem);
}

static gboolean
refresh (gpointer data)
{
  UiPanel *panel = data;
  NstImage picture;

  if (panel->changed)
    restart (panel);
  if (!panel->preview || !panel->content.rgb)
    return G_SOURCE_CONTINUE;
  if (nst_preview_take (panel->preview, &picture))
    {
      ui_view_set_after (panel->view, &picture);
      nst_image_clear (&picture);
    }
  show_words (panel);
  return G_SOURCE_CONTINUE;
}

static void
moved (gint x, gint y, gpointer data)
{
  UiPanel *panel = data;
  GeglRectangle *rect = &panel->part.rect;

  rect->x = CLAMP (rect->x - x, 0, MAX (panel->part.width - rect->width, 0));
  rect->y = CLAMP (rect->y - y, 0, MAX (panel->part.height - rect->height, 0));
  panel->moved = panel->changed = TRUE;
}

/* At first the middle is shown. */
static void
toggle_part (GtkToggleButton *button, gpointer data)
{
  UiPanel *panel = data;
  TaskPart *part = &panel->part;
  gint width = view_width ();

  panel->enlarged = gtk_toggle_button_get_active (button);
  part->rect =
      *GEGL_RECTANGLE ((part->width - width) / 2, (part->height - HEIGHT) / 2, width, HEIGHT);
  ui_view_set_movable (panel->view, panel->enlarged);
  panel->moved = panel->changed = TRUE;
}

static void
toggle_itself (GtkToggleButton *button, gpointer data)
{
  UiPanel *panel = data;
  gboolean itself = gtk_toggle_button_get_active (button);

  panel->task->content = itself ? panel->result : panel->photo;
  panel->task->result = itself ? HOST_NONE : panel->result;
  panel->changed = TRUE;
}

static GtkWidget *
target_row (UiPanel *panel)
{
  GtkWidget *row = ui_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  panel->thumbnail = gtk_image_new ();
  gtk_widget_set_size_request (panel->thumbnail, ui_scaled (THUMBNAIL), ui_scaled (THUMBNAIL));
  panel->target = gtk_label_new (NULL);
  ui_label_align (panel->target, 0);
  gtk_label_set_ellipsize (GTK_LABEL (panel->target), PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_pack_start (GTK_BOX (row), panel->thumbnail, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), panel->target, TRUE, TRUE, 0);
  return row;
}

/* For the layer that was active is a result of the one that will be painted. */
static GtkWidget *
itself_button (UiPanel *panel)
{
  g_autofree gchar *name = task_item_name (panel->result);
  g_autofree gchar *text = g_strdup_printf (_ ("Paint its result “%s” instead"), name);
  GtkLabel *label;

  panel->itself = gtk_check_button_new_with_label (text);
  label = GTK_LABEL (gtk_bin_get_child (GTK_BIN (panel->itself)));
  gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (label, text_width () - 4); /* or it would be but a few */
  gtk_widget_set_tooltip_text (
      panel->itself, _ ("The layer that you were on is a result of this filter. The photo that "
                        "it was made of is painted again, unless you say otherwise here."));
  g_signal_connect (panel->itself, "toggled", G_CALLBACK (toggle_itself), panel);
  return panel->itself;
}

static void
add_widgets (UiPanel *panel)
{
  GtkBox *box = GTK_BOX (panel->box);
  GtkWidget *view;

  panel->view = ui_view_new (view_width (), HEIGHT, moved, panel);
  view = ui_view_get_widget (panel->view);
  atk_object_set_name (gtk_widget_get_accessible (view), _ ("Preview"));
  gtk_widget_set_tooltip_text (view, _ ("A preview with these settings. Drag the line to see "
                                        "what was there before."));
  panel->part_button = gtk_check_button_new_with_mnemonic (_ ("Show at _100 %"));
  gtk_widget_set_tooltip_text (
      panel->part_button, _ ("Show a part of the picture at 100 %. Drag it to see another."));
  g_signal_connect (panel->part_button, "toggled", G_CALLBACK (toggle_part), panel);
  panel->words = gtk_label_new ("\n");
  ui_label_align (panel->words, text_width ());
  gtk_box_pack_start (box, target_row (panel), FALSE, FALSE, 0);
  if (panel->result != HOST_NONE)
    gtk_box_pack_start (box, itself_button (panel), FALSE, FALSE, 0);
  gtk_box_pack_start (box, view, TRUE, TRUE, 0);
  gtk_box_pack_start (box, panel->part_button, FALSE, FALSE, 0);
  gtk_box_pack_start (box, panel->words, FALSE, FALSE, 0);
}

/**
 * ui_panel_new:
 * @task: read when ui_panel_changed() tells of a change; its content is set, if the user
 *   wants another than its own
 *
 * Returns: to be freed with ui_panel_free(), before its widget goes
 */
UiPanel *
ui_panel_new (Task *task)
{
  UiPanel *panel = g_new0 (UiPanel, 1);

  panel->task = task;
  panel->photo = task->content;
  panel->result = task->result;
  panel->shown = HOST_NONE;
  panel->preview = nst_preview_new ();
  panel->box = ui_box_new (GTK_ORIENTATION_VERTICAL, 6);
  add_widgets (panel);
  gtk_widget_show_all (panel->box);
  panel->changed = TRUE;
  panel->timeout = g_timeout_add (PAUSE, refresh, panel);
  return panel;
}

/**
 * ui_panel_get_widget:
 *
 * Returns: (transfer none): what is shown of it
 */
GtkWidget *
ui_panel_get_widget (UiPanel *panel)
{
  return panel->box;
}

/**
 * ui_panel_fit:
 * @settings: what shall stand beside the panel
 *
 * Returns: @settings; where the screen is not high enough for all of them, a window on them
 */
GtkWidget *
ui_panel_fit (GtkWidget *settings)
{
  return ui_screen_height () < UI_HIGH_SCREEN
             ? ui_scrolled_new (settings, ui_screen_height () - AROUND)
             : settings;
}

/**
 * ui_panel_changed:
 *
 * The task's style or parameters are others now: the preview begins anew, soon.
 */
void
ui_panel_changed (UiPanel *panel)
{
  panel->changed = TRUE;
}

/**
 * ui_panel_free:
 * @panel: its previews end; its widget still is there
 */
void
ui_panel_free (UiPanel *panel)
{
  g_source_remove (panel->timeout);
  nst_preview_free (panel->preview);
  nst_image_clear (&panel->content);
  g_clear_pointer (&panel->styles, g_array_unref);
  g_free (panel);
}
