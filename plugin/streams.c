/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The standard streams of nst and nst-import: none is taken for a file, and what could
 * not be said there is an error.
 */
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include <nst.h>

static const gchar *name;

/* Else the next file that is opened would be one of them, and receive what is meant for it.
 * What is written there fails, as it does where they are closed. */
static void
open_streams (void)
{
  for (gint fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) == -1 && errno == EBADF)
      open ("/dev/null",
            fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* the lowest that is free */
}

/**
 * nst_file_close:
 * @file: (transfer full): written to; fwrite() may have taken what was left in its buffer when
 *   that could not be written
 *
 * Returns: whether all has been written
 */
gboolean
nst_file_close (FILE *file)
{
  const gboolean good = !ferror (file);

  return fclose (file) == 0 && good;
}

static void
check_output (void)
{
  if (nst_file_close (stdout))
    return;
  g_printerr (_ ("%s: The standard output cannot be written to: it is closed, or its disk is "
                 "full.\n"),
              name);
  _exit (1);
}

/**
 * nst_streams_start:
 * @program: what it is called
 *
 * To be called first.  At the end, also at that by exit(), what could not be written to the
 * standard output is told of, and the status is 1.
 */
void
nst_streams_start (const gchar *program)
{
  name = program;
  open_streams ();
  atexit (check_output);
}

/**
 * nst_streams_printable:
 * @text: what went wrong
 *
 * Returns: the same, but what would steer a terminal is escaped: file names have been (a backslash is one
 *   of theirs), but not all that stood on the command line
 */
gchar *
nst_streams_printable (const gchar *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\\", -1);

  for (gchar **part = parts; *part; part++)
    {
      gchar *shown = nst_display_name (*part);

      g_free (*part);
      *part = shown;
    }
  return g_strjoinv ("\\", parts);
}
