/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bands of rows of a GEGL buffer: a picture is converted a band at a time, so that it is in
 * memory once only.
 */
#include "bands.h"

#include <string.h>

#include <glib/gi18n-lib.h>

static void
set_short (gint width, gint height, GError **error)
{
  g_set_error (error, NST_ERROR, NST_ERROR_NO_MEMORY,
               _ ("There is not enough memory for %d × %d pixels: close other pictures or "
                  "take a smaller one."),
               width, height);
}

/**
 * nst_bands_alloc:
 *
 * Returns: floats, to be freed with g_free(), or %NULL with @error
 */
gfloat *
nst_bands_alloc (gint width, gint height, gint n_channels, GError **error)
{
  gsize bytes;
  gfloat *pixels = NULL;

  if (g_size_checked_mul (&bytes, (gsize) width, (gsize) height)
      && g_size_checked_mul (&bytes, bytes, (gsize) n_channels * sizeof (gfloat)))
    pixels = g_try_malloc (bytes);
  if (!pixels)
    set_short (width, height, error);
  return pixels;
}

/**
 * nst_bands_alloc_image:
 *
 * nst_image_alloc() for what is in GIMP, where a smaller working size would not help.
 */
gboolean
nst_bands_alloc_image (NstImage *image, gint width, gint height, gboolean with_mask,
                       GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (nst_image_alloc (image, width, height, with_mask, &problem))
    return TRUE;
  if (g_error_matches (problem, NST_ERROR, NST_ERROR_NO_MEMORY))
    set_short (width, height, error);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The buffer's numbers with alpha, as floats and doubles, with the curve that the profile knows. */
static void
find_formats (NstBands *bands, gboolean is_grey)
{
  const Babl *space = babl_format_get_space (gegl_buffer_get_format (bands->buffer));

  bands->n_channels = is_grey ? 1 : 3;
  bands->format = babl_format_with_space (is_grey ? "Y'A float" : "R'G'B'A float", space);
  bands->wide_format =
      babl_format_with_space (is_grey ? "Y'A double" : "R'G'B'A double", space);
}

/* Where there is no profile that fits, GEGL's idea of the colours has to do. */
static void
choose_formats (NstBands *bands, NstProfile *profile)
{
  const Babl *format = gegl_buffer_get_format (bands->buffer);
  gboolean is_grey = !babl_format_is_palette (format)
                     && (babl_get_model_flags (format) & BABL_MODEL_FLAG_GRAY);

  if (profile && nst_profile_get_n_channels (profile) == (is_grey ? 1 : 3))
    {
      bands->profile = nst_profile_ref (profile);
      find_formats (bands, is_grey);
      return;
    }
  bands->profile = nst_profile_new_space (NST_SPACE_SRGB);
  bands->n_channels = 3;
  bands->format = babl_format ("R'G'B'A float");
  bands->wide_format = babl_format ("R'G'B'A double");
}

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

/**
 * nst_bands_init:
 * @bands: (out): freed with nst_bands_clear(), on failure empty
 * @buffer: must outlive @bands
 * @profile: (nullable): what its numbers mean
 * @width: of the bands, pixels
 * @height: of all bands together
 *
 * Returns: %FALSE with @error if memory is short
 */
gboolean
nst_bands_init (NstBands *bands, GeglBuffer *buffer, NstProfile *profile, gint width,
                gint height, GError **error)
{
  gint rows = MIN (NST_BAND_ROWS, height);

  memset (bands, 0, sizeof *bands);
  bands->buffer = buffer;
  choose_formats (bands, profile);
  if (!bands->profile)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                           _ ("There is not enough memory."));
      return FALSE;
    }
  bands->raw = nst_bands_alloc (width, rows, 4, error);
  bands->values = bands->raw ? nst_bands_alloc (width, rows, 3, error) : NULL;
  if (bands->values && goes_by_double (buffer))
    bands->wide = (gdouble *) nst_bands_alloc (width, rows, 8, error);
  if (bands->values && (bands->wide || !goes_by_double (buffer)))
    return TRUE;
  nst_bands_clear (bands);
  return FALSE;
}

/**
 * nst_bands_clear:
 * @bands: may be clear already
 */
