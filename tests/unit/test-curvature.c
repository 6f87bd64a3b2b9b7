/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * L-BFGS's metric: what pairs tell of it, that steps with it are those of a variable that is
 * scaled, and that it needs fewer of them where parts of a picture bend differently.
 */
#include "common.h"
#include "optimizer/optimizer.h"
#include "base/vector.h"

#include <math.h>
#include <string.h>

#define W     160
#define H     96
#define PLANE (W * H)
#define N     (3 * PLANE)
#define STEEP 300.0 /* how much more the right border bends than the left */

/* sum k (x - a)^2 / 2 + (x - a)^4 / 4, of x or of scale x */
typedef struct
{
  NstMinimizer m;
  NstPool *pool;
  NstCurvature curvature;
  gfloat *outer; /* scale of the variable without the metric, or NULL */
} Hill;

/* Of the hill: found once, as powers take long. */
static gdouble middle[N], steepness[N];

static void
make_hill (void)
{
  for (gsize i = 0; i < N; i++)
    {
      middle[i] = test_uniform (1401, i);
      steepness[i] = pow (STEEP, (gdouble) (i % W) / W) * (1 + test_uniform (1400, i));
    }
}

static gboolean
evaluate (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data, GError **error)
{
  const Hill *it = data;
  gdouble value = 0;

  for (gsize i = 0; i < N; i++)
    {
      gdouble scale = it->outer ? it->outer[i] : 1, k = steepness[i];
      gdouble d = x[i] * scale - middle[i];

      value += 0.5 * k * d * d + 0.25 * d * d * d * d;
      gradient[i] = scale * (k * d + d * d * d);
    }
  *losses = (NstLosses){.total = value};
  return TRUE;
}

static void
begin (Hill *it, gint threads, gboolean metric)
{
  NstMinimizerSpec spec = {.kind = NST_OPTIMIZER_LBFGS, .n = N, .history = 5, .gain = 1};
  NstFunction function = {evaluate, it};
  GError *error = NULL;

  memset (it, 0, sizeof *it);
  it->pool = nst_pool_new (threads);
  nst_minimizer_init (&it->m, &spec, it->pool, nst_alloc (N, sizeof (gfloat), NULL), &function,
                      &error);
  g_assert_no_error (error);
  memset (it->m.x, 0, N * sizeof (gfloat));
  if (!metric)
    return;
  nst_curvature_begin (&it->curvature, W, H);
  it->m.curvature = &it->curvature;
}

static void
run (Hill *it, gint steps)
{
  NstLosses losses;

  for (gint i = 0; i < steps; i++)
    g_assert_true (it->m.step (&it->m, &losses, NULL));
}

static void
end (Hill *it)
{
  nst_minimizer_clear (&it->m);
  nst_curvature_clear (&it->curvature);
  nst_pool_free (it->pool);
  g_free (it->outer);
}

/* A metric of a pair of which each block's curvature is known. */
static void
learn (NstCurvature *curvature)
{
  NstPool *pool = nst_pool_new (2);
  gfloat *s = g_new (gfloat, N), *y = g_new (gfloat, N);
  gdouble sy = 0;

  for (gsize i = 0; i < N; i++)
    {
      s[i] = test_uniform (1402, i) < 0.5 ? -1 : 1;
      y[i] = s[i] * (i % W < 64 ? 1 : 9);
      sy += (gdouble) s[i] * y[i];
    }
  nst_curvature_begin (curvature, W, H);
  g_assert_null (curvature->scale);
  nst_curvature_add (curvature, pool, s, y, sy);
  nst_curvature_find (curvature);
  g_free (s);
  g_free (y);
  nst_pool_free (pool);
}

/* The scale is the inverse root of the curvature that pairs tell, even between the blocks'
 * middles, wherever it is asked for, and is kept by another size. */
