/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a network's weights, scaling and each optimiser take is what they say of themselves, to the
 * byte: plans are made of these numbers.
 */
#include "counted.h"
#include "fixture.h"
#include "images/resample.h"
#include "optimizer/optimizer.h"

#include <string.h>

static guint64
begin (void)
{
  return counted.most = counted.held;
}

static void
test_network (void)
{
  static const gchar *const nets[] = {"8 | 9 | 10", "3 | 150", "16 16 | 20 20 | 24"};

  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++)
    {
      OracleNet net = test_net (nets[i], 8300);
      guint64 before = begin ();
      NstNetwork *network = test_net_open (&net, 0);

      g_assert_cmpuint (counted.held - before, ==, nst_network_memory (network));
      nst_network_free (network);
      g_assert_cmpuint (counted.held, ==, before);
      oracle_net_clear (&net);
    }
}

static void
test_resample (void)
{
  static const gint sizes[][4] = {
      {70, 50, 31, 22}, {31, 22, 70, 50}, {70, 50, 70, 49}, {1, 9, 400, 2}, {70, 50, 70, 50}};

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (gint threads = 1; threads <= 3; threads++)
      {
        NstPool *pool = nst_pool_new (threads);
        NstSize from = {sizes[i][0], sizes[i][1]}, to = {sizes[i][2], sizes[i][3]};
        NstTensor image = test_tensor_new (3, from.h, from.w), scaled;
        guint64 before;

        memset (image.data, 0, nst_tensor_size (&image) * sizeof (gfloat));
        before = begin ();
        g_assert_true (nst_resize (pool, NST_RESAMPLE_CUBIC, &image, to, &scaled, NULL));
        g_assert_cmpuint (counted.most - counted.held, ==,
                          nst_resample_memory (NST_RESAMPLE_CUBIC, from, 1, to, threads));
        nst_tensor_clear (&scaled);
        g_assert_cmpuint (counted.held, ==, before);
        nst_tensor_clear (&image);
        nst_pool_free (pool);
      }
}

#define N     1000
#define STEPS 9

static gboolean
bowl (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data, GError **error)
{
  *losses = (NstLosses){0};
  for (gint i = 0; i < N; i++)
    {
      gfloat d = x[i] - test_uniform (8301, i), k = 1 + (gfloat) i / N;

      losses->total += 0.5 * k * d * d;
      gradient[i] = k * d;
    }
  return TRUE;
}

static void
test_minimizers (void)
{
  for (gint kind = NST_OPTIMIZER_LBFGS; kind <= NST_OPTIMIZER_SGD; kind++)
    {
      NstMinimizerSpec spec = {.kind = kind, .n = N, .history = 5, .gain = 1, .rate = 1e-3};
      NstPool *pool = nst_pool_new (2);
      NstFunction function = {bowl, NULL};
      guint64 before = begin ();
      gfloat *x = nst_alloc (N, sizeof (gfloat), NULL);
      NstMinimizer m;

      memset (x, 0, N * sizeof (gfloat));
      g_assert_true (nst_minimizer_init (&m, &spec, pool, x, &function, NULL));
      for (gint i = 0; i < STEPS; i++)
        {
          NstLosses losses;

          g_assert_true (m.step (&m, &losses, NULL));
          g_assert_cmpuint (counted.most - before, <=, nst_minimizer_memory (&spec, i + 1));
        }
      g_assert_cmpuint (counted.most - before, ==, nst_minimizer_memory (&spec, STEPS));
      nst_minimizer_clear (&m);
      nst_pool_free (pool);
      g_assert_cmpuint (counted.held, ==, before);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory-parts/network", test_network);
  g_test_add_func ("/memory-parts/resample", test_resample);
  g_test_add_func ("/memory-parts/minimizers", test_minimizers);
  return g_test_run ();
}
