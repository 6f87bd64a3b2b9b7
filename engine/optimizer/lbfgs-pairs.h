/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What L-BFGS remembers: a ring of the latest pairs s = dx, y = dg, and their products in double.
 *
 * The two-loop recursion runs on coefficients of the pairs and the gradient (Chen, Wang and Zhou
 * 2014), so that a step reads the pairs twice, once for the new products and once to make the
 * direction, instead of four times.
 */
#ifndef NST_LBFGS_PAIRS_H
#define NST_LBFGS_PAIRS_H

#include <glib.h>

typedef struct
{
  gsize length; /* floats of an s, a y */
  gint history; /* slots in use at most, 1 to */
  gint capacity;
  gint n, newest;  /* pairs that count, and the slot of the latest */
  gfloat **s, **y; /* of each slot, NULL where none was needed yet */
  /* products: sy[i * capacity + j] = s[i] y[j], sg[i] = s[i] g with the gradient, gg = g g */
  gdouble *sy, *yy, *sg, *yg, gg;
} NstPairs;

/**
 * nst_pairs_init:
 * @length: floats of the variable
 * @history: pairs kept, at least 1
 *
 * Allocates the first pair; the others' memory is taken when they come, as short runs need few.
 * Clear with nst_pairs_clear(), whatever is returned.  Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_pairs_init (NstPairs *pairs, gsize length, gint history, GError **error);

/**
 * nst_pairs_memory:
 *
 * Returns: bytes of images that nst_pairs_init() and so many steps allocate: a pair a step
 */
guint64 nst_pairs_memory (gsize length, gint history, gint steps);

/**
 * nst_pairs_clear:
 * @pairs: may be clear already
 */
void nst_pairs_clear (NstPairs *pairs);

/* The slot of pair i, counted from the newest. */
static inline gint
nst_pairs_slot (const NstPairs *pairs, gint i)
{
  return (pairs->newest - i + pairs->history) % pairs->history;
}

/**
 * nst_pairs_next_slot:
 *
 * Returns: the slot where the next pair will be, with memory for it.  Where there is none for
 *   another pair it is the oldest one's.
 */
gint nst_pairs_next_slot (NstPairs *pairs);

/**
 * nst_pairs_factors:
 * @gain: what H is for directions that no pair tells of, of s.y / y.y of the newest
 * @factors: (out caller-allocates): 1 + 2 n: of the gradient, and of the pairs' s and their y,
 *   from the newest
 *
 * The direction -H g by the two-loop recursion (Nocedal and Wright, Numerical Optimization, 7.2).
 *
 * Returns: its product with the gradient
 */
gdouble nst_pairs_factors (const NstPairs *pairs, gdouble gain, gdouble *factors);

/**
 * nst_pairs_basis:
 * @basis: (out caller-allocates): what the factors are of, as many
 */
void nst_pairs_basis (const NstPairs *pairs, gfloat *gradient, gfloat **basis);

/**
 * nst_pairs_keep:
 * @slot: the new pair's
 * @k: a slot, maybe the same one
 * @s: s[k]'s products with the gradient and the new y
 * @y: y[k]'s products with the gradient, the new y and the new s
 */
void nst_pairs_keep (NstPairs *pairs, gint slot, gint k, const gdouble *s, const gdouble *y);

#endif
