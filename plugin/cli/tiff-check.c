/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a TIFF file has its end: the pages after the first, which nobody decodes here.
 */
#include <sys/stat.h>

#include <glib/gstdio.h>
#include <tiffio.h>

#include "picture-private.h"

#define PAGES_MAX  32768
#define PIECES_MAX (1 << 24) /* what lies beyond takes too long, which costs but the check */

/* Whether all pieces of the page that is reached, @n, begin and end within @size bytes. */
static gboolean
has_pieces (TIFF *tiff, guint32 n, guint64 size)
{
  for (guint32 i = 0; i < n; i++)
    {
      const guint64 place = TIFFGetStrileOffset (tiff, i);

      if (place > size || TIFFGetStrileByteCount (tiff, i) > size - place)
        return FALSE;
    }
  return TRUE;
}

/* Whether the page that could not be read is one of @seen again: in a ring nothing is missing.  libtiff
 * stays, by its version, at the page before it or at the one that it leads to. */
static gboolean
is_ring (TIFF *tiff, const GArray *seen)
{
  for (guint i = 0; i < seen->len; i++)
    if (g_array_index (seen, guint64, i) == TIFFCurrentDirOffset (tiff))
      return TRUE;
  return FALSE;
}

static gboolean
has_pages (TIFF *tiff, guint64 size)
{
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 n_pieces = 0;

  while (!TIFFLastDirectory (tiff) && seen->len < PAGES_MAX && n_pieces < PIECES_MAX)
    {
      const guint64 place = TIFFCurrentDirOffset (tiff);
      guint32 n;

      g_array_append_val (seen, place);
      if (!TIFFReadDirectory (tiff))
        return is_ring (tiff, seen);
      n = TIFFIsTiled (tiff) ? TIFFNumberOfTiles (tiff) : TIFFNumberOfStrips (tiff);
      n_pieces += n;
      if (!has_pieces (tiff, n, size))
        return FALSE;
    }
  return TRUE;
}

/**
 * cli_tiff_check:
 * @path: a TIFF file whose first page could be read
 *
 * Returns: %FALSE with @error if another page is not there, or not whole
 */
gboolean
cli_tiff_check (const gchar *path, GError **error)
{
  TIFFErrorHandler warn = TIFFSetWarningHandler (NULL); /* of what is not shown */
  TIFF *tiff = TIFFOpen (path, "r");
  GStatBuf info;
  gboolean good = TRUE; /* memory may be short, which costs but the check */

  if (tiff && g_stat (path, &info) == 0)
    good = has_pages (tiff, (guint64) info.st_size);
  if (tiff)
    TIFFClose (tiff);
  TIFFSetWarningHandler (warn);
  vips_error_clear ();
  return good || cli_picture_error (path, "", error);
}
