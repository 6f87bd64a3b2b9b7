/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The oracle against central differences: its gradients are those of its
 * values, for every layer and loss and for the whole, to 1e-6.
 */
#include "common.h"

#include <math.h>

#define LIMIT 1e-6

typedef gdouble (*Value) (const OracleMap *at, OracleMap *grad, gconstpointer data);

#define ALONG_GRADIENT 8

/* Component @i of direction @round: random ones, single coordinates, and at
 * last the gradient itself, which no error in its size escapes. */
static gdouble
direction (gint round, gsize i, gsize n, const OracleMap *grad, gdouble norm)
{
  if (round == ALONG_GRADIENT)
    return grad->v[i] / norm;
  if (round >= 4)
    return (gint) i == test_int (99, round, 0, n - 1);
  return test_uniform (100 + round, i);
}

/* The analytic derivative against (f(x + h d) - f(x - h d)) / 2h, relative to
 * the gradient's length. */
static void
check_gradient (Value value, const OracleMap *at, gconstpointer data)
{
  OracleMap grad = oracle_map_new (at->c, at->h, at->w);
  OracleMap moved = oracle_map_new (at->c, at->h, at->w);
  gsize n = oracle_map_size (at);
  gdouble norm = 0, h = 1e-6;

  value (at, &grad, data);
  for (gsize i = 0; i < n; i++)
    norm += grad.v[i] * grad.v[i];
  norm = sqrt (norm);
  g_assert_cmpfloat (norm, >, 0);
  for (gint round = 0; round <= ALONG_GRADIENT; round++)
    {
      gdouble f[2], exact = 0, length = 0;

      for (gint side = 0; side < 2; side++)
        {
          for (gsize i = 0; i < n; i++)
            {
              gdouble d = direction (round, i, n, &grad, norm);

              moved.v[i] = at->v[i] + (side ? -h : h) * d;
              exact += side ? 0 : d * grad.v[i];
              length += side ? 0 : d * d;
            }
          f[side] = value (&moved, NULL, data);
        }
      test_at_most (fabs ((f[0] - f[1]) / (2 * h) - exact) / (norm * sqrt (length)), LIMIT);
    }
  oracle_map_clear (&grad);
  oracle_map_clear (&moved);
}

/* 1/2 |out - something|^2, so that the gradient to the output is their difference. */
static gdouble
half_square (OracleMap *out)
{
  gdouble value = 0;

  for (gsize i = 0; i < oracle_map_size (out); i++)
    {
      out->v[i] -= 0.3 * test_uniform (7, i);
      value += out->v[i] * out->v[i] / 2;
    }
  return value;
}

static void
take (OracleMap *grad, OracleMap *from)
{
  oracle_map_clear (grad);
  *grad = *from;
}

static gdouble
conv_relu_value (const OracleMap *at, OracleMap *grad, gconstpointer data)
{
  const OracleLayer *layer = data;
  OracleMap out = oracle_conv (at, layer->weight, layer->bias, layer->c_out), relu, below;
  gdouble value;

  oracle_relu (&out);
  relu = (OracleMap){out.c, out.h, out.w,
                     g_memdup2 (out.v, oracle_map_size (&out) * sizeof (gdouble))};
  value = half_square (&out);
  if (grad)
    {
      oracle_relu_backward (&relu, &out);
      below = oracle_conv_backward (&out, layer->weight, layer->c_in);
      take (grad, &below);
    }
  oracle_map_clear (&relu);
  oracle_map_clear (&out);
  return value;
}

static void
test_conv_relu (void)
{
  static const gint shape[][2] = {{5, 7}, {1, 6}, {4, 1}, {1, 1}, {2, 3}};
  OracleNet net = test_net ("5", 3);

  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    {
      OracleMap at = test_map (3, shape[i][0], shape[i][1], 20 + i);

      check_gradient (conv_relu_value, &at, &net.layer[0]);
      oracle_map_clear (&at);
    }
  oracle_net_clear (&net);
}

