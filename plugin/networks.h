/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The networks that are installed, by their names, and the import of more.
 */
#ifndef NST_NETWORKS_H
#define NST_NETWORKS_H

#include <nst.h>

G_BEGIN_DECLS

NstNetwork *nst_networks_open (const gchar *network, GError **error);

gchar **nst_networks_list (void);

gchar *nst_networks_import (const gchar *file, GError **error);

G_END_DECLS

#endif
