/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour profiles: where they come from, and what is found out about them then.
 */
#include <math.h>
#include <string.h>

#include "profile-private.h"

/* Profiles that differ from a working space by at most a level of 8 bits are taken for it: the same
 * sRGB has come with curves and primaries rounded in many ways, half a level at worst. */
#define SAME_SPACE (1.0f / 255.0f)

/* No chromaticity is beyond that, and a file may say what is no number. */
#define FARTHEST 10.0

/* Fills @pixels with the next colours of those that stand for all that @profile can show.
 *
 * Returns: their number, 0 at the end */
static gsize
sample (const NstProfile *profile, gsize *next, gfloat *pixels)
{
  const gsize steps = profile->n_channels == 1 ? 256 : profile->n_channels == 3 ? 9 : 7;
  const gsize all = (gsize) pow (steps, profile->n_channels),
              n = MIN (NST_PROFILE_CHUNK, all - *next);

  for (gsize i = 0; i < n; i++, (*next)++)
    for (gsize c = 0, at = *next; c < (gsize) profile->n_channels; c++, at /= steps)
      *pixels++ = (gfloat) (at % steps) / (gfloat) (steps - 1);
  return n;
}

static void
find_limit (NstProfile *profile)
{
  gfloat pixels[4 * NST_PROFILE_CHUNK];
  gsize next = 0, n;

  while ((n = sample (profile, &next, pixels)))
    {
      nst_profile_measure_chunk (profile, pixels, n, NST_SPACE_PROPHOTO, &profile->limit);
      profile->is_extended =
          profile->is_extended
          || nst_profile_count (profile, pixels, n, nst_profile_is_bright) > 0;
      profile->is_beyond = profile->is_beyond
                           || nst_profile_count (profile, pixels, n, nst_profile_is_beyond) > 0;
    }
}

/* Whether @to, from @profile to one of the spaces, changes nothing. */
static gboolean
changes_nothing (const NstProfile *profile, cmsHTRANSFORM to)
{
  gfloat pixels[4 * NST_PROFILE_CHUNK], rgb[3 * NST_PROFILE_CHUNK];
  gsize next = 0, n;

  if (profile->n_channels != 3 || profile->is_lab)
    return FALSE;
  while ((n = sample (profile, &next, pixels)))
    {
      nst_profile_transform (profile, to, pixels, rgb, n);
      for (gsize i = 0; i < 3 * n; i++)
        if (!(fabsf (rgb[i] - pixels[i]) <= SAME_SPACE))
          return FALSE;
    }
  return TRUE;
}

static gint
count_channels (cmsHPROFILE handle)
{
  const cmsProfileClassSignature class = cmsGetDeviceClass (handle);

  if (class != cmsSigInputClass && class != cmsSigDisplayClass && class != cmsSigOutputClass
      && class != cmsSigColorSpaceClass)
    return 0;
  switch (cmsGetColorSpace (handle))
    {
    case cmsSigGrayData:
      return 1;
    case cmsSigRgbData:
      return 3;
    case cmsSigCmykData:
      return 4;
    default:
      return 0;
    }
}

static cmsHTRANSFORM
to_space (const NstProfile *profile, cmsHPROFILE handle, NstSpace space, gboolean linear)
{
  cmsHPROFILE target = nst_gamut_new_space (profile->context, space, linear);
  cmsHTRANSFORM transform = nst_gamut_new_transform (profile->context, handle, target);

  g_clear_pointer (&target, cmsCloseProfile);
  return transform;
}

static cmsHTRANSFORM
from_space (const NstProfile *profile, cmsHPROFILE handle, NstSpace space)
{
  cmsHPROFILE source = nst_gamut_new_space (profile->context, space, FALSE);
  cmsHTRANSFORM transform = nst_gamut_new_transform (profile->context, source, handle);

  g_clear_pointer (&source, cmsCloseProfile);
  return transform;
}

/* To all spaces or to none: where memory was short some may be missing. */
static gboolean
is_whole (const NstProfile *profile)
{
  gint n = 0;

  for (gint s = 0; s < NST_N_SPACES; s++)
    n += profile->from[s] != NULL;
  return n == NST_N_SPACES || (n == 0 && !profile->is_limit);
}

