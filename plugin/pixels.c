/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between GEGL buffers and the engine's plain images: a band of rows at a time,
 * so that a picture is in memory once only.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "holes.h"
#include "pixels.h"

#define BAND_ROWS 64 /* GEGL's tiles are so high */

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

static gfloat *
alloc_pixels (gint width, gint height, gint n_channels, GError **error)
{
  gsize bytes;
  gfloat *pixels = NULL;

  if (g_size_checked_mul (&bytes, (gsize) width, (gsize) height)
      && g_size_checked_mul (&bytes, bytes, (gsize) n_channels * sizeof (gfloat)))
    pixels = g_try_malloc (bytes);
  if (!pixels)
    g_set_error (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                 _ ("There is not enough memory for %d × %d pixels: close other pictures or "
                    "take a smaller one."),
                 width, height);
  return pixels;
}

static GeglRectangle
band_of (const GeglRectangle *rect, gint row)
{
  GeglRectangle band = {rect->x, rect->y + row, rect->width,
                        MIN (BAND_ROWS, rect->height - row)};

  return band;
}

/* NaN becomes 0, and what no screen can show its nearest colour. */
static gfloat
clean (gfloat value)
{
  return value >= 0.0f ? MIN (value, 1.0f) : 0.0f;
}

/* Rows of a buffer as sRGB-encoded floats with alpha. */
typedef struct
{
  gfloat *rgba;
  gdouble *wide; /* or NULL */
} Band;

/* Converting small whole numbers to floats, babl may measure and make look-up tables, for a
 * second and 600 MB; by way of doubles it does not, and the floats are the same. */
static gboolean
goes_by_double (GeglBuffer *buffer)
{
  const Babl *format = gegl_buffer_get_format (buffer);
  const Babl *type = babl_format_get_type (format, 0);

  return (type == babl_type ("u8") || type == babl_type ("u16"))
         && babl_format_get_bytes_per_pixel (format) <= 4 && !babl_format_is_palette (format)
         && babl_format_get_space (format) == babl_space ("sRGB");
}

static void
band_clear (Band *band)
{
  g_free (band->rgba);
  g_free (band->wide);
}

/* @from: (nullable): what is to be read */
static gboolean
band_init (Band *band, GeglBuffer *from, const GeglRectangle *rect, GError **error)
{
  gint height = MIN (BAND_ROWS, rect->height);

  band->wide = NULL;
  band->rgba = alloc_pixels (rect->width, height, 4, error);
  if (!band->rgba)
    return FALSE;
  if (!from || !goes_by_double (from))
    return TRUE;
  band->wide = (gdouble *) alloc_pixels (rect->width, height, 8, error);
  if (!band->wide)
    band_clear (band);
  return band->wide != NULL;
}

