/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold however the program ends: no half-written file stays.
 *
 * SIGTERM and its like end the program at once, Ctrl-C too as long as there is nothing to keep;
 * then the first one is only noted, and the second ends it.  The handler calls
 * nothing but what signal-safety(7) allows.
 */
#define _GNU_SOURCE /* getdents64 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli.h"
#include "files.h"

static volatile sig_atomic_t interrupted; /* by Ctrl-C, once there was something to keep */
static volatile sig_atomic_t worth_saving;
static volatile sig_atomic_t in_place; /* the picture is: nothing is to be undone any more */
static volatile sig_atomic_t late;     /* the signal that came then, or 0 */
static pthread_t main_thread;

static const gint ends[] = {SIGTERM, SIGQUIT, SIGXCPU}; /* always and at once */

/* No allocation: the handlers read these.  "" is none. */
static gchar temporary_folder[4096];
static gint temporary_fd = -1; /* that folder, as it may be that nothing more can be opened */
static gchar report_file[4096];
static gchar text_cancelled[512];
static gchar text_memory[512];

static void
write_text (const gchar *text)
{
  gsize length = strlen (text), done = 0;

  while (done < length)
    {
      gssize n = write (STDERR_FILENO, text + done, length - done);

      if (n <= 0)
        return;
      done += (gsize) n;
    }
}

/* Deletes the temporary folder and all that is in it. */
static void
remove_folder (void)
{
  gchar entries[4096] __attribute__ ((aligned (8)));
  gssize n;

  if (!*temporary_folder)
    return;
  lseek (temporary_fd, 0, SEEK_SET);
  while ((n = getdents64 (temporary_fd, entries, sizeof entries)) > 0)
    for (gssize at = 0; at < n;)
      {
        const struct dirent64 *entry = (const struct dirent64 *) (entries + at);

        unlinkat (temporary_fd, entry->d_name, 0);
        at += entry->d_reclen;
      }
  rmdir (temporary_folder);
}

static void
leave_no_file (void)
{
  remove_folder ();
  cli_guard_remove_report ();
  /* another thread may have written there meanwhile */
  remove_folder ();
}

static void
on_signal (gint number)
{
  gint kept = errno;

  /* one thread handles them, so that it can hold them off: see cli_guard_make_folder() */
  if (!pthread_equal (pthread_self (), main_thread))
    pthread_kill (main_thread, number);
  else if (in_place)
    late = number;
  else if (number == SIGINT && worth_saving && !interrupted)
    interrupted = TRUE;
  else
    {
      leave_no_file ();
      write_text (text_cancelled);
      _exit (128 + number);
    }
  errno = kept;
}

/* A library's end of the program, mostly for want of memory: GLib's and C++'s abort, and what
 * comes of a NULL that nobody looked at.  Where memory is limited that is what is said;
 * else the fault shows as it is. */
