/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The networks that are installed, by their names, and the import of more.
 */
#ifndef NST_NETWORKS_H
#define NST_NETWORKS_H

#include <nst.h>

G_BEGIN_DECLS

/* Opens the network that @network names: "" the built-in one, a file, or the
 * name of a file NAME.safetensors in one of the folders of networks. */
NstNetwork *nst_networks_open (const gchar *network, GError **error);

/* The names of all that are installed, sorted; free with g_strfreev(). */
gchar **nst_networks_list (void);

/* Has nst-import make a network of another program's weight file. */
gchar *nst_networks_import (const gchar *file, GError **error);

G_END_DECLS

#endif
