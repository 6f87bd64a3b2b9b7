/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Picture files: the reader is chosen by the first bytes.
 */
#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <tiffio.h>

#include "cli.h"
#include "holes.h"
#include "picture-private.h"

#define MAGIC_LENGTH 12

typedef struct
{
  const gchar *name;  /* of libvips's loader, or "exr" or "pnm"; NULL: nobody reads it */
  const gchar *magic; /* a dot is any byte */
  gsize length;
} Loader;

#define LOADER(name, magic)                                                                    \
  {                                                                                            \
    name, magic, sizeof magic - 1                                                              \
  }

static const Loader loaders[] = {
    LOADER ("pngload", "\x89PNG\r\n\x1a\n"),
    LOADER ("jpegload", "\xff\xd8\xff"),
    LOADER (NULL, "II*\0....CR"), /* Canon's raw data; the TIFF in it is a preview */
    LOADER ("tiffload", "II*\0"),
    LOADER ("tiffload", "MM\0*"),
    LOADER ("tiffload", "II+\0"),
    LOADER ("tiffload", "MM\0+"),
    LOADER ("exr", "\x76\x2f\x31\x01"),
    LOADER ("webpload", "RIFF....WEBP"),
    LOADER ("gifload", "GIF8"),
    LOADER ("radload", "#?RADIANCE"),
    LOADER ("radload", "#?RGBE"),
    LOADER ("pnm", "P1"),
    LOADER ("pnm", "P2"),
    LOADER ("pnm", "P3"),
    LOADER ("pnm", "P4"),
    LOADER ("pnm", "P5"),
    LOADER ("pnm", "P6"),
    LOADER ("pnm", "P7\n"), /* others are XV's thumbnails */
    LOADER ("pnm", "PF"),
    LOADER ("pnm", "Pf"),
};

/* libtiff's, of a tag whose values the file has not: of the profile, say. */
#define BEYOND_THE_END "IO error during reading"

/* Before main(), while there is one thread, as the environment is written: libvips then finds no
 * modules (PDF, slides, ImageMagick).  What is read here is in the library itself, and they take
 * 6 MiB and 24 ms. */
__attribute__ ((constructor)) static void
leave_modules_out (void)
{
  g_setenv ("VIPSHOME", "/dev/null", FALSE);
}

/**
 * cli_pictures_start:
 * @threads: at most, of libvips; 0: as many as there are processors
 *
 * To be called before any picture is read; only the first call counts.
 */
void
cli_pictures_start (gint threads)
{
  static gboolean started;

  if (started)
    return;
  started = TRUE;
  gexiv2_log_set_level (GEXIV2_LOG_LEVEL_MUTE);
  TIFFSetErrorHandler (NULL); /* until libvips has its own */
  TIFFSetWarningHandler (NULL);
  VIPS_INIT ("nst");
  vips_concurrency_set (threads);
  vips_cache_set_max (0); /* nothing is computed twice */
}

static gboolean
matches (const Loader *loader, const gchar *bytes, gsize n_bytes)
{
  if (n_bytes < loader->length)
    return FALSE;
  for (gsize i = 0; i < loader->length; i++)
    if (loader->magic[i] != '.' && loader->magic[i] != bytes[i])
      return FALSE;
  return TRUE;
}

static const gchar *
find_loader (const gchar *path, GError **error)
{
  gchar bytes[MAGIC_LENGTH];
  gsize n_bytes;
  gint problem;
  FILE *file;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      CLI_SET_ERROR (error, path, _ ("“%s” is not a file: choose a picture."));
      return NULL;
    }
  file = g_fopen (path, "rb");
  if (!file)
    {
      cli_picture_cannot_open (path, errno, error);
      return NULL;
    }
  n_bytes = fread (bytes, 1, sizeof bytes, file);
  problem = ferror (file) ? errno : 0;
  fclose (file);
  if (problem != 0)
    {
      cli_picture_cannot_open (path, problem, error);
      return NULL;
    }
  if (n_bytes == 0)
    {
      CLI_SET_ERROR (error, path, _ ("“%s” is empty: choose a picture."));
      return NULL;
    }

  for (guint i = 0; i < G_N_ELEMENTS (loaders); i++)
    if (matches (&loaders[i], bytes, n_bytes))
      {
        if (!loaders[i].name)
          break;
        return loaders[i].name;
      }
  CLI_SET_ERROR (
      error, path,
      _ ("“%s” is not a picture that can be read here: save it as PNG, JPEG, TIFF, EXR, "
         "WebP, GIF, PPM or Radiance HDR."));
  return NULL;
}

