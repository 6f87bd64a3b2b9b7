/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimisers on functions whose minimum is known, against their textbook
 * formulas in double, against torch.optim.LBFGS, and where the loss stops
 * being a number.
 */
#include "base/vector.h"
#include "common.h"
#include "golden.h"
#include "optimizer/optimizer.h"

#include <math.h>
#include <string.h>

#define N 20

typedef gdouble (*Function) (const gfloat *x, gfloat *gradient);

typedef struct
{
  Function function;
  gint evaluations;
  gint fail_at; /* this evaluation, counted from 1, fails */
} Problem;

/* The one of tests/torch/golden.py. */
static gdouble
bowl (const gfloat *x, gfloat *gradient)
{
  gdouble value = 0;

  for (gint i = 0; i < N; i++)
    {
      gdouble d = x[i] - test_uniform (1200, i), k = 1 + i / 4.;

      value += 0.5 * k * d * d + 0.25 * d * d * d * d;
      gradient[i] = k * d + d * d * d;
    }
  return value;
}

/* Rosenbrock's valley, 10 times over. */
static gdouble
rosenbrock (const gfloat *x, gfloat *gradient)
{
  gdouble value = 0;

  for (gint i = 0; i < N; i += 2)
    {
      gdouble a = 1 - x[i], b = x[i + 1] - (gdouble) x[i] * x[i];

      value += a * a + 100 * b * b;
      gradient[i] = -2 * a - 400 * x[i] * b;
      gradient[i + 1] = 200 * b;
    }
  return value;
}

/* -log (1 - x): infinite from 1 on, lower bounded by a bowl. */
static gdouble
barrier (const gfloat *x, gfloat *gradient)
{
  gdouble value = 0;

  for (gint i = 0; i < N; i++)
    {
      gdouble d = x[i] - 2;

      value += x[i] < 1 ? d * d - log (1 - x[i]) : (gdouble) INFINITY;
      gradient[i] = 2 * d + 1 / (1 - x[i]);
    }
  return value;
}

static gboolean
evaluate (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data, GError **error)
{
  Problem *problem = data;

  if (++problem->evaluations == problem->fail_at)
    {
      g_set_error (error, NST_ERROR, NST_ERROR_NO_MEMORY, "made up");
      return FALSE;
    }
  *losses = (NstLosses){0};
  losses->total = losses->content = problem->function (x, gradient);
  return TRUE;
}

typedef struct
{
  Problem problem;
  NstPool *pool;
  NstMinimizer m;
} OptimizerCase;

static void
begin (OptimizerCase *it, Function function, NstOptimizer optimizer, gdouble rate, gfloat start)
{
  NstMinimizerSpec spec = {.kind = optimizer, .n = N, .history = 100, .gain = 1, .rate = rate};
  NstFunction minimised = {evaluate, &it->problem};
  GError *error = NULL;

  memset (it, 0, sizeof (*it));
  it->problem.function = function;
  it->pool = nst_pool_new (2);
  nst_minimizer_init (&it->m, &spec, it->pool, nst_alloc (N, sizeof (gfloat), NULL), &minimised,
                      &error);
  g_assert_no_error (error);
  for (gint i = 0; i < N; i++)
    it->m.x[i] = start;
}

static gdouble
step (OptimizerCase *it)
{
  NstLosses losses;
  GError *error = NULL;

  it->m.step (&it->m, &losses, &error);
  g_assert_no_error (error);
  return losses.total;
}

static void
end (OptimizerCase *it)
{
  nst_minimizer_clear (&it->m);
  nst_pool_free (it->pool);
}

static void
test_lbfgs_torch (void)
{
  JsonArray *rows = golden_load ("bowl-lbfgs");
  OptimizerCase it;

  begin (&it, bowl, NST_OPTIMIZER_LBFGS, 0, 0);
  for (guint t = 0; t < json_array_get_length (rows); t++)
    {
      gdouble golden = golden_losses (rows, t).total;

      test_at_most (fabs (step (&it) - golden) / golden, 1e-3);
    }
  end (&it);
  json_array_unref (rows);
}

