/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG's chunks, one after the other.
 */
#ifndef NST_PNG_CHUNKS_H
#define NST_PNG_CHUNKS_H

#include <stdio.h>

#include <glib.h>

G_BEGIN_DECLS

#define CLI_PNG_HEAD                                                                           \
  8 /* bytes before a chunk's data: length and name; also before all chunks */
#define CLI_PNG_AROUND   12 /* with the checksum after them */
#define CLI_PNG_TEXTS_AT 33 /* after the first chunk, which is of a fixed size */

/**
 * CliPng:
 * @next: where the next chunk begins
 * @length: of the chunk's data
 * @name: of the chunk, "" before the first
 */
typedef struct
{
  FILE *file;
  glong next;
  guint32 length;
  gchar name[5];
} CliPng;

gboolean cli_png_open (CliPng *png, const gchar *path, const gchar *mode);
gboolean cli_png_next (CliPng *png);
gboolean cli_png_is (const CliPng *png, const gchar *name);
gboolean cli_png_is_text (const CliPng *png);
guint8 *cli_png_get (CliPng *png, gsize most);
gboolean cli_png_put (CliPng *png, const guint8 *data, gsize n);
guint32 cli_png_number (const guint8 *bytes);
gsize cli_png_unpack (const guint8 *bytes, gsize n, gpointer to, gsize most);
guint32 cli_png_checksum (const guint8 *bytes, gsize n);

G_END_DECLS

#endif
