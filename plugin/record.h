/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings as text: in the layers that a run made, in presets, in files that are
 * exchanged.  A key file with names as the command line has them.
 */
#ifndef NST_RECORD_H
#define NST_RECORD_H

#include "params.h"

G_BEGIN_DECLS

#define NST_RECORD_GROUP "settings"

void nst_record_put (GKeyFile *file, const gchar *group, const NstParams *params);
gboolean
nst_record_take (GKeyFile *file, const gchar *group, NstParams *params, GError **error);
gchar *nst_record_text (const NstParams *params);
gboolean nst_record_save (const gchar *path, const NstParams *params, GError **error);
GKeyFile *nst_record_open (const gchar *path, GError **error);
GKeyFile *nst_record_open_text (const gchar *text, gsize length, GError **error);
gboolean nst_record_load (const gchar *path, NstParams *params, GError **error);
gchar *nst_record_differences (const NstParams *params);

G_END_DECLS

#endif
