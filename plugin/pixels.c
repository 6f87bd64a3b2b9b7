/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between GEGL buffers and the engine's plain images: a band of rows at a time,
 * so that a picture is in memory once only.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "bands.h"
#include "holes.h"
#include "pixels.h"

static gboolean
check_size (const GeglRectangle *rect, GError **error)
{
  if (rect->width >= 1 && rect->height >= 1 && rect->width <= NST_SIZE_MAX
      && rect->height <= NST_SIZE_MAX)
    return TRUE;
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("The picture has %d × %d pixels; each side must have from 1 to %d."),
               rect->width, rect->height, NST_SIZE_MAX);
  return FALSE;
}

static GeglRectangle
band_of (const GeglRectangle *rect, gint row)
{
  GeglRectangle band = {rect->x, rect->y + row, rect->width,
                        MIN (NST_BAND_ROWS, rect->height - row)};

  return band;
}

/* NaN becomes 0, and what no screen can show its nearest colour. */
static gfloat
clean (gfloat value)
{
  return value >= 0.0f ? MIN (value, 1.0f) : 0.0f;
}

static void
read_cover (GeglBuffer *buffer, const GeglRectangle *rect, gfloat *cover)
{
  const Babl *format = babl_format_with_space (
      "Y float", babl_format_get_space (gegl_buffer_get_format (buffer)));

  gegl_buffer_get (buffer, rect, 1.0, format, cover, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
}

/* @alpha is multiplied by @cover (or NULL), and both are cleaned. */
static void
cover_alpha (gfloat *alpha, const gfloat *cover, gsize n)
{
  for (gsize i = 0; i < n; i++)
    alpha[i] = clean (alpha[i]) * (cover ? clean (cover[i]) : 1.0f);
}

/* Reads into @image, or only measures where that is %NULL, or only counts in @n_above where @space is
 * %NULL, too. */
static gboolean
read_bands (const NstSource *source, NstSpace limit, NstSpace *space, NstImage *image,
            gsize *n_above, GError **error)
{
  const GeglRectangle *rect = &source->rect;
  g_autofree gfloat *cover = NULL;
  NstBands bands;

  if (source->mask
      && !(cover = nst_bands_alloc (rect->width, MIN (NST_BAND_ROWS, rect->height), 1, error)))
    return FALSE;
  if (!nst_bands_init (&bands, source->buffer, source->profile, rect->width, rect->height,
                       error))
    return FALSE;
  for (gint row = 0; row < rect->height; row += NST_BAND_ROWS)
    {
      const GeglRectangle band = band_of (rect, row);
      const gsize first = (gsize) row * rect->width;
      gfloat *alpha = image && image->mask ? image->mask + first : NULL;

      if (source->mask)
        read_cover (source->mask, &band, cover);
      if (image)
        nst_bands_read (&bands, &band, *space, image->rgb + 3 * first, alpha);
      else if (space)
        nst_bands_measure (&bands, &band, cover, limit, space);
      else
        *n_above += nst_bands_count_above (&bands, &band, cover);
      if (alpha)
        cover_alpha (alpha, cover, (gsize) band.width * band.height);
    }
  nst_bands_clear (&bands);
  return TRUE;
}

/* The least and the most of the mask. */
static void
mask_range (const NstImage *image, gfloat *least, gfloat *most)
{
  gsize n = (gsize) image->width * image->height;

  *least = *most = image->mask[0];
  for (gsize i = 1; i < n; i++)
    {
      *least = MIN (*least, image->mask[i]);
      *most = MAX (*most, image->mask[i]);
    }
}

static void
drop_mask (NstImage *image)
{
  NstImage mask = {.mask = g_steal_pointer (&image->mask)};

  nst_image_clear (&mask);
}

/**
 * nst_source_clear:
 * @source: may be clear already
 */
void
nst_source_clear (NstSource *source)
{
  g_clear_object (&source->buffer);
  g_clear_object (&source->mask);
  g_clear_object (&source->selection);
  g_clear_pointer (&source->profile, nst_profile_unref);
}

static const gchar *
nothing_seen (const NstSource *source)
{
  return source->mask
             ? _ ("The picture's layer mask hides all that there is to see: change the "
                  "mask or choose another picture.")
             : _ ("The picture is transparent everywhere: choose one with "
                  "something to see.");
}

/* Multiplies the mask of @image, which has one, by the selection. */
static gboolean
limit (const NstSource *source, NstImage *image, GError **error)
{
  const GeglRectangle *rect = &source->rect;
  g_autofree gfloat *cover =
      nst_bands_alloc (rect->width, MIN (NST_BAND_ROWS, rect->height), 1, error);

  if (!cover)
    return FALSE;
  for (gint row = 0; row < rect->height; row += NST_BAND_ROWS)
    {
      GeglRectangle band = band_of (rect, row);
      gfloat *mask = image->mask + (gsize) row * rect->width;

      read_cover (source->selection, &band, cover);
      for (gsize i = 0; i < (gsize) band.width * band.height; i++)
        mask[i] *= clean (cover[i]);
    }
  return TRUE;
}

/* Of an @image with a mask: what cannot be seen gets the colours nearby, and of the rest only
 * what is selected counts.  All opaque is the same as no mask. */
static gboolean
finish (const NstSource *source, NstImage *image, GError **error)
{
  gfloat least, most;
  const gchar *problem = nothing_seen (source);

  mask_range (image, &least, &most);
  if (most > 0.0f)
    {
      if (!nst_fill_holes (image, error)
          || (source->selection && !limit (source, image, error)))
        return FALSE;
      mask_range (image, &least, &most);
      problem = _ ("The selection leaves nothing to see: select a part of the picture "
                   "that is not transparent.");
    }
  if (least == 1.0f)
    drop_mask (image);
  if (most > 0.0f)
    return TRUE;
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, problem);
  return FALSE;
}

