/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG for libvips, without its texts: libpng or libspng, by which it reads as it was built, unpacks all
 * of them before the pixels.  libpng makes gigabytes of a small file, warns of some texts and refuses
 * others, libspng refuses files beyond a limit; png-text.c has taken those that are kept.
 */
#include <string.h>

#include "picture-private.h"
#include "png-chunks.h"

/**
 * Source:
 * @left: bytes to hand over from where the file stands
 */
typedef struct
{
  CliPng png;
  gint64 left;
} Source;

static void
source_free (gpointer data, GClosure *closure)
{
  Source *source = data;

  fclose (source->png.file);
  g_free (source);
}

/* Goes on to the next chunk that is handed over. */
static gboolean
next_chunk (Source *source)
{
  CliPng *png = &source->png;

  do
    if (!cli_png_next (png))
      return FALSE;
  while (cli_png_is_text (png));
  source->left = (gint64) png->length + CLI_PNG_AROUND;
  return fseek (png->file, png->next - (glong) source->left, SEEK_SET) == 0;
}

/* As read() does: 0 at the end, which in a file that is cut off is before the chunk's. */
static gint64
read_source (VipsSourceCustom *custom, gpointer to, gint64 most, gpointer data)
{
  Source *source = data;
  gsize n;

  if (most <= 0 || (source->left == 0 && !next_chunk (source)))
    return 0;
  n = fread (to, 1, (gsize) MIN (most, source->left), source->png.file);
  source->left -= (gint64) n;
  return (gint64) n;
}

/**
 * cli_png_open_image:
 * @path: a PNG file
 *
 * Returns: (transfer full) (nullable): its pixels, row after row; %NULL with libvips's error. It
 *   has no texts, nor what Exiv2 finds in them.
 */
VipsImage *
cli_png_open_image (const gchar *path)
{
  Source *source = g_new (Source, 1);
  VipsSourceCustom *custom;
  VipsImage *image = NULL;

  if (!cli_png_open (&source->png, path, "rbe"))
    {
      vips_error_system (errno, "nst", "%s", "cannot open");
      g_free (source);
      return NULL;
    }
  source->left = CLI_PNG_HEAD;
  custom = vips_source_custom_new ();
  g_signal_connect_data (custom, "read", G_CALLBACK (read_source), source, source_free, 0);
  vips_pngload_source (VIPS_SOURCE (custom), &image, "access", VIPS_ACCESS_SEQUENTIAL,
                       "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
  g_object_unref (custom);
  return image;
}
