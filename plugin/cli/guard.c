/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold however the program ends: no half-written file stays.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

static volatile sig_atomic_t caught;
/* No allocation: the signal handler reads them. */
static gchar temporary_folder[4096];
static gchar temporary_file[4096];

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
  atexit (cli_guard_remove_temporary);
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
