/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strict reader of safetensors files.
 */
#ifndef NST_NETWORK_FILE_H
#define NST_NETWORK_FILE_H

#include "network/network.h"

/**
 * nst_network_file_read:
 * @network: its name is set, the rest zero; on failure the caller frees it
 *
 * Fails with %NST_ERROR_BAD_NETWORK or %NST_ERROR_NO_MEMORY.
 */
gboolean nst_network_file_read (GBytes *bytes, NstNetwork *network, GError **error);

#endif
