/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Winograd's F(4x4,3x3) (Lavin and Gray 2016) at the points 0, +-sqrt(1/2),
 * +-sqrt(2) and infinity, which round less than the usual 0, +-1, +-2.
 */
#ifndef NST_WINOGRAD_POINTS_H
#define NST_WINOGRAD_POINTS_H

#define SQRT_HALF 0.70710678118654752440f
#define SQRT_2    1.41421356237309504880f

#endif
