/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Picture files: how they are read, and written so that what goes out is what
 * came in.  PICTURES.md tells which library does what, and why.
 */
#ifndef NST_PICTURE_H
#define NST_PICTURE_H

#include <gexiv2/gexiv2.h>
#include <nst.h>

#include "profile.h"

G_BEGIN_DECLS

typedef enum
{
  CLI_DEPTH_8,
  CLI_DEPTH_16,
  CLI_DEPTH_HALF,
  CLI_DEPTH_FLOAT,
} CliDepth;

typedef enum
{
  CLI_UNIT_NONE,
  CLI_UNIT_INCH,
  CLI_UNIT_CENTIMETRE, /* or metre */
} CliUnit;

/**
 * CliPicture:
 * @image: upright; values of @profile, and of @space after cli_pictures_convert().  Its mask is the
 *   alpha, unless all is opaque
 * @profile: of three channels
 * @output: what a result of it is written in
 * @says_so: whether that is embedded; a picture that said nothing is sRGB, and so is its result
 * @alpha: its mask is that of the result, from cli_picture_keep_alpha(), or %NULL
 * @is_turned: whether the file's rows are its columns
 * @xres: pixels a millimetre, or a number that with @yres tells but the ratio of a pixel's sides; 0 if
 *   nothing is said
 * @metadata: EXIF, XMP, IPTC and comment, or %NULL
 * @comment: in UTF-8, or %NULL
 * @texts: of PNG: the chunks as they are in the file
 * @words: of PNG: what these say, a #GString for each key, in UTF-8; without those of @metadata
 * @has_xy: whether OpenEXR says its primaries, for nst_profile_new_rgb(), and they can be written
 */
typedef struct
{
  gchar *path;
  NstImage image;
  gint width, height;
  NstProfile *profile;
  NstProfile *output;
  gboolean says_so;
  NstSpace space;
  gboolean has_alpha;
  NstImage alpha;
  CliDepth depth;
  gboolean is_turned;
  gdouble xres, yres;
  CliUnit unit; /* in which it was said */
  GExiv2Metadata *metadata;
  gchar *comment;
  GByteArray *texts;
  GHashTable *words;
  gboolean has_xy;
  gdouble xy[8];
} CliPicture;

/* picture.c: what every kind has in common */

void cli_pictures_start (gint threads);
gboolean cli_picture_load (const gchar *path, CliPicture *picture, GError **error);
void cli_picture_clear (CliPicture *picture);
void cli_pictures_convert (CliPicture **pictures, guint n_pictures, NstSpace limit);
gboolean cli_picture_keep_alpha (CliPicture *content, gint width, gint height, GError **error);

/* output.c: where the result goes */

gboolean cli_picture_check_format (const gchar *path, GError **error);
NstSpace cli_picture_get_limit (const CliPicture *content, const gchar *path);
gboolean cli_picture_check_size (const gchar *path, gint width, gint height, GError **error);
gboolean cli_picture_save (const NstImage *image, CliPicture *content, const gchar *path,
                           GError **error);

G_END_DECLS

#endif
