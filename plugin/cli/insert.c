/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Puts into a file that is written what its library leaves aside.
 */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "picture-private.h"
#include "streams.h"

/**
 * cli_file_insert:
 * @path: a file, read and written again
 * @find_place: tells where
 * @piece: to be inserted there
 *
 * Returns: %FALSE if it cannot be done; the file may be damaged then
 */
gboolean
cli_file_insert (const gchar *path, CliFindPlace find_place, const GByteArray *piece)
{
  g_autofree gchar *bytes = NULL;
  gsize n = 0, place;
  gboolean good;
  FILE *file;

  if (piece->len == 0)
    return TRUE;
  if (!g_file_get_contents (path, &bytes, &n, NULL))
    return FALSE;
  place = find_place ((const guint8 *) bytes, n);
  file = place > 0 && place <= n ? g_fopen (path, "wb") : NULL;
  if (!file)
    return FALSE;
  good = fwrite (bytes, 1, place, file) == place
         && fwrite (piece->data, 1, piece->len, file) == piece->len
         && fwrite (bytes + place, 1, n - place, file) == n - place;
  return nst_file_close (file) && good;
}

/* Of @n bytes those that are no part of a character which is cut. */
static gsize
whole_characters (const gchar *text, gsize n)
{
  const gchar *last = g_utf8_find_prev_char (text, text + n);

  return last && g_utf8_get_char_validated (last, text + n - last) == (gunichar) -2
             ? (gsize) (last - text)
             : n;
}

/**
 * cli_text_to_utf8:
 * @text: @n bytes in UTF-8, or else in Latin-1; a longer one than a comment may be is cut
 *
 * Returns: (nullable): the text without what cannot be shown at its end, or %NULL if nothing is left
 */
gchar *
cli_text_to_utf8 (const gchar *text, gsize n)
{
  g_autofree gchar *line =
      g_strndup (text, n <= CLI_COMMENT_MAX ? n : whole_characters (text, CLI_COMMENT_MAX));
  gchar *utf8 = g_utf8_validate (line, -1, NULL)
                    ? g_strdup (line)
                    : g_convert (line, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);

  if (utf8 && strlen (utf8) > CLI_COMMENT_MAX) /* Latin-1 has become longer */
    utf8[whole_characters (utf8, CLI_COMMENT_MAX)] = '\0';
  if (utf8 && *g_strchomp (utf8) != '\0')
    return utf8;
  g_free (utf8);
  return NULL;
}
