/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files behind picture.h share.
 */
#ifndef NST_PICTURE_PRIVATE_H
#define NST_PICTURE_PRIVATE_H

#include <errno.h>

#define VIPS_DISABLE_COMPAT /* libvips's old names, one of which is libjpeg's error_exit */
#include <vips/vips.h>

#include "picture.h"

G_BEGIN_DECLS

/* @format's first %s is the name of the file @path; errno is kept for the others. */
#define CLI_SET_ERROR(error, path, format, ...)                                                \
  G_STMT_START                                                                                 \
  {                                                                                            \
    gint number = errno;                                                                       \
    g_autofree gchar *path_name = nst_display_name (path);                                     \
                                                                                               \
    errno = number;                                                                            \
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, format, path_name, ##__VA_ARGS__);  \
  }                                                                                            \
  G_STMT_END

#define CLI_RARE        "unsupported: " /* of cli_picture_error(); its kind follows, on a line */
#define CLI_COMMENT     "Comment"       /* PNG's key */
#define CLI_COMMENT_MAX 65533           /* bytes; a segment of JPEG */

/* picture-error.c */

gboolean cli_picture_cannot_open (const gchar *path, gint problem, GError **error);
gboolean cli_picture_error (const gchar *path, const gchar *words, GError **error);
gboolean cli_picture_is_too_large (const gchar *path, gint width, gint height, GError **error);

/* colours.c */

NstProfile *cli_picture_open_profile (gconstpointer icc, gsize n_bytes, gint n_colours);
gboolean cli_picture_say_unused (const gchar *path, gint n_colours, guint shortages);

/* rows.c: from a file's rows of floats to the picture */

/**
 * CliLayout: a file's pixels
 * @width: before it is turned
 * @profile: of its colours
 * @n_values: of a pixel: the profile's channels, or 1 for a grey one of an RGB profile, alpha,
 *   and what is left aside
 * @has_alpha: the value after the colours
 * @orientation: EXIF's, 1 to 8
 */
typedef struct
{
  gint width, height;
  NstProfile *profile;
  gint n_colours;
  gint n_values;
  gboolean has_alpha;
  gint orientation;
} CliLayout;

typedef struct _CliRows CliRows;

CliRows *cli_rows_new (CliPicture *picture, const CliLayout *layout, GError **error);
void cli_rows_put (CliRows *rows, gint y, const gfloat *values);
void cli_rows_warn (const CliRows *rows);
void cli_rows_free (CliRows *rows);

/* read.c: all that libvips reads */

gboolean cli_read_vips (const gchar *loader, CliPicture *picture, GError **error);

/* tiff-kind.c, tiff-read.c: what libvips does not read of TIFF */

gboolean cli_tiff_is_rare (const gchar *path);
VipsImage *cli_tiff_open_rare (const gchar *path, CliDepth *depth);
gboolean cli_tiff_check (const gchar *path, GError **error);

/* tiff.c: what libvips does not write of TIFF */

gboolean cli_tiff_mark_half (const gchar *path);
gboolean cli_tiff_take_unit (const CliPicture *content, const gchar *path);
guint16 cli_float_to_half (gfloat value);

/* png.c: what says which colours they are; png-chunks.c: whether the end is there */

NstProfile *cli_png_profile (const gchar *path, gint n_colours, gboolean *is_said);
gboolean cli_png_check (const gchar *path, GError **error);

/* png-source.c */

VipsImage *cli_png_open_image (const gchar *path);

/* same.c */

gboolean cli_is_same_file (const gchar *one, const gchar *other);

/* exr.c: OpenEXR */

gboolean cli_exr_read (CliPicture *picture, GError **error);

/* insert.c: what a library leaves aside */

/* Where in the file that begins with @bytes; 0: nowhere. */
typedef gsize (*CliFindPlace) (const guint8 *bytes, gsize n);

gboolean cli_file_insert (const gchar *path, CliFindPlace find_place, const GByteArray *piece);
gchar *cli_text_to_utf8 (const gchar *text, gsize n);

/* xmp.c: in two parts in JPEG */

/**
 * CliLongXmp:
 * @text: the second part
 * @guid: its name, which the first tells
 */
typedef struct
{
  gchar *text;
  gchar *guid;
} CliLongXmp;

