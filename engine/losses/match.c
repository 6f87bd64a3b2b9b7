/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The styles' cells that are searched among, and where the picture's went.
 */
#include "losses/match.h"
#include "base/vector.h"
#include "kernels/kernels.h"

#include <glib/gi18n-lib.h>

#include <math.h>
#include <string.h>

gboolean
nst_match_init (NstMatch *match, const NstMatchLayer *layer, gint64 room, GError **error)
{
  *match = (NstMatch){.layer = layer->index,
                      .n = layer->n,
                      .line = nst_round_up (layer->n, NST_KERNEL_LANES),
                      .shift = layer->shift,
                      .w = layer->w,
                      .h = layer->h,
                      .weight = layer->weight,
                      .own = layer->own,
                      .narrow = layer->narrow,
                      .room = room};
  match->index = nst_alloc ((guint64) match->w * match->h, sizeof (gint32), error);
  if (!match->index)
    return FALSE;
  match->scale = g_new0 (gfloat, layer->n);
  return TRUE;
}

static void
style_trim (NstMatchStyle *style)
{
  g_clear_pointer (&style->cells, nst_free);
  g_clear_pointer (&style->mean, g_free);
  g_clear_pointer (&style->exact, nst_free);
  g_clear_pointer (&style->inverse, nst_free);
  g_clear_pointer (&style->compared, nst_free);
  g_clear_pointer (&style->packed, nst_free);
}

void
nst_match_trim (NstMatch *match)
{
  for (gint i = 0; i < match->n_styles; i++)
    style_trim (&match->styles[i]);
  match->coarse = NULL;
  g_clear_pointer (&match->sums, g_free);
  g_clear_pointer (&match->squares, g_free);
  g_clear_pointer (&match->similarity, nst_free);
  g_clear_pointer (&match->nearest, nst_free);
  g_clear_pointer (&match->target_sums, nst_free);
  g_clear_pointer (&match->scratch, nst_free);
}

void
nst_match_clear (NstMatch *match)
{
  nst_match_trim (match);
  for (gint i = 0; i < match->n_styles; i++)
    nst_free (match->styles[i].colours);
  match->n_styles = 0;
  g_clear_pointer (&match->styles, g_free);
  g_clear_pointer (&match->index, nst_free);
  g_clear_pointer (&match->targets, nst_free);
  g_clear_pointer (&match->scale, g_free);
}

gint
nst_match_step (gint64 style_cells, gint64 room)
{
  return (gint) MAX (ceil (sqrt ((gdouble) style_cells / (gdouble) room)), 1);
}

gboolean
nst_match_add_style (NstMatch *match, gint w, gint h, gdouble weight, GError **error)
{
  NstMatchStyle *style, *before;
  guint64 cells = (guint64) w * h;

  match->styles = g_renew (NstMatchStyle, match->styles, match->n_styles + 1);
  style = &match->styles[match->n_styles++];
  before = match->n_styles > 1 ? style - 1 : NULL;
  *style = (NstMatchStyle){.grid = {w, h, 0, 0}, .weight = weight};
  if (before)
    style->grid.first = before->grid.first + before->grid.w * before->grid.h;
  if (cells > (guint64) (G_MAXINT32 - style->grid.first))
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("An image is empty or too large"));
      return FALSE;
    }
  style->cells = nst_alloc (cells * match->line, sizeof (guint16), error);
  if (!style->cells)
    return FALSE;
  if (cells > (guint64) match->room)
    return TRUE;
  style->exact = nst_alloc (cells * match->line, sizeof (gfloat), error);
  return style->exact != NULL;
}

/* Of the floats on either side that have 8 bits the nearer one, of equals the even one; no
 * infinity, no NaN. */
static guint16
upper_half (gfloat value)
{
  union
  {
    gfloat value;
    guint32 bits;
  } u = {value};

  return (guint16) ((u.bits + 0x7fff + (u.bits >> 16 & 1)) >> 16);
}

#define CELLS 64 /* of a task */

typedef struct
{
  const NstMatch *match;
  const NstMatchStyle *style;
  const NstPiece *piece;
} CellsJob;

static void
take_cells (gint index, gint thread, gpointer data)
{
  const CellsJob *job = data;
  gint line = job->match->line;
  NstCells run = nst_piece_cells (job->piece, CELLS, index);
  guint16 *cells = job->style->cells + run.layer_at * line;
  gfloat *exact = job->style->exact ? job->style->exact + run.layer_at * line : NULL;

  for (gint c = 0; c < line; c++)
    {
      const gfloat *f = job->piece->f + c * job->piece->f_plane + run.at;

      for (gint i = 0; i < run.length; i++)
        {
          gfloat value = c < job->piece->c ? f[i] : 0;

          cells[(gsize) i * line + c] = upper_half (value);
          if (exact)
            exact[(gsize) i * line + c] = value;
        }
    }
}

void
nst_match_take (NstMatch *match, NstPool *pool, const NstPiece *piece)
{
  CellsJob job = {match, &match->styles[match->n_styles - 1], piece};

  nst_pool_run (pool, nst_piece_count_runs (piece, CELLS), take_cells, &job);
}

void
nst_match_keep (NstMatch *match, NstMatchMap *map)
{
  *map = (NstMatchMap){match->w, match->h, g_steal_pointer (&match->index), match->n_styles,
                       g_new (NstMatchGrid, match->n_styles)};
  for (gint i = 0; i < match->n_styles; i++)
    map->grids[i] = match->styles[i].grid;
}

void
nst_match_map_clear (NstMatchMap *map)
{
  g_clear_pointer (&map->index, nst_free);
  g_clear_pointer (&map->grids, g_free);
}