/* To the bottom of the valley, never uphill, however few pairs are kept. */
static void
test_lbfgs_rosenbrock (void)
{
  static const gint history[] = {1, 3, 100};

  for (guint k = 0; k < G_N_ELEMENTS (history); k++)
    {
      OptimizerCase it;
      gdouble before = INFINITY, now = 0;

      begin (&it, rosenbrock, NST_OPTIMIZER_LBFGS, 0, -1);
      it.m.pairs.history = history[k];
      for (gint t = 0; t < 300; t++)
        {
          now = step (&it);
          test_at_most (now, before);
          before = now;
        }
      test_at_most (now, 1e-6);
      for (gint i = 0; i < N; i++)
        test_at_most (fabs (it.m.x[i] - 1), 1e-3);
      end (&it);
    }
}

/* At the minimum it stays there. */
static void
test_lbfgs_converged (void)
{
  OptimizerCase it;
  gint evaluations;

  begin (&it, bowl, NST_OPTIMIZER_LBFGS, 0, 0);
  for (gint t = 0; t < 100; t++)
    test_at_most (step (&it), 13);
  test_at_most (step (&it), 1e-12);
  g_assert_true (it.m.converged);
  evaluations = it.problem.evaluations;
  for (gint t = 0; t < 100; t++)
    test_at_most (step (&it), 1e-12);
  g_assert_cmpint (it.problem.evaluations, ==, evaluations);
  end (&it);
}

/* Steps that land where the loss is infinite are taken back. */
static void
test_lbfgs_barrier (void)
{
  OptimizerCase it;
  gdouble before = INFINITY;

  begin (&it, barrier, NST_OPTIMIZER_LBFGS, 0, -30);
  for (gint t = 0; t < 60; t++)
    {
      gdouble now = step (&it);

      test_at_most (now, before);
      before = now;
    }
  /* 2 (x - 2) + 1 / (1 - x) = 0 */
  for (gint i = 0; i < N; i++)
    test_at_most (fabs (it.m.x[i] - (3 - sqrt (3)) / 2), 1e-3);
  end (&it);
}

/* x -= rate * 0.96^(t / 100) * gradient, in double. */
static void
test_sgd (void)
{
  OptimizerCase it;
  gdouble x[N] = {0};

  begin (&it, bowl, NST_OPTIMIZER_SGD, 0.3, 0);
  for (gint t = 0; t < 100; t++)
    {
      step (&it);
      for (gint i = 0; i < N; i++)
        {
          gdouble d = x[i] - test_uniform (1200, i);

          x[i] -= 0.3 * pow (0.96, t / 100.) * ((1 + i / 4.) * d + d * d * d);
        }
      test_at_most (test_relative_float (it.m.x, x, N), 1e-5);
    }
  test_at_most (step (&it), 1e-8);
  end (&it);
}

static gdouble
flat (const gfloat *x, gfloat *gradient)
{
  memset (gradient, 0, N * sizeof (gfloat));
  return 1;
}

/* Without a rate the first step is a hundredth of the range, and none where nothing leads on. */
static void
test_sgd_first (void)
{
  OptimizerCase it;

  begin (&it, bowl, NST_OPTIMIZER_SGD, 0, 0);
  step (&it);
  test_at_most (fabs (sqrt (nst_dot (it.pool, N, it.m.x, it.m.x) / N) / 0.01 - 1), 1e-5);
  end (&it);
  begin (&it, flat, NST_OPTIMIZER_SGD, 0, 0.25f);
  step (&it);
  for (gint i = 0; i < N; i++)
    g_assert_cmpfloat (it.m.x[i], ==, 0.25);
  end (&it);
}

/* Kingma and Ba's algorithm 1, in double. */
static void
test_adam (void)
{
  OptimizerCase it;
  gdouble x[N] = {0}, m[N] = {0}, v[N] = {0};

  begin (&it, bowl, NST_OPTIMIZER_ADAM, 0.02, 0);
  for (gint t = 1; t <= 400; t++)
    {
      step (&it);
      for (gint i = 0; i < N; i++)
        {
          gdouble d = x[i] - test_uniform (1200, i), g = (1 + i / 4.) * d + d * d * d;

          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.999 * v[i] + 0.001 * g * g;
          x[i] -=
              0.02 * m[i] / (1 - pow (0.9, t)) / (sqrt (v[i] / (1 - pow (0.999, t))) + 1e-8);
        }
      test_at_most (test_relative_float (it.m.x, x, N), 1e-4);
    }
  test_at_most (step (&it), 1e-3);
  end (&it);
}

