/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The oracle's layers and network: plain loops in double precision.
 */
#include "oracle.h"

#include <math.h>
#include <string.h>

OracleMap
oracle_map_new (gint c, gint h, gint w)
{
  OracleMap map = {c, h, w, g_new0 (gdouble, (gsize) c * h * w)};

  return map;
}

void
oracle_map_clear (OracleMap *map)
{
  g_clear_pointer (&map->v, g_free);
}

gsize
oracle_map_size (const OracleMap *map)
{
  return (gsize) map->c * map->h * map->w;
}

static gdouble *
at (const OracleMap *map, gint c, gint y, gint x)
{
  return map->v + ((gsize) c * map->h + y) * map->w + x;
}

/* Adds the correlation of plane @ci of @in with one 3x3 kernel to plane @co of @out. */
static void
correlate (const OracleMap *in, gint ci, const gdouble *kernel, OracleMap *out, gint co)
{
  for (gint y = 0; y < in->h; y++)
    for (gint ky = MAX (-1, -y); ky <= MIN (1, in->h - 1 - y); ky++)
      for (gint kx = -1; kx <= 1; kx++)
        {
          const gdouble *from = at (in, ci, y + ky, 0);
          gdouble *to = at (out, co, y, 0), factor = kernel[(ky + 1) * 3 + kx + 1];

          for (gint x = MAX (0, -kx); x < in->w - MAX (0, kx); x++)
            to[x] += factor * from[x + kx];
        }
}

OracleMap
oracle_conv (const OracleMap *in, const gdouble *weight, const gdouble *bias, gint c_out)
{
  OracleMap out = oracle_map_new (c_out, in->h, in->w);

  for (gint co = 0; co < c_out; co++)
    {
      for (gint p = 0; bias && p < in->h * in->w; p++)
        out.v[(gsize) co * in->h * in->w + p] = bias[co];
      for (gint ci = 0; ci < in->c; ci++)
        correlate (in, ci, weight + ((gsize) co * in->c + ci) * 9, &out, co);
    }
  return out;
}

OracleMap
oracle_conv_backward (const OracleMap *out_grad, const gdouble *weight, gint c_in)
{
  OracleMap grad = oracle_map_new (c_in, out_grad->h, out_grad->w);

  for (gint ci = 0; ci < c_in; ci++)
    for (gint co = 0; co < out_grad->c; co++)
      {
        const gdouble *kernel = weight + ((gsize) co * c_in + ci) * 9;
        gdouble flipped[9];

        for (gint k = 0; k < 9; k++)
          flipped[k] = kernel[8 - k];
        correlate (out_grad, co, flipped, &grad, ci);
      }
  return grad;
}

void
oracle_relu (OracleMap *map)
{
  for (gsize i = 0; i < oracle_map_size (map); i++)
    map->v[i] = map->v[i] > 0 ? map->v[i] : 0;
}

void
oracle_relu_backward (const OracleMap *out, OracleMap *grad)
{
  for (gsize i = 0; i < oracle_map_size (out); i++)
    if (!(out->v[i] > 0))
      grad->v[i] = 0;
}

/* The input cells of the output cell @y, @x. */
static void
pool_cells (const OracleMap *in, gint c, gint y, gint x, gdouble *cell[4])
{
  for (gint i = 0; i < 4; i++)
    cell[i] = at (in, c, 2 * y + i / 2, 2 * x + i % 2);
}

/* The first of the largest. */
static gint
largest (gdouble *cell[4])
{
  gint best = 0;

  for (gint i = 1; i < 4; i++)
    if (*cell[i] > *cell[best])
      best = i;
  return best;
}

OracleMap
oracle_pool (const OracleMap *in, gboolean average)
{
  OracleMap out = oracle_map_new (in->c, in->h / 2, in->w / 2);

  for (gint c = 0; c < out.c; c++)
    for (gint y = 0; y < out.h; y++)
      for (gint x = 0; x < out.w; x++)
        {
          gdouble *cell[4];

          pool_cells (in, c, y, x, cell);
          *at (&out, c, y, x) =
              average ? (*cell[0] + *cell[1] + *cell[2] + *cell[3]) / 4 : *cell[largest (cell)];
        }
  return out;
}

OracleMap
oracle_pool_backward (const OracleMap *in, const OracleMap *out_grad, gboolean average)
{
  OracleMap grad = oracle_map_new (in->c, in->h, in->w);

  for (gint c = 0; c < in->c; c++)
    for (gint y = 0; y < out_grad->h; y++)
      for (gint x = 0; x < out_grad->w; x++)
        {
          gdouble *cell[4], g = *at (out_grad, c, y, x);

          pool_cells (in, c, y, x, cell);
          for (gint i = 0; i < 4; i++)
            if (average || i == largest (cell))
              grad.v[cell[i] - in->v] += average ? g / 4 : g;
        }
  return grad;
}

