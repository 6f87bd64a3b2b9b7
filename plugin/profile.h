/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour profiles: rows of floats from a picture's own values into the space in
 * which the engine works, and back.  Neither GEGL nor libgimp here, littleCMS only.
 *
 * The engine takes RGB in [0,1] with sRGB's curve and does not ask for its
 * primaries.  A run works in the smallest NstSpace that holds the colours of all
 * its pictures, so that no wide gamut is cut off and an ordinary photo is treated
 * as sRGB, even one that is stored in a wide space:
 *
 *     NstSpace space = NST_SPACE_SRGB, limit = nst_profile_get_limit (output_profile);
 *     each picture:  nst_profile_measure (its profile, its pixels, n, limit, &space);
 *     each picture:  nst_profile_to_working (its profile, space, its pixels, rgb, n);
 *     the result:    nst_profile_from_working (output_profile, space, rgb, pixels, n);
 *
 * Intent: relative colorimetric with black point compensation, as GIMP's default.
 */
#ifndef NST_PROFILE_H
#define NST_PROFILE_H

#include <glib.h>

G_BEGIN_DECLS

/* Primaries, each within the next (P3's reddest is beyond Rec. 2020 by what nobody sees); the curve is
 * always sRGB's. */
typedef enum
{
  NST_SPACE_SRGB,
  NST_SPACE_P3, /* Display P3 */
  NST_SPACE_REC2020,
  NST_SPACE_PROPHOTO,
  NST_N_SPACES,
} NstSpace;

/* Curves that are no exponent, where nst_profile_new_rgb() takes one. */
#define NST_GAMMA_SRGB   0.0
#define NST_GAMMA_REC709 -1.0 /* also Rec. 601's and Rec. 2020's */

/* Immutable; any number of threads may use one at once. */
typedef struct _NstProfile NstProfile;

guint nst_profile_shortages (void);
void nst_profile_add_shortage (void);
void nst_space_primaries (NstSpace space, gdouble *xy);

NstProfile *nst_profile_new (gconstpointer icc, gsize n_bytes);
NstProfile *nst_profile_new_space (NstSpace space);
NstProfile *nst_profile_new_linear (void);
NstProfile *nst_profile_new_wide (void);
NstProfile *nst_profile_new_rgb (const gdouble *xy, gdouble gamma);
NstProfile *nst_profile_new_lab (void);
NstProfile *nst_profile_new_grey (void);
NstProfile *nst_profile_new_cmyk (void);
NstProfile *nst_profile_ref (NstProfile *profile);
void nst_profile_unref (NstProfile *profile);

gint nst_profile_get_n_channels (const NstProfile *profile);
gboolean nst_profile_is_output (const NstProfile *profile);
gboolean nst_profile_is_space (const NstProfile *profile, NstSpace space);
NstSpace nst_profile_get_limit (const NstProfile *profile);
gsize nst_profile_count_above (const NstProfile *profile, const gfloat *pixels, gsize n);
gdouble nst_profile_share (gsize n, gsize all, gint *n_digits);
gsize nst_profile_count_outside (const NstProfile *profile, const gfloat *pixels, gsize n);
GBytes *nst_profile_get_icc (const NstProfile *profile);

void nst_profile_measure (const NstProfile *profile, const gfloat *pixels, gsize n,
                          NstSpace limit, NstSpace *space);
void nst_profile_to_working (const NstProfile *profile, NstSpace space, const gfloat *pixels,
                             gfloat *rgb, gsize n);
void
nst_profile_to_wide (const NstProfile *profile, const gfloat *pixels, gfloat *rgb, gsize n);
void nst_profile_from_working (const NstProfile *profile, NstSpace space, const gfloat *rgb,
                               gfloat *pixels, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NstProfile, nst_profile_unref)

G_END_DECLS

#endif
