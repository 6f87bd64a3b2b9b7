/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops over plain arrays against plain loops in double, in each
 * instruction set that this processor has.
 */
#include "common.h"
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

#define MAX_N    150
#define N_ARRAYS 11

/* Arrays that begin off every alignment. */
typedef struct
{
  gfloat memory[N_ARRAYS][MAX_N + 16];
  gfloat *a[N_ARRAYS];
} Arrays;

static void
fill (Arrays *arrays, guint64 seed)
{
  for (gint k = 0; k < N_ARRAYS; k++)
    {
      arrays->a[k] = arrays->memory[k] + 1 + k % 5;
      for (gint i = 0; i < MAX_N; i++)
        arrays->a[k][i] = test_uniform (seed + k, i);
    }
}

static void
check_sums (const NstVectorKernels *kernels, gsize n, const gfloat *a, const gfloat *b)
{
  gdouble sum = 0, size = 0, products = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    {
      sum += a[i];
      size += fabs (a[i]);
      products += (gdouble) a[i] * b[i];
      squares += ((gdouble) a[i] - b[i]) * ((gdouble) a[i] - b[i]);
    }
  test_at_most (fabs (kernels->sum (n, a) - sum), 1e-13);
  test_at_most (fabs (kernels->sum_abs (n, a) - size), 1e-13);
  test_at_most (fabs (kernels->sum_products (n, a, b) - products), 1e-13);
  test_at_most (fabs (kernels->sum_squared_differences (n, a, b) - squares), 1e-13);
}

/* All pairs of count and k arrays, on top of what is in the sums. */
static void
check_dots (const NstVectorKernels *kernels, gsize start, gsize n, const Arrays *arrays)
{
  for (gint count = 0; count <= N_ARRAYS; count++)
    for (gint k = 2; k <= 3; k++)
      {
        const gfloat *with[3] = {arrays->a[3], arrays->a[0], arrays->a[5]};
        gdouble sums[3 * N_ARRAYS];

        for (gint i = 0; i < k * count; i++)
          sums[i] = i;
        kernels->dots (start, n, count, arrays->a, k, with, sums);
        for (gint i = 0; i < k * count; i++)
          {
            gdouble sum = i;

            for (gsize x = start; x < start + n; x++)
              sum += (gdouble) arrays->a[i / k][x] * with[i % k][x];
            test_at_most (fabs (sums[i] - sum), 1e-13);
          }
      }
}

static void
check_combine (const NstVectorKernels *kernels, gsize start, gsize n, const Arrays *arrays)
{
  for (gint count = 0; count <= N_ARRAYS; count++)
    {
      gdouble factors[N_ARRAYS], to[MAX_N], want[MAX_N];

      for (gsize x = 0; x < n; x++)
        to[x] = want[x] = x;
      for (gint i = 0; i < count; i++)
        {
          factors[i] = pow (-3, i % 4);
          for (gsize x = 0; x < n; x++)
            want[x] += factors[i] * arrays->a[i][start + x];
        }
      kernels->combine (start, n, count, arrays->a, factors, to);
      for (gsize x = 0; x < n; x++)
        test_at_most (fabs (to[x] - want[x]), 1e-12);
    }
}

/* Also in place; and nothing is written behind the end. */
static void
check_writers (const NstVectorKernels *kernels, gsize n, const Arrays *arrays)
{
  for (gint where = 0; where < 3; where++)
    {
      gfloat work[3][MAX_N + 1];

      for (gint k = 0; k < 3; k++)
        memcpy (work[k], arrays->a[k], (MAX_N) * sizeof (gfloat));
      kernels->subtract (n, work[0], work[1], work[where]);
      for (gsize i = 0; i < MAX_N; i++)
        g_assert_cmpfloat (work[where][i], ==,
                           i < n ? arrays->a[0][i] - arrays->a[1][i] : arrays->a[where][i]);

      for (gint k = 0; k < 3; k++)
        memcpy (work[k], arrays->a[k], (MAX_N) * sizeof (gfloat));
      kernels->add_scaled (n, work[0], 0.3f, work[1], work[where]);
      for (gsize i = 0; i < MAX_N; i++)
        test_at_most (fabs (work[where][i]
                            - (i < n ? arrays->a[0][i] + (gdouble) 0.3f * arrays->a[1][i]
                                     : arrays->a[where][i])),
                      i < n ? 2e-7 : 0);
    }
}

static void
check_steps (const NstVectorKernels *kernels, gsize n, const Arrays *arrays, gdouble high)
{
  const gfloat *x = arrays->a[0], *g = arrays->a[1];
  gfloat m1[MAX_N], m2[MAX_N], to[MAX_N];

  for (gsize i = 0; i < n; i++)
    {
      m1[i] = arrays->a[2][i];
      m2[i] = fabsf (arrays->a[3][i]);
    }
  kernels->adam (n, x, g, 0.2, 1.5, high, m1, m2, to);
  for (gsize i = 0; i < n; i++)
    {
      gdouble first = 0.9 * arrays->a[2][i] + 0.1 * g[i];
      gdouble second = 0.999 * fabs (arrays->a[3][i]) + 0.001 * g[i] * g[i];
      gdouble next = x[i] - 0.2 * first / (sqrt (second * 1.5) + 1e-8);

      test_at_most (fabs (m1[i] - first), 2e-7);
      test_at_most (fabs (m2[i] - second), 2e-7);
      test_at_most (fabs (to[i] - (high > 0 ? CLAMP (next, 0, high) : next)),
                    4e-6 * (1 + fabs (next)));
    }
  kernels->sgd (n, x, g, 0.7, high, to);
  for (gsize i = 0; i < n; i++)
    {
      gdouble next = x[i] - 0.7 * g[i];

      test_at_most (fabs (to[i] - (high > 0 ? CLAMP (next, 0, high) : next)), 2e-7);
    }
}

static void
test_kernels (gconstpointer name)
{
  const NstKernels *kernels = test_kernels_named (name);
  Arrays arrays;

  if (!kernels)
    return;
  fill (&arrays, 1400);
  for (gsize n = 0; n < MAX_N - 7; n++)
    {
      check_sums (kernels->vector, n, arrays.a[0], arrays.a[1]);
      check_dots (kernels->vector, n % 7, n, &arrays);
      check_combine (kernels->vector, n % 7, n, &arrays);
      check_writers (kernels->vector, n, &arrays);
      check_steps (kernels->vector, n, &arrays, 0);
      check_steps (kernels->vector, n, &arrays, 0.5);
    }
}

/* What is not a number in an array is none in its sum of magnitudes: the
 * optimisers rely on it. */
static void
test_not_finite (gconstpointer name)
{
  const NstKernels *kernels = nst_kernels_named (name);
  Arrays arrays;

  for (gint at = 0; kernels && at < 40; at++)
    {
      fill (&arrays, 1400);
      arrays.a[0][at] = at % 2 ? NAN : -INFINITY;
      g_assert_false (isfinite (kernels->vector->sum_abs (40, arrays.a[0])));
      g_assert_true (isfinite (kernels->vector->sum_abs (at, arrays.a[0])));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kernels ("/vector/kernels", test_kernels);
  test_add_for_kernels ("/vector/not-finite", test_not_finite);
  return g_test_run ();
}
