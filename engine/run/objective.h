/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is minimised: the whole loss of an image and its gradient.
 */
#ifndef NST_OBJECTIVE_H
#define NST_OBJECTIVE_H

#include "run/objective-style.h"

/* What a loss is made of beside pictures; network, pool and recipe outlive it. */
typedef struct
{
  const NstNetwork *network;
  NstPool *pool;
  const NstRecipeSpec *recipe;
  NstTiling tiling; /* how the image is cut */
} NstObjectiveSpec;

/**
 * nst_objective_init:
 * @objective: (out): free with nst_objective_clear()
 * @content: 3, h, w in the recipe's unit
 * @content_mask: (nullable): h * w, how much each pixel is to take the style
 *
 * Allocates for images of @content's size and measures the content's target.  The styles come
 * next: nst_objective_add_style() each, then nst_objective_match().
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY, @objective being clear
 */
gboolean nst_objective_init (NstObjective *objective, const NstObjectiveSpec *of,
                             const NstTensor *content, const gfloat *content_mask,
                             GError **error);

/**
 * nst_objective_match:
 * @image: 3 planes, what cells are searched for; of the content's size
 * @coarse: (nullable): where the cells of the level before went, a map for each layer
 *   that is matched
 *
 * To be called once, when all styles are there: finds the cells that the image's are to become.
 * Does nothing where none are matched.  Fails as nst_objective_evaluate() does.
 */
gboolean nst_objective_match (NstObjective *objective, const gfloat *image,
                              const NstMatchMap *coarse, GError **error);

/**
 * nst_objective_start:
 * @image: where the steps are to begin, of the content's size
 *
 * To be called once, after nst_objective_match(): gives @image the colours of the cells that its
 * own are to become, as far as the recipe says, the picture's shades are strange to the styles,
 * and each pixel counts.  Fails with %NST_ERROR_NO_MEMORY only.
 */
gboolean nst_objective_start (NstObjective *objective, NstTensor *image, GError **error);

/**
 * nst_objective_evaluate:
 * @image: 3 planes in the recipe's unit
 * @gradient: (out caller-allocates): of the same size
 *
 * Fails with %NST_ERROR_NO_MEMORY, or %NST_ERROR_CANCELLED as nst_pool_check() does; a loss
 * that is not finite is the caller's to notice.
 */
gboolean nst_objective_evaluate (NstObjective *objective, const gfloat *image, gfloat *gradient,
                                 NstLosses *losses, GError **error);

/**
 * nst_objective_clear:
 * @objective: may be all zero, or clear already
 */
void nst_objective_clear (NstObjective *objective);

#endif
