/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG's texts, which go from PNG to PNG as they are: libvips takes all of them for
 * UTF-8 and writes them as Latin-1.  What holds metadata is gexiv2's.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "picture-private.h"

#define CHUNK_MAX   1048576 /* a longer one is left out */
#define ALL_MAX     (16 * CHUNK_MAX)
#define HEADER_SIZE 33 /* with the first chunk, which must be that */

/* As PNG has it, of @n bytes. */
static guint32
checksum (const guint8 *bytes, gsize n)
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

static void
append_number (GByteArray *bytes, guint32 number)
{
  number = GUINT32_TO_BE (number);
  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
}

/* Latin-1 or, where that does not do, UTF-8. */
static void
append_comment (GByteArray *chunks, const gchar *comment)
{
  const gboolean is_ascii = g_str_is_ascii (comment);
  const gsize n_head = is_ascii ? 4 + 8 : 4 + 12, n = strlen (comment);
  const guint start = chunks->len + 4;

  append_number (chunks, (guint32) (n_head - 4 + n));
  g_byte_array_append (chunks,
                       (const guint8 *) (is_ascii ? "tEXtComment\0" : "iTXtComment\0\0\0\0\0"),
                       (guint) n_head);
  g_byte_array_append (chunks, (const guint8 *) comment, (guint) n);
  append_number (chunks, checksum (chunks->data + start, n_head + n));
}

/* Of a text that is compressed, the beginning. */
static gchar *
decompress (const guint8 *bytes, gsize n)
{
  g_autoptr (GZlibDecompressor) zlib = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autofree gchar *text = g_malloc (CLI_COMMENT_MAX);
  gsize n_read, n_text = 0;

  if (g_converter_convert (G_CONVERTER (zlib), bytes, n, text, CLI_COMMENT_MAX,
                           G_CONVERTER_INPUT_AT_END, &n_read, &n_text, NULL)
      == G_CONVERTER_ERROR)
    return NULL;
  return cli_text_to_utf8 (text, n_text);
}

/* The text of a chunk whose key is "Comment": tEXt, zTXt or iTXt by @kind. */
static gchar *
find_comment (gchar kind, const guint8 *data, gsize n)
{
  const guint8 *end = data + n;
  gboolean is_packed = kind == 'z';

  data += strlen ("Comment") + 1;
  if (kind == 'z' && data < end)
    data++;
  if (kind == 'i')
    {
      if (end - data < 2)
        return NULL;
      is_packed = data[0] == 1;
      data += 2;
      for (gint i = 0; data && i < 2; i++) /* the language, and the key in it */
        if ((data = memchr (data, 0, (gsize) (end - data))))
          data++;
      if (!data)
        return NULL;
    }
  if (is_packed)
    return decompress (data, (gsize) (end - data));
  return cli_text_to_utf8 ((const gchar *) data, MIN ((gsize) (end - data), CLI_COMMENT_MAX));
}

static gboolean
has_key (const guint8 *data, gsize n, const gchar *key, gsize length)
{
  return n >= length && memcmp (data, key, length) == 0;
}

/* @chunk: length, name, data, checksum. */
static void
take (CliPicture *picture, const guint8 *chunk, gsize n)
{
  const guint8 *data = chunk + 8;
  guint32 sum;

  memcpy (&sum, data + n, sizeof sum);
  if (GUINT32_FROM_BE (sum) != checksum (chunk + 4, n + 4)) /* readers would warn of the copy */
    return;
  if (has_key (data, n, "Raw profile type ", 17) || has_key (data, n, "XML:com.adobe.xmp", 18))
    return;
  if (picture->texts->len + n + 12 <= ALL_MAX)
    g_byte_array_append (picture->texts, chunk, (guint) n + 12);
  if (!picture->comment && has_key (data, n, "Comment", 8))
    picture->comment = find_comment ((gchar) chunk[4], data, n);
}

/* @data: across and down a metre, and whether that is so. */
static void
take_resolution (CliPicture *picture, const guint8 *data)
{
  guint32 numbers[2];

  memcpy (numbers, data, sizeof numbers);
  if (data[8] == 1)
    cli_resolution_set (picture, GUINT32_FROM_BE (numbers[0]) / 100.0,
                        GUINT32_FROM_BE (numbers[1]) / 100.0, TRUE);
}

