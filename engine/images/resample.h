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

/**
 * nst_resample_pixels:
 * @from: of to->c channels
 * @to: (inout): allocated; its size is what is wanted
 *
 * As nst_resize(), from interleaved pixels.
 */
gboolean nst_resample_pixels (NstPool *pool, NstResample kind, const NstPixels *from,
                              NstTensor *to, GError **error);

/**
 * nst_resample_memory:
 * @stride: channels that lie side by side: 1 for nst_resize()
 *
 * Returns: bytes that are taken while scaling, beside the images
 */
guint64
nst_resample_memory (NstResample kind, NstSize from, gint stride, NstSize to, gint n_threads);

/**
 * nst_resize:
 * @to: (out): @from at another size; free with nst_tensor_clear()
 *
 * Edges are extended.  Cubic scaling may overshoot the input's range a little.
 * Fails with %NST_ERROR_NO_MEMORY.
 */
gboolean nst_resize (NstPool *pool, NstResample kind, const NstTensor *from, NstSize size,
                     NstTensor *to, GError **error);

/**
 * nst_resize_image:
 * @to: (out): 3 planes in [0, 1], the image's colours at another size; free with nst_tensor_clear()
 *
 * As nst_resample_pixels().
 */
gboolean nst_resize_image (NstPool *pool, NstResample kind, const NstImage *image, NstSize size,
                           NstTensor *to, GError **error);

/**
 * nst_mirror:
 * @margin: pixels above and on the left; what is left of @to is below and on the right
 * @gain: multiplied by
 * @to: (inout): allocated, of as many planes, at least as large as @from with its margin
 *
 * Puts @from into a larger image, which is filled by mirroring it, again and again.
 */
void nst_mirror (const NstTensor *from, gint margin, gdouble gain, NstTensor *to);

/**
 * nst_extend:
 * @margin: pixels on each side
 * @least: both sides are extended until they have so many
 *
 * nst_mirror() in its place: @tensor has other memory then.
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY, @tensor being as it was
 */
gboolean nst_extend (NstTensor *tensor, gint margin, gint least, gdouble gain, GError **error);

/**
 * nst_crop:
 * @from: planes of @from_w x @from_h
 * @to: (inout): allocated; its size is what is cut out
 *
 * The part of @from that nst_extend() began with, times @gain.
 */
void nst_crop (const gfloat *from, gint from_w, gint from_h, gint margin, gdouble gain,
               NstTensor *to);

#endif
