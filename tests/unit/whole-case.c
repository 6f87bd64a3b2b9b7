/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run minimises, whole, in the engine's form and in the oracle's; the oracle's terms
 * have the coefficients that were published.
 */
#include "whole-case.h"
#include "match-case.h"

#include <math.h>
#include <string.h>

OracleMap
whole_case_picture (gint h, gint w, guint64 seed, gdouble pixel_max)
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

void
whole_case_init (WholeCase *it, NstRecipe recipe, gboolean masked)
{
  memset (it, 0, sizeof (*it));
  it->net = test_net ("6 7 | 9 | 8 | 12 10 | 11", 1300);
  it->network = test_net_open (&it->net, 0);
  it->pool = nst_pool_new (2);
  nst_settings_init (&it->settings);
  it->settings.recipe = recipe;
  it->pixel_max = recipe == NST_RECIPE_DEFAULT ? 1 : 255;
  it->content = whole_case_picture (WHOLE_H, WHOLE_W, 1310, it->pixel_max);
  it->image = whole_case_picture (WHOLE_H, WHOLE_W, 1320, it->pixel_max);
  it->style[0] = recipe == NST_RECIPE_KERAS
                     ? whole_case_picture (WHOLE_H, WHOLE_W, 1330, it->pixel_max)
                     : whole_case_picture (40, 33, 1330, it->pixel_max);
  it->style[1] = recipe == NST_RECIPE_KERAS
                     ? whole_case_picture (WHOLE_H, WHOLE_W, 1340, it->pixel_max)
                     : whole_case_picture (17, 50, 1340, it->pixel_max);
  if (masked)
    {
      it->content_mask = mask (&it->content, 1350);
      for (gint s = 0; s < WHOLE_STYLES; s++)
        it->style_mask[s] = mask (&it->style[s], 1360 + s);
    }
}

void
whole_case_clear (WholeCase *it)
{
  for (gint i = 0; i < it->oracle.n_terms; i++)
    g_free (it->term[i].target);
  for (gint i = 0; i < WHOLE_LAYERS; i++)
    {
      oracle_map_clear (&it->at_content[i]);
      for (gint s = 0; s <= WHOLE_STYLES; s++)
        g_free (it->layer_mask[s][i]);
    }
  for (gint s = 0; s < WHOLE_STYLES; s++)
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
layer_masks (const OracleNet *net, const gfloat *values, gint h, gint w,
             gdouble *out[WHOLE_LAYERS])
{
  OracleMap now = oracle_map_new (1, h, w);

  for (gint p = 0; p < h * w; p++)
    now.v[p] = values[p];
  for (gint i = 0; i < WHOLE_LAYERS; i++)
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
      return 1e-6 / 5 * m * m
             / (4. * 3 * 3 * ((gdouble) WHOLE_H * WHOLE_W) * ((gdouble) WHOLE_H * WHOLE_W));
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
      return strength < 50 ? 0.8 / squares : 0; /* at 40, from 50 on */
    }
}

