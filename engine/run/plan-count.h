/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counting what a level allocates and frees, in the order in which it does.
 */
#ifndef NST_PLAN_COUNT_H
#define NST_PLAN_COUNT_H

#include "run/plan.h"

typedef struct
{
  const NstRunPlan *run;
  const NstLevelPlan *level;
  const NstRecipeSpec *recipe; /* the level's */
  gint threads;
  guint64 now, most; /* bytes that are held, and that were at a time */
} NstCount;

static inline void
nst_count_hold (NstCount *it, guint64 bytes)
{
  it->now += bytes;
  it->most = MAX (it->most, it->now);
}

static inline void
nst_count_drop (NstCount *it, guint64 bytes)
{
  it->now -= bytes;
}

static inline void
nst_count_hold_for_a_while (NstCount *it, guint64 bytes)
{
  nst_count_hold (it, bytes);
  nst_count_drop (it, bytes);
}

/* Bytes of c planes of floats. */
static inline guint64
nst_count_planes (gint c, NstSize size)
{
  return nst_alloc_size ((guint64) c * size.w * size.h, sizeof (gfloat));
}

/* Of a layer's cells, for a pass over so many pixels. */
static inline guint64
nst_count_layer (const NstCount *it, gint layer, gint c, NstSize size)
{
  gint shift = nst_network_shift (it->run->inputs.network, layer);

  return nst_count_planes (c, (NstSize){size.w >> shift, size.h >> shift});
}

/**
 * nst_count_scaled_image:
 *
 * nst_resize_image(): holds the planes.
 */
void nst_count_scaled_image (NstCount *it, NstResample kind, const NstImage *from, NstSize to);

/**
 * nst_count_scaled_planes:
 *
 * nst_resize() of @c planes: holds the new ones.
 */
void nst_count_scaled_planes (NstCount *it, NstResample kind, NstSize from, gint c, NstSize to);

/**
 * nst_count_extend:
 * @from: the c planes' size, which are held
 * @margin: pixels on each side
 * @gain: what they are multiplied by
 *
 * extend() of level.c: drops the planes and holds others.
 *
 * Returns: what the extended ones take
 */
guint64 nst_count_extend (NstCount *it, gint c, NstSize from, gint margin, gdouble gain);

/**
 * nst_count_mask:
 *
 * prepare_mask() of level.c.
 *
 * Returns: what the mask takes, 0 where @image has none
 */
guint64 nst_count_mask (NstCount *it, const NstImage *image, NstSize size, gint margin);

/**
 * nst_count_weights:
 * @spec: the pass over a picture with a mask
 *
 * nst_layer_weights().
 *
 * Returns: what they take
 */
guint64 nst_count_weights (NstCount *it, const NstPassSpec *spec);

#endif