/* Whether there is a way from @handle's colours to all that is needed.  The tables of a profile that is
 * one of the spaces need not be turned around, which takes long: the space's own are taken. */
static gboolean
make_transforms (NstProfile *profile, cmsHPROFILE handle, gboolean built_in)
{
  profile->wide = to_space (profile, handle, NST_SPACE_PROPHOTO, TRUE);
  if (!profile->wide)
    return FALSE;
  find_limit (profile);
  profile->to[profile->limit] = to_space (profile, handle, profile->limit, FALSE);
  if (!profile->to[profile->limit])
    return FALSE;
  profile->is_limit = changes_nothing (profile, profile->to[profile->limit]);
  if (profile->is_limit && !built_in)
    profile->stand_in = nst_profile_new_space (profile->limit);
  for (gint s = 0; !profile->stand_in && s < NST_N_SPACES; s++)
    {
      if (!profile->to[s])
        profile->to[s] = to_space (profile, handle, s, FALSE);
      /* The amounts of four inks do not follow from a colour: no picture is written in CMYK. */
      if (profile->n_channels != 4 && !profile->is_lab)
        profile->from[s] = from_space (profile, handle, s);
      if (!profile->to[s])
        return FALSE;
    }
  return profile->stand_in || is_whole (profile);
}

static NstProfile *
new_profile (gconstpointer icc, gsize n_bytes, gboolean built_in)
{
  g_autoptr (NstProfile) profile = g_atomic_rc_box_new0 (NstProfile);
  cmsHPROFILE handle = NULL;
  gboolean good = FALSE;

  profile->context = nst_gamut_new_context ();
  if (profile->context && n_bytes <= G_MAXUINT32)
    handle = cmsOpenProfileFromMemTHR (profile->context, icc, (cmsUInt32Number) n_bytes);
  if (handle)
    {
      profile->is_lab = built_in && cmsGetColorSpace (handle) == cmsSigLabData;
      profile->n_channels = profile->is_lab ? 3 : count_channels (handle);
      good = profile->n_channels > 0 && nst_gamut_start ()
             && make_transforms (profile, handle, built_in);
      cmsCloseProfile (handle);
    }
  if (!good)
    return NULL;
  profile->icc = g_bytes_new (icc, n_bytes);
  return g_steal_pointer (&profile);
}

/**
 * nst_profile_new:
 * @icc: an ICC profile of RGB, grey or CMYK, by matrix or by tables
 *
 * Returns: the profile, or %NULL if it is damaged, lacks something or is of another kind: what to
 *   do then (to take the picture for sRGB, and say so) is the caller's choice
 */
NstProfile *
nst_profile_new (gconstpointer icc, gsize n_bytes)
{
  return new_profile (icc, n_bytes, FALSE);
}

/* The same bytes whenever they are made: the date of their making is left out.  Closes @handle. */
static NstProfile *
new_from_handle (cmsHPROFILE handle)
{
  enum
  {
    DATE = 24,
    DATE_SIZE = 12
  };
  cmsUInt32Number n = 0;
  g_autofree guint8 *bytes = NULL;
  NstProfile *profile = NULL;

  if (!handle)
    return NULL;
  if (cmsSaveProfileToMem (handle, NULL, &n))
    bytes = g_try_malloc (n);
  if (bytes && cmsSaveProfileToMem (handle, bytes, &n))
    {
      memset (bytes + DATE, 0, DATE_SIZE);
      profile = new_profile (bytes, n, TRUE);
    }
  cmsCloseProfile (handle);
  return profile;
}

/* What pictures that say nothing are in: the working spaces, and these. */
enum
{
  LINEAR = NST_N_SPACES,
  GREY,
  LAB,
  WIDE, /* what takes colours that none of the others does */
  N_USUAL
};

