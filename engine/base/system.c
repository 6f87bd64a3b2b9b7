/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's only file with calls of Linux's and POSIX's own: on another system this is the one
 * to write anew.  machine.c reads Linux's /proc and control groups, too, but where they are
 * missing there is no limit.
 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/system.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <nst.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIGNMENT    64 /* a cache line, and AVX-512's widest load */
#define HUGE_PAGE    (2u << 20)
#define COMMON_STACK (8 << 20)
#define MAPPED       (128 << 10) /* bytes of an allocation from which on it lies by itself */

/* Left to itself glibc soon takes blocks of up to 32 MiB out of common heaps, and these keep what
 * is freed amid them: up to a quarter more than a run's plan says was resident. */
void
nst_return_freed_memory (void)
{
#ifdef M_MMAP_THRESHOLD
  mallopt (M_MMAP_THRESHOLD, MAPPED);
#endif
}

gpointer
nst_system_alloc (gsize bytes)
{
  gpointer memory = NULL;

  if (posix_memalign (&memory, bytes < HUGE_PAGE ? ALIGNMENT : HUGE_PAGE, bytes) != 0)
    return NULL;
#ifdef MADV_HUGEPAGE
  if (bytes >= HUGE_PAGE)
    madvise (memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
  return memory;
}

void
nst_system_free (gpointer memory)
{
  free (memory);
}

gboolean
nst_system_can_map (gsize bytes)
{
  gpointer trial =
      mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (trial == MAP_FAILED)
    return FALSE;
  munmap (trial, bytes);
  return TRUE;
}

gpointer
nst_system_load (const gchar *name)
{
  return dlopen (name, RTLD_NOW | RTLD_LOCAL);
}

gpointer
nst_system_find (gpointer library, const gchar *symbol)
{
  return dlsym (library, symbol);
}

gint
nst_system_open_file (const gchar *path, gint *number)
{
  gint file = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  struct stat status;

  *number = 0;
  if (file < 0 || fstat (file, &status) != 0)
    *number = errno;
  else if (!S_ISREG (status.st_mode))
    *number = S_ISDIR (status.st_mode) ? EISDIR : EINVAL;
  if (*number == 0)
    return file;
  if (file >= 0)
    close (file);
  return -1;
}

void
nst_system_close_file (gint file)
{
  close (file);
}

guint64
nst_system_page (void)
{
  return sysconf (_SC_PAGESIZE);
}

guint64
nst_system_memory (void)
{
  return sysconf (_SC_PHYS_PAGES) * nst_system_page ();
}

guint
nst_system_processors (void)
{
  for (gint most = 1024; most <= 1 << 20; most *= 2)
    {
      cpu_set_t *set = CPU_ALLOC (most);
      gsize bytes = CPU_ALLOC_SIZE (most);
      gint n = set && sched_getaffinity (0, bytes, set) == 0 ? CPU_COUNT_S (bytes, set) : 0;

      CPU_FREE (set);
      if (n > 0)
        return n;
    }
  return g_get_num_processors ();
}

static guint64
limit_of (gint resource, guint64 otherwise)
{
  struct rlimit limit;

  return getrlimit (resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur
                                                                              : otherwise;
}

NstSystemLimits
nst_system_limits (void)
{
  return (NstSystemLimits){limit_of (RLIMIT_AS, G_MAXUINT64),
                           limit_of (RLIMIT_DATA, G_MAXUINT64),
                           limit_of (RLIMIT_STACK, COMMON_STACK)};
}
