/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ICC profiles for the tests, made by littleCMS; to be closed with cmsCloseProfile().
 */
#ifndef NST_TESTS_ICC_H
#define NST_TESTS_ICC_H

#include <glib.h>
#include <lcms2.h>

static const cmsCIExyY d50 = {0.3457, 0.3585, 1.0}, d65 = {0.3127, 0.3290, 1.0};
static const cmsCIExyYTRIPLE srgb = {{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
static const cmsCIExyYTRIPLE adobe = {{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};
static const cmsCIExyYTRIPLE prophoto = {
    {0.7347, 0.2653, 1}, {0.1596, 0.8404, 1}, {0.0366, 0.0001, 1}};
static const cmsCIExyYTRIPLE swapped = {{0.30, 0.60, 1}, {0.15, 0.06, 1}, {0.64, 0.33, 1}};

cmsHPROFILE
gamma_profile (const cmsCIExyY *white, const cmsCIExyYTRIPLE *primaries, gdouble gamma);
cmsHPROFILE grey_profile (gdouble gamma);
cmsHPROFILE cmyk_profile (void);
/* Adobe RGB's colours, by tables in both directions. */
cmsHPROFILE lut_profile (void);

#endif /* NST_TESTS_ICC_H */
