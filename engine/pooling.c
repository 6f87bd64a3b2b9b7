/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 2x2 pooling, forward beside backward: for layers whose own activations are
 * wanted too; the others' is done with the convolution (winograd.h).
 */
#include "pooling.h"

#include <string.h>

typedef struct
{
  NstPooling kind;
  const NstTensor *x;
  const NstTensor *dy;
  NstTensor *out;
} PoolJob;

static void
forward_channel (gint c, gint thread, gpointer data)
{
  PoolJob *job = data;
  const NstTensor *x = job->x;
  NstTensor *y = job->out;
  gfloat *to = y->data + c * nst_tensor_plane (y);

  for (gint row = 0; row < y->h; row++, to += y->w)
    {
      const gfloat *a = x->data + c * nst_tensor_plane (x) + (gsize) 2 * row * x->w;
      const gfloat *b = a + x->w;

      if (job->kind == NST_POOLING_AVERAGE)
        for (gint i = 0; i < y->w; i++)
          to[i] = 0.25f * (a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1]);
      else
        for (gint i = 0; i < y->w; i++)
          to[i] = MAX (MAX (a[2 * i], a[2 * i + 1]), MAX (b[2 * i], b[2 * i + 1]));
    }
}

void
nst_pool2_forward (NstPool *pool, NstPooling kind, const NstTensor *x, NstTensor *y)
{
  PoolJob job = {kind, x, NULL, y};

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
  PoolJob *job = data;
  const NstTensor *x = job->x, *dy = job->dy;
  const gfloat *from = dy->data + c * nst_tensor_plane (dy);
  gfloat *to = job->out->data + c * nst_tensor_plane (x);

  for (gint row = 0; row < dy->h; row++, from += dy->w)
    {
      gsize at = (gsize) 2 * row * x->w;
      const gfloat *a = x->data + c * nst_tensor_plane (x) + at;
      gfloat *da = to + at, *db = da + x->w;

      if (job->kind == NST_POOLING_AVERAGE)
        for (gint i = 0; i < dy->w; i++)
          da[2 * i] = da[2 * i + 1] = db[2 * i] = db[2 * i + 1] = 0.25f * from[i];
      else
        route_max (a, a + x->w, from, dy->w, da, db);
      if (x->w % 2)
        da[x->w - 1] = db[x->w - 1] = 0;
    }
  if (x->h % 2)
    memset (to + (gsize) (x->h - 1) * x->w, 0, sizeof (gfloat) * x->w);
}

void
nst_pool2_backward (NstPool *pool, NstPooling kind, const NstTensor *x, const NstTensor *dy,
                    NstTensor *dx)
{
  PoolJob job = {kind, x, dy, dx};

  nst_pool_run (pool, dy->c, backward_channel, &job);
}
