/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 2x2 pooling, forward beside backward: for layers whose own activations are
 * wanted too; the others' is done with the convolution (winograd.h).
 */
#include "network/pooling.h"

#include <string.h>

typedef struct
{
  NstPooling kind;
  const NstWindow *x, *dy, *out;
  NstRows rows;
} PoolJob;

static void
forward_channel (gint c, gint thread, gpointer data)
{
  const PoolJob *job = data;

  for (gint row = job->rows.from; row < job->rows.to; row++)
    {
      const gfloat *a = nst_window_row (job->x, c, 2 * row);
      const gfloat *b = nst_window_row (job->x, c, 2 * row + 1);
      gfloat *to = nst_window_row (job->out, c, row);
      gint n = job->out->w;

      if (job->kind == NST_POOLING_AVERAGE)
        for (gint i = 0; i < n; i++)
          to[i] = 0.25f * (a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1]);
      else
        for (gint i = 0; i < n; i++)
          to[i] = MAX (MAX (a[2 * i], a[2 * i + 1]), MAX (b[2 * i], b[2 * i + 1]));
    }
}

void
nst_pool2_forward (NstPool *pool, NstPooling kind, const NstWindow *x, NstRows rows,
                   const NstWindow *y)
{
  PoolJob job = {kind, x, NULL, y, rows};

  nst_pool_run (pool, y->c, forward_channel, &job);
}

/* Of equal maxima the first in reading order gets the gradient, as in PyTorch. */
static void
route_max (const gfloat *a, const gfloat *b, const gfloat *gradient, gint n, gfloat *to_a,
           gfloat *to_b)
{
  for (gint x = 0; x < n; x++)
    {
      const gfloat value[4] = {a[2 * x], a[2 * x + 1], b[2 * x], b[2 * x + 1]};
      gfloat *share[4] = {to_a + 2 * x, to_a + 2 * x + 1, to_b + 2 * x, to_b + 2 * x + 1};
      gint first = 0;

      for (gint i = 1; i < 4; i++)
        first = value[i] > value[first] ? i : first;
      for (gint i = 0; i < 4; i++)
        *share[i] = i == first ? gradient[x] : 0;
    }
}

static void
backward_channel (gint c, gint thread, gpointer data)
{
  const PoolJob *job = data;
  const NstWindow *x = job->x, *dy = job->dy, *dx = job->out;

  for (gint row = job->rows.from; row < job->rows.to; row++)
    {
      const gfloat *from = nst_window_row (dy, c, row);
      gfloat *da = nst_window_row (dx, c, 2 * row), *db = nst_window_row (dx, c, 2 * row + 1);

      if (job->kind == NST_POOLING_AVERAGE)
        for (gint i = 0; i < dy->w; i++)
          da[2 * i] = da[2 * i + 1] = db[2 * i] = db[2 * i + 1] = 0.25f * from[i];
      else
        route_max (nst_window_row (x, c, 2 * row), nst_window_row (x, c, 2 * row + 1), from,
                   dy->w, da, db);
      if (x->w % 2)
        da[x->w - 1] = db[x->w - 1] = 0;
    }
  if (x->h % 2 && job->rows.to == dy->h)
    memset (nst_window_row (dx, c, x->h - 1), 0, sizeof (gfloat) * x->w);
}

void
nst_pool2_backward (NstPool *pool, NstPooling kind, const NstWindow *x, const NstWindow *dy,
                    NstRows rows, const NstWindow *dx)
{
  PoolJob job = {kind, x, dy, dx, rows};

  nst_pool_run (pool, dy->c, backward_channel, &job);
}
