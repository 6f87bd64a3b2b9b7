/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tells drawings from paintings.
 */
#include "images/drawing.h"
#include "images/colour.h"

#include <math.h>

#define SHADES 256

/* What measures colours beside the line is 0.036 for sepia on paper, in paintings and coloured
 * prints 0.043 (Mona Lisa) and more. */
#define COLOURED 0.05

/* Shades that are half a deviation apart are the same.  Of drawings' pixels 0.4 to 0.9 are so,
 * though paper may have a grain, of grey photos' at most 0.35. */
#define SAME     0.5
#define NO_PAPER 0.3
#define PAPER    0.4

/* How much of the image, by its weights, has each shade. */
typedef struct
{
  gdouble total, shades[SHADES];
} Histogram;

static void
count_shades (const NstImage *image, Histogram *histogram)
{
  gsize n = (gsize) image->width * image->height;

  *histogram = (Histogram){0};
  for (gsize i = 0; i < n; i++)
    {
      const gfloat *rgb = image->rgb + 3 * i;
      gdouble weight = image->mask ? image->mask[i] : 1;
      gdouble light = (rgb[0] + rgb[1] + rgb[2]) / 3;

      light = light > 0 ? MIN (light, 1) : 0; /* what is no number, too */
      histogram->total += weight;
      histogram->shades[(gint) (light * (SHADES - 1) + 0.5)] += weight;
    }
}

/* 1 - tr C^2 / (tr C)^2 for the @covariance C of the colours: 0 where they lie on a line. */
static gdouble
beside_a_line (gdouble covariance[3][3])
{
  gdouble trace = 0, squares = 0;

  for (gint a = 0; a < 3; a++)
    {
      trace += covariance[a][a];
      for (gint b = 0; b < 3; b++)
        squares += covariance[a][b] * covariance[a][b];
    }
  return 1 - squares / (trace * trace);
}

/* The largest share of pixels that are lighter than the @mean and whose shades are at most @range
 * apart.  A shade that is only partly so counts in part. */
static gdouble
paper_share (const Histogram *histogram, gdouble mean, gdouble range)
{
  gint whole = MIN ((gint) (range * SHADES), SHADES - 1);
  gdouble part = range * SHADES - whole, most = 0;

  for (gint from = 0; from < SHADES; from++)
    {
      gdouble sum = 0;

      for (gint k = from; k < MIN (from + whole + 1, SHADES); k++)
        sum += histogram->shades[k] * CLAMP (k + 0.5 - mean * (SHADES - 1), 0, 1)
               * (k < from + whole ? 1 : part);
      most = MAX (most, sum);
    }
  return most / histogram->total;
}

static gdouble
share_of (const NstImage *image)
{
  Histogram histogram;
  gdouble mean[3], covariance[3][3], coloured, paper, deviation;

  nst_colour_statistics (image, mean, covariance);
  coloured = beside_a_line (covariance) / COLOURED;
  if (!(coloured < 1))
    return 0;
  count_shades (image, &histogram);
  if (histogram.total <= 0)
    return 0;
  deviation = sqrt ((covariance[0][0] + covariance[1][1] + covariance[2][2]) / 3);
  paper = paper_share (&histogram, (mean[0] + mean[1] + mean[2]) / 3, SAME * deviation);
  paper = (paper - NO_PAPER) / (PAPER - NO_PAPER);
  return MIN (1 - coloured, 1) * CLAMP (paper, 0, 1);
}

gdouble
nst_drawing_share (const NstStyle *styles, guint n_styles)
{
  gdouble share = 0, total = 0;

  for (guint i = 0; i < n_styles; i++)
    {
      share += styles[i].weight * share_of (&styles[i].image);
      total += styles[i].weight;
    }
  return total > 0 ? share / total : 0;
}
