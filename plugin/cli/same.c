/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether two names are one file, which the report must not be with another: it is written
 * while the pictures are still needed.
 */
#include <string.h>
#include <sys/stat.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli.h"
#include "files.h"
#include "picture-private.h"

/* Of files that are not there: the same name in the same folder. */
static gboolean
is_same_place (const gchar *one, const gchar *other)
{
  g_autofree gchar *a = nst_file_follow_links (one), *b = nst_file_follow_links (other);
  g_autofree gchar *a_name = g_path_get_basename (a), *b_name = g_path_get_basename (b);
  g_autofree gchar *a_folder = g_path_get_dirname (a), *b_folder = g_path_get_dirname (b);
  GStatBuf a_info, b_info;

  return strcmp (a_name, b_name) == 0 && g_stat (a_folder, &a_info) == 0
         && g_stat (b_folder, &b_info) == 0 && a_info.st_dev == b_info.st_dev
         && a_info.st_ino == b_info.st_ino;
}

/**
 * cli_is_same_file:
 *
 * Returns: whether both names lead to one file, or would to a new one
 */
gboolean
cli_is_same_file (const gchar *one, const gchar *other)
{
  GStatBuf a, b;
  const gboolean has_one = g_stat (one, &a) == 0, has_other = g_stat (other, &b) == 0;

  if (has_one && has_other)
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
  return !has_one && !has_other && is_same_place (one, other);
}

static gboolean
is_file (const gchar *path, const gchar *other)
{
  if (!other || !*other || cli_is_stdout (path) != cli_is_stdout (other))
    return FALSE;
  return cli_is_stdout (path) || cli_is_same_file (path, other);
}

/* Whether the run reads or writes @path for something else, by whatever name. */
static gboolean
is_needed (const CliOptions *options, const gchar *path)
{
  for (guint i = 0; i < options->styles->len; i++)
    if (is_file (path, g_array_index (options->styles, CliStyle, i).file))
      return TRUE;
  for (gchar **content = options->contents; content && *content; content++)
    if (is_file (path, *content))
      return TRUE;
  return is_file (path, options->content) || is_file (path, options->start)
         || is_file (path, options->output) || is_file (path, options->params.network);
}

/**
 * cli_is_stdout:
 *
 * Returns: whether @path is "-", which --report and --save-settings take for the standard output
 */
gboolean
cli_is_stdout (const gchar *path)
{
  return strcmp (path, "-") == 0;
}

/**
 * cli_report_check:
 *
 * Returns: %FALSE with @error if the report would be written over a file of the run
 */
gboolean
cli_report_check (const CliOptions *options, GError **error)
{
  const gchar *path = options->report, *settings = options->save_settings;

  if (!path
      || !(is_file (path, settings)
           || (!cli_is_stdout (path)
               && (is_needed (options, path) || is_file (path, options->settings)))))
    return TRUE;
  CLI_SET_ERROR (error, path,
                 _ ("The report cannot be written to “%s”, which the run needs: choose another "
                    "name for it."));
  return FALSE;
}

/**
 * cli_settings_check:
 *
 * Returns: %FALSE with @error if --save-settings would write over a file of the run, or cannot write
 */
gboolean
cli_settings_check (const CliOptions *options, GError **error)
{
  const gchar *path = options->save_settings;

  if (cli_is_stdout (path))
    return TRUE;
  if (is_needed (options, path))
    CLI_SET_ERROR (error, path,
                   _ ("The settings cannot be written to “%s”, which the run needs: choose "
                      "another name for them."));
  else
    return nst_file_check (path, error);
  return FALSE;
}
