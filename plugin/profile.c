/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour profiles, through littleCMS in floats.
 */
#include "profile.h"

#include <math.h>
#include <string.h>

#include "profile-private.h"

/* White's light, and its red, green and blue, are 1, but for what the numbers of profiles are rounded to. */
#define BRIGHTEST 1.01f

/* What is below 0 by less is noise, or rounding. */
#define FAINTEST (-0.5f / 255.0f)

static gfloat
clip (gfloat value)
{
  return value >= 0.0f ? MIN (value, 1.0f) : 0.0f;
}

static void
clip_row (const gfloat *from, gfloat *to, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = clip (from[i]);
}

/**
 * nst_profile_transform:
 * @transform: one of @profile's
 * @from: @n pixels, at most %NST_PROFILE_CHUNK, of the profile's channels
 * @to: (out): not clipped
 */
void
nst_profile_transform (const NstProfile *profile, cmsHTRANSFORM transform, const gfloat *from,
                       gfloat *to, gsize n)
{
  gfloat values[4 * NST_PROFILE_CHUNK];

  if (profile->is_open)
    {
      cmsDoTransform (transform, from, to, n);
      return;
    }
  clip_row (from, values, n * profile->n_channels);
  /* littleCMS counts ink in per cent */
  for (gsize i = 0; profile->n_channels == 4 && i < 4 * n; i++)
    values[i] *= 100.0f;
  for (gsize i = 0; profile->is_lab && i < 3 * n; i++)
    values[i] = i % 3 == 0 ? 100.0f * values[i] : 255.0f * values[i] - 128.0f;
  cmsDoTransform (transform, values, to, n);
}

/**
 * nst_profile_measure_chunk:
 *
 * nst_profile_measure() of at most %NST_PROFILE_CHUNK pixels, with nothing spared.
 */
void
nst_profile_measure_chunk (const NstProfile *profile, const gfloat *pixels, gsize n,
                           NstSpace limit, NstSpace *space)
{
  gfloat wide[3 * NST_PROFILE_CHUNK];

  nst_profile_transform (profile, profile->wide, pixels, wide, n);
  for (gsize i = 0; i < n; i++)
    while (*space < limit && !nst_gamut_holds (*space, wide + 3 * i))
      (*space)++;
}

/**
 * nst_profile_is_bright:
 * @colour: linear, of ProPhoto's primaries
 *
 * Returns: whether it has more light than white
 */
gboolean
nst_profile_is_bright (const gfloat *colour)
{
  return nst_gamut_luminance (colour) > BRIGHTEST;
}

static gboolean
has_below (const gfloat *values, gint n)
{
  for (gint i = 0; i < n; i++)
    if (values[i] < FAINTEST)
      return TRUE;
  return FALSE;
}

/**
 * nst_profile_is_beyond:
 * @colour: linear, of ProPhoto's primaries
 *
 * Returns: whether even the widest space cannot show it, though it is not brighter than white
 */
gboolean
nst_profile_is_beyond (const gfloat *colour)
{
  const gfloat most = MAX (MAX (colour[0], colour[1]), colour[2]);

  return has_below (colour, 3) || (most > BRIGHTEST && !nst_profile_is_bright (colour));
}

/**
 * nst_profile_count:
 *
 * Returns: how many of at most %NST_PROFILE_CHUNK pixels @is_one is true of
 */
gsize
nst_profile_count (const NstProfile *profile, const gfloat *pixels, gsize n,
                   NstColourTest is_one)
{
  gfloat wide[3 * NST_PROFILE_CHUNK];
  gsize found = 0;

  nst_profile_transform (profile, profile->wide, pixels, wide, n);
  for (gsize i = 0; i < n; i++)
    found += is_one (wide + 3 * i) ? 1 : 0;
  return found;
}

static gboolean
has_above (const gfloat *pixel, gint n_channels)
{
  for (gint c = 0; c < n_channels; c++)
    if (pixel[c] > 1.0f)
      return TRUE;
  return FALSE;
}

/**
 * nst_profile_count_above:
 * @pixels: @n pixels of the profile's channels, not clipped
 *
 * Returns: how many are brighter than white, which is what they become: they have a value above 1,
 *   or the profile has white below 1 and they are above it
 */
