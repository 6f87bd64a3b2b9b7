/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a program asks the system for, wrapped so that it fails where faults.c says so.
 */
#define _GNU_SOURCE 1

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "faults-private.h"

#define REAL(name) ((__typeof__ (&name)) real (#name))

static void *
real (const char *name)
{
  return dlsym (RTLD_NEXT, name);
}

/* What is called so often that it is looked up once. */
#define ONCE(name)                                                                             \
  ({                                                                                           \
    if (!real_##name)                                                                          \
      real_##name = REAL (name);                                                               \
    real_##name;                                                                               \
  })

static __typeof__ (&malloc) real_malloc;
static __typeof__ (&calloc) real_calloc;
static __typeof__ (&realloc) real_realloc;
static __typeof__ (&memalign) real_memalign;

#define FAILS(what, size) nst_fails (what, size, __builtin_return_address (0))
#define ALLOC_FAILS(size) nst_alloc_fails (size, __builtin_return_address (0))

/* --------------------------------------------------------------------- memory */

void *
malloc (size_t size)
{
  return ALLOC_FAILS (size) ? NULL : ONCE (malloc) (size);
}

void *
calloc (size_t n, size_t size)
{
  return size && ALLOC_FAILS (n > (size_t) -1 / size ? (size_t) -1 : n * size)
             ? NULL
             : ONCE (calloc) (n, size);
}

void *
realloc (void *old, size_t size)
{
  return ALLOC_FAILS (size) ? NULL : ONCE (realloc) (old, size);
}

void *
memalign (size_t alignment, size_t size)
{
  return ALLOC_FAILS (size) ? NULL : ONCE (memalign) (alignment, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return ALLOC_FAILS (size) ? NULL : ONCE (memalign) (alignment, size);
}

int
posix_memalign (void **memory, size_t alignment, size_t size)
{
  void *made = ALLOC_FAILS (size) ? NULL : ONCE (memalign) (alignment, size);

  if (!made)
    return ENOMEM;
  *memory = made;
  return 0;
}

void *
mmap (void *address, size_t size, int protection, int flags, int file, off_t offset)
{
  if (ALLOC_FAILS (size))
    return MAP_FAILED;
  return (void *) syscall (SYS_mmap, address, size, protection, flags, file, offset);
}

void *
mmap64 (void *address, size_t size, int protection, int flags, int file, off64_t offset)
{
  if (ALLOC_FAILS (size))
    return MAP_FAILED;
  return (void *) syscall (SYS_mmap, address, size, protection, flags, file, offset);
}

/* ---------------------------------------------------------------------- files */

/* The rest of the function fails as the kind @what does. */
#define FAIL_WITH(what, number, value)                                                         \
  do                                                                                           \
    {                                                                                          \
      if (FAILS (what, 0))                                                                     \
        {                                                                                      \
          errno = number;                                                                      \
          return value;                                                                        \
        }                                                                                      \
    }                                                                                          \
  while (0)

#define IS_STANDARD(file) ((file) >= 0 && (file) <= STDERR_FILENO)

/* Less than @size where a transfer is to be short. */
#define SHORTENED(size) ((size) > 1 && FAILS (SHORT, size) ? (size) / 2 : (size))

#define TRANSFER(name, what, number, parameters, arguments)                                    \
  ssize_t name parameters                                                                      \
  {                                                                                            \
    if (IS_STANDARD (file))                                                                    \
      return REAL (name) arguments;                                                            \
    FAIL_WITH (what, number, -1);                                                              \
    size = SHORTENED (size);                                                                   \
    return REAL (name) arguments;                                                              \
  }

TRANSFER (read, READ, EIO, (int file, void *data, size_t size), (file, data, size))
TRANSFER (pread, READ, EIO, (int file, void *data, size_t size, off_t offset),
          (file, data, size, offset))
TRANSFER (pread64, READ, EIO, (int file, void *data, size_t size, off64_t offset),
          (file, data, size, offset))
TRANSFER (write, WRITE, ENOSPC, (int file, const void *data, size_t size), (file, data, size))
TRANSFER (pwrite, WRITE, ENOSPC, (int file, const void *data, size_t size, off_t offset),
          (file, data, size, offset))
TRANSFER (pwrite64, WRITE, ENOSPC, (int file, const void *data, size_t size, off64_t offset),
          (file, data, size, offset))

ssize_t
__read_chk (int file, void *data, size_t size, size_t most)
{
  return size > most ? -1 : read (file, data, size);
}

ssize_t
__pread_chk (int file, void *data, size_t size, off_t offset, size_t most)
{
  return size > most ? -1 : pread (file, data, size, offset);
}

ssize_t
__pread64_chk (int file, void *data, size_t size, off64_t offset, size_t most)
{
  return size > most ? -1 : pread64 (file, data, size, offset);
}

ssize_t
readv (int file, const struct iovec *parts, int n)
{
  FAIL_WITH (READ, EIO, -1);
  return REAL (readv) (file, parts, n);
}

ssize_t
writev (int file, const struct iovec *parts, int n)
{
  if (!IS_STANDARD (file))
    FAIL_WITH (WRITE, ENOSPC, -1);
  return REAL (writev) (file, parts, n);
}

/* A stream remembers that something went wrong; glibc has no function to say so. */
static int
stream_fails (FILE *stream, int what, int number, const void *caller)
{
  if (!nst_fails (what, 0, caller))
    return 0;
  stream->_flags |= 0x20;
  errno = number;
  return 1;
}

#define STREAM_FAILS(stream, what, number)                                                     \
  stream_fails (stream, what, number, __builtin_return_address (0))

size_t
fread (void *data, size_t size, size_t n, FILE *stream)
{
  if (STREAM_FAILS (stream, READ, EIO))
    return 0;
  return REAL (fread) (data, size, n, stream);
}

size_t
fwrite (const void *data, size_t size, size_t n, FILE *stream)
{
  if (!IS_STANDARD (fileno (stream)) && STREAM_FAILS (stream, WRITE, ENOSPC))
    return 0;
  return REAL (fwrite) (data, size, n, stream);
}

int
fflush (FILE *stream)
{
  if (stream && !IS_STANDARD (fileno (stream)) && STREAM_FAILS (stream, WRITE, ENOSPC))
    return EOF;
  return REAL (fflush) (stream);
}

int
ftruncate (int file, off_t size)
{
  FAIL_WITH (WRITE, ENOSPC, -1);
  return REAL (ftruncate) (file, size);
}

int
ftruncate64 (int file, off64_t size)
{
  FAIL_WITH (WRITE, ENOSPC, -1);
  return REAL (ftruncate64) (file, size);
}

#define OPENER(name, folder, ...)                                                              \
  int name (__VA_ARGS__, int flags, ...)                                                       \
  {                                                                                            \
    mode_t mode = 0;                                                                           \
    va_list more;                                                                              \
                                                                                               \
    va_start (more, flags);                                                                    \
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)                                 \
      mode = va_arg (more, mode_t);                                                            \
    va_end (more);                                                                             \
    FAIL_WITH (OPEN, EMFILE, -1);                                                              \
    return (int) syscall (SYS_openat, folder, path, flags, mode);                              \
  }

OPENER (open, AT_FDCWD, const char *path)
OPENER (open64, AT_FDCWD, const char *path)
OPENER (openat, folder, int folder, const char *path)
OPENER (openat64, folder, int folder, const char *path)

int
__open_2 (const char *path, int flags)
{
  return open (path, flags);
}

int
__open64_2 (const char *path, int flags)
{
  return open64 (path, flags);
}

FILE *
fopen (const char *path, const char *mode)
{
  FAIL_WITH (OPEN, EMFILE, NULL);
  return REAL (fopen) (path, mode);
}

FILE *
fopen64 (const char *path, const char *mode)
{
  FAIL_WITH (OPEN, EMFILE, NULL);
  return REAL (fopen64) (path, mode);
}

FILE *
fdopen (int file, const char *mode)
{
  FAIL_WITH (OPEN, ENOMEM, NULL);
  return REAL (fdopen) (file, mode);
}

int
mkdir (const char *path, mode_t mode)
{
  FAIL_WITH (OPEN, ENOSPC, -1);
  return REAL (mkdir) (path, mode);
}

/* A file is closed all the same. */
int
close (int file)
{
  int ended = (int) syscall (SYS_close, file);

  if (!IS_STANDARD (file))
    FAIL_WITH (CLOSE, EIO, -1);
  return ended;
}

int
fclose (FILE *stream)
{
  int is_standard = IS_STANDARD (fileno (stream)), ended = REAL (fclose) (stream);

  if (!is_standard)
    FAIL_WITH (CLOSE, EIO, EOF);
  return ended;
}

int
fsync (int file)
{
  FAIL_WITH (SYNC, EIO, -1);
  return REAL (fsync) (file);
}

int
fdatasync (int file)
{
  FAIL_WITH (SYNC, EIO, -1);
  return REAL (fdatasync) (file);
}

int
rename (const char *from, const char *to)
{
  FAIL_WITH (RENAME, EIO, -1);
  return REAL (rename) (from, to);
}

int
renameat (int from_folder, const char *from, int to_folder, const char *to)
{
  FAIL_WITH (RENAME, EIO, -1);
  return REAL (renameat) (from_folder, from, to_folder, to);
}

/* ------------------------------------------------------ threads and processes */

int
pthread_create (pthread_t *thread, const pthread_attr_t *attributes, void *(*body) (void *),
                void *data)
{
  if (FAILS (THREAD, 0))
    return EAGAIN;
  return REAL (pthread_create) (thread, attributes, body, data);
}

pid_t
fork (void)
{
  if (FAILS (THREAD, 0))
    {
      errno = EAGAIN;
      return -1;
    }
  return REAL (fork) ();
}

/* ----------------------------------------------------------------------- main */

static int (*program) (int, char **, char **);

static int
begin_and_run (int argc, char **argv, char **environment)
{
  nst_fault_begin ();
  return program (argc, argv, environment);
}

int
__libc_start_main (int (*body) (int, char **, char **), int argc, char **argv,
                   void (*start) (void), void (*end) (void), void (*loader_end) (void),
                   void *stack)
{
  int (*next) (int (*) (int, char **, char **), int, char **, void (*) (void), void (*) (void),
               void (*) (void), void *) = (__typeof__ (next)) real ("__libc_start_main");

  program = body;
  return next (begin_and_run, argc, argv, start, end, loader_end, stack);
}
