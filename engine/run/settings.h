/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run is asked for, checked.
 */
#ifndef NST_SETTINGS_H
#define NST_SETTINGS_H

#include <nst.h>

gboolean nst_check_images (const NstSettings *settings, const NstImage *content,
                           const NstStyle *styles, guint n_styles, GError **error);

#endif
