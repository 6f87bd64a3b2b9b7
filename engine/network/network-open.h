/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network's file, for the engine and nst-import.
 */
#ifndef NST_NETWORK_OPEN_H
#define NST_NETWORK_OPEN_H

#include <nst.h>

/**
 * nst_network_map:
 * @path: in the file system's encoding
 *
 * Returns: (transfer full) (nullable): all of a file, mapped, or %NULL with a #GFileError; a pipe,
 *   which might never have an end, is not waited for
 */
GBytes *nst_network_map (const gchar *path, GError **error);

#endif
