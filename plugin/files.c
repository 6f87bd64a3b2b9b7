/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are replaced: a link stays a link, a file keeps its mode, and there is never
 * half of one.
 */
#include "files.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include <nst.h>

#define LINKS_MAX 40

/* @path with its folder as the system finds it: "link/.." is not where the link lies. */
static gchar *
in_real_folder (const gchar *path)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *name = g_path_get_basename (path);
  char *real = realpath (folder, NULL);
  gchar *whole = g_build_filename (real ? real : folder, name, NULL);

  free (real);
  return whole;
}

/**
 * nst_file_follow_links:
 *
 * Returns: (transfer full): where @path leads to, also where nothing is there yet
 */
gchar *
nst_file_follow_links (const gchar *path)
{
  gchar *at =
      g_str_has_suffix (path, G_DIR_SEPARATOR_S) ? g_strdup (path) : in_real_folder (path);

  for (gint i = 0; i < LINKS_MAX; i++)
    {
      g_autofree gchar *target = g_file_read_link (at, NULL);
      g_autofree gchar *here = NULL;
      g_autofree gchar *next = NULL;

      if (!target)
        break;
      here = g_path_get_dirname (at);
      next = g_path_is_absolute (target) ? g_strdup (target)
                                         : g_build_filename (here, target, NULL);
      g_free (at);
      at = in_real_folder (next);
    }
  return at;
}

/**
 * nst_file_keep_mode:
 * @path: what is to take the place of @target
 *
 * Gives it @target's mode, if that is there, and its owner where that is allowed.
 */
void
nst_file_keep_mode (const gchar *path, const gchar *target)
{
  struct stat old, new;

  if (stat (target, &old) != 0 || stat (path, &new) != 0)
    return;
  if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid)
      && chown (path, old.st_uid, old.st_gid) != 0 && chown (path, (uid_t) -1, old.st_gid) != 0)
    old.st_mode &= (mode_t) ~(S_ISUID | S_ISGID);
  chmod (path, old.st_mode & 07777);
}

static gboolean
fail (GError **error, const gchar *path)
{
  const gint number = errno;
  g_autofree gchar *name = nst_display_name (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
               _ ("%s cannot be written: %s"), name, g_strerror (number));
  return FALSE;
}

/**
 * nst_file_save:
 * @path: becomes a file of @text, or stays what it was
 *
 * Returns: %FALSE with @error if it cannot be written
 */
gboolean
nst_file_save (const gchar *path, const gchar *text, GError **error)
{
  g_autofree gchar *target = nst_file_follow_links (path);
  g_autofree gchar *folder = g_path_get_dirname (target);
  g_autofree gchar *temporary = g_build_filename (folder, ".nst-XXXXXX", NULL);
  GStatBuf info;
  gint file;
  gboolean done;

  /* such as links in a circle */
  if (g_stat (path, &info) != 0 && errno != ENOENT)
    return fail (error, path);
  file = g_mkstemp (temporary);
  if (file < 0)
    return fail (error, path);
  g_close (file, NULL);
  done = g_file_set_contents_full (temporary, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666,
                                   error);
  if (done)
    {
      nst_file_keep_mode (temporary, target);
      done = g_rename (temporary, target) == 0 || fail (error, path);
    }
  if (!done)
    g_unlink (temporary);
  return done;
}
