/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network's forward and backward pass, layer by layer.
 */
#include "pass.h"
#include "pooling.h"

#include <string.h>

/* Size of layer i's output: each pooling before it halves, rounding down. */
static void
layer_size (const NstNetwork *network, gint layer, gint *w, gint *h)
{
  for (gint i = 0; i <= layer; i++)
    if (network->layers[i].pooled)
      {
        *w /= 2;
        *h /= 2;
      }
}

/**
 * nst_pass_memory:
 *
 * Returns: bytes that nst_pass_init() would allocate.
 */
guint64
nst_pass_memory (const NstNetwork *network, gint depth, gint width, gint height, gint n_threads)
{
  guint64 floats = (guint64) 3 * width * height, widest = floats, scratch = 0;

  for (gint i = 0; i < depth; i++)
    {
      const NstLayer *layer = &network->layers[i];
      gint w = width, h = height;
      guint64 in, out;

      layer_size (network, i, &w, &h);
      in = (guint64) layer->cin * w * h;
      out = (guint64) layer->cout * w * h;
      floats += out + (layer->pooled ? in : 0);
      widest = MAX (widest, MAX (in, out));
      scratch = MAX (scratch, nst_winograd_scratch (layer->cin, layer->cout, w, n_threads));
    }
  return (floats + 2 * widest + scratch) * sizeof (gfloat);
}

/**
 * nst_pass_init:
 * @depth: how many of the network's layers run, at least 1
 * @width: pixels; the deepest layer must come out at least 1x1
 * @unit: the value of white in the images that will be given
 *
 * Allocates everything a pass needs.  On failure @pass is left clear.
 */
gboolean
nst_pass_init (NstPass *pass, const NstNetwork *network, NstPool *pool, NstPooling pooling,
               gint depth, gint width, gint height, gfloat unit, GError **error)
{
  gsize widest = (gsize) 3 * width * height, scratch = 0;
  gint w = width, h = height;
  gboolean ok;

  memset (pass, 0, sizeof *pass);
  pass->network = network;
  pass->pool = pool;
  pass->pooling = pooling == NST_POOLING_NETWORK ? network->pooling : pooling;
  pass->depth = depth;
  pass->unit = unit;
  ok = nst_tensor_alloc (&pass->input, 3, height, width, error);
  for (gint i = 0; ok && i < depth; i++)
    {
      const NstLayer *layer = &network->layers[i];

      if (layer->pooled)
        {
          w /= 2;
          h /= 2;
          ok = nst_tensor_alloc (&pass->pooled[i], layer->cin, h, w, error);
        }
      ok = ok && nst_tensor_alloc (&pass->relu[i], layer->cout, h, w, error);
      widest = MAX (widest, (gsize) MAX (layer->cin, layer->cout) * w * h);
      scratch = MAX (
          scratch, nst_winograd_scratch (layer->cin, layer->cout, w, nst_pool_threads (pool)));
    }
  ok = ok && (pass->scratch = nst_alloc (scratch, sizeof (gfloat), error))
       && (pass->gradient[0] = nst_alloc (widest, sizeof (gfloat), error))
       && (pass->gradient[1] = nst_alloc (widest, sizeof (gfloat), error));
  if (ok)
    memset (pass->scratch, 0, scratch * sizeof (gfloat));
  else
    nst_pass_clear (pass);
  return ok;
}

static const NstTensor *
layer_input (const NstPass *pass, gint i)
{
  if (i == 0)
    return &pass->input;
  return pass->network->layers[i].pooled ? &pass->pooled[i] : &pass->relu[i - 1];
}

/**
 * nst_pass_forward:
 * @image: 3 planes of RGB, white being pass->unit
 *
 * Fills pass->relu.
 */
void
nst_pass_forward (NstPass *pass, const gfloat *image)
{
  const NstNetwork *network = pass->network;
  gsize plane = nst_tensor_plane (&pass->input);

  for (gint c = 0; c < 3; c++)
    {
      const gfloat *from = image + network->order[c] * plane;
      gfloat *to = pass->input.data + c * plane;
      gfloat scale = network->scale[c] / pass->unit;
      gfloat offset = -network->mean[c] * network->scale[c];

      for (gsize i = 0; i < plane; i++)
        to[i] = from[i] * scale + offset;
    }
  for (gint i = 0; i < pass->depth; i++)
    {
      const NstLayer *layer = &network->layers[i];

      if (layer->pooled)
        nst_pool2_forward (pass->pool, pass->pooling, i ? &pass->relu[i - 1] : &pass->input,
                           &pass->pooled[i]);
      nst_winograd_conv (pass->pool, &layer->forward, layer->bias, layer_input (pass, i), NULL,
                         &pass->relu[i], pass->scratch);
    }
}

/* From the gradient of layer i's output to that of its input, which swaps the buffers.
 * ReLU passes no gradient where its output is 0. */
static void
layer_backward (NstPass *pass, gint i)
{
  const NstLayer *layer = &pass->network->layers[i];
  const NstTensor *x = layer_input (pass, i);
  NstTensor dy = pass->relu[i], dx = *x;

  dy.data = pass->gradient[0];
  dx.data = pass->gradient[1];
  nst_winograd_conv (pass->pool, &layer->backward, NULL, &dy, pass->relu[i].data, &dx,
                     pass->scratch);
  if (layer->pooled)
    {
      const NstTensor *before = i ? &pass->relu[i - 1] : &pass->input;
      NstTensor routed = *before;

      routed.data = pass->gradient[0];
      nst_pool2_backward (pass->pool, pass->pooling, before, &dx, &routed);
    }
  else
    {
      gfloat *swap = pass->gradient[0];

      pass->gradient[0] = pass->gradient[1];
      pass->gradient[1] = swap;
    }
}

/**
 * nst_pass_backward:
 * @tap: called for each layer from the deepest to the first
 * @image_gradient: 3 planes, in the image's units; overwritten
 *
 * Needs the activations of the latest nst_pass_forward().
 */
void
nst_pass_backward (NstPass *pass, NstTap tap, gpointer data, gfloat *image_gradient)
{
  const NstNetwork *network = pass->network;
  gsize plane = nst_tensor_plane (&pass->input);

  memset (pass->gradient[0], 0,
          sizeof (gfloat) * nst_tensor_size (&pass->relu[pass->depth - 1]));
  for (gint i = pass->depth - 1; i >= 0; i--)
    {
      NstTensor gradient = pass->relu[i];

      gradient.data = pass->gradient[0];
      tap (i, &gradient, data);
      layer_backward (pass, i);
    }
  for (gint c = 0; c < 3; c++)
    {
      const gfloat *from = pass->gradient[0] + c * plane;
      gfloat *to = image_gradient + network->order[c] * plane;
      gfloat scale = network->scale[c] / pass->unit;

      for (gsize i = 0; i < plane; i++)
        to[i] = from[i] * scale;
    }
}

void
nst_pass_clear (NstPass *pass)
{
  nst_tensor_clear (&pass->input);
  for (gint i = 0; i < pass->depth; i++)
    {
      nst_tensor_clear (&pass->pooled[i]);
      nst_tensor_clear (&pass->relu[i]);
    }
  g_clear_pointer (&pass->gradient[0], nst_free);
  g_clear_pointer (&pass->gradient[1], nst_free);
  g_clear_pointer (&pass->scratch, nst_free);
}
