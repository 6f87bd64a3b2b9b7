/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The content's colours, by luminance transfer or by matching the style's; and the styles', for
 * the run to begin with.
 */
#include "images/colour.h"

#include <math.h>
#include <string.h>

/* Rec. 601 luma, the Y of YIQ, which the original uses. */
static gfloat
luma (const gfloat *rgb, gsize plane)
{
  return 0.299f * rgb[0] + 0.587f * rgb[plane] + 0.114f * rgb[2 * plane];
}

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

void
nst_colour_average (NstTensor *gradient)
{
  gsize plane = nst_tensor_plane (gradient);
  gfloat *g = gradient->data;

  for (gsize i = 0; i < plane; i++)
    g[i] = g[i + plane] = g[i + 2 * plane] = (g[i] + g[i + plane] + g[i + 2 * plane]) / 3;
}

static void
moments (const NstTensor *grey, gdouble *mean, gdouble *deviation)
{
  gsize plane = nst_tensor_plane (grey);
  gdouble sum = 0, squares = 0, n = (gdouble) plane;

  for (gsize i = 0; i < plane; i++)
    {
      sum += grey->data[i];
      squares += (gdouble) grey->data[i] * grey->data[i];
    }
  *mean = sum / n;
  *deviation = sqrt (MAX (squares / n - *mean * *mean, 0));
}

void
nst_colour_match_grey (NstTensor *style, const NstTensor *content)
{
  gdouble style_mean, style_deviation, mean, deviation, gain;
  gsize size = nst_tensor_size (style);

  moments (style, &style_mean, &style_deviation);
  moments (content, &mean, &deviation);
  gain = style_deviation > 1e-6 ? deviation / style_deviation : 1;
  for (gsize i = 0; i < size; i++)
    style->data[i] = (gfloat) ((style->data[i] - style_mean) * gain + mean);
}

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

/* Variance that counts as none, that of less than a level of 256: what is flat in some
 * direction of colour is not to be blown up along it. */
#define FLAT 1e-5

void
nst_colour_statistics (const NstImage *image, gdouble mean[3], gdouble covariance[3][3])
{
  gsize n = (gsize) image->width * image->height;
  gdouble total = 0;

  memset (mean, 0, 3 * sizeof (gdouble));
  memset (covariance, 0, 9 * sizeof (gdouble));
  for (gsize i = 0; i < n; i++)
    {
      const gfloat *rgb = image->rgb + 3 * i;
      gdouble weight = image->mask ? image->mask[i] : 1;

      total += weight;
      for (gint a = 0; a < 3; a++)
        {
          mean[a] += weight * rgb[a];
          for (gint b = 0; b < 3; b++)
            covariance[a][b] += weight * rgb[a] * rgb[b];
        }
    }
  total = MAX (total, G_MINDOUBLE);
  for (gint a = 0; a < 3; a++)
    mean[a] /= total;
  for (gint a = 0; a < 3; a++)
    for (gint b = 0; b < 3; b++)
      covariance[a][b] = covariance[a][b] / total - mean[a] * mean[b] + (a == b ? FLAT : 0);
}

static void
multiply (gdouble a[3][3], gdouble b[3][3], gdouble product[3][3])
{
  for (gint i = 0; i < 3; i++)
    for (gint k = 0; k < 3; k++)
      product[i][k] = a[i][0] * b[0][k] + a[i][1] * b[1][k] + a[i][2] * b[2][k];
}

/* Turns the axes @p and @q so that a[p][q] becomes 0 (Jacobi). */
static void
rotate (gdouble a[3][3], gdouble axes[3][3], gint p, gint q)
{
  gdouble theta = atan2 (2 * a[p][q], a[q][q] - a[p][p]) / 2;
  gdouble c = cos (theta), s = sin (theta);

  for (gint i = 0; i < 3; i++)
    {
      gdouble x = a[i][p], y = a[i][q], u = axes[i][p], v = axes[i][q];

      a[i][p] = c * x - s * y;
      a[i][q] = s * x + c * y;
      axes[i][p] = c * u - s * v;
      axes[i][q] = s * u + c * v;
    }
  for (gint i = 0; i < 3; i++)
    {
      gdouble x = a[p][i], y = a[q][i];

      a[p][i] = c * x - s * y;
      a[q][i] = s * x + c * y;
    }
}

