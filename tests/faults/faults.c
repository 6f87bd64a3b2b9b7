/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To be preloaded: in what a program asks the system for, one call fails, or all from one on.
 *
 *     NST_FAULT="KIND AT once|always"  which, counted from 1 since main()
 *     NST_FAULT_COUNT=FILE             gets the number of calls of each kind at the end
 *     NST_FAULT_LOG=FILE               gets a line when the first fails: KIND BYTES WHERE
 *
 * The kinds: alloc (malloc and its relatives, mmap), read, write, rename,
 * sync, close, open (mkdir too), thread (fork too), and short: reads and writes that do less than was asked
 * for, which is no error.
 *
 * Not all of alloc.  GLib, babl, C++ and the dynamic linker end the program by design where
 * g_malloc(), babl_malloc(), new and they have no memory, which this project leaves to them for what
 * is small, and OpenBLAS then tries for ever, so that engine/base/blas.c asks for the memory first.  So calls of less
 * than 4 KiB and theirs are neither counted nor do they fail, unless NST_FAULT_GLIB is set: then
 * those of GLib and babl alone are, from so many bytes on.  The standard streams are left alone, too.
 */
#define _GNU_SOURCE 1

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "faults-private.h"

#define SMALL 4096 /* bytes that GLib or anybody else may need at any time */

static const char *const names[] = {"alloc", "read", "write",  "rename", "sync",
                                    "close", "open", "thread", "short"};

static int kind = -1;
static long at;
static int always;
static size_t glib_from; /* bytes; 0: g_malloc() is left alone */
static atomic_long counts[N_KINDS];
static atomic_int begun, told;

/* Not by what calls.c wraps. */
static void
put_line (const char *path, const char *line, int flags)
{
  long file =
      path ? syscall (SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | flags, 0644) : -1;

  if (file < 0)
    return;
  if (syscall (SYS_write, file, line, strlen (line)) < 0)
    abort ();
  syscall (SYS_close, file);
}

static void
tell (int what, size_t size, const void *caller)
{
  char line[600];
  Dl_info info = {0};

  if (atomic_exchange (&told, 1))
    return;
  dladdr (caller, &info);
  snprintf (line, sizeof line, "%s %zu %s+%#zx %s\n", names[what], size,
            info.dli_fname ? info.dli_fname : "?",
            (size_t) ((const char *) caller - (const char *) info.dli_fbase),
            info.dli_sname ? info.dli_sname : "?");
  put_line (getenv ("NST_FAULT_LOG"), line, O_APPEND);
}

void
nst_fault_counts (char text[FAULT_TEXT])
{
  size_t length = 0;

  for (int i = 0; i < N_KINDS; i++)
    length += (size_t) snprintf (text + length, FAULT_TEXT - length, "%s %ld\n", names[i],
                                 atomic_load (&counts[i]));
}

static void
tell_counts (void)
{
  char text[FAULT_TEXT];

  nst_fault_counts (text);
  put_line (getenv ("NST_FAULT_COUNT"), text, O_TRUNC);
}

void
nst_fault_set (const char *fault)
{
  char kind_name[16] = "", how[16] = "";

  kind = -1;
  if (fault && sscanf (fault, "%15s %ld %15s", kind_name, &at, how) != 3)
    abort ();
  always = strcmp (how, "always") == 0;
  atomic_store (&told, 0);
  for (int i = 0; i < N_KINDS; i++)
    {
      atomic_store (&counts[i], 0);
      if (strcmp (kind_name, names[i]) == 0)
        kind = i;
    }
}

void
nst_fault_begin (void)
{
  const char *glib = getenv ("NST_FAULT_GLIB");

  glib_from = glib ? strtoul (glib, NULL, 10) : 0;
  nst_fault_set (getenv ("NST_FAULT"));
  atomic_store (&begun, 1);
  atexit (tell_counts);
}

/* Whether this call, which is one of the kind @what, is to fail. */
int
nst_fails (int what, size_t size, const void *caller)
{
  long number;

  if (!atomic_load (&begun))
    return 0;
  number = atomic_fetch_add (&counts[what], 1) + 1;
  if (what != kind || number < at || (number > at && !always))
    return 0;
  tell (what, size, caller);
  return 1;
}

static int
is_from (const Dl_info *caller, const char *library, const char *function)
{
  return strstr (caller->dli_fname, library)
         && (!function
             || (caller->dli_sname
                 && strncmp (caller->dli_sname, function, strlen (function)) == 0));
}

/* Who ends the program, see above. */
static int
is_allocator (const Dl_info *caller)
{
  return (is_from (caller, "/libglib-", NULL) && !is_from (caller, "/libglib-", "g_try_"))
         || is_from (caller, "/libbabl-", "babl_");
}

/* Whether the call may fail. */
static int
is_counted (size_t size, const void *address)
{
  Dl_info caller;

  if (!dladdr (address, &caller) || !caller.dli_fname)
    return !glib_from;
  if (glib_from)
    return size >= glib_from && is_allocator (&caller);
  return !is_allocator (&caller) && !is_from (&caller, "/ld-linux", NULL)
         && !is_from (&caller, "/libstdc++", "_Znw")
         && !is_from (&caller, "/libopenblas", NULL);
}

int
nst_alloc_fails (size_t size, const void *caller)
{
  static _Thread_local int inside; /* dladdr() may ask for memory */
  int failed = 0;

  if (size < SMALL || !atomic_load (&begun) || inside)
    return 0;
  inside = 1;
  if (is_counted (size, caller))
    failed = nst_fails (ALLOC, size, caller);
  inside = 0;
  if (failed)
    errno = ENOMEM;
  return failed;
}
