/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recipes, made from the settings once a run.
 */
#ifndef NST_RECIPE_H
#define NST_RECIPE_H

#include "run/recipe-spec.h"

/**
 * nst_recipe_make:
 * @settings: valid ones
 *
 * Fails with %NST_ERROR_BAD_ARGUMENT when @network lacks a layer.
 */
gboolean nst_recipe_make (NstRecipeSpec *recipe, const NstNetwork *network,
                          const NstSettings *settings, GError **error);

#endif