static void
add_style_terms (WholeCase *it, gint s, gdouble share)
{
  NstRecipe recipe = it->settings.recipe;
  OracleKind kind = recipe == NST_RECIPE_DEFAULT ? ORACLE_MEAN_COV : ORACLE_GRAM;
  OracleMap relu[WHOLE_LAYERS];
  gint block = 0;

  if (it->style_mask[s])
    layer_masks (&it->net, it->style_mask[s], it->style[s].h, it->style[s].w,
                 it->layer_mask[1 + s]);
  oracle_net_forward (&it->net, &it->style[s], it->pixel_max, WHOLE_LAYERS, relu);
  for (gint i = 0; i < WHOLE_LAYERS; i++)
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
 * biases that the engine has found, and how similar they are. */
static OracleMap
taken_cells (WholeCase *it, const NstMatch *match, gdouble *similar)
{
  const OracleMap *query = &it->at_content[match->layer];
  gint cells = query->w * query->h;
  OracleMap taken = oracle_map_new (query->c, query->h, query->w);
  gdouble *best = g_new (gdouble, cells);

  for (gint i = 0; i < cells; i++)
    best[i] = -G_MAXDOUBLE;
  for (gint s = 0; s < WHOLE_STYLES; s++)
    {
      OracleMap relu[WHOLE_LAYERS], *r = &relu[match->layer];
      gdouble *similarity = g_new (gdouble, cells);
      gint *nearest;

      oracle_net_forward (&it->net, &it->style[s], it->pixel_max, WHOLE_LAYERS, relu);
      nearest = oracle_nearest (query, it->layer_mask[0][match->layer], r,
                                it->layer_mask[1 + s][match->layer], similarity);
      for (gint i = 0; i < cells; i++)
        if (similarity[i] + match->styles[s].grid.bias > best[i])
          {
            best[i] = similarity[i] + match->styles[s].grid.bias;
            similar[i] = similarity[i];
            for (gint c = 0; c < r->c; c++)
              taken.v[c * cells + i] = r->v[c * r->w * r->h + nearest[i]];
          }
      for (gint i = 0; i < WHOLE_LAYERS; i++)
        oracle_map_clear (&relu[i]);
      g_free (nearest);
      g_free (similarity);
    }
  g_free (best);
  return taken;
}

/* What these cells are to become: the engine's bytes, which are as the oracle has it. */
static gdouble *
matched_target (WholeCase *it, const NstMatch *match, gdouble *squares)
{
  const OracleMap *query = &it->at_content[match->layer];
  const gdouble *weight = it->layer_mask[0][match->layer];
  gsize n = oracle_map_size (query);
  gdouble *similar = g_new (gdouble, query->w * query->h);
  OracleMap taken = taken_cells (it, match, similar);
  gdouble *target = oracle_mixed (&taken, query, weight, similar, 0.2);
  gdouble *had = match_targets (match), most = 0;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, target[i]);
  *squares = 0;
  for (gsize i = 0; i < n; i++)
    {
      test_at_most (fabs (had[i] - target[i]), most / 500);
      *squares += (weight ? weight[i % (query->w * query->h)] : 1)
                  * pow (oracle_upper_half (taken.v[i]), 2);
    }
  oracle_map_clear (&taken);
  g_free (similar);
  g_free (target);
  return had;
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

/* A style's, of a picture in [0,1], for what of it is seen. */
static gdouble
stripes_of (const WholeCase *it, gint style)
{
  const OracleMap *image = &it->style[style];
  gsize n = (gsize) image->h * image->w;
  gdouble seen = it->style_mask[style] ? 0 : 1;

  for (gsize i = 0; it->style_mask[style] && i < n; i++)
    seen += it->style_mask[style][i] / (gdouble) n;
  return oracle_stripes (1, image, NULL) / seen;
}

static void
make_oracle (WholeCase *it, const gchar *content_layer)
{
  NstRecipe recipe = it->settings.recipe;
  gint layer = oracle_net_find (&it->net, content_layer);

  it->oracle = (OracleObjective){&it->net, it->term, .pixel_max = it->pixel_max};
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
      it->oracle.stripe_coefficient =
          7 * pow (MIN (it->settings.strength / 50, 1), 2)
          / MAX ((0.25 * stripes_of (it, 0) + 0.75 * stripes_of (it, 1)) / 0.002, 1);
      it->oracle.palette = (OraclePalette){4 * pow (MIN (it->settings.strength / 50, 1), 2),
                                           WHOLE_STYLES,
                                           {&it->style[0], &it->style[1]},
                                           {it->style_mask[0], it->style_mask[1]},
                                           it->content_mask,
                                           {0.25, 0.75}};
    }
  if (it->content_mask)
    layer_masks (&it->net, it->content_mask, WHOLE_H, WHOLE_W, it->layer_mask[0]);
  oracle_net_forward (&it->net, &it->content, it->pixel_max, WHOLE_LAYERS, it->at_content);
  it->term[it->oracle.n_terms++] =
      (OracleTerm){ORACLE_CONTENT, layer,
                   published_content (recipe, &it->at_content[layer], it->settings.strength),
                   oracle_target (ORACLE_CONTENT, &it->at_content[layer], NULL), NULL};
  add_style_terms (it, 0, 0.25);
  add_style_terms (it, 1, 0.75);
}

/* The engine's objective of @it, and the oracle's. */
void
whole_case_make (WholeCase *it, const gchar *content_layer, NstRecipeSpec *spec,
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
  for (gint s = 0; s < WHOLE_STYLES; s++)
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
