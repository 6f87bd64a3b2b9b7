/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's named settings and the last ones, each a file of settings in the user's
 * folder, which both GIMPs and `nst --settings' share.
 */
#ifndef NST_PRESETS_H
#define NST_PRESETS_H

#include "params.h"

G_BEGIN_DECLS

#define NST_PRESETS_RECENT 3

gchar **nst_presets_list (void);
gchar *nst_presets_file (const gchar *name);
gboolean nst_presets_save (const gchar *name, const NstParams *params, const gchar *more,
                           GError **error);
gboolean nst_presets_load (const gchar *name, NstParams *params, GError **error);
gboolean nst_presets_delete (const gchar *name, GError **error);
void nst_presets_remember (const NstParams *params);
gboolean nst_presets_load_recent (guint number, NstParams *params);

G_END_DECLS

#endif
