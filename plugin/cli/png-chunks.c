/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG's chunks, one after the other: what libvips leaves aside is in them.
 */
#include "png-chunks.h"

#include <string.h>

/* GLib's own ends the program where memory is short. */
#define ZLIB_CONST
#include <zlib.h>

#include <glib/gstdio.h>

#include "picture-private.h"

/**
 * cli_png_number:
 *
 * Returns: that of four @bytes
 */
guint32
cli_png_number (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8
         | bytes[3];
}

/**
 * cli_png_checksum:
 *
 * Returns: as PNG has it, of @n bytes
 */
guint32
cli_png_checksum (const guint8 *bytes, gsize n)
{
  guint32 sum = 0xffffffff;

  for (gsize i = 0; i < n; i++)
    {
      sum ^= bytes[i];
      for (gint bit = 0; bit < 8; bit++)
        sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
  return ~sum;
}

/**
 * cli_png_unpack:
 * @bytes: @n, packed by zlib
 * @to: (out): what they are, or the beginning
 * @most: bytes of that
 *
 * Returns: how many there are, 0 if it cannot be unpacked
 */
gsize
cli_png_unpack (const guint8 *bytes, gsize n, gpointer to, gsize most)
{
  z_stream zlib = {.next_in = bytes, .next_out = to};
  gint status;

  if (most == 0 || most > G_MAXUINT || n > G_MAXUINT || inflateInit (&zlib) != Z_OK)
    return 0;
  zlib.avail_in = (uInt) n;
  zlib.avail_out = (uInt) most;
  status = inflate (&zlib, Z_NO_FLUSH);
  inflateEnd (&zlib);
  return status == Z_OK || status == Z_STREAM_END ? most - zlib.avail_out : 0;
}

/**
 * cli_png_open:
 * @png: (out): its file is for fclose()
 * @mode: as fopen() takes it
 */
gboolean
cli_png_open (CliPng *png, const gchar *path, const gchar *mode)
{
  *png = (CliPng){.file = g_fopen (path, mode), .next = CLI_PNG_HEAD};
  return png->file != NULL;
}

/**
 * cli_png_next:
 *
 * Returns: %FALSE after the last chunk, or if no more can be read
 */
gboolean
cli_png_next (CliPng *png)
{
  guint8 head[CLI_PNG_HEAD];

  if (cli_png_is (png, "IEND") || fseek (png->file, png->next, SEEK_SET) != 0
      || fread (head, sizeof head, 1, png->file) != 1)
    return FALSE;
  png->length = cli_png_number (head);
  memcpy (png->name, head + 4, 4);
  png->next += (glong) png->length + CLI_PNG_AROUND;
  return TRUE;
}

/**
 * cli_png_is:
 *
 * Returns: whether the chunk that is reached is called @name
 */
gboolean
cli_png_is (const CliPng *png, const gchar *name)
{
  return strcmp (png->name, name) == 0;
}

/**
 * cli_png_is_text:
 *
 * Returns: whether the chunk that is reached is a text
 */
gboolean
cli_png_is_text (const CliPng *png)
{
  return cli_png_is (png, "tEXt") || cli_png_is (png, "zTXt") || cli_png_is (png, "iTXt");
}

/**
 * cli_png_get:
 * @most: bytes that its data may have
 *
 * Returns: (transfer full) (nullable): the chunk that is reached, from its length to its checksum;
 *   %NULL if it is longer, cut off, has another checksum, or memory is short
 */
guint8 *
cli_png_get (CliPng *png, gsize most)
{
  const gsize n = (gsize) png->length + CLI_PNG_AROUND;
  g_autofree guint8 *chunk = png->length <= most ? g_try_malloc (n) : NULL;

  if (!chunk || fseek (png->file, png->next - (glong) n, SEEK_SET) != 0
      || fread (chunk, n, 1, png->file) != 1
      || cli_png_number (chunk + n - 4) != cli_png_checksum (chunk + 4, n - 8))
    return NULL;
  return g_steal_pointer (&chunk);
}

/**
 * cli_png_put:
 * @data: instead of what the chunk that is reached holds, at most 16 bytes
 *
 * Returns: %FALSE if it is longer, or cannot be written
 */
gboolean
cli_png_put (CliPng *png, const guint8 *data, gsize n)
{
  guint8 chunk[4 + 16];
  guint32 sum;

  if (n != png->length || n > 16)
    return FALSE;
  memcpy (chunk, png->name, 4);
  memcpy (chunk + 4, data, n);
  sum = GUINT32_TO_BE (cli_png_checksum (chunk, n + 4));
  return fseek (png->file, png->next - (glong) n - 4, SEEK_SET) == 0
         && fwrite (data, n, 1, png->file) == 1 && fwrite (&sum, sizeof sum, 1, png->file) == 1;
}

/**
 * cli_png_check:
 * @path: a PNG file whose pixels could be read
 *
 * Returns: %FALSE with @error if its end is missing
 */
gboolean
cli_png_check (const gchar *path, GError **error)
{
  gboolean whole = FALSE;
  CliPng png;

  if (!cli_png_open (&png, path, "rbe"))
    return cli_picture_cannot_open (path, errno, error);
  while (!whole && cli_png_next (&png))
    whole = cli_png_is (&png, "IEND");
  whole = whole && fseek (png.file, png.next - 1, SEEK_SET) == 0 && getc (png.file) != EOF;
  fclose (png.file);
  return whole || cli_picture_error (path, "", error);
}