static void
found (void)
{
  NstCurvature curvature = {0};
  gfloat *all = g_new (gfloat, N), *part = g_new (gfloat, N);
  gdouble logarithms = 0, mean, ratio;

  learn (&curvature);
  g_assert_cmpint (curvature.side, ==, 16);
  nst_curvature_fill (&curvature, 0, N, all);
  for (gsize i = 0; i < N; i++)
    {
      test_at_most (fabs (all[i] / all[i % W] - 1), 1e-5);
      if (i % W >= 56 && i % W < 71)
        g_assert_cmpfloat (all[i + 1], <, all[i]);
    }
  /* nine times, but for a tenth of the mean that is added to each */
  mean = (64 + 9 * (W - 64.0)) / W;
  ratio = sqrt ((9 / mean + 0.1) / (1 / mean + 0.1));
  test_at_most (fabs (all[0] / all[W - 1] / ratio - 1), 1e-5);
  for (gsize i = 0; i < (gsize) curvature.columns * curvature.rows; i++)
    logarithms += log (curvature.scale[i]);
  test_at_most (fabs (logarithms), 1e-3);
  for (gsize start = 0; start < N; start += 977)
    {
      gsize n = MIN (4096, N - start);

      nst_curvature_fill (&curvature, start, n, part);
      g_assert_cmpmem (part, n * sizeof (gfloat), all + start, n * sizeof (gfloat));
    }
  nst_curvature_begin (&curvature, 2 * W, 2 * H);
  nst_curvature_fill (&curvature, 0, 2 * W, part);
  test_at_most (fabs (part[0] / all[0] - 1), 1e-5);
  test_at_most (fabs (part[2 * W - 1] / all[W - 1] - 1), 1e-5);
  nst_curvature_clear (&curvature);
  g_free (all);
  g_free (part);
}

/* Between the blocks' middles the scale is that of the four around, by how near they are; beyond
 * the outermost it is theirs. */
static void
between (void)
{
  NstCurvature curvature = {0};
  gfloat *all = g_new (gfloat, PLANE);

  nst_curvature_begin (&curvature, W, H);
  curvature.scale = g_new (gfloat, curvature.columns * curvature.rows);
  for (gint i = 0; i < curvature.columns * curvature.rows; i++)
    curvature.scale[i] = 2 + test_uniform (1403, i);
  nst_curvature_fill (&curvature, 0, PLANE, all);
  for (gint i = 0; i < PLANE; i++)
    {
      gdouble x = (i % W + 0.5) / curvature.side - 0.5,
              y = (i / W + 0.5) / curvature.side - 0.5;
      gdouble value = 0;

      for (gint k = 0; k < 4; k++)
        {
          gdouble column = floor (x) + k % 2, row = floor (y) + k / 2;

          value +=
              (1 - fabs (x - column)) * (1 - fabs (y - row))
              * curvature.scale[(gint) CLAMP (row, 0, curvature.rows - 1) * curvature.columns
                                + (gint) CLAMP (column, 0, curvature.columns - 1)];
        }
      test_at_most (fabs (all[i] / value - 1), 1e-6);
    }
  nst_curvature_clear (&curvature);
  g_free (all);
}

/* Neither how long the step is matters, nor how much the loss bends on the whole. */
static void
any_size (void)
{
  static const gfloat length[] = {1, 1e-3f, 1}, bend[] = {1, 1, 1e4f};
  NstCurvature curvature[3] = {{0}};
  NstPool *pool = nst_pool_new (2);
  gfloat *s = g_new (gfloat, N), *y = g_new (gfloat, N);

  for (gint k = 0; k < 3; k++)
    {
      gdouble sy = 0;

      for (gsize i = 0; i < N; i++)
        {
          s[i] = length[k] * (gfloat) (1 + i / W % 40);
          y[i] = s[i] * bend[k] * (gfloat) (1 + i % W / 32);
          sy += (gdouble) s[i] * y[i];
        }
      nst_curvature_begin (&curvature[k], W, H);
      nst_curvature_add (&curvature[k], pool, s, y, sy);
      nst_curvature_find (&curvature[k]);
    }
  for (gsize i = 0; i < (gsize) curvature[0].columns * curvature[0].rows; i++)
    for (gint k = 1; k < 3; k++)
      test_at_most (fabs (curvature[k].scale[i] / curvature[0].scale[i] - 1), 1e-5);
  for (gint k = 0; k < 3; k++)
    nst_curvature_clear (&curvature[k]);
  nst_pool_free (pool);
  g_free (s);
  g_free (y);
}

