/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The working spaces as littleCMS's profiles, and which colours they hold.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lcms2_plugin.h>

#include "profile-private.h"

/* A space holds a colour that it changes by at most this, in ProPhoto's own encoding: an sRGB
 * picture rounded to 8 bits of ProPhoto is off by less than one level of them. */
#define HELD (1.5 / 255.0)

#define WIDE_GAMMA 1.8

typedef struct
{
  cmsCIExyY white;
  cmsCIExyYTRIPLE primaries;
} Primaries;

#define D65                                                                                    \
  {                                                                                            \
    0.3127, 0.3290, 1.0                                                                        \
  }

static const Primaries primaries_of[NST_N_SPACES] = {
    [NST_SPACE_SRGB] = {D65, {{0.64, 0.33, 1.0}, {0.30, 0.60, 1.0}, {0.15, 0.06, 1.0}}},
    [NST_SPACE_P3] = {D65, {{0.680, 0.320, 1.0}, {0.265, 0.690, 1.0}, {0.150, 0.060, 1.0}}},
    [NST_SPACE_REC2020] = {D65,
                           {{0.708, 0.292, 1.0}, {0.170, 0.797, 1.0}, {0.131, 0.046, 1.0}}},
    [NST_SPACE_PROPHOTO] = {{0.3457, 0.3585, 1.0},
                            {{0.7347, 0.2653, 1.0},
                             {0.1596, 0.8404, 1.0},
                             {0.0366, 0.0001, 1.0}}},
};

static const gdouble srgb_curve[] = {2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045};

/* From linear ProPhoto to each space, linear too, and back. */
typedef gdouble Matrix[3][3];

static Matrix narrow[NST_N_SPACES], widen[NST_N_SPACES];

static const gdouble rec709_curve[] = {1.0 / 0.45, 1.0 / 1.099, 0.099 / 1.099, 1.0 / 4.5,
                                       0.081};

#define ALLOC_MAX                                                                              \
  (512u << 20) /* bytes; as littleCMS has it, which a damaged profile may ask for */

static gint n_shortages; /* by any thread */

/**
 * nst_profile_shortages:
 *
 * Returns: how often memory was short in this process when a profile was made: whether it was so with
 *   one that is %NULL
 */
guint
nst_profile_shortages (void)
{
  return (guint) g_atomic_int_get (&n_shortages);
}

/**
 * nst_profile_add_shortage:
 *
 * To be called where there was no memory for the bytes of a profile.
 */
void
nst_profile_add_shortage (void)
{
  g_atomic_int_inc (&n_shortages);
}

static void *
retake (cmsContext context, void *old, cmsUInt32Number size)
{
  void *memory = size <= ALLOC_MAX ? realloc (old, MAX (size, 1)) : NULL;

  if (!memory && size <= ALLOC_MAX)
    nst_profile_add_shortage ();
  return memory;
}

static void *
take (cmsContext context, cmsUInt32Number size)
{
  return retake (context, NULL, size);
}

static void
give_back (cmsContext context, void *memory)
{
  free (memory);
}

static void
ignore_problem (cmsContext context, cmsUInt32Number code, const char *text)
{
}

/**
 * nst_gamut_new_context:
 *
 * Returns: (nullable): one that keeps its problems to itself, for cmsDeleteContext()
 */
cmsContext
nst_gamut_new_context (void)
{
  static cmsPluginMemHandler handler = {
      {cmsPluginMagicNumber, 2000, cmsPluginMemHandlerSig, NULL},
      take,
      give_back,
      retake,
      NULL,
      NULL,
      NULL};
  cmsContext context = cmsCreateContext (&handler, NULL);

  if (context)
    cmsSetLogErrorHandlerTHR (context, ignore_problem);
  else
    nst_profile_add_shortage ();
  return context;
}

/* As nst_profile_new_rgb() takes it. */
static cmsToneCurve *
new_curve (cmsContext context, gdouble gamma)
{
  if (gamma > 0.0)
    return cmsBuildGamma (context, gamma);
  return cmsBuildParametricToneCurve (context, 4, gamma < 0.0 ? rec709_curve : srgb_curve);
}

/**
 * nst_gamut_new_space:
 * @linear: instead of with sRGB's curve
 *
 * Returns: (nullable): to be closed with cmsCloseProfile()
 */
cmsHPROFILE
nst_gamut_new_space (cmsContext context, NstSpace space, gboolean linear)
{
  cmsToneCurve *curve = new_curve (context, linear ? 1.0 : NST_GAMMA_SRGB);
  cmsToneCurve *curves[] = {curve, curve, curve};
  cmsHPROFILE handle = NULL;

  if (curve)
    handle = cmsCreateRGBProfileTHR (context, &primaries_of[space].white,
                                     &primaries_of[space].primaries, curves);
  cmsFreeToneCurve (curve);
  return handle;
}

/**
 * nst_gamut_new_rgb:
 *
 * Returns: (nullable): what nst_profile_new_rgb() describes, to be closed with cmsCloseProfile()
 */
cmsHPROFILE
nst_gamut_new_rgb (cmsContext context, const gdouble *xy, gdouble gamma)
{
  const cmsCIExyYTRIPLE primaries = {{xy[0], xy[1], 1}, {xy[2], xy[3], 1}, {xy[4], xy[5], 1}};
  const cmsCIExyY white = {xy[6], xy[7], 1};
  cmsToneCurve *curve = new_curve (context, gamma);
  cmsToneCurve *curves[] = {curve, curve, curve};
  cmsHPROFILE handle =
      curve ? cmsCreateRGBProfileTHR (context, &white, &primaries, curves) : NULL;

  cmsFreeToneCurve (curve);
  return handle;
}

