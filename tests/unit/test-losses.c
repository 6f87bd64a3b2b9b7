/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each loss and its gradient against the oracle: content, the two style
 * losses with and without weighted positions and with several styles, the two
 * total variations, stripes, the palette.
 */
#include "fixture.h"
#include "losses/loss.h"
#include "losses/palette.h"
#include "losses/stripes.h"
#include "losses/style-slope.h"
#include "losses/tv.h"

#include <math.h>

#define VALUE_LIMIT    2e-6 /* relative, as float goes */
#define GRADIENT_LIMIT 5e-6

typedef struct
{
  NstPool *pool;
  OracleMap map, grad, other[2]; /* features; their gradient; what targets are made of */
  NstTensor features, gradient;
  gfloat *weights;
  gdouble *oracle_weights;
} LossCase;

static void
loss_case_init (LossCase *it, gint round)
{
  static const gint shape[][3] = {{1, 1, 1}, {5, 3, 4}, {33, 17, 31}, {8, 90, 61}};
  const gint *s = shape[round % G_N_ELEMENTS (shape)];
  gsize plane = s[1] * s[2];

  it->pool = nst_pool_new (2);
  it->map = test_map (s[0], s[1], s[2], 1100 + round);
  oracle_relu (&it->map);
  it->map.v[0] = 0.5;
  it->features = test_tensor (&it->map);
  for (gint i = 0; i < 2; i++)
    {
      it->other[i] = test_map (s[0], s[1], s[2], 1120 + 20 * i + round);
      it->other[i].v[0] = 1;
    }
  /* a loss adds to what is there */
  it->grad = test_map (s[0], s[1], s[2], 1160 + round);
  it->gradient = test_tensor (&it->grad);
  it->weights = g_new (gfloat, plane);
  it->oracle_weights = g_new (gdouble, plane);
  for (gsize p = 0; p < plane; p++)
    it->oracle_weights[p] = it->weights[p] =
        p == 0 ? 1 : CLAMP (test_uniform (1180 + round, p) + 0.3f, 0, 1);
}

static void
loss_case_clear (LossCase *it)
{
  nst_pool_free (it->pool);
  nst_tensor_clear (&it->features);
  nst_tensor_clear (&it->gradient);
  oracle_map_clear (&it->map);
  oracle_map_clear (&it->grad);
  for (gint i = 0; i < 2; i++)
    oracle_map_clear (&it->other[i]);
  g_free (it->weights);
  g_free (it->oracle_weights);
}

static void
check_same (const LossCase *it, gdouble value, gdouble oracle_value)
{
  test_at_most (fabs (value - oracle_value) / fabs (oracle_value), VALUE_LIMIT);
  test_at_most (
      test_relative_float (it->gradient.data, it->grad.v, oracle_map_size (&it->grad)),
      GRADIENT_LIMIT);
}

static void
test_content (void)
{
  for (gint round = 0; round < 4; round++)
    {
      LossCase it;
      NstTensor target;
      NstPiece piece;
      OracleTerm term = {ORACLE_CONTENT, 0, 0.7, NULL, NULL};
      gdouble value;

      loss_case_init (&it, round);
      piece = test_piece (&it.features, &it.gradient);
      target = test_tensor (&it.other[0]);
      term.target = it.other[0].v;
      value = nst_content_loss (it.pool, &piece, target.data, nst_tensor_plane (&target), 0.7);
      check_same (&it, value, oracle_term (&term, &it.map, &it.grad));
      nst_tensor_clear (&target);
      loss_case_clear (&it);
    }
}

