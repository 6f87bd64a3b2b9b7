/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NST_ALIKE_H
#define NST_ALIKE_H

#include <libgimp/gimp.h>

/**
 * host_take_profile:
 * @profile: (transfer full) (nullable):
 *
 * Returns: (transfer full) (nullable): its ICC data
 */
GBytes *host_take_profile (GimpColorProfile *profile);

#endif
