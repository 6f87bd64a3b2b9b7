/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much the loss bends in each part of the picture, as L-BFGS's pairs tell.
 */
#include "optimizer/curvature.h"
#include "base/tensor.h"

#include <math.h>
#include <string.h>

#define LEAST_SIDE 16

static gsize
count_blocks (const NstCurvature *it)
{
  return (gsize) it->columns * it->rows;
}

/* The scale of block @column of a row of blocks that lies @weight of the way from row @row to the
 * next one; those at the border go on beyond it. */
static gfloat
scale_between (const NstCurvature *it, gint column, gint row, gdouble weight)
{
  const gfloat *upper = it->scale + CLAMP (row, 0, it->rows - 1) * it->columns;
  const gfloat *lower = it->scale + CLAMP (row + 1, 0, it->rows - 1) * it->columns;

  column = CLAMP (column, 0, it->columns - 1);
  return (gfloat) ((1 - weight) * upper[column] + weight * lower[column]);
}

static gint
find_side (gint w, gint h)
{
  gint side = (MAX (w, h) + NST_CURVATURE_BLOCKS - 1) / NST_CURVATURE_BLOCKS;

  return MAX (side + side % 2, LEAST_SIDE);
}

/* What is known, for blocks of another size. */
static void
carry_over (const NstCurvature *from, NstCurvature *to)
{
  to->scale = g_new (gfloat, count_blocks (to));
  for (gint row = 0; row < to->rows; row++)
    for (gint column = 0; column < to->columns; column++)
      {
        gdouble x = (column + 0.5) * from->columns / to->columns - 0.5;
        gdouble y = (row + 0.5) * from->rows / to->rows - 0.5;
        gint x0 = (gint) floor (x), y0 = (gint) floor (y);
        gfloat left = scale_between (from, x0, y0, y - y0);
        gfloat right = scale_between (from, x0 + 1, y0, y - y0);

        to->scale[row * to->columns + column] = (gfloat) (left + (right - left) * (x - x0));
      }
}

void
nst_curvature_begin (NstCurvature *curvature, gint w, gint h)
{
  NstCurvature next = {.w = w, .h = h, .side = find_side (w, h)};

  next.columns = (w + next.side - 1) / next.side;
  next.rows = (h + next.side - 1) / next.side;
  next.squares = g_new0 (gdouble, count_blocks (&next));
  next.products = g_new0 (gdouble, count_blocks (&next));
  nst_curvature_find (curvature);
  if (curvature->scale)
    carry_over (curvature, &next);
  nst_curvature_clear (curvature);
  *curvature = next;
}

static void
fill_row (const NstCurvature *it, gint row, gint from, gint n, gfloat *scale)
{
  gint side = it->side, half = side / 2, above = (row + half) / side - 1;
  gdouble weight = (row - above * side - half + 0.5) / side;

  while (n > 0)
    {
      gint left = (from + half) / side - 1, length = MIN (n, (left + 2) * side - half - from);
      gfloat value = scale_between (it, left, above, weight);
      gfloat slope = (scale_between (it, left + 1, above, weight) - value) / (gfloat) side;
      gfloat at = (gfloat) (from - left * side - half) + 0.5f;

      for (gint i = 0; i < length; i++)
        scale[i] = value + slope * (at + (gfloat) i);
      from += length;
      scale += length;
      n -= length;
    }
}

void
nst_curvature_fill (const NstCurvature *curvature, gsize start, gsize n, gfloat *scale)
{
  gsize at = start % ((gsize) curvature->w * curvature->h);
  gint row = nst_int (at / curvature->w), column = nst_int (at % curvature->w);

  while (n > 0)
    {
      gint length = nst_int (MIN (n, (gsize) (curvature->w - column)));

      fill_row (curvature, row, column, length, scale);
      scale += length;
      n -= length;
      column = 0;
      row = row + 1 < curvature->h ? row + 1 : 0;
    }
}

typedef struct
{
  NstCurvature *it;
  const gfloat *s, *y;
  gdouble sy;
} AddJob;

#define RUN 256

/* Some pixels of a row of a block. */
static void
add_run (const AddJob *job, gsize at, gint n, gdouble *square, gdouble *product)
{
  gfloat scale[RUN], squares = 0, products = 0;

  for (gint i = 0; i < n; i++)
    scale[i] = 1;
  if (job->it->scale)
    nst_curvature_fill (job->it, at, n, scale);
  for (gint i = 0; i < n; i++)
    {
      gfloat s = job->s[at + i] * scale[i];

      squares += s * s;
      products += job->s[at + i] * job->y[at + i];
    }
  *square += squares;
  *product += products;
}

static void
add_block (gint index, gint thread, gpointer data)
{
  const AddJob *job = data;
  NstCurvature *it = job->it;
  gint x = index % it->columns * it->side, y = index / it->columns * it->side;
  gint right = MIN (x + it->side, it->w), below = MIN (y + it->side, it->h);
  gdouble square = 0, product = 0;

  for (gint c = 0; c < 3; c++)
    for (gint row = y; row < below; row++)
      for (gint from = x; from < right; from += RUN)
        add_run (job, ((gsize) c * it->h + row) * it->w + from, MIN (RUN, right - from),
                 &square, &product);
  it->squares[index] += square / job->sy;
  it->products[index] += product / job->sy;
}

void
nst_curvature_add (NstCurvature *curvature, NstPool *pool, const gfloat *s, const gfloat *y,
                   gdouble sy)
{
  AddJob job = {curvature, s, y, sy};

  nst_pool_run (pool, nst_int (count_blocks (curvature)), add_block, &job);
}

#define PRIOR 0.1 /* of the mean block's sums are added to each */
#define RANGE 20  /* of a block's curvature against the picture's */

void
nst_curvature_find (NstCurvature *curvature)
{
  gsize n = count_blocks (curvature);
  gdouble squares = 0, products = 0, mean = 0, blocks = (gdouble) n;

  for (gsize i = 0; i < n; i++)
    {
      squares += curvature->squares[i] / blocks;
      products += curvature->products[i] / blocks;
    }
  if (!(squares > 0 && products > 0))
    return;
  if (!curvature->scale)
    curvature->scale = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    {
      gdouble bend = (curvature->products[i] / products + PRIOR)
                     / (curvature->squares[i] / squares + PRIOR);

      curvature->scale[i] = (gfloat) (-0.5 * log (CLAMP (bend, 1.0 / RANGE, RANGE)));
      mean += curvature->scale[i] / (gfloat) n;
    }
  for (gsize i = 0; i < n; i++)
    curvature->scale[i] = (gfloat) exp (curvature->scale[i] - mean);
}

void
nst_curvature_clear (NstCurvature *curvature)
{
  g_clear_pointer (&curvature->scale, g_free);
  g_clear_pointer (&curvature->squares, g_free);
  g_clear_pointer (&curvature->products, g_free);
}