/**
 * nst_source_measure:
 * @limit: no space beyond this is asked for
 * @space: (inout): raised until it holds the colours that can be seen
 *
 * Returns: %FALSE with @error if the size is out of range or memory is short
 */
gboolean
nst_source_measure (const NstSource *source, NstSpace limit, NstSpace *space, GError **error)
{
  return check_size (&source->rect, error)
         && read_bands (source, limit, space, NULL, NULL, error);
}

static gboolean
is_float (GeglBuffer *buffer)
{
  const Babl *type = babl_format_get_type (gegl_buffer_get_format (buffer), 0);

  return type == babl_type ("half") || type == babl_type ("float")
         || type == babl_type ("double");
}

/**
 * nst_source_count_above:
 * @n_above: (out): how many of the pixels that can be seen are brighter than white, which is what
 *   nst_source_read() makes of them; costs nothing for whole numbers
 *
 * A pass of its own, as not every source is measured: that ends once the limit is reached, and this is
 * told of each.
 *
 * Returns: %FALSE with @error if the size is out of range or memory is short
 */
gboolean
nst_source_count_above (const NstSource *source, gsize *n_above, GError **error)
{
  *n_above = 0;
  return check_size (&source->rect, error)
         && (!is_float (source->buffer)
             || read_bands (source, NST_SPACE_SRGB, NULL, NULL, n_above, error));
}

/**
 * nst_source_read:
 * @space: what @image's colours are to be in
 * @image: (out): freed with nst_image_clear(), empty on failure
 *
 * Reads float RGB within [0,1]; NaN becomes 0.  There is a mask (what can be seen of each pixel, and
 * is selected) unless all is opaque, and the colours of fully transparent pixels are replaced by
 * those nearby, so that they bleed nowhere.
 *
 * Returns: %FALSE with @error if the size is out of range, memory is short or
 *   nothing can be seen
 */
gboolean
nst_source_read (const NstSource *source, NstSpace space, NstImage *image, GError **error)
{
  gboolean with_mask = source->mask || source->selection
                       || babl_format_has_alpha (gegl_buffer_get_format (source->buffer));

  memset (image, 0, sizeof *image);
  if (!check_size (&source->rect, error)
      || !nst_bands_alloc_image (image, source->rect.width, source->rect.height, with_mask,
                                 error))
    return FALSE;
  if (read_bands (source, space, &space, image, NULL, error)
      && (!with_mask || finish (source, image, error)))
    return TRUE;
  nst_image_clear (image);
  return FALSE;
}

gboolean
nst_pixels_read (GeglBuffer *buffer, const GeglRectangle *rect, NstImage *image, GError **error)
{
  const NstSource source = {buffer, *rect};

  return nst_source_read (&source, NST_SPACE_SRGB, image, error);
}

