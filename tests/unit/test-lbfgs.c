/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * L-BFGS's directions against the plain two-loop recursion in double, step by
 * step, also where pairs are refused, forgotten and overwritten, where x is kept
 * within a range, and where directions without a pair are taken for flatter; and the
 * same bytes on every number of threads; the first step.
 */
#include "common.h"
#include "base/tensor.h"
#include "optimizer/lbfgs-pairs.h"
#include "optimizer/optimizer.h"
#include "base/vector.h"

#include <math.h>
#include <string.h>

#define N           (2 * NST_VECTOR_CHUNK + 37) /* a last chunk that fills no vector */
#define MAX_HISTORY 12
#define HALVINGS    12 /* of a step before the engine starts afresh */
#define GAIN(high)  ((high) > 0 ? 1.75 : 1)

/* The plain two-loop recursion's memory: pair 0 is the newest. */
typedef struct
{
  gint history, n;
  gdouble gain; /* of the newest pair's s.y / y.y */
  gdouble *s[MAX_HISTORY + 1], *y[MAX_HISTORY + 1];
} Pairs;

/* A valley whose curvatures span six decades, so that directions are a matter of
 * the pairs; and a script of mishaps. */
typedef struct
{
  NstMinimizer m;
  NstPool *pool;
  gboolean mishaps, within;

  gint step, trial; /* evaluation within the step */
  gdouble loss, offset;
  gint refused, restarts, shortened, cut;
  Pairs pairs;   /* the oracle's; history 0: no oracle */
  gdouble worst; /* relative error of a direction */
} Valley;

static gdouble
dot (const gdouble *a, const gdouble *b)
{
  gdouble sum = 0;

  for (gsize i = 0; i < N; i++)
    sum += a[i] * b[i];
  return sum;
}

static void
axpy (gdouble a, const gdouble *x, gdouble *y)
{
  for (gsize i = 0; i < N; i++)
    y[i] += a * x[i];
}

/* -H gradient (Nocedal and Wright, algorithm 7.4) */
static void
two_loops (const Pairs *pairs, const gfloat *gradient, gdouble *d)
{
  gdouble alpha[MAX_HISTORY], scale = 1;

  for (gsize i = 0; i < N; i++)
    d[i] = -gradient[i];
  for (gint i = 0; i < pairs->n; i++)
    {
      alpha[i] = dot (pairs->s[i], d) / dot (pairs->s[i], pairs->y[i]);
      axpy (-alpha[i], pairs->y[i], d);
    }
  if (pairs->n > 0)
    scale = pairs->gain * dot (pairs->s[0], pairs->y[0]) / dot (pairs->y[0], pairs->y[0]);
  for (gsize i = 0; i < N; i++)
    d[i] *= scale;
  for (gint i = pairs->n - 1; i >= 0; i--)
    {
      gdouble beta = dot (pairs->y[i], d) / dot (pairs->s[i], pairs->y[i]);

      axpy (alpha[i] - beta, pairs->s[i], d);
    }
}

/* Forgets all but the @keep newest. */
static void
forget (Pairs *pairs, gint keep)
{
  while (pairs->n > keep)
    {
      pairs->n--;
      g_free (pairs->s[pairs->n]);
      g_free (pairs->y[pairs->n]);
    }
}

/* A pair as float32 holds it.  Returns: whether its curvature is positive. */
static gboolean
remember (Pairs *pairs, const gfloat *x0, const gfloat *x1, const gfloat *g0, const gfloat *g1)
{
  gdouble *s = g_new (gdouble, N), *y = g_new (gdouble, N);

  for (gsize i = 0; i < N; i++)
    {
      s[i] = x1[i] - x0[i];
      y[i] = g1[i] - g0[i];
    }
  if (!(dot (s, y) > 0))
    {
      g_free (s);
      g_free (y);
      return FALSE;
    }
  memmove (pairs->s + 1, pairs->s, pairs->n * sizeof (gdouble *));
  memmove (pairs->y + 1, pairs->y, pairs->n * sizeof (gdouble *));
  pairs->s[0] = s;
  pairs->y[0] = y;
  pairs->n++;
  return TRUE;
}

/* Where the valley is, and how much it bends there: found once, as powers take long.  Within [0, 1]
 * but for some, as a picture's pixels are, where x is to stay there. */
