/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every kind of layer, forward and backward, against the oracle's plain loops
 * over random shapes, odd ones and single rows and columns among them; and to
 * the bit the same on 1 to 4 threads.
 */
#include "conv.h"
#include "fixture.h"
#include "pass.h"
#include "pooling.h"
#include "winograd.h"

#include <string.h>

#define WINOGRAD_LIMIT 3e-6
#define FLOAT_LIMIT    2e-6 /* relative; float's own 6e-8, over sums of up to 9 * 80 products */
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
  oracle_relu (&it->out);
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

static void
test_conv_direct (void)
{
  for (gint round = 0; round < N_SHAPES; round++)
    {
      ConvCase it;
      NstTensor x, y;

      conv_case_init (&it, round);
      x = test_tensor (&it.in);
      y = test_tensor_new (it.out.c, it.out.h, it.out.w);
      nst_conv_direct (it.weight, it.bias, &x, &y);
      test_at_most (test_relative_float (y.data, it.out.v, nst_tensor_size (&y)), FLOAT_LIMIT);
      nst_tensor_clear (&x);
      nst_tensor_clear (&y);
      conv_case_clear (&it);
    }
}

static void
conv_winograd (const NstKernels *kernels, gint threads, const ConvCase *it, const NstTensor *x,
               const gfloat *mask, NstTensor *y)
{
  NstPool *pool = nst_pool_new (threads);
  gsize size = nst_winograd_scratch (x->c, y->c, x->w, threads);
  gfloat *scratch = nst_alloc (size, sizeof (gfloat), NULL);
  NstWinograd winograd;

  memset (scratch, 0, size * sizeof (gfloat));
  g_assert_true (nst_winograd_init (&winograd, kernels, it->weight, x->c, y->c, FALSE, NULL));
  nst_winograd_conv (pool, &winograd, it->bias, x, mask, y, scratch);
  nst_winograd_clear (&winograd);
  nst_free (scratch);
  nst_pool_free (pool);
}

static void
test_conv_winograd (gconstpointer name)
{
  const NstKernels *kernels = nst_kernels_named (name);

  if (!kernels)
    {
      g_test_skip ("this processor lacks the instructions");
      return;
    }
  for (gint round = 0; round < N_SHAPES; round++)
    {
      ConvCase it;
      NstTensor x, y[MAX_THREADS];

      conv_case_init (&it, round);
      x = test_tensor (&it.in);
      for (gint i = 0; i < MAX_THREADS; i++)
        {
          y[i] = test_tensor_new (it.out.c, it.out.h, it.out.w);
          conv_winograd (kernels, i + 1, &it, &x, NULL, &y[i]);
          g_assert_cmpmem (y[i].data, nst_tensor_size (&y[i]) * sizeof (gfloat), y[0].data,
                           nst_tensor_size (&y[0]) * sizeof (gfloat));
        }
      test_at_most (test_relative_float (y[0].data, it.out.v, nst_tensor_size (&y[0])),
                    WINOGRAD_LIMIT);
      for (gint i = 0; i < MAX_THREADS; i++)
        nst_tensor_clear (&y[i]);
      nst_tensor_clear (&x);
      conv_case_clear (&it);
    }
}

