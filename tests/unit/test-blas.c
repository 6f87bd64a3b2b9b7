/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The products that are left to OpenBLAS, whichever build of it is loaded:
 * against plain loops, the same bytes from every number of threads, and not one
 * thread more than the pool has; with little memory, too, and with so little that the
 * engine's own loops have to do.  tests/checks/blas runs this with each build.
 */
#include "base/blas.h"
#include "kernels/kernels.h"
#include "base/parallel.h"
#include "run.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define N      96 /* large enough for OpenBLAS to want all its threads */
#define K      500
#define TASKS  12
#define REPEAT 4

/* One task's matrices: s = a a^T; and in double c = b b, N x N. */
typedef struct
{
  gfloat *a, *s;
  gdouble *b, *c;
} Product;

static void
make_product (Product *it, guint64 seed)
{
  *it = (Product){g_new (gfloat, N * K + NST_KERNEL_LANES), g_new0 (gfloat, N * N),
                  g_new (gdouble, N * N), g_new0 (gdouble, N * N)};
  for (gint i = 0; i < N * K; i++)
    it->a[i] = test_uniform (seed, i);
  for (gint i = 0; i < N * N; i++)
    it->b[i] = test_uniform (seed + 1, i);
}

static void
clear_product (Product *it)
{
  g_free (it->a);
  g_free (it->b);
  g_free (it->c);
  g_free (it->s);
}

static gint
count_threads (void)
{
  GDir *tasks = g_dir_open ("/proc/self/task", 0, NULL);
  gint n = 0;

  g_assert_nonnull (tasks);
  while (g_dir_read_name (tasks))
    n++;
  g_dir_close (tasks);
  return n;
}

/* Threads that were joined may be seen for a moment more. */
static void
wait_for_threads (gint n)
{
  for (gint i = 0; i < 60000 && count_threads () != n; i++)
    g_usleep (1000);
  g_assert_cmpint (count_threads (), ==, n);
}

typedef struct
{
  Product *product;
  gint most; /* threads ever seen; atomic */
} Job;

static void
task (gint index, gint thread, gpointer data)
{
  Job *job = data;
  Product *it = &job->product[index];
  gint n, most;

  for (gint i = 0; i < REPEAT; i++)
    {
      nst_gemm_double (N, N, it->b, it->b, it->c);
      nst_syrk (N, K, it->a, K, it->s);
    }
  n = count_threads ();
  while ((most = g_atomic_int_get (&job->most)) < n
         && !g_atomic_int_compare_and_exchange (&job->most, most, n))
    ;
}

static void
check_oracle (const Product *it)
{
  gdouble *c = g_new0 (gdouble, N * N), *s = g_new0 (gdouble, N * N);

  for (gint i = 0; i < N; i++)
    for (gint j = 0; j < N; j++)
      {
        for (gint k = 0; k < N; k++)
          c[i * N + j] += it->b[i * N + k] * it->b[k * N + j];
        for (gint k = 0; j <= i && k < K; k++)
          s[i * N + j] += (gdouble) it->a[i * K + k] * it->a[j * K + k];
      }
  test_at_most (test_relative (it->c, c, N * N), 1e-14);
  test_at_most (test_relative_float (it->s, s, N * N), 1e-6);
  g_free (c);
  g_free (s);
}

/* Products of double, of sizes that divide by 4 and others. */
static void
check_double (void)
{
  for (gint n = 1; n <= 130; n += n < 10 ? 1 : 40)
    {
      gdouble *a = g_new (gdouble, n * n), *b = g_new (gdouble, n * n);
      gdouble *c = g_new (gdouble, n * n), *right = g_new0 (gdouble, n * n);

      for (gint i = 0; i < n * n; i++)
        {
          a[i] = test_uniform (100 + n, i);
          b[i] = test_uniform (200 + n, i);
          c[i] = NAN;
        }
      for (gint i = 0; i < n; i++)
        for (gint j = 0; j < n; j++)
          for (gint k = 0; k < n; k++)
            right[i * n + j] += a[i * n + k] * b[k * n + j];
      nst_gemm_double (n, n, a, b, c);
      test_at_most (test_relative (c, right, n * n), 1e-14);
      g_free (a);
      g_free (b);
      g_free (c);
      g_free (right);
    }
}

/* The same, on so many threads, with the memory that there is. */
static void
check_products (gint threads)
{
  Product product[TASKS];
  Job job = {product, 0};
  NstPool *pool = nst_pool_new (threads);

  for (gint i = 0; i < TASKS; i++)
    make_product (&product[i], 10 * i);
  nst_pool_run (pool, TASKS, task, &job);
  nst_pool_free (pool);
  for (gint i = 0; i < TASKS; i++)
    {
      check_oracle (&product[i]);
      clear_product (&product[i]);
    }
  check_double ();
}

/* Before OpenBLAS is loaded. */
static void
test_plain (void)
{
  check_products (1);
  check_products (3);
}

/* Address space of this many bytes beside what is taken. */
static void
leave_room (guint64 bytes)
{
  gchar *text = NULL;
  struct rlimit limit = {0};

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  limit.rlim_cur = limit.rlim_max =
      g_ascii_strtoull (text, NULL, 10) * sysconf (_SC_PAGESIZE) + bytes;
  g_free (text);
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
}

