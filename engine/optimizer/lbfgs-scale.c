/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between x and x / scale, L-BFGS's variable.
 */
#include "optimizer/lbfgs-scale.h"

void
nst_lbfgs_scale_slice (const NstMinimizer *m, gboolean divide, NstSlice slice,
                       const gfloat *from, gfloat *to)
{
  gfloat scale[NST_VECTOR_CHUNK];

  nst_curvature_fill (m->curvature, slice.start, slice.n, scale);
  for (gsize i = 0; i < slice.n; i++)
    to[i] = divide ? from[i] / scale[i] : from[i] * scale[i];
}

typedef struct
{
  NstMinimizer *m;
  gfloat *array;
  gboolean divide;
} ScaleJob;

static void
scale_task (gint index, gint thread, gpointer data)
{
  const ScaleJob *job = data;
  NstSlice slice = nst_vector_slice (job->m->n, index);
  gfloat *array = job->array + slice.start;

  nst_lbfgs_scale_slice (job->m, job->divide, slice, array, array);
}

void
nst_lbfgs_scale (NstMinimizer *m, gfloat *array, gboolean divide)
{
  ScaleJob job = {m, array, divide};

  if (nst_lbfgs_is_scaled (m))
    nst_vector_run (m->pool, nst_vector_chunks (m->n), scale_task, &job);
}

/* The gradient and the pairs, multiplied by the scale or divided by it. */
static void
scale_all (NstMinimizer *m, gboolean out)
{
  nst_lbfgs_scale (m, m->gradient, out);
  for (gint i = 0; i < m->pairs.n; i++)
    {
      nst_lbfgs_scale (m, m->pairs.s[nst_pairs_slot (&m->pairs, i)], !out);
      nst_lbfgs_scale (m, m->pairs.y[nst_pairs_slot (&m->pairs, i)], out);
    }
}

/* What changes of the products is those of a y with a y and with the gradient. */
void
nst_lbfgs_rescale (NstMinimizer *m)
{
  NstPairs *it = &m->pairs;

  scale_all (m, TRUE);
  nst_curvature_find (m->curvature);
  scale_all (m, FALSE);
  it->gg = nst_dot (m->pool, m->n, m->gradient, m->gradient);
  for (gint i = 0; i < it->n; i++)
    {
      gint a = nst_pairs_slot (it, i);

      it->yg[a] = nst_dot (m->pool, m->n, it->y[a], m->gradient);
      for (gint j = 0; j <= i; j++)
        {
          gint b = nst_pairs_slot (it, j);

          it->yy[a * it->capacity + b] = it->yy[b * it->capacity + a] =
              nst_dot (m->pool, m->n, it->y[a], it->y[b]);
        }
    }
}
