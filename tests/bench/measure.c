/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clock, median, the patterns that are computed with, and the two yardsticks:
 * sgemm and a plain loop of multiplications and additions.
 */
#include "bench.h"

#include <cblas.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/resource.h>

gdouble
bench_cpu_now (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

gdouble
bench_now (void)
{
  return g_get_monotonic_time () / 1e6;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

gdouble
bench_median (gdouble *values, gint n)
{
  qsort (values, n, sizeof *values, compare);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Numbers of 24 bits from a linear congruence. */
void
bench_fill (gfloat *values, gsize n, guint32 seed, gdouble low, gdouble high)
{
  for (gsize i = 0; i < n; i++)
    {
      seed = seed * 1664525u + 1013904223u;
      values[i] = low + (high - low) * (seed >> 8) / 16777216.0;
    }
}

void
bench_image (NstImage *image, gint width, gint height, guint32 seed)
{
  if (!nst_image_alloc (image, width, height, FALSE, NULL))
    bench_fail ("no memory");
  bench_fill (image->rgb, 3 * (gsize) width * (gsize) height, seed, 0, 1);
}

NstTensor
bench_tensor (gint c, gint h, gint w, guint32 seed)
{
  NstTensor t;
  GError *error = NULL;

  if (!nst_tensor_alloc (&t, c, h, w, &error))
    bench_fail ("%s", error->message);
  bench_fill (t.data, nst_tensor_size (&t), seed, 0, 1);
  return t;
}

typedef struct
{
  __typeof__ (cblas_sgemm) *product;
  __typeof__ (openblas_set_num_threads) *set_num_threads;
  NstTensor a, b, c;
  gint bands;
} Sgemm;

/* The engine, which has no use for it, has loaded the library. */
static void
find_sgemm (Sgemm *s)
{
  gpointer library = dlopen ("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);

  if (!library)
    bench_fail ("there is no OpenBLAS");
  s->product = (__typeof__ (s->product)) dlsym (library, "cblas_sgemm");
  s->set_num_threads =
      (__typeof__ (s->set_num_threads)) dlsym (library, "openblas_set_num_threads");
}

static void
sgemm_band (gint index, gint thread, gpointer data)
{
  const Sgemm *s = data;
  gint from = BENCH_SGEMM_SIDE * index / s->bands;
  gint to = BENCH_SGEMM_SIDE * (index + 1) / s->bands;
  gsize offset = (gsize) from * BENCH_SGEMM_SIDE;

  s->set_num_threads (1);
  s->product (CblasRowMajor, CblasNoTrans, CblasNoTrans, to - from, BENCH_SGEMM_SIDE,
              BENCH_SGEMM_SIDE, 1, s->a.data + offset, BENCH_SGEMM_SIDE, s->b.data,
              BENCH_SGEMM_SIDE, 0, s->c.data + offset, BENCH_SGEMM_SIDE);
}

gdouble
bench_sgemm (NstPool *pool)
{
  static Sgemm s;
  gdouble start;

  if (!s.a.data)
    {
      find_sgemm (&s);
      s.a = bench_tensor (1, BENCH_SGEMM_SIDE, BENCH_SGEMM_SIDE, 1);
      s.b = bench_tensor (1, BENCH_SGEMM_SIDE, BENCH_SGEMM_SIDE, 2);
      s.c = bench_tensor (1, BENCH_SGEMM_SIDE, BENCH_SGEMM_SIDE, 3);
    }
  start = bench_now ();
  s.bands = nst_pool_threads (pool);
  nst_pool_run (pool, s.bands, sgemm_band, &s);
  return 2.0 * BENCH_SGEMM_SIDE * BENCH_SGEMM_SIDE * BENCH_SGEMM_SIDE / (bench_now () - start)
         / 1e9;
}

#define CHAINS 12 /* independent ones, to hide the latency */
#define ROUNDS 4000000

typedef gfloat Vector __attribute__ ((vector_size (64)));

#ifdef __x86_64__
__attribute__ ((target_clones ("arch=skylake-avx512", "arch=haswell", "default")))
#endif
static void
fma_loop (gint index, gint thread, gpointer data)
{
  Vector chain[CHAINS];
  gfloat *to = data, factor = to[0], sum = to[1];

  for (gint i = 0; i < CHAINS; i++)
    chain[i] = (Vector){0} + (gfloat) i;
  for (gint k = 0; k < ROUNDS; k++)
    for (gint i = 0; i < CHAINS; i++)
      chain[i] = chain[i] * factor + sum;
  for (gint i = 1; i < CHAINS; i++)
    chain[0] += chain[i];
  to[2 + index] = chain[0][0];
}

gdouble
bench_fma (NstPool *pool)
{
  gfloat values[2 + 64] = {0.5f, 0.25f};
  gdouble start = bench_now ();

  nst_pool_run (pool, MIN (nst_pool_threads (pool), 64), fma_loop, values);
  return bench_now () - start;
}
