/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * VGG-19's layers one by one, as a run of the default recipe at 512 x 512 has
 * them: their rates beside sgemm's, and Winograd's error against plain loops in
 * double precision.
 *
 * Rates are direct-equivalent: 2 * 9 * cin * cout operations a pixel, whatever
 * the algorithm does.
 */
#include "bench.h"
#include "network/network.h"
#include "unit/common.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIDE       512
#define ERROR_SIDE 24 /* the plain loops take their time */

/* Layer i both ways; where the next one is pooled, it comes pooled. */
typedef struct
{
  NstWinograd forward, backward;
  NstTensor x, dx, y, dy;
  NstWindow at_x, at_dx, at_y, at_dy;
  NstGate gate;
  NstConvInput in, back_in;
  NstConvOutput out, back_out;
  gfloat *scratch;
  gdouble operations;
} Layer;

/* cout, cin, 3, 3; as a network's, of both signs. */
static NstTensor
random_weight (const NstLayer *layer)
{
  NstTensor weight = bench_tensor (layer->cout, layer->cin, 9, 5);

  bench_fill (weight.data, nst_tensor_size (&weight), 5, -1, 1);
  return weight;
}

static void
layer_init (Layer *it, const NstLayer *layer, const NstKernels *kernels, gboolean pooled,
            gint side, gint threads)
{
  gint cin = layer->cin, cout = layer->cout, half = pooled ? side / 2 : side;
  gsize size = nst_winograd_scratch (cin, cout, threads);

  NstTensor weight = random_weight (layer);

  it->forward = (NstWinograd){cin, cout, kernels};
  nst_winograd_init (&it->forward, weight.data, FALSE, NULL);
  it->backward = (NstWinograd){cout, cin, kernels};
  nst_winograd_init (&it->backward, weight.data, TRUE, NULL);
  nst_tensor_clear (&weight);
  it->x = bench_tensor (cin, side, side, 1);
  it->dx = bench_tensor (cin, side, side, 2);
  it->y = bench_tensor (cout, half, half, 3);
  it->dy = bench_tensor (cout, half, half, 4);
  it->at_x = nst_window (&it->x);
  it->at_dx = nst_window (&it->dx);
  it->at_y = nst_window (&it->y);
  it->at_dy = nst_window (&it->dy);
  it->gate = nst_gate_shape (side, side);
  it->gate.data = nst_alloc (it->gate.plane, cout, NULL);
  it->in = (NstConvInput){&it->at_x, NULL, FALSE, 1};
  it->out = (NstConvOutput){pooled ? NST_FINISH_RELU_MAX : NST_FINISH_RELU,
                            layer->bias,
                            &it->at_y,
                            &it->gate,
                            0,
                            side};
  it->back_in = (NstConvInput){&it->at_dy, &it->gate, pooled, 1};
  it->back_out = (NstConvOutput){NST_FINISH_NONE, NULL, &it->at_dx, NULL, 0, side};
  it->scratch = nst_alloc (size, sizeof (gfloat), NULL);
  memset (it->scratch, 0, size * sizeof (gfloat));
  it->operations = 18.0 * cin * cout * side * side;
}

static void
layer_clear (Layer *it)
{
  nst_winograd_clear (&it->forward);
  nst_winograd_clear (&it->backward);
  nst_tensor_clear (&it->x);
  nst_tensor_clear (&it->dx);
  nst_tensor_clear (&it->y);
  nst_tensor_clear (&it->dy);
  nst_free (it->gate.data);
  nst_free (it->scratch);
}

static gdouble
conv_rate (NstPool *pool, Layer *it, gboolean backward)
{
  gdouble start = bench_now ();

  if (backward)
    nst_winograd_conv (pool, &it->backward, &it->back_in, &it->back_out, it->scratch);
  else
    nst_winograd_conv (pool, &it->forward, &it->in, &it->out, it->scratch);
  return it->operations / (bench_now () - start) / 1e9;
}

typedef struct
{
  gdouble logs[2]; /* of the ratios to sgemm, forward and backward */
  gint n;
} Mean;

