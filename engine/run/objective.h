/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is minimised: the whole loss of an image and its gradient.
 */
#ifndef NST_OBJECTIVE_H
#define NST_OBJECTIVE_H

#include "losses/loss.h"
#include "losses/match.h"
#include "losses/palette.h"
#include "network/pass.h"
#include "run/recipe.h"

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

  /* while evaluating */
  NstLosses losses;
  GError *error;
} NstObjective;

gboolean nst_objective_init (NstObjective *objective, const NstNetwork *network, NstPool *pool,
                             const NstRecipeSpec *recipe, const NstTiling *tiling,
                             const NstTensor *content, const gfloat *content_mask,
                             GError **error);
gboolean nst_objective_add_style (NstObjective *objective, const NstTiling *tiling,
                                  const NstTensor *style, const gfloat *mask, gdouble weight,
                                  GError **error);
gboolean nst_objective_match (NstObjective *objective, const gfloat *image,
                              const NstMatchMap *coarse, GError **error);
gboolean nst_objective_start (NstObjective *objective, NstTensor *image, GError **error);
gboolean nst_objective_evaluate (NstObjective *objective, const gfloat *image, gfloat *gradient,
                                 NstLosses *losses, GError **error);
void nst_objective_clear (NstObjective *objective);

#endif
