/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libvips does not write of TIFF: a resolution without a unit, or none, and half
 * floats.  These it writes as whole numbers of 16 bits: only the tag SampleFormat makes
 * the difference, so that is changed.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tiffio.h>

#include "picture-private.h"

enum
{
  TAG_BITS_PER_SAMPLE = 258,
  TAG_SAMPLE_FORMAT = 339,
  TYPE_SHORT = 3,
  FORMAT_WHOLE = 1,
  FORMAT_FLOAT = 3,
};

typedef struct
{
  guint8 *bytes;
  gsize n_bytes;
  gboolean is_little, is_big_tiff;
} Tiff;

/* A number of @n bytes; 0 beyond the end. */
static guint64
get (const Tiff *tiff, guint64 at, gint n)
{
  guint64 value = 0;

  if (at > tiff->n_bytes || tiff->n_bytes - at < (guint64) n)
    return 0;
  for (gint i = 0; i < n; i++)
    value = value << 8 | tiff->bytes[at + (guint64) (tiff->is_little ? n - 1 - i : i)];
  return value;
}

/* Where the values of @tag in the first directory lie, and how many there are; 0: there are none,
 * or none of 16 bits. */
static guint64
find (const Tiff *tiff, guint tag, guint64 *n_values)
{
  const gint word = tiff->is_big_tiff ? 8 : 4;
  guint64 at = get (tiff, (guint64) word, word);
  guint64 n = get (tiff, at, tiff->is_big_tiff ? 8 : 2);

  at += tiff->is_big_tiff ? 8 : 2;
  for (n = MIN (n, 4096); n > 0; n--, at += 4 + 2 * (guint64) word)
    if (get (tiff, at, 2) == tag)
      {
        const guint64 values = at + 4 + (guint64) word;

        *n_values = get (tiff, at + 4, word);
        if (get (tiff, at + 2, 2) != TYPE_SHORT || *n_values == 0 || *n_values > 64)
          return 0;
        return 2 * *n_values <= (guint64) word ? values : get (tiff, values, word);
      }
  return 0;
}

static gboolean
is_all (const Tiff *tiff, guint tag, guint64 wanted)
{
  guint64 n = 0;
  const guint64 at = find (tiff, tag, &n);

  for (guint64 i = 0; at && i < n; i++)
    if (get (tiff, at + 2 * i, 2) != wanted)
      return FALSE;
  return at != 0;
}

/* Gives all samples the format @to, if they are of 16 bits and have the format @from. */
static gboolean
change_format (guint8 *bytes, gsize n_bytes, guint8 from, guint8 to)
{
  Tiff tiff = {.bytes = bytes, .n_bytes = n_bytes};
  guint64 n = 0, at;

  if (n_bytes < 16)
    return FALSE;
  tiff.is_little = bytes[0] == 'I';
  tiff.is_big_tiff = get (&tiff, 2, 2) == 43;
  if (!is_all (&tiff, TAG_BITS_PER_SAMPLE, 16) || !is_all (&tiff, TAG_SAMPLE_FORMAT, from))
    return FALSE;
  at = find (&tiff, TAG_SAMPLE_FORMAT, &n);
  for (guint64 i = 0; i < n && at + 2 * i + 2 <= n_bytes; i++)
    {
      tiff.bytes[at + 2 * i] = tiff.is_little ? to : 0;
      tiff.bytes[at + 2 * i + 1] = tiff.is_little ? 0 : to;
    }
  return TRUE;
}

/**
 * cli_tiff_mark_half:
 * @path: a TIFF file whose whole numbers of 16 bits are half floats
 *
 * Says so in the file.
 */
gboolean
cli_tiff_mark_half (const gchar *path)
{
  const gint file = open (path, O_RDWR | O_CLOEXEC);
  struct stat info;
  gpointer bytes = MAP_FAILED;
  gboolean changed = FALSE;

  if (file < 0)
    return FALSE;
  if (fstat (file, &info) == 0 && info.st_size > 0)
    bytes = mmap (NULL, (gsize) info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (bytes != MAP_FAILED)
    {
      changed = change_format (bytes, (gsize) info.st_size, FORMAT_WHOLE, FORMAT_FLOAT);
      munmap (bytes, (gsize) info.st_size);
    }
  return close (file) == 0 && changed;
}

/**
 * cli_tiff_take_unit:
 * @content: its resolution has no unit
 * @path: a TIFF file, which comes to say the same
 */
gboolean
cli_tiff_take_unit (const CliPicture *content, const gchar *path)
{
  TIFF *tiff = TIFFOpen (path, "r+");
  gboolean good;

  if (!tiff)
    return FALSE;
  if (content->xres > 0.0)
    good = TIFFSetField (tiff, TIFFTAG_XRESOLUTION, content->xres)
           && TIFFSetField (tiff, TIFFTAG_YRESOLUTION, content->yres)
           && TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
  else
    good = TIFFUnsetField (tiff, TIFFTAG_XRESOLUTION)
           && TIFFUnsetField (tiff, TIFFTAG_YRESOLUTION)
           && TIFFUnsetField (tiff, TIFFTAG_RESOLUTIONUNIT);
  good = good && TIFFRewriteDirectory (tiff);
  TIFFClose (tiff);
  return good;
}

/**
 * cli_float_to_half:
 * @value: within [0,1]
 *
 * Returns: the nearest
 */
guint16
cli_float_to_half (gfloat value)
{
  guint32 bits;

  if (value < 1.0f / 16384.0f)
    return (guint16) (value * 16777216.0f + 0.5f);
  memcpy (&bits, &value, sizeof bits);
  return (guint16) ((bits + 0xfff + (bits >> 13 & 1) - (112u << 23)) >> 13);
}
