/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are replaced: a link stays a link, a file keeps its mode, and there is never
 * half of one, nor something else replaced.
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
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
 * Gives it @target's mode, if that is there, and its owner where that is allowed; but nobody trusted
 * it to run as somebody else.
 */
void
nst_file_keep_mode (const gchar *path, const gchar *target)
{
  struct stat old, new;

  if (stat (target, &old) != 0 || stat (path, &new) != 0)
    return;
  if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid)
      && chown (path, old.st_uid, old.st_gid) != 0 && chown (path, (uid_t) -1, old.st_gid) != 0)
    old.st_mode &= ~(mode_t) S_IRWXG; /* which are another group's */
  chmod (path, old.st_mode & 0777);
}

/* Ends the function; @format's first %s is the name of @path.  errno is @number for the others. */
#define FAIL(error, number, path, format, ...)                                                 \
  G_STMT_START                                                                                 \
  {                                                                                            \
    const gint problem_number = number;                                                        \
    g_autofree gchar *name = nst_display_name (path);                                          \
                                                                                               \
    errno = problem_number;                                                                    \
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (problem_number), format, name,  \
                 ##__VA_ARGS__);                                                               \
    return FALSE;                                                                              \
  }                                                                                            \
  G_STMT_END

/* Where a folder has the sticky bit, as /tmp has, others' files stay. */
static gboolean
is_others (const gchar *folder, const struct stat *target)
{
  struct stat info;

  return geteuid () != 0 && stat (folder, &info) == 0 && (info.st_mode & S_ISVTX)
         && target->st_uid != geteuid () && info.st_uid != geteuid ();
}

/**
 * nst_file_check:
 * @path: of a file to be made or replaced
 *
 * Returns: %FALSE with @error if it is clear already that it cannot be
 */
gboolean
nst_file_check (const gchar *path, GError **error)
{
  g_autofree gchar *target = nst_file_follow_links (path);
  g_autofree gchar *folder = g_path_get_dirname (target);
  struct stat info;
  const gboolean there = stat (path, &info) == 0;

  if (!there && errno != ENOENT)
    FAIL (error, errno, path, _ ("“%s” cannot be replaced: %s."), g_strerror (errno));
  if (!*path || (there && !S_ISREG (info.st_mode)))
    FAIL (error, EINVAL, path,
          _ ("“%s” is no file that could be replaced: choose another name."));
  if (access (folder, W_OK | X_OK) != 0)
    FAIL (error, errno, folder, _ ("The folder “%s” cannot be written to: %s."),
          g_strerror (errno));
  if (there && is_others (folder, &info))
    FAIL (error, EPERM, path, _ ("“%s” cannot be replaced: %s."), g_strerror (EPERM));
  if (there && access (target, W_OK) != 0)
    FAIL (error, errno, path, _ ("“%s” cannot be replaced: %s."), g_strerror (errno));
  return TRUE;
}

/* Closes @file.  Returns: %FALSE with errno */
static gboolean
write_text (gint file, const gchar *text)
{
  gsize left = strlen (text);
  gint problem = 0;

  while (left > 0 && problem == 0)
    {
      const gssize n = write (file, text, left);

      if (n < 0 && errno != EINTR)
        problem = errno;
      text += MAX (n, 0);
      left -= (gsize) MAX (n, 0);
    }
  if (problem == 0 && fsync (file) != 0)
    problem = errno;
  if (close (file) != 0 && problem == 0)
    problem = errno;
  errno = problem;
  return problem == 0;
}

/* By way of @temporary, as g_mkstemp() takes and changes it. */
static gboolean
replace (gchar *temporary, const gchar *target, const gchar *text, GError **error)
{
  const gint file = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  gint problem = file < 0 || !write_text (file, text) ? errno : 0;

  if (problem == 0)
    {
      nst_file_keep_mode (temporary, target);
      problem = g_rename (temporary, target) == 0 ? 0 : errno;
    }
  if (problem == 0)
    return TRUE;
  if (file >= 0)
    g_unlink (temporary);
  FAIL (error, problem, target, _ ("“%s” cannot be written: %s."), g_strerror (problem));
}

/**
 * nst_file_problem:
 * @path: what a library could not write, and does not tell why; some bytes are added to it
 *
 * Returns: why the disk takes no more of it, an errno, %ENOSPC also of a quota; 0 if it does
 */
gint
nst_file_problem (const gchar *path)
{
  static const guint8 piece[4096];
  gint file = g_open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600), problem = 0;

  if (file < 0)
    return errno;
  for (gint i = 0; i < 2 && problem == 0; i++) /* of the first there may be room for a part */
    if (write (file, piece, sizeof piece) < 0)
      problem = errno;
  if (problem == 0 && fsync (file) != 0)
    problem = errno;
  close (file);
  return problem == EDQUOT ? ENOSPC : problem;
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
  sigset_t all, before;
  gboolean done;

  if (!nst_file_check (path, error))
    return FALSE;
  /* none ends a program of one thread while the temporary file is there; in one of several, such as
   * the plug-ins, another thread may be told to, and the hidden file stays, which nobody reads */
  sigfillset (&all);
  pthread_sigmask (SIG_BLOCK, &all, &before);
  done = replace (temporary, target, text, error);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return done;
}
