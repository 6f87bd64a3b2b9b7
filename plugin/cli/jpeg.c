/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JPEG's segments that the libraries leave aside: the resolution, which libvips takes
 * from EXIF, comments, of which gexiv2 knows but the first, and that part of XMP which
 * is too long for one segment.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli.h"
#include "picture-private.h"
#include "streams.h"

#define EXTENSION   "http://ns.adobe.com/xmp/extension/" /* and a zero */
#define EXIF        "Exif\0"                             /* and a zero */
#define JFIF        "JFIF"                               /* and a zero */
#define JFIF_UNIT   7                                    /* its place in the segment */
#define JFIF_SIZE   14                                   /* without a thumbnail */
#define MARKER_SIZE 2
#define GUID_LENGTH 32
#define PIECE_START                                                                            \
  (sizeof EXTENSION + GUID_LENGTH + 8) /* after the length of all and the place */
#define SEGMENT_MAX 65533              /* bytes, as many as a comment has */
#define XMP_MAX     (64 << 20)         /* bytes; it is copied several times */

enum
{
  START_OF_SCAN = 0xda,
  APP0 = 0xe0,
  APP1 = 0xe1,
  APP15 = 0xef,
  COMMENT = 0xfe,
};

typedef struct
{
  gsize file_size;
  gchar *guid; /* that the file's XMP names, or NULL */
  CliPicture *picture;
  GString *comment;
  GHashTable *comments; /* of which it is made */
  gchar *xmp;           /* with a zero at its end */
  gsize n_xmp, n_got;
  gint n_exif; /* segments of it */
} Found;

static guint32
get_number (const guint8 *bytes)
{
  guint32 number;

  memcpy (&number, bytes, sizeof number);
  return GUINT32_FROM_BE (number);
}

/* A piece of the long part of XMP. */
static void
take_xmp (Found *found, const guint8 *data, gsize n)
{
  gsize all, place;

  if (n < PIECE_START || memcmp (data, EXTENSION, sizeof EXTENSION) != 0
      || memcmp (data + sizeof EXTENSION, found->guid, GUID_LENGTH) != 0)
    return;
  all = get_number (data + PIECE_START - 8);
  place = get_number (data + PIECE_START - 4);
  n -= PIECE_START;
  if (all > MIN (found->file_size, XMP_MAX) || place > all || n > all - place)
    return;
  if (!found->xmp && (found->xmp = g_try_malloc0 (all + 1)))
    found->n_xmp = all;
  if (!found->xmp || all != found->n_xmp)
    return;
  memcpy (found->xmp + place, data + PIECE_START, n);
  found->n_got += n;
}

/* What is said twice is taken once. */
static void
take_comment (Found *found, const guint8 *data, gsize n)
{
  g_autofree gchar *text = g_strndup ((const gchar *) data, n);

  if (found->comment->len > CLI_COMMENT_MAX || g_hash_table_contains (found->comments, text))
    return;
  if (g_hash_table_size (found->comments) > 0)
    g_string_append_c (found->comment, '\n');
  g_string_append (found->comment, text);
  g_hash_table_add (found->comments, g_steal_pointer (&text));
}

static gboolean
is_jfif (const guint8 *data, gsize n)
{
  return n >= JFIF_SIZE && memcmp (data, JFIF, sizeof JFIF) == 0;
}

/* JFIF's units are numbered as ours. */
static void
take_resolution (CliPicture *picture, const guint8 *data, gsize n)
{
  const guint8 *field = data + JFIF_UNIT;

  if (is_jfif (data, n) && field[0] <= CLI_UNIT_CENTIMETRE)
    cli_resolution_set (picture, field[1] << 8 | field[2], field[3] << 8 | field[4], field[0]);
}

static void
take (Found *found, gint marker, const guint8 *data, gsize n)
{
  if (marker == APP0)
    take_resolution (found->picture, data, n);
  if (marker == APP1 && found->guid)
    take_xmp (found, data, n);
  if (marker == APP1 && n >= sizeof EXIF && memcmp (data, EXIF, sizeof EXIF) == 0)
    found->n_exif++;
  if (marker == COMMENT)
    take_comment (found, data, n);
}

/* Returns: FALSE at the pixels */
static gboolean
read_segment (FILE *file, Found *found)
{
  guint8 data[SEGMENT_MAX], length[2];
  gint marker = getc (file);
  gsize n;

  if (marker != 0xff)
    return FALSE;
  while (marker == 0xff)
    marker = getc (file);
  if (marker < 0xc0 || marker == START_OF_SCAN || fread (length, 2, 1, file) != 1)
    return FALSE;
  n = (gsize) length[0] << 8 | length[1];
  if (n < 2 || fread (data, 1, n - 2, file) != n - 2)
    return FALSE;
  take (found, marker, data, n - 2);
  return TRUE;
}

/**
 * cli_jpeg_read:
 * @picture: a JPEG file, its metadata read; gets the resolution, the comments, and to the metadata what is too long
 *   for one segment
 */
