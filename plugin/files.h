/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are replaced: a link stays a link, a file keeps its mode, and there is never
 * half of one.
 */
#ifndef NST_FILES_H
#define NST_FILES_H

#include <glib.h>

G_BEGIN_DECLS

gchar *nst_file_follow_links (const gchar *path);
void nst_file_keep_mode (const gchar *path, const gchar *target);
gboolean nst_file_check (const gchar *path, GError **error);
gint nst_file_problem (const gchar *path);
gboolean nst_file_save (const gchar *path, const gchar *text, GError **error);

G_END_DECLS

#endif
