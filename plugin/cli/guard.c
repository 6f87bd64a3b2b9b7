/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold however the program ends: no half-written file stays, and a
 * failure is one sentence.  GEGL's loaders and savers only warn when they fail,
 * libjpeg writes to stderr and calls exit(); both are caught here.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

static volatile sig_atomic_t caught;
/* No allocation: the signal handler reads them. */
static gchar temporary_folder[4096];
static gchar temporary_file[4096];

static gint real_stderr = -1;
static gchar *problem_now;
static guint n_warnings;

static void
on_signal (gint signal_number)
{
  /* The second time the user means now. */
  if (caught)
    {
      unlink (temporary_file);
      rmdir (temporary_folder);
      _exit (128 + signal_number);
    }
  caught = signal_number;
}

static void
show_stderr (void)
{
  if (real_stderr < 0)
    return;
  fflush (stderr);
  dup2 (real_stderr, STDERR_FILENO);
  close (real_stderr);
  real_stderr = -1;
}

/* The end of the program, also by a library's exit(). */
static void
on_exit_program (void)
{
  cli_guard_remove_temporary ();
  if (problem_now)
    {
      show_stderr ();
      g_printerr ("nst: %s\n", problem_now);
    }
}

/**
 * cli_guard_start:
 *
 * From now on Ctrl-C is only noted.
 */
void
cli_guard_start (void)
{
  struct sigaction action = {.sa_handler = on_signal};
  struct sigaction old;

  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  /* nohup wants hang-ups to be ignored. */
  if (sigaction (SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
    sigaction (SIGHUP, &action, NULL);
  atexit (on_exit_program);
}

/**
 * cli_guard_signal:
 *
 * Returns: the signal that asked the program to end, or 0
 */
gint
cli_guard_signal (void)
{
  return caught;
}

static void
on_log (const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
  if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR))
    n_warnings++;
}

/**
 * cli_guard_quiet:
 * @problem: the sentence for the user if a library ends the program
 *
 * Keeps what libraries write off stderr, until cli_guard_loud().
 */
void
cli_guard_quiet (const gchar *problem)
{
  gint nowhere = open ("/dev/null", O_WRONLY | O_CLOEXEC);

  problem_now = g_strdup (problem);
  n_warnings = 0;
  g_log_set_default_handler (on_log, NULL);
  if (nowhere < 0)
    return;
  fflush (stderr);
  real_stderr = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (real_stderr >= 0)
    dup2 (nowhere, STDERR_FILENO);
  close (nowhere);
}

/**
 * cli_guard_loud:
 *
 * Returns: whether nobody warned since cli_guard_quiet()
 */
gboolean
cli_guard_loud (void)
{
  show_stderr ();
  g_log_set_default_handler (g_log_default_handler, NULL);
  g_clear_pointer (&problem_now, g_free);
  return n_warnings == 0;
}

/**
 * cli_guard_temporary:
 * @folder: to be deleted with all that is in it, at the end of the program or by
 *   cli_guard_remove_temporary()
 * @file: what will be in it
 */
void
cli_guard_temporary (const gchar *folder, const gchar *file)
{
  g_strlcpy (temporary_file, file, sizeof temporary_file);
  g_strlcpy (temporary_folder, folder, sizeof temporary_folder);
}

/**
 * cli_guard_remove_temporary:
 *
 * Deletes the temporary folder, if there is one.
 */
void
cli_guard_remove_temporary (void)
{
  g_autoptr (GDir) folder = *temporary_folder ? g_dir_open (temporary_folder, 0, NULL) : NULL;
  const gchar *name;

  while (folder && (name = g_dir_read_name (folder)))
    {
      g_autofree gchar *path = g_build_filename (temporary_folder, name, NULL);

      unlink (path);
    }
  rmdir (temporary_folder);
  *temporary_folder = *temporary_file = '\0';
}
