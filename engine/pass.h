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
  NstPool *pool;
  NstPooling pooling;
  gint depth;                       /* layers that run */
  gfloat unit;                      /* what white is in the image given: 1 or 255 */
  NstTensor input;                  /* 3, h, w: the network's own input */
  NstTensor pooled[NST_MAX_LAYERS]; /* input of layer i where it is pooled */
  NstTensor relu[NST_MAX_LAYERS];   /* output of layer i */
  gfloat *gradient[2];              /* of the layer at hand, and of its input */
  gfloat *scratch;
} NstPass;

/* Adds layer's share of the loss's gradient to @gradient (of relu[layer]). */
typedef void (*NstTap) (gint layer, NstTensor *gradient, gpointer data);

gboolean nst_pass_init (NstPass *pass, const NstNetwork *network, NstPool *pool,
                        NstPooling pooling, gint depth, gint width, gint height, gfloat unit,
                        GError **error);
void nst_pass_forward (NstPass *pass, const gfloat *image);
void nst_pass_backward (NstPass *pass, NstTap tap, gpointer data, gfloat *image_gradient);
void nst_pass_clear (NstPass *pass);
guint64 nst_pass_memory (const NstNetwork *network, gint depth, gint width, gint height,
                         gint n_threads);

#endif
