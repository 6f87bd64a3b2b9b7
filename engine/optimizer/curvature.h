/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A diagonal metric for L-BFGS.
 *
 * Where the content is plain the loss bends up to twenty times as much as where it is not, and
 * few pairs cannot tell.  L-BFGS therefore works on x / scale, where 1 / scale^2 is the curvature
 * of a block of pixels, s.y / s.s over the pairs so far, straight lines between the blocks'
 * middles.  What a level has learnt the next one begins with.
 */
#ifndef NST_CURVATURE_H
#define NST_CURVATURE_H

#include "base/parallel.h"

/* A picture has about so many blocks along its longer side, if it has so many times 16 pixels. */
#define NST_CURVATURE_BLOCKS 64

typedef struct
{
  gint w, h;          /* pixels of each of the variable's three planes */
  gint side;          /* pixels of a block, an even number */
  gint columns, rows; /* blocks */
  gfloat *scale;      /* one a block; NULL: 1, as nothing is known yet */
  gdouble *squares;   /* of each block: s.s, */
  gdouble *products;  /* and s.y, over the pairs' own */
} NstCurvature;

/**
 * nst_curvature_begin:
 * @curvature: all zero, or of the level before, whose knowledge it keeps
 * @w: pixels of a plane of the variable
 *
 * Not from several threads; free with nst_curvature_clear().
 */
void nst_curvature_begin (NstCurvature *curvature, gint w, gint h);

/**
 * nst_curvature_fill:
 * @curvature: whose scale is known
 * @scale: (out caller-allocates): that of @n elements of the variable, from @start on
 */
void nst_curvature_fill (const NstCurvature *curvature, gsize start, gsize n, gfloat *scale);

/**
 * nst_curvature_add:
 * @s: a pair's, divided by the scale
 * @y: multiplied by it
 * @sy: their product, above 0; each pair counts as much
 */
void nst_curvature_add (NstCurvature *curvature, NstPool *pool, const gfloat *s,
                        const gfloat *y, gdouble sy);

/**
 * nst_curvature_find:
 *
 * Finds the scales from the pairs that were added, if any were; their geometric mean is 1.
 */
void nst_curvature_find (NstCurvature *curvature);

/**
 * nst_curvature_clear:
 * @curvature: may be clear already
 */
void nst_curvature_clear (NstCurvature *curvature);

#endif
