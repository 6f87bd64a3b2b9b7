/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every kind of layer, forward and backward, and the Gram matrix's kernel, against
 * plain loops over random shapes, odd ones and single rows and columns among them;
 * and to the bit the same on 1 to 4 threads.
 */
#include "fixture.h"
#include "network/pooling.h"
#include "network/winograd.h"

#include <math.h>
#include <string.h>

#define WINOGRAD_LIMIT 3e-6
#define MAX_THREADS    4

/* Shapes {c_in, c_out, h, w}: some by hand, the rest at random. */
static void
pick_shape (gint round, gint shape[4])
{
  static const gint by_hand[][4] = {{3, 64, 1, 1},   {3, 5, 1, 40},   {7, 3, 40, 1},
                                    {16, 16, 2, 3},  {1, 1, 5, 5},    {4, 9, 3, 830},
                                    {80, 33, 9, 13}, {40, 44, 5, 450}};

  if (round < (gint) G_N_ELEMENTS (by_hand))
    memcpy (shape, by_hand[round], sizeof (by_hand[round]));
  else
    for (gint i = 0; i < 4; i++)
      shape[i] = test_int (300 + round, i, 1, i < 2 ? 40 : 60);
}

#define N_SHAPES 20

typedef struct
{
  OracleLayer layer;
  gfloat *weight, *bias;
  OracleMap in, out;
} ConvCase;

static void
conv_case_init (ConvCase *it, gint round)
{
  OracleNet net;
  gint shape[4];
  gsize n;
  gchar widths[16];

  /* two layers, the second of which has the wanted channels */
  pick_shape (round, shape);
  g_snprintf (widths, sizeof (widths), "%d %d", shape[0], shape[1]);
  net = test_net (widths, 400 + round);
  it->layer = net.layer[1];
  net.layer[1].weight = net.layer[1].bias = NULL;
  oracle_net_clear (&net);
  n = (gsize) shape[0] * shape[1] * 9;
  it->weight = g_new (gfloat, n);
  it->bias = g_new (gfloat, shape[1]);
  for (gsize i = 0; i < n; i++)
    it->weight[i] = it->layer.weight[i];
  for (gint i = 0; i < shape[1]; i++)
    it->bias[i] = it->layer.bias[i];
  it->in = test_map (shape[0], shape[2], shape[3], 500 + round);
  it->out = oracle_conv (&it->in, it->layer.weight, it->layer.bias, shape[1]);
}

static void
conv_case_clear (ConvCase *it)
{
  g_free (it->layer.weight);
  g_free (it->layer.bias);
  g_free (it->weight);
  g_free (it->bias);
  oracle_map_clear (&it->in);
  oracle_map_clear (&it->out);
}

/* The finishes, each with its oracle. */
static const struct
{
  NstFinish finish;
  gboolean relu, pool, average;
} finishes[] = {{NST_FINISH_NONE, FALSE, FALSE, FALSE},
                {NST_FINISH_RELU, TRUE, FALSE, FALSE},
                {NST_FINISH_RELU_MAX, TRUE, TRUE, FALSE},
                {NST_FINISH_RELU_AVERAGE, TRUE, TRUE, TRUE}};

/* One convolution there and, with the gradient that comes into its output, back:
 * what the oracle gives. */
typedef struct
{
  ConvCase conv;
  gboolean pooled;
  OracleMap y, dy, dx;
} WayCase;

static void
way_case_init (WayCase *it, gint round, gsize kind)
{
  OracleMap grad;

  conv_case_init (&it->conv, round);
  it->pooled = finishes[kind].pool && it->conv.out.h > 1 && it->conv.out.w > 1;
  oracle_map_clear (&it->conv.out);
  it->conv.out =
      oracle_conv (&it->conv.in, it->conv.layer.weight,
                   finishes[kind].relu ? it->conv.layer.bias : NULL, it->conv.layer.c_out);
  if (finishes[kind].relu)
    oracle_relu (&it->conv.out);
  it->y = it->pooled ? oracle_pool (&it->conv.out, finishes[kind].average)
                     : oracle_map_new (it->conv.out.c, it->conv.out.h, it->conv.out.w);
  if (!it->pooled)
    memcpy (it->y.v, it->conv.out.v, oracle_map_size (&it->y) * sizeof (gdouble));
  it->dy = test_map (it->y.c, it->y.h, it->y.w, 800 + round);
  if (it->pooled)
    grad = oracle_pool_backward (&it->conv.out, &it->dy, finishes[kind].average);
  else
    {
      grad = oracle_map_new (it->dy.c, it->dy.h, it->dy.w);
      memcpy (grad.v, it->dy.v, oracle_map_size (&grad) * sizeof (gdouble));
    }
  if (finishes[kind].relu)
    oracle_relu_backward (&it->conv.out, &grad);
  it->dx = oracle_conv_backward (&grad, it->conv.layer.weight, it->conv.in.c);
  oracle_map_clear (&grad);
}

