/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Planar float arrays (channels, rows, columns) and the engine's one
 * allocator: overflow-checked, aligned, and failing with an error.
 */
#ifndef NST_TENSOR_H
#define NST_TENSOR_H

#include <nst.h>

/* The inputs' order is c, h, w; data[(c * h + y) * w + x]. */
typedef struct
{
  gint c, h, w;
  gfloat *data;
} NstTensor;

/* Bytes behind what was asked of nst_alloc() that may be read, and hold anything. */
#define NST_ALLOC_ROOM 64

gpointer nst_alloc (guint64 count, gsize element, GError **error);
void nst_free (gpointer memory);

gboolean nst_tensor_alloc (NstTensor *tensor, gint c, gint h, gint w, GError **error);
void nst_tensor_clear (NstTensor *tensor);

static inline gsize
nst_tensor_plane (const NstTensor *tensor)
{
  return (gsize) tensor->h * tensor->w;
}

static inline gsize
nst_tensor_size (const NstTensor *tensor)
{
  return nst_tensor_plane (tensor) * tensor->c;
}

/* Whether an image may be of this size. */
static inline gboolean
nst_size_is_valid (gint width, gint height)
{
  return width >= 1 && height >= 1 && width <= NST_SIZE_MAX && height <= NST_SIZE_MAX;
}

#endif
