/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of a loss, and what measuring pictures makes of them: the image's statistics, and the
 * styles', which stay as targets.
 */
#ifndef NST_OBJECTIVE_STYLE_H
#define NST_OBJECTIVE_STYLE_H

#include "losses/loss.h"
#include "losses/match.h"
#include "losses/palette.h"
#include "losses/style-slope.h"
#include "network/pass.h"
#include "run/recipe-spec.h"

typedef struct
{
  gint layer;
  gdouble k;
  gfloat *target; /* of all the layer */
  gsize plane;    /* cells of a channel */
} NstContentTap;

typedef struct
{
  gint layer;
  gint n_targets;
  NstStyleTarget *targets; /* a style each */
  NstStats now;
  NstStyleSlope slope;
} NstStyleTap;

typedef struct
{
  NstPass pass;
  const NstRecipeSpec *recipe;
  gfloat *weights[NST_MAX_LAYERS]; /* how much each position counts as content, or NULL */
  NstContentTap content;
  gint n_style;
  NstStyleTap style[NST_MAX_LAYERS];
  gint n_match;
  NstMatch match[NST_MATCH_LAYERS];
  NstPalette palette; /* the styles' */
  gdouble stripes;    /* and their mean square: see stripes.h */

  /* while evaluating */
  NstLosses losses;
  GError *error;
} NstObjective;

/* What nst_pass_forward() measures into: a style's targets, or what the image has now. */
typedef struct
{
  NstObjective *objective;
  NstPass *pass;
  gfloat **weights;                /* of each layer, as NstObjective's */
  NstStats *stats[NST_MAX_LAYERS]; /* of the layers that style is measured at, or NULL */
  gboolean take;                   /* for being matched */
} NstMeasurement;

/**
 * nst_measure:
 * @image: 3 planes as it->pass takes them
 *
 * Fills it->stats, and the matched layers' cells where they are taken.
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY, or %NST_ERROR_CANCELLED as nst_pool_check() does
 */
gboolean nst_measure (NstMeasurement *it, const gfloat *image, GError **error);

/**
 * nst_objective_add_style:
 * @tiling: how the style is cut
 * @style: 3, h, w in the recipe's unit, of any size the network takes
 * @mask: h * w, how much each pixel counts as style, or %NULL
 * @weight: of this style; all styles' should add up to 1
 *
 * Fails as nst_objective_evaluate() does.
 */
gboolean nst_objective_add_style (NstObjective *objective, NstTiling tiling,
                                  const NstTensor *style, const gfloat *mask, gdouble weight,
                                  GError **error);

#endif
