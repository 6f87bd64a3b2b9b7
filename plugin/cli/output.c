/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The output: its format by the extension, and the way there: a file beside it is
 * written in full and then takes its place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli.h"
#include "files.h"
#include "picture-private.h"

typedef struct
{
  const gchar *extensions[2]; /* the second one or NULL */
  const gchar *saver;         /* libvips's, or "exr" or "ppm" */
  CliDepth most;              /* that it holds */
  gboolean has_alpha, has_profile;
  CliPlaces places;
  gint size_max; /* pixels a side */
} Format;

static const Format formats[] = {
    {{"png"},
     "pngsave",
     CLI_DEPTH_16,
     TRUE,
     TRUE,
     {.has_exif = TRUE, .has_iptc = TRUE, .has_comment = TRUE, .has_texts = TRUE},
     NST_SIZE_MAX},
    {{"jpg", "jpeg"},
     "jpegsave",
     CLI_DEPTH_8,
     FALSE,
     TRUE,
     {.has_exif = TRUE,
      .has_iptc = TRUE,
      .has_comment = TRUE,
      .resolution_in_exif = TRUE,
      .has_segments = TRUE},
     NST_SIZE_MAX},
    {{"tif", "tiff"},
     "tiffsave",
     CLI_DEPTH_FLOAT,
     TRUE,
     TRUE,
     {.has_exif = TRUE, .has_iptc = TRUE, .resolution_in_exif = TRUE, .exif_is_tags = TRUE},
     NST_SIZE_MAX},
    {{"exr"}, "exr", CLI_DEPTH_FLOAT, TRUE, TRUE, {.has_comment = TRUE}, NST_SIZE_MAX},
    {{"webp"},
     "webpsave",
     CLI_DEPTH_8,
     TRUE,
     TRUE,
     {.has_exif = TRUE, .resolution_in_exif = TRUE},
     16383},
    {{"ppm"}, "ppm", CLI_DEPTH_16, FALSE, FALSE, {.has_comment = TRUE}, NST_SIZE_MAX},
};

static const Format *
find_format (const gchar *path)
{
  const gchar *dot = strrchr (path, '.');

  for (guint i = 0; dot && i < G_N_ELEMENTS (formats); i++)
    for (guint k = 0; k < G_N_ELEMENTS (formats[i].extensions); k++)
      if (formats[i].extensions[k]
          && g_ascii_strcasecmp (dot + 1, formats[i].extensions[k]) == 0)
        return &formats[i];
  return NULL;
}

/**
 * cli_picture_check_format:
 * @path: of the output
 *
 * Returns: %FALSE with @error if no format has this extension
 */
gboolean
cli_picture_check_format (const gchar *path, GError **error)
{
  if (find_format (path))
    return TRUE;
  CLI_SET_ERROR (error, path,
                 _ ("The output “%s” must end in .png, .jpg, .tif, .exr, .webp or .ppm."));
  return FALSE;
}

/**
 * cli_picture_check_size:
 * @path: of the output
 *
 * Returns: %FALSE with @error if its format holds no picture so large
 */
gboolean
cli_picture_check_size (const gchar *path, gint width, gint height, GError **error)
{
  const Format *format = find_format (path);

  if (MAX (width, height) <= format->size_max)
    return TRUE;
  CLI_SET_ERROR (
      error, path,
      _ ("“%s” can have at most %d pixels a side, and the result has %d × %d: choose "
         "another format or a smaller size."),
      format->size_max, width, height);
  return FALSE;
}

/**
 * cli_picture_get_limit:
 * @path: of the output
 *
 * Returns: the widest space that is of use for a run on @content
 */
NstSpace
cli_picture_get_limit (const CliPicture *content, const gchar *path)
{
  return find_format (path)->has_profile ? nst_profile_get_limit (content->output)
                                         : NST_SPACE_SRGB;
}

static gboolean
is_exr (const Format *format)
{
  return strcmp (format->saver, "exr") == 0;
}

/* The content's, or the nearest that the format has; of OpenEXR's two, float holds the more. */
static CliDepth
choose_depth (const Format *format, CliDepth depth)
{
  if (is_exr (format))
    return depth == CLI_DEPTH_HALF ? depth : CLI_DEPTH_FLOAT;
  return MIN (depth, format->most);
}

/* What the format cannot hold. */
static void
say_what_is_lost (const Format *format, const CliPicture *content, const gchar *path)
{
  g_autofree gchar *lost = cli_words_lost (content, &format->places);

  if (content->depth > format->most)
    cli_notice (path,
                content->depth == CLI_DEPTH_16
                    ? _ ("its format has %d bits a channel; the content's 16 are rounded")
                    : _ ("its format has %d bits a channel; the content's floats are rounded"),
                format->most == CLI_DEPTH_8 ? 8 : 16);
  if (content->alpha.mask && !format->has_alpha)
    cli_notice (path, _ ("its format has no transparency; what was transparent is white"));
  if (content->says_so && !format->has_profile
      && !nst_profile_is_space (content->output, NST_SPACE_SRGB))
    cli_notice (path, _ ("its format has no color profiles; the colors are sRGB"));
  if (lost)
    cli_notice (path, _ ("its format has no place for some of the content's metadata (%s)"),
                lost);
}

