/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ICC profiles for the tests.
 */
#include "icc.h"

cmsHPROFILE
gamma_profile (const cmsCIExyY *white, const cmsCIExyYTRIPLE *primaries, gdouble gamma)
{
  cmsToneCurve *curve = cmsBuildGamma (NULL, gamma);
  cmsToneCurve *curves[] = {curve, curve, curve};
  cmsHPROFILE profile = cmsCreateRGBProfile (white, primaries, curves);

  cmsFreeToneCurve (curve);
  return profile;
}

cmsHPROFILE
grey_profile (gdouble gamma)
{
  cmsToneCurve *curve = cmsBuildGamma (NULL, gamma);
  cmsHPROFILE profile = cmsCreateGrayProfile (&d50, curve);

  cmsFreeToneCurve (curve);
  return profile;
}

/* What a printer of these inks might show: by its complement, in Lab of 16 bits. */
static cmsInt32Number
ink_to_lab (const cmsUInt16Number *in, cmsUInt16Number *out, void *data)
{
  gdouble k = 1.0 - in[3] / 65535.0, light = 0.0;
  cmsCIELab lab;

  for (gint c = 0; c < 3; c++)
    light += (1.0 - in[c] / 65535.0) / 3.0;
  lab.L = 10.0 + 85.0 * light * k;
  lab.a = 50.0 * (in[1] - 0.5 * in[0] - 0.5 * in[2]) / 65535.0 * k;
  lab.b = 60.0 * (in[2] - 0.5 * in[0] - 0.5 * in[1]) / 65535.0 * k;
  cmsFloat2LabEncoded (out, &lab);
  return TRUE;
}

/* A linear RGB to XYZ and back by tables, so that the two ways differ a little. */
static cmsInt32Number
through_transform (const cmsUInt16Number *in, cmsUInt16Number *out, void *transform)
{
  cmsDoTransform (transform, in, out, 1);
  return TRUE;
}

static void
add_table (cmsHPROFILE profile, cmsTagSignature tag, gint n_in, gint n_points,
           cmsSAMPLER16 sampler, gpointer data)
{
  cmsPipeline *pipeline = cmsPipelineAlloc (NULL, n_in, 3);
  cmsStage *table = cmsStageAllocCLut16bit (NULL, n_points, n_in, 3, NULL);

  g_assert_true (cmsStageSampleCLut16bit (table, sampler, data, 0));
  cmsPipelineInsertStage (pipeline, cmsAT_BEGIN, cmsStageAllocToneCurves (NULL, n_in, NULL));
  cmsPipelineInsertStage (pipeline, cmsAT_END, table);
  cmsPipelineInsertStage (pipeline, cmsAT_END, cmsStageAllocToneCurves (NULL, 3, NULL));
  g_assert_true (cmsWriteTag (profile, tag, pipeline));
  cmsPipelineFree (pipeline);
}

static cmsHPROFILE
table_profile (cmsColorSpaceSignature space, cmsProfileClassSignature class)
{
  cmsHPROFILE profile = cmsCreateProfilePlaceholder (NULL);

  cmsSetProfileVersion (profile, 4.3);
  cmsSetDeviceClass (profile, class);
  cmsSetColorSpace (profile, space);
  cmsSetPCS (profile, cmsSigLabData);
  cmsWriteTag (profile, cmsSigMediaWhitePointTag, (void *) cmsD50_XYZ ());
  return profile;
}

cmsHPROFILE
cmyk_profile (void)
{
  cmsHPROFILE profile = table_profile (cmsSigCmykData, cmsSigOutputClass);

  add_table (profile, cmsSigAToB1Tag, 4, 9, ink_to_lab, NULL);
  return profile;
}

cmsHPROFILE
lut_profile (void)
{
  cmsHPROFILE profile = table_profile (cmsSigRgbData, cmsSigDisplayClass);
  cmsHPROFILE like = gamma_profile (&d65, &adobe, 2.2), lab = cmsCreateLab4Profile (NULL);
  cmsHTRANSFORM there = cmsCreateTransform (like, TYPE_RGB_16, lab, TYPE_Lab_16, 1, 0);
  cmsHTRANSFORM back = cmsCreateTransform (lab, TYPE_Lab_16, like, TYPE_RGB_16, 1, 0);

  add_table (profile, cmsSigAToB1Tag, 3, 33, through_transform, there);
  add_table (profile, cmsSigBToA1Tag, 3, 33, through_transform, back);
  cmsDeleteTransform (there);
  cmsDeleteTransform (back);
  cmsCloseProfile (like);
  cmsCloseProfile (lab);
  return profile;
}