/* An alpha channel that is opaque everywhere is as good as none. */
static gboolean
finish_mask (CliPicture *picture, GError **error)
{
  const NstImage *image = &picture->image;
  const gsize n = (gsize) image->width * image->height;
  gfloat least = 1.0f, most = 0.0f;

  for (gsize i = 0; image->mask && i < n; i++)
    {
      least = MIN (least, image->mask[i]);
      most = MAX (most, image->mask[i]);
    }
  if (image->mask && least == 1.0f)
    {
      NstImage mask = {.mask = g_steal_pointer (&picture->image.mask)};

      nst_image_clear (&mask);
    }
  if (!image->mask)
    return TRUE;
  if (most > 0.0f)
    return nst_fill_holes (&picture->image, error);
  CLI_SET_ERROR (error, picture->path,
                 _ ("“%s” is transparent everywhere: choose one with something to see."));
  return FALSE;
}

static gboolean
read_picture (const gchar *loader, CliPicture *picture, GError **error)
{
  if (strcmp (loader, "exr") == 0)
    return cli_exr_read (picture, error);
  if (strcmp (loader, "pnm") == 0)
    return cli_pnm_read (picture, error);
  return cli_read_vips (loader, picture, error);
}

/* What stands beside the metadata that gexiv2 reads. */
static void
read_words (const gchar *loader, CliPicture *picture)
{
  if (strcmp (loader, "jpegload") == 0)
    cli_jpeg_read (picture);
  else if (strcmp (loader, "pngload") == 0)
    cli_png_read_texts (picture);
}

static void
free_word (gpointer word)
{
  g_string_free (word, TRUE);
}

/**
 * cli_picture_load:
 * @path: a file
 * @picture: (out): to be cleared with cli_picture_clear(), also on failure
 *
 * What is odd, but no reason to refuse the picture, is said on stderr.
 *
 * Returns: %FALSE with @error if it cannot be read
 */
gboolean
cli_picture_load (const gchar *path, CliPicture *picture, GError **error)
{
  const gchar *loader = find_loader (path, error);
  g_autoptr (GError) problem = NULL;
  gboolean good;

  memset (picture, 0, sizeof *picture);
  if (!loader)
    return FALSE;
  picture->path = g_strdup (path);
  picture->texts = g_byte_array_new ();
  picture->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_word);
  cli_metadata_read (picture);
  read_words (loader, picture);
  good = read_picture (loader, picture, &problem) && finish_mask (picture, &problem);
  if (good ? cli_notices_tell_of ("out of memory") /* something is missing */
           : g_error_matches (problem, NST_ERROR, NST_ERROR_NO_MEMORY))
    good = cli_picture_error (path, "out of memory", error);
  else if (good && cli_notices_tell_of (BEYOND_THE_END))
    good = cli_picture_error (path, BEYOND_THE_END, error);
  else if (problem)
    g_propagate_error (error, g_steal_pointer (&problem));
  cli_resolution_read (picture);
  cli_notices_show (good ? path : NULL);
  if (!good)
    return FALSE;
  picture->width = picture->image.width;
  picture->height = picture->image.height;
  return TRUE;
}

/**
 * cli_picture_clear:
 * @picture: all zero, or from cli_picture_load(); its image may be somebody else's by now, and
 *   empty here
 */
void
cli_picture_clear (CliPicture *picture)
{
  g_clear_pointer (&picture->path, g_free);
  nst_image_clear (&picture->image);
  g_clear_pointer (&picture->profile, nst_profile_unref);
  g_clear_pointer (&picture->output, nst_profile_unref);
  nst_image_clear (&picture->alpha);
  g_clear_object (&picture->metadata);
  g_clear_pointer (&picture->comment, g_free);
  g_clear_pointer (&picture->texts, g_byte_array_unref);
  g_clear_pointer (&picture->words, g_hash_table_unref);
}

/**
 * cli_picture_keep_alpha:
 * @content: its image is used up
 * @width: of the result
 *
 * To be called after the run, so that it does not take memory beside that.
 *
 * Returns: %FALSE with @error if memory is short
 */
gboolean
cli_picture_keep_alpha (CliPicture *content, gint width, gint height, GError **error)
{
  NstImage mask = {content->image.width, content->image.height, NULL,
                   g_steal_pointer (&content->image.mask)};
  gboolean good = TRUE;

  nst_image_clear (&content->image);
  if (mask.width == width && mask.height == height)
    content->alpha = mask;
  else if (mask.mask)
    {
      good = nst_image_scale (&mask, width, height, &content->alpha, error);
      nst_image_clear (&mask);
    }
  return good;
}
