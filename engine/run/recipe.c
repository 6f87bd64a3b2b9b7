/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recipes' constants, and what the settings change of them.
 */
#include "run/recipe.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define SEARCH_COST   1.7 /* of a multiplication in a search, in those of convolutions */
#define SETTLED       2e6 /* pixels, and steps of a level of many more: see NOTES.md */
#define LEAST_STEPS   16
#define PALETTE       4   /* the palette loss's weight from the middle strength on, */
#define STRIPES       7   /* and that of stripes */
#define OWN           0.2 /* how much of a usual cell's target is its own: see match.h */
#define DRAWN_MATCH   3   /* see recipe-spec.h */
#define DRAWN_OWN     3
#define DRAWN_STYLE   6
#define DEEPEST_SHIFT 3 /* of the default recipe's layers: a cell is 8 pixels wide */

/* Chollet's Keras example, 2nd edition. */
static void
make_keras (NstRecipeSpec *recipe)
{
  recipe->unit = 255;
  recipe->content_form = NST_CONTENT_SUM;
  recipe->content_weight = 2.5e-8;
  recipe->style_form = NST_STYLE_KERAS;
  recipe->tv_form = NST_TV_POWER;
  recipe->tv_weight = 1e-6;
  recipe->optimizer = NST_OPTIMIZER_SGD;
  recipe->lbfgs_history = 10;
  recipe->lbfgs_gain = 1;
  recipe->adam_rate = 5;
  recipe->sgd_rate = 100;
  recipe->first_iterations = recipe->iterations = 4000;
  recipe->size = 400;
  recipe->size_is_height = TRUE;
  for (gint i = 0; i < recipe->n_style; i++)
    recipe->style_weight[i] = 1e-6 / recipe->n_style;
}

/* The code that Gatys, Ecker and Bethge released. */
static void
make_gatys (NstRecipeSpec *recipe, const NstNetwork *network)
{
  recipe->unit = 255;
  recipe->content_form = NST_CONTENT_MEAN;
  recipe->content_weight = 1;
  recipe->style_form = NST_STYLE_GATYS;
  recipe->tv_form = NST_TV_SQUARES;
  recipe->tv_weight = 0;
  recipe->optimizer = NST_OPTIMIZER_LBFGS;
  recipe->lbfgs_history = 100;
  recipe->lbfgs_gain = 1;
  recipe->adam_rate = 5;
  recipe->first_iterations = recipe->iterations = 500;
  recipe->size = 512;
  for (gint i = 0; i < recipe->n_style; i++)
    recipe->style_weight[i] = 1e3 / pow (network->layers[recipe->style_layer[i]].cout, 2);
}

/* Of a sequence of values at 0, 20, 40, 50, 60, 80, 100, that at @setting, linear between. */
static gdouble
interpolate (const gdouble *values, gdouble setting)
{
  static const gdouble knots[] = {0, 20, 40, 50, 60, 80, 100};
  gint i = 1;

  while (i < (gint) G_N_ELEMENTS (knots) - 1 && setting > knots[i])
    i++;
  return values[i - 1]
         + (values[i] - values[i - 1]) * (setting - knots[i - 1]) / (knots[i] - knots[i - 1]);
}

/* What grows with the strength up to the middle one, from 0 to 1. */
static gdouble
rise (gdouble strength)
{
  return MIN (strength / 50, 1);
}

/* The content's weight: none from 50 on. */
static gdouble
content_weight (gdouble strength)
{
  static const gdouble exponents[] = {3.9, 2.4, 1.0, 0};

  return strength < 50 ? 0.08 * pow (10, interpolate (exponents, strength)) : 0;
}

/* Those of the matched loss, which is all that keeps the photo's forms from 50 on; at 100
 * there is none.  The finer cells know better where contours are.  Without it there are no
 * stripes, and at 0 they may be the photo's. */
static void
set_match_weights (NstRecipeSpec *recipe, gdouble strength)
{
  static const gdouble weights[NST_MATCH_LAYERS] = {0.5, 0.2};

  gdouble share = strength < 100 ? pow (10, -2.5 * MAX (strength / 50 - 1, 0)) : 0;

  for (gint i = 0; i < NST_MATCH_LAYERS; i++)
    recipe->match_weight[i] = share * weights[i];
  recipe->match_own = OWN;
  recipe->stripe_weight = share * STRIPES * pow (rise (strength), 2);
  recipe->drawn_match = 1 + (DRAWN_MATCH - 1) * rise (strength);
  recipe->drawn_own = 1 + (DRAWN_OWN - 1) * rise (strength);
  recipe->drawn_style = 1 + (DRAWN_STYLE - 1) * rise (strength);
}

/* That of total variation, found likewise: the results' falls by equal factors. */
static gdouble
tv_weight (gdouble smoothness)
{
  gdouble upper = MAX (smoothness / 50 - 1, 0);

  return 0.02 * MIN (smoothness / 50, 1) + 10 * pow (upper, 3);
}