/* The alpha of the target's source, as the mask of an image of the target's size. */
static gboolean
scale_alpha (const NstTarget *target, NstImage *alpha, GError **error)
{
  const NstSource source = {target->alpha_from, target->alpha_rect};
  NstSpace space = NST_SPACE_SRGB;
  NstImage whole, colours = {0};
  gboolean scaled;

  if (!nst_bands_alloc_image (&whole, source.rect.width, source.rect.height, TRUE, error))
    return FALSE;
  scaled = read_bands (&source, space, &space, &whole, NULL, error);
  colours.rgb = g_steal_pointer (&whole.rgb);
  nst_image_clear (&colours);
  scaled =
      scaled && nst_image_scale (&whole, target->rect.width, target->rect.height, alpha, error);
  nst_image_clear (&whole);
  return scaled;
}

/* The alpha of a band: @scaled's, that of @from, or opaque. */
static void
find_alpha (const NstTarget *target, const NstImage *scaled, NstBands *from, gint row,
            gfloat *alpha)
{
  const gsize n = (gsize) target->rect.width * MIN (NST_BAND_ROWS, target->rect.height - row);

  if (scaled->mask)
    memcpy (alpha, scaled->mask + (gsize) row * target->rect.width, n * sizeof (gfloat));
  else if (from->buffer)
    {
      const GeglRectangle band = band_of (&target->alpha_rect, row);

      nst_bands_read_alpha (from, &band, alpha);
    }
  else
    for (gsize i = 0; i < n; i++)
      alpha[i] = 1.0f;
  cover_alpha (alpha, NULL, n);
}

static gboolean
write_bands (const NstImage *image, const NstImage *scaled_alpha, const NstTarget *target,
             GError **error)
{
  const GeglRectangle *rect = &target->rect;
  NstBands to = {0}, from = {0};
  g_autofree gfloat *alpha =
      nst_bands_alloc (rect->width, MIN (NST_BAND_ROWS, rect->height), 1, error);
  gboolean ready =
      alpha
      && nst_bands_init (&to, target->buffer, target->profile, rect->width, rect->height, error)
      && (!target->alpha_from || scaled_alpha->mask
          || nst_bands_init (&from, target->alpha_from, NULL, rect->width, rect->height,
                             error));

  for (gint row = 0; ready && row < rect->height; row += NST_BAND_ROWS)
    {
      const GeglRectangle band = band_of (rect, row);

      find_alpha (target, scaled_alpha, &from, row, alpha);
      nst_bands_write (&to, &band, target->space, image->rgb + (gsize) 3 * row * rect->width,
                       alpha);
    }
  nst_bands_clear (&to);
  nst_bands_clear (&from);
  return ready;
}

/**
 * nst_target_write:
 * @image: in @target's space, of any size
 * @target: whose profile, if it has one, must allow output
 *
 * Returns: %FALSE with @error, and nothing written, if memory is short or the
 *   size out of range
 */
gboolean
nst_target_write (const NstImage *image, const NstTarget *target, GError **error)
{
  const GeglRectangle *rect = &target->rect, *from = &target->alpha_rect;
  NstImage scaled = {0}, alpha = {0};
  gboolean ready =
      check_size (rect, error) && (!target->alpha_from || check_size (from, error));

  if (ready && target->alpha_from
      && (from->width != rect->width || from->height != rect->height))
    ready = scale_alpha (target, &alpha, error);
  if (ready && (image->width != rect->width || image->height != rect->height))
    {
      ready = nst_image_scale (image, rect->width, rect->height, &scaled, error);
      image = &scaled;
    }
  ready = ready && write_bands (image, &alpha, target, error);

  nst_image_clear (&scaled);
  nst_image_clear (&alpha);
  return ready;
}

gboolean
nst_pixels_write (const NstImage *image, GeglBuffer *buffer, const GeglRectangle *rect,
                  GeglBuffer *alpha_from, const GeglRectangle *alpha_rect, GError **error)
{
  NstTarget target = {buffer, *rect, .alpha_from = alpha_from};

  if (alpha_rect)
    target.alpha_rect = *alpha_rect;
  return nst_target_write (image, &target, error);
}
