/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Total variation, its value beside its gradient.
 */
#include "losses/tv.h"
#include "base/vector.h"

#include <math.h>

typedef struct
{
  gdouble k_power, k_dx, k_dy, chroma;
  const NstTensor *image;
  gfloat *gradient;
  gdouble *sums;
} TvJob;

/* sum (dx^2 + dy^2)^1.25, dx and dy to the next column and row */
static gdouble
tv_power (const gfloat *x, gfloat *g, gint h, gint w, gdouble k)
{
  gdouble sum = 0;

  for (gint r = 0; r < h - 1; r++, x += w, g += w)
    for (gint c = 0; c < w - 1; c++)
      {
        gfloat dy = x[c] - x[c + w], dx = x[c] - x[c + 1];
        gfloat s = dx * dx + dy * dy;
        gfloat root = sqrtf (sqrtf (s)), slope = (gfloat) (2.5f * k * root);

        sum += (gdouble) s * root;
        g[c] += slope * (dx + dy);
        g[c + 1] -= slope * dx;
        g[c + w] -= slope * dy;
      }
  return k * sum;
}

/* k * sum over @n pixels of the three channels' squared differences to those @to on,
 * and chroma times that of the differences less their mean; the gradient to the
 * former pixels only. */
static gdouble
tv_differences (const TvJob *job, gsize at, gint n, gssize to, gdouble k)
{
  gsize plane = nst_tensor_plane (job->image);
  const gfloat *x = job->image->data + at;
  gfloat *g = job->gradient + at, slope = (gfloat) (2 * k), chroma = (gfloat) job->chroma;
  gdouble sum = 0;

  for (gint start = 0; start < n; start += 64)
    {
      gint length = MIN (64, n - start);
      gfloat d[3][64], squares[64];

      for (gint c = 0; c < 3; c++)
        for (gint i = 0; i < length; i++)
          d[c][i] = x[c * plane + start + i] - x[(gssize) (c * plane) + start + i + to];
      for (gint i = 0; i < length; i++)
        {
          gfloat mean = (d[0][i] + d[1][i] + d[2][i]) / 3;
          gfloat e0 = d[0][i] + chroma * (d[0][i] - mean);
          gfloat e1 = d[1][i] + chroma * (d[1][i] - mean);
          gfloat e2 = d[2][i] + chroma * (d[2][i] - mean);

          squares[i] = d[0][i] * e0 + d[1][i] * e1 + d[2][i] * e2;
          g[start + i] += slope * e0;
          g[start + i + plane] += slope * e1;
          g[start + i + 2 * plane] += slope * e2;
        }
      sum += nst_sum (length, squares);
    }
  return k * sum;
}

static void
tv_channel (gint c, gint thread, gpointer data)
{
  TvJob *job = data;
  gsize offset = c * nst_tensor_plane (job->image);

  job->sums[c] = tv_power (job->image->data + offset, job->gradient + offset, job->image->h,
                           job->image->w, job->k_power);
}

/* A row: the differences to its right and below; the gradient from all four sides. */
static void
tv_row (gint row, gint thread, gpointer data)
{
  TvJob *job = data;
  gint w = job->image->w;
  gsize at = (gsize) row * w;

  job->sums[row] = tv_differences (job, at, w - 1, 1, job->k_dx);
  tv_differences (job, at + 1, w - 1, -1, job->k_dx);
  if (row + 1 < job->image->h)
    job->sums[row] += tv_differences (job, at, w, w, job->k_dy);
  if (row > 0)
    tv_differences (job, at, w, -w, job->k_dy);
}

gdouble
nst_tv_loss (NstPool *pool, NstTvForm form, gdouble k, gdouble chroma, const NstTensor *image,
             gfloat *gradient)
{
  gint n_sums = form == NST_TV_POWER ? image->c : image->h;
  gdouble columns = (gdouble) image->c * image->h * MAX (image->w - 1, 1);
  gdouble rows = (gdouble) image->c * MAX (image->h - 1, 1) * image->w;
  TvJob job = {k, k / columns, k / rows, chroma, image, gradient, g_new (gdouble, n_sums)};
  gdouble value;

  nst_pool_run (pool, n_sums, form == NST_TV_POWER ? tv_channel : tv_row, &job);
  value = nst_add_up (job.sums, n_sums);
  g_free (job.sums);
  return value;
}
