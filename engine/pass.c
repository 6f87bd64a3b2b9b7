/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network's forward and backward pass, layer by layer.
 */
#include "pass.h"
#include "pooling.h"

#include <string.h>

/* Floats and bytes that a pass allocates. */
typedef struct
{
  guint64 kept, gates, flow, scratch;
} Sizes;

/* Fills pass->depth and the layers' shapes, and tells what they need. */
static Sizes
lay_out (NstPass *pass, const NstPassSpec *spec, gint n_threads)
{
  const NstNetwork *network = spec->network;
  gint w = spec->width, h = spec->height;
  Sizes sizes = {0};

  memset (pass, 0, sizeof *pass);
  pass->spec = *spec;
  for (gint i = 0; i < network->n_layers; i++)
    if (spec->keep[i])
      pass->depth = i + 1;
  sizes.kept = sizes.flow = (guint64) 3 * w * h;
  for (gint i = 0; i < pass->depth; i++)
    {
      const NstLayer *layer = &network->layers[i];
      NstPassLayer *it = &pass->layer[i];
      guint64 stored;

      it->w = w, it->h = h;
      it->pooled = i + 1 < pass->depth && network->layers[i + 1].pooled;
      if (it->pooled)
        w /= 2, h /= 2;
      it->fused = it->pooled && !spec->keep[i];
      it->out_w = it->fused ? w : it->w, it->out_h = it->fused ? h : it->h;
      stored = (guint64) layer->cout * it->out_w * it->out_h;
      sizes.kept += spec->keep[i] ? stored : 0;
      if (spec->backward)
        sizes.gates += nst_gate_bytes (layer->cout, it->h, it->w);
      sizes.flow = MAX (sizes.flow, stored);
      sizes.scratch =
          MAX (sizes.scratch, nst_winograd_scratch (layer->cin, layer->cout, it->w, n_threads));
    }
  return sizes;
}

/**
 * nst_pass_memory:
 *
 * Returns: bytes that nst_pass_init() would allocate.
 */
guint64
nst_pass_memory (const NstPassSpec *spec, gint n_threads)
{
  NstPass pass;
  Sizes sizes = lay_out (&pass, spec, n_threads);

  return (sizes.kept + 2 * sizes.flow + sizes.scratch) * sizeof (gfloat) + sizes.gates;
}

/**
 * nst_pass_init:
 *
 * Allocates everything a pass needs.  On failure @pass is left clear.
 */
gboolean
nst_pass_init (NstPass *pass, const NstPassSpec *spec, NstPool *pool, GError **error)
{
  Sizes sizes = lay_out (pass, spec, nst_pool_threads (pool));
  gboolean ok;

  pass->pool = pool;
  if (pass->spec.pooling == NST_POOLING_NETWORK)
    pass->spec.pooling = spec->network->pooling;
  ok = nst_tensor_alloc (&pass->input, 3, spec->height, spec->width, error);
  for (gint i = 0; ok && i < pass->depth; i++)
    {
      const NstLayer *layer = &spec->network->layers[i];
      NstPassLayer *it = &pass->layer[i];

      ok = (!spec->keep[i] || nst_tensor_alloc (&it->relu, layer->cout, it->h, it->w, error))
           && (!spec->backward || nst_gate_alloc (&it->gate, layer->cout, it->h, it->w, error));
    }
  ok = ok && (pass->scratch = nst_alloc (sizes.scratch, sizeof (gfloat), error))
       && (pass->flow[0] = nst_alloc (sizes.flow, sizeof (gfloat), error))
       && (pass->flow[1] = nst_alloc (sizes.flow, sizeof (gfloat), error));
  if (ok)
    memset (pass->scratch, 0, sizes.scratch * sizeof (gfloat));
  else
    nst_pass_clear (pass);
  return ok;
}

/* Of 2x2 pooling: each gradient goes to one of 4, or to all alike. */
static gfloat
pooling_gain (const NstPass *pass)
{
  return pass->spec.pooling == NST_POOLING_AVERAGE ? 0.25f : 1.0f;
}

/* The flow's buffer that @busy does not lie in. */
static gfloat *
free_flow (const NstPass *pass, const NstTensor *busy)
{
  return pass->flow[busy->data == pass->flow[0] ? 1 : 0];
}

typedef struct
{
  NstPass *pass;
  const gfloat *from;
  gfloat *to;
} PlanesJob;

/* The network's own channel order, mean and scale; a row of the image a task. */
static void
normalise_row (gint row, gint thread, gpointer data)
{
  const PlanesJob *job = data;
  const NstNetwork *network = job->pass->spec.network;
  const NstTensor *input = &job->pass->input;

  for (gint c = 0; c < 3; c++)
    {
      const gfloat *from = job->from + ((gsize) network->order[c] * input->h + row) * input->w;
      gfloat *to = job->to + ((gsize) c * input->h + row) * input->w;
      gfloat scale = network->scale[c] / job->pass->spec.unit;
      gfloat offset = -network->mean[c] * network->scale[c];

      for (gint x = 0; x < input->w; x++)
        to[x] = from[x] * scale + offset;
    }
}