static gboolean
is_wanted (const guint8 *head, guint32 n)
{
  return (n <= CHUNK_MAX
          && (memcmp (head + 4, "tEXt", 4) == 0 || memcmp (head + 4, "zTXt", 4) == 0
              || memcmp (head + 4, "iTXt", 4) == 0))
         || (n == 9 && memcmp (head + 4, "pHYs", 4) == 0);
}

static gboolean
read_chunk (FILE *file, CliPicture *picture)
{
  guint8 head[8];
  guint32 n;
  g_autofree guint8 *chunk = NULL;

  if (fread (head, sizeof head, 1, file) != 1 || memcmp (head + 4, "IEND", 4) == 0)
    return FALSE;
  memcpy (&n, head, sizeof n);
  n = GUINT32_FROM_BE (n);
  if (!is_wanted (head, n))
    return fseek (file, (glong) n + 4, SEEK_CUR) == 0;
  chunk = g_malloc ((gsize) n + 12);
  memcpy (chunk, head, sizeof head);
  if (fread (chunk + 8, (gsize) n + 4, 1, file) != 1)
    return FALSE;
  if (head[4] == 'p')
    take_resolution (picture, chunk + 8);
  else
    take (picture, chunk, n);
  return TRUE;
}

/**
 * cli_png_read_texts:
 * @picture: a PNG file; gets its resolution, too
 */
void
cli_png_read_texts (CliPicture *picture)
{
  FILE *file = g_fopen (picture->path, "rb");

  if (!file)
    return;
  if (fseek (file, HEADER_SIZE, SEEK_SET) == 0)
    while (read_chunk (file, picture))
      ;
  fclose (file);
}

static gsize
find_place (const guint8 *bytes, gsize n)
{
  return HEADER_SIZE;
}

static guint32
per_metre (gdouble per_millimetre)
{
  return GUINT32_TO_BE ((guint32) lrint (CLAMP (per_millimetre * 1000, 1, G_MAXINT32)));
}

/* The numbers of the chunk pHYs, if there is one: libvips 8.16 says the first of them twice. */
static gboolean
write_resolution (const CliPicture *content, FILE *file)
{
  guint8 chunk[4 + 9];
  guint32 numbers[] = {per_metre (content->xres), per_metre (content->yres)};
  guint32 length, sum;
  glong at = 8;

  while (fseek (file, at, SEEK_SET) == 0 && fread (&length, sizeof length, 1, file) == 1
         && fread (chunk, 4, 1, file) == 1 && memcmp (chunk, "IDAT", 4) != 0)
    {
      at += (glong) GUINT32_FROM_BE (length) + 12;
      if (memcmp (chunk, "pHYs", 4) != 0)
        continue;
      memcpy (chunk + 4, numbers, sizeof numbers);
      chunk[12] = 1; /* a metre */
      sum = GUINT32_TO_BE (checksum (chunk, sizeof chunk));
      return fseek (file, at - 12 - 9 + 8, SEEK_SET) == 0
             && fwrite (chunk + 4, sizeof chunk - 4, 1, file) == 1
             && fwrite (&sum, sizeof sum, 1, file) == 1;
    }
  return TRUE;
}

static gboolean
put_resolution (const CliPicture *content, const gchar *path)
{
  FILE *file = content->xres > 0.0 ? g_fopen (path, "r+b") : NULL;
  gboolean good;

  if (!file)
    return content->xres <= 0.0;
  good = write_resolution (content, file);
  return fclose (file) == 0 && good;
}

/**
 * cli_png_add_texts:
 * @path: a PNG file, which gets @content's texts, or its comment, and its resolution
 *
 * Returns: %FALSE if they could not be written; the file may be damaged then
 */
gboolean
cli_png_add_texts (const CliPicture *content, const gchar *path)
{
  g_autoptr (GByteArray) chunks = g_byte_array_new ();

  if (content->texts->len > 0)
    g_byte_array_append (chunks, content->texts->data, content->texts->len);
  else if (content->comment)
    append_comment (chunks, content->comment);
  return put_resolution (content, path) && cli_file_insert (path, find_place, chunks);
}