static gdouble
pool_value (const OracleMap *at, OracleMap *grad, gconstpointer data)
{
  gboolean average = GPOINTER_TO_INT (data);
  OracleMap out = oracle_pool (at, average), below;
  gdouble value = half_square (&out);

  if (grad)
    {
      below = oracle_pool_backward (at, &out, average);
      take (grad, &below);
    }
  oracle_map_clear (&out);
  return value;
}

static void
test_pool (void)
{
  static const gint shape[][2] = {{6, 4}, {5, 7}, {2, 2}, {3, 2}};

  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    {
      OracleMap at = test_map (2, shape[i][0], shape[i][1], 40 + i);

      check_gradient (pool_value, &at, GINT_TO_POINTER (FALSE));
      check_gradient (pool_value, &at, GINT_TO_POINTER (TRUE));
      oracle_map_clear (&at);
    }
}

static gdouble
term_value (const OracleMap *at, OracleMap *grad, gconstpointer data)
{
  return oracle_term (data, at, grad);
}

/* With and without weighted positions, some of them 0. */
static void
check_term (OracleKind kind)
{
  OracleMap at = test_map (4, 3, 5, 50), other = test_map (4, 3, 5, 51);
  gdouble weight[15];

  for (gint p = 0; p < 15; p++)
    weight[p] = MAX (test_uniform (52, p), 0);
  for (gint weighted = 0; weighted < 2; weighted++)
    {
      OracleTerm term = {kind, 0, 0.7, oracle_target (kind, &other, weighted ? weight : NULL),
                         weighted ? weight : NULL};

      check_gradient (term_value, &at, &term);
      g_assert_cmpfloat (oracle_term (&term, &other, NULL), <, 1e-25);
      g_free (term.target);
    }
  oracle_map_clear (&at);
  oracle_map_clear (&other);
}

static void
test_content (void)
{
  check_term (ORACLE_CONTENT);
}

static void
test_gram (void)
{
  check_term (ORACLE_GRAM);
}

static void
test_mean_covariance (void)
{
  check_term (ORACLE_MEAN_COV);
}

/* Q Q (C / |C| + 0.03) = 1 */
static void
test_metric (void)
{
  enum
  {
    N = 5
  };
  OracleMap at = test_map (N, 3, 5, 55);
  gdouble *target = oracle_target (ORACLE_MEAN_COV, &at, NULL), *c = target + N, norm = 0;
  gdouble *q = oracle_metric (c, N);

  for (gint i = 0; i < N * N; i++)
    norm += c[i] * c[i];
  norm = sqrt (norm);
  for (gint i = 0; i < N; i++)
    for (gint j = 0; j < N; j++)
      {
        gdouble sum = 0;

        for (gint k = 0; k < N; k++)
          for (gint l = 0; l < N; l++)
            sum += q[i * N + k] * q[k * N + l] * (c[l * N + j] / norm + (l == j ? 0.03 : 0));
        g_assert_cmpfloat_with_epsilon (sum, i == j, 1e-10);
      }
  g_free (q);
  g_free (target);
  oracle_map_clear (&at);
}

static gdouble
tv_value (const OracleMap *at, OracleMap *grad, gconstpointer data)
{
  return oracle_tv (GPOINTER_TO_INT (data), 0.3, 4, 2, at, grad);
}

static void
test_tv (void)
{
  OracleMap at = test_map (3, 5, 4, 60);

  check_gradient (tv_value, &at, GINT_TO_POINTER (ORACLE_TV_KERAS));
  check_gradient (tv_value, &at, GINT_TO_POINTER (ORACLE_TV_MEAN));
  oracle_map_clear (&at);
}