/* The first layers of the blocks whose cells are 4 and 8 pixels wide, relu3_1 and relu4_1; where
 * there are none, that of the last block. */
static void
find_match_layers (NstRecipeSpec *recipe, const NstNetwork *network)
{
  gint last = 0;

  for (gint i = 0; i < network->n_layers && nst_network_shift (network, i) <= DEEPEST_SHIFT;
       i++)
    {
      if (!network->layers[i].pooled)
        continue;
      last = i;
      if (nst_network_shift (network, i) >= 2)
        recipe->match_layer[recipe->n_match++] = i;
    }
  if (recipe->n_match == 0)
    recipe->match_layer[recipe->n_match++] = last;
}

/* Multiplications of an evaluation for a pixel, were its convolutions done directly. */
static gdouble
evaluation_work (const NstRecipeSpec *recipe, const NstNetwork *network)
{
  gdouble work = 0;

  for (gint i = 0; i < nst_recipe_depth (recipe); i++)
    work += 2 * 9.0 * network->layers[i].cin * network->layers[i].cout
            / (1u << 2 * nst_network_shift (network, i));
  return work;
}

/* Comparing each cell with so many takes a tenth of a run whose last level is compared like that,
 * most of it for the first layer, whose cells are the most.  The levels before the last one
 * have a third of its comparisons, and its pixels together once more. */
static void
set_match_rooms (NstRecipeSpec *recipe, const NstNetwork *network)
{
  static const gdouble shares[NST_MATCH_LAYERS] = {0.08, 0.02};
  gdouble evaluations = 1.2 * (recipe->iterations + recipe->middle_iterations);
  gdouble run = evaluations * evaluation_work (recipe, network);

  for (gint i = 0; i < recipe->n_match; i++)
    {
      const NstLayer *layer = &network->layers[recipe->match_layer[i]];
      gint shift = nst_network_shift (network, recipe->match_layer[i]);
      gdouble comparison = SEARCH_COST * 4 / 3 * layer->cout / (1u << 2 * shift);

      recipe->match_room[i] = (gint64) MAX (shares[i] * run / comparison, NST_LEAST_ROOM);
    }
}

static void
make_default (NstRecipeSpec *recipe, const NstNetwork *network, const NstSettings *settings)
{
  static const struct
  {
    gint first, middle, last, size; /* iterations; a level needs few before the last */
  } presets[] = {
      [NST_PRESET_DRAFT] = {12, 7, 21, 512},
      [NST_PRESET_NORMAL] = {16, 10, 52, 1024},
      [NST_PRESET_FINE] = {24, 14, 66, NST_SIZE_CONTENT},
  };

  recipe->unit = 1;
  recipe->content_form = NST_CONTENT_RELATIVE;
  recipe->content_weight = content_weight (settings->strength);
  recipe->style_form = NST_STYLE_MEAN_COV;
  recipe->tv_form = NST_TV_SQUARES;
  recipe->tv_weight = tv_weight (settings->smoothness);
  recipe->tv_chroma = 120;
  recipe->margin = 4;
  /* at 512 px it takes as long as 32 pixels would; most of a border's stains come from
   * the levels before */
  recipe->last_margin = settings->preset == NST_PRESET_DRAFT ? 0 : 4;
  recipe->optimizer = NST_OPTIMIZER_LBFGS;
  recipe->lbfgs_history = 10;
  /* along most directions the loss bends much less than along those that pairs tell of */
  recipe->lbfgs_gain = 1.75;
  recipe->adam_rate = 0.02;
  recipe->clamp = TRUE;
  recipe->keep_colours = settings->colour == NST_COLOUR_CONTENT;
  recipe->match_colours = settings->colour == NST_COLOUR_MATCH;
  if (settings->colour == NST_COLOUR_STYLE)
    recipe->follow_colours = rise (settings->strength);
  recipe->coarse_to_fine = TRUE;
  recipe->first_iterations = presets[settings->preset].first;
  recipe->middle_iterations = presets[settings->preset].middle;
  recipe->iterations = presets[settings->preset].last;
  recipe->settled = SETTLED;
  recipe->least_iterations = LEAST_STEPS;
  recipe->size = presets[settings->preset].size;
  /* 4 : 3 : 2 : 1 for four layers, 1 together */
  for (gint i = 0, n = recipe->n_style; i < n; i++)
    recipe->style_weight[i] = 2.0 * (n - i) / (n * (n + 1));
  set_match_weights (recipe, settings->strength);
  recipe->palette_weight = PALETTE * pow (rise (settings->strength), 2);
  recipe->start_matched = rise (settings->strength);
  find_match_layers (recipe, network);
  set_match_rooms (recipe, network);
}

