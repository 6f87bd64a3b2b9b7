/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture's mask as the layers see it.
 */
#include "run/layer-weights.h"
#include "network/pooling.h"

#include <string.h>

/* A mask half as large, rounded down, by averaging. */
static gboolean
halve (NstPool *pool, NstTensor *mask, GError **error)
{
  NstTensor half;
  NstWindow from = nst_window (mask), to;

  if (!nst_tensor_alloc (&half, 1, mask->h / 2, mask->w / 2, error))
    return FALSE;
  to = nst_window (&half);
  nst_pool2_forward (pool, NST_POOLING_AVERAGE, &from, (NstRows){0, half.h}, &to);
  nst_tensor_clear (mask);
  *mask = half;
  return TRUE;
}

gboolean
nst_layer_weights (const NstPass *pass, const gfloat *mask, gfloat **weights, GError **error)
{
  const NstPassSpec *spec = &pass->spec;
  NstTensor now;
  gboolean ok = nst_tensor_alloc (&now, 1, spec->height, spec->width, error);

  if (ok)
    memcpy (now.data, mask, sizeof (gfloat) * nst_tensor_plane (&now));
  for (gint i = 0; ok && i < pass->depth; i++)
    {
      gdouble sum = 0;
      gsize n;

      ok = !spec->network->layers[i].pooled || halve (pass->pool, &now, error);
      if (!ok || (i > 0 && !spec->keep[i]))
        continue;
      n = nst_tensor_plane (&now);
      ok = (weights[i] = nst_alloc (n, sizeof (gfloat), error)) != NULL;
      for (gsize k = 0; ok && k < n; k++)
        sum += now.data[k];
      for (gsize k = 0; ok && k < n; k++)
        weights[i][k] = sum > 0 ? now.data[k] : 1;
    }
  nst_tensor_clear (&now);
  return ok;
}