/* By hand: one channel, 2 x 2; then two channels, 1 x 2. */
static void
test_tv_by_hand (void)
{
  gdouble v[4] = {1, 3, 2, 7};
  OracleMap x = {1, 2, 2, v}, two = {2, 1, 2, v};

  g_assert_cmpfloat_with_epsilon (oracle_tv (ORACLE_TV_KERAS, 2, 0, 1, &x, NULL),
                                  2 * pow (2 * 2 + 1 * 1, 1.25), 1e-12);
  g_assert_cmpfloat_with_epsilon (oracle_tv (ORACLE_TV_MEAN, 2, 10, 1, &x, NULL),
                                  2 * ((4 + 25) / 2. + (1 + 16) / 2.), 1e-12);
  /* differences of 2 and 5: mean 3.5, 1.5 off it */
  g_assert_cmpfloat_with_epsilon (oracle_tv (ORACLE_TV_MEAN, 2, 10, 1, &two, NULL),
                                  2 * (4 + 25 + 10 * 2 * 1.5 * 1.5) / 2., 1e-12);
}

static gdouble
stripes_value (const OracleMap *at, OracleMap *grad, gconstpointer data)
{
  return oracle_stripes (0.3, at, grad);
}

/* By differences, and by hand: 2 x 2. */
static void
test_stripes (void)
{
  gdouble v[4] = {1, 1, 2, 7};
  OracleMap at = test_map (3, 5, 4, 61), x = {1, 2, 2, v};

  check_gradient (stripes_value, &at, NULL);
  oracle_map_clear (&at);
  /* across the rows -1/4 and -6/4 and the same below, of which along them 3/4 and 1/4 are taken;
   * across the columns 0 and -5/4 */
  g_assert_cmpfloat_with_epsilon (oracle_stripes (2, &x, NULL),
                                  2 * 2 * (9. / 16 * 9 / 16 + 19. / 16 * 19 / 16) / 4.
                                      + 2 * 2 * (5. / 16 * 5 / 16 + 15. / 16 * 15 / 16) / 4.,
                                  1e-12);
}

static gdouble
whole_value (const OracleMap *at, OracleMap *grad, gconstpointer data)
{
  return oracle_objective (data, at, grad);
}

/* Content, two weighted styles of each kind and TV over a network with pools. */
static void
check_whole (OracleTv tv, gboolean average, gboolean bgr)
{
  OracleNet net = test_net ("4 5 | 6 | 5 7", 70);
  OracleMap at = test_map (3, 9, 11, 80), other = test_map (3, 9, 11, 81), relu[5];
  OracleTerm term[9];
  OracleObjective objective = {&net, term, 0, tv, 0.4, 3, 1};

  net.average = average;
  net.bgr = bgr;
  oracle_net_forward (&net, &other, 1, 5, relu);
  for (gint layer = 0; layer < 5; layer++)
    for (gint style = 0; style < 2; style++)
      {
        OracleKind kind = layer == 3 ? ORACLE_CONTENT : style ? ORACLE_MEAN_COV : ORACLE_GRAM;

        if (layer != 3 || style == 0)
          term[objective.n_terms++] = (OracleTerm){
              kind, layer, 0.1 + 0.2 * style, oracle_target (kind, &relu[layer], NULL), NULL};
      }
  check_gradient (whole_value, &at, &objective);
  for (gint i = 0; i < objective.n_terms; i++)
    g_free (term[i].target);
  for (gint i = 0; i < 5; i++)
    oracle_map_clear (&relu[i]);
  oracle_map_clear (&at);
  oracle_map_clear (&other);
  oracle_net_clear (&net);
}

static void
test_whole (void)
{
  check_whole (ORACLE_TV_NONE, FALSE, FALSE);
  check_whole (ORACLE_TV_MEAN, FALSE, TRUE);
  check_whole (ORACLE_TV_KERAS, TRUE, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oracle/conv-relu", test_conv_relu);
  g_test_add_func ("/oracle/pool", test_pool);
  g_test_add_func ("/oracle/content", test_content);
  g_test_add_func ("/oracle/gram", test_gram);
  g_test_add_func ("/oracle/mean-covariance", test_mean_covariance);
  g_test_add_func ("/oracle/metric", test_metric);
  g_test_add_func ("/oracle/tv", test_tv);
  g_test_add_func ("/oracle/tv-by-hand", test_tv_by_hand);
  g_test_add_func ("/oracle/stripes", test_stripes);
  g_test_add_func ("/oracle/whole", test_whole);
  return g_test_run ();
}
