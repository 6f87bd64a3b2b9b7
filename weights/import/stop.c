/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A signal that ends the program removes the file that is being written first.
 */
#include "tool.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static gchar remove_path[4096]; /* "" for none */

static void
on_signal (int number)
{
  if (remove_path[0])
    unlink (remove_path);
  _exit (EXIT_SIGNAL + number);
}

/**
 * stop_prepare:
 *
 * To be called before there is anything to remove.
 */
void
stop_prepare (void)
{
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = on_signal};

  sigemptyset (&action.sa_mask);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaddset (&action.sa_mask, numbers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaction (numbers[i], &action, NULL);
}

/* @path: what to remove at a signal from now on, or NULL */
void
stop_remove (const gchar *path)
{
  remove_path[0] = '\0';
  if (path && strlen (path) < sizeof remove_path)
    {
      strcpy (remove_path + 1, path + 1);
      remove_path[0] = path[0];
    }
}
