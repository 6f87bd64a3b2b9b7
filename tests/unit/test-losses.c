/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each loss and its gradient against the oracle: content, the two style
 * losses with and without weighted positions and with several styles, the two
 * total variations; then the whole objective of each recipe, and where going down
 * it ends.
 */
#include "fixture.h"
#include "optimizer/optimizer.h"
#include "run/objective.h"
#include "run/recipe.h"

#include <math.h>
#include <string.h>

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

static void
test_tv (void)
{
  static const gint shape[][2] = {{1, 1}, {1, 9}, {9, 1}, {2, 2}, {31, 17}};
  NstPool *pool = nst_pool_new (2);

  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    for (gint keras = 0; keras < 2; keras++)
      {
        gint h = shape[i][0], w = shape[i][1];
        OracleMap image = test_map (3, h, w, 1200 + i), grad = test_map (3, h, w, 1210 + i);
        NstTensor x = test_tensor (&image), g = test_tensor (&grad);
        gdouble value =
            nst_tv_loss (pool, keras ? NST_TV_POWER : NST_TV_SQUARES, 0.8, 7, &x, g.data);
        gdouble oracle_value =
            oracle_tv (keras ? ORACLE_TV_KERAS : ORACLE_TV_MEAN, 0.8, 7, 1, &image, &grad);

        test_at_most (fabs (value - oracle_value), VALUE_LIMIT * oracle_value);
        test_at_most (test_relative_float (g.data, grad.v, nst_tensor_size (&g)), VALUE_LIMIT);
        nst_tensor_clear (&x);
        nst_tensor_clear (&g);
        oracle_map_clear (&image);
        oracle_map_clear (&grad);
      }
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

#define N_LAYERS 7
#define N_STYLES 2
#define W        38
#define H        45

/* A run's ingredients in both forms: content, two styles of other sizes, the
 * image now; masks, or none. */
typedef struct
{
  OracleNet net;
  NstNetwork *network;
  NstPool *pool;
  NstSettings settings;
  gdouble pixel_max;
  OracleMap content, style[N_STYLES], image;
  gfloat *content_mask, *style_mask[N_STYLES];

  OracleTerm term[2 + 2 + 5 * N_STYLES];
  OracleObjective oracle;
  OracleMap at_content[N_LAYERS];
  gdouble *layer_mask[1 + N_STYLES][N_LAYERS];
} WholeCase;

static OracleMap
picture (gint h, gint w, guint64 seed, gdouble pixel_max)
{
  NstImage image = test_image (seed, w, h);
  OracleMap map = test_image_map (&image, pixel_max);

  for (gsize i = 0; i < oracle_map_size (&map); i++)
    map.v[i] = (gfloat) map.v[i];
  nst_image_clear (&image);
  return map;
}

static gfloat *
mask (const OracleMap *image, guint64 seed)
{
  gsize n = (gsize) image->h * image->w;
  gfloat *values = g_new (gfloat, n);

  for (gsize p = 0; p < n; p++)
    values[p] = CLAMP (test_uniform (seed, p) + 0.4f, 0, 1);
  return values;
}

static void
whole_case_init (WholeCase *it, NstRecipe recipe, gboolean masked)
{
  memset (it, 0, sizeof (*it));
  it->net = test_net ("6 7 | 9 | 8 | 12 10 | 11", 1300);
  it->network = test_net_open (&it->net, 0);
  it->pool = nst_pool_new (2);
  nst_settings_init (&it->settings);
  it->settings.recipe = recipe;
  it->pixel_max = recipe == NST_RECIPE_DEFAULT ? 1 : 255;
  it->content = picture (H, W, 1310, it->pixel_max);
  it->image = picture (H, W, 1320, it->pixel_max);
  it->style[0] = recipe == NST_RECIPE_KERAS ? picture (H, W, 1330, it->pixel_max)
                                            : picture (40, 33, 1330, it->pixel_max);
  it->style[1] = recipe == NST_RECIPE_KERAS ? picture (H, W, 1340, it->pixel_max)
                                            : picture (17, 50, 1340, it->pixel_max);
  if (masked)
    {
      it->content_mask = mask (&it->content, 1350);
      for (gint s = 0; s < N_STYLES; s++)
        it->style_mask[s] = mask (&it->style[s], 1360 + s);
    }
}

static void
whole_case_clear (WholeCase *it)
{
  for (gint i = 0; i < it->oracle.n_terms; i++)
    g_free (it->term[i].target);
  for (gint i = 0; i < N_LAYERS; i++)
    {
      oracle_map_clear (&it->at_content[i]);
      for (gint s = 0; s <= N_STYLES; s++)
        g_free (it->layer_mask[s][i]);
    }
  for (gint s = 0; s < N_STYLES; s++)
    {
      oracle_map_clear (&it->style[s]);
      g_free (it->style_mask[s]);
    }
  g_free (it->content_mask);
  oracle_map_clear (&it->content);
  oracle_map_clear (&it->image);
  oracle_net_clear (&it->net);
  nst_network_free (it->network);
  nst_pool_free (it->pool);
}

/* @mask averaged down to each layer. */
static void
layer_masks (const OracleNet *net, const gfloat *values, gint h, gint w, gdouble *out[N_LAYERS])
{
  OracleMap now = oracle_map_new (1, h, w);

  for (gint p = 0; p < h * w; p++)
    now.v[p] = values[p];
  for (gint i = 0; i < N_LAYERS; i++)
    {
      if (net->layer[i].pool_before)
        {
          OracleMap half = oracle_pool (&now, TRUE);

          oracle_map_clear (&now);
          now = half;
        }
      out[i] = g_memdup2 (now.v, oracle_map_size (&now) * sizeof (gdouble));
    }
  oracle_map_clear (&now);
}

/* What recipes.md gives a style layer as the coefficient of sum (G - A)^2 with
 * G = F F^T / M, or of the mean-and-covariance loss. */
static gdouble
published_style (NstRecipe recipe, gint block, gdouble n, gdouble m)
{
  switch (recipe)
    {
    case NST_RECIPE_KERAS:
      return 1e-6 / 5 * m * m / (4. * 3 * 3 * ((gdouble) H * W) * ((gdouble) H * W));
    case NST_RECIPE_GATYS:
      return 1e3 / (n * n) / (n * n);
    default:
      return (4 - block) / 10.; /* of four blocks */
    }
}

static gdouble
published_content (NstRecipe recipe, const OracleMap *features, gdouble strength)
{
  gdouble squares = 0;

  for (gsize i = 0; i < oracle_map_size (features); i++)
    squares += features->v[i] * features->v[i];
  switch (recipe)
    {
    case NST_RECIPE_KERAS:
      return 2.5e-8;
    case NST_RECIPE_GATYS:
      return 1. / oracle_map_size (features);
    default:
      return strength < 50 ? 0.08 * pow (10, 1.05) / squares : 0; /* at 40, from 50 on */
    }
}

static void
add_style_terms (WholeCase *it, gint s, gdouble share)
{
  NstRecipe recipe = it->settings.recipe;
  OracleKind kind = recipe == NST_RECIPE_DEFAULT ? ORACLE_MEAN_COV : ORACLE_GRAM;
  OracleMap relu[N_LAYERS];
  gint block = 0;

  if (it->style_mask[s])
    layer_masks (&it->net, it->style_mask[s], it->style[s].h, it->style[s].w,
                 it->layer_mask[1 + s]);
  oracle_net_forward (&it->net, &it->style[s], it->pixel_max, N_LAYERS, relu);
  for (gint i = 0; i < N_LAYERS; i++)
    {
      if (g_str_has_suffix (it->net.layer[i].name, "_1")
          && (recipe != NST_RECIPE_DEFAULT || block < 4))
        it->term[it->oracle.n_terms++] = (OracleTerm){
            kind, i,
            share * published_style (recipe, block++, relu[i].c, relu[i].h * relu[i].w),
            oracle_target (kind, &relu[i], it->layer_mask[1 + s][i]), it->layer_mask[0][i]};
      oracle_map_clear (&relu[i]);
    }
}

/* Of a layer's cells those of the styles that the content's are most similar to, with the
 * biases that the engine has found; as planes. */
static gdouble *
matched_target (WholeCase *it, const NstMatch *match, gdouble *squares)
{
  const OracleMap *query = &it->at_content[match->layer];
  gint cells = query->w * query->h;
  gdouble *target = g_new (gdouble, oracle_map_size (query)), *best = g_new (gdouble, cells);

  for (gint i = 0; i < cells; i++)
    best[i] = -G_MAXDOUBLE;
  for (gint s = 0; s < N_STYLES; s++)
    {
      OracleMap relu[N_LAYERS], *r = &relu[match->layer];
      gdouble *similarity = g_new (gdouble, cells);
      gint *nearest;

      oracle_net_forward (&it->net, &it->style[s], it->pixel_max, N_LAYERS, relu);
      nearest = oracle_nearest (query, it->layer_mask[0][match->layer], r,
                                it->layer_mask[1 + s][match->layer], similarity);
      for (gint i = 0; i < cells; i++)
        if (similarity[i] + match->styles[s].grid.bias > best[i])
          {
            best[i] = similarity[i] + match->styles[s].grid.bias;
            for (gint c = 0; c < r->c; c++)
              target[c * cells + i] = oracle_upper_half (r->v[c * r->w * r->h + nearest[i]]);
          }
      for (gint i = 0; i < N_LAYERS; i++)
        oracle_map_clear (&relu[i]);
      g_free (nearest);
      g_free (similarity);
    }
  *squares = 0;
  for (gsize i = 0; i < oracle_map_size (query); i++)
    *squares += (it->content_mask ? it->layer_mask[0][match->layer][i % cells] : 1) * target[i]
                * target[i];
  g_free (best);
  return target;
}

static void
add_matched_terms (WholeCase *it, const NstObjective *objective)
{
  static const gdouble weights[] = {0.5, 0.2};

  for (gint i = 0; i < objective->n_match; i++)
    {
      const NstMatch *match = &objective->match[i];
      gdouble squares, *target = matched_target (it, match, &squares);

      it->term[it->oracle.n_terms++] =
          (OracleTerm){ORACLE_CONTENT, match->layer, weights[i] / squares, target,
                       it->layer_mask[0][match->layer]};
    }
}

static void
make_oracle (WholeCase *it, const gchar *content_layer)
{
  NstRecipe recipe = it->settings.recipe;
  gint layer = oracle_net_find (&it->net, content_layer);

  it->oracle = (OracleObjective){&it->net, it->term, 0, ORACLE_TV_NONE, 0, 0, it->pixel_max};
  if (recipe == NST_RECIPE_KERAS)
    {
      it->oracle.tv = ORACLE_TV_KERAS;
      it->oracle.tv_coefficient = 1e-6;
    }
  else if (recipe == NST_RECIPE_DEFAULT)
    {
      it->oracle.tv = ORACLE_TV_MEAN;
      it->oracle.tv_coefficient = 0.02; /* at smoothness 50 */
      it->oracle.tv_chroma = 120;
      it->oracle.palette = (OraclePalette){4 * pow (MIN (it->settings.strength / 50, 1), 2),
                                           N_STYLES,
                                           {&it->style[0], &it->style[1]},
                                           {it->style_mask[0], it->style_mask[1]},
                                           it->content_mask,
                                           {0.25, 0.75}};
    }
  if (it->content_mask)
    layer_masks (&it->net, it->content_mask, H, W, it->layer_mask[0]);
  oracle_net_forward (&it->net, &it->content, it->pixel_max, N_LAYERS, it->at_content);
  it->term[it->oracle.n_terms++] =
      (OracleTerm){ORACLE_CONTENT, layer,
                   published_content (recipe, &it->at_content[layer], it->settings.strength),
                   oracle_target (ORACLE_CONTENT, &it->at_content[layer], NULL), NULL};
  add_style_terms (it, 0, 0.25);
  add_style_terms (it, 1, 0.75);
}

/* The engine's objective of @it, and the oracle's. */
static void
make_both (WholeCase *it, const gchar *content_layer, NstRecipeSpec *spec,
           NstObjective *objective)
{
  NstObjectiveSpec of = {it->network, it->pool, spec, {0, 0}};
  NstTensor content;
  GError *error = NULL;

  nst_recipe_make (spec, it->network, &it->settings, &error);
  g_assert_no_error (error);
  content = test_tensor (&it->content);
  nst_objective_init (objective, &of, &content, it->content_mask, &error);
  g_assert_no_error (error);
  nst_tensor_clear (&content);
  for (gint s = 0; s < N_STYLES; s++)
    {
      NstTensor style = test_tensor (&it->style[s]);

      nst_objective_add_style (objective, (NstTiling){0, 0}, &style, it->style_mask[s],
                               s ? 0.75 : 0.25, &error);
      g_assert_no_error (error);
      nst_tensor_clear (&style);
    }
  make_oracle (it, content_layer);
  content = test_tensor (&it->content);
  nst_objective_match (objective, content.data, NULL, &error);
  g_assert_no_error (error);
  nst_tensor_clear (&content);
  add_matched_terms (it, objective);
}

static void
check_whole (NstRecipe recipe, const gchar *content_layer, gdouble strength, gboolean masked)
{
  WholeCase it;
  NstRecipeSpec spec;
  NstObjective objective;
  NstTensor image, gradient = test_tensor_new (3, H, W);
  OracleMap grad = oracle_map_new (3, H, W);
  NstLosses losses;
  GError *error = NULL;
  gdouble value;

  whole_case_init (&it, recipe, masked);
  it.settings.strength = strength;
  make_both (&it, content_layer, &spec, &objective);
  image = test_tensor (&it.image);
  nst_objective_evaluate (&objective, image.data, gradient.data, &losses, &error);
  g_assert_no_error (error);
  value = oracle_objective (&it.oracle, &it.image, &grad);
  test_at_most (fabs (losses.content + losses.match + losses.style + losses.palette + losses.tv
                      - losses.total)
                    / value,
                1e-12);
  g_assert_true ((losses.content > 0) == (strength < 50 || recipe != NST_RECIPE_DEFAULT));
  g_assert_true ((losses.match > 0) == (recipe == NST_RECIPE_DEFAULT));
  test_at_most (fabs (losses.total - value) / value, 5e-6);
  test_at_most (test_relative_float (gradient.data, grad.v, nst_tensor_size (&gradient)), 1e-5);

  nst_objective_clear (&objective);
  nst_tensor_clear (&image);
  nst_tensor_clear (&gradient);
  oracle_map_clear (&grad);
  whole_case_clear (&it);
}

static void
test_default (void)
{
  for (gdouble strength = 40; strength <= 50; strength += 10)
    {
      check_whole (NST_RECIPE_DEFAULT, "relu4_2", strength, FALSE);
      check_whole (NST_RECIPE_DEFAULT, "relu4_2", strength, TRUE);
    }
}

static void
test_gatys (void)
{
  check_whole (NST_RECIPE_GATYS, "relu4_2", 50, FALSE);
  check_whole (NST_RECIPE_GATYS, "relu4_2", 50, TRUE);
}

/* The network ends at relu5_1, which Keras' recipe then takes for content. */
static void
test_keras (void)
{
  check_whole (NST_RECIPE_KERAS, "relu5_1", 50, FALSE);
}

static gboolean
evaluate_engine (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data,
                 GError **error)
{
  return nst_objective_evaluate (data, x, gradient, losses, error);
}

/* The same by direct convolutions in double. */
static gboolean
evaluate_oracle (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data,
                 GError **error)
{
  const OracleObjective *oracle = data;
  OracleMap image = oracle_map_new (3, H, W), grad = oracle_map_new (3, H, W);

  for (gsize i = 0; i < oracle_map_size (&image); i++)
    image.v[i] = x[i];
  *losses = (NstLosses){0};
  losses->total = oracle_objective (oracle, &image, &grad);
  for (gsize i = 0; i < oracle_map_size (&grad); i++)
    gradient[i] = grad.v[i];
  oracle_map_clear (&image);
  oracle_map_clear (&grad);
  return TRUE;
}

#define STEPS  100
#define STARTS 3

/* The loss before the last of STEPS steps from some image. */
static gdouble
descend (WholeCase *it, const NstRecipeSpec *recipe, guint64 start, const NstFunction *function)
{
  OracleMap image = picture (H, W, start, it->pixel_max);
  NstMinimizerSpec spec = nst_recipe_minimizer (recipe, oracle_map_size (&it->image));
  NstMinimizer m;
  NstLosses losses;
  GError *error = NULL;
  gdouble first = 0;

  nst_minimizer_init (&m, &spec, it->pool, nst_alloc (spec.n, sizeof (gfloat), NULL), function,
                      &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < m.n; i++)
    m.x[i] = image.v[i];
  for (gint i = 0; i < STEPS; i++)
    {
      m.step (&m, &losses, &error);
      g_assert_no_error (error);
      first = i == 0 ? losses.total : first;
    }
  nst_minimizer_clear (&m);
  oracle_map_clear (&image);
  test_at_most (losses.total, 0.5 * first); /* so that there is something to compare */
  return losses.total;
}

/* What Winograd and float round away does not change where runs end up: on average,
 * for a single one scatters by half a per cent for any rounding at all. */
static void
check_descent (NstOptimizer optimizer)
{
  WholeCase it;
  NstRecipeSpec spec;
  NstObjective objective;
  NstFunction by_engine = {evaluate_engine, &objective};
  NstFunction by_oracle = {evaluate_oracle, &it.oracle};
  gdouble engine = 0, oracle = 0;

  whole_case_init (&it, NST_RECIPE_DEFAULT, FALSE);
  it.settings.optimizer = optimizer;
  make_both (&it, "relu4_2", &spec, &objective);
  for (guint64 start = 1400; start < 1400 + STARTS; start++)
    {
      engine += descend (&it, &spec, start, &by_engine) / STARTS;
      oracle += descend (&it, &spec, start, &by_oracle) / STARTS;
    }
  g_test_message ("loss %g, by direct convolutions in double %g: %+.4f %%", engine, oracle,
                  100 * (engine / oracle - 1));
  test_at_most (fabs (engine - oracle) / oracle, 0.005);
  nst_objective_clear (&objective);
  whole_case_clear (&it);
}

static void
test_descent (void)
{
  check_descent (NST_OPTIMIZER_LBFGS);
  check_descent (NST_OPTIMIZER_ADAM);
}

/* How far the first picture is moved to the colours of its cells' where both styles are @style. */
static gdouble
moved_to (const OracleMap *style)
{
  WholeCase it;
  NstRecipeSpec spec;
  NstObjective objective;
  NstTensor image;
  GError *error = NULL;
  gdouble farthest = 0;

  whole_case_init (&it, NST_RECIPE_DEFAULT, FALSE);
  for (gint s = 0; s < N_STYLES; s++)
    {
      oracle_map_clear (&it.style[s]);
      it.style[s] = oracle_map_new (3, style->h, style->w);
      memcpy (it.style[s].v, style->v, oracle_map_size (style) * sizeof (gdouble));
    }
  make_both (&it, "relu4_2", &spec, &objective);
  image = test_tensor (&it.content);
  g_assert_true (nst_objective_start (&objective, &image, &error));
  for (gsize i = 0; i < nst_tensor_size (&image); i++)
    farthest = MAX (farthest, fabs (image.data[i] - it.content.v[i]));
  nst_tensor_clear (&image);
  nst_objective_clear (&objective);
  whole_case_clear (&it);
  return farthest;
}

/* Not at all where its shades are as frequent as theirs; far, where they are ink and paper. */
static void
test_start (void)
{
  OracleMap style = picture (H, W, 1310, 1);

  for (gint c = 0; c < 3; c++)
    for (gint i = 0; i < H * W / 2; i++)
      {
        gdouble *one = style.v + c * H * W + i, *other = style.v + (c + 1) * H * W - 1 - i;
        gdouble value = *one;

        *one = *other;
        *other = value;
      }
  test_at_most (moved_to (&style), 1e-6);
  for (gsize i = 0; i < oracle_map_size (&style); i++)
    style.v[i] = style.v[i % (H * W)] > 0.7 ? 0 : 1;
  g_assert_cmpfloat (moved_to (&style), >, 0.1);
  oracle_map_clear (&style);
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
  g_test_add_func ("/losses/palette", test_palette);
  g_test_add_func ("/losses/palette-tells-ink", test_palette_tells_ink);
  g_test_add_func ("/losses/start", test_start);
  g_test_add_func ("/losses/whole/default", test_default);
  g_test_add_func ("/losses/whole/gatys", test_gatys);
  g_test_add_func ("/losses/whole/keras", test_keras);
  if (g_test_slow ())
    g_test_add_func ("/losses/descent", test_descent);
  return g_test_run ();
}