/* With the metric, x goes where scale z goes without. */
static void
same_as_scaled (void)
{
  Hill with, without;
  gdouble *x = g_new (gdouble, N);

  begin (&with, 2, TRUE);
  learn (&with.curvature);
  nst_curvature_begin (&with.curvature, W, H);
  begin (&without, 2, FALSE);
  without.outer = g_new (gfloat, N);
  nst_curvature_fill (&with.curvature, 0, N, without.outer);
  for (gint k = 0; k < 8; k++)
    {
      run (&with, 1);
      run (&without, 1);
      for (gsize i = 0; i < N; i++)
        x[i] = (gdouble) without.m.x[i] * without.outer[i];
      test_at_most (test_relative_float (with.m.x, x, N),
                    1e-3); /* the first pair is half rounding */
    }
  g_free (x);
  end (&with);
  end (&without);
}

/* It is learnt on the way: lower in half of the steps. */
static void
fewer_steps (void)
{
  Hill with, without;

  begin (&with, 2, TRUE);
  begin (&without, 2, FALSE);
  run (&with, 40);
  run (&without, 80);
  g_assert_cmpfloat (with.m.now.total, <, without.m.now.total);
  end (&with);
  end (&without);
}

/* After the scales are found anew, the gradient is the scaled one, and the products are those of
 * the scaled pairs. */
static void
renewed (void)
{
  Hill it;
  NstLosses losses;
  g_autofree gfloat *gradient = g_new (gfloat, N), *scale = g_new (gfloat, N);
  g_autofree gdouble *scaled = g_new (gdouble, N);

  begin (&it, 2, TRUE);
  run (&it, 25); /* when they are found for the second time */
  g_assert_nonnull (it.curvature.scale);
  evaluate (it.m.x, gradient, &losses, &it, NULL);
  nst_curvature_fill (&it.curvature, 0, N, scale);
  for (gsize i = 0; i < N; i++)
    scaled[i] = (gdouble) gradient[i] * scale[i];
  test_at_most (test_relative_float (it.m.gradient, scaled, N), 1e-5);
  for (gint i = 0; i < it.m.pairs.n; i++)
    {
      const gdouble *yy = it.m.pairs.yy + i * it.m.pairs.capacity,
                    *sy = it.m.pairs.sy + i * it.m.pairs.capacity;

      test_at_most (
          fabs (nst_dot (it.pool, N, it.m.pairs.y[i], it.m.gradient) / it.m.pairs.yg[i] - 1),
          1e-4);
      test_at_most (
          fabs (nst_dot (it.pool, N, it.m.pairs.s[i], it.m.gradient) / it.m.pairs.sg[i] - 1),
          1e-4);
      for (gint j = 0; j < it.m.pairs.n; j++)
        {
          test_at_most (
              fabs (nst_dot (it.pool, N, it.m.pairs.y[i], it.m.pairs.y[j]) / yy[j] - 1), 1e-4);
          test_at_most (
              fabs (nst_dot (it.pool, N, it.m.pairs.s[i], it.m.pairs.y[j]) / sy[j] - 1), 1e-3);
        }
    }
  end (&it);
}

static void
threads (void)
{
  Hill one;

  begin (&one, 1, TRUE);
  run (&one, 30);
  for (gint n = 2; n <= 4; n++)
    {
      Hill it;

      begin (&it, n, TRUE);
      run (&it, 30);
      g_assert_cmpmem (it.m.x, N * sizeof (gfloat), one.m.x, N * sizeof (gfloat));
      end (&it);
    }
  end (&one);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_hill ();
  g_test_add_func ("/curvature/found", found);
  g_test_add_func ("/curvature/between", between);
  g_test_add_func ("/curvature/any-size", any_size);
  g_test_add_func ("/curvature/same-as-scaled", same_as_scaled);
  g_test_add_func ("/curvature/fewer-steps", fewer_steps);
  g_test_add_func ("/curvature/renewed", renewed);
  g_test_add_func ("/curvature/threads", threads);
  return g_test_run ();
}