gsize
nst_profile_count_above (const NstProfile *profile, const gfloat *pixels, gsize n)
{
  gsize n_above = 0;

  for (gsize i = 0; i < n; i++, pixels += profile->n_channels)
    n_above += has_above (pixels, profile->n_channels)
               || (profile->is_extended
                   && nst_profile_count (profile, pixels, 1, nst_profile_is_bright));
  return n_above;
}

/**
 * nst_profile_share:
 * @n: pixels of @all
 * @n_digits: (out): that are to be shown after the point
 *
 * Returns: in per cent
 */
gdouble
nst_profile_share (gsize n, gsize all, gint *n_digits)
{
  const gdouble share = 100.0 * (gdouble) n / (gdouble) all;

  *n_digits = share >= 10.0 ? 0 : share >= 1.0 ? 1 : 2;
  return MAX (share, 0.01);
}

/**
 * nst_profile_count_outside:
 * @pixels: @n pixels of the profile's channels, not clipped
 *
 * Returns: how many are none of the profile's colours, having a value below 0, or none of the widest
 *   space: the nearest one is taken
 */
gsize
nst_profile_count_outside (const NstProfile *profile, const gfloat *pixels, gsize n)
{
  gfloat wide[3 * NST_PROFILE_CHUNK] = {0};
  gsize n_outside = 0;

  for (gsize i = 0; i < n; i += NST_PROFILE_CHUNK)
    {
      const gsize now = MIN (NST_PROFILE_CHUNK, n - i);

      if (profile->is_beyond)
        nst_profile_transform (profile, profile->wide, pixels, wide, now);
      for (gsize k = 0; k < now; k++, pixels += profile->n_channels)
        n_outside +=
            has_below (pixels, profile->n_channels) || nst_profile_is_beyond (wide + 3 * k);
    }
  return n_outside;
}

static void
clear_profile (gpointer data)
{
  NstProfile *profile = data;

  g_clear_pointer (&profile->wide, cmsDeleteTransform);
  for (gint s = 0; s < NST_N_SPACES; s++)
    {
      g_clear_pointer (&profile->to[s], cmsDeleteTransform);
      g_clear_pointer (&profile->from[s], cmsDeleteTransform);
    }
  g_clear_pointer (&profile->icc, g_bytes_unref);
  g_clear_pointer (&profile->stand_in, nst_profile_unref);
  g_clear_pointer (&profile->context, cmsDeleteContext);
}

/**
 * nst_profile_ref:
 *
 * Returns: (transfer full): @profile, for nst_profile_unref()
 */
NstProfile *
nst_profile_ref (NstProfile *profile)
{
  return g_atomic_rc_box_acquire (profile);
}

/**
 * nst_profile_unref:
 * @profile: (transfer full): freed when nobody else has it
 */
void
nst_profile_unref (NstProfile *profile)
{
  g_atomic_rc_box_release_full (profile, clear_profile);
}

/**
 * nst_profile_get_n_channels:
 *
 * Returns: of a pixel, without alpha: 1 (grey, black is 0), 3 (RGB, or Lab) or 4 (CMYK, no ink is 0)
 */
gint
nst_profile_get_n_channels (const NstProfile *profile)
{
  return profile->n_channels;
}

/**
 * nst_profile_is_output:
 *
 * Returns: whether nst_profile_from_working() can be called: never for CMYK, nor for the profiles
 *   of scanners that lead one way only
 */
gboolean
nst_profile_is_output (const NstProfile *profile)
{
  return profile->from[NST_SPACE_SRGB] || profile->is_limit;
}

/**
 * nst_profile_is_space:
 *
 * Returns: whether @profile is @space but for rounding; pixels are then copied, not converted
 */
gboolean
nst_profile_is_space (const NstProfile *profile, NstSpace space)
{
  return profile->is_limit && space == profile->limit;
}

/**
 * nst_profile_get_limit:
 *
 * Returns: the smallest space that holds all that @profile can show
 */
NstSpace
nst_profile_get_limit (const NstProfile *profile)
{
  return profile->limit;
}

/**
 * nst_profile_get_icc:
 *
 * Returns: (transfer none) (nullable): to be embedded, as it came or the same in every run; %NULL
 *   for nst_profile_new_cmyk()
 */
GBytes *
nst_profile_get_icc (const NstProfile *profile)
{
  return profile->icc;
}