/* The way back of normalise_row(). */
static void
gradient_row (gint row, gint thread, gpointer data)
{
  const PlanesJob *job = data;
  const NstNetwork *network = job->pass->spec.network;
  const NstTensor *input = &job->pass->input;

  for (gint c = 0; c < 3; c++)
    {
      const gfloat *from = job->from + ((gsize) c * input->h + row) * input->w;
      gfloat *to = job->to + ((gsize) network->order[c] * input->h + row) * input->w;
      gfloat scale = network->scale[c] / job->pass->spec.unit;

      for (gint x = 0; x < input->w; x++)
        to[x] = from[x] * scale;
    }
}

/* Pools @x into the flow. */
static NstTensor
pool_apart (NstPass *pass, const NstTensor *x)
{
  NstTensor y = {x->c, x->h / 2, x->w / 2, free_flow (pass, x)};

  nst_pool2_forward (pass->pool, pass->spec.pooling, x, &y);
  return y;
}

static NstTensor
layer_forward (NstPass *pass, gint i, const NstTensor *x)
{
  static const NstFinish pooled[] = {
      [NST_POOLING_MAX] = NST_FINISH_RELU_MAX, [NST_POOLING_AVERAGE] = NST_FINISH_RELU_AVERAGE};
  const NstLayer *layer = &pass->spec.network->layers[i];
  NstPassLayer *it = &pass->layer[i];
  NstTensor y = {layer->cout, it->out_h, it->out_w, NULL};
  NstConvInput in = {x, NULL, FALSE, 1};
  NstConvOutput out = {it->fused ? pooled[pass->spec.pooling] : NST_FINISH_RELU, layer->bias,
                       &y, it->gate.data ? &it->gate : NULL};

  y.data = pass->spec.keep[i] ? it->relu.data : free_flow (pass, x);
  nst_winograd_conv (pass->pool, &layer->forward, &in, &out, pass->scratch);
  return it->pooled && !it->fused ? pool_apart (pass, &y) : y;
}

/**
 * nst_pass_forward:
 * @image: 3 planes of RGB, white being spec.unit
 *
 * Fills the relu of the layers that are kept.
 */
void
nst_pass_forward (NstPass *pass, const gfloat *image)
{
  PlanesJob job = {pass, image, pass->input.data};
  NstTensor x = pass->input;

  nst_pool_run (pass->pool, pass->input.h, normalise_row, &job);
  for (gint i = 0; i < pass->depth; i++)
    x = layer_forward (pass, i, &x);
}

/* From the gradient of what layer i stores to that of what the layer before it
 * stores, or of the input. */
static NstTensor
layer_backward (NstPass *pass, gint i, const NstTensor *gradient)
{
  const NstLayer *layer = &pass->spec.network->layers[i];
  const NstPassLayer *it = &pass->layer[i], *before = i > 0 ? it - 1 : NULL;
  NstTensor dx = {layer->cin, it->h, it->w, free_flow (pass, gradient)}, routed;
  NstConvInput in = {gradient, &it->gate, it->fused, pooling_gain (pass)};
  NstConvOutput out = {NST_FINISH_NONE, NULL, &dx, NULL};

  nst_winograd_conv (pass->pool, &layer->backward, &in, &out, pass->scratch);
  if (!before || !before->pooled || before->fused)
    return dx;
  /* the way back of pool_apart() */
  routed = before->relu;
  routed.data = free_flow (pass, &dx);
  nst_pool2_backward (pass->pool, pass->spec.pooling, &before->relu, &dx, &routed);
  return routed;
}

/**
 * nst_pass_backward:
 * @tap: called for each layer that is kept, from the deepest to the first
 * @image_gradient: 3 planes, in the image's units; overwritten
 *
 * Needs the activations of the latest nst_pass_forward().
 */
void
nst_pass_backward (NstPass *pass, NstTap tap, gpointer data, gfloat *image_gradient)
{
  NstTensor gradient = pass->layer[pass->depth - 1].relu;
  PlanesJob job = {pass, NULL, image_gradient};

  gradient.data = pass->flow[0];
  memset (gradient.data, 0, sizeof (gfloat) * nst_tensor_size (&gradient));
  for (gint i = pass->depth - 1; i >= 0; i--)
    {
      if (pass->spec.keep[i])
        tap (i, &gradient, data);
      gradient = layer_backward (pass, i, &gradient);
    }
  job.from = gradient.data;
  nst_pool_run (pass->pool, pass->input.h, gradient_row, &job);
}

void
nst_pass_clear (NstPass *pass)
{
  nst_tensor_clear (&pass->input);
  for (gint i = 0; i < pass->depth; i++)
    {
      nst_tensor_clear (&pass->layer[i].relu);
      nst_gate_clear (&pass->layer[i].gate);
    }
  for (gint i = 0; i < 2; i++)
    g_clear_pointer (&pass->flow[i], nst_free);
  g_clear_pointer (&pass->scratch, nst_free);
}
