/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws three curves, logarithmic, each from its own smallest to its own largest
 * value, since only their course tells something; and where the sizes begin.
 */
#include "ui/plot.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "ui/parts.h"
#include "ui/surface.h"
#include "watch.h"

#define MARGIN    8
#define FONT_SIZE 11
#define SMALLEST  1e-12f

typedef struct
{
  const gchar *name; /* N_() */
  gdouble red, green, blue;
  gsize offset; /* in NstLossPoint */
} Curve;

/* To be told apart without seeing red and green. */
static const Curve curves[] = {
    {N_ ("Content"), 0.34, 0.71, 0.91, G_STRUCT_OFFSET (NstLossPoint, content)},
    {N_ ("Style"), 0.90, 0.62, 0.00, G_STRUCT_OFFSET (NstLossPoint, style)},
    {N_ ("Smoothness"), 0.80, 0.80, 0.80, G_STRUCT_OFFSET (NstLossPoint, tv)},
};

typedef struct
{
  gdouble x, y, width, height;
  guint n_steps;
} Area;

static gfloat
value_of (const GArray *losses, guint i, const Curve *curve)
{
  const NstLossPoint *point = &g_array_index (losses, NstLossPoint, i);
  gfloat value = G_STRUCT_MEMBER (gfloat, point, curve->offset);

  return isfinite (value) ? logf (MAX (value, SMALLEST)) : logf (SMALLEST);
}

static gdouble
x_of (const Area *area, guint step)
{
  return area->x + area->width * step / MAX (area->n_steps, 1);
}

/* Zero is beyond every scale: the content's loss begins with it where the picture does. */
static void
draw_curve (cairo_t *cr, const Area *area, const GArray *losses, const Curve *curve)
{
  gfloat low = G_MAXFLOAT, high = -G_MAXFLOAT, none = logf (SMALLEST);

  for (guint i = 0; i < losses->len; i++)
    {
      gfloat value = value_of (losses, i, curve);

      if (value <= none)
        continue;
      low = MIN (low, value);
      high = MAX (high, value);
    }
  cairo_new_path (cr);
  for (guint i = 0; i < losses->len; i++)
    {
      gfloat value = value_of (losses, i, curve);

      if (value > none)
        cairo_line_to (cr, x_of (area, i),
                       area->y + area->height * (high - value) / MAX (high - low, 1e-3f));
    }
  cairo_set_source_rgb (cr, curve->red, curve->green, curve->blue);
  cairo_stroke (cr);
}

/* A thin line where a level began, and where the next ones will. */
static void
draw_levels (cairo_t *cr, const Area *area, const GArray *losses, const NstClock *clock)
{
  gint level = 0;
  guint step = 0;

  cairo_set_source_rgba (cr, 1, 1, 1, 0.25);
  for (guint i = 0; i < losses->len; i++)
    if (g_array_index (losses, NstLossPoint, i).level != level)
      {
        level = g_array_index (losses, NstLossPoint, i).level;
        step = i;
        cairo_rectangle (cr, x_of (area, i), area->y, 1, area->height);
      }
  for (gint i = level; i + 1 < clock->n_levels; i++)
    {
      step += (guint) clock->steps[i];
      cairo_rectangle (cr, x_of (area, step), area->y, 1, area->height);
    }
  cairo_fill (cr);
}

static gboolean
has_values (const GArray *losses, const Curve *curve)
{
  guint i = 0;

  while (i < losses->len && value_of (losses, i, curve) <= logf (SMALLEST))
    i++;
  return i < losses->len;
}

/* Of the curves that there are: the own recipe has no content loss from the middle strength on. */
static void
draw_legend (cairo_t *cr, const GArray *losses)
{
  gdouble x = MARGIN;

  cairo_select_font_face (cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, ui_scaled (FONT_SIZE));
  for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      cairo_text_extents_t size;

      if (!has_values (losses, &curves[i]))
        continue;
      cairo_set_source_rgb (cr, curves[i].red, curves[i].green, curves[i].blue);
      cairo_rectangle (cr, x, MARGIN + ui_scaled (FONT_SIZE) / 2 - 1, ui_scaled (14), 3);
      cairo_fill (cr);
      cairo_move_to (cr, x + ui_scaled (18), MARGIN + ui_scaled (FONT_SIZE) - 2);
      cairo_show_text (cr, _ (curves[i].name));
      cairo_text_extents (cr, _ (curves[i].name), &size);
      x += ui_scaled (18) + size.x_advance + ui_scaled (14);
    }
}

/* What was done, and at most what is still to be done. */
static guint
count_steps (const GArray *losses, const NstClock *clock)
{
  guint n = losses->len, done = 0;
  gint level = n ? g_array_index (losses, NstLossPoint, n - 1).level : 0;

  for (guint i = n; i > 0 && g_array_index (losses, NstLossPoint, i - 1).level == level; i--)
    done++;
  for (gint i = level; i < clock->n_levels; i++)
    n += (guint) clock->steps[i];
  return n - MIN (done, n);
}

/**
 * ui_plot_draw:
 * @losses: of #NstLossPoint, of each step so far
 * @clock: the run's, which tells what is to come
 */
void
ui_plot_draw (cairo_t *cr, gint width, gint height, const GArray *losses, const NstClock *clock)
{
  gint legend = MARGIN + ui_scaled (FONT_SIZE);
  Area area = {MARGIN, MARGIN + legend, width - 2 * MARGIN, height - 2 * MARGIN - legend,
               count_steps (losses, clock)};

  cairo_set_source_rgb (cr, 0.15, 0.15, 0.15);
  cairo_paint (cr);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  draw_levels (cr, &area, losses, clock);
  for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
    draw_curve (cr, &area, losses, &curves[i]);
  draw_legend (cr, losses);
}