static void
bench_layer (Bench *bench, NstPool *pool, const NstKernels *kernels, const NstLayer *layer,
             gboolean pooled, gint side, Mean *mean)
{
  gdouble rates[3][16], ratio[2];
  Layer it;
  gint n = MIN (bench->repeats, 16);

  layer_init (&it, layer, kernels, pooled, side, nst_pool_threads (pool));
  conv_rate (pool, &it, FALSE);
  conv_rate (pool, &it, TRUE);
  for (gint i = 0; i < n; i++)
    {
      rates[0][i] = conv_rate (pool, &it, FALSE);
      rates[1][i] = conv_rate (pool, &it, TRUE);
      rates[2][i] = bench_sgemm (pool);
    }
  for (gint k = 2; k >= 0; k--)
    {
      rates[k][0] = bench_median (rates[k], n);
      if (k < 2)
        ratio[k] = rates[k][0] / rates[2][0];
    }
  printf ("%-10s %4d %4d %4d %s %-9s %d %8.0f %6.2f %8.0f %6.2f %8.0f\n", layer->name,
          layer->cin, layer->cout, side, pooled ? "pool" : "    ", kernels->name,
          nst_pool_threads (pool), rates[0][0], ratio[0], rates[1][0], ratio[1], rates[2][0]);
  fflush (stdout);
  bench_line (bench, "layers",
              "\"layer\":\"%s\",\"cin\":%d,\"cout\":%d,\"side\":%d,\"pooled\":%s,"
              "\"simd\":\"%s\",\"threads\":%d,\"forward_gflops\":%.1f,\"backward_gflops\":%.1f,"
              "\"sgemm_gflops\":%.1f,\"forward_ratio\":%.3f,\"backward_ratio\":%.3f",
              layer->name, layer->cin, layer->cout, side, pooled ? "true" : "false",
              kernels->name, nst_pool_threads (pool), rates[0][0], rates[1][0], rates[2][0],
              ratio[0], ratio[1]);
  if (MIN (layer->cin, layer->cout) >= 128)
    {
      mean->logs[0] += log (ratio[0]);
      mean->logs[1] += log (ratio[1]);
      mean->n++;
    }
  layer_clear (&it);
}

static void
bench_layers_of (Bench *bench, NstPool *pool, const NstKernels *kernels,
                 const NstNetwork *network)
{
  Mean mean = {0};
  gint side = SIDE;
  gdouble forward, backward;

  for (gint i = 0; i < network->n_layers; i++)
    {
      const NstLayer *layer = &network->layers[i];

      side /= layer->pooled ? 2 : 1;
      bench_layer (bench, pool, kernels, layer, i + 1 < network->n_layers && layer[1].pooled,
                   side, &mean);
    }
  forward = exp (mean.logs[0] / mean.n);
  backward = exp (mean.logs[1] / mean.n);
  printf ("C >= 128, %s, %d threads: geometric mean of the ratios to sgemm %.2f "
          "(forward %.2f, backward %.2f)\n\n",
          kernels->name, nst_pool_threads (pool), sqrt (forward * backward), forward, backward);
  bench_line (bench, "layers",
              "\"layer\":\"mean\",\"simd\":\"%s\",\"threads\":%d,\"ratio\":%.3f,"
              "\"forward_ratio\":%.3f,\"backward_ratio\":%.3f",
              kernels->name, nst_pool_threads (pool), sqrt (forward * backward), forward,
              backward);
}

static NstNetwork *
open_vgg19 (const Bench *bench)
{
  GError *error = NULL;
  NstNetwork *network = nst_network_open (bench->vgg19, &error);

  if (!network)
    bench_fail ("%s", error->message);
  return network;
}

void
bench_layers (Bench *bench)
{
  NstNetwork *network = open_vgg19 (bench);

  for (gint s = 0; s < bench->n_sets; s++)
    for (gint threads = 1; threads <= bench->threads; threads += MAX (1, bench->threads - 1))
      {
        NstPool *pool = nst_pool_new (threads);

        printf ("layer       cin cout side      simd  threads  forward  ratio backward  ratio"
                "    sgemm\n");
        bench_layers_of (bench, pool, nst_kernels_named (bench->sets[s]), network);
        nst_pool_free (pool);
      }
  nst_network_free (network);
}