static void
band_read (const Band *band, GeglBuffer *from, const GeglRectangle *rect)
{
  if (!band->wide)
    {
      gegl_buffer_get (from, rect, 1.0, babl_format ("R'G'B'A float"), band->rgba,
                       GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      return;
    }
  gegl_buffer_get (from, rect, 1.0, babl_format ("R'G'B'A double"), band->wide,
                   GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (gsize i = 0; i < (gsize) rect->width * rect->height * 4; i++)
    band->rgba[i] = (gfloat) band->wide[i];
}

/* @cover: (nullable): what is seen of each pixel, as far as its alpha lets it be seen */
static void
split_band (const gfloat *rgba, const gfloat *cover, gsize n, gfloat *rgb, gfloat *mask)
{
  for (gsize i = 0; i < n; i++)
    {
      for (gint c = 0; c < 3; c++)
        rgb[3 * i + c] = clean (rgba[4 * i + c]);
      if (mask)
        mask[i] = clean (rgba[4 * i + 3]) * (cover ? clean (cover[i]) : 1.0f);
    }
}

static void
read_cover (GeglBuffer *buffer, const GeglRectangle *rect, gfloat *cover)
{
  gegl_buffer_get (buffer, rect, 1.0, babl_format ("Y float"), cover, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
}

/* @mask: (nullable) */
static gboolean
read_bands (GeglBuffer *buffer, const GeglRectangle *rect, GeglBuffer *mask, NstImage *image,
            GError **error)
{
  g_autofree gfloat *cover = NULL;
  Band pixels;

  if (mask && !(cover = alloc_pixels (rect->width, MIN (BAND_ROWS, rect->height), 1, error)))
    return FALSE;
  if (!band_init (&pixels, buffer, rect, error))
    return FALSE;
  for (gint row = 0; row < rect->height; row += BAND_ROWS)
    {
      GeglRectangle band = band_of (rect, row);
      gsize first = (gsize) row * rect->width;

      band_read (&pixels, buffer, &band);
      if (mask)
        read_cover (mask, &band, cover);
      split_band (pixels.rgba, cover, (gsize) band.width * band.height, image->rgb + 3 * first,
                  image->mask ? image->mask + first : NULL);
    }
  band_clear (&pixels);
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

void
nst_source_clear (NstSource *source)
{
  g_clear_object (&source->buffer);
  g_clear_object (&source->mask);
  g_clear_object (&source->selection);
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
      alloc_pixels (rect->width, MIN (BAND_ROWS, rect->height), 1, error);

  if (!cover)
    return FALSE;
  for (gint row = 0; row < rect->height; row += BAND_ROWS)
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
      if (!nst_fill_holes (image, error) || (source->selection && !limit (source, image, error)))
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
 * nst_source_read:
 * @image: (out): freed with nst_image_clear(), empty on failure
 *
 * Returns: %FALSE with @error if the size is out of range, memory is short or
 *   nothing can be seen
 */
gboolean
nst_source_read (const NstSource *source, NstImage *image, GError **error)
{
  gboolean with_mask = source->mask || source->selection
                       || babl_format_has_alpha (gegl_buffer_get_format (source->buffer));

  memset (image, 0, sizeof *image);
  if (!check_size (&source->rect, error)
      || !nst_image_alloc (image, source->rect.width, source->rect.height, with_mask, error))
    return FALSE;
  if (read_bands (source->buffer, &source->rect, source->mask, image, error)
      && (!with_mask || finish (source, image, error)))
    return TRUE;
  nst_image_clear (image);
  return FALSE;
}

gboolean
nst_pixels_read (GeglBuffer *buffer, const GeglRectangle *rect, NstImage *image, GError **error)
{
  const NstSource source = {buffer, *rect};

  return nst_source_read (&source, image, error);
}

/* The alpha of @rect of @buffer, as the mask of an image of @width x @height. */
static gboolean
scale_alpha (GeglBuffer *buffer, const GeglRectangle *rect, gint width, gint height,
             NstImage *alpha, GError **error)
{
  NstImage whole;
  gboolean scaled;

  if (!nst_image_alloc (&whole, rect->width, rect->height, TRUE, error))
    return FALSE;
  scaled = read_bands (buffer, rect, NULL, &whole, error)
           && nst_image_scale (&whole, width, height, alpha, error);
  nst_image_clear (&whole);
  return scaled;
}

/* Pixels of opaque alpha, of the mask's, or of @alpha_from's, which has @rect's size then. */
static gboolean
write_bands (const NstImage *image, const gfloat *mask, GeglBuffer *alpha_from,
             const GeglRectangle *alpha_rect, GeglBuffer *buffer, const GeglRectangle *rect,
             GError **error)
{
  const Babl *format = babl_format ("R'G'B'A float");
  Band pixels;

  if (!band_init (&pixels, alpha_from, rect, error))
    return FALSE;
  for (gint row = 0; row < rect->height; row += BAND_ROWS)
    {
      GeglRectangle band = band_of (rect, row);
      gsize first = (gsize) row * rect->width;
      gfloat *rgba = pixels.rgba;

      if (alpha_from)
        {
          GeglRectangle alpha_band = band_of (alpha_rect, row);

          band_read (&pixels, alpha_from, &alpha_band);
        }
      for (gsize i = 0; i < (gsize) band.width * band.height; i++)
        {
          gfloat alpha = alpha_from ? rgba[4 * i + 3] : mask ? mask[first + i] : 1.0f;

          memcpy (rgba + 4 * i, image->rgb + 3 * (first + i), 3 * sizeof (gfloat));
          rgba[4 * i + 3] = clean (alpha);
        }
      gegl_buffer_set (buffer, &band, 0, format, rgba, GEGL_AUTO_ROWSTRIDE);
    }
  band_clear (&pixels);
  return TRUE;
}

/**
 * nst_pixels_write:
 * @image: sRGB-encoded, of any size
 * @buffer: of any format
 * @rect: where in @buffer to write; @image is scaled to it
 * @alpha_from: (nullable): the alpha's source; without one all becomes opaque
 * @alpha_rect: (nullable): the part of @alpha_from, scaled to @rect too
 *
 * Returns: %FALSE with @error, and nothing written, if memory is short or the
 *   size out of range
 */
gboolean
nst_pixels_write (const NstImage *image, GeglBuffer *buffer, const GeglRectangle *rect,
                  GeglBuffer *alpha_from, const GeglRectangle *alpha_rect, GError **error)
{
  NstImage scaled = {0}, alpha = {0};
  gboolean ready = check_size (rect, error) && (!alpha_from || check_size (alpha_rect, error));

  if (ready && alpha_from
      && (alpha_rect->width != rect->width || alpha_rect->height != rect->height))
    {
      ready = scale_alpha (alpha_from, alpha_rect, rect->width, rect->height, &alpha, error);
      alpha_from = NULL;
    }
  if (ready && (image->width != rect->width || image->height != rect->height))
    {
      ready = nst_image_scale (image, rect->width, rect->height, &scaled, error);
      image = &scaled;
    }
  ready = ready && write_bands (image, alpha.mask, alpha_from, alpha_rect, buffer, rect, error);

  nst_image_clear (&scaled);
  nst_image_clear (&alpha);
  return ready;
}