/* The target's statistics, and with them the measuring, against the oracle's. */
static void
make_target (const LossCase *it, OracleKind kind, gint style, NstStyleTarget *target,
             OracleTerm *term)
{
  gint n = it->map.c;
  OracleMap other = it->other[style];
  NstTensor features = test_tensor (&other);
  NstPiece piece = test_piece (&features, NULL);
  GError *error = NULL;
  gboolean centred = kind == ORACLE_MEAN_COV;

  *term = (OracleTerm){kind, 0, 0.3 + style, oracle_target (kind, &other, it->oracle_weights),
                       it->oracle_weights};
  g_assert_true (nst_stats_init (&target->stats, n, centred, &error));
  nst_stats_begin (&target->stats);
  g_assert_true (nst_stats_add (&target->stats, it->pool, &piece, it->weights, &error));
  nst_stats_end (&target->stats, it->pool);
  if (centred)
    test_at_most (test_relative (target->stats.mean, term->target, n), VALUE_LIMIT);
  if (n > 1)
    test_at_most (
        test_relative (target->stats.second, term->target + (centred ? n : 0), (gsize) n * n),
        VALUE_LIMIT);
  /* the coefficients as the recipes have them; from the oracle's target */
  target->k_mean = target->k_second = term->coefficient;
  if (centred)
    {
      gdouble mean = 0;

      for (gint i = 0; i < n; i++)
        mean += term->target[i] * term->target[i];
      g_assert_true (
          nst_metric_init (&target->metric, it->pool, n, term->target + n, 0, &error));
      target->k_mean /= mean;
      target->k_second /= target->metric.norm;
    }
  else
    target->k_mean = 0;
  nst_tensor_clear (&features);
}

/* One style, then two at once. */
static void
check_style (OracleKind kind, gint round, gboolean weighted)
{
  LossCase it;
  NstStyleTarget target[2] = {0};
  OracleTerm term[2];
  NstStats now;
  NstStyleSlope slope;
  NstPiece piece;
  GError *error = NULL;
  gdouble value, oracle_value = 0;

  loss_case_init (&it, round);
  if (!weighted)
    {
      g_clear_pointer (&it.weights, g_free);
      g_clear_pointer (&it.oracle_weights, g_free);
    }
  for (gint style = 0; style < 2; style++)
    make_target (&it, kind, style, &target[style], &term[style]);
  nst_stats_init (&now, it.map.c, kind == ORACLE_MEAN_COV, &error);
  nst_style_slope_init (&slope, it.map.c, nst_pool_threads (it.pool), &error);
  piece = test_piece (&it.features, &it.gradient);
  nst_stats_begin (&now);
  g_assert_true (nst_stats_add (&now, it.pool, &piece, it.weights, &error));
  nst_stats_end (&now, it.pool);
  value = nst_style_slope_find (&slope, it.pool, &now, target, 2);
  nst_style_slope_add (&slope, it.pool, &piece, it.weights);
  for (gint style = 0; style < 2; style++)
    oracle_value += oracle_term (&term[style], &it.map, &it.grad);
  check_same (&it, value, oracle_value);
  for (gint style = 0; style < 2; style++)
    {
      nst_style_target_clear (&target[style]);
      g_free (term[style].target);
    }
  nst_stats_clear (&now);
  nst_style_slope_clear (&slope);
  loss_case_clear (&it);
}

static void
test_gram (void)
{
  for (gint round = 0; round < 8; round++)
    check_style (ORACLE_GRAM, round, round >= 4);
}

/* Of covariances of full and of low rank. */
static void
test_metric (void)
{
  static const gint shape[][3] = {{1, 3, 3}, {7, 5, 6}, {40, 3, 4}, {128, 30, 30}};

  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    {
      gint n = shape[i][0];
      OracleMap map = test_map (n, shape[i][1], shape[i][2], 1195 + i);
      gdouble *target = oracle_target (ORACLE_MEAN_COV, &map, NULL);
      gdouble *q = oracle_metric (target + n, n);
      NstPool *pool = nst_pool_new (2);
      NstMetric metric;

      g_assert_true (nst_metric_init (&metric, pool, n, target + n, 0, NULL));
      test_at_most (test_relative (metric.q, q, (gsize) n * n), 1e-9);
      nst_metric_clear (&metric);
      nst_pool_free (pool);
      g_free (target);
      g_free (q);
      oracle_map_clear (&map);
    }
}

/* From 12 positions on: a single one has no covariance. */
static void
test_mean_covariance (void)
{
  for (gint round = 0; round < 8; round++)
    if (round % 4 != 0)
      check_style (ORACLE_MEAN_COV, round, round >= 4);
}

/* An image, and what a loss of it adds its gradient to. */
typedef struct
{
  OracleMap image, grad;
  NstTensor x, g;
} ImageCase;

static void
image_case_init (ImageCase *it, const gint *shape, gint seed)
{
  it->image = test_map (3, shape[0], shape[1], seed);
  it->grad = test_map (3, shape[0], shape[1], seed + 10);
  it->x = test_tensor (&it->image);
  it->g = test_tensor (&it->grad);
}

