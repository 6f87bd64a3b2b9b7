/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The oracle's losses: each one's value and gradient, by their definitions.
 */
#include "oracle.h"

#include <math.h>
#include <string.h>

static gdouble
weight_at (const gdouble *position_weight, gsize p)
{
  return position_weight ? position_weight[p] : 1;
}

static gdouble
weight_sum (const gdouble *position_weight, gsize m)
{
  gdouble sum = 0;

  if (!position_weight)
    return m;
  for (gsize p = 0; p < m; p++)
    sum += position_weight[p];
  return sum;
}

/* mean[c] = sum_p w_p f_cp / sum_p w_p */
static gdouble *
weighted_mean (const OracleMap *f, const gdouble *w)
{
  gsize m = (gsize) f->h * f->w;
  gdouble *mean = g_new0 (gdouble, f->c), total = weight_sum (w, m);

  for (gint c = 0; c < f->c; c++)
    {
      for (gsize p = 0; p < m; p++)
        mean[c] += weight_at (w, p) * f->v[c * m + p];
      mean[c] /= total;
    }
  return mean;
}

/* s[a][b] = sum_p w_p (f_ap - mean_a) (f_bp - mean_b) / sum_p w_p; mean NULL: 0 */
static gdouble *
second_moment (const OracleMap *f, const gdouble *w, const gdouble *mean)
{
  gsize m = (gsize) f->h * f->w;
  gdouble *s = g_new0 (gdouble, (gsize) f->c * f->c), total = weight_sum (w, m);

  for (gint a = 0; a < f->c; a++)
    for (gint b = 0; b < f->c; b++)
      {
        gdouble ma = mean ? mean[a] : 0, mb = mean ? mean[b] : 0, sum = 0;

        for (gsize p = 0; p < m; p++)
          sum += weight_at (w, p) * (f->v[a * m + p] - ma) * (f->v[b * m + p] - mb);
        s[a * f->c + b] = sum / total;
      }
  return s;
}

gdouble *
oracle_target (OracleKind kind, const OracleMap *f, const gdouble *w)
{
  gdouble *mean, *covariance, *both;

  if (kind == ORACLE_CONTENT)
    return g_memdup2 (f->v, oracle_map_size (f) * sizeof (gdouble));
  if (kind == ORACLE_GRAM)
    return second_moment (f, w, NULL);
  mean = weighted_mean (f, w);
  covariance = second_moment (f, w, mean);
  both = g_new (gdouble, (gsize) f->c * (f->c + 1));
  memcpy (both, mean, f->c * sizeof (gdouble));
  memcpy (both + f->c, covariance, (gsize) f->c * f->c * sizeof (gdouble));
  g_free (mean);
  g_free (covariance);
  return both;
}

/* |a - b|^2; a becomes a - b. */
static gdouble
difference (gdouble *a, const gdouble *b, gsize n)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      a[i] -= b[i];
      sum += a[i] * a[i];
    }
  return sum;
}

static gdouble
square_norm (const gdouble *a, gsize n)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * a[i];
  return sum;
}

static gdouble
content (const OracleTerm *term, const OracleMap *f, OracleMap *grad)
{
  gsize m = (gsize) f->h * f->w;
  gdouble value = 0;

  for (gsize i = 0; i < oracle_map_size (f); i++)
    {
      gdouble d = f->v[i] - term->target[i], w = weight_at (term->position_weight, i % m);

      value += w * d * d;
      if (grad)
        grad->v[i] += 2 * term->coefficient * w * d;
    }
  return term->coefficient * value;
}

/* d |S - S*|^2 / d f_ap = 4 w_p / W * sum_b (S - S*)_ab (f_bp - mean_b): S is
 * symmetric, and through the mean nothing flows (the centred f sums to 0). */
static void
moment_backward (const OracleMap *f, const gdouble *w, const gdouble *mean,
                 const gdouble *s_minus, gdouble factor, OracleMap *grad)
{
  gsize m = (gsize) f->h * f->w;
  gdouble total = weight_sum (w, m);

  for (gint a = 0; a < f->c; a++)
    for (gsize p = 0; p < m; p++)
      {
        gdouble sum = 0;

        for (gint b = 0; b < f->c; b++)
          sum += s_minus[a * f->c + b] * (f->v[b * m + p] - (mean ? mean[b] : 0));
        grad->v[a * m + p] += factor * 4 * weight_at (w, p) / total * sum;
      }
}

static gdouble
gram (const OracleTerm *term, const OracleMap *f, OracleMap *grad)
{
  gdouble *g = second_moment (f, term->position_weight, NULL);
  gdouble value = difference (g, term->target, (gsize) f->c * f->c);

  if (grad)
    moment_backward (f, term->position_weight, NULL, g, term->coefficient, grad);
  g_free (g);
  return term->coefficient * value;
}