void
cli_jpeg_read (CliPicture *picture)
{
  Found found = {.picture = picture,
                 .comment = g_string_new (NULL),
                 .comments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL)};
  struct stat info;
  FILE *file = g_fopen (picture->path, "rb");

  if (picture->metadata)
    found.guid = gexiv2_metadata_try_get_tag_string (picture->metadata,
                                                     "Xmp.xmpNote.HasExtendedXMP", NULL);
  if (found.guid && strlen (found.guid) != GUID_LENGTH)
    g_clear_pointer (&found.guid, g_free);
  if (file && fstat (fileno (file), &info) == 0)
    {
      found.file_size = (gsize) info.st_size;
      if (fseek (file, 2, SEEK_SET) == 0)
        while (read_segment (file, &found))
          ;
    }
  g_clear_pointer (&file, fclose);
  picture->comment = cli_text_to_utf8 (found.comment->str, found.comment->len);
  if (found.guid && (found.n_got != found.n_xmp || !cli_xmp_add (picture, found.xmp)))
    cli_notice (picture->path, _ ("the long part of its XMP is damaged and left out"));
  if (found.n_exif > 1) /* as ExifTool writes it, against the standard; Exiv2 reads the first */
    cli_notice (picture->path, _ ("its EXIF goes on in a second segment, which is left out"));
  g_string_free (found.comment, TRUE);
  g_hash_table_unref (found.comments);
  g_free (found.guid);
  g_free (found.xmp);
}

static void
append_segment (GByteArray *segments, guint8 marker, gconstpointer head, gsize n_head,
                gconstpointer data, gsize n)
{
  const gsize length = n_head + n + 2;
  const guint8 start[] = {0xff, marker, (guint8) (length >> 8), (guint8) length};

  g_byte_array_append (segments, start, sizeof start);
  g_byte_array_append (segments, head, (guint) n_head);
  g_byte_array_append (segments, data, (guint) n);
}

static void
append_xmp (GByteArray *segments, const CliLongXmp *xmp)
{
  const gsize n = strlen (xmp->text);

  for (gsize at = 0; at < n; at += SEGMENT_MAX - PIECE_START)
    {
      guint8 head[PIECE_START];
      const guint32 numbers[] = {GUINT32_TO_BE ((guint32) n), GUINT32_TO_BE ((guint32) at)};

      memcpy (head, EXTENSION, sizeof EXTENSION);
      memcpy (head + sizeof EXTENSION, xmp->guid, GUID_LENGTH);
      memcpy (head + PIECE_START - 8, numbers, sizeof numbers);
      append_segment (segments, APP1, head, PIECE_START, xmp->text + at,
                      MIN (n - at, SEGMENT_MAX - PIECE_START));
    }
}

/* After the segments that say what the file is. */
static gsize
find_place (const guint8 *bytes, gsize n)
{
  gsize at = 2;

  while (at + 4 <= n && bytes[at] == 0xff && bytes[at + 1] >= APP0 && bytes[at + 1] <= APP15)
    at += 2 + ((gsize) bytes[at + 2] << 8 | bytes[at + 3]);
  return at;
}

static gsize
find_start (const guint8 *bytes, gsize n)
{
  return MARKER_SIZE;
}

/* Instead of JFIF's segment that is there, or else as the first. */
static gboolean
put_first (const gchar *path, const GByteArray *segment)
{
  guint8 start[2 * MARKER_SIZE + 2 + JFIF_SIZE];
  gboolean good, is_there;
  FILE *file = g_fopen (path, "r+be");

  if (!file)
    return FALSE;
  good = fread (start, sizeof start, 1, file) == 1;
  is_there = good && is_jfif (start + 2 * MARKER_SIZE + 2, JFIF_SIZE);
  if (is_there)
    good = fseek (file, MARKER_SIZE, SEEK_SET) == 0
           && fwrite (segment->data, segment->len, 1, file) == 1;
  good = nst_file_close (file) && good;
  return good && (is_there || cli_file_insert (path, find_start, segment));
}

/* JFIF's segment with a resolution that has no unit, which EXIF cannot say. */
static gboolean
add_ratio (const CliPicture *content, const gchar *path)
{
  g_autoptr (GByteArray) segment = g_byte_array_new ();
  guint8 data[JFIF_SIZE] = {'J', 'F', 'I', 'F', 0, 1, 1};
  guint8 *field = data + JFIF_UNIT + 1;
  guint x, y;

  cli_resolution_get_ratio (content, G_MAXUINT16, &x, &y);
  *field++ = (guint8) (x >> 8);
  *field++ = (guint8) x;
  *field++ = (guint8) (y >> 8);
  *field = (guint8) y;
  append_segment (segment, APP0, NULL, 0, data, sizeof data);
  return put_first (path, segment);
}

/**
 * cli_jpeg_add:
 * @content: its comment and, where that has no unit, its resolution are added
 * @xmp: (nullable): the part that is too long for the metadata that are written already
 * @path: a JPEG file
 *
 * Returns: %FALSE if they could not be written; the file may be damaged then
 */
gboolean
cli_jpeg_add (const CliPicture *content, const CliLongXmp *xmp, const gchar *path)
{
  g_autoptr (GByteArray) segments = g_byte_array_new ();
  const gsize n = content->comment ? strlen (content->comment) : 0;

  if (xmp)
    append_xmp (segments, xmp);
  if (n > 0)
    append_segment (segments, COMMENT, NULL, 0, content->comment, n);
  return (content->unit != CLI_UNIT_NONE || add_ratio (content, path))
         && cli_file_insert (path, find_place, segments);
}
