/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TIFF files of kinds that libvips does not read, by libtiff itself: half and double
 * floats, whole numbers of odd numbers of bits or with a sign, tiles of one colour each, palettes
 * with alpha or deep colours, YCbCr that no JPEG holds, and Lab.
 */
#include <math.h>
#include <string.h>

#include "picture-private.h"
#include "tiff-kind.h"

static gfloat
half_to_float (guint16 half)
{
  const guint32 sign = (guint32) (half & 0x8000) << 16, exponent = half >> 10 & 31;
  const guint32 fraction = half & 0x3ff;
  guint32 bits;
  gfloat value;

  if (exponent == 0) /* zero, or below the least normal number */
    return (sign ? -1.0f : 1.0f) * (gfloat) fraction / 16777216.0f;
  bits = sign | (exponent == 31 ? 255u : exponent + 112u) << 23 | fraction << 13;
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* Numbers are packed, their highest bits first; each row begins with a byte of its own.  libtiff
 * turns around those of three bytes only. */
static gfloat
odd_sample (const CliTiff *it, const guint8 *row, gsize at)
{
  guint64 value = 0;

  for (guint64 bit = at * it->bits, end = bit + it->bits; it->bits != 24 && bit < end; bit++)
    value = value << 1 | (row[bit / 8] >> (7 - bit % 8) & 1);
  for (gsize i = 0; it->bits == 24 && i < 3; i++)
    value = value << 8 | row[3 * at + (G_BYTE_ORDER == G_BIG_ENDIAN ? i : 2 - i)];
  return (gfloat) ((gdouble) value / (gdouble) ((G_GUINT64_CONSTANT (1) << it->bits) - 1));
}

/* Sample @column of a row of the block that has @n samples. */
static gfloat
sample (const CliTiff *it, guint32 row, gsize n, gsize column)
{
  const gboolean real = it->format == SAMPLEFORMAT_IEEEFP;
  const gsize at = row * n + column;

  switch (it->bits)
    {
    default:
      return odd_sample (it, it->block + row * ((n * it->bits + 7) / 8), column);
    case 8:
      return it->block[at] / 255.0f;
    case 16:
      return real ? half_to_float (((const guint16 *) (gpointer) it->block)[at])
                  : ((const guint16 *) (gpointer) it->block)[at] / 65535.0f;
    case 32:
      return real ? ((const gfloat *) (gpointer) it->block)[at]
                  : (gfloat) (((const guint32 *) (gpointer) it->block)[at] / 4294967295.0);
    case 64:
      return (gfloat) ((const gdouble *) (gpointer) it->block)[at];
    }
}

/* The least number of those with a sign is black, as in GIMP. */
static void
drop_signs (CliTiff *it, gsize n_bytes)
{
  const gsize size = it->bits / 8;

  for (gsize i = G_BYTE_ORDER == G_BIG_ENDIAN ? 0 : size - 1; i < n_bytes; i += size)
    it->block[i] ^= 0x80;
}

/* A block that begins at @x, @y, into the band; of one colour only where the file has them apart. */
static gboolean
read_block (CliTiff *it, guint32 x, guint32 y, guint16 plane)
{
  const gboolean apart = it->planar == PLANARCONFIG_SEPARATE;
  const guint n = apart ? 1 : it->n_samples;
  const guint32 width = MIN (it->block_width, it->width - x);
  const guint32 height = MIN (it->block_height, it->height - y);
  const tmsize_t wanted =
      it->has_tiles ? TIFFTileSize (it->tiff) : TIFFVStripSize (it->tiff, height);
  const tmsize_t got =
      it->has_tiles ? TIFFReadEncodedTile (it->tiff, TIFFComputeTile (it->tiff, x, y, 0, plane),
                                           it->block, wanted)
                    : TIFFReadEncodedStrip (it->tiff, TIFFComputeStrip (it->tiff, y, plane),
                                            it->block, wanted);

  if (got != wanted)
    return FALSE;
  if (it->format == SAMPLEFORMAT_INT)
    drop_signs (it, (gsize) got);
  for (guint32 row = 0; row < height; row++)
    for (guint32 column = 0; column < width; column++)
      {
        gfloat *to = it->band + ((gsize) row * it->width + x + column) * it->n_samples;

        for (guint i = 0; i < n; i++)
          to[apart ? plane : i] =
              sample (it, row, (gsize) it->block_width * n, (gsize) column * n + i);
      }
  return TRUE;
}

static gboolean
read_band (CliTiff *it, guint32 y)
{
  const guint16 n_planes = it->planar == PLANARCONFIG_SEPARATE ? it->n_samples : 1;

  for (guint16 plane = 0; plane < n_planes; plane++)
    for (guint32 x = 0; x < it->width; x += it->block_width)
      if (!read_block (it, x, y, plane))
        return FALSE;
  return TRUE;
}

/* L is a share of the greatest number; a and b have a sign, and are 256ths where there are 16 bits. */
static void
unfold_lab (gfloat *values, gboolean is_deep)
{
  values[0] *= 100.0f;
  for (gint i = 1; i < 3; i++)
    values[i] = is_deep ? (gfloat) (gint16) (gint) lrintf (values[i] * 65535.0f) / 256.0f
                        : (gfloat) (gint8) (gint) lrintf (values[i] * 255.0f);
}

/* White may be 0, and the colours multiplied by alpha, of Lab with their signs. */
static void
finish_row (const CliTiff *it, gfloat *row)
{
  const guint n = (guint) cli_tiff_count_colours (it);
  const gboolean multiplied = cli_tiff_is_multiplied (it) && it->n_samples > n;

  for (guint32 x = 0; x < it->width; x++, row += it->n_samples)
    {
      if (it->photometric == PHOTOMETRIC_CIELAB)
        unfold_lab (row, it->bits == 16);
      for (guint c = 0; multiplied && row[n] > 0.0f && c < n; c++)
        row[c] /= row[n];
      if (it->photometric == PHOTOMETRIC_MINISWHITE)
        row[0] = 1.0f - row[0];
    }
}

static gboolean
alloc (CliTiff *it)
{
  guint32 rows = it->height;
  tmsize_t size;

  it->block_width = it->width;
  if (it->has_tiles)
    {
      TIFFGetField (it->tiff, TIFFTAG_TILEWIDTH, &it->block_width);
      TIFFGetField (it->tiff, TIFFTAG_TILELENGTH, &rows);
    }
  else
    TIFFGetFieldDefaulted (it->tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  it->block_height = it->has_tiles ? rows : MIN (rows, it->height);
  size = it->has_tiles ? TIFFTileSize (it->tiff) : TIFFStripSize (it->tiff);
  if (size <= 0 || it->block_width == 0 || it->block_height == 0)
    {
      vips_error ("nst", "no size");
      return FALSE;
    }
  it->block = g_try_malloc ((gsize) size);
  it->band = g_try_malloc_n (MIN (it->block_height, it->height),
                             sizeof (gfloat) * it->width * it->n_samples);
  if (!it->block || !it->band)
    vips_error ("nst", "out of memory");
  return it->block && it->band;
}

static void
copy_header (const CliTiff *it, VipsImage *image)
{
  guint32 n_bytes = 0;
  gpointer icc = NULL;
  guint16 orientation = 1, unit = RESUNIT_INCH;
  gfloat x = 0.0f, y = 0.0f;
  gdouble length;

  TIFFGetFieldDefaulted (it->tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  if (TIFFGetField (it->tiff, TIFFTAG_XRESOLUTION, &x)
      && TIFFGetField (it->tiff, TIFFTAG_YRESOLUTION, &y) && x > 0.0f && y > 0.0f)
    {
      length = unit == RESUNIT_CENTIMETER ? 10.0 : unit == RESUNIT_NONE ? 1.0 : 25.4;
      image->Xres = x / length;
      image->Yres = y / length;
      if (unit != RESUNIT_NONE)
        vips_image_set_string (image, VIPS_META_RESOLUTION_UNIT,
                               unit == RESUNIT_CENTIMETER ? "cm" : "in");
    }
  if (TIFFGetField (it->tiff, TIFFTAG_ICCPROFILE, &n_bytes, &icc))
    vips_image_set_blob_copy (image, VIPS_META_ICC_NAME, icc, n_bytes);
  TIFFGetFieldDefaulted (it->tiff, TIFFTAG_ORIENTATION, &orientation);
  vips_image_set_int (image, VIPS_META_ORIENTATION, orientation);
}

static gboolean
is_too_large (const CliTiff *it)
{
  return it->width > NST_SIZE_MAX || it->height > NST_SIZE_MAX;
}

static VipsImage *
new_image (const CliTiff *it, gint n_bands, VipsBandFormat format)
{
  static const VipsInterpretation types[] = {[0] = VIPS_INTERPRETATION_sRGB,
                                             [1] = VIPS_INTERPRETATION_B_W,
                                             [3] = VIPS_INTERPRETATION_sRGB,
                                             [4] = VIPS_INTERPRETATION_CMYK};
  VipsImage *image = vips_image_new_memory ();

  vips_image_init_fields (image, 1, 1, n_bands, format, VIPS_CODING_NONE,
                          cli_tiff_is_lab (it) ? VIPS_INTERPRETATION_LAB
                          : it->palette[0]     ? VIPS_INTERPRETATION_sRGB
                                               : types[cli_tiff_count_colours (it)],
                          1.0, 1.0);
  image->Xsize = (gint) MIN (it->width, G_MAXINT); /* which may be more than libvips allows */
  image->Ysize = (gint) MIN (it->height, G_MAXINT);
  copy_header (it, image);
  if (is_too_large (it))
    return image;
  if (vips_image_write_prepare (image) == 0)
    return image;
  g_object_unref (image);
  return NULL;
}

static gboolean
read_pixels (CliTiff *it, VipsImage *image)
{
  const gfloat white = it->palette[0] ? cli_tiff_palette_white (it) : 1.0f;

  for (guint32 y = 0; y < it->height; y++)
    {
      gfloat *row = it->band + (gsize) (y % it->block_height) * it->width * it->n_samples;

      if (y % it->block_height == 0 && !read_band (it, y))
        return FALSE;
      finish_row (it, row);
      if (it->palette[0])
        cli_tiff_look_up (it, white, row, (gfloat *) (gpointer) VIPS_IMAGE_ADDR (image, 0, y));
      else if (vips_image_write_line (image, (gint) y, (VipsPel *) row) != 0)
        return FALSE;
    }
  return TRUE;
}

/* In place: each pixel of libtiff's is a number, of which the lowest bits are red. */
static gboolean
read_rgba (CliTiff *it, VipsImage *image)
{
  guint32 *pixels = (guint32 *) (gpointer) VIPS_IMAGE_ADDR (image, 0, 0);
  gchar words[1024];
  TIFFRGBAImage reader;
  gboolean good;

  if (!TIFFRGBAImageBegin (&reader, it->tiff, TRUE, words))
    {
      cli_tiff_say_rare (it);
      return FALSE;
    }
  reader.req_orientation = reader.orientation;
  good = TIFFRGBAImageGet (&reader, pixels, it->width, it->height) != 0;
  TIFFRGBAImageEnd (&reader);
  for (gsize i = 0; i < (gsize) it->width * it->height; i++)
    pixels[i] = GUINT32_TO_LE (pixels[i]);
  return good;
}

static VipsImage *
read_image (CliTiff *it)
{
  const gboolean is_ycbcr = cli_tiff_is_plain_ycbcr (it);
  VipsImage *image = NULL;

  if (it->is_thumbnail || it->lacks_palette)
    {
      if (it->is_thumbnail)
        cli_tiff_say_rare (it);
      return NULL;
    }
  if (is_ycbcr || is_too_large (it))
    image = new_image (it, 4, VIPS_FORMAT_UCHAR);
  else if (cli_tiff_is_known (it) && alloc (it))
    image = new_image (it, it->n_samples + (it->palette[0] ? 2 : 0), VIPS_FORMAT_FLOAT);
  if (image && !is_too_large (it)
      && !(is_ycbcr ? read_rgba (it, image) : read_pixels (it, image)))
    g_clear_object (&image);
  return image;
}

/* Of a palette, that of its colours, and of an alpha beside the index. */
static CliDepth
find_depth (const CliTiff *it)
{
  if (it->palette[0] && (it->n_samples == 1 || it->bits <= 8))
    return cli_tiff_is_deep_palette (it) ? CLI_DEPTH_16 : CLI_DEPTH_8;
  if (it->bits == 16 && it->format == SAMPLEFORMAT_IEEEFP)
    return CLI_DEPTH_HALF;
  return it->bits <= 8 ? CLI_DEPTH_8 : it->bits > 16 ? CLI_DEPTH_FLOAT : CLI_DEPTH_16;
}

/**
 * cli_tiff_open_rare:
 * @path: for which cli_tiff_is_rare() is true
 * @depth: (out): of its samples
 *
 * Returns: (nullable): the whole picture as floats, or bytes, but without pixels where it is too
 *   large; or %NULL with libvips's error
 */
VipsImage *
cli_tiff_open_rare (const gchar *path, CliDepth *depth)
{
  CliTiff it;
  VipsImage *image;

  if (!cli_tiff_open (&it, path))
    return NULL;
  *depth = find_depth (&it);
  image = read_image (&it);
  cli_tiff_close (&it);
  return image;
}