/**
 * nst_profile_measure:
 * @pixels: @n pixels of the profile's channels, nominally [0,1]; what is outside is taken for the
 *   nearest value within
 * @limit: no space beyond this is asked for, which is that of the output's profile
 * @space: (inout): raised until it holds these pixels too
 *
 * Costs nothing for profiles that lie within *@space.
 */
void
nst_profile_measure (const NstProfile *profile, const gfloat *pixels, gsize n, NstSpace limit,
                     NstSpace *space)
{
  const NstSpace most = MIN (limit, profile->limit);

  for (gsize i = 0; i < n && *space < most; i += NST_PROFILE_CHUNK)
    nst_profile_measure_chunk (profile, pixels + i * profile->n_channels,
                               MIN (NST_PROFILE_CHUNK, n - i), most, space);
}

/* As GIMP shows CMYK without a profile. */
static void
ink_to_rgb (const gfloat *cmyk, gfloat *rgb, gsize n)
{
  for (gsize i = 0; i < n; i++)
    for (gint c = 0; c < 3; c++)
      rgb[3 * i + c] = (1.0f - clip (cmyk[4 * i + c])) * (1.0f - clip (cmyk[4 * i + 3]));
}

/**
 * nst_profile_to_working:
 * @pixels: @n pixels of the profile's channels, nominally [0,1]; NaN is taken for 0
 * @rgb: (out): @n times 3 values within [0,1]; may be @pixels if they have 3 channels too
 */
void
nst_profile_to_working (const NstProfile *profile, NstSpace space, const gfloat *pixels,
                        gfloat *rgb, gsize n)
{
  if (nst_profile_is_space (profile, space))
    {
      clip_row (pixels, rgb, 3 * n);
      return;
    }
  if (profile->stand_in)
    {
      if (profile->n_channels == 4)
        ink_to_rgb (pixels, rgb, n);
      nst_profile_to_working (profile->stand_in, space, profile->n_channels == 4 ? rgb : pixels,
                              rgb, n);
      return;
    }
  for (gsize i = 0; i < n; i += NST_PROFILE_CHUNK)
    {
      const gsize now = MIN (NST_PROFILE_CHUNK, n - i);

      nst_profile_transform (profile, profile->to[space], pixels + i * profile->n_channels,
                             rgb + 3 * i, now);
      clip_row (rgb + 3 * i, rgb + 3 * i, 3 * now);
    }
}

/**
 * nst_profile_to_wide:
 * @pixels: @n pixels of the profile's channels, nominally [0,1]
 * @rgb: (out): @n times 3 values of nst_profile_new_wide(), not clipped
 */
void
nst_profile_to_wide (const NstProfile *profile, const gfloat *pixels, gfloat *rgb, gsize n)
{
  for (gsize i = 0; i < n; i += NST_PROFILE_CHUNK)
    nst_profile_transform (profile, profile->wide, pixels + i * profile->n_channels,
                           rgb + 3 * i, MIN (NST_PROFILE_CHUNK, n - i));
}

/**
 * nst_profile_from_working:
 * @profile: for which nst_profile_is_output() is true
 * @rgb: @n times 3 values, nominally [0,1]
 * @pixels: (out): @n pixels of the profile's channels, within [0,1]; may be @rgb if these are not
 *   more than 3
 */
void
nst_profile_from_working (const NstProfile *profile, NstSpace space, const gfloat *rgb,
                          gfloat *pixels, gsize n)
{
  g_return_if_fail (nst_profile_is_output (profile));

  if (nst_profile_is_space (profile, space))
    {
      clip_row (rgb, pixels, 3 * n);
      return;
    }
  if (profile->stand_in)
    {
      nst_profile_from_working (profile->stand_in, space, rgb, pixels, n);
      return;
    }
  for (gsize i = 0; i < n; i += NST_PROFILE_CHUNK)
    {
      const gsize now = MIN (NST_PROFILE_CHUNK, n - i);
      gfloat values[3 * NST_PROFILE_CHUNK];

      clip_row (rgb + 3 * i, values, 3 * now);
      cmsDoTransform (profile->from[space], values, pixels + i * profile->n_channels, now);
      clip_row (pixels + i * profile->n_channels, pixels + i * profile->n_channels,
                now * profile->n_channels);
    }
}
