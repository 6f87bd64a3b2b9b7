/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run is asked for, checked.
 */
#ifndef NST_SETTINGS_H
#define NST_SETTINGS_H

#include <nst.h>

#define NST_LEAST_SIZE  16 /* pixels to work at that can be asked for */
#define NST_MAX_THREADS 64

/**
 * nst_check_sizes:
 *
 * Whether each image, with pixels or without, has a size that is allowed.
 *
 * Returns: %FALSE with %NST_ERROR_BAD_ARGUMENT
 */
gboolean nst_check_sizes (const NstInputs *inputs, GError **error);

/**
 * nst_check_inputs:
 *
 * Whether a run can be made of them: there are styles, images have pixels, weights are above 0.
 *
 * Returns: %FALSE with %NST_ERROR_BAD_ARGUMENT
 */
gboolean nst_check_inputs (const NstInputs *inputs, GError **error);

#endif
