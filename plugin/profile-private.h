/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files behind profile.h share.
 */
#ifndef NST_PROFILE_PRIVATE_H
#define NST_PROFILE_PRIVATE_H

#include <lcms2.h>

#include "profile.h"

G_BEGIN_DECLS

#define NST_PROFILE_CHUNK 256 /* pixels that are converted at once */

struct _NstProfile
{
  cmsContext context;
  gint n_channels;
  gboolean is_lab;
  gboolean is_open; /* values beyond [0,1] are colours, too: nst_profile_new_wide() */
  NstSpace limit;
  gboolean is_limit;    /* it is that space itself */
  gboolean is_extended; /* values within [0,1] can be brighter than white */
  gboolean is_beyond;   /* or colours that the widest space cannot show */
  NstProfile *stand_in; /* whose transforms are taken, after what is said of n_channels 4 */
  GBytes *icc;          /* NULL: nst_profile_new_cmyk() */
  cmsHTRANSFORM wide;   /* to ProPhoto's primaries, linear */
  cmsHTRANSFORM to[NST_N_SPACES];
  cmsHTRANSFORM from[NST_N_SPACES]; /* NULL: no output */
};

/* profile.c: the rows */

void nst_profile_transform (const NstProfile *profile, cmsHTRANSFORM transform,
                            const gfloat *from, gfloat *to, gsize n);
void nst_profile_measure_chunk (const NstProfile *profile, const gfloat *pixels, gsize n,
                                NstSpace limit, NstSpace *space);
typedef gboolean (*NstColourTest) (const gfloat *colour);
gboolean nst_profile_is_bright (const gfloat *colour);
gboolean nst_profile_is_beyond (const gfloat *colour);
gsize nst_profile_count (const NstProfile *profile, const gfloat *pixels, gsize n,
                         NstColourTest is_one);

/* gamut.c: the working spaces as littleCMS's profiles, and which colours they hold */

cmsContext nst_gamut_new_context (void);
cmsHPROFILE nst_gamut_new_space (cmsContext context, NstSpace space, gboolean linear);
cmsHPROFILE nst_gamut_new_rgb (cmsContext context, const gdouble *xy, gdouble gamma);
cmsHPROFILE nst_gamut_new_grey (cmsContext context);
cmsHTRANSFORM nst_gamut_new_transform (cmsContext context, cmsHPROFILE from, cmsHPROFILE to);
gboolean nst_gamut_start (void);
gboolean nst_gamut_holds (NstSpace space, const gfloat *colour);
gfloat nst_gamut_luminance (const gfloat *colour);

G_END_DECLS

#endif
