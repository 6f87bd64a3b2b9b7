/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What L-BFGS remembers, and the direction that follows from it.
 */
#include "optimizer/lbfgs-pairs.h"
#include "base/tensor.h"

/* Memory for the pair of slot k, both or none. */
static gboolean
alloc_pair (NstPairs *it, gint k, GError **error)
{
  if ((it->s[k] = nst_alloc (it->length, sizeof (gfloat), error))
      && (it->y[k] = nst_alloc (it->length, sizeof (gfloat), error)))
    return TRUE;
  g_clear_pointer (&it->s[k], nst_free);
  return FALSE;
}

gboolean
nst_pairs_init (NstPairs *it, gsize length, gint history, GError **error)
{
  *it = (NstPairs){.length = length, .history = history, .capacity = history, .newest = -1};
  it->s = g_new0 (gfloat *, history);
  it->y = g_new0 (gfloat *, history);
  it->sy = g_new0 (gdouble, (gsize) history * history);
  it->yy = g_new0 (gdouble, (gsize) history * history);
  it->sg = g_new0 (gdouble, history);
  it->yg = g_new0 (gdouble, history);
  return alloc_pair (it, 0, error);
}

guint64
nst_pairs_memory (gsize length, gint history, gint steps)
{
  guint64 pairs = CLAMP (steps, 1, history);

  return 2 * pairs * nst_alloc_size (length, sizeof (gfloat));
}

void
nst_pairs_clear (NstPairs *it)
{
  for (gint i = 0; it->s && i < it->capacity; i++)
    {
      nst_free (it->s[i]);
      nst_free (it->y[i]);
    }
  g_clear_pointer (&it->s, g_free);
  g_clear_pointer (&it->y, g_free);
  g_clear_pointer (&it->sy, g_free);
  g_clear_pointer (&it->yy, g_free);
  g_clear_pointer (&it->sg, g_free);
  g_clear_pointer (&it->yg, g_free);
}

gint
nst_pairs_next_slot (NstPairs *it)
{
  gint k = (it->newest + 1) % it->history;

  if (it->s[k] || alloc_pair (it, k, NULL))
    return k;
  it->history = k; /* at least 1: that pair came with the rest */
  return 0;
}

gdouble
nst_pairs_factors (const NstPairs *it, gdouble gain, gdouble *factors)
{
  gint p = it->n, stride = it->capacity;
  gdouble *g = factors, *s = factors + 1, *y = factors + 1 + p, slope;

  *g = -1;
  for (gint i = 0; i < p; i++)
    {
      const gdouble *sy = it->sy + (gsize) nst_pairs_slot (it, i) * stride;
      gdouble product = *g * it->sg[nst_pairs_slot (it, i)];

      for (gint j = 0; j < i; j++)
        product += y[j] * sy[nst_pairs_slot (it, j)];
      s[i] = product / sy[nst_pairs_slot (it, i)];
      y[i] = -s[i];
    }
  if (p > 0)
    {
      gsize newest = (gsize) it->newest * stride + it->newest;
      gdouble scale = gain * it->sy[newest] / it->yy[newest];

      *g *= scale;
      for (gint i = 0; i < p; i++)
        y[i] *= scale;
    }
  for (gint i = p - 1; i >= 0; i--)
    {
      gint k = nst_pairs_slot (it, i);
      gdouble product = *g * it->yg[k];

      for (gint j = 0; j < p; j++)
        product += y[j] * it->yy[(gsize) k * stride + nst_pairs_slot (it, j)];
      for (gint j = i + 1; j < p; j++)
        product += s[j] * it->sy[(gsize) nst_pairs_slot (it, j) * stride + k];
      s[i] -= product / it->sy[(gsize) k * stride + k];
    }
  slope = *g * it->gg;
  for (gint i = 0; i < p; i++)
    slope += s[i] * it->sg[nst_pairs_slot (it, i)] + y[i] * it->yg[nst_pairs_slot (it, i)];
  return slope;
}

void
nst_pairs_basis (const NstPairs *it, gfloat *gradient, gfloat **basis)
{
  basis[0] = gradient;
  for (gint i = 0; i < it->n; i++)
    {
      basis[1 + i] = it->s[nst_pairs_slot (it, i)];
      basis[1 + it->n + i] = it->y[nst_pairs_slot (it, i)];
    }
}

void
nst_pairs_keep (NstPairs *it, gint slot, gint k, const gdouble *s, const gdouble *y)
{
  gsize stride = it->capacity;

  it->sg[k] = s[0];
  it->yg[k] = y[0];
  it->sy[k * stride + slot] = s[1];
  it->yy[k * stride + slot] = it->yy[slot * stride + k] = y[1];
  it->sy[slot * stride + k] = y[2];
}