/* As the oracle has it, whose gradient @it has by now. */
static void
image_case_end (ImageCase *it, gdouble value, gdouble oracle_value)
{
  test_at_most (fabs (value - oracle_value), VALUE_LIMIT * oracle_value);
  test_at_most (test_relative_float (it->g.data, it->grad.v, nst_tensor_size (&it->g)),
                VALUE_LIMIT);
  nst_tensor_clear (&it->x);
  nst_tensor_clear (&it->g);
  oracle_map_clear (&it->image);
  oracle_map_clear (&it->grad);
}

static void
test_tv (void)
{
  static const gint shape[][2] = {{1, 1}, {1, 9}, {9, 1}, {2, 2}, {31, 17}};
  NstPool *pool = nst_pool_new (2);

  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    for (gint keras = 0; keras < 2; keras++)
      {
        ImageCase it;
        gdouble value;

        image_case_init (&it, shape[i], 1200 + i);
        value =
            nst_tv_loss (pool, keras ? NST_TV_POWER : NST_TV_SQUARES, 0.8, 7, &it.x, it.g.data);
        image_case_end (&it, value,
                        oracle_tv (keras ? ORACLE_TV_KERAS : ORACLE_TV_MEAN, 0.8, 7, 1,
                                   &it.image, &it.grad));
      }
  nst_pool_free (pool);
}

static void
test_stripes (void)
{
  static const gint shape[][2] = {{1, 1}, {1, 9}, {9, 1}, {2, 2}, {3, 65}, {31, 17}, {5, 131}};
  NstPool *pool = nst_pool_new (2);

  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    {
      ImageCase it;
      gdouble value;

      image_case_init (&it, shape[i], 1220 + i);
      value = nst_stripes_loss (pool, 0.8, &it.x, it.g.data);
      image_case_end (&it, value, oracle_stripes (0.8, &it.image, &it.grad));
    }
  nst_pool_free (pool);
}

/* Rows that alternate cost, by their height squared; a chequered picture and stripes twice as wide
 * hardly do, and an even one does not at all. */
static void
test_stripes_only (void)
{
  NstPool *pool = nst_pool_new (1);
  NstTensor x = test_tensor_new (3, 40, 80), g = test_tensor_new (3, 40, 80);
  gdouble value[4];

  for (gint kind = 0; kind < 4; kind++)
    {
      for (gsize i = 0; i < nst_tensor_size (&x); i++)
        {
          gsize row = i / 80, column = i % 80;
          gsize sign[] = {row, row + column, row / 2, 0};

          x.data[i] = 0.3f + 0.1f * (gfloat) (sign[kind] % 2);
        }
      value[kind] = nst_stripes_loss (pool, 1, &x, g.data);
    }
  /* in the borders' rows a quarter; of what is chequered that is all, in rows and columns */
  test_at_most (fabs (value[0] / (0.05 * 0.05 * (38 + 2 * 0.25) / 40) - 1), 1e-5);
  test_at_most (value[1] / value[0], (2. / 40 + 2. / 80) / 4 + 0.001);
  test_at_most (value[2] / value[0], 0.26);
  g_assert_cmpfloat (value[3], ==, 0);
  nst_tensor_clear (&x);
  nst_tensor_clear (&g);
  nst_pool_free (pool);
}

