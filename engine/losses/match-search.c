/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search for each cell's most similar one among the styles'.
 */
#include "losses/match-search.h"
#include "losses/match-candidates.h"
#include "losses/match-target.h"
#include "kernels/kernels.h"
#include "base/vector.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define CELLS  192 /* of the picture, of a task; the product kernel rounds them up */
#define STRIDE (CELLS + NST_KERNEL_LANES)

/* What a task works in. */
typedef struct
{
  gfloat *planes;  /* n x STRIDE: directions of Q, */
  gfloat *rows;    /* and the same a cell after the other */
  gfloat *product; /* NST_KERNEL_ROWS x STRIDE */
  gfloat *best;    /* STRIDE */
  gint32 *index;   /* STRIDE */
} Scratch;

static gsize
scratch_size (gint n)
{
  return (gsize) STRIDE * (n + nst_round_up (n, NST_KERNEL_LANES) + NST_KERNEL_ROWS + 2);
}

guint64
nst_match_search_memory (gint n, guint64 cells, guint n_styles, gint n_threads)
{
  return nst_alloc_size (cells * n_styles, sizeof (gfloat))
         + nst_alloc_size (cells * n_styles, sizeof (gint32))
         + nst_alloc_size (scratch_size (n) * n_threads, sizeof (gfloat));
}

static Scratch
scratch_of (const NstMatch *match, gint thread)
{
  Scratch it;

  it.planes = match->scratch + scratch_size (match->n) * thread;
  it.rows = it.planes + match->n * STRIDE;
  it.product = it.rows + match->line * STRIDE;
  it.best = it.product + NST_KERNEL_ROWS * STRIDE;
  it.index = (gint32 *) (it.best + STRIDE);
  return it;
}

static gboolean
make_room (NstMatch *match, NstPool *pool, GError **error)
{
  gsize cells = (gsize) match->w * match->h * match->n_styles;
  gsize scratch = scratch_size (match->n) * nst_pool_threads (pool);

  match->sums = g_new0 (gdouble, match->n);
  match->squares = g_new0 (gdouble, match->n);
  match->total = 0;
  if (match->weight > 0 && !nst_match_begin_targets (match, error))
    return FALSE;
  match->similarity = nst_alloc (cells, sizeof (gfloat), error);
  match->nearest = match->similarity ? nst_alloc (cells, sizeof (gint32), error) : NULL;
  match->scratch = match->nearest ? nst_alloc (scratch, sizeof (gfloat), error) : NULL;
  if (match->scratch)
    memset (match->scratch, 0, scratch * sizeof (gfloat));
  return match->scratch != NULL;
}

gboolean
nst_match_begin (NstMatch *match, NstPool *pool, const NstMatchMap *coarse, GError **error)
{
  gsize cells = 0;
  gboolean ok = TRUE;

  for (gint i = 0; i < match->n_styles; i++)
    cells += nst_match_cells (&match->styles[i].grid);
  match->step = nst_match_step (cells, match->room);
  match->coarse =
      match->step > 1 && coarse && coarse->n_styles == match->n_styles ? coarse : NULL;
  for (gint i = 0; ok && i < match->n_styles; i++)
    ok = nst_match_prepare (match, &match->styles[i], error);
  return ok && make_room (match, pool, error);
}

typedef struct
{
  NstMatch *match;
  const NstPiece *piece;
  const gfloat *weights;
} SearchJob;

static void
measure_channel (gint c, gint thread, gpointer data)
{
  const SearchJob *job = data;
  NstMatch *match = job->match;

  for (gint k = 0; k < nst_piece_count_runs (job->piece, G_MAXINT / 2); k++)
    {
      NstCells run = nst_piece_cells (job->piece, G_MAXINT / 2, k);
      const gfloat *f = job->piece->f + c * job->piece->f_plane + run.at;

      match->sums[c] += job->weights
                            ? nst_sum_products (run.length, f, job->weights + run.layer_at)
                            : nst_sum (run.length, f);
      match->squares[c] += nst_sum_products (run.length, f, f);
      if (match->targets)
        nst_match_fit_scale (match, c, run.length, f);
    }
}

