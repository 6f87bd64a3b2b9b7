/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network run over images of one size: forward to the deepest tapped layer,
 * backward to the image, and the memory that takes.
 */
#ifndef NST_PASS_H
#define NST_PASS_H

#include "network.h"
#include "parallel.h"

typedef struct
{
  const NstNetwork *network;
  NstPooling pooling;
  gboolean keep[NST_MAX_LAYERS]; /* whose activations are wanted; at least one layer's */
  gboolean backward;             /* whether the way back is wanted too */
  gint width, height;            /* pixels; the deepest layer must come out at least 1x1 */
  gfloat unit;                   /* what white is in the images given: 1 or 255 */
} NstPassSpec;

/* Layer i as it runs.  Where the next one is pooled and i's own activations are
 * not wanted, they are pooled as they come and never stored: fused. */
typedef struct
{
  gint w, h;       /* of its activations */
  gboolean pooled; /* the next layer takes them pooled */
  gboolean fused;
  gint out_w, out_h; /* of what is stored */
  NstTensor relu;    /* its activations, if they are kept */
  NstGate gate;      /* its way back, if that is wanted */
} NstPassLayer;

typedef struct
{
  NstPassSpec spec;
  NstPool *pool;
  gint depth; /* layers that run */
  NstPassLayer layer[NST_MAX_LAYERS];
  NstTensor input; /* 3, h, w: the network's own input */
  gfloat *flow[2]; /* what goes from layer to layer: activations, then gradients */
  gfloat *scratch;
} NstPass;

/* Adds a kept layer's share of the loss's gradient to @gradient (of its activations). */
typedef void (*NstTap) (gint layer, NstTensor *gradient, gpointer data);

gboolean nst_pass_init (NstPass *pass, const NstPassSpec *spec, NstPool *pool, GError **error);
void nst_pass_forward (NstPass *pass, const gfloat *image);
void nst_pass_backward (NstPass *pass, NstTap tap, gpointer data, gfloat *image_gradient);
void nst_pass_clear (NstPass *pass);
guint64 nst_pass_memory (const NstPassSpec *spec, gint n_threads);

#endif