static void
with_room (gconstpointer mib)
{
  leave_room ((guint64) GPOINTER_TO_INT (mib) << 20);
  nst_blas_reserve (4, 0);
  check_products (4);
  nst_blas_reserve (64, 0);
  check_products (2);
}

/* From too little for the library to enough for a few buffers; OpenBLAS alone would never
 * return. */
static const gint rooms[] = {50, 100, 200, 400, 600, 800, 1000, 1200, 1600};

static gchar *
room_path (gint i)
{
  return g_strdup_printf ("/blas/little-memory/subprocess/%d", rooms[i]);
}

static void
test_little_memory (void)
{
  if (!test_limits_memory ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      gchar *path = room_path (i);

      g_test_trap_subprocess (path, 20 * G_USEC_PER_SEC, 0);
      g_test_trap_assert_passed ();
      g_free (path);
    }
}

/* Computes as long as it is wanted. */
typedef struct
{
  Product product;
  gboolean enough; /* atomic */
} Worker;

static gpointer
work (gpointer data)
{
  Worker *it = data;

  do
    {
      nst_gemm_double (N, N, it->product.b, it->product.b, it->product.c);
      nst_syrk (N, K, it->product.a, K, it->product.s);
    }
  while (!g_atomic_int_get (&it->enough));
  return NULL;
}

#define RESERVING 3 /* threads */

static gpointer
reserve (gpointer data)
{
  for (gint i = 0; i < 12; i++)
    nst_blas_reserve (1 + i % 8, 0);
  return NULL;
}

/* Runs begin while others compute, and there is no room for more buffers than there are. */
static void
test_reserve_meanwhile (void)
{
  Worker worker[4] = {0};
  GThread *computing[G_N_ELEMENTS (worker)], *reserving[RESERVING];

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 20 * G_USEC_PER_SEC, 0);
      g_test_trap_assert_passed ();
      return;
    }
  nst_blas_reserve (2, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (worker); i++)
    {
      make_product (&worker[i].product, 10 * i);
      computing[i] = g_thread_new ("computes", work, &worker[i]);
    }
  if (test_limits_memory ())
    leave_room ((guint64) 100 << 20);
  for (gsize i = 0; i < RESERVING; i++)
    reserving[i] = g_thread_new ("reserves", reserve, NULL);
  for (gsize i = 0; i < RESERVING; i++)
    g_thread_join (reserving[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (worker); i++)
    {
      g_atomic_int_set (&worker[i].enough, TRUE);
      g_thread_join (computing[i]);
      check_oracle (&worker[i].product);
      clear_product (&worker[i].product);
    }
}

static void
test_products (void)
{
  Product product[TASKS], first[TASKS];
  gsize n = N * N;
  gint before = count_threads ();

  nst_blas_reserve (4, 0);
  g_assert_cmpint (count_threads (), ==, before);
  check_double ();
  for (gint threads = 1; threads <= 4; threads++)
    {
      NstPool *pool = nst_pool_new (threads);
      Job job = {product, 0};

      for (gint i = 0; i < TASKS; i++)
        make_product (&product[i], 10 * i);
      nst_pool_run (pool, TASKS, task, &job);
      nst_pool_free (pool);
      g_assert_cmpint (job.most, ==, before + threads - 1);
      wait_for_threads (before);
      for (gint i = 0; i < TASKS; i++)
        if (threads == 1)
          {
            first[i] = product[i];
            check_oracle (&first[i]);
          }
        else
          {
            g_assert_cmpmem (product[i].c, n * sizeof (gdouble), first[i].c,
                             n * sizeof (gdouble));
            g_assert_cmpmem (product[i].s, n * sizeof (gfloat), first[i].s,
                             n * sizeof (gfloat));
            clear_product (&product[i]);
          }
    }
  for (gint i = 0; i < TASKS; i++)
    clear_product (&first[i]);
}

static NstAction
see_threads (const NstProgress *progress, gpointer data)
{
  *(gint *) data = count_threads ();
  return NST_ACTION_GO_ON;
}

/* A run has the threads that it was told to have. */
static void
test_run (void)
{
  RunCase it;
  gint before = count_threads ();

  run_case_init (&it);
  for (gint threads = 1; threads <= 4; threads++)
    {
      gint during = 0;
      NstImage image;

      it.settings.threads = threads;
      image = run_case_run (&it, see_threads, &during);
      g_assert_cmpint (during, ==, before + threads - 1);
      wait_for_threads (before);
      nst_image_clear (&image);
    }
  run_case_clear (&it);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blas/plain", test_plain);
  g_test_add_func ("/blas/little-memory", test_little_memory);
  for (gsize i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      gchar *path = room_path (i);

      g_test_add_data_func (path, GINT_TO_POINTER (rooms[i]), with_room);
      g_free (path);
    }
  g_test_add_func ("/blas/reserve-meanwhile", test_reserve_meanwhile);
  g_test_add_func ("/blas/products", test_products);
  g_test_add_func ("/blas/run", test_run);
  return g_test_run ();
}