static cmsHPROFILE
open_usual (gint which)
{
  switch (which)
    {
    case LINEAR:
      return nst_gamut_new_space (NULL, NST_SPACE_SRGB, TRUE);
    case GREY:
      return nst_gamut_new_grey (NULL);
    case LAB:
      return cmsCreateLab4Profile (NULL);
    case WIDE:
      return nst_gamut_new_space (NULL, NST_SPACE_PROPHOTO, TRUE);
    default:
      return nst_gamut_new_space (NULL, which, FALSE);
    }
}

/* Made once, since that takes some 10 ms. */
static NstProfile *
usual (gint which)
{
  static NstProfile *made[N_USUAL];
  static GMutex lock;
  NstProfile *profile;

  g_mutex_lock (&lock);
  if (!made[which] && (made[which] = new_from_handle (open_usual (which))))
    made[which]->is_open = which == WIDE;
  profile = made[which] ? nst_profile_ref (made[which]) : NULL;
  g_mutex_unlock (&lock);
  return profile;
}

/**
 * nst_profile_new_space:
 * @space: %NST_SPACE_SRGB for pictures that say nothing
 *
 * Returns: the profile of a working space, or %NULL if memory is short
 */
NstProfile *
nst_profile_new_space (NstSpace space)
{
  return usual (space);
}

/**
 * nst_profile_new_linear:
 *
 * Returns: sRGB's primaries without a curve, or %NULL if memory is short
 */
NstProfile *
nst_profile_new_linear (void)
{
  return usual (LINEAR);
}

/**
 * nst_profile_new_wide:
 *
 * Returns: linear, of ProPhoto's primaries, and beyond [0,1] what these cannot show: colours are cut
 *   off but once, where they become those of a space; %NULL if memory is short
 */
NstProfile *
nst_profile_new_wide (void)
{
  return usual (WIDE);
}

/**
 * nst_profile_new_rgb:
 * @xy: chromaticities, x and y of red, green, blue and white
 * @gamma: 1 is linear; or one of the curves above
 *
 * The last one is kept: the pictures of a run mostly come from one program.
 *
 * Returns: the profile, or %NULL if there is none, or memory is short
 */
NstProfile *
nst_profile_new_rgb (const gdouble *xy, gdouble gamma)
{
  static gdouble kept_xy[8], kept_gamma;
  static NstProfile *kept;
  static GMutex lock;
  NstProfile *profile;
  gboolean is_kept;

  for (gint i = 0; i < 8; i++)
    if (!(fabs (xy[i]) <= FARTHEST))
      return NULL;
  g_mutex_lock (&lock);
  is_kept = kept && kept_gamma == gamma;
  for (gint i = 0; i < 8; i++)
    is_kept = is_kept && kept_xy[i] == xy[i];
  if (!is_kept)
    {
      g_clear_pointer (&kept, nst_profile_unref);
      kept = new_from_handle (nst_gamut_new_rgb (NULL, xy, gamma));
      memcpy (kept_xy, xy, sizeof kept_xy);
      kept_gamma = gamma;
    }
  profile = kept ? nst_profile_ref (kept) : NULL;
  g_mutex_unlock (&lock);
  return profile;
}

/**
 * nst_profile_new_lab:
 *
 * Returns: CIE L*a*b* of D50, whose values are L / 100, (a + 128) / 255 and (b + 128) / 255; no
 *   output; or %NULL if memory is short
 */
NstProfile *
nst_profile_new_lab (void)
{
  return usual (LAB);
}

/**
 * nst_profile_new_grey:
 *
 * Returns: grey with sRGB's curve, for grey pictures that say nothing, or %NULL if memory is short
 */
NstProfile *
nst_profile_new_grey (void)
{
  return usual (GREY);
}

/**
 * nst_profile_new_cmyk:
 *
 * Returns: for CMYK pictures that say nothing: (1 - C) (1 - K) is sRGB's red and so on, as GIMP
 *   shows them
 */
NstProfile *
nst_profile_new_cmyk (void)
{
  g_autoptr (NstProfile) profile = g_atomic_rc_box_new0 (NstProfile);

  profile->n_channels = 4;
  profile->limit = NST_SPACE_SRGB;
  profile->stand_in = nst_profile_new_space (NST_SPACE_SRGB);
  return profile->stand_in ? g_steal_pointer (&profile) : NULL;
}
