/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the driver and the planning before it share.
 */
#ifndef NST_STYLISE_H
#define NST_STYLISE_H

#include "optimizer.h"

/* How a level is run so that it fits into memory. */
typedef struct
{
  NstRecipeSpec recipe;
  NstTiling tiling;
  guint64 memory; /* bytes, but for some for each thread */
} NstLevelPlan;

gint nst_settings_threads (const NstSettings *settings);
NstSettings nst_settings_with_memory (const NstSettings *settings);
gboolean nst_check_images (const NstSettings *settings, const NstImage *content,
                           const NstStyle *styles, guint n_styles, GError **error);
gint nst_smallest_side (const NstNetwork *network, gint depth);
gdouble nst_style_side (const NstSettings *settings, gint level, gint native);
void nst_plan_level (const NstNetwork *network, const NstRecipeSpec *recipe,
                     const NstSettings *settings, gint width, gint height, gint margin,
                     NstLevelPlan *level);
gboolean nst_plan_recipe (const NstNetwork *network, const NstSettings *settings,
                          gint content_width, gint content_height, NstRecipeSpec *recipe,
                          NstPlan *plan, GError **error);

#endif