static gdouble middle[2][N], bend[N];

static void
make_valley (void)
{
  for (gsize i = 0; i < N; i++)
    {
      middle[0][i] = test_uniform (1301, i);
      middle[1][i] = 0.5 + 0.55 * middle[0][i];
      bend[i] = pow (10, 3 * test_uniform (1300, i));
    }
}

static gdouble
valley (gboolean within, const gfloat *x, gfloat *gradient)
{
  gdouble value = 0;

  for (gsize i = 0; i < N; i++)
    {
      gdouble k = bend[i], d = x[i] - middle[within][i];

      value += 0.5 * k * d * d + 0.25 * d * d * d * d;
      gradient[i] = k * d + d * d * d;
    }
  return value;
}

/* Holds the direction that this trial goes along against the oracle's. */
static void
check_direction (Valley *it)
{
  gdouble *d = g_new (gdouble, N);

  if (it->trial == HALVINGS)
    {
      forget (&it->pairs, 0);
      it->restarts++;
    }
  two_loops (&it->pairs, it->m.gradient, d);
  it->worst = MAX (it->worst, test_relative_float (it->m.direction, d, N));
  g_free (d);
}

static gboolean
evaluate (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data, GError **error)
{
  Valley *it = data;
  gdouble loss = valley (it->within, x, gradient) + it->offset;

  if (it->step > 0 && it->pairs.history > 0)
    check_direction (it);
  if (it->mishaps && it->step % 9 == 5 && it->trial < HALVINGS)
    loss = it->loss + 1e9; /* uphill, however short the step */
  else if (it->mishaps && (it->step % 7 == 3 || it->step % 7 == 4))
    {
      /* at first a gradient that grew although the loss fell: concave; the step
       * along it is let pass */
      for (gsize i = 0; i < N && it->step % 7 == 3; i++)
        gradient[i] = 1.5f * it->m.gradient[i];
      it->offset -= fabs (loss - it->loss) + 1e9;
      loss = it->loss - 1e9;
    }
  it->trial++;
  *losses = (NstLosses){.total = loss};
  return TRUE;
}

static void
begin (Valley *it, gint threads, gint history, gfloat high)
{
  NstMinimizerSpec spec = {.kind = NST_OPTIMIZER_LBFGS,
                           .n = N,
                           .high = high,
                           .history = history,
                           .gain = GAIN (high)};
  NstFunction function = {evaluate, it};
  GError *error = NULL;

  memset (it, 0, sizeof *it);
  it->within = high > 0;
  it->pairs.gain = spec.gain;
  it->pool = nst_pool_new (threads);
  nst_minimizer_init (&it->m, &spec, it->pool, nst_alloc (N, sizeof (gfloat), NULL), &function,
                      &error);
  g_assert_no_error (error);
  memset (it->m.x, 0, N * sizeof (gfloat));
}

static void
end (Valley *it)
{
  forget (&it->pairs, 0);
  nst_minimizer_clear (&it->m);
  nst_pool_free (it->pool);
}

/* Elements at the ends of x's range. */
static gint
count_cut (const NstMinimizer *m)
{
  gint count = 0;

  for (gsize i = 0; i < N && m->high > 0; i++)
    count += m->x[i] <= 0 || m->x[i] >= m->high;
  return count;
}

/* One step of both.  Where the memory is full the oldest pair goes when the step
 * begins, also where the new one is refused. */
static void
step (Valley *it)
{
  gfloat *x = g_new (gfloat, N), *g = g_new (gfloat, N);
  NstLosses losses;
  GError *error = NULL;

  if (it->step == 0)
    it->m.step (&it->m, &losses, &error); /* evaluates at the start, too */
  else
    {
      memcpy (x, it->m.x, N * sizeof (gfloat));
      memcpy (g, it->m.gradient, N * sizeof (gfloat));
      it->loss = it->m.now.total;
      it->m.step (&it->m, &losses, &error);
    }
  g_assert_no_error (error);
  g_assert_false (it->m.converged);
  if (it->pairs.history > 0 && it->step > 0)
    {
      forget (&it->pairs, it->pairs.history - 1);
      it->shortened += it->trial > 1 && it->trial <= HALVINGS;
      it->cut += count_cut (&it->m);
      it->refused += !remember (&it->pairs, x, it->m.x, g, it->m.gradient);
      g_assert_cmpint (it->m.pairs.n, ==, it->pairs.n);
    }
  g_free (x);
  g_free (g);
}

