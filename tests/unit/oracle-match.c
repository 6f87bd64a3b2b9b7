/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The oracle's search for the most similar cell, and what is made of it, by their definitions.
 */
#include "oracle.h"

#include <math.h>

static gdouble *
mean_of (const OracleMap *map, const gdouble *weight)
{
  gint cells = map->h * map->w;
  gdouble *mean = g_new0 (gdouble, map->c), total = 0;

  for (gint i = 0; i < cells; i++)
    {
      total += weight ? weight[i] : 1;
      for (gint c = 0; c < map->c; c++)
        mean[c] += (weight ? weight[i] : 1) * map->v[c * cells + i];
    }
  for (gint c = 0; c < map->c; c++)
    mean[c] /= total;
  return mean;
}

static gdouble
cosine (const OracleMap *q, gint i, const gdouble *q_mean, const OracleMap *r, gint j,
        const gdouble *r_mean)
{
  gdouble dot = 0, qq = 0, rr = 0;

  for (gint c = 0; c < q->c; c++)
    {
      gdouble a = q->v[c * q->h * q->w + i] - q_mean[c];
      gdouble b = r->v[c * r->h * r->w + j] - r_mean[c];

      dot += a * b;
      qq += a * a;
      rr += b * b;
    }
  return dot / sqrt (qq * rr);
}

/* Whether cell @j counts half as much as any and does not lie within @inset of the border. */
static gboolean
may_be_taken (const OracleMap *r, const gdouble *weight, gint inset, gint j)
{
  gint x = j % r->w, y = j / r->w;
  gdouble most = 0;

  for (gint i = 0; weight && i < r->w * r->h; i++)
    most = MAX (most, weight[i]);
  return x >= inset && y >= inset && x < r->w - inset && y < r->h - inset
         && (!weight || weight[j] >= most / 2);
}

gint *
oracle_nearest (const OracleMap *q, const gdouble *q_weight, const OracleMap *r,
                const gdouble *r_weight, gdouble *similarity)
{
  gdouble *q_mean = mean_of (q, q_weight), *r_mean = mean_of (r, r_weight);
  gint *nearest = g_new (gint, q->w * q->h), inset = 0;

  for (gint j = 0; j < r->w * r->h; j++)
    if (may_be_taken (r, r_weight, 1, j))
      inset = 1;
  for (gint i = 0; i < q->w * q->h; i++)
    {
      gdouble best = -2;

      nearest[i] = -1;
      for (gint j = 0; j < r->w * r->h; j++)
        {
          gdouble now =
              may_be_taken (r, r_weight, inset, j) ? cosine (q, i, q_mean, r, j, r_mean) : -3;

          if (now > best)
            {
              best = now;
              nearest[i] = j;
            }
        }
      if (similarity)
        similarity[i] = best;
    }
  g_free (q_mean);
  g_free (r_mean);
  return nearest;
}

gdouble
oracle_cosine_sum (const OracleMap *q, const OracleMap *r, const gint *index)
{
  gdouble *q_mean = mean_of (q, NULL), *r_mean = mean_of (r, NULL), sum = 0;

  for (gint i = 0; i < q->w * q->h; i++)
    sum += cosine (q, i, q_mean, r, index[i], r_mean);
  g_free (q_mean);
  g_free (r_mean);
  return sum;
}

gdouble
oracle_upper_half (gdouble value)
{
  gint exponent;
  gdouble fraction = frexp (value, &exponent);

  return ldexp (nearbyint (fraction * 256), exponent - 8);
}

/* The weighted mean of @n values, and their deviation. */
static void
describe (const gdouble *values, const gdouble *weight, gint n, gdouble *mean,
          gdouble *deviation)
{
  gdouble total = 0, sum = 0, squares = 0;

  for (gint i = 0; i < n; i++)
    {
      total += weight ? weight[i] : 1;
      sum += (weight ? weight[i] : 1) * values[i];
    }
  *mean = sum / total;
  for (gint i = 0; i < n; i++)
    squares += (weight ? weight[i] : 1) * (values[i] - *mean) * (values[i] - *mean);
  *deviation = sqrt (squares / total);
}

gdouble *
oracle_mixed (const OracleMap *taken, const OracleMap *q, const gdouble *weight,
              const gdouble *similarity, gdouble own)
{
  gint n = q->h * q->w;
  gdouble *mixed = g_new (gdouble, oracle_map_size (q)), *r = g_new (gdouble, n),
          *p = g_new (gdouble, n), usual, ignored;

  describe (similarity, weight, n, &usual, &ignored);
  for (gint c = 0; c < q->c; c++)
    {
      gdouble r_mean, r_deviation, p_mean, p_deviation;

      for (gint i = 0; i < n; i++)
        {
          r[i] = oracle_upper_half (taken->v[c * n + i]);
          p[i] = q->v[c * n + i];
        }
      describe (r, weight, n, &r_mean, &r_deviation);
      describe (p, weight, n, &p_mean, &p_deviation);
      /* at least a 32nd of the root mean square */
      p_deviation = MAX (p_deviation, hypot (p_mean, p_deviation) / 32);
      for (gint i = 0; i < n; i++)
        {
          gdouble as_taken =
              r_mean + (p_deviation > 0 ? (p[i] - p_mean) * r_deviation / p_deviation : 0);

          gdouble part = MIN (own * pow ((1 - similarity[i]) / (1 - usual), 3), 1);

          mixed[c * n + i] = MAX (r[i] + part * (as_taken - r[i]), 0);
        }
    }
  g_free (r);
  g_free (p);
  return mixed;
}