/**
 * nst_gamut_new_grey:
 *
 * Returns: (nullable): grey with sRGB's curve, to be closed with cmsCloseProfile()
 */
cmsHPROFILE
nst_gamut_new_grey (cmsContext context)
{
  cmsToneCurve *curve = new_curve (context, NST_GAMMA_SRGB);
  cmsHPROFILE handle = NULL;

  if (curve)
    handle = cmsCreateGrayProfileTHR (context, &primaries_of[NST_SPACE_SRGB].white, curve);
  cmsFreeToneCurve (curve);
  return handle;
}

static cmsUInt32Number
float_format (cmsHPROFILE profile)
{
  const cmsColorSpaceSignature space = cmsGetColorSpace (profile);

  return FLOAT_SH (1) | COLORSPACE_SH (_cmsLCMScolorSpace (space))
         | CHANNELS_SH (cmsChannelsOf (space)) | BYTES_SH (4);
}

/**
 * nst_gamut_new_transform:
 * @from: (nullable)
 * @to: (nullable)
 *
 * Returns: (nullable): for floats, by any number of threads at once; %NULL if there is no way
 */
cmsHTRANSFORM
nst_gamut_new_transform (cmsContext context, cmsHPROFILE from, cmsHPROFILE to)
{
  if (!from || !to)
    return NULL;
  return cmsCreateTransformTHR (context, from, float_format (from), to, float_format (to),
                                INTENT_RELATIVE_COLORIMETRIC,
                                cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE);
}

/**
 * nst_space_primaries:
 * @xy: (out): 8 chromaticities, as nst_profile_new_rgb() takes them
 */
void
nst_space_primaries (NstSpace space, gdouble *xy)
{
  const cmsCIExyY *white = &primaries_of[space].white;
  const cmsCIExyYTRIPLE *primaries = &primaries_of[space].primaries;
  const gdouble all[] = {primaries->Red.x,   primaries->Red.y,  primaries->Green.x,
                         primaries->Green.y, primaries->Blue.x, primaries->Blue.y,
                         white->x,           white->y};

  memcpy (xy, all, sizeof all);
}

/* The columns of @matrix are what becomes of red, green and blue. */
static gboolean
find_matrix (cmsContext context, NstSpace from, NstSpace to, Matrix matrix)
{
  const gfloat unit[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  gfloat columns[9];
  cmsHPROFILE source = nst_gamut_new_space (context, from, TRUE),
              target = nst_gamut_new_space (context, to, TRUE);
  cmsHTRANSFORM transform = nst_gamut_new_transform (context, source, target);

  if (transform)
    {
      cmsDoTransform (transform, unit, columns, 3);
      for (gint i = 0; i < 9; i++)
        matrix[i % 3][i / 3] = columns[i];
      cmsDeleteTransform (transform);
    }
  g_clear_pointer (&source, cmsCloseProfile);
  g_clear_pointer (&target, cmsCloseProfile);
  return transform != NULL;
}

static gboolean
find_matrices (void)
{
  cmsContext context = nst_gamut_new_context ();
  gboolean good = context != NULL;

  for (gint i = 0; good && i < NST_N_SPACES; i++)
    good = find_matrix (context, NST_SPACE_PROPHOTO, i, narrow[i])
           && find_matrix (context, i, NST_SPACE_PROPHOTO, widen[i]);
  g_clear_pointer (&context, cmsDeleteContext);
  return good;
}

/**
 * nst_gamut_start:
 *
 * To be called before nst_gamut_holds(), by any thread.
 *
 * Returns: %FALSE if memory is short: there may be enough for the next picture
 */
gboolean
nst_gamut_start (void)
{
  static gboolean found = FALSE;
  static GMutex lock;
  gboolean good;

  g_mutex_lock (&lock);
  found = good = found || find_matrices ();
  g_mutex_unlock (&lock);
  return good;
}

static void
multiply (const Matrix matrix, const gdouble *from, gdouble *to)
{
  for (gint i = 0; i < 3; i++)
    to[i] = matrix[i][0] * from[0] + matrix[i][1] * from[1] + matrix[i][2] * from[2];
}

static gdouble
encode (gdouble value)
{
  return pow (MAX (value, 0.0), 1.0 / WIDE_GAMMA);
}

/**
 * nst_gamut_holds:
 * @colour: linear, of ProPhoto's primaries
 *
 * Returns: whether @space can show it
 */
gboolean
nst_gamut_holds (NstSpace space, const gfloat *colour)
{
  const gdouble wide[3] = {colour[0], colour[1], colour[2]};
  gdouble here[3], back[3];
  gboolean inside = TRUE;

  multiply (narrow[space], wide, here);
  for (gint i = 0; i < 3; i++)
    {
      inside = inside && here[i] >= 0.0 && here[i] <= 1.0;
      here[i] = CLAMP (here[i], 0.0, 1.0);
    }
  if (inside)
    return TRUE;
  multiply (widen[space], here, back);
  for (gint i = 0; i < 3; i++)
    if (fabs (encode (back[i]) - encode (wide[i])) > HELD)
      return FALSE;
  return TRUE;
}

/**
 * nst_gamut_luminance:
 * @colour: linear, of ProPhoto's primaries
 *
 * Returns: its light, white's being 1
 */
gfloat
nst_gamut_luminance (const gfloat *colour)
{
  return 0.28804f * colour[0] + 0.71187f * colour[1] + 0.00009f * colour[2];
}
