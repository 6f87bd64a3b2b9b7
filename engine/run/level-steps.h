/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of a level.
 */
#ifndef NST_LEVEL_STEPS_H
#define NST_LEVEL_STEPS_H

#include "run/level.h"

/**
 * nst_level_optimise:
 * @curvature: the run's, which this level's steps go on with
 * @x: (transfer full): the variable
 *
 * Makes level->minimizer.
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY, @x being freed
 */
gboolean
nst_level_optimise (NstLevel *level, NstCurvature *curvature, gfloat *x, GError **error);

#endif
