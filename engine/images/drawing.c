/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tells drawings from paintings.
 */
#include "images/drawing.h"

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

/* Variance of what is not quite flat, a level of 256. */
#define FLAT 1e-5

/* Sums over the pixels, by their weights. */
typedef struct
{
  gdouble total, sums[3], products[3][3], shades[SHADES];
} Sums;

static void
add_up (const NstImage *image, Sums *sums)
{
  gsize n = (gsize) image->width * image->height;

  *sums = (Sums){0};
  for (gsize i = 0; i < n; i++)
    {
      const gfloat *rgb = image->rgb + 3 * i;
      gdouble weight = image->mask ? image->mask[i] : 1;
      gdouble light = (rgb[0] + rgb[1] + rgb[2]) / 3;

      sums->total += weight;
      for (gint a = 0; a < 3; a++)
        {
          sums->sums[a] += weight * rgb[a];
          for (gint b = a; b < 3; b++)
            sums->products[a][b] += weight * rgb[a] * rgb[b];
        }
      light = light > 0 ? MIN (light, 1) : 0; /* what is no number, too */
      sums->shades[(gint) (light * (SHADES - 1) + 0.5)] += weight;
    }
}

/* 1 - tr C^2 / (tr C)^2 for the covariance C of the colours: 0 where they lie on a line. */
static gdouble
beside_a_line (const Sums *sums, gdouble *variance)
{
  gdouble trace = 0, squares = 0;

  for (gint a = 0; a < 3; a++)
    for (gint b = a; b < 3; b++)
      {
        gdouble c = sums->products[a][b] / sums->total
                    - sums->sums[a] / sums->total * (sums->sums[b] / sums->total);

        c += a == b ? FLAT : 0;
        trace += a == b ? c : 0;
        squares += (a == b ? 1 : 2) * c * c;
      }
  *variance = trace / 3;
  return 1 - squares / (trace * trace);
}

/* The largest share of pixels that are lighter than the mean and whose shades are at most @range
 * apart.  A shade that is only partly so counts in part. */
static gdouble
paper_share (const Sums *sums, gdouble range)
{
  gdouble mean = (sums->sums[0] + sums->sums[1] + sums->sums[2]) / 3 / sums->total;
  gint whole = MIN ((gint) (range * SHADES), SHADES - 1);
  gdouble part = range * SHADES - whole, most = 0;

  for (gint from = 0; from < SHADES; from++)
    {
      gdouble sum = 0;

      for (gint k = from; k < MIN (from + whole + 1, SHADES); k++)
        sum += sums->shades[k] * CLAMP (k + 0.5 - mean * (SHADES - 1), 0, 1)
               * (k < from + whole ? 1 : part);
      most = MAX (most, sum);
    }
  return most / sums->total;
}

static gdouble
share_of (const NstImage *image)
{
  Sums sums;
  gdouble variance, coloured, paper;

  add_up (image, &sums);
  if (sums.total <= 0)
    return 0;
  coloured = beside_a_line (&sums, &variance) / COLOURED;
  if (!(coloured < 1))
    return 0;
  paper = (paper_share (&sums, SAME * sqrt (variance)) - NO_PAPER) / (PAPER - NO_PAPER);
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
