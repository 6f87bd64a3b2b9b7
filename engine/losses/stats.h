/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistics of a layer's activations: what style is measured by.
 */
#ifndef NST_STATS_H
#define NST_STATS_H

#include "base/parallel.h"
#include "base/tensor.h"

/* Statistics of F over positions, each weighted by weights[m] (NULL: 1):
 * mean = sum w F / sum w
 * second = sum w (F - c)(F - c)^T / sum w, c = mean where centred, else 0:
 * the covariance, or the Gram matrix divided by M.
 * Sums until nst_stats_end(). */
typedef struct
{
  gint n;
  gboolean centred;
  gdouble *mean;   /* n */
  gdouble *second; /* n x n, symmetric */
  gdouble total;   /* sum w */

  gfloat *scratch; /* for a piece, made as large as is needed */
  gsize scratch_size;
} NstStats;

gboolean nst_stats_init (NstStats *stats, gint n, gboolean centred, GError **error);
void nst_stats_clear (NstStats *stats);
guint64 nst_stats_memory (gint n);
guint64 nst_stats_scratch (gint n, gint w, gint h, gboolean whole_rows, gboolean weighted,
                           gint n_threads);
void nst_stats_begin (NstStats *stats);
gboolean nst_stats_add (NstStats *stats, NstPool *pool, const NstPiece *piece,
                        const gfloat *weights, GError **error);
void nst_stats_end (NstStats *stats, NstPool *pool);
void nst_stats_trim (NstStats *stats);

#endif