static void
way_case_clear (WayCase *it)
{
  oracle_map_clear (&it->y);
  oracle_map_clear (&it->dy);
  oracle_map_clear (&it->dx);
  conv_case_clear (&it->conv);
}

static gfloat *
scratch_for (const NstTensor *x, const NstTensor *y, gint threads)
{
  gsize size = nst_winograd_scratch (x->c, y->c, threads);
  gfloat *scratch = nst_alloc (size, sizeof (gfloat), NULL);

  memset (scratch, 0, size * sizeof (gfloat));
  return scratch;
}

/* There and back, with the gate that the way there leaves. */
static void
run_way (const NstKernels *kernels, gint threads, WayCase *it, gsize kind, NstTensor *y,
         NstTensor *dx)
{
  NstPool *pool = nst_pool_new (threads);
  NstTensor x = test_tensor (&it->conv.in), dy = test_tensor (&it->dy);
  gboolean relu = finishes[kind].relu;
  gfloat *scratch = scratch_for (&x, y, threads);
  NstWinograd forward = {x.c, y->c, kernels}, backward = {y->c, x.c, kernels};
  NstGate gate = nst_gate_shape (x.w, x.h);
  NstWindow in_x = nst_window (&x), in_dy = nst_window (&dy), out_y = nst_window (y),
            out_dx = nst_window (dx);
  NstConvInput in = {&in_x, NULL, FALSE, 1}, back = {&in_dy, relu ? &gate : NULL, it->pooled,
                                                     finishes[kind].average ? 0.25f : 1.0f};
  NstConvOutput out = {it->pooled || !finishes[kind].pool ? finishes[kind].finish
                                                          : NST_FINISH_RELU,
                       relu ? it->conv.bias : NULL,
                       &out_y,
                       relu ? &gate : NULL,
                       0,
                       x.h},
                back_out = {NST_FINISH_NONE, NULL, &out_dx, NULL, 0, x.h};

  g_assert_true (nst_winograd_init (&forward, it->conv.weight, FALSE, NULL));
  g_assert_true (nst_winograd_init (&backward, it->conv.weight, TRUE, NULL));
  gate.data = nst_alloc (gate.plane, y->c, NULL);
  nst_winograd_conv (pool, &forward, &in, &out, scratch);
  nst_winograd_conv (pool, &backward, &back, &back_out, scratch);
  nst_free (gate.data);
  nst_winograd_clear (&forward);
  nst_winograd_clear (&backward);
  nst_free (scratch);
  nst_tensor_clear (&x);
  nst_tensor_clear (&dy);
  nst_pool_free (pool);
}

static void
assert_same (const NstTensor *a, const NstTensor *b)
{
  g_assert_cmpmem (a->data, nst_tensor_size (a) * sizeof (gfloat), b->data,
                   nst_tensor_size (b) * sizeof (gfloat));
}

static void
check_way (const NstKernels *kernels, gint round, gsize kind)
{
  NstTensor y[MAX_THREADS], dx[MAX_THREADS];
  WayCase it;

  way_case_init (&it, round, kind);
  for (gint i = 0; i < MAX_THREADS; i++)
    {
      y[i] = test_tensor_new (it.y.c, it.y.h, it.y.w);
      dx[i] = test_tensor_new (it.dx.c, it.dx.h, it.dx.w);
      run_way (kernels, i + 1, &it, kind, &y[i], &dx[i]);
      assert_same (&y[i], &y[0]);
      assert_same (&dx[i], &dx[0]);
    }
  test_at_most (test_relative_float (y[0].data, it.y.v, nst_tensor_size (&y[0])),
                WINOGRAD_LIMIT);
  test_at_most (test_relative_float (dx[0].data, it.dx.v, nst_tensor_size (&dx[0])),
                WINOGRAD_LIMIT);
  for (gint i = 0; i < MAX_THREADS; i++)
    {
      nst_tensor_clear (&y[i]);
      nst_tensor_clear (&dx[i]);
    }
  way_case_clear (&it);
}

