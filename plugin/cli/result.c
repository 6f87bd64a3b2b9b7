/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result as it is written: its colours in the file's profile, its alpha the
 * content's.
 */
#include <string.h>

#include "picture-private.h"

#define BLOCK 256 /* pixels at once */

static void
get_block (const CliResult *result, gsize first, gint n, gfloat *values)
{
  const gfloat *mask = result->content->alpha.mask, *alpha = mask ? mask + first : NULL;
  const gint n_values = result->has_alpha ? 4 : 3;
  gfloat rgb[3 * BLOCK];

  nst_profile_from_working (result->profile, result->content->space,
                            result->image->rgb + 3 * first, rgb, (gsize) n);
  for (gint i = 0; i < n; i++, values += n_values)
    {
      memcpy (values, rgb + 3 * i, 3 * sizeof (gfloat));
      if (result->has_alpha)
        values[3] = alpha ? alpha[i] : 1.0f;
      else if (alpha)
        for (gint c = 0; c < 3; c++)
          values[c] = 1.0f + alpha[i] * (values[c] - 1.0f);
    }
}

/**
 * cli_result_get:
 * @values: (out): of @n pixels from @x, @y on, within [0,1]; by any number of threads at once
 */
void
cli_result_get (const CliResult *result, gint x, gint y, gint n, gfloat *values)
{
  const gsize first = (gsize) y * result->image->width + (gsize) x;

  for (gint i = 0; i < n; i += BLOCK)
    get_block (result, first + (gsize) i, MIN (BLOCK, n - i),
               values + (gsize) i * (result->has_alpha ? 4 : 3));
}

/**
 * cli_store:
 * @values: @n, within [0,1]
 * @to: (out): the same in @depth
 */
void
cli_store (CliDepth depth, const gfloat *values, gsize n, gpointer to)
{
  switch (depth)
    {
    case CLI_DEPTH_8:
      for (gsize i = 0; i < n; i++)
        ((guint8 *) to)[i] = (guint8) (values[i] * 255.0f + 0.5f);
      return;
    case CLI_DEPTH_16:
      for (gsize i = 0; i < n; i++)
        ((guint16 *) to)[i] = (guint16) (values[i] * 65535.0f + 0.5f);
      return;
    case CLI_DEPTH_HALF:
      for (gsize i = 0; i < n; i++)
        ((guint16 *) to)[i] = cli_float_to_half (values[i]);
      return;
    case CLI_DEPTH_FLOAT:
      memcpy (to, values, n * sizeof (gfloat));
      return;
    }
}
