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

/**
 * nst_stats_init:
 * @stats: (out): free with nst_stats_clear()
 * @n: channels
 * @centred: mean and covariance, else the second moments F F^T
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY, @stats being clear
 */
gboolean nst_stats_init (NstStats *stats, gint n, gboolean centred, GError **error);

/**
 * nst_stats_clear:
 * @stats: may be clear already
 */
void nst_stats_clear (NstStats *stats);

/**
 * nst_stats_memory:
 *
 * Returns: bytes that nst_stats_init() takes for @n channels
 */
guint64 nst_stats_memory (gint n);

/**
 * nst_stats_scratch:
 * @w: cells of a piece's row, at most
 * @h: rows of a piece, at most
 * @whole_rows: the pieces' rows follow each other without a gap
 *
 * Returns: bytes that nst_stats_add() takes for pieces of @n channels; an upper bound, as
 *   a smaller piece may be cut into more runs
 */
guint64 nst_stats_scratch (gint n, gint w, gint h, gboolean whole_rows, gboolean weighted,
                           gint n_threads);

/**
 * nst_stats_begin:
 *
 * Forgets what was measured.
 */
void nst_stats_begin (NstStats *stats);

/**
 * nst_stats_add:
 * @piece: stats->n channels
 * @weights: one non-negative weight a cell of the layer, not all zero, or %NULL
 *
 * Adds up a piece.  Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_stats_add (NstStats *stats, NstPool *pool, const NstPiece *piece,
                        const gfloat *weights, GError **error);

/**
 * nst_stats_end:
 *
 * Makes the statistics of all pieces from their sums.
 */
void nst_stats_end (NstStats *stats, NstPool *pool);

/**
 * nst_stats_trim:
 *
 * Frees what only measuring needs; mean and second moments stay.
 */
void nst_stats_trim (NstStats *stats);

#endif
