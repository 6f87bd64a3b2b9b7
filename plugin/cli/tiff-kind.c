/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TIFF's many kinds: which of them libvips reads, which tiff-read.c, and which nobody here, as the
 * colours would be wrong.
 */
#include "tiff-kind.h"

#include <string.h>

#include "picture-private.h"

#define LINEAR_RAW 34892 /* of DNG */

/* The specification has no usual value.  As libtiff and GIMP guess: white is 0 in fax only. */
static guint16
guess_photometric (const CliTiff *it)
{
  if (it->n_samples >= 3)
    return PHOTOMETRIC_RGB;
  switch (it->compression)
    {
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTRLEW:
    case COMPRESSION_CCITTFAX3:
    case COMPRESSION_CCITTFAX4:
      return PHOTOMETRIC_MINISWHITE;
    default:
      return PHOTOMETRIC_MINISBLACK;
    }
}

/* Where nothing follows that it could stand for, it is the picture; so are DNG's raw data that come
 * first, their previews inside. */
static gboolean
is_thumbnail (const CliTiff *it)
{
  guint32 kind = 0;
  guint16 n_inner = 0;
  const guint64 *inner;
  const guint8 *version;
  const gboolean is_raw = it->photometric == PHOTOMETRIC_CFA || it->photometric == LINEAR_RAW;

  TIFFGetField (it->tiff, TIFFTAG_SUBFILETYPE, &kind);
  TIFFGetField (it->tiff, TIFFTAG_SUBIFD, &n_inner, &inner);
  if (kind & FILETYPE_REDUCEDIMAGE)
    return n_inner > 0 || !TIFFLastDirectory (it->tiff);
  return n_inner > 0 && !is_raw && TIFFGetField (it->tiff, TIFFTAG_DNGVERSION, &version);
}

/**
 * cli_tiff_open:
 * @it: (out): to be closed with cli_tiff_close(), also on failure
 *
 * Returns: %FALSE with libvips's error if @path has no header that can be read
 */
gboolean
cli_tiff_open (CliTiff *it, const gchar *path)
{
  memset (it, 0, sizeof *it);
  it->tiff = TIFFOpen (path, "r");
  if (!it->tiff)
    return FALSE;
  TIFFGetField (it->tiff, TIFFTAG_IMAGEWIDTH, &it->width);
  TIFFGetField (it->tiff, TIFFTAG_IMAGELENGTH, &it->height);
  TIFFGetFieldDefaulted (it->tiff, TIFFTAG_BITSPERSAMPLE, &it->bits);
  TIFFGetFieldDefaulted (it->tiff, TIFFTAG_SAMPLEFORMAT, &it->format);
  if (it->format == SAMPLEFORMAT_VOID) /* undefined: the specification has readers take it so */
    it->format = SAMPLEFORMAT_UINT;
  TIFFGetFieldDefaulted (it->tiff, TIFFTAG_SAMPLESPERPIXEL, &it->n_samples);
  TIFFGetFieldDefaulted (it->tiff, TIFFTAG_PLANARCONFIG, &it->planar);
  TIFFGetFieldDefaulted (it->tiff, TIFFTAG_COMPRESSION, &it->compression);
  it->says_photometric = TIFFGetField (it->tiff, TIFFTAG_PHOTOMETRIC, &it->photometric) != 0;
  if (!it->says_photometric)
    it->photometric = guess_photometric (it);
  if (it->photometric == PHOTOMETRIC_PALETTE && it->bits <= 16)
    TIFFGetField (it->tiff, TIFFTAG_COLORMAP, &it->palette[0], &it->palette[1],
                  &it->palette[2]);
  it->has_tiles = TIFFIsTiled (it->tiff) != 0;
  it->is_thumbnail = is_thumbnail (it);
  it->lacks_palette = cli_tiff_lacks_palette (it);
  return TRUE;
}

/**
 * cli_tiff_close:
 * @it: opened, or clear already
 */
void
cli_tiff_close (CliTiff *it)
{
  g_clear_pointer (&it->tiff, TIFFClose);
  g_clear_pointer (&it->block, g_free);
  g_clear_pointer (&it->band, g_free);
}