static void
test_directions (void)
{
  static const gint history[] = {1, 2, 5, MAX_HISTORY};
  gint shortened = 0;

  for (guint k = 0; k < 4 * G_N_ELEMENTS (history); k++)
    {
      Valley it;

      begin (&it, 2, history[k / 4], k / 2 % 2);
      it.mishaps = k % 2;
      step (&it); /* its direction is the gradient's; its pair is forgotten */
      it.m.pairs.n = 0;
      it.pairs.history = history[k / 4];
      for (it.step = 1; it.step < 40; it.step++)
        {
          it.trial = 0;
          step (&it);
        }
      test_at_most (it.worst, 1e-6);
      g_assert_cmpfloat (it.worst, >, 0);
      if (it.mishaps)
        {
          g_assert_cmpint (it.refused, >=, 3);
          g_assert_cmpint (it.restarts, >=, 3);
        }
      else if (it.m.high <= 0)
        g_assert_cmpint (it.pairs.n, ==, history[k / 4]);
      if (it.m.high > 0)
        g_assert_cmpint (it.cut, >, 1000);
      shortened += it.shortened;
      end (&it);
    }
  g_assert_cmpint (shortened, >, 10);
}

static void
test_threads (void)
{
  Valley one;

  begin (&one, 1, 5, 0);
  for (gint t = 0; t < 20; t++)
    step (&one);
  for (gint threads = 2; threads <= 4; threads++)
    {
      Valley it;

      begin (&it, threads, 5, 0);
      for (gint t = 0; t < 20; t++)
        step (&it);
      g_assert_cmpmem (it.m.x, N * sizeof (gfloat), one.m.x, N * sizeof (gfloat));
      end (&it);
    }
  end (&one);
}

/* The first step goes along the gradient: by a 200th of x's range, in the root mean square,
 * or less of it where that leads uphill; where x has no range by 1 in the 1-norm. */
static void
test_first_step (void)
{
  static const gdouble high[] = {1, 1000, 0};

  for (guint k = 0; k < G_N_ELEMENTS (high); k++)
    {
      Valley it;
      gdouble *x = g_new (gdouble, N), squares = 0, sum = 0, size, start;
      gfloat *g = g_new (gfloat, N);

      begin (&it, 2, 5, 0);
      it.m.high = high[k];
      start = valley (FALSE, it.m.x, g);
      for (gsize i = 0; i < N; i++)
        {
          squares += (gdouble) g[i] * g[i];
          sum += fabs (g[i]);
        }
      step (&it);
      size = high[k] > 0 ? 0.005 * high[k] / sqrt (squares / N) : 1 / sum;
      if (high[k] > 100)
        {
          g_assert_cmpint (it.trial, >, 2);
          g_assert_cmpfloat (it.m.now.total, <, start);
          for (gsize i = 0; i < N; i++)
            if (it.m.x[i] > 0)
              size = -it.m.x[i] / g[i];
        }
      else
        g_assert_cmpint (it.trial, ==, 2);
      for (gsize i = 0; i < N; i++)
        x[i] = high[k] > 0 ? CLAMP (-size * g[i], 0, high[k]) : -size * g[i];
      test_at_most (test_relative_float (it.m.x, x, N), 1e-6);
      end (&it);
      g_free (x);
      g_free (g);
    }
}

/* As many pairs as there are steps, but one at least, and no more than the history is long. */
static void
test_memory (void)
{
  static const gint cases[][2] = {{0, 1},   {1, 1},   {2, 2},   {9, 9},
                                  {10, 10}, {11, 10}, {500, 10}};

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (nst_pairs_memory (1000, 10, cases[i][0]), ==,
                      2 * cases[i][1] * nst_alloc_size (1000, sizeof (gfloat)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_valley ();
  g_test_add_func ("/lbfgs/directions", test_directions);
  g_test_add_func ("/lbfgs/threads", test_threads);
  g_test_add_func ("/lbfgs/first-step", test_first_step);
  g_test_add_func ("/lbfgs/memory", test_memory);
  return g_test_run ();
}
