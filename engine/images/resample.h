/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scaling of planar images: bicubic, smoothed when shrinking; nearest
 * neighbour, as the Keras recipe has it.
 */
#ifndef NST_RESAMPLE_H
#define NST_RESAMPLE_H

#include "base/parallel.h"
#include "base/tensor.h"

typedef enum
{
  NST_RESAMPLE_CUBIC,
  NST_RESAMPLE_NEAREST,
} NstResample;

/* Pixels as callers have them: channels side by side. */
typedef struct
{
  const gfloat *data;
  gint w, h;
  gboolean clamp; /* taken as in [0, 1] */
} NstPixels;

gboolean nst_resample (NstPool *pool, NstResample kind, const NstTensor *from, NstTensor *to,
                       GError **error);
gboolean nst_resample_pixels (NstPool *pool, NstResample kind, const NstPixels *from,
                              NstTensor *to, GError **error);
guint64
nst_resample_memory (NstResample kind, NstSize from, gint stride, NstSize to, gint n_threads);
gboolean nst_resize (NstPool *pool, NstResample kind, const NstTensor *from, NstSize size,
                     NstTensor *to, GError **error);
gboolean nst_resize_image (NstPool *pool, NstResample kind, const NstImage *image, NstSize size,
                           NstTensor *to, GError **error);
void nst_mirror (const NstTensor *from, gint margin, gdouble gain, NstTensor *to);
gboolean nst_extend (NstTensor *tensor, gint margin, gint least, gdouble gain, GError **error);
void nst_crop (const gfloat *from, gint from_w, gint from_h, gint margin, gdouble gain,
               NstTensor *to);

#endif