/**
 * cli_tiff_is_plain_ycbcr:
 *
 * Returns: whether it is YCbCr that no JPEG holds, which libvips takes for RGB
 */
gboolean
cli_tiff_is_plain_ycbcr (const CliTiff *it)
{
  return it->photometric == PHOTOMETRIC_YCBCR && it->compression != COMPRESSION_JPEG;
}

/**
 * cli_tiff_is_lab:
 *
 * Returns: whether it is CIE Lab of 8 bits, which libvips 8.18 knows no more, or of 16, of which
 *   libvips takes alpha for a number with a sign
 */
gboolean
cli_tiff_is_lab (const CliTiff *it)
{
  return it->photometric == PHOTOMETRIC_CIELAB && (it->bits == 8 || it->bits == 16)
         && it->n_samples >= 3 && it->format == SAMPLEFORMAT_UINT;
}

/* libvips takes 0 for black then; complex numbers have a sign, too, and are to be refused. */
static gboolean
is_signed (const CliTiff *it)
{
  return it->format == SAMPLEFORMAT_INT || it->format == SAMPLEFORMAT_COMPLEXINT
         || it->format == SAMPLEFORMAT_COMPLEXIEEEFP;
}

/* libvips knows indices and colours of up to 8 bits, and no alpha beside them, which GIMP writes. */
static gboolean
is_odd_palette (const CliTiff *it)
{
  return it->lacks_palette
         || (it->photometric == PHOTOMETRIC_PALETTE
             && (it->n_samples > 1 || it->bits > 8 || cli_tiff_is_deep_palette (it)));
}

/* Numbers that fill no bytes, or too many; of one colour, libvips knows those of 1, 2 and 4 bits. */
static gboolean
has_odd_bits (const CliTiff *it)
{
  if (it->bits == 1 || it->bits == 2 || it->bits == 4)
    return it->n_samples > 1;
  return it->bits % 8 != 0 || it->bits == 24 || it->bits > 32;
}

/* Colours that libvips takes for RGB or grey, or scales otherwise, as it does LogLuv's. */
static gboolean
has_odd_colours (const CliTiff *it)
{
  guint16 n_inks = 4;

  switch (it->photometric)
    {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_PALETTE:
    case PHOTOMETRIC_YCBCR:
    case PHOTOMETRIC_CIELAB:
      return !it->says_photometric;
    case PHOTOMETRIC_SEPARATED:
      TIFFGetField (it->tiff, TIFFTAG_NUMBEROFINKS, &n_inks);
      return n_inks != 4 || it->n_samples < 4;
    default:
      return TRUE;
    }
}

/**
 * cli_tiff_is_multiplied:
 *
 * Returns: whether the colours are multiplied by alpha; an index cannot be
 */
gboolean
cli_tiff_is_multiplied (const CliTiff *it)
{
  guint16 n_extra = 0, *extra = NULL;

  TIFFGetFieldDefaulted (it->tiff, TIFFTAG_EXTRASAMPLES, &n_extra, &extra);
  return n_extra > 0 && extra[0] == EXTRASAMPLE_ASSOCALPHA
         && it->photometric != PHOTOMETRIC_PALETTE;
}

/* By an alpha whose greatest value libvips takes for 255. */
static gboolean
is_oddly_multiplied (const CliTiff *it)
{
  return cli_tiff_is_multiplied (it)
         && (it->format == SAMPLEFORMAT_IEEEFP || it->bits == 32
             || it->photometric == PHOTOMETRIC_SEPARATED
             || it->photometric == PHOTOMETRIC_MINISWHITE);
}

/**
 * cli_tiff_is_rare:
 *
 * Returns: whether the file at @path is for cli_tiff_open_rare(), if only to be refused
 */
gboolean
cli_tiff_is_rare (const gchar *path)
{
  CliTiff it;
  gboolean rare;

  if (!cli_tiff_open (&it, path))
    {
      vips_error_clear (); /* that is for libvips to say */
      return FALSE;
    }
  rare =
      it.is_thumbnail || (it.format == SAMPLEFORMAT_IEEEFP && (it.bits == 16 || it.bits == 64))
      || (it.has_tiles && it.planar == PLANARCONFIG_SEPARATE && it.n_samples > 1)
      || is_signed (&it) || is_odd_palette (&it) || has_odd_bits (&it) || has_odd_colours (&it)
      || cli_tiff_is_plain_ycbcr (&it) || cli_tiff_is_lab (&it) || is_oddly_multiplied (&it);
  cli_tiff_close (&it);
  return rare;
}