static NstTensor
rounded (const OracleMap *map)
{
  NstTensor t = bench_tensor (map->c, map->h, map->w, 1);

  for (gsize i = 0; i < nst_tensor_size (&t); i++)
    t.data[i] = map->v[i];
  return t;
}

/* The engine's convolution of @in beside @want. */
static gdouble
conv_error (const NstWinograd *winograd, const OracleMap *in, const OracleMap *want)
{
  NstPool *pool = nst_pool_new (1);
  NstTensor x = rounded (in), y = rounded (want);
  gsize size = nst_winograd_scratch (in->c, want->c, 1);
  gfloat *scratch = g_new0 (gfloat, size);
  NstWindow at_x = nst_window (&x), at_y = nst_window (&y);
  NstConvInput input = {&at_x, NULL, FALSE, 1};
  NstConvOutput output = {NST_FINISH_NONE, NULL, &at_y, NULL, 0, y.h};
  gdouble error;

  nst_winograd_conv (pool, winograd, &input, &output, scratch);
  error = test_relative_float (y.data, want->v, oracle_map_size (want));
  g_free (scratch);
  nst_tensor_clear (&x);
  nst_tensor_clear (&y);
  nst_pool_free (pool);
  return error;
}

static void
layer_error (Bench *bench, const NstLayer *layer)
{
  gint cin = layer->cin, cout = layer->cout;
  gsize n = (gsize) 9 * cin * cout;
  NstTensor values = random_weight (layer);
  gdouble *weight = g_new (gdouble, n);
  OracleMap x = test_map (cin, ERROR_SIDE, ERROR_SIDE, 1), y;
  OracleMap dy = test_map (cout, ERROR_SIDE, ERROR_SIDE, 2), dx;

  for (gsize i = 0; i < n; i++)
    weight[i] = values.data[i];
  for (gsize i = 0; i < oracle_map_size (&x); i++)
    x.v[i] = fabs (x.v[i]); /* as after a ReLU */
  y = oracle_conv (&x, weight, NULL, cout);
  dx = oracle_conv_backward (&dy, weight, cin);
  for (gint s = 0; s < bench->n_sets; s++)
    {
      const NstKernels *kernels = nst_kernels_named (bench->sets[s]);
      NstWinograd forward, backward;
      gdouble error[2];

      forward = (NstWinograd){cin, cout, kernels};
      nst_winograd_init (&forward, values.data, FALSE, NULL);
      backward = (NstWinograd){cout, cin, kernels};
      nst_winograd_init (&backward, values.data, TRUE, NULL);
      error[0] = conv_error (&forward, &x, &y);
      error[1] = conv_error (&backward, &dy, &dx);
      printf ("%-10s %4d %4d %-9s %10.2e %10.2e\n", layer->name, cin, cout, kernels->name,
              error[0], error[1]);
      bench_line (bench, "errors",
                  "\"layer\":\"%s\",\"cin\":%d,\"cout\":%d,\"simd\":\"%s\",\"forward\":%.3g,"
                  "\"backward\":%.3g",
                  layer->name, cin, cout, kernels->name, error[0], error[1]);
      nst_winograd_clear (&forward);
      nst_winograd_clear (&backward);
    }
  fflush (stdout);
  nst_tensor_clear (&values);
  g_free (weight);
  oracle_map_clear (&x);
  oracle_map_clear (&y);
  oracle_map_clear (&dx);
  oracle_map_clear (&dy);
}

void
bench_errors (Bench *bench)
{
  NstNetwork *network = open_vgg19 (bench);

  printf ("layer       cin cout simd      relative error forward, backward\n");
  for (gint i = 0; i < network->n_layers; i++)
    {
      const NstLayer *layer = &network->layers[i];

      /* the layers between are of the same shape as one before */
      if (i == 0 || layer->cin != layer[-1].cin || layer->cout != layer[-1].cout)
        layer_error (bench, layer);
    }
  nst_network_free (network);
}
