/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The oracle's palette loss, by its definition: shades on a line of nodes, and how far they have
 * to be moved at least.
 */
#include "oracle.h"

#include <math.h>

#define AXES  3
#define STEPS 256
#define NODES (STEPS + 2)

static const gdouble axis[AXES][3] = {
    {1 / 3., 1 / 3., 1 / 3.}, {0.5, -0.5, 0}, {-0.25, -0.25, 0.5}};

/* In nodes, of which the first is half a step below 0. */
static gdouble
place (const OracleMap *image, gint a, gsize i)
{
  gsize plane = (gsize) image->h * image->w;
  gdouble shade = a == 0 ? 0 : 0.5;

  for (gint c = 0; c < 3; c++)
    shade += axis[a][c] * image->v[c * plane + i];
  return shade * STEPS + 0.5;
}

static void
add_shares (const OracleMap *image, const gfloat *mask, gint a, gdouble weight, gdouble *share)
{
  gsize plane = (gsize) image->h * image->w;
  gdouble total = 0;

  for (gsize i = 0; i < plane; i++)
    total += mask ? mask[i] : 1;
  for (gsize i = 0; i < plane; i++)
    {
      gdouble at = place (image, a, i), each = weight * (mask ? mask[i] : 1) / total;

      share[(gint) at] += each * (1 - (at - floor (at)));
      share[(gint) at + 1] += each * (at - floor (at));
    }
}

/* By going through all quantiles at which either distribution steps. */
static gdouble
moved (const gdouble *from, const gdouble *to)
{
  gdouble at = 0, from_end = from[0], to_end = to[0], sum = 0;

  for (gint i = 0, j = 0; i < NODES && j < NODES;)
    {
      gdouble next = MIN (from_end, to_end);

      sum += (next - at) * (i - j) * (i - j) / STEPS / STEPS;
      at = next;
      if (from_end <= to_end)
        from_end += ++i < NODES ? from[i] : 0;
      else
        to_end += ++j < NODES ? to[j] : 0;
    }
  return sum;
}

static gdouble
variance (const gdouble *share)
{
  gdouble mean = 0, squares = 0;

  for (gint k = 0; k < NODES; k++)
    {
      mean += share[k] * k / STEPS;
      squares += share[k] * k * k / STEPS / STEPS;
    }
  return squares - mean * mean;
}

/* By central differences: the distance is linear in the shares between its kinks. */
static gdouble
slope (gdouble *now, const gdouble *target, gint node)
{
  const gdouble step = 1e-8;
  gdouble more, less;

  now[node] -= step, now[node + 1] += step;
  more = moved (now, target);
  now[node] += 2 * step, now[node + 1] -= 2 * step;
  less = moved (now, target);
  now[node] -= step, now[node + 1] += step;
  return (more - less) / (2 * step) * STEPS;
}

static gdouble
along (const OraclePalette *it, const OracleMap *image, gint a, const gdouble *target,
       gdouble norm, OracleMap *grad)
{
  gsize plane = (gsize) image->h * image->w;
  gdouble now[NODES] = {0}, slopes[NODES], total = 0;

  add_shares (image, it->mask, a, 1, now);
  for (gsize i = 0; i < plane; i++)
    total += it->mask ? it->mask[i] : 1;
  for (gint k = 0; k < NODES - 1; k++)
    slopes[k] = slope (now, target, k);
  for (gsize i = 0; grad && i < plane; i++)
    for (gint c = 0; c < 3; c++)
      grad->v[c * plane + i] += it->coefficient / norm * slopes[(gint) place (image, a, i)]
                                * axis[a][c] * (it->mask ? it->mask[i] : 1) / total;
  return it->coefficient / norm * moved (now, target);
}

gdouble
oracle_palette (const OraclePalette *it, const OracleMap *image, OracleMap *grad)
{
  gdouble target[AXES][NODES] = {{0}}, norm = 0.001, value = 0;

  if (it->coefficient <= 0)
    return 0;
  for (gint a = 0; a < AXES; a++)
    {
      for (gint s = 0; s < it->n_styles; s++)
        add_shares (it->style[s], it->style_mask[s], a, it->weight[s], target[a]);
      norm += variance (target[a]);
    }
  for (gint a = 0; a < AXES; a++)
    value += along (it, image, a, target[a], norm, grad);
  return value;
}
