/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIF's comments and XMP, where its first picture lies, and whether its end is there, which libvips
 * leaves aside: the blocks are read once for all of them.
 */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "picture-private.h"

#define XMP         "XMP DataXMP"
#define XMP_TRAILER 258
#define XMP_MAX     (64 << 20) /* bytes; it is copied several times */

enum
{
  EXTENSION = 0x21,
  COMMENT = 0xfe,
  APPLICATION = 0xff,
  PICTURE = 0x2c,
  HEADER_SIZE = 13,
  PLACE_SIZE = 9, /* where a picture lies, with its colours */
};

/* The colours that follow a byte which tells how many there are. */
static gboolean
skip_colours (FILE *file, guint8 flags)
{
  return !(flags & 0x80) || fseek (file, 3L << ((flags & 7) + 1), SEEK_CUR) == 0;
}

/* Pieces of up to 255 bytes each; an empty one ends them. */
static gboolean
read_pieces (FILE *file, GString *text)
{
  gchar piece[255];
  gint n;

  if (text && text->len > 0)
    g_string_append_c (text, '\n');
  while ((n = getc (file)) > 0)
    {
      if (fread (piece, 1, (gsize) n, file) != (gsize) n)
        return FALSE;
      if (text && text->len < CLI_COMMENT_MAX)
        g_string_append_len (text, piece, n);
    }
  return n == 0;
}

/* A file whose blocks are read, and what they say. */
typedef struct
{
  FILE *file;
  GString *comment;
  gchar *xmp;
  VipsRect first;
} Gif;

/* After its name XMP lies in the file as it is, and then bytes that look like pieces to those who do not
 * know it: @start: where it begins */
static void
take_xmp (Gif *gif, glong start)
{
  const glong end = ftell (gif->file), n = end - start - XMP_TRAILER;

  if (n <= 0 || n > XMP_MAX || gif->xmp || !(gif->xmp = g_try_malloc0 ((gsize) n + 1)))
    return;
  if (fseek (gif->file, start, SEEK_SET) != 0
      || fread (gif->xmp, 1, (gsize) n, gif->file) != (gsize) n)
    g_clear_pointer (&gif->xmp, g_free);
  fseek (gif->file, end, SEEK_SET);
}

static gboolean
read_application (Gif *gif)
{
  gchar name[sizeof XMP - 1];
  const gint n = getc (gif->file);
  gboolean is_xmp;
  glong start;

  if (n != sizeof name) /* against the standard */
    return ungetc (n, gif->file) == n && read_pieces (gif->file, NULL);
  is_xmp = fread (name, sizeof name, 1, gif->file) == 1 && memcmp (name, XMP, sizeof name) == 0;
  start = ftell (gif->file);
  if (!read_pieces (gif->file, NULL))
    return FALSE;
  if (is_xmp)
    take_xmp (gif, start);
  return TRUE;
}

static gboolean
read_extension (Gif *gif)
{
  const gint kind = getc (gif->file);

  return kind == APPLICATION ? read_application (gif)
                             : read_pieces (gif->file, kind == COMMENT ? gif->comment : NULL);
}

typedef enum
{
  MORE,
  END,
  CUT_OFF
} Block;

static gboolean
read_place (Gif *gif)
{
  guint8 place[PLACE_SIZE];

  if (fread (place, sizeof place, 1, gif->file) != 1)
    return FALSE;
  if (gif->first.width == 0)
    gif->first = (VipsRect){place[0] | place[1] << 8, place[2] | place[3] << 8,
                            place[4] | place[5] << 8, place[6] | place[7] << 8};
  return skip_colours (gif->file, place[8]);
}

static Block
read_block (Gif *gif)
{
  gboolean good;

  switch (getc (gif->file))
    {
    case EXTENSION:
      good = read_extension (gif);
      break;
    case PICTURE:
      good = read_place (gif) && getc (gif->file) != EOF && read_pieces (gif->file, NULL);
      break;
    default:
      return END;
    }
  return good ? MORE : CUT_OFF;
}

/* How the file at @path ends. */
static Block
read_blocks (const gchar *path, Gif *gif)
{
  guint8 header[HEADER_SIZE];
  Block block = END;

  gif->file = g_fopen (path, "rbe");
  if (!gif->file)
    return END;
  if (fread (header, sizeof header, 1, gif->file) == 1 && skip_colours (gif->file, header[10]))
    while ((block = read_block (gif)) == MORE)
      ;
  fclose (gif->file);
  return block;
}

/**
 * cli_gif_read:
 * @picture: a GIF file; gets comment and XMP
 *
 * Returns: what else its blocks say
 */
CliGif
cli_gif_read (CliPicture *picture)
{
  g_autoptr (GString) comment = g_string_new (NULL);
  Gif gif = {.comment = comment};
  const gboolean is_cut_off = read_blocks (picture->path, &gif) == CUT_OFF;

  picture->comment = cli_text_to_utf8 (comment->str, comment->len);
  if (gif.xmp && picture->metadata)
    cli_xmp_set (picture, gif.xmp);
  g_free (gif.xmp);
  return (CliGif){gif.first, is_cut_off};
}

/**
 * cli_gif_clear:
 * @gif: of the file
 * @image: (inout): as libvips reads it, which has nothing around a picture that does not fill the file's
 *   canvas black, unless there is something transparent
 *
 * Makes that transparent.
 *
 * Returns: %FALSE with libvips's error
 */
gboolean
cli_gif_clear (const CliGif *gif, VipsImage **image)
{
  const VipsRect all = {0, 0, (*image)->Xsize, (*image)->Ysize};
  VipsImage *black = NULL, *white = NULL, *alpha = NULL, *joined = NULL;

  if ((*image)->Bands % 2 == 0 || gif->first.width == 0 || gif->first.height == 0
      || vips_rect_includesrect (&gif->first, &all))
    return TRUE;
  if (vips_black (&black, gif->first.width, gif->first.height, NULL) == 0
      && vips_invert (black, &white, NULL) == 0
      && vips_embed (white, &alpha, gif->first.left, gif->first.top, all.width, all.height,
                     NULL)
             == 0
      && vips_bandjoin2 (*image, alpha, &joined, NULL) == 0)
    {
      g_object_unref (*image);
      *image = joined;
    }
  g_clear_object (&black);
  g_clear_object (&white);
  g_clear_object (&alpha);
  return joined != NULL;
}
