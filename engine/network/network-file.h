/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strict reader of safetensors files.
 */
#ifndef NST_NETWORK_FILE_H
#define NST_NETWORK_FILE_H

#include "network/network.h"

gboolean nst_network_file_read (GBytes *bytes, NstNetwork *network, GError **error);

#endif
