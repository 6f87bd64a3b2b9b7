/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a pass holds in memory, and where: for an image that is run whole, and for one that is cut
 * into strips.
 */
#ifndef NST_PASS_LAYOUT_H
#define NST_PASS_LAYOUT_H

#include "network/network.h"
#include "base/parallel.h"

/* How an image is cut: columns of a strip, with its halo, and rows that go in at a step;
 * 0, 0: it is run whole. */
typedef struct
{
  gint columns, rows;
} NstTiling;

typedef struct
{
  const NstNetwork *network;
  NstPooling pooling;
  gboolean keep[NST_MAX_LAYERS]; /* whose activations are wanted; at least one layer's */
  gboolean backward;             /* whether the way back is wanted too */
  gint width, height;            /* pixels; the deepest layer must come out at least 1x1 */
  gfloat unit;                   /* what white is in the images given: 1 or 255 */
  NstTiling tiling;
} NstPassSpec;

/* Layer i as it runs.  Where the next one is pooled and i's own activations are
 * not wanted, they are pooled as they come and never stored: fused. */
typedef struct
{
  gint shift;      /* a cell is 2^shift pixels wide and high */
  gint h;          /* of its activations */
  gboolean pooled; /* the next layer takes them pooled */
  gboolean fused;
  NstWindow out;   /* what is stored: its activations, or (fused) these pooled */
  NstWindow taken; /* what the next layer takes: the same, or `out` pooled apart */
  NstGate gate;
  NstWindow d_out, d_taken; /* their gradients */
  gint lag;                 /* rows by which its activations come after the image's, */
  gint back_lag;            /* and what it passes back */
} NstPassLayer;

typedef struct
{
  NstPassSpec spec;
  NstPool *pool;
  gint depth;               /* layers that run */
  gint halo;                /* columns beside a strip that it depends on */
  gint align;               /* what a strip with its halo begins at a multiple of */
  gint rows;                /* of the image that go in at a step */
  gint owned_x, owned_w;    /* the strip at hand, */
  gint block_x, block_w;    /* and with its halo */
  NstWindow input, d_input; /* the network's own input */
  NstPassLayer layer[NST_MAX_LAYERS];
  guint8 *arena; /* all that the windows and gates show */
  gfloat *scratch;
} NstPass;

static inline gboolean
nst_pass_is_tiled (const NstPass *pass)
{
  return pass->spec.tiling.columns > 0;
}

/**
 * nst_pass_shape:
 *
 * Fills all of @pass that does not depend on the strip: nothing is allocated.
 */
void nst_pass_shape (NstPass *pass, const NstPassSpec *spec);

/**
 * nst_pass_overlap:
 *
 * Returns: columns that two neighbouring strips have in common: both halos, in whole tiles of the
 *   deepest layer
 */
gint nst_pass_overlap (const NstPass *pass);

/**
 * nst_pass_widest_block:
 *
 * Returns: columns of the widest strip with its halo
 */
gint nst_pass_widest_block (const NstPass *pass);

/**
 * nst_pass_lay_out:
 * @block_w: columns of a strip with its halo
 *
 * Sets where in pass->arena all windows and gates of such a strip lie.
 *
 * Returns: bytes of the arena, which need not be there yet
 */
guint64 nst_pass_lay_out (NstPass *pass, gint block_w);

/**
 * nst_pass_scratch:
 *
 * Returns: floats that the convolutions need to work in
 */
gsize nst_pass_scratch (const NstPass *pass, gint n_threads);

#endif
