/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a TIFF file holds, and whether that is for libvips, for tiff-read.c, or for
 * nobody here.
 */
#ifndef NST_TIFF_KIND_H
#define NST_TIFF_KIND_H

#include <glib.h>
#include <tiffio.h>

G_BEGIN_DECLS

/**
 * CliTiff:
 * @block_width: of a tile or strip
 * @format: one of libtiff's SAMPLEFORMAT, UINT for VOID
 * @photometric: also where the file does not say it, which libvips refuses
 * @is_thumbnail: whether the page stands for another one, as those before cameras' raw data do
 * @lacks_palette: see cli_tiff_lacks_palette()
 * @palette: red, green and blue of each index, the file's own; %NULL: there is none
 * @block: as it lies in the file, decompressed
 * @band: @block_height rows of the picture
 */
typedef struct
{
  TIFF *tiff;
  guint32 width, height;
  guint32 block_width, block_height;
  guint16 bits, format, n_samples, planar, photometric, compression;
  gboolean says_photometric, has_tiles, is_thumbnail, lacks_palette;
  const guint16 *palette[3];
  guint8 *block;
  gfloat *band;
} CliTiff;

gboolean cli_tiff_open (CliTiff *it, const gchar *path);
void cli_tiff_close (CliTiff *it);
gint cli_tiff_count_colours (const CliTiff *it);
gboolean cli_tiff_is_plain_ycbcr (const CliTiff *it);
gboolean cli_tiff_is_lab (const CliTiff *it);
gboolean cli_tiff_is_multiplied (const CliTiff *it);
gboolean cli_tiff_lacks_palette (const CliTiff *it);
gfloat cli_tiff_palette_white (const CliTiff *it);
gboolean cli_tiff_is_deep_palette (const CliTiff *it);
void cli_tiff_look_up (const CliTiff *it, gfloat white, const gfloat *row, gfloat *to);
void cli_tiff_say_rare (const CliTiff *it);
gboolean cli_tiff_is_known (const CliTiff *it);

G_END_DECLS

#endif