/* All, told so, keep to [0, high], and find what is best there. */
static void
test_clamp (void)
{
  for (gint optimizer = NST_OPTIMIZER_LBFGS; optimizer <= NST_OPTIMIZER_SGD; optimizer++)
    {
      OptimizerCase it;

      begin (&it, bowl, optimizer, 0.1, 0);
      it.m.high = 0.5;
      for (gint t = 0; t < 300 && !it.m.converged; t++)
        {
          step (&it);
          for (gint i = 0; i < N; i++)
            g_assert_true (it.m.x[i] >= 0 && it.m.x[i] <= 0.5f);
        }
      for (gint i = 0; i < N; i++)
        test_at_most (fabs (it.m.x[i] - CLAMP (test_uniform (1200, i), 0, 0.5)), 0.02);
      end (&it);
    }
}

/* Too large a rate throws x over the barrier: the step before is what is left. */
static void
test_diverged (void)
{
  static const NstOptimizer optimizers[] = {NST_OPTIMIZER_ADAM, NST_OPTIMIZER_SGD};

  for (guint k = 0; k < G_N_ELEMENTS (optimizers); k++)
    {
      OptimizerCase it;
      NstLosses losses;
      GError *error = NULL;
      gfloat gradient[N];
      gdouble last = 0;

      begin (&it, barrier, optimizers[k], 0.9, -1);
      for (gint t = 0; t < 50 && it.m.step (&it.m, &losses, &error); t++)
        last = losses.total;
      g_assert_error (error, NST_ERROR, NST_ERROR_DIVERGED);
      g_assert_true (isfinite (last));
      g_assert_cmpfloat (barrier (it.m.x, gradient), ==, last);
      g_clear_error (&error);
      end (&it);
    }
}

/* From where it is infinite already nothing can start. */
static void
test_diverged_at_start (void)
{
  for (gint optimizer = NST_OPTIMIZER_LBFGS; optimizer <= NST_OPTIMIZER_SGD; optimizer++)
    {
      OptimizerCase it;
      NstLosses losses;
      GError *error = NULL;

      begin (&it, barrier, optimizer, 0.1, 1.5);
      g_assert_false (it.m.step (&it.m, &losses, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_DIVERGED);
      g_assert_cmpfloat (it.m.x[0], ==, 1.5);
      g_clear_error (&error);
      end (&it);
    }
}

/* An error while evaluating comes through, and x stays finite and good. */
static void
test_error (void)
{
  for (gint optimizer = NST_OPTIMIZER_LBFGS; optimizer <= NST_OPTIMIZER_SGD; optimizer++)
    for (gint fail_at = 1; fail_at < 6; fail_at++)
      {
        OptimizerCase it;
        NstLosses losses = {0};
        GError *error = NULL;
        gfloat gradient[N];

        begin (&it, rosenbrock, optimizer, 1e-3, -1);
        it.problem.fail_at = fail_at;
        while (it.m.step (&it.m, &losses, &error))
          g_assert_cmpint (it.problem.evaluations, <, fail_at);
        g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
        if (fail_at > 1)
          test_at_most (rosenbrock (it.m.x, gradient), losses.total);
        g_clear_error (&error);
        end (&it);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizer/lbfgs/torch", test_lbfgs_torch);
  g_test_add_func ("/optimizer/lbfgs/rosenbrock", test_lbfgs_rosenbrock);
  g_test_add_func ("/optimizer/lbfgs/converged", test_lbfgs_converged);
  g_test_add_func ("/optimizer/lbfgs/barrier", test_lbfgs_barrier);
  g_test_add_func ("/optimizer/sgd", test_sgd);
  g_test_add_func ("/optimizer/sgd/first", test_sgd_first);
  g_test_add_func ("/optimizer/adam", test_adam);
  g_test_add_func ("/optimizer/clamp", test_clamp);
  g_test_add_func ("/optimizer/diverged", test_diverged);
  g_test_add_func ("/optimizer/diverged-at-start", test_diverged_at_start);
  g_test_add_func ("/optimizer/error", test_error);
  return g_test_run ();
}
