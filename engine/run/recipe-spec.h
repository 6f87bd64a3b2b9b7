/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A recipe as a run follows it: which layers, which losses with which constants, which optimiser,
 * what sizes.
 */
#ifndef NST_RECIPE_SPEC_H
#define NST_RECIPE_SPEC_H

#include "images/resample.h"
#include "losses/tv.h"
#include "network/pass.h"
#include "optimizer/minimizer.h"

#include <math.h>

#define NST_MATCH_LAYERS 2
#define NST_LEAST_ROOM   1024 /* of match_room: all cells of the first level's styles */

typedef enum
{
  NST_CONTENT_SUM,      /* w sum (F - P)^2 */
  NST_CONTENT_MEAN,     /* w mean (F - P)^2 */
  NST_CONTENT_RELATIVE, /* w mean (F - P)^2 / mean P^2 */
} NstContentForm;

typedef enum
{
  NST_STYLE_KERAS, /* w sum (G - A)^2 / (4 * 3^2 * (H W)^2), G = F F^T, H and W the image's */
  NST_STYLE_GATYS, /* w mean (G - A)^2, G = F F^T / M */
  NST_STYLE_MEAN_COV, /* w (|mean - mean*|^2 / |mean*|^2 + |cov - cov*|^2 / |cov*|^2), the
                         latter in the metric of cov*: see metric.h */
} NstStyleForm;

typedef struct
{
  gfloat unit; /* what white is in the variable: 255 as in the originals, or 1 */
  NstContentForm content_form;
  gdouble content_weight;
  gint content_layer;
  NstStyleForm style_form;
  gint n_style;
  gint style_layer[NST_MAX_LAYERS];
  gdouble style_weight[NST_MAX_LAYERS];
  gint n_match; /* layers with the matched loss: w sum |F - T|^2 / sum |R|^2; see match.h */
  gint match_layer[NST_MATCH_LAYERS];
  gdouble match_weight[NST_MATCH_LAYERS];
  gdouble match_own;     /* how much of what a usual cell is to become is its own, */
  gboolean match_narrow; /* and whether 8 bits are to do for that */
  /* how many times as much for drawings: */
  gdouble drawn_match;                 /* match_weight before the last level, */
  gdouble drawn_own;                   /* match_own, */
  gdouble drawn_style;                 /* and the deepest layer's style_weight */
  gint64 match_room[NST_MATCH_LAYERS]; /* cells of styles that may be compared with one */
  gdouble palette_weight;              /* see palette.h */
  NstTvForm tv_form;
  gdouble tv_weight, tv_chroma;
  gdouble stripe_weight; /* see stripes.h */
  NstPooling pooling;

  gint margin, last_margin; /* around the picture, mirrored, and cut off at a level's end; at
                               the last level */
  NstOptimizer optimizer;
  gint lbfgs_history;
  gdouble lbfgs_gain; /* see NstMinimizerSpec */
  gdouble adam_rate;  /* in the variable's unit */
  gdouble sgd_rate;   /* of step 0; 0: set by the first gradient */
  gboolean clamp;     /* to [0, unit] after each step */

  gboolean keep_colours, match_colours; /* the content's, by luminance transfer; the style's
                                           are matched to them */
  gdouble follow_colours; /* how far the content has the styles' to begin with, 0 to 1 */
  gdouble start_matched;  /* and how far the first picture has those of the cells that its own
                             are to become, if its own are strange to the styles */
  gboolean coarse_to_fine;
  gint first_iterations, middle_iterations, iterations; /* of the first level; of each between;
                                                           of the last (see plan-run.c) */
  gdouble settled;       /* pixels above which a level has fewer in proportion, as form is found
                      by then and what is left is brushwork; 0: no level has */
  gint least_iterations; /* but so many at least */
  gint size;             /* when the settings leave it to the preset */
  gboolean size_is_height; /* and the style is stretched to the content, as Keras does */
  const gchar *notice;     /* see NstPlan */
} NstRecipeSpec;

/* How images are scaled: Keras' example takes the nearest pixel. */
static inline NstResample
nst_recipe_resample (const NstRecipeSpec *recipe)
{
  return recipe->size_is_height ? NST_RESAMPLE_NEAREST : NST_RESAMPLE_CUBIC;
}

/* A picture's side of about so many pixels. */
static inline gint
nst_recipe_side (gdouble side)
{
  return (gint) CLAMP (lrint (side), 1, NST_SIZE_MAX);
}

/**
 * nst_recipe_least_side:
 *
 * Returns: pixels that each side of an image must have at least: a cell of the deepest layer that
 *   runs
 */
gint nst_recipe_least_side (const NstRecipeSpec *recipe, const NstNetwork *network);

/**
 * nst_recipe_depth:
 *
 * Returns: layers to run: up to the deepest that a loss is of
 */
gint nst_recipe_depth (const NstRecipeSpec *recipe);

/**
 * nst_recipe_pass:
 * @backward: the pass over the variable, else over a style, whose content does not matter
 *
 * Returns: the pass that the recipe's loss takes, whole
 */
NstPassSpec nst_recipe_pass (const NstRecipeSpec *recipe, const NstNetwork *network,
                             gboolean backward, gint width, gint height);

/**
 * nst_recipe_minimizer:
 * @n: floats of the variable
 *
 * Returns: the recipe's optimiser
 */
NstMinimizerSpec nst_recipe_minimizer (const NstRecipeSpec *recipe, gsize n);

#endif
