/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 2x2 pooling, forward beside backward.
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
route_max (const gfloat *a, const gfloat *b, gfloat dy, gfloat *da, gfloat *db)
{
  gfloat m = MAX (MAX (a[0], a[1]), MAX (b[0], b[1]));

  if (a[0] == m)
    da[0] = dy;
  else if (a[1] == m)
    da[1] = dy;
  else if (b[0] == m)
    db[0] = dy;
  else
    db[1] = dy;
}

static void
backward_channel (gint c, gint thread, gpointer data)
{
  PoolJob *job = data;
  const NstTensor *x = job->x, *dy = job->dy;
  const gfloat *from = dy->data + c * nst_tensor_plane (dy);
  gfloat *to = job->out->data + c * nst_tensor_plane (x);

  memset (to, 0, sizeof (gfloat) * nst_tensor_plane (x));
  for (gint row = 0; row < dy->h; row++, from += dy->w)
    {
      const gfloat *a = x->data + c * nst_tensor_plane (x) + (gsize) 2 * row * x->w;
      gfloat *da = to + (gsize) 2 * row * x->w, *db = da + x->w;

      for (gint i = 0; i < dy->w; i++)
        if (job->kind == NST_POOLING_AVERAGE)
          da[2 * i] = da[2 * i + 1] = db[2 * i] = db[2 * i + 1] = 0.25f * from[i];
        else
          route_max (a + 2 * i, a + x->w + 2 * i, from[i], da + 2 * i, db + 2 * i);
    }
}

void
nst_pool2_backward (NstPool *pool, NstPooling kind, const NstTensor *x, const NstTensor *dy,
                    NstTensor *dx)
{
  PoolJob job = {kind, x, dy, dx};

  nst_pool_run (pool, dy->c, backward_channel, &job);
}
