/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The content loss (Gatys, Ecker, Bethge 2016).
 */
#include "losses/loss.h"
#include "base/vector.h"

typedef struct
{
  const NstPiece *piece;
  const gfloat *target;
  gsize target_plane;
  gdouble k;
  gdouble *sums; /* a channel each */
} ContentJob;

static void
content_channel (gint c, gint thread, gpointer data)
{
  const ContentJob *job = data;
  const NstPiece *piece = job->piece;
  gfloat k2 = (gfloat) (2 * job->k);

  job->sums[c] = 0;
  for (gint k = 0; k < nst_piece_count_runs (piece, G_MAXINT / 2); k++)
    {
      NstCells run = nst_piece_cells (piece, G_MAXINT / 2, k);
      const gfloat *f = piece->f + c * piece->f_plane + run.at;
      const gfloat *p = job->target + c * job->target_plane + run.layer_at;
      gfloat *d = piece->d + c * piece->d_plane + run.at;

      for (gint i = 0; i < run.length; i++)
        d[i] += k2 * (f[i] - p[i]);
      job->sums[c] += nst_sum_squared_differences (run.length, f, p);
    }
}

gdouble
nst_content_loss (NstPool *pool, const NstPiece *piece, const gfloat *target,
                  gsize target_plane, gdouble k)
{
  gdouble sums[4096];
  ContentJob job = {piece, target, target_plane, k, sums};

  g_return_val_if_fail (piece->c <= 4096, 0);
  nst_pool_run (pool, piece->c, content_channel, &job);
  return k * nst_add_up (sums, piece->c);
}
