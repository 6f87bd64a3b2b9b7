/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG's texts, which go from PNG to PNG as they are: libvips takes all of them for
 * UTF-8 and writes them as Latin-1.  What holds metadata is gexiv2's.
 */
#include <math.h>
#include <string.h>

#include "picture-private.h"
#include "png-chunks.h"
#include "streams.h"

#define CHUNK_MAX   1048576          /* a longer one is left out */
#define ALL_MAX     (16 * CHUNK_MAX) /* of the chunks, and of what they unpack to */
#define WORD_AROUND 128 /* what a key and its text take besides their bytes, about */

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
  append_number (chunks, cli_png_checksum (chunks->data + start, n_head + n));
}

/* Of a text that is compressed, the beginning. */
static gchar *
unpack (const guint8 *bytes, gsize n)
{
  const gsize most = CLI_COMMENT_MAX + 1; /* so that it is known to be cut */
  g_autofree gchar *text = g_try_malloc (most);

  if (!text)
    return NULL;
  return cli_text_to_utf8 (text, cli_png_unpack (bytes, n, text, most));
}

/* The text of a chunk after its key: tEXt, zTXt or iTXt by @kind. */
static gchar *
find_text (gchar kind, const guint8 *data, const guint8 *end)
{
  gboolean is_packed = kind == 'z';

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
    return unpack (data, (gsize) (end - data));
  return cli_text_to_utf8 ((const gchar *) data, (gsize) (end - data));
}

static gboolean
has_key (const guint8 *data, gsize n, const gchar *key, gsize length)
{
  return n >= length && memcmp (data, key, length) == 0;
}

/* What is said twice is taken once, and nothing beyond @room: few bytes unpack to many.  So many
 * that it ends have more keys than a notice names. */
static void
add_word (CliPicture *picture, const gchar *key, const gchar *text, gsize *room)
{
  GString *all = g_hash_table_lookup (picture->words, key);
  const gsize n = strlen (text) + 1 + (all ? 0 : strlen (key) + WORD_AROUND);

  if (n > *room || (all && (all->len > CLI_COMMENT_MAX || strcmp (all->str, text) == 0)))
    return;
  *room -= n;
  if (!all)
    g_hash_table_insert (picture->words, g_strdup (key), g_string_new (text));
  else
    g_string_append_printf (all, "\n%s", text);
}

/* @data: a key, a zero and the text */
static void
take_word (CliPicture *picture, gchar kind, const guint8 *data, gsize n, gsize *room)
{
  const guint8 *end = memchr (data, 0, n);
  g_autofree gchar *key = NULL, *text = NULL;

  if (!end)
    return;
  key = cli_text_to_utf8 ((const gchar *) data, (gsize) (end - data));
  text = key ? find_text (kind, end + 1, data + n) : NULL;
  if (text)
    add_word (picture, key, text, room);
}

/* @chunk: from its length to its checksum. */
static void
take (CliPicture *picture, const guint8 *chunk, gsize n, gsize *room)
{
  const guint8 *data = chunk + CLI_PNG_HEAD;

  if (has_key (data, n, "Raw profile type ", 17) || has_key (data, n, "XML:com.adobe.xmp", 18))
    return;
  if (picture->texts->len + n + CLI_PNG_AROUND <= ALL_MAX)
    g_byte_array_append (picture->texts, chunk, (guint) n + CLI_PNG_AROUND);
  take_word (picture, (gchar) chunk[4], data, n, room);
}

/* @data: across and down a metre, and whether that is so. */
static void
take_resolution (CliPicture *picture, const guint8 *data, gsize n)
{
  guint32 x, y;

  if (n != 9)
    return;
  x = cli_png_number (data);
  y = cli_png_number (data + 4);
  if (data[8] == 1)
    cli_resolution_set (picture, x / 100.0, y / 100.0, CLI_UNIT_CENTIMETRE);
  else if (data[8] == 0)
    cli_resolution_set (picture, x, y, CLI_UNIT_NONE);
}

/**
 * cli_png_read_texts:
 * @picture: a PNG file; gets its resolution, too
 *
 * What has another checksum than it says is left out: readers would warn of the copy.
 */
void
cli_png_read_texts (CliPicture *picture)
{
  const GString *comment;
  gsize room = ALL_MAX;
  CliPng png;

  if (!cli_png_open (&png, picture->path, "rbe"))
    return;
  while (cli_png_next (&png))
    {
      const gboolean is_text = cli_png_is_text (&png);
      g_autofree guint8 *chunk =
          is_text || cli_png_is (&png, "pHYs") ? cli_png_get (&png, CHUNK_MAX) : NULL;

      if (chunk && is_text)
        take (picture, chunk, png.length, &room);
      else if (chunk)
        take_resolution (picture, chunk + CLI_PNG_HEAD, png.length);
    }
  fclose (png.file);
  comment = g_hash_table_lookup (picture->words, CLI_COMMENT);
  picture->comment = comment ? cli_text_to_utf8 (comment->str, comment->len) : NULL;
}

static gsize
find_place (const guint8 *bytes, gsize n)
{
  return CLI_PNG_TEXTS_AT;
}

static guint
per_metre (gdouble per_millimetre)
{
  return (guint) lrint (CLAMP (per_millimetre * 1000, 1, G_MAXINT32));
}

/* The numbers of the chunk pHYs, if there is one: libvips 8.16 says the first of them twice, and 72
 * an inch where nothing is said. */
static gboolean
put_resolution (const CliPicture *content, const gchar *path)
{
  const gboolean has_unit = content->unit != CLI_UNIT_NONE;
  guint x = per_metre (content->xres), y = per_metre (content->yres);
  guint8 data[9] = {[8] = has_unit}; /* a metre */
  gboolean good = TRUE;
  CliPng png;

  if (!has_unit)
    cli_resolution_get_ratio (content, G_MAXINT32, &x, &y);
  x = GUINT32_TO_BE (x);
  y = GUINT32_TO_BE (y);
  memcpy (data, &x, sizeof x);
  memcpy (data + 4, &y, sizeof y);
  if (!cli_png_open (&png, path, "r+be"))
    return FALSE;
  while (cli_png_next (&png) && !cli_png_is (&png, "IDAT"))
    if (cli_png_is (&png, "pHYs"))
      {
        good = cli_png_put (&png, data, sizeof data);
        break;
      }
  return nst_file_close (png.file) && good;
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
