/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that knows OpenBLAS.
 *
 * It is loaded by the first run, not linked: when it starts it makes a thread for each processor
 * and ends the program if it cannot, and when a buffer for a product (128 MiB of address space)
 * cannot be had it tries again for ever.  So it gets one thread, its buffers are made while there
 * is room, and no more products are computed at once than there are buffers; where there is
 * no room for any, the loops at the end are used.
 */
#include "base/blas.h"
#include "kernels/kernels.h"
#include "base/machine.h"
#include "base/system.h"

#include <nst.h>

#include <cblas.h>

#define MAX_BUFFERS 64
/* Bytes of address space beside what else is to come: for the library, and for a buffer,
 * whose size it does not tell. */
#define LIBRARY_ROOM ((guint64) 512 << 20)
#define BUFFER_ROOM  ((guint64) 256 << 20)

static struct
{
  gboolean tried;
  __typeof__ (cblas_dgemm) *dgemm;
  __typeof__ (cblas_ssyrk) *ssyrk;
  __typeof__ (openblas_get_parallel) *get_parallel;
  __typeof__ (openblas_set_num_threads) *set_num_threads;
  void (*omp_set_num_threads) (int); /* the OpenMP runtime's, or NULL */
  void *(*take_buffer) (int);        /* these two are in no header, but in every build */
  void (*give_buffer) (void *);
} blas;

static GMutex lock; /* of what is above and below */
static GCond changed;
static gint n_buffers, n_free;
static gboolean making; /* buffers: products wait, and all that there are shall be free */

/* Before main(), while there is one thread: later the environment may be read meanwhile. */
__attribute__ ((constructor)) static void
ask_for_one_thread (void)
{
  g_setenv ("OPENBLAS_NUM_THREADS", "1", TRUE);
}

static gboolean
has_room (guint64 bytes, guint64 keep)
{
  guint64 space = nst_machine_address_space ();

  if (space < bytes || space - bytes < keep)
    return FALSE;
  /* there may be another limit, such as of all that programs may ask for */
  return nst_system_can_map (bytes);
}

#define FIND(library, field, name)                                                             \
  (*(void **) &blas.field = nst_system_find (library, name)) /* POSIX wants it so */

static void
load (void)
{
  gpointer library = nst_system_load ("libopenblas.so.0");

  blas.tried = TRUE;
  if (!library)
    library = nst_system_load ("libopenblas.so");
  if (!library)
    return;
  FIND (library, omp_set_num_threads, "omp_set_num_threads");
  if (!(FIND (library, dgemm, "cblas_dgemm") && FIND (library, ssyrk, "cblas_ssyrk")
        && FIND (library, get_parallel, "openblas_get_parallel")
        && FIND (library, set_num_threads, "openblas_set_num_threads")
        && FIND (library, give_buffer, "blas_memory_free")))
    return;
  FIND (library, take_buffer, "blas_memory_alloc");
}

/* Makes up to @want buffers: all are held at once, so that none is made twice; those that
 * another run's products are using would be. */
static void
make_buffers (gint want, guint64 keep)
{
  void *held[MAX_BUFFERS];
  gint n = 0;

  making = TRUE;
  while (n_free < n_buffers)
    g_cond_wait (&changed, &lock);
  /* a serial build may not be called concurrently */
  if (blas.get_parallel () == OPENBLAS_SEQUENTIAL)
    want = 1;
  while (n < MIN (want, MAX_BUFFERS) && (n < n_buffers || has_room (BUFFER_ROOM, keep)))
    held[n++] = blas.take_buffer (0);
  for (gint i = 0; i < n; i++)
    blas.give_buffer (held[i]);
  n_free += MAX (n - n_buffers, 0);
  n_buffers = MAX (n_buffers, n);
  making = FALSE;
  g_cond_broadcast (&changed);
}

void
nst_blas_reserve (gint n_threads, guint64 keep)
{
  g_mutex_lock (&lock);
  if (!blas.tried && has_room (LIBRARY_ROOM, keep))
    load ();
  while (making)
    g_cond_wait (&changed, &lock);
  if (blas.take_buffer && n_buffers < n_threads)
    make_buffers (n_threads, keep);
  g_mutex_unlock (&lock);
}

/* Makes OpenBLAS compute in the calling thread alone.  The OpenMP build keeps its number of
 * threads for each thread that calls, and from 0.3.29 on takes the runtime's instead; without
 * one of its own a thread would start a team as large as the machine. */
static void
set_one_thread (void)
{
  static _Thread_local gboolean known;

  if (known)
    return;
  blas.set_num_threads (1);
  if (blas.omp_set_num_threads)
    blas.omp_set_num_threads (1);
  known = TRUE;
}

/* FALSE where there is no OpenBLAS; else to be ended with leave(). */
static gboolean
enter (void)
{
  gboolean there;

  g_mutex_lock (&lock);
  while (making || (n_buffers > 0 && n_free == 0))
    g_cond_wait (&changed, &lock);
  there = n_buffers > 0;
  if (there)
    {
      n_free--;
      set_one_thread ();
    }
  g_mutex_unlock (&lock);
  return there;
}

static void
leave (void)
{
  g_mutex_lock (&lock);
  n_free++;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

/* Some 256 KiB of b are gone through for all rows of a before the next. */
static void
multiply (gint m, gint n, const gdouble *a, const gdouble *b, gdouble *c)
{
  gint block = MAX (32768 / n / 4, 1) * 4;

  for (gsize i = 0; i < (gsize) m * n; i++)
    c[i] = 0;
  for (gint start = 0; start < n; start += block)
    for (gint i = 0; i < m; i++)
      for (gint k = start; k < MIN (start + block, n); k += 4)
        {
          const gdouble *x = a + (gsize) i * n + k, *row = b + (gsize) k * n;
          gdouble *to = c + (gsize) i * n;

          if (k + 4 <= n)
            for (gint j = 0; j < n; j++)
              to[j] += x[0] * row[j] + x[1] * row[j + n] + x[2] * row[j + 2 * n]
                       + x[3] * row[j + 3 * n];
          else
            for (gint l = 0; l < n - k; l++)
              for (gint j = 0; j < n; j++)
                to[j] += x[l] * row[(gsize) l * n + j];
        }
}

void
nst_gemm_double (gint m, gint n, const gdouble *a, const gdouble *b, gdouble *c)
{
  if (!enter ())
    {
      multiply (m, n, a, b, c);
      return;
    }
  blas.dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, n, 1.0, a, n, b, n, 0.0, c, n);
  leave ();
}

void
nst_syrk (gint n, gint k, const gfloat *a, gint lda, gfloat *c)
{
  if (!enter ())
    {
      nst_kernels ()->gram (n, k, a, lda, c);
      return;
    }
  blas.ssyrk (CblasRowMajor, CblasLower, CblasNoTrans, n, k, 1.0f, a, lda, 0.0f, c, n);
  leave ();
}