/* The symmetric @a, positive definite, to the power of @exponent; @a is used up. */
static void
power (gdouble a[3][3], gdouble exponent, gdouble result[3][3])
{
  gdouble axes[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

  for (gint sweep = 0; sweep < 10; sweep++)
    for (gint p = 0; p < 2; p++)
      for (gint q = p + 1; q < 3; q++)
        rotate (a, axes, p, q);
  for (gint i = 0; i < 3; i++)
    for (gint k = 0; k < 3; k++)
      {
        result[i][k] = 0;
        for (gint e = 0; e < 3; e++)
          result[i][k] += axes[i][e] * axes[k][e] * pow (MAX (a[e][e], FLAT), exponent);
      }
}

/* The map that turns the one mean and covariance into the other, by symmetric square roots;
 * the covariances are used up. */
static void
make_map (const gdouble from_mean[3], gdouble from[3][3], const gdouble to_mean[3],
          gdouble to[3][3], NstColourMap *map)
{
  gdouble whiten[3][3], colour[3][3];

  power (from, -0.5, whiten);
  power (to, 0.5, colour);
  multiply (colour, whiten, map->matrix);
  for (gint a = 0; a < 3; a++)
    {
      map->shift[a] = to_mean[a];
      for (gint b = 0; b < 3; b++)
        map->shift[a] -= map->matrix[a][b] * from_mean[b];
    }
}

void
nst_colour_match (const NstImage *style, const NstImage *content, NstColourMap *map)
{
  gdouble style_mean[3], mean[3], from[3][3], to[3][3];

  nst_colour_statistics (style, style_mean, from);
  nst_colour_statistics (content, mean, to);
  make_map (style_mean, from, mean, to, map);
}

/* Mean and covariance of the colours of all styles together. */
static void
mixture (const NstStyle *styles, guint n_styles, gdouble mean[3], gdouble covariance[3][3])
{
  gdouble total = 0;

  memset (mean, 0, 3 * sizeof (gdouble));
  memset (covariance, 0, 9 * sizeof (gdouble));
  for (guint i = 0; i < n_styles; i++)
    total += styles[i].weight;
  for (guint i = 0; i < n_styles; i++)
    {
      gdouble own_mean[3], own[3][3], weight = styles[i].weight / total;

      nst_colour_statistics (&styles[i].image, own_mean, own);
      for (gint a = 0; a < 3; a++)
        {
          mean[a] += weight * own_mean[a];
          for (gint b = 0; b < 3; b++)
            covariance[a][b] += weight * (own[a][b] + own_mean[a] * own_mean[b]);
        }
    }
  for (gint a = 0; a < 3; a++)
    for (gint b = 0; b < 3; b++)
      covariance[a][b] -= mean[a] * mean[b];
}

/* This much of the styles' covariance is added to either: a photo that is nearly grey or flat
 * has mostly noise in that direction of colour, which is not to grow more than fivefold. */
#define SHARE 0.04

void
nst_colour_follow (const NstImage *content, const NstStyle *styles, guint n_styles,
                   gdouble amount, NstColourMap *map)
{
  gdouble content_mean[3], mean[3], from[3][3], to[3][3];

  nst_colour_statistics (content, content_mean, from);
  mixture (styles, n_styles, mean, to);
  for (gint a = 0; a < 3; a++)
    for (gint b = 0; b < 3; b++)
      {
        from[a][b] += SHARE * to[a][b];
        to[a][b] += SHARE * to[a][b];
      }
  make_map (content_mean, from, mean, to, map);
  for (gint a = 0; a < 3; a++)
    {
      map->shift[a] *= amount;
      for (gint b = 0; b < 3; b++)
        map->matrix[a][b] = amount * map->matrix[a][b] + (a == b ? 1 - amount : 0);
    }
}

/* Whether an image's mean square chroma is less than that of a level of 256. */
static gboolean
is_grey (const NstImage *image)
{
  gsize n = (gsize) image->width * image->height;
  gdouble sum = 0, total = 0;

  for (gsize i = 0; i < n; i++)
    {
      const gfloat *rgb = image->rgb + 3 * i;
      gdouble weight = image->mask ? image->mask[i] : 1, u = rgb[0] - rgb[1],
              v = rgb[2] - rgb[1];

      total += weight;
      sum += weight * (u * u + v * v);
    }
  return sum <= 2 * FLAT * total;
}

gboolean
nst_colour_all_grey (const NstStyle *styles, guint n_styles)
{
  for (guint i = 0; i < n_styles; i++)
    if (!is_grey (&styles[i].image))
      return FALSE;
  return TRUE;
}

void
nst_colour_apply (const NstColourMap *map, NstTensor *image, const gfloat *weights)
{
  gsize plane = nst_tensor_plane (image);

  for (gsize i = 0; i < plane; i++)
    {
      gdouble was[3] = {image->data[i], image->data[i + plane], image->data[i + 2 * plane]};

      for (gint a = 0; a < 3; a++)
        {
          const gdouble *row = map->matrix[a];
          gdouble is = row[0] * was[0] + row[1] * was[1] + row[2] * was[2] + map->shift[a];

          if (weights)
            is = was[a] + weights[i] * (is - was[a]);
          image->data[i + a * plane] = (gfloat) is;
        }
    }
}

void
nst_colour_clip (NstTensor *image)
{
  gsize n = nst_tensor_size (image);

  for (gsize i = 0; i < n; i++)
    image->data[i] = CLAMP (image->data[i], 0, 1);
}