static gboolean
find_style_layers (NstRecipeSpec *recipe, const NstNetwork *network, const gchar *text,
                   GError **error)
{
  gchar **names = g_strsplit (text, ",", -1);
  gboolean ok = TRUE;

  recipe->n_style = 0;
  for (gint i = 0; ok && names[i]; i++)
    {
      gint layer = nst_network_find_layer (network, g_strstrip (names[i]), error);

      ok = layer >= 0;
      for (gint j = 0; ok && j < recipe->n_style; j++)
        if (recipe->style_layer[j] == layer)
          {
            g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                         _ ("The style layers name %s twice"), names[i]);
            ok = FALSE;
          }
      if (ok)
        recipe->style_layer[recipe->n_style++] = layer;
    }
  g_strfreev (names);
  return ok;
}

/* The first layer of each block that the network has; in the default recipe of those
 * that are matched, or less deep. */
static void
first_of_blocks (NstRecipeSpec *recipe, const NstNetwork *network, gint deepest_shift)
{
  for (gint i = 0; i < network->n_layers; i++)
    if (g_str_has_suffix (network->layers[i].name, "_1")
        && nst_network_shift (network, i) <= deepest_shift)
      recipe->style_layer[recipe->n_style++] = i;
}

/* A line more for the user. */
static G_GNUC_PRINTF (2, 3) void add_notice (NstRecipeSpec *recipe, const gchar *format, ...)
{
  gchar *line, *lines;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  lines = recipe->notice ? g_strjoin ("\n", recipe->notice, line, NULL) : g_strdup (line);
  recipe->notice = g_intern_string (lines);
  g_free (line);
  g_free (lines);
}

/* Whether something is asked for that the published recipes do not know. */
static gboolean
asks_for_more (const NstSettings *settings)
{
  NstSettings defaults;

  nst_settings_init (&defaults);
  return settings->preset != defaults.preset || settings->strength != defaults.strength
         || settings->style_scale != defaults.style_scale
         || settings->smoothness != defaults.smoothness || settings->colour != defaults.colour;
}

/* The recipe's layer that keeps the content. */
static const gchar *
own_content (const NstSettings *settings)
{
  return settings->recipe == NST_RECIPE_KERAS ? "relu5_2" : "relu4_2";
}

static gboolean
find_layers (NstRecipeSpec *recipe, const NstNetwork *network, const NstSettings *settings,
             GError **error)
{
  if (settings->style_layers)
    {
      if (!find_style_layers (recipe, network, settings->style_layers, error))
        return FALSE;
    }
  else
    first_of_blocks (recipe, network,
                     settings->recipe == NST_RECIPE_DEFAULT ? DEEPEST_SHIFT : G_MAXINT);
  if (recipe->n_style == 0)
    {
      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                   _ ("The network %s has no layer named relu..._1; name style layers"),
                   network->name);
      return FALSE;
    }

  if (settings->content_layer)
    recipe->content_layer = nst_network_find_layer (network, settings->content_layer, error);
  else
    {
      recipe->content_layer = nst_network_find_layer (network, own_content (settings), NULL);
      if (recipe->content_layer < 0)
        recipe->content_layer = network->n_layers - 1;
    }
  return recipe->content_layer >= 0;
}

/* What is done otherwise than was asked for, or has no effect. */
static void
add_notices (NstRecipeSpec *recipe, const NstNetwork *network, const NstSettings *settings)
{
  const gchar *own = own_content (settings);
  const gchar *layer = network->layers[recipe->content_layer].name;

  if (recipe->content_weight > 0 && !settings->content_layer
      && nst_network_find_layer (network, own, NULL) < 0)
    add_notice (recipe, _ ("The network %s has no layer %s; %s is taken for content"),
                network->name, own, layer);
  if (recipe->content_weight <= 0 && settings->content_layer)
    add_notice (recipe, _ ("The content layer %s changes nothing at a strength of 50 or more"),
                layer);
  if (settings->recipe != NST_RECIPE_DEFAULT && asks_for_more (settings))
    add_notice (recipe, _ ("A published recipe is followed to the letter: preset, strength, "
                           "style scale, colors and smoothness change nothing"));
}

gboolean
nst_recipe_make (NstRecipeSpec *recipe, const NstNetwork *network, const NstSettings *settings,
                 GError **error)
{
  memset (recipe, 0, sizeof *recipe);
  recipe->pooling = settings->pooling;
  if (!find_layers (recipe, network, settings, error))
    return FALSE;
  switch (settings->recipe)
    {
    case NST_RECIPE_KERAS:
      make_keras (recipe);
      break;
    case NST_RECIPE_GATYS:
      make_gatys (recipe, network);
      break;
    default:
      make_default (recipe, network, settings);
    }
  add_notices (recipe, network, settings);
  if (settings->optimizer != NST_OPTIMIZER_RECIPE)
    recipe->optimizer = settings->optimizer;
  if (settings->iterations > 0)
    recipe->iterations = settings->iterations;
  return TRUE;
}
