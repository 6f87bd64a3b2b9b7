/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 2x2 pooling, forward beside backward.
 */
#include "pooling.h"
#include "kernels.h"

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
        nst_kernels ()->pool_max (a, b, y->w, to);
    }
}

void
nst_pool2_forward (NstPool *pool, NstPooling kind, const NstTensor *x, NstTensor *y)
{
  PoolJob job = {kind, x, NULL, y};

  nst_pool_run (pool, y->c, forward_channel, &job);
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
        nst_kernels ()->route_max (a, a + x->w, from, dy->w, da, db);
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
