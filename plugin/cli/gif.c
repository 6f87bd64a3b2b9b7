/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIF's comments, which libvips leaves aside.
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

static gboolean
read_block (FILE *file, GString *text)
{
  guint8 place[PLACE_SIZE];

  switch (getc (file))
    {
    case EXTENSION:
      return read_pieces (file, getc (file) == COMMENT ? text : NULL);
    case PICTURE:
      return fread (place, sizeof place, 1, file) == 1 && skip_colours (file, place[8])
             && getc (file) != EOF && read_pieces (file, NULL);
    default:
      return FALSE;
    }
}

/**
 * cli_gif_read_comment:
 * @picture: a GIF file
 */
void
cli_gif_read_comment (CliPicture *picture)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint8 header[HEADER_SIZE];
  FILE *file = g_fopen (picture->path, "rb");

  if (!file)
    return;
  if (fread (header, sizeof header, 1, file) == 1 && skip_colours (file, header[10]))
    while (read_block (file, text))
      ;
  fclose (file);
  picture->comment = cli_text_to_utf8 (text->str, text->len);
}
