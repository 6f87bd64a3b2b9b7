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

gboolean nst_resample (NstPool *pool, NstResample kind, const NstTensor *from, NstTensor *to,
                       GError **error);
gboolean nst_resample_pixels (NstPool *pool, NstResample kind, const gfloat *pixels, gint w,
                              gint h, gboolean clamp, NstTensor *to, GError **error);
guint64 nst_resample_memory (NstResample kind, gint from_w, gint from_h, gint stride, gint w,
                             gint h, gint n_threads);
gboolean nst_resize (NstPool *pool, NstResample kind, const NstTensor *from, gint w, gint h,
                     NstTensor *to, GError **error);
gboolean nst_resize_image (NstPool *pool, NstResample kind, const NstImage *image, gint w,
                           gint h, NstTensor *to, GError **error);
void nst_mirror (const NstTensor *from, gint margin, gdouble gain, NstTensor *to);
gboolean nst_extend (NstTensor *tensor, gint margin, gint least, gdouble gain, GError **error);
void nst_crop (const gfloat *from, gint from_w, gint from_h, gint margin, gdouble gain,
               NstTensor *to);

#endif
