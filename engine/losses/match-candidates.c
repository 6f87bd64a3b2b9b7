/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which cells of a style may be matched, and which of them are compared with all of the
 * picture's.
 */
#include "losses/match-candidates.h"
#include "kernels/kernels.h"
#include "base/vector.h"

#include <math.h>

static gfloat
value_at (const NstMatch *match, const NstMatchStyle *style, gsize cell, gint c)
{
  gsize at = cell * match->line + c;

  return style->exact ? style->exact[at] : nst_match_widen (style->cells[at]);
}

static void
find_mean (const NstMatch *match, NstMatchStyle *style, const gfloat *weights)
{
  gdouble total = 0;

  style->mean = g_new0 (gdouble, match->line);
  for (gsize i = 0; i < nst_match_cells (&style->grid); i++)
    {
      gdouble w = weights ? weights[i] : 1;

      total += w;
      for (gint c = 0; c < match->n; c++)
        style->mean[c] += w * value_at (match, style, i, c);
    }
  for (gint c = 0; c < match->n; c++)
    style->mean[c] /= total;
}

static gdouble
distance_from_mean (const NstMatch *match, const NstMatchStyle *style, gsize cell)
{
  gdouble sum = 0;

  for (gint c = 0; c < match->n; c++)
    {
      gdouble d = value_at (match, style, cell, c) - style->mean[c];

      sum += d * d;
    }
  return sqrt (sum);
}

static gboolean
is_inside (const NstMatchGrid *grid, gint cell, gint inset)
{
  gint x = cell % grid->w, y = cell / grid->w;

  return x >= inset && y >= inset && x < grid->w - inset && y < grid->h - inset;
}

/* Sets the inverse lengths of those that count at least half as much as any and lie inside.
 * Returns whether there are any. */
static gboolean
choose_cells (const NstMatch *match, NstMatchStyle *style, const gfloat *weights)
{
  gdouble least = NST_MATCH_LEAST * sqrt (nst_sum_squares (match->n, style->mean));
  gfloat most = 0;

  style->any = -1;
  for (gsize i = 0; weights && i < nst_match_cells (&style->grid); i++)
    most = MAX (most, weights[i]);
  for (gsize i = 0; i < nst_match_cells (&style->grid); i++)
    {
      style->inverse[i] = 0;
      if ((weights && 2 * weights[i] < most)
          || !is_inside (&style->grid, nst_int (i), style->inset))
        continue;
      style->inverse[i] =
          (gfloat) (1 / MAX (distance_from_mean (match, style, i), MAX (least, 1e-12)));
      style->any = style->any < 0 ? (gint32) i : style->any;
    }
  return style->any >= 0;
}

gboolean
nst_match_end_style (NstMatch *match, const gfloat *weights, GError **error)
{
  NstMatchStyle *style = &match->styles[match->n_styles - 1];

  style->inverse = nst_alloc (nst_match_cells (&style->grid), sizeof (gfloat), error);
  if (!style->inverse)
    return FALSE;
  find_mean (match, style, weights);
  style->inset = 1;
  if (!choose_cells (match, style, weights))
    {
      style->inset = 0;
      choose_cells (match, style, weights);
    }
  return TRUE;
}

/* How many of n cells in a row are every step-th. */
static gint
every (gint n, gint step)
{
  return nst_divide_up (n - step / 2, step);
}

/* As many as can be compared of a style: whole blocks of the kernels'. */
static gsize
most_compared (gint w, gint h, gint step)
{
  gsize most = (gsize) MAX (every (w, step), 0) * MAX (every (h, step), 0);

  return (MAX (most, 1) + NST_KERNEL_ROWS - 1) / NST_KERNEL_ROWS * NST_KERNEL_ROWS;
}

/* The cells that are compared with all: every step-th of every step-th row, or any. */
static void
list_compared (NstMatchStyle *style, gint step)
{
  const NstMatchGrid *grid = &style->grid;

  style->n_compared = 0;
  for (gint y = step / 2; y < grid->h; y += step)
    for (gint x = step / 2; x < grid->w; x += step)
      if (style->inverse[y * grid->w + x] > 0)
        style->compared[style->n_compared++] = y * grid->w + x;
  if (style->n_compared == 0)
    style->compared[style->n_compared++] = style->any;
}

static void
pack_compared (const NstMatch *match, NstMatchStyle *style)
{
  gint rows = nst_kernels ()->rows, n = match->n;

  for (gint k = 0; k < nst_round_up (style->n_compared, rows); k++)
    {
      gfloat *to = style->packed + (gsize) (k / rows) * rows * n + k % rows;
      gint32 cell = style->compared[MIN (k, style->n_compared - 1)];

      for (gint c = 0; c < n; c++)
        to[c * rows] = (gfloat) ((value_at (match, style, cell, c) - style->mean[c])
                                 * style->inverse[cell]);
    }
}

gboolean
nst_match_prepare (const NstMatch *match, NstMatchStyle *style, GError **error)
{
  gsize most = most_compared (style->grid.w, style->grid.h, match->step);

  style->compared = nst_alloc (most, sizeof (gint32), error);
  if (!style->compared)
    return FALSE;
  list_compared (style, match->step);
  style->packed = nst_alloc (most * match->n, sizeof (gfloat), error);
  if (style->packed)
    pack_compared (match, style);
  g_clear_pointer (&style->exact, nst_free);
  return style->packed != NULL;
}

guint64
nst_match_style_memory (gint n, gint w, gint h, gint64 room)
{
  guint64 cells = (guint64) w * h, line = nst_round_up (n, NST_KERNEL_LANES);
  guint64 bytes =
      nst_alloc_size (cells * line, sizeof (guint16)) + nst_alloc_size (cells, sizeof (gfloat));

  return cells <= (guint64) room ? bytes + nst_alloc_size (cells * line, sizeof (gfloat))
                                 : bytes;
}

guint64
nst_match_compared_memory (gint n, gint w, gint h, gint step)
{
  guint64 most = most_compared (w, h, step);

  return nst_alloc_size (most, sizeof (gint32)) + nst_alloc_size (most * n, sizeof (gfloat));
}
