/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is wrong with a network's file, in a sentence.
 */
#ifndef NST_BAD_NETWORK_H
#define NST_BAD_NETWORK_H

#include <glib.h>

/**
 * nst_bad_network:
 * @format: as printf()'s
 *
 * Sets %NST_ERROR_BAD_NETWORK.  The names in a message are the file's: they do not make it long,
 * nor of several lines, nor anything but text.
 *
 * Returns: %FALSE, for `return nst_bad_network (...)`
 */
gboolean nst_bad_network (GError **error, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

#endif
