/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeping the content's colours by luminance transfer.
 */
#include "colour.h"

#include <math.h>

/* Rec. 601 luma, the Y of YIQ, which the original uses. */
static gfloat
luma (const gfloat *rgb, gsize plane)
{
  return 0.299f * rgb[0] + 0.587f * rgb[plane] + 0.114f * rgb[2 * plane];
}

/**
 * nst_colour_to_grey:
 *
 * Puts the luma in each of the three planes.
 */
void
nst_colour_to_grey (NstTensor *image)
{
  gsize plane = nst_tensor_plane (image);

  for (gsize i = 0; i < plane; i++)
    {
      gfloat y = luma (image->data + i, plane);

      image->data[i] = image->data[i + plane] = image->data[i + 2 * plane] = y;
    }
}

static void
moments (const NstTensor *grey, gdouble *mean, gdouble *deviation)
{
  gsize plane = nst_tensor_plane (grey);
  gdouble sum = 0, squares = 0;

  for (gsize i = 0; i < plane; i++)
    {
      sum += grey->data[i];
      squares += (gdouble) grey->data[i] * grey->data[i];
    }
  *mean = sum / plane;
  *deviation = sqrt (MAX (squares / plane - *mean * *mean, 0));
}

/**
 * nst_colour_match_grey:
 * @style: grey; shifted and stretched to @content's mean and deviation
 * @content: grey
 */
void
nst_colour_match_grey (NstTensor *style, const NstTensor *content)
{
  gdouble style_mean, style_deviation, mean, deviation, gain;
  gsize size = nst_tensor_size (style);

  moments (style, &style_mean, &style_deviation);
  moments (content, &mean, &deviation);
  gain = style_deviation > 1e-6 ? deviation / style_deviation : 1;
  for (gsize i = 0; i < size; i++)
    style->data[i] = (style->data[i] - style_mean) * gain + mean;
}

/**
 * nst_colour_take_chroma:
 * @result: keeps its luma, takes @content's chroma
 * @content: of the same size
 */
void
nst_colour_take_chroma (NstTensor *result, const NstTensor *content)
{
  gsize plane = nst_tensor_plane (result);

  for (gsize i = 0; i < plane; i++)
    {
      /* I and Q are linear in RGB - Y, so carrying the difference of luma over
       * to each channel keeps them */
      gfloat shift = luma (result->data + i, plane) - luma (content->data + i, plane);

      for (gint c = 0; c < 3; c++)
        result->data[i + c * plane] = content->data[i + c * plane] + shift;
    }
}