void
nst_bands_clear (NstBands *bands)
{
  g_clear_pointer (&bands->profile, nst_profile_unref);
  g_clear_pointer (&bands->raw, g_free);
  g_clear_pointer (&bands->values, g_free);
  g_clear_pointer (&bands->wide, g_free);
}

static gsize
count (const GeglRectangle *rect)
{
  return (gsize) rect->width * rect->height;
}

static void
get_raw (NstBands *bands, const GeglRectangle *rect)
{
  if (!bands->wide)
    {
      gegl_buffer_get (bands->buffer, rect, 1.0, bands->format, bands->raw, GEGL_AUTO_ROWSTRIDE,
                       GEGL_ABYSS_NONE);
      return;
    }
  gegl_buffer_get (bands->buffer, rect, 1.0, bands->wide_format, bands->wide,
                   GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (gsize i = 0; i < count (rect) * (gsize) (bands->n_channels + 1); i++)
    bands->raw[i] = (gfloat) bands->wide[i];
}

/* What can be seen, into @bands' values, one after the other.  Returns how many they are. */
static gsize
gather (NstBands *bands, const GeglRectangle *rect, const gfloat *cover)
{
  const gsize n = (gsize) bands->n_channels;
  gsize seen = 0;

  get_raw (bands, rect);
  for (gsize i = 0; i < count (rect); i++)
    if (bands->raw[(n + 1) * i + n] > 0.0f && (!cover || cover[i] > 0.0f))
      memcpy (bands->values + n * seen++, bands->raw + (n + 1) * i, n * sizeof (gfloat));
  return seen;
}

/**
 * nst_bands_measure:
 * @cover: (nullable): how much is seen of each pixel, as far as its alpha lets it be seen
 * @limit: no space beyond this
 * @space: (inout): raised until it holds the colours that are seen
 */
void
nst_bands_measure (NstBands *bands, const GeglRectangle *rect, const gfloat *cover,
                   NstSpace limit, NstSpace *space)
{
  const gsize seen = gather (bands, rect, cover);

  nst_profile_measure (bands->profile, bands->values, seen, limit, space);
}

/**
 * nst_bands_count_above:
 * @cover: (nullable): likewise
 *
 * Returns: how many of the pixels that are seen are brighter than white
 */
gsize
nst_bands_count_above (NstBands *bands, const GeglRectangle *rect, const gfloat *cover)
{
  const gsize seen = gather (bands, rect, cover);

  return nst_profile_count_above (bands->profile, bands->values, seen);
}

/**
 * nst_bands_read:
 * @rgb: (out): 3 values a pixel, within [0,1]
 * @alpha: (out) (nullable): as it is
 */
void
nst_bands_read (NstBands *bands, const GeglRectangle *rect, NstSpace space, gfloat *rgb,
                gfloat *alpha)
{
  const gsize n = (gsize) bands->n_channels;

  get_raw (bands, rect);
  for (gsize i = 0; i < count (rect); i++)
    {
      memcpy (bands->values + n * i, bands->raw + (n + 1) * i, n * sizeof (gfloat));
      if (alpha)
        alpha[i] = bands->raw[(n + 1) * i + n];
    }
  nst_profile_to_working (bands->profile, space, bands->values, rgb, count (rect));
}

/**
 * nst_bands_read_alpha:
 * @alpha: (out): as it is
 */
void
nst_bands_read_alpha (NstBands *bands, const GeglRectangle *rect, gfloat *alpha)
{
  const gsize n = (gsize) bands->n_channels;

  get_raw (bands, rect);
  for (gsize i = 0; i < count (rect); i++)
    alpha[i] = bands->raw[(n + 1) * i + n];
}

/**
 * nst_bands_write:
 * @rgb: 3 values a pixel
 * @alpha: one
 */
void
nst_bands_write (NstBands *bands, const GeglRectangle *rect, NstSpace space, const gfloat *rgb,
                 const gfloat *alpha)
{
  const gsize n = (gsize) bands->n_channels;

  nst_profile_from_working (bands->profile, space, rgb, bands->values, count (rect));
  for (gsize i = 0; i < count (rect); i++)
    {
      memcpy (bands->raw + (n + 1) * i, bands->values + n * i, n * sizeof (gfloat));
      bands->raw[(n + 1) * i + n] = alpha[i];
    }
  gegl_buffer_set (bands->buffer, rect, 0, bands->format, bands->raw, GEGL_AUTO_ROWSTRIDE);
}
