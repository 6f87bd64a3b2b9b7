/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the driver and the planning before it share.
 */
#ifndef NST_STYLISE_H
#define NST_STYLISE_H

#include "optimizer.h"

gint nst_settings_threads (const NstSettings *settings);
gboolean nst_check_images (const NstSettings *settings, const NstImage *content,
                           const NstStyle *styles, guint n_styles, GError **error);
gint nst_smallest_side (const NstNetwork *network, gint depth);
gdouble nst_style_side (const NstSettings *settings, gint level, gint native);
gboolean nst_plan_recipe (const NstNetwork *network, const NstSettings *settings,
                          gint content_width, gint content_height, NstRecipeSpec *recipe,
                          NstPlan *plan, GError **error);

#endif
