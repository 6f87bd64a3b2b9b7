/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIF's comments, and whether its end is there, which libvips leaves aside.
 */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "picture-private.h"

enum
{
  EXTENSION = 0x21,
  COMMENT = 0xfe,
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

typedef enum
{
  MORE,
  END,
  CUT_OFF
} Block;

static Block
read_block (FILE *file, GString *text)
{
  guint8 place[PLACE_SIZE];
  gboolean good;

  switch (getc (file))
    {
    case EXTENSION:
      good = read_pieces (file, getc (file) == COMMENT ? text : NULL);
      break;
    case PICTURE:
      good = fread (place, sizeof place, 1, file) == 1 && skip_colours (file, place[8])
             && getc (file) != EOF && read_pieces (file, NULL);
      break;
    default:
      return END;
    }
  return good ? MORE : CUT_OFF;
}

/* How the file at @path ends. */
static Block
read_blocks (const gchar *path, GString *text)
{
  guint8 header[HEADER_SIZE];
  FILE *file = g_fopen (path, "rbe");
  Block block = END;

  if (!file)
    return END;
  if (fread (header, sizeof header, 1, file) == 1 && skip_colours (file, header[10]))
    while ((block = read_block (file, text)) == MORE)
      ;
  fclose (file);
  return block;
}

/**
 * cli_gif_read_comment:
 * @picture: a GIF file
 */
void
cli_gif_read_comment (CliPicture *picture)
{
  g_autoptr (GString) text = g_string_new (NULL);

  read_blocks (picture->path, text);
  picture->comment = cli_text_to_utf8 (text->str, text->len);
}

/**
 * cli_gif_check:
 * @path: a GIF file whose first picture could be read
 *
 * Returns: %FALSE with @error if it ends within a block; many that are whole lack the byte that says
 *   that no more follow
 */
gboolean
cli_gif_check (const gchar *path, GError **error)
{
  return read_blocks (path, NULL) == END || cli_picture_error (path, "", error);
}
