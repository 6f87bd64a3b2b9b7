/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a TIFF file has its end: the pages after the first, which nobody decodes here.
 */
#include <sys/stat.h>

#include <glib/gstdio.h>
#include <tiffio.h>

#include "picture-private.h"

/* Whether all pieces of the page that is reached begin and end within @size bytes. */
static gboolean
has_pieces (TIFF *tiff, guint64 size)
{
  const guint32 n = TIFFIsTiled (tiff) ? TIFFNumberOfTiles (tiff) : TIFFNumberOfStrips (tiff);

  for (guint32 i = 0; i < n; i++)
    {
      const guint64 place = TIFFGetStrileOffset (tiff, i);

      if (place > size || TIFFGetStrileByteCount (tiff, i) > size - place)
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_pages (TIFF *tiff, guint64 size)
{
  while (!TIFFLastDirectory (tiff))
    if (!TIFFReadDirectory (tiff) || !has_pieces (tiff, size))
      return FALSE;
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
