/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far the picture's cells are from what they are to become: the matched loss.
 */
#include "losses/match-loss.h"
#include "losses/match-target.h"
#include "base/vector.h"

#define CELLS 64 /* of a task */

typedef struct
{
  const NstMatch *match;
  const NstPiece *piece;
  const gfloat *weights;
  gdouble *sums;
} LossJob;

/* Some cells side by side. */
typedef struct
{
  gint count;
  gfloat k2;
  gfloat w[CELLS];
  gfloat t[CELLS];    /* of the channel at hand */
  gfloat sums[CELLS]; /* of w (f - t)^2 */
} Row;

/* d += 2 k w (f - t) for a channel. */
static inline void
add_channel (Row *row, const gfloat *f, gfloat *d)
{
  for (gint i = 0; i < row->count; i++)
    {
      gfloat difference = f[i] - row->t[i];

      d[i] += row->k2 * row->w[i] * difference;
      row->sums[i] += row->w[i] * difference * difference;
    }
}

static void
loss_cells (gint index, gint thread, gpointer data)
{
  const LossJob *job = data;
  const NstPiece *piece = job->piece;
  NstCells run = nst_piece_cells (piece, CELLS, index);
  Row row = {.count = run.length, .k2 = (gfloat) (2 * job->match->k)};

  for (gint i = 0; i < run.length; i++)
    row.w[i] = job->weights ? job->weights[run.layer_at + i] : 1;
  for (gint c = 0; c < piece->c; c++)
    {
      nst_match_read_targets (job->match, c, run.layer_at, run.length, row.t);
      add_channel (&row, piece->f + c * piece->f_plane + run.at,
                   piece->d + c * piece->d_plane + run.at);
    }
  job->sums[index] = nst_sum (run.length, row.sums);
}

gdouble
nst_match_loss (const NstMatch *match, NstPool *pool, const NstPiece *piece,
                const gfloat *weights)
{
  gint n = nst_piece_count_runs (piece, CELLS);
  LossJob job = {match, piece, weights, g_new (gdouble, n)};
  gdouble sum;

  nst_pool_run (pool, n, loss_cells, &job);
  sum = nst_add_up (job.sums, n);
  g_free (job.sums);
  return match->k * sum;
}
