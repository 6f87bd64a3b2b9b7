/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How fast the engine is on this machine.  Not a test: it asserts nothing.
 *
 *     bench                          a table, and a JSON line for each row
 *     bench iteration NETWORK W H THREADS
 *                                    for tests/bench/peer: evaluates the default
 *                                    recipe's loss once for each line on stdin and
 *                                    prints its seconds and value
 *
 * All rates are direct-equivalent: 2 * 9 * cin * cout operations a pixel,
 * whatever the algorithm does.  Medians; sgemm is interleaved with what it is
 * compared with.
 */
#include "blas.h"
#include "objective.h"
#include "stylise.h"
#include "vector.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPEATS    5
#define SGEMM_SIDE 2048

static gdouble
now (void)
{
  return g_get_monotonic_time () / 1e6;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
median (gdouble *values, gint n)
{
  qsort (values, n, sizeof *values, compare);
  return values[n / 2];
}

/* The pattern that peer makes too: numbers of 24 bits from a linear congruence. */
static void
fill (gfloat *values, gsize n, guint32 seed, gdouble low, gdouble high)
{
  for (gsize i = 0; i < n; i++)
    {
      seed = seed * 1664525u + 1013904223u;
      values[i] = low + (high - low) * (seed >> 8) / 16777216.0;
    }
}

static NstTensor
tensor (gint c, gint h, gint w, guint32 seed)
{
  NstTensor t;
  GError *error = NULL;

  if (!nst_tensor_alloc (&t, c, h, w, &error))
    g_error ("%s", error->message);
  fill (t.data, nst_tensor_size (&t), seed, 0, 1);
  return t;
}

typedef struct
{
  gint side, band;
  NstTensor a, b, c;
} Sgemm;

static void
sgemm_band (gint index, gint thread, gpointer data)
{
  Sgemm *s = data;
  gsize offset = (gsize) index * s->band * s->side;

  nst_gemm (s->band, s->side, s->side, s->a.data + offset, s->side, s->b.data, s->side, 0,
            s->c.data + offset, s->side);
}

static gdouble
sgemm_rate (NstPool *pool, Sgemm *s)
{
  gdouble start = now ();

  s->band = s->side / nst_pool_threads (pool);
  nst_pool_run (pool, nst_pool_threads (pool), sgemm_band, s);
  return 2.0 * s->side * s->side * s->side / (now () - start) / 1e9;
}

typedef struct
{
  const gchar *name;
  gint cin, cout, side; /* at an image of 512 x 512 */
} Layer;

static const Layer vgg19[] = {
    {"conv1_2", 64, 64, 512},   {"conv2_1", 64, 128, 256},  {"conv2_2", 128, 128, 256},
    {"conv3_1", 128, 256, 128}, {"conv3_2", 256, 256, 128}, {"conv4_1", 256, 512, 64},
    {"conv4_2", 512, 512, 64},  {"conv5_1", 512, 512, 32},  {"slim1_2", 16, 16, 512},
    {"slim2_2", 32, 32, 256},   {"slim3_2", 64, 64, 128},   {"slim4_2", 128, 128, 64},
};

static gdouble
conv_rate (NstPool *pool, const NstWinograd *winograd, const NstConvInput *in,
           const NstConvOutput *out, gfloat *scratch)
{
  gdouble start = now ();

  nst_winograd_conv (pool, winograd, in, out, scratch);
  return 18.0 * in->x->c * out->y->c * nst_tensor_plane (in->x) / (now () - start) / 1e9;
}

static void
bench_layer (NstPool *pool, const NstKernels *kernels, const Layer *layer, Sgemm *sgemm)
{
  NstTensor x = tensor (layer->cin, layer->side, layer->side, 1);
  NstTensor y = tensor (layer->cout, layer->side, layer->side, 2);
  gsize n_weights = (gsize) 9 * layer->cin * layer->cout;
  gsize size =
      nst_winograd_scratch (layer->cin, layer->cout, layer->side, nst_pool_threads (pool));
  gfloat *weight = g_new (gfloat, n_weights), *bias = g_new0 (gfloat, layer->cout);
  gfloat *scratch = nst_alloc (size, sizeof (gfloat), NULL);
  NstWinograd forward, backward;
  NstGate gate;
  NstConvInput in = {&x, NULL, FALSE, 1}, back = {&y, &gate, FALSE, 1};
  NstConvOutput out = {NST_FINISH_RELU, bias, &y, &gate},
                back_out = {NST_FINISH_NONE, NULL, &x, NULL};
  gdouble rates[3][REPEATS];

  memset (scratch, 0, size * sizeof (gfloat));
  fill (weight, n_weights, 3, -0.1, 0.1);
  nst_winograd_init (&forward, kernels, weight, layer->cin, layer->cout, FALSE, NULL);
  nst_winograd_init (&backward, kernels, weight, layer->cout, layer->cin, TRUE, NULL);
  nst_gate_alloc (&gate, layer->cout, layer->side, layer->side, NULL);
  for (gint i = 0; i < REPEATS; i++)
    {
      rates[0][i] = conv_rate (pool, &forward, &in, &out, scratch);
      rates[1][i] = conv_rate (pool, &backward, &back, &back_out, scratch);
      rates[2][i] = sgemm_rate (pool, sgemm);
    }
  for (gint k = 0; k < 3; k++)
    rates[k][0] = median (rates[k], REPEATS);
  printf ("%-9s %-8s %d  %6.0f %5.2fx  %6.0f %5.2fx\n", layer->name, kernels->name,
          nst_pool_threads (pool), rates[0][0], rates[0][0] / rates[2][0], rates[1][0],
          rates[1][0] / rates[2][0]);
  printf (
      "{\"layer\":\"%s\",\"kernels\":\"%s\",\"threads\":%d,\"forward\":%.1f,\"backward\":%.1f,"
      "\"sgemm\":%.1f}\n",
      layer->name, kernels->name, nst_pool_threads (pool), rates[0][0], rates[1][0],
      rates[2][0]);
  nst_winograd_clear (&forward);
  nst_winograd_clear (&backward);
  nst_gate_clear (&gate);
  nst_free (scratch);
  g_free (weight);
  g_free (bias);
  nst_tensor_clear (&x);
  nst_tensor_clear (&y);
}

typedef struct
{
  NstRecipeSpec recipe;
  NstObjective objective;
  NstTensor x, gradient;
} Problem;

static void
problem_init (Problem *p, const NstNetwork *network, NstPool *pool, gint w, gint h)
{
  NstSettings settings;
  NstTensor content = tensor (3, h, w, 1), style = tensor (3, h, w, 2);
  GError *error = NULL;

  nst_settings_init (&settings);
  if (!nst_recipe_make (&p->recipe, network, &settings, &error)
      || !nst_objective_init (&p->objective, network, pool, &p->recipe, &content, NULL, &error)
      || !nst_objective_add_style (&p->objective, &style, NULL, 1, &error))
    g_error ("%s", error->message);
  p->x = tensor (3, h, w, 3);
  p->gradient = tensor (3, h, w, 4);
  nst_tensor_clear (&content);
  nst_tensor_clear (&style);
}

static void
problem_clear (Problem *p)
{
  nst_objective_clear (&p->objective);
  nst_tensor_clear (&p->x);
  nst_tensor_clear (&p->gradient);
}

static gdouble
evaluate (Problem *p, NstLosses *losses)
{
  gdouble start = now ();
  GError *error = NULL;

  if (!nst_objective_evaluate (&p->objective, p->x.data, p->gradient.data, losses, &error))
    g_error ("%s", error->message);
  return now () - start;
}

static void
bench_iteration (const NstNetwork *network, NstPool *pool, gint side)
{
  gdouble seconds[REPEATS];
  NstLosses losses;
  Problem p;

  problem_init (&p, network, pool, side, side);
  evaluate (&p, &losses);
  for (gint i = 0; i < REPEATS; i++)
    seconds[i] = evaluate (&p, &losses);
  printf ("%-9s %4d x %-4d %d  %7.3f s an evaluation\n", nst_network_get_name (network), side,
          side, nst_pool_threads (pool), median (seconds, REPEATS));
  printf ("{\"network\":\"%s\",\"side\":%d,\"threads\":%d,\"seconds\":%.4f}\n",
          nst_network_get_name (network), side, nst_pool_threads (pool), seconds[REPEATS / 2]);
  problem_clear (&p);
}

static int
serve (gint argc, gchar **argv)
{
  GError *error = NULL;
  NstNetwork *network;
  NstPool *pool;
  Problem p;
  gchar line[16];

  if (argc != 6)
    g_error ("bench iteration NETWORK WIDTH HEIGHT THREADS");
  network = nst_network_open (*argv[2] ? argv[2] : NULL, &error);
  if (!network)
    g_error ("%s", error->message);
  pool = nst_pool_new (atoi (argv[5]));
  problem_init (&p, network, pool, atoi (argv[3]), atoi (argv[4]));
  while (fgets (line, sizeof line, stdin))
    {
      NstLosses losses;
      gdouble seconds = evaluate (&p, &losses);
      gdouble norm = sqrt (
          nst_sum_products (nst_tensor_size (&p.gradient), p.gradient.data, p.gradient.data));

      printf ("%.6f %.9g %.9g\n", seconds, losses.total, norm);
      fflush (stdout);
    }
  problem_clear (&p);
  nst_pool_free (pool);
  nst_network_free (network);
  return 0;
}

int
main (int argc, char **argv)
{
  static const gchar *const builds[] = {"avx512", "avx2", "baseline"};
  static const gint sides[] = {256, 512, 1024};
  Sgemm sgemm = {.side = SGEMM_SIDE};
  NstNetwork *network;

  if (argc > 1 && g_str_equal (argv[1], "iteration"))
    return serve (argc, argv);
  sgemm.a = tensor (1, SGEMM_SIDE, SGEMM_SIDE, 1);
  sgemm.b = tensor (1, SGEMM_SIDE, SGEMM_SIDE, 2);
  sgemm.c = tensor (1, SGEMM_SIDE, SGEMM_SIDE, 3);
  network = nst_network_open (NULL, NULL);
  for (gint threads = 1; threads <= 2; threads++)
    {
      NstPool *pool = nst_pool_new (threads);

      printf ("sgemm %d^3, %d threads: %.0f GFLOP/s\n", SGEMM_SIDE, threads,
              sgemm_rate (pool, &sgemm));
      printf ("layer     kernels  threads  forward GFLOP/s, x sgemm; backward\n");
      for (gsize b = 0; b < G_N_ELEMENTS (builds); b++)
        for (gsize i = 0; nst_kernels_named (builds[b]) && i < G_N_ELEMENTS (vgg19); i++)
          bench_layer (pool, nst_kernels_named (builds[b]), &vgg19[i], &sgemm);
      for (gsize i = 0; i < G_N_ELEMENTS (sides); i++)
        bench_iteration (network, pool, sides[i]);
      nst_pool_free (pool);
    }
  nst_network_free (network);
  nst_tensor_clear (&sgemm.a);
  nst_tensor_clear (&sgemm.b);
  nst_tensor_clear (&sgemm.c);
  return 0;
}
