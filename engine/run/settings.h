/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run is asked for, checked.
 */
#ifndef NST_SETTINGS_H
#define NST_SETTINGS_H

#include <nst.h>

/**
 * nst_check_inputs:
 *
 * Whether a run can be made of them: there are styles, no image is empty, weights are above 0.
 *
 * Returns: %FALSE with %NST_ERROR_BAD_ARGUMENT
 */
gboolean nst_check_inputs (const NstInputs *inputs, GError **error);

#endif
