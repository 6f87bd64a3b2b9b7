/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The callers' images: memory for them, and scaled copies.
 */
#include <nst.h>

#include "images/resample.h"

#include <glib/gi18n-lib.h>

static gboolean
alloc_image (NstImage *image, gint width, gint height, gboolean with_colours,
             gboolean with_mask, GError **error)
{
  *image = (NstImage){width, height, NULL, NULL};
  if (!nst_size_is_valid (width, height))
    {
      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                   _ ("An image of %d x %d pixels cannot be used; each side goes from 1 to %d"),
                   width, height, NST_SIZE_MAX);
      return FALSE;
    }
  if (with_colours)
    image->rgb = nst_alloc ((guint64) width * height, 3 * sizeof (gfloat), error);
  if (with_mask && (image->rgb || !with_colours))
    image->mask = nst_alloc ((guint64) width * height, sizeof (gfloat), error);
  if ((image->rgb || !with_colours) && (image->mask || !with_mask))
    return TRUE;
  nst_image_clear (image);
  return FALSE;
}

gboolean
nst_image_alloc (NstImage *image, gint width, gint height, gboolean with_mask, GError **error)
{
  return alloc_image (image, width, height, TRUE, with_mask, error);
}

static void
to_interleaved (const NstTensor *from, gint channels, gfloat *to)
{
  gsize plane = nst_tensor_plane (from);

  for (gint c = 0; c < channels; c++)
    for (gsize i = 0; i < plane; i++)
      to[i * channels + c] = CLAMP (from->data[c * plane + i], 0, 1);
}

static gboolean
scale_floats (const NstPixels *from, gint channels, gfloat *to, NstSize size, GError **error)
{
  NstPool *pool = nst_pool_new (1);
  NstTensor scaled = {0};
  gboolean ok;

  ok = nst_tensor_alloc (&scaled, channels, size.h, size.w, error)
       && nst_resample_pixels (pool, NST_RESAMPLE_CUBIC, from, &scaled, error);
  if (ok)
    to_interleaved (&scaled, channels, to);
  nst_tensor_clear (&scaled);
  nst_pool_free (pool);
  return ok;
}

gboolean
nst_image_scale (const NstImage *image, gint width, gint height, NstImage *scaled,
                 GError **error)
{
  NstPixels rgb = {image->rgb, image->width, image->height, FALSE};
  NstPixels mask = {image->mask, image->width, image->height, FALSE};
  NstSize size = {width, height};

  if (!alloc_image (scaled, width, height, image->rgb != NULL, image->mask != NULL, error))
    return FALSE;
  if ((!image->rgb || scale_floats (&rgb, 3, scaled->rgb, size, error))
      && (!image->mask || scale_floats (&mask, 1, scaled->mask, size, error)))
    return TRUE;
  nst_image_clear (scaled);
  return FALSE;
}

void
nst_image_clear (NstImage *image)
{
  g_clear_pointer (&image->rgb, nst_free);
  g_clear_pointer (&image->mask, nst_free);
}