static void
on_crash (gint number)
{
  struct rlimit limit;

  if (!in_place)
    leave_no_file ();
  if (!in_place && getrlimit (RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    {
      write_text (text_memory);
      _exit (1);
    }
  signal (number, SIG_DFL);
  raise (number);
}

static void
set_text (gchar *to, gsize size, const gchar *text)
{
  /* where a bar stands, its line is used */
  g_snprintf (to, size, "%snst: %s\n", isatty (STDERR_FILENO) ? "\r\033[K" : "", text);
}

static void
handle (gint number, void (*handler) (gint), gint flags)
{
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

  sigfillset (&action.sa_mask);
  sigaction (number, &action, NULL);
}

/* Where address space is short, threads take no 64 MiB each for their small things, and a
 * crash is met on a stack of its own. */
static void
prepare_for_little_memory (void)
{
  static gchar stack[65536];
  const stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
  const gint crashes[] = {SIGABRT, SIGTRAP, SIGSEGV, SIGBUS};
  struct rlimit limit;

  if (getrlimit (RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    mallopt (M_ARENA_MAX, 1);
  sigaltstack (&own, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (crashes); i++)
    handle (crashes[i], on_crash, SA_ONSTACK | SA_RESETHAND);
}

/**
 * cli_guard_start:
 *
 * From now on signals are handled.  To be called by the main thread, before there are others.
 */
void
cli_guard_start (void)
{
  struct sigaction old;

  main_thread = pthread_self ();
  set_text (text_cancelled, sizeof text_cancelled, _ ("Cancelled; nothing was written."));
  set_text (
      text_memory, sizeof text_memory,
      _ ("The memory that may be used (ulimit -v) does not suffice; nothing was written."));
  handle (SIGINT, on_signal, SA_RESTART);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    handle (ends[i], on_signal, SA_RESTART);
  /* nohup wants hang-ups to be ignored. */
  if (sigaction (SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
    handle (SIGHUP, on_signal, SA_RESTART);
  /* A limit of size and a reader that went away are errors of writing then. */
  handle (SIGXFSZ, SIG_IGN, 0);
  handle (SIGPIPE, SIG_IGN, 0);
  prepare_for_little_memory ();
  atexit (cli_guard_remove_temporary);
}

/**
 * cli_guard_worth_saving:
 *
 * From now on there is a picture, which the first Ctrl-C leaves to be written.
 */
void
cli_guard_worth_saving (void)
{
  worth_saving = TRUE;
}

/**
 * cli_guard_interrupted:
 *
 * Returns: whether Ctrl-C asks to stop and to keep what there is
 */
gboolean
cli_guard_interrupted (void)
{
  return interrupted;
}

/* Signals wait while a file is made and its name noted. */
static void
hold_signals (sigset_t *before)
{
  sigset_t held;

  sigemptyset (&held);
  sigaddset (&held, SIGINT);
  sigaddset (&held, SIGHUP);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    sigaddset (&held, ends[i]);
  pthread_sigmask (SIG_BLOCK, &held, before);
}

/**
 * cli_guard_make_folder:
 * @template: as g_mkdtemp() takes and changes it
 *
 * Makes a temporary folder, which is deleted with all that is in it at the end of the
 * program or by cli_guard_remove_temporary().
 *
 * Returns: %FALSE with errno
 */
gboolean
cli_guard_make_folder (gchar *template)
{
  sigset_t before;
  gint number;
  gboolean made;

  hold_signals (&before);
  made = g_mkdtemp (template) != NULL;
  if (made && (temporary_fd = open (template, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
    {
      number = errno;
      rmdir (template);
      errno = number;
      made = FALSE;
    }
  number = errno;
  if (made)
    g_strlcpy (temporary_folder, template, sizeof temporary_folder);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  errno = number;
  return made;
}

/**
 * cli_guard_put_in_place:
 * @file: that is complete
 * @target: the name that it gets
 *
 * From then on signals undo nothing: the picture is either there and the run was well, or it
 * is not.
 *
 * Returns: %FALSE with errno
 */
gboolean
cli_guard_put_in_place (const gchar *file, const gchar *target)
{
  sigset_t before;
  gint number;
  gboolean done;

  hold_signals (&before);
  done = g_rename (file, target) == 0;
  number = errno;
  in_place = done;
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  errno = number;
  return done;
}

/**
 * cli_guard_begin_picture:
 *
 * From now on signals end the program again, after a picture that is in its place.
 *
 * Returns: the signal that came since then and asks for no further picture, or 0
 */
gint
cli_guard_begin_picture (void)
{
  in_place = FALSE;
  return late;
}

/**
 * cli_guard_remove_temporary:
 *
 * Deletes the temporary folder, if there is one.
 */
void
cli_guard_remove_temporary (void)
{
  sigset_t before;

  hold_signals (&before);
  remove_folder ();
  if (*temporary_folder)
    close (temporary_fd);
  *temporary_folder = '\0';
  pthread_sigmask (SIG_SETMASK, &before, NULL);
}

/* The file at @path, and nobody's stream, as the shell gives it. */
static gboolean
is_own_file (gint file, const gchar *path)
{
  struct stat info, there, stream;

  if (fstat (file, &info) != 0 || !S_ISREG (info.st_mode) || stat (path, &there) != 0
      || there.st_dev != info.st_dev || there.st_ino != info.st_ino)
    return FALSE;
  for (gint fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
    if (fstat (fd, &stream) == 0 && stream.st_dev == info.st_dev
        && stream.st_ino == info.st_ino)
      return FALSE;
  return TRUE;
}

/**
 * cli_guard_open_report:
 * @path: created or emptied; deleted when the program ends early, unless it is a device, a pipe or
 *   one of the standard streams
 *
 * Returns: the file, or %NULL with errno
 */
FILE *
cli_guard_open_report (const gchar *path)
{
  g_autofree gchar *target = nst_file_follow_links (path);
  struct stat info;
  sigset_t before;
  gint number;
  FILE *file;

  /* a pipe is opened when somebody else reads from it, which may be never */
  if (stat (path, &info) == 0 && !S_ISREG (info.st_mode))
    return fopen (path, "we");
  hold_signals (&before);
  file = fopen (path, "we");
  number = errno;
  if (file && is_own_file (fileno (file), target))
    g_strlcpy (report_file, target, sizeof report_file);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  errno = number;
  return file;
}

/**
 * cli_guard_remove_report:
 *
 * Deletes the report that is not complete.
 */
void
cli_guard_remove_report (void)
{
  if (*report_file)
    unlink (report_file);
}

/**
 * cli_guard_keep_report:
 *
 * The report is complete.
 */
void
cli_guard_keep_report (void)
{
  *report_file = '\0';
}