/* One of Jacobi's rotations: makes a[p][q] zero; @v collects them. */
static void
rotate (gdouble *a, gdouble *v, gint n, gint p, gint q)
{
  gdouble off = 2 * a[p * n + q], apart = a[q * n + q] - a[p * n + p];
  gdouble angle = 0.5 * (apart < 0 ? atan2 (-off, -apart) : atan2 (off, apart));
  gdouble c = cos (angle), s = sin (angle);

  for (gint k = 0; k < n; k++)
    {
      gdouble kp = a[k * n + p], kq = a[k * n + q];

      a[k * n + p] = c * kp - s * kq;
      a[k * n + q] = s * kp + c * kq;
    }
  for (gint k = 0; k < n; k++)
    {
      gdouble pk = a[p * n + k], qk = a[q * n + k], vp = v[k * n + p], vq = v[k * n + q];

      a[p * n + k] = c * pk - s * qk;
      a[q * n + k] = s * pk + c * qk;
      v[k * n + p] = c * vp - s * vq;
      v[k * n + q] = s * vp + c * vq;
    }
}

/* By eigenvalues. */
gdouble *
oracle_metric (const gdouble *covariance, gint n)
{
  gsize size = (gsize) n * n;
  gdouble *a = g_memdup2 (covariance, size * sizeof (gdouble)), *v = g_new0 (gdouble, size);
  gdouble *q = g_new0 (gdouble, size), norm = sqrt (square_norm (covariance, size));

  for (gint i = 0; i < n; i++)
    v[i * n + i] = 1;
  for (gint sweep = 0; sweep < 20; sweep++)
    for (gint i = 0; i < n; i++)
      for (gint j = i + 1; j < n; j++)
        rotate (a, v, n, i, j);
  for (gint i = 0; i < n; i++)
    for (gint j = 0; j < n; j++)
      for (gint k = 0; k < n; k++)
        q[i * n + j] += v[i * n + k] * v[j * n + k] / sqrt (a[k * n + k] / norm + 0.03);
  g_free (a);
  g_free (v);
  return q;
}

static gdouble *
product (const gdouble *a, const gdouble *b, gint n)
{
  gdouble *c = g_new0 (gdouble, (gsize) n * n);

  for (gint i = 0; i < n; i++)
    for (gint k = 0; k < n; k++)
      for (gint j = 0; j < n; j++)
        c[i * n + j] += a[i * n + k] * b[k * n + j];
  return c;
}

/* tr (X Q X Q); @x becomes Q X Q. */
static gdouble
metric_norm (gdouble *x, const gdouble *q, gint n)
{
  gdouble *qx = product (q, x, n), *qxq = product (qx, q, n), value = 0;

  for (gint i = 0; i < n * n; i++)
    {
      value += x[i] * qxq[i];
      x[i] = qxq[i];
    }
  g_free (qx);
  g_free (qxq);
  return value;
}

static gdouble
mean_covariance (const OracleTerm *term, const OracleMap *f, OracleMap *grad)
{
  const gdouble *w = term->position_weight, *mean_target = term->target;
  const gdouble *cov_target = term->target + f->c;
  gsize m = (gsize) f->h * f->w, n = (gsize) f->c * f->c;
  gdouble total = weight_sum (w, m);
  gdouble *mean = weighted_mean (f, w), *cov = second_moment (f, w, mean);
  gdouble *mean_minus = g_memdup2 (mean, f->c * sizeof (gdouble));
  gdouble mean_norm = square_norm (mean_target, f->c);
  gdouble *q = oracle_metric (cov_target, f->c);
  gdouble *whole = g_memdup2 (cov_target, n * sizeof (gdouble));
  gdouble cov_norm = metric_norm (whole, q, f->c);
  gdouble value = difference (mean_minus, mean_target, f->c) / mean_norm;

  difference (cov, cov_target, n);
  value += metric_norm (cov, q, f->c) / cov_norm;
  if (grad)
    {
      moment_backward (f, w, mean, cov, term->coefficient / cov_norm, grad);
      for (gint c = 0; c < f->c; c++)
        for (gsize p = 0; p < m; p++)
          grad->v[c * m + p] +=
              term->coefficient / mean_norm * 2 * mean_minus[c] * weight_at (w, p) / total;
    }
  g_free (mean);
  g_free (mean_minus);
  g_free (cov);
  g_free (whole);
  g_free (q);
  return term->coefficient * value;
}