void cli_xmp_set (CliPicture *picture, const gchar *text);
gboolean cli_xmp_add (CliPicture *picture, const gchar *more);
gboolean cli_xmp_split (GExiv2Metadata *metadata, CliLongXmp **rest);
void cli_long_xmp_free (CliLongXmp *xmp);

/* jpeg.c, jpeg-check.c, png-text.c, gif.c: comments and the like */

void cli_jpeg_read (CliPicture *picture);
gboolean cli_jpeg_add (const CliPicture *content, const CliLongXmp *xmp, const gchar *path);
gboolean cli_jpeg_check (const gchar *path, GError **error);
void cli_png_read_texts (CliPicture *picture);
gboolean cli_png_add_texts (const CliPicture *content, const gchar *path);

/**
 * CliGif:
 * @first: where the first picture lies; empty: there is none
 * @is_cut_off: whether the file ends within a block; many that are whole lack the byte that says that
 *   no more follow
 */
typedef struct
{
  VipsRect first;
  gboolean is_cut_off;
} CliGif;

CliGif cli_gif_read (CliPicture *picture);
gboolean cli_gif_clear (const CliGif *gif, VipsImage **image);

/* metadata.c: EXIF, XMP, IPTC and comments */

/**
 * CliPlaces: where a format has room
 * @has_exif: and XMP
 * @has_iptc: not all that have EXIF do
 * @has_comment: of its own, not EXIF's
 * @resolution_in_exif: not only in a field of its own
 * @exif_is_tags: TIFF's
 * @has_texts: PNG's
 * @has_segments: JPEG's
 */
typedef struct
{
  gboolean has_exif, has_iptc, has_comment;
  gboolean resolution_in_exif, exif_is_tags, has_texts, has_segments;
} CliPlaces;

void cli_metadata_read (CliPicture *picture);
gint cli_metadata_orientation (const CliPicture *picture);
gboolean cli_metadata_is_adobe (const CliPicture *picture);
gboolean cli_metadata_write (CliPicture *content, const NstImage *image,
                             const CliPlaces *places, const gchar *path, gboolean *is_part);

/* tags.c: of EXIF and XMP */

gboolean cli_tag_is_of_file (const gchar *tag);
gboolean cli_tag_is_worth (const gchar *tag);

/* words.c: texts and comments */

void
cli_words_put (const CliPicture *content, GExiv2Metadata *metadata, const CliPlaces *places);
gchar *cli_words_comment (const CliPicture *content);
gchar *cli_words_lost (const CliPicture *content, const CliPlaces *places);

/* resolution.c: pixels a length */

void cli_resolution_set (CliPicture *picture, gdouble x, gdouble y, CliUnit unit);
void cli_resolution_read (CliPicture *picture);
gdouble cli_resolution_length (CliUnit unit);
void cli_resolution_get_ratio (const CliPicture *content, guint most, guint *x, guint *y);
void cli_resolution_write (const CliPicture *content, GExiv2Metadata *metadata,
                           const CliPlaces *places);

/* kept.c: whether a file still holds its picture */

gchar *cli_kept_digest (const gchar *path, gboolean is_png);

/* result.c: the result as rows of floats */

/**
 * CliResult:
 * @profile: that the values are for
 * @has_alpha: a fourth value; without it, what is transparent is white
 */
typedef struct
{
  const NstImage *image;
  CliPicture *content;
  NstProfile *profile;
  gboolean has_alpha;
} CliResult;

void cli_result_get (const CliResult *result, gint x, gint y, gint n, gfloat *values);

void cli_store (CliDepth depth, const gfloat *values, gsize n, gpointer to);

/* exr-write.c: OpenEXR */

gboolean cli_exr_primaries (const CliPicture *content, gdouble *xy);
gboolean cli_exr_write (const CliResult *result, CliDepth depth, const gchar *path);

/* pnm.c: the netpbm formats */

gint cli_radiance_orientation (const gchar *path, GError **error);
gboolean cli_pnm_read (CliPicture *picture, GError **error);
gboolean cli_ppm_write (const CliResult *result, CliDepth depth, const gchar *path);

/* write.c: all that libvips writes */

gboolean
cli_write_vips (const CliResult *result, const gchar *saver, CliDepth depth, const gchar *path);
gboolean cli_write_has_profile (const gchar *path);

G_END_DECLS

#endif