static NstProfile *
choose_profile (const Format *format, const CliPicture *content)
{
  gdouble xy[8];

  if (!is_exr (format))
    return format->has_profile ? nst_profile_ref (content->output)
                               : nst_profile_new_space (NST_SPACE_SRGB);
  cli_exr_primaries (content, xy);
  return nst_profile_new_rgb (xy, 1.0);
}

static gboolean
write_pixels (const Format *format, const CliResult *result, const gchar *path)
{
  const CliDepth depth = choose_depth (format, result->content->depth);

  if (is_exr (format))
    return cli_exr_write (result, depth, path);
  if (strcmp (format->saver, "ppm") == 0)
    return cli_ppm_write (result, depth, path);
  return cli_write_vips (result, format->saver, depth, path);
}

/* Where the profile is left out, the colours become sRGB's. */
static gboolean
write_colours (const Format *format, const CliResult *result, const gchar *path,
               const gchar *name)
{
  g_autoptr (NstProfile) profile = NULL;
  CliResult plain = *result;

  if (!write_pixels (format, result, path))
    return FALSE;
  if (is_exr (format) || !format->has_profile || !result->content->says_so
      || cli_write_has_profile (path))
    return TRUE;
  plain.profile = profile = nst_profile_new_space (NST_SPACE_SRGB);
  if (!profile || !write_pixels (format, &plain, path))
    return FALSE;
  cli_notice (name, _ ("its format does not take the color profile; the colors are sRGB"));
  return TRUE;
}

/* FALSE where the picture may have been damaged by it. */
static gboolean
add_metadata (const Format *format, const CliResult *result, const gchar *path,
              const gchar *name)
{
  gboolean is_part;
  g_autofree gchar *before = cli_kept_digest (path, format->places.has_texts);
  g_autofree gchar *after = NULL;

  if (!before
      || !cli_metadata_write (result->content, result->image, &format->places, path, &is_part))
    return FALSE;
  after = cli_kept_digest (path, format->places.has_texts);
  if (g_strcmp0 (before, after) != 0)
    return FALSE;
  if (is_part)
    cli_notice (name, _ ("the largest of the content's metadata do not fit into it and are "
                         "left out"));
  return TRUE;
}

/* Metadata that a format refuses do not cost the picture. */
static gboolean
write_file (const Format *format, const CliResult *result, const gchar *path, const gchar *name)
{
  if (!write_colours (format, result, path, name))
    return FALSE;
  if (!format->places.has_exif || add_metadata (format, result, path, name))
    return TRUE;
  if (!write_colours (format, result, path, name))
    return FALSE;
  cli_notice (name, _ ("the content's metadata do not fit into it and are left out"));
  return TRUE;
}

static void
say_why_not (const gchar *path, const gchar *name, GError **error)
{
  const gint problem = nst_file_problem (path);

  if (problem == 0 || problem == ENOSPC)
    CLI_SET_ERROR (
        error, name,
        _ ("“%s” cannot be written: make room on its disk or choose another format."));
  else
    CLI_SET_ERROR (error, name, _ ("“%s” cannot be written: %s."), g_strerror (problem));
}

/* Writes @path and moves it to @target, which is called @name. */
static gboolean
write_and_move (const Format *format, const CliResult *result, const gchar *path,
                const gchar *target, const gchar *name, GError **error)
{
  if (!write_file (format, result, path, name))
    say_why_not (path, name, error);
  else
    {
      nst_file_keep_mode (path, target);
      if (cli_guard_put_in_place (path, target))
        return TRUE;
      CLI_SET_ERROR (error, name, _ ("“%s” cannot be replaced: %s."), g_strerror (errno));
    }
  return FALSE;
}

static gboolean
save (const Format *format, const CliResult *result, const gchar *name, GError **error)
{
  g_autofree gchar *target = nst_file_follow_links (name);
  g_autofree gchar *parent = g_path_get_dirname (target);
  g_autofree gchar *folder = g_build_filename (parent, ".nst-XXXXXX", NULL);
  g_autofree gchar *temporary = NULL;
  gboolean saved;

  if (!cli_guard_make_folder (folder))
    {
      CLI_SET_ERROR (error, parent, _ ("The folder “%s” cannot be written to: %s."),
                     g_strerror (errno));
      return FALSE;
    }
  temporary = g_strdup_printf ("%s/picture.%s", folder, format->extensions[0]);
  saved = write_and_move (format, result, temporary, target, name, error);
  cli_guard_remove_temporary ();
  return saved;
}

/**
 * cli_picture_save:
 * @image: the result
 * @content: tells depth, profile, alpha, resolution and metadata of the output; its metadata become
 *   what was written
 * @path: replaced only when all is written, in a folder of its own beside it (libraries have
 *   temporary files too)
 *
 * Returns: %FALSE with @error, and the file at @path as it was
 */
gboolean
cli_picture_save (const NstImage *image, CliPicture *content, const gchar *path, GError **error)
{
  const Format *format = find_format (path);
  g_autoptr (NstProfile) profile = choose_profile (format, content);
  const CliResult result = {image, content, profile, content->has_alpha && format->has_alpha};

  if (!profile)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                           _ ("There is not enough memory."));
      return FALSE;
    }
  if (!save (format, &result, path, error))
    return FALSE;
  say_what_is_lost (format, content, path);
  return TRUE;
}
