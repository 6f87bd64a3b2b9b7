/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TIFF's palettes: how deep their colours are, and whether libtiff leaves them aside.
 */
#include <math.h>
#include <stdio.h>

#include "picture-private.h"
#include "tiff-kind.h"

#define ENTRIES_MAX 4096 /* of a directory that are looked at */

/* A number of @n bytes of the file; 0 beyond the end. */
static guint64
read_number (TIFF *tiff, guint64 at, gsize n)
{
  guint8 bytes[8];
  guint64 value = 0;

  if (TIFFGetSeekProc (tiff) (TIFFClientdata (tiff), at, SEEK_SET) != at
      || TIFFGetReadProc (tiff) (TIFFClientdata (tiff), bytes, (tmsize_t) n) != (tmsize_t) n)
    return 0;
  for (gsize i = 0; i < n; i++)
    value = value << 8 | bytes[TIFFIsBigEndian (tiff) ? i : n - 1 - i];
  return value;
}

/* Where the value of @tag, or its place, lies in the directory that is reached; 0: there is none. */
static guint64
find (TIFF *tiff, guint tag)
{
  const gsize word = TIFFIsBigTIFF (tiff) ? 8 : 4, n_bytes = TIFFIsBigTIFF (tiff) ? 8 : 2;
  guint64 at = TIFFCurrentDirOffset (tiff);
  guint64 n = MIN (read_number (tiff, at, n_bytes), ENTRIES_MAX);

  for (at += n_bytes; n > 0; n--, at += 4 + 2 * word)
    if (read_number (tiff, at, 2) == tag)
      return at + 4 + word;
  return 0;
}

/**
 * cli_tiff_lacks_palette:
 *
 * Returns: whether it is of indices into a palette with another number of colours than they have, or
 *   that cannot be read: libtiff takes them for grey then
 */
gboolean
cli_tiff_lacks_palette (const CliTiff *it)
{
  guint64 place;

  if (it->palette[0] || !it->says_photometric)
    return FALSE;
  place = find (it->tiff, TIFFTAG_PHOTOMETRIC);
  return place && read_number (it->tiff, place, 2) == PHOTOMETRIC_PALETTE
         && find (it->tiff, TIFFTAG_COLORMAP);
}

/**
 * cli_tiff_palette_white:
 *
 * Returns: the number that is white: colours have 16 bits, but programs put 8 of them there, many as
 *   the highest, old ones as the lowest
 */
gfloat
cli_tiff_palette_white (const CliTiff *it)
{
  const gsize n = (gsize) 1 << it->bits;
  guint all = 0;

  for (gint c = 0; c < 3; c++)
    for (gsize i = 0; i < n; i++)
      all |= it->palette[c][i];
  return all <= 255 ? 255.0f : all & 255 ? 65535.0f : 65280.0f;
}

/**
 * cli_tiff_is_deep_palette:
 *
 * Returns: whether there are colours in it that 8 bits do not hold
 */
gboolean
cli_tiff_is_deep_palette (const CliTiff *it)
{
  const gsize n = (gsize) 1 << it->bits;

  if (!it->palette[0] || cli_tiff_palette_white (it) < 65535.0f)
    return FALSE;
  for (gint c = 0; c < 3; c++)
    for (gsize i = 0; i < n; i++)
      if (it->palette[c][i] % 257 != 0)
        return TRUE;
  return FALSE;
}

/**
 * cli_tiff_look_up:
 * @white: cli_tiff_palette_white()
 * @row: samples, of which the first of each pixel is its index, as a share of the greatest
 * @to: (out): the colours instead of the index, and then the other samples
 */
void
cli_tiff_look_up (const CliTiff *it, gfloat white, const gfloat *row, gfloat *to)
{
  const gfloat most = (gfloat) ((1 << it->bits) - 1);

  for (guint32 x = 0; x < it->width; x++, row += it->n_samples)
    {
      const glong index = lrintf (row[0] * most);

      for (gint c = 0; c < 3; c++)
        *to++ = (gfloat) it->palette[c][index] / white;
      for (guint i = 1; i < it->n_samples; i++)
        *to++ = row[i];
    }
}