void
oracle_net_clear (OracleNet *net)
{
  for (gint i = 0; i < net->n_layers; i++)
    {
      g_clear_pointer (&net->layer[i].weight, g_free);
      g_clear_pointer (&net->layer[i].bias, g_free);
    }
  net->n_layers = 0;
}

gint
oracle_net_find (const OracleNet *net, const gchar *name)
{
  for (gint i = 0; i < net->n_layers; i++)
    if (g_str_equal (net->layer[i].name, name))
      return i;
  g_error ("the oracle's network has no layer %s", name);
}

static OracleMap
prepare (const OracleNet *net, const OracleMap *image, gdouble pixel_max)
{
  OracleMap out = oracle_map_new (3, image->h, image->w);
  gsize plane = (gsize) image->h * image->w;

  for (gint c = 0; c < 3; c++)
    for (gsize p = 0; p < plane; p++)
      out.v[c * plane + p] =
          (image->v[(net->bgr ? 2 - c : c) * plane + p] / pixel_max - net->mean[c])
          * net->scale[c];
  return out;
}

void
oracle_net_forward (const OracleNet *net, const OracleMap *image, gdouble pixel_max, gint n,
                    OracleMap *relu)
{
  OracleMap first = prepare (net, image, pixel_max);

  for (gint i = 0; i < n; i++)
    {
      const OracleLayer *layer = &net->layer[i];
      const OracleMap *in = i == 0 ? &first : &relu[i - 1];
      OracleMap pooled = {0};

      if (layer->pool_before)
        pooled = oracle_pool (in, net->average);
      relu[i] = oracle_conv (layer->pool_before ? &pooled : in, layer->weight, layer->bias,
                             layer->c_out);
      oracle_relu (&relu[i]);
      oracle_map_clear (&pooled);
    }
  oracle_map_clear (&first);
}

/* From the gradient to layer @i's ReLU output to that to its input, pool included. */
static OracleMap
layer_backward (const OracleNet *net, gint i, const OracleMap *in, const OracleMap *relu,
                OracleMap *grad)
{
  OracleMap below, unpooled;

  oracle_relu_backward (relu, grad);
  below = oracle_conv_backward (grad, net->layer[i].weight, net->layer[i].c_in);
  if (!net->layer[i].pool_before)
    return below;
  unpooled = oracle_pool_backward (in, &below, net->average);
  oracle_map_clear (&below);
  return unpooled;
}

/* Adds to @grad what @input_grad, the gradient to prepare()'s output, gives. */
static void
prepare_backward (const OracleNet *net, const OracleMap *input_grad, gdouble pixel_max,
                  OracleMap *grad)
{
  gsize plane = (gsize) grad->h * grad->w;

  for (gint c = 0; c < 3; c++)
    for (gsize p = 0; p < plane; p++)
      grad->v[(net->bgr ? 2 - c : c) * plane + p] +=
          input_grad->v[c * plane + p] * net->scale[c] / pixel_max;
}

/* The sum of the terms at layer @i; adds their gradient to @grad. */
static gdouble
terms_at (const OracleObjective *objective, gint i, const OracleMap *relu, OracleMap *grad)
{
  gdouble value = 0;

  for (gint t = 0; t < objective->n_terms; t++)
    if (objective->term[t].layer == i)
      value += oracle_term (&objective->term[t], relu, grad);
  return value;
}

gdouble
oracle_objective (const OracleObjective *objective, const OracleMap *image, OracleMap *grad)
{
  const OracleNet *net = objective->net;
  OracleMap relu[ORACLE_MAX_LAYERS], above = {0};
  gdouble value;
  gint n = 0;

  for (gint t = 0; t < objective->n_terms; t++)
    n = MAX (n, objective->term[t].layer + 1);
  if (grad)
    memset (grad->v, 0, oracle_map_size (grad) * sizeof (gdouble));
  value = oracle_tv (objective->tv, objective->tv_coefficient, objective->tv_chroma,
                     objective->pixel_max, image, grad);
  value += oracle_stripes (objective->stripe_coefficient, image, grad);
  value += oracle_palette (&objective->palette, image, grad);
  oracle_net_forward (net, image, objective->pixel_max, n, relu);
  for (gint i = n - 1; i >= 0; i--)
    {
      OracleMap below;

      if (above.v == NULL)
        above = oracle_map_new (relu[i].c, relu[i].h, relu[i].w);
      value += terms_at (objective, i, &relu[i], &above);
      below = layer_backward (net, i, i > 0 ? &relu[i - 1] : NULL, &relu[i], &above);
      oracle_map_clear (&above);
      above = below;
    }
  if (grad && n > 0)
    prepare_backward (net, &above, objective->pixel_max, grad);
  oracle_map_clear (&above);
  for (gint i = 0; i < n; i++)
    oracle_map_clear (&relu[i]);
  return value;
}
