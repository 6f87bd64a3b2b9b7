/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scaling of planar images: bicubic, smoothed when shrinking; nearest
 * neighbour, as the Keras recipe has it.
 */
#ifndef NST_RESAMPLE_H
#define NST_RESAMPLE_H

#include "tensor.h"

typedef enum
{
  NST_RESAMPLE_CUBIC,
  NST_RESAMPLE_NEAREST,
} NstResample;

/* to: allocated, of from's channels */
gboolean nst_resample (NstResample kind, const NstTensor *from, NstTensor *to, GError **error);

#endif
