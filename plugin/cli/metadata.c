/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EXIF, XMP, IPTC and comments, by gexiv2: the content's are the result's.
 */
#include "picture-private.h"

#define LARGE 4096 /* bytes; what is smaller Exiv2 keeps */

/**
 * cli_metadata_read:
 * @picture: its path is there; gets the metadata, unless there are none that can be read
 */
void
cli_metadata_read (CliPicture *picture)
{
  /* Exiv2 says of a file that it could not read that its kind is unknown: it is asked again */
  for (gint i = 0; !picture->metadata && i < 2; i++)
    {
      picture->metadata = gexiv2_metadata_new ();
      if (!gexiv2_metadata_open_path (picture->metadata, picture->path, NULL))
        g_clear_object (&picture->metadata);
    }
}

/**
 * cli_metadata_orientation:
 *
 * Returns: EXIF's, 1 to 8; 1 also if nothing is said
 */
gint
cli_metadata_orientation (const CliPicture *picture)
{
  const gint way = picture->metadata
                       ? (gint) gexiv2_metadata_try_get_orientation (picture->metadata, NULL)
                       : 0;

  return way >= 1 && way <= 8 ? way : 1;
}

/**
 * cli_metadata_is_adobe:
 *
 * Returns: whether EXIF names Adobe RGB, as cameras do, who embed no profile
 */
gboolean
cli_metadata_is_adobe (const CliPicture *picture)
{
  g_autofree gchar *index = NULL;

  if (!picture->metadata)
    return FALSE;
  if (gexiv2_metadata_try_get_tag_long (picture->metadata, "Exif.Photo.ColorSpace", NULL) == 2)
    return TRUE;
  index = gexiv2_metadata_try_get_tag_string (picture->metadata,
                                              "Exif.Iop.InteroperabilityIndex", NULL);
  return g_strcmp0 (index, "R03") == 0;
}

static void
set_if_there (GExiv2Metadata *metadata, const gchar *tag, gint value)
{
  g_autofree gchar *text = g_strdup_printf ("%d", value);

  if (gexiv2_metadata_try_has_tag (metadata, tag, NULL))
    gexiv2_metadata_try_set_tag_string (metadata, tag, text, NULL);
}

/* Of the file at @path, without any. */
static GExiv2Metadata *
new_metadata (const gchar *path)
{
  GExiv2Metadata *metadata = gexiv2_metadata_new ();

  if (gexiv2_metadata_open_path (metadata, path, NULL))
    gexiv2_metadata_clear (metadata);
  else
    g_clear_object (&metadata);
  return metadata;
}

static void
clear_stale (GExiv2Metadata *metadata, gchar **tags)
{
  for (; tags && *tags; tags++)
    if (cli_tag_is_of_file (*tags))
      gexiv2_metadata_try_clear_tag (metadata, *tags, NULL);
}

/* Makes them say of @image what they said of the content. */
static void
adapt (GExiv2Metadata *metadata, const NstImage *image)
{
  g_auto (GStrv) exif = gexiv2_metadata_get_exif_tags (metadata);
  g_auto (GStrv) xmp = gexiv2_metadata_get_xmp_tags (metadata);

  clear_stale (metadata, exif);
  clear_stale (metadata, xmp);
  gexiv2_metadata_try_erase_exif_thumbnail (metadata, NULL);
  if (gexiv2_metadata_try_get_orientation (metadata, NULL) > GEXIV2_ORIENTATION_NORMAL)
    gexiv2_metadata_try_set_orientation (metadata, GEXIV2_ORIENTATION_NORMAL, NULL);
  set_if_there (metadata, "Xmp.tiff.Orientation", GEXIV2_ORIENTATION_NORMAL);
  set_if_there (metadata, "Exif.Photo.PixelXDimension", image->width);
  set_if_there (metadata, "Exif.Photo.PixelYDimension", image->height);
  set_if_there (metadata, "Xmp.exif.PixelXDimension", image->width);
  set_if_there (metadata, "Xmp.exif.PixelYDimension", image->height);
  set_if_there (metadata, "Xmp.tiff.ImageWidth", image->width);
  set_if_there (metadata, "Xmp.tiff.ImageLength", image->height);
}

/* Exiv2 leaves out EXIF's large tags where all do not fit into a segment of JPEG, from PNG as well, and
 * says nothing. */
static gboolean
lacks_large (GExiv2Metadata *there, GExiv2Metadata *metadata)
{
  g_auto (GStrv) tags = gexiv2_metadata_get_exif_tags (metadata);

  for (guint i = 0; tags && tags[i]; i++)
    {
      g_autoptr (GBytes) value = gexiv2_metadata_try_get_tag_raw (metadata, tags[i], NULL);

      if (value && g_bytes_get_size (value) > LARGE
          && !gexiv2_metadata_try_has_tag (there, tags[i], NULL))
        return TRUE;
    }
  return FALSE;
}

/* Whether @path has all kinds of @metadata. */
static gboolean
are_in (GExiv2Metadata *metadata, const gchar *path, gboolean *is_part)
{
  g_autoptr (GExiv2Metadata) there = gexiv2_metadata_new ();

  if (!gexiv2_metadata_open_path (there, path, NULL)
      || (gexiv2_metadata_has_exif (metadata) && !gexiv2_metadata_has_exif (there))
      || (gexiv2_metadata_has_xmp (metadata) && !gexiv2_metadata_has_xmp (there)))
    return FALSE;
  *is_part = lacks_large (there, metadata);
  return TRUE;
}

static gboolean
write_all (const CliPicture *content, GExiv2Metadata *metadata, const CliPlaces *places,
           const gchar *path, gboolean *is_part)
{
  CliLongXmp *xmp = NULL;
  gboolean good = (!places->has_segments || cli_xmp_split (metadata, &xmp))
                  && gexiv2_metadata_save_file (metadata, path, NULL)
                  && are_in (metadata, path, is_part);

  if (good && places->has_segments)
    good = cli_jpeg_add (content, xmp, path);
  else if (good && places->has_texts)
    good = cli_png_add_texts (content, path);
  cli_long_xmp_free (xmp);
  return good;
}

static gboolean
says_nothing (const CliPicture *content)
{
  return content->xres <= 0.0 && !content->comment && content->texts->len == 0
         && g_hash_table_size (content->words) == 0;
}

/**
 * cli_metadata_write:
 * @content: if it has no metadata, it gets those that are written
 * @image: what @path holds
 * @is_part: (out): whether something large did not fit and is left out
 *
 * Adds @content's metadata to the file at @path, changed where the picture changed.
 *
 * Returns: %FALSE if they could not be written; the file may be damaged then
 */
gboolean
cli_metadata_write (CliPicture *content, const NstImage *image, const CliPlaces *places,
                    const gchar *path, gboolean *is_part)
{
  *is_part = FALSE;
  if (!content->metadata)
    content->metadata = new_metadata (path);
  if (!content->metadata)
    return says_nothing (content);
  adapt (content->metadata, image);
  cli_resolution_write (content, content->metadata, places);
  gexiv2_metadata_clear_comment (content->metadata); /* of several it is but the first */
  if (!places->has_texts)
    cli_words_put (content, content->metadata, places);
  return write_all (content, content->metadata, places, path, is_part);
}
