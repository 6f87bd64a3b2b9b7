/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Separable scaling with a table of taps for each output row and column.
 */
#include "resample.h"

#include <math.h>
#include <string.h>

/* Keys' cubic with a = -1/2 (Catmull-Rom). */
static gdouble
cubic (gdouble x)
{
  x = fabs (x);
  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2)
    return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

typedef struct
{
  gint n_taps;
  gint *first;     /* of each output: the first input, may be out of range */
  gfloat *weights; /* n_taps of each output */
} Taps;

static gboolean
make_taps (NstResample kind, gint from, gint to, Taps *taps, GError **error)
{
  gdouble ratio = (gdouble) from / to;
  gdouble stretch = MAX (ratio, 1.0); /* shrinking widens the kernel */

  taps->n_taps = kind == NST_RESAMPLE_NEAREST ? 1 : 2 * (gint) ceil (2 * stretch) + 1;
  taps->first = nst_alloc (to, sizeof (gint), error);
  taps->weights =
      taps->first ? nst_alloc ((guint64) to * taps->n_taps, sizeof (gfloat), error) : NULL;
  if (!taps->weights)
    return FALSE;
  for (gint i = 0; i < to; i++)
    {
      gdouble centre = (i + 0.5) * ratio - 0.5, sum = 0;
      gfloat *w = taps->weights + (gsize) i * taps->n_taps;

      if (kind == NST_RESAMPLE_NEAREST)
        {
          taps->first[i] = MIN ((gint) ((i + 0.5) * ratio), from - 1);
          w[0] = 1;
          continue;
        }
      taps->first[i] = (gint) floor (centre) - taps->n_taps / 2;
      for (gint k = 0; k < taps->n_taps; k++)
        sum += cubic ((taps->first[i] + k - centre) / stretch);
      for (gint k = 0; k < taps->n_taps; k++)
        w[k] = cubic ((taps->first[i] + k - centre) / stretch) / sum;
    }
  return TRUE;
}

static void
clear_taps (Taps *taps)
{
  nst_free (taps->first);
  nst_free (taps->weights);
}

static void
resample_rows (const NstTensor *from, NstTensor *to, const Taps *taps)
{
  gint w = from->w;

  memset (to->data, 0, nst_tensor_size (to) * sizeof (gfloat));
  for (gint c = 0; c < from->c; c++)
    for (gint y = 0; y < to->h; y++)
      {
        gfloat *out = to->data + ((gsize) c * to->h + y) * w;

        for (gint k = 0; k < taps->n_taps; k++)
          {
            gint row = CLAMP (taps->first[y] + k, 0, from->h - 1);
            gfloat weight = taps->weights[(gsize) y * taps->n_taps + k];
            const gfloat *in = from->data + ((gsize) c * from->h + row) * w;

            for (gint x = 0; x < w; x++)
              out[x] += weight * in[x];
          }
      }
}

static void
resample_columns (const NstTensor *from, NstTensor *to, const Taps *taps)
{
  gsize rows = (gsize) from->c * from->h;

  for (gsize row = 0; row < rows; row++)
    {
      const gfloat *in = from->data + row * from->w;
      gfloat *out = to->data + row * to->w;

      for (gint x = 0; x < to->w; x++)
        {
          const gfloat *w = taps->weights + (gsize) x * taps->n_taps;
          gfloat sum = 0;

          for (gint k = 0; k < taps->n_taps; k++)
            sum += w[k] * in[CLAMP (taps->first[x] + k, 0, from->w - 1)];
          out[x] = sum;
        }
    }
}

/**
 * nst_resample:
 * @to: (inout): allocated, with @from's channels; its size is what is wanted
 *
 * Edges are extended.  Cubic scaling may overshoot the input's range a little.
 * Fails with %NST_ERROR_NO_MEMORY.
 */
gboolean
nst_resample (NstResample kind, const NstTensor *from, NstTensor *to, GError **error)
{
  NstTensor middle = {0};
  Taps rows = {0}, columns = {0};
  gboolean ok;

  if (from->w == to->w && from->h == to->h)
    {
      memcpy (to->data, from->data, nst_tensor_size (to) * sizeof (gfloat));
      return TRUE;
    }
  ok = make_taps (kind, from->h, to->h, &rows, error)
       && make_taps (kind, from->w, to->w, &columns, error)
       && nst_tensor_alloc (&middle, from->c, to->h, from->w, error);
  if (ok)
    {
      resample_rows (from, &middle, &rows);
      resample_columns (&middle, to, &columns);
    }
  clear_taps (&rows);
  clear_taps (&columns);
  nst_tensor_clear (&middle);
  return ok;
}