gdouble
oracle_term (const OracleTerm *term, const OracleMap *features, OracleMap *grad)
{
  switch (term->kind)
    {
    case ORACLE_CONTENT:
      return content (term, features, grad);
    case ORACLE_GRAM:
      return gram (term, features, grad);
    case ORACLE_MEAN_COV:
      return mean_covariance (term, features, grad);
    }
  g_assert_not_reached ();
}

static gdouble
tv_keras (gdouble coefficient, const OracleMap *x, OracleMap *grad)
{
  gdouble value = 0;

  for (gint c = 0; c < x->c; c++)
    for (gint i = 0; i < x->h - 1; i++)
      for (gint j = 0; j < x->w - 1; j++)
        {
          gsize k = ((gsize) c * x->h + i) * x->w + j;
          gdouble dy = x->v[k] - x->v[k + x->w], dx = x->v[k] - x->v[k + 1];
          gdouble s = dx * dx + dy * dy, g = coefficient * 2.5 * pow (s, 0.25);

          value += coefficient * pow (s, 1.25);
          if (grad == NULL)
            continue;
          grad->v[k] += g * (dx + dy);
          grad->v[k + x->w] -= g * dy;
          grad->v[k + 1] -= g * dx;
        }
  return value;
}

/* The mean of the squared differences between each pixel and the one @dy, @dx on. */
static gdouble
tv_one_way (gdouble coefficient, gdouble chroma, gdouble pixel_max, const OracleMap *x, gint dy,
            gint dx, OracleMap *grad)
{
  gint h = x->h - dy, w = x->w - dx;
  gsize plane = (gsize) x->h * x->w;
  gdouble each = coefficient / ((gdouble) x->c * h * w) / (pixel_max * pixel_max), value = 0;

  for (gint c = 0; c < x->c; c++)
    for (gint i = 0; i < h; i++)
      for (gint j = 0; j < w; j++)
        {
          gsize at = (gsize) i * x->w + j, next = at + (gsize) dy * x->w + dx;
          gdouble d = x->v[c * plane + next] - x->v[c * plane + at], mean = 0;

          for (gint k = 0; k < x->c; k++)
            mean += (x->v[k * plane + next] - x->v[k * plane + at]) / x->c;
          value += each * (d * d + chroma * (d - mean) * (d - mean));
          if (grad == NULL)
            continue;
          /* what flows through the means adds up to nothing */
          grad->v[c * plane + next] += 2 * each * (d + chroma * (d - mean));
          grad->v[c * plane + at] -= 2 * each * (d + chroma * (d - mean));
        }
  return value;
}

gdouble
oracle_tv (OracleTv kind, gdouble coefficient, gdouble chroma, gdouble pixel_max,
           const OracleMap *image, OracleMap *grad)
{
  if (kind == ORACLE_TV_NONE)
    return 0;
  if (kind == ORACLE_TV_KERAS)
    return tv_keras (coefficient, image, grad);
  return tv_one_way (coefficient, chroma, pixel_max, image, 0, 1, grad)
         + tv_one_way (coefficient, chroma, pixel_max, image, 1, 0, grad);
}

/* Where the pixel lies in x->v, or the one at the border that stands for it. */
static gsize
pixel_at (const OracleMap *x, gint c, gint i, gint j)
{
  return ((gsize) c * x->h + CLAMP (i, 0, x->h - 1)) * x->w + CLAMP (j, 0, x->w - 1);
}

/* Those across which one comes @dy, @dx on. */
static gdouble
stripes_one_way (gdouble coefficient, const OracleMap *x, gint dy, gint dx, OracleMap *grad)
{
  static const gdouble along[3] = {0.25, 0.5, 0.25}, across[3] = {-0.25, 0.5, -0.25};
  gdouble each = coefficient / (gdouble) oracle_map_size (x), value = 0;

  for (gint c = 0; c < x->c; c++)
    for (gint i = 0; i < x->h; i++)
      for (gint j = 0; j < x->w; j++)
        {
          gdouble sum = 0;

          for (gint a = -1; a <= 1; a++)
            for (gint b = -1; b <= 1; b++)
              sum += across[a + 1] * along[b + 1]
                     * x->v[pixel_at (x, c, i + a * dy + b * dx, j + a * dx + b * dy)];
          value += each * sum * sum;
          for (gint a = -1; grad && a <= 1; a++)
            for (gint b = -1; b <= 1; b++)
              grad->v[pixel_at (x, c, i + a * dy + b * dx, j + a * dx + b * dy)] +=
                  2 * each * sum * across[a + 1] * along[b + 1];
        }
  return value;
}

gdouble
oracle_stripes (gdouble coefficient, const OracleMap *image, OracleMap *grad)
{
  if (coefficient <= 0)
    return 0;
  return stripes_one_way (coefficient, image, 1, 0, grad)
         + stripes_one_way (coefficient, image, 0, 1, grad);
}