/* A mask does what zeroing the input does, to the bit. */
static void
test_winograd_mask (gconstpointer name)
{
  const NstKernels *kernels = nst_kernels_named (name);

  for (gint round = 0; kernels && round < N_SHAPES; round++)
    {
      ConvCase it;
      NstTensor x, mask, y[2];

      conv_case_init (&it, round);
      x = test_tensor (&it.in);
      mask = test_tensor (&it.in);
      y[0] = test_tensor_new (it.out.c, it.out.h, it.out.w);
      y[1] = test_tensor_new (it.out.c, it.out.h, it.out.w);
      for (gsize i = 0; i < nst_tensor_size (&mask); i++)
        mask.data[i] = test_uniform (600 + round, i) - 0.5;
      conv_winograd (kernels, 2, &it, &x, mask.data, &y[0]);
      for (gsize i = 0; i < nst_tensor_size (&x); i++)
        x.data[i] = mask.data[i] > 0 ? x.data[i] : 0;
      conv_winograd (kernels, 2, &it, &x, NULL, &y[1]);
      g_assert_cmpmem (y[0].data, nst_tensor_size (&y[0]) * sizeof (gfloat), y[1].data,
                       nst_tensor_size (&y[1]) * sizeof (gfloat));
      nst_tensor_clear (&x);
      nst_tensor_clear (&mask);
      nst_tensor_clear (&y[0]);
      nst_tensor_clear (&y[1]);
      conv_case_clear (&it);
    }
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

      oracle_relu (&in); /* so that there are equal maxima */
      x = test_tensor (&in);
      out = oracle_pool (&in, average);
      out_grad = test_map (c, h / 2, w / 2, 800 + round);
      dy = test_tensor (&out_grad);
      grad = oracle_pool_backward (&in, &out_grad, average);
      nst_pool2_forward (pool, kind, &x, &y);
      nst_pool2_backward (pool, kind, &x, &dy, &dx);
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

#define N_LAYERS 5

/* A whole network, the gradient put in at every layer. */
typedef struct
{
  OracleNet net;
  OracleMap image, relu[N_LAYERS], put[N_LAYERS], grad;
} PassCase;

/* The oracle's own backward: with the content loss's target at f - put / 2, its
 * gradient at each layer is what is put in. */
static void
pass_case_init (PassCase *it, gint round, gint h, gint w)
{
  OracleTerm term[N_LAYERS];
  OracleObjective objective = {&it->net, term, N_LAYERS, ORACLE_TV_NONE, 0, 255};

  it->net = test_net ("6 9 | 11 | 8 10", 900);
  it->net.average = round % 2;
  it->net.bgr = round % 3 == 0;
  it->image = test_map (3, h, w, 910 + round);
  for (gsize i = 0; i < oracle_map_size (&it->image); i++)
    it->image.v[i] = (gfloat) (127.5 * (it->image.v[i] + 1));
  it->grad = oracle_map_new (3, h, w);
  oracle_net_forward (&it->net, &it->image, 255, N_LAYERS, it->relu);
  for (gint i = 0; i < N_LAYERS; i++)
    {
      it->put[i] = test_map (it->relu[i].c, it->relu[i].h, it->relu[i].w, 920 + i);
      term[i] = (OracleTerm){ORACLE_CONTENT, i, 1, NULL, NULL};
      term[i].target = oracle_target (ORACLE_CONTENT, &it->relu[i], NULL);
      for (gsize k = 0; k < oracle_map_size (&it->put[i]); k++)
        term[i].target[k] -= it->put[i].v[k] / 2;
    }
  oracle_objective (&objective, &it->image, &it->grad);
  for (gint i = 0; i < N_LAYERS; i++)
    g_free (term[i].target);
}

static void
pass_case_clear (PassCase *it)
{
  for (gint i = 0; i < N_LAYERS; i++)
    {
      oracle_map_clear (&it->relu[i]);
      oracle_map_clear (&it->put[i]);
    }
  oracle_map_clear (&it->image);
  oracle_map_clear (&it->grad);
  oracle_net_clear (&it->net);
}

static void
put_in (gint layer, NstTensor *gradient, gpointer data)
{
  PassCase *it = data;

  for (gsize i = 0; i < nst_tensor_size (gradient); i++)
    gradient->data[i] += it->put[layer].v[i];
}

/* Forward, backward; twice, since a pass is used again and again. */
static void
run_pass (PassCase *it, gint threads, NstTensor *grad)
{
  NstNetwork *network = test_net_open (&it->net, 0);
  NstPool *pool = nst_pool_new (threads);
  NstTensor image = test_tensor (&it->image);
  NstPass pass;
  GError *error = NULL;

  nst_pass_init (&pass, network, pool, NST_POOLING_NETWORK, N_LAYERS, image.w, image.h, 255,
                 &error);
  g_assert_no_error (error);
  for (gint time = 0; time < 2; time++)
    {
      nst_pass_forward (&pass, image.data);
      for (gint i = 0; i < N_LAYERS; i++)
        test_at_most (test_relative_float (pass.relu[i].data, it->relu[i].v,
                                           oracle_map_size (&it->relu[i])),
                      FLOAT_LIMIT);
      nst_pass_backward (&pass, put_in, it, grad->data);
      test_at_most (test_relative_float (grad->data, it->grad.v, nst_tensor_size (grad)), 1e-5);
    }
  nst_pass_clear (&pass);
  nst_tensor_clear (&image);
  nst_pool_free (pool);
  nst_network_free (network);
}

static void
test_pass (void)
{
  static const gint shape[][2] = {{4, 4}, {5, 7}, {16, 4}, {33, 21}, {14, 48}};

  for (guint round = 0; round < G_N_ELEMENTS (shape); round++)
    {
      NstTensor grad[MAX_THREADS];
      PassCase it;

      pass_case_init (&it, round, shape[round][0], shape[round][1]);
      for (gint i = 0; i < MAX_THREADS; i++)
        {
          grad[i] = test_tensor_new (3, it.image.h, it.image.w);
          run_pass (&it, i + 1, &grad[i]);
          g_assert_cmpmem (grad[i].data, nst_tensor_size (&grad[i]) * sizeof (gfloat),
                           grad[0].data, nst_tensor_size (&grad[0]) * sizeof (gfloat));
        }
      for (gint i = 0; i < MAX_THREADS; i++)
        nst_tensor_clear (&grad[i]);
      pass_case_clear (&it);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layers/conv-direct", test_conv_direct);
  g_test_add_data_func ("/layers/winograd/baseline", "baseline", test_conv_winograd);
  g_test_add_data_func ("/layers/winograd/avx2", "avx2", test_conv_winograd);
  g_test_add_data_func ("/layers/winograd/avx512", "avx512", test_conv_winograd);
  g_test_add_data_func ("/layers/mask/baseline", "baseline", test_winograd_mask);
  g_test_add_data_func ("/layers/mask/avx2", "avx2", test_winograd_mask);
  g_test_add_data_func ("/layers/mask/avx512", "avx512", test_winograd_mask);
  g_test_add_func ("/layers/pooling", test_pooling);
  g_test_add_func ("/layers/pass", test_pass);
  return g_test_run ();
}