/**
 * cli_tiff_count_colours:
 *
 * Returns: how many samples of a pixel they are, or 0 for what tiff-read.c does not know
 */
gint
cli_tiff_count_colours (const CliTiff *it)
{
  switch (it->photometric)
    {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
      return 1;
    case PHOTOMETRIC_RGB:
      return 3;
    case PHOTOMETRIC_PALETTE: /* the index */
      return it->palette[0] && it->format == SAMPLEFORMAT_UINT ? 1 : 0;
    case PHOTOMETRIC_CIELAB:
      return cli_tiff_is_lab (it) ? 3 : 0;
    case PHOTOMETRIC_SEPARATED:
      return has_odd_colours (it) ? 0 : 4;
    default:
      return 0;
    }
}

/* NULL: the specification has none. */
static const gchar *
name_colours (const CliTiff *it)
{
  static const struct
  {
    guint16 number;
    const gchar *name;
  } names[] = {{PHOTOMETRIC_MINISWHITE, "WhiteIsZero"},
               {PHOTOMETRIC_MINISBLACK, "BlackIsZero"},
               {PHOTOMETRIC_RGB, "RGB"},
               {PHOTOMETRIC_PALETTE, "Palette"},
               {PHOTOMETRIC_MASK, "TransparencyMask"},
               {PHOTOMETRIC_SEPARATED, "Separated"},
               {PHOTOMETRIC_YCBCR, "YCbCr"},
               {PHOTOMETRIC_CIELAB, "CIELab"},
               {PHOTOMETRIC_ICCLAB, "ICCLab"},
               {PHOTOMETRIC_ITULAB, "ITULab"},
               {PHOTOMETRIC_CFA, "CFA"},
               {PHOTOMETRIC_LOGL, "LogL"},
               {PHOTOMETRIC_LOGLUV, "LogLuv"},
               {LINEAR_RAW, "LinearRaw"}};

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].number == it->photometric)
      return names[i].name;
  return NULL;
}

/**
 * cli_tiff_say_rare:
 *
 * Sets libvips's error, in the names that the specification has for it, which are those of all
 * languages.
 */
void
cli_tiff_say_rare (const CliTiff *it)
{
  static const gchar *const formats[] = {[SAMPLEFORMAT_INT] = "int",
                                         [SAMPLEFORMAT_IEEEFP] = "float",
                                         [SAMPLEFORMAT_COMPLEXINT] = "complex",
                                         [SAMPLEFORMAT_COMPLEXIEEEFP] = "complex"};
  const gchar *format = it->format < G_N_ELEMENTS (formats) ? formats[it->format] : NULL;
  g_autofree gchar *number = g_strdup_printf ("PhotometricInterpretation %d", it->photometric);
  const gchar *colours = name_colours (it);

  if (it->is_thumbnail)
    {
      vips_error ("nst", CLI_RARE "TIFF: reduced-resolution image");
      return;
    }
  vips_error ("nst", CLI_RARE "TIFF: %s, %d × %s%d", colours ? colours : number, it->n_samples,
              format ? format : "uint", it->bits);
}

/**
 * cli_tiff_is_known:
 *
 * Returns: %FALSE with libvips's error for what tiff-read.c does not read sample by sample
 */
gboolean
cli_tiff_is_known (const CliTiff *it)
{
  const gint n = cli_tiff_count_colours (it);
  const gboolean whole = it->format == SAMPLEFORMAT_UINT && it->bits >= 1 && it->bits <= 32;
  const gboolean is_int =
      it->format == SAMPLEFORMAT_INT && (it->bits == 8 || it->bits == 16 || it->bits == 32);
  const gboolean real =
      it->format == SAMPLEFORMAT_IEEEFP && (it->bits == 16 || it->bits == 32 || it->bits == 64);

  if (n > 0 && it->n_samples >= n && it->n_samples <= 8 && (whole || is_int || real))
    return TRUE;
  cli_tiff_say_rare (it);
  return FALSE;
}