static void
test_winograd (gconstpointer name)
{
  const NstKernels *kernels = test_kernels_named (name);

  if (!kernels)
    return;
  for (gint round = 0; round < N_SHAPES; round++)
    for (gsize kind = 0; kind < G_N_ELEMENTS (finishes); kind++)
      check_way (kernels, round, kind);
}

/* F F^T of rows that lie in a larger array; what is behind them is no number. */
static void
check_gram (const NstKernels *kernels, gint round)
{
  gint n = test_int (1000 + round, 0, 1, 40), length = test_int (1000 + round, 1, 1, 5000);
  OracleMap in = test_map (n, 1, length, 1010 + round);
  NstTensor f = test_tensor (&in), product = test_tensor_new (1, n, n);

  kernels->gram (n, length, f.data, length, product.data);
  for (gint i = 0; i < n; i++)
    for (gint j = 0; j <= i; j++)
      {
        gdouble sum = 0, size = 0;

        for (gint k = 0; k < length; k++)
          {
            gdouble term = in.v[(gsize) i * length + k] * in.v[(gsize) j * length + k];

            sum += term;
            size += fabs (term);
          }
        test_at_most (fabs (product.data[i * n + j] - sum) / size, 1e-6);
      }
  nst_tensor_clear (&f);
  nst_tensor_clear (&product);
  oracle_map_clear (&in);
}

static void
test_gram_kernel (gconstpointer name)
{
  const NstKernels *kernels = test_kernels_named (name);

  for (gint round = 0; kernels && round < N_SHAPES; round++)
    check_gram (kernels, round);
}

/* Max and average, forward and backward; the routes of max are exact. */
static void
test_pooling (void)
{
  static const NstPooling kinds[] = {NST_POOLING_MAX, NST_POOLING_AVERAGE};
  NstPool *pool = nst_pool_new (2);

  for (gint round = 0; round < 2 * N_SHAPES; round++)
    {
      NstPooling kind = kinds[round % 2];
      gboolean average = kind == NST_POOLING_AVERAGE;
      gint c = test_int (600 + round, 0, 1, 9), h = test_int (600 + round, 1, 2, 21);
      gint w = test_int (600 + round, 2, 2, 21);
      OracleMap in = test_map (c, h, w, 700 + round), out, out_grad, grad;
      NstTensor x, y = test_tensor_new (c, h / 2, w / 2), dy, dx = test_tensor_new (c, h, w);
      NstWindow at_x, at_y = nst_window (&y), at_dy, at_dx = nst_window (&dx);

      oracle_relu (&in); /* so that there are equal maxima */
      x = test_tensor (&in);
      out = oracle_pool (&in, average);
      out_grad = test_map (c, h / 2, w / 2, 800 + round);
      dy = test_tensor (&out_grad);
      grad = oracle_pool_backward (&in, &out_grad, average);
      at_x = nst_window (&x);
      at_dy = nst_window (&dy);
      nst_pool2_forward (pool, kind, &at_x, (NstRows){0, y.h}, &at_y);
      nst_pool2_backward (pool, kind, &at_x, &at_dy, (NstRows){0, y.h}, &at_dx);
      test_at_most (test_relative_float (y.data, out.v, nst_tensor_size (&y)), 1e-7);
      test_at_most (test_relative_float (dx.data, grad.v, nst_tensor_size (&dx)), 1e-7);
      nst_tensor_clear (&x);
      nst_tensor_clear (&y);
      nst_tensor_clear (&dx);
      nst_tensor_clear (&dy);
      oracle_map_clear (&in);
      oracle_map_clear (&out);
      oracle_map_clear (&out_grad);
      oracle_map_clear (&grad);
    }
  nst_pool_free (pool);
}

/* What is chosen is what is asked for, or else the best that there is; aarch64 has NEON at any rate. */
static void
test_chosen (void)
{
  static const gchar *const best_first[] = {"avx512", "avx2", "neon", "baseline"};
  const gchar *expected = g_getenv ("NST_SIMD");

  if (expected && !nst_kernels_named (expected))
    expected = NULL;
  for (gsize i = 0; !expected; i++)
    if (nst_kernels_named (best_first[i]))
      expected = best_first[i];
  g_assert_cmpstr (nst_kernels ()->name, ==, expected);
#ifdef __aarch64__
  g_assert_nonnull (nst_kernels_named ("neon"));
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kernels ("/layers/winograd", test_winograd);
  test_add_for_kernels ("/layers/gram", test_gram_kernel);
  g_test_add_func ("/layers/pooling", test_pooling);
  g_test_add_func ("/layers/chosen", test_chosen);
  return g_test_run ();
}