/* A picture's palette against that of two others, on either side of the masks, which are so high. */
static void
check_palette (NstPool *pool, gfloat masked, gdouble *value, NstTensor *gradient)
{
  OracleMap image = test_map (3, 90, 110, 1500),
            style[2] = {test_map (3, 40, 170, 1510), test_map (3, 95, 60, 1520)};
  OracleMap grad = test_map (3, 90, 110, 1530);
  gfloat mask[3][90 * 110];
  OraclePalette oracle = {1.5, 2, {&style[0], &style[1]}, {NULL}, NULL, {0.3, 0.7}};
  OracleMap *all[] = {&image, &style[0], &style[1]};
  NstPalette palette = {0};
  NstTensor x;

  for (guint k = 0; k < G_N_ELEMENTS (all); k++)
    {
      for (gsize i = 0; i < oracle_map_size (all[k]); i++)
        all[k]->v[i] = (gfloat) (0.5 + 0.1 * (k + 1) * all[k]->v[i]);
      for (gint i = 0; i < 90 * 110; i++)
        mask[k][i] = (k == 0 ? 1 : masked) * (i * (k + 2) % 5 / 4.f);
    }
  for (gint s = 0; s < 2; s++)
    {
      x = test_tensor (&style[s]);
      oracle.style_mask[s] = masked > 0 ? mask[s + 1] : NULL;
      nst_palette_add (&palette, pool, &x, oracle.style_mask[s], oracle.weight[s]);
      nst_tensor_clear (&x);
    }
  oracle.mask = masked > 0 ? mask[0] : NULL;
  x = test_tensor (&image);
  *gradient = test_tensor (&grad);
  *value = nst_palette_loss (&palette, pool, 1.5, &x, oracle.mask, gradient->data);
  test_at_most (fabs (*value / oracle_palette (&oracle, &image, &grad) - 1), 1e-4);
  test_at_most (test_relative_float (gradient->data, grad.v, nst_tensor_size (gradient)), 1e-3);
  nst_tensor_clear (&x);
  for (guint k = 0; k < G_N_ELEMENTS (all); k++)
    oracle_map_clear (all[k]);
  oracle_map_clear (&grad);
}

/* By the oracle; and the same bytes on any number of threads. */
static void
test_palette (void)
{
  static const gfloat heights[] = {
      0, 1, 1e-9f}; /* a veil that is hardly there shows the same colours */

  for (guint h = 0; h < G_N_ELEMENTS (heights); h++)
    {
      gdouble value[2];
      NstTensor gradient[2];

      for (gint k = 0; k < 2; k++)
        {
          NstPool *pool = nst_pool_new (1 + 2 * k);

          check_palette (pool, heights[h], &value[k], &gradient[k]);
          nst_pool_free (pool);
        }
      g_assert_true (value[0] == value[1]);
      g_assert_cmpmem (gradient[0].data, nst_tensor_size (&gradient[0]) * sizeof (gfloat),
                       gradient[1].data, nst_tensor_size (&gradient[1]) * sizeof (gfloat));
      nst_tensor_clear (&gradient[0]);
      nst_tensor_clear (&gradient[1]);
    }
}

/* Ink that is too pale is told from ink, by how much. */
static void
test_palette_tells_ink (void)
{
  NstPool *pool = nst_pool_new (1);
  NstPalette palette = {0};
  NstTensor ink, gradient;
  GError *error = NULL;

  g_assert_true (nst_tensor_alloc (&ink, 3, 10, 10, &error)
                 && nst_tensor_alloc (&gradient, 3, 10, 10, &error));
  for (gint i = 0; i < 300; i++)
    {
      ink.data[i] = i % 5 == 0 ? 0 : 1;
      gradient.data[i] = 0;
    }
  nst_palette_add (&palette, pool, &ink, NULL, 1);
  test_at_most (nst_palette_loss (&palette, pool, 1, &ink, NULL, gradient.data), 1e-9);
  for (gint i = 0; i < 300; i++)
    ink.data[i] = i % 5 == 0 ? 0.25f : 1;
  /* a fifth is a quarter too pale; the variance of 0, 1, 1, 1, 1 is 0.16 */
  test_at_most (fabs (nst_palette_loss (&palette, pool, 1, &ink, NULL, gradient.data)
                      - 0.2 * 0.0625 / 0.161),
                1e-3);
  g_assert_cmpfloat (gradient.data[0], >, 0);
  nst_tensor_clear (&ink);
  nst_tensor_clear (&gradient);
  nst_pool_free (pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/losses/content", test_content);
  g_test_add_func ("/losses/gram", test_gram);
  g_test_add_func ("/losses/metric", test_metric);
  g_test_add_func ("/losses/mean-covariance", test_mean_covariance);
  g_test_add_func ("/losses/tv", test_tv);
  g_test_add_func ("/losses/stripes", test_stripes);
  g_test_add_func ("/losses/stripes-only", test_stripes_only);
  g_test_add_func ("/losses/palette", test_palette);
  g_test_add_func ("/losses/palette-tells-ink", test_palette_tells_ink);
  return g_test_run ();
}
