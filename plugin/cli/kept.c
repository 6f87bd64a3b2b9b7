/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a file still holds its picture: Exiv2, which adds the metadata, does not look whether
 * there was room for what it writes.
 */
#include "picture-private.h"

#define BAND_ROWS 16

static VipsImage *
open_image (const gchar *path, gboolean is_png)
{
  CliDepth depth;

  if (is_png)
    return cli_png_open_image (path);
  if (cli_tiff_is_rare (path))
    return cli_tiff_open_rare (path, &depth);
  return vips_image_new_from_file (path, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                   VIPS_FAIL_ON_ERROR, NULL);
}

static gboolean
add_rows (VipsImage *image, GChecksum *sum)
{
  VipsRegion *region = vips_region_new (image);
  gboolean good = TRUE;

  for (gint y = 0; good && y < image->Ysize; y += BAND_ROWS)
    {
      const VipsRect band = {0, y, image->Xsize, MIN (BAND_ROWS, image->Ysize - y)};

      good = vips_region_prepare (region, &band) == 0;
      for (gint row = 0; good && row < band.height; row++)
        g_checksum_update (sum, VIPS_REGION_ADDR (region, 0, y + row),
                           (gssize) VIPS_IMAGE_SIZEOF_LINE (image));
    }
  g_object_unref (region);
  return good;
}

/* Exiv2 writes PNG's profile anew. */
static void
add_profile (VipsImage *image, GChecksum *sum)
{
  gconstpointer icc;
  gsize n;

  if (vips_image_get_typeof (image, VIPS_META_ICC_NAME)
      && vips_image_get_blob (image, VIPS_META_ICC_NAME, &icc, &n) == 0)
    g_checksum_update (sum, icc, (gssize) n);
}

/**
 * cli_kept_digest:
 * @path: of a format that has metadata
 * @is_png: whether that is PNG
 *
 * Returns: (transfer full): of all pixels and the profile, or %NULL if they cannot be read
 */
gchar *
cli_kept_digest (const gchar *path, gboolean is_png)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);
  VipsImage *image = open_image (path, is_png);
  gboolean good = image && add_rows (image, sum);

  if (good)
    add_profile (image, sum);
  g_clear_object (&image);
  vips_error_clear ();
  return good ? g_strdup (g_checksum_get_string (sum)) : NULL;
}