void
nst_match_measure (NstMatch *match, NstPool *pool, const NstPiece *piece, const gfloat *weights)
{
  SearchJob job = {match, piece, weights};

  nst_pool_run (pool, piece->c, measure_channel, &job);
  for (gint k = 0; k < nst_piece_count_runs (piece, G_MAXINT / 2); k++)
    {
      NstCells run = nst_piece_cells (piece, G_MAXINT / 2, k);

      match->total += weights ? nst_sum (run.length, weights + run.layer_at) : run.length;
    }
}

/* The directions of some cells of Q. */
static void
take_directions (const SearchJob *job, const NstCells *run, const Scratch *scratch)
{
  const NstMatch *match = job->match;
  gdouble squares[CELLS] = {0}, least = 0;

  for (gint c = 0; c < match->n; c++)
    {
      const gfloat *f = job->piece->f + c * job->piece->f_plane + run->at;
      gfloat mean = (gfloat) (match->sums[c] / match->total), *q = scratch->planes + c * STRIDE;

      least += (gdouble) mean * mean * NST_MATCH_LEAST * NST_MATCH_LEAST;
      for (gint i = 0; i < run->length; i++)
        {
          q[i] = f[i] - mean;
          squares[i] += (gdouble) q[i] * q[i];
        }
    }
  for (gint i = 0; i < run->length; i++)
    squares[i] = 1 / sqrt (MAX (squares[i], MAX (least, 1e-24)));
  for (gint c = 0; c < match->n; c++)
    for (gint i = 0; i < run->length; i++)
      {
        scratch->planes[c * STRIDE + i] =
            (gfloat) (scratch->planes[c * STRIDE + i] * squares[i]);
        scratch->rows[(gsize) i * match->line + c] = scratch->planes[c * STRIDE + i];
      }
}

/* Compares some cells with all that are listed of a style. */
static void
compare (const NstMatch *match, const NstMatchStyle *style, gint count, const Scratch *it)
{
  const NstKernels *kernels = nst_kernels ();
  gint rows = kernels->rows, n = match->n;

  for (gint i = 0; i < count; i++)
    {
      it->best[i] = -FLT_MAX;
      it->index[i] = 0;
    }
  for (gint k = 0; k < style->n_compared; k += rows)
    {
      kernels->product (rows, n, count, style->packed + (gsize) k * n, it->planes, STRIDE,
                        it->product, STRIDE);
      kernels->take_larger (MIN (rows, style->n_compared - k), count, it->product, STRIDE, k,
                            it->best, it->index);
    }
}

/* A cell of Q that is compared with one and the other of the styles'. */
typedef struct
{
  const NstMatch *match;
  const gfloat *q;            /* its direction */
  gsize cell;                 /* where it is */
  const NstMatchStyle *style; /* the one at hand, */
  gdouble offset;             /* and q . its mean */
} Seeker;

static void
turn_to (Seeker *it, const NstMatchStyle *style)
{
  if (it->style == style)
    return;
  it->style = style;
  it->offset = 0;
  for (gint c = 0; c < it->match->n; c++)
    it->offset += it->q[c] * style->mean[c];
}

static gsize
slot_of (const Seeker *it)
{
  const NstMatch *match = it->match;

  return (gsize) (it->style - match->styles) * match->w * match->h + it->cell;
}

static gfloat
similarity_to (const Seeker *it, gint32 cell)
{
  gsize at = (gsize) cell * it->match->line;

  return (gfloat) ((nst_kernels ()->dot_halves (it->match->line, it->q, it->style->cells + at)
                    - it->offset)
                   * it->style->inverse[cell]);
}

/* Compares with the style's cell at x, y; of equal ones the first is taken. */
static void
try_cell (Seeker *it, gint x, gint y)
{
  const NstMatchGrid *grid = &it->style->grid;
  gint32 *nearest = it->match->nearest + slot_of (it);
  gfloat *best = it->match->similarity + slot_of (it), similarity;
  gint inset = it->style->inset;
  gint32 cell =
      CLAMP (y, inset, grid->h - 1 - inset) * grid->w + CLAMP (x, inset, grid->w - 1 - inset);
  gint32 number = grid->first + cell;

  if (it->style->inverse[cell] <= 0 || number == *nearest)
    return;
  similarity = similarity_to (it, cell);
  if (similarity > *best || (similarity == *best && number < *nearest))
    {
      *best = similarity;
      *nearest = number;
    }
}

/* Where cell @x of @n is among @coarse_n cells. */
static gdouble
place_among (gint x, gint n, gint coarse_n)
{
  return (x + 0.5) * coarse_n / n - 0.5;
}

/* Tries where the cells around went in the level before, as far off as they are. */
static void
try_coarse (Seeker *it)
{
  const NstMatch *match = it->match;
  const NstMatchMap *map = match->coarse;
  gdouble x = place_among (nst_int (it->cell) % match->w, match->w, map->w);
  gdouble y = place_among (nst_int (it->cell) / match->w, match->h, map->h);

  for (gint k = 0; k < 9; k++)
    {
      gint from_x = CLAMP ((gint) lrint (x) + k % 3 - 1, 0, map->w - 1);
      gint from_y = CLAMP ((gint) lrint (y) + k / 3 - 1, 0, map->h - 1), s = map->n_styles - 1;
      gint32 number = map->index[(gsize) from_y * map->w + from_x];
      const NstMatchGrid *grid, *now;

      while (map->grids[s].first > number)
        s--;
      grid = &map->grids[s];
      now = &match->styles[s].grid;
      number -= grid->first;
      turn_to (it, &match->styles[s]);
      try_cell (it,
                (gint) lrint ((number % grid->w + x - from_x + 0.5) * now->w / grid->w - 0.5),
                (gint) lrint ((number / grid->w + y - from_y + 0.5) * now->h / grid->h - 0.5));
    }
}

#define ROUNDS 3

/* Goes on to what is beside the best of a style, @hop cells off, while that is better. */
static void
try_beside (Seeker *it, gint hop)
{
  const NstMatchGrid *grid = &it->style->grid;
  const gint32 *nearest = it->match->nearest + slot_of (it);

  for (gint round = 0; round < ROUNDS; round++)
    {
      gint32 before = *nearest, x = (before - grid->first) % grid->w,
             y = (before - grid->first) / grid->w;

      for (gint k = 0; k < 9; k++)
        try_cell (it, x + (k % 3 - 1) * hop, y + (k / 3 - 1) * hop);
      if (*nearest == before)
        return;
    }
}

/* What is near the best so far, where not all was compared: from here on by the cells as they are
 * kept. */
static void
refine (Seeker *it)
{
  const NstMatch *match = it->match;

  for (gint s = 0; s < match->n_styles; s++)
    {
      turn_to (it, &match->styles[s]);
      match->similarity[slot_of (it)] =
          similarity_to (it, match->nearest[slot_of (it)] - it->style->grid.first);
    }
  if (match->coarse)
    try_coarse (it);
  for (gint s = 0; s < match->n_styles; s++)
    {
      turn_to (it, &match->styles[s]);
      for (gint hop = match->step / 2; hop > 0; hop /= 2)
        try_beside (it, hop);
    }
}

static void
search_cells (gint index, gint thread, gpointer data)
{
  const SearchJob *job = data;
  const NstMatch *match = job->match;
  Scratch it = scratch_of (match, thread);
  NstCells run = nst_piece_cells (job->piece, CELLS, index);

  for (gint c = 0; match->targets && c < match->n; c++)
    nst_match_write_targets (match, c, run.layer_at, run.length, match->scale[c],
                             job->piece->f + c * job->piece->f_plane + run.at);
  take_directions (job, &run, &it);
  for (gint s = 0; s < match->n_styles; s++)
    {
      const NstMatchStyle *style = &match->styles[s];
      gsize slot = (gsize) s * match->w * match->h + run.layer_at;

      compare (match, style, run.length, &it);
      for (gint i = 0; i < run.length; i++)
        {
          match->similarity[slot + i] = it.best[i];
          match->nearest[slot + i] = style->grid.first + style->compared[it.index[i]];
        }
    }
  for (gint i = 0; match->step != 1 && i < run.length; i++)
    {
      Seeker seeker = {match, it.rows + (gsize) i * match->line, run.layer_at + i, NULL, 0};

      refine (&seeker);
    }
}

void
nst_match_search (NstMatch *match, NstPool *pool, const NstPiece *piece)
{
  SearchJob job = {match, piece, NULL};

  nst_pool_run (pool, nst_piece_count_runs (piece, CELLS), search_cells, &job);
}
