/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network's forward and backward pass: strip by strip, step by step, layer by
 * layer.
 */
#include "network/pass.h"
#include "network/pooling.h"

#include <string.h>

gboolean
nst_pass_init (NstPass *pass, const NstPassSpec *spec, NstPool *pool, GError **error)
{
  gsize scratch;
  gint widest;

  nst_pass_shape (pass, spec);
  pass->pool = pool;
  widest = nst_pass_widest_block (pass);
  scratch = nst_pass_scratch (pass, nst_pool_threads (pool));
  if (!(pass->arena = nst_alloc (nst_pass_lay_out (pass, widest), 1, error))
      || !(pass->scratch = nst_alloc (scratch, sizeof (gfloat), error)))
    {
      nst_pass_clear (pass);
      return FALSE;
    }
  memset (pass->scratch, 0, scratch * sizeof (gfloat));
  nst_pass_lay_out (pass, widest);
  return TRUE;
}

void
nst_pass_clear (NstPass *pass)
{
  g_clear_pointer (&pass->arena, nst_free);
  g_clear_pointer (&pass->scratch, nst_free);
}

/* Of 2x2 pooling: each gradient goes to one of 4, or to all alike. */
static gfloat
pooling_gain (const NstPass *pass)
{
  return pass->spec.pooling == NST_POOLING_AVERAGE ? 0.25f : 1.0f;
}

/* Those of h rows that come with a step when they are @lag late.  The first tiles begin
 * @phase rows above the image. */
static NstRows
rows_of_step (const NstPass *pass, gint step, gint shift, gint lag, gint phase, gint h)
{
  gint n = pass->rows >> shift;
  NstRows rows = {CLAMP (n * step - lag, -phase, h), CLAMP (n * (step + 1) - lag, -phase, h)};

  return rows;
}

/* Steps until rows of the image that come @lag late have all come. */
static gint
count_steps (const NstPass *pass, gint lag)
{
  return nst_divide_up (pass->spec.height + lag, pass->rows);
}

typedef struct
{
  const NstPass *pass;
  const gfloat *image; /* the whole one */
  gfloat *gradient;    /* the whole one's */
  NstRows rows;
} PlanesJob;

/* The network's own channel order, mean and scale; a row of the image a task. */
static void
normalise_row (gint index, gint thread, gpointer data)
{
  const PlanesJob *job = data;
  const NstPass *pass = job->pass;
  const NstNetwork *network = pass->spec.network;
  gint row = job->rows.from + index;

  for (gint c = 0; c < 3; c++)
    {
      gsize at = (gsize) network->order[c] * pass->spec.height + row;
      const gfloat *from = job->image + at * pass->spec.width + pass->block_x;
      gfloat *to = nst_window_row (&pass->input, c, row);
      gfloat scale = network->scale[c] / pass->spec.unit;
      gfloat offset = -network->mean[c] * network->scale[c];

      for (gint x = 0; x < pass->block_w; x++)
        to[x] = from[x] * scale + offset;
    }
}

/* The way back of normalise_row(); strips add up. */
static void
gradient_row (gint index, gint thread, gpointer data)
{
  const PlanesJob *job = data;
  const NstPass *pass = job->pass;
  const NstNetwork *network = pass->spec.network;
  gint row = job->rows.from + index;

  for (gint c = 0; c < 3; c++)
    {
      gsize at = (gsize) network->order[c] * pass->spec.height + row;
      const gfloat *from = nst_window_row (&pass->d_input, c, row);
      gfloat *to = job->gradient + at * pass->spec.width + pass->block_x;
      gfloat scale = network->scale[c] / pass->spec.unit;

      if (pass->owned_w == pass->spec.width)
        for (gint x = 0; x < pass->block_w; x++)
          to[x] = from[x] * scale;
      else
        for (gint x = 0; x < pass->block_w; x++)
          to[x] += from[x] * scale;
    }
}

static void
take_image (NstPass *pass, gint step, const gfloat *image)
{
  PlanesJob job = {pass, image, NULL, rows_of_step (pass, step, 0, 0, 0, pass->spec.height)};

  nst_pool_run (pass->pool, job.rows.to - job.rows.from, normalise_row, &job);
}

static void
layer_forward (NstPass *pass, gint i, gint step, gboolean gates)
{
  static const NstFinish pooled[] = {
      [NST_POOLING_MAX] = NST_FINISH_RELU_MAX, [NST_POOLING_AVERAGE] = NST_FINISH_RELU_AVERAGE};
  const NstLayer *layer = &pass->spec.network->layers[i];
  NstPassLayer *it = &pass->layer[i];
  gint phase = it->out.phase << (it->fused ? 1 : 0);
  NstRows rows = rows_of_step (pass, step, it->shift, it->lag, phase, it->h);
  NstConvInput in = {i > 0 ? &it[-1].taken : &pass->input, NULL, FALSE, 1};
  NstConvOutput out = {it->fused ? pooled[pass->spec.pooling] : NST_FINISH_RELU,
                       layer->bias,
                       &it->out,
                       gates ? &it->gate : NULL,
                       rows.from,
                       rows.to};

  if (rows.from < rows.to)
    nst_winograd_conv (pass->pool, &layer->forward, &in, &out, pass->scratch);
  if (it->pooled && !it->fused)
    nst_pool2_forward (pass->pool, pass->spec.pooling, &it->out,
                       (NstRows){MAX (rows.from, 0) / 2, MAX (rows.to, 0) / 2}, &it->taken);
}

/* Rows of a window from y on that lie together. */
static gint
rows_together (const NstWindow *window, gint y)
{
  return window->rows - (y + window->phase) % window->rows;
}

/* Hands what the strip owns of some rows of layer i to the tap. */
static void
tap_rows (NstPass *pass, gint i, NstRows rows, gboolean gradient, NstTap tap, gpointer data)
{
  NstPassLayer *it = &pass->layer[i];
  gint full_w = pass->spec.width >> it->shift, x = pass->owned_x >> it->shift, end, in_block;
  NstPiece piece = {.layer = i, .c = it->out.c, .x = x, .full_w = full_w, .line = it->out.w};

  end = pass->owned_x + pass->owned_w == pass->spec.width
            ? full_w
            : (pass->owned_x + pass->owned_w) >> it->shift;
  piece.w = end - x;
  in_block = x - (pass->block_x >> it->shift);
  piece.f_plane = nst_window_plane (&it->out);
  piece.d_plane = gradient ? nst_window_plane (&it->d_out) : 0;
  for (gint y = MAX (rows.from, 0); y < rows.to && piece.w > 0; y += piece.h)
    {
      piece.y = y;
      piece.h = MIN (rows.to - y, rows_together (&it->out, y));
      if (gradient)
        piece.h = MIN (piece.h, rows_together (&it->d_out, y));
      piece.f = nst_window_row (&it->out, 0, y) + in_block;
      piece.d = gradient ? nst_window_row (&it->d_out, 0, y) + in_block : NULL;
      tap (&piece, data);
    }
}

/* Lets each layer go as far as the image's rows of this step allow. */
static void
step_forward (NstPass *pass, gint step, const gfloat *image, gboolean gates, NstTap tap,
              gpointer data)
{
  take_image (pass, step, image);
  for (gint i = 0; i < pass->depth; i++)
    {
      const NstPassLayer *it = &pass->layer[i];

      layer_forward (pass, i, step, gates);
      if (tap && pass->spec.keep[i])
        tap_rows (pass, i, rows_of_step (pass, step, it->shift, it->lag, 0, it->h), FALSE, tap,
                  data);
    }
}

/* From the gradient of what layer i stores to that of what it takes, and of what the
 * layer before it stores. */
static NstRows
layer_backward (NstPass *pass, gint i, gint step)
{
  const NstLayer *layer = &pass->spec.network->layers[i];
  NstPassLayer *it = &pass->layer[i], *before = i > 0 ? it - 1 : NULL;
  NstWindow *dx = before ? &before->d_taken : &pass->d_input;
  NstRows rows = rows_of_step (pass, step, it->shift, it->back_lag, dx->phase, it->h);
  NstConvInput in = {&it->d_out, &it->gate, it->fused, pooling_gain (pass)};
  NstConvOutput out = {NST_FINISH_NONE, NULL, dx, NULL, rows.from, rows.to};

  if (rows.from < rows.to)
    nst_winograd_conv (pass->pool, &layer->backward, &in, &out, pass->scratch);
  rows.from = MAX (rows.from, 0);
  rows.to = MAX (rows.to, 0);
  if (before && before->pooled && !before->fused && rows.from < rows.to)
    {
      nst_pool2_backward (pass->pool, pass->spec.pooling, &before->out, dx, rows,
                          &before->d_out);
      rows.to = rows.to == dx->h ? before->h : 2 * rows.to;
      rows.from *= 2;
    }
  return rows;
}

/* Rows of the deepest layer's gradient, of nothing yet. */
static NstRows
begin_gradient (NstPass *pass, gint step)
{
  NstPassLayer *it = &pass->layer[pass->depth - 1];
  NstRows rows = rows_of_step (pass, step, it->shift, it->lag, 0, it->h);

  for (gint c = 0; c < it->d_out.c; c++)
    for (gint y = rows.from; y < rows.to; y++)
      memset (nst_window_row (&it->d_out, c, y), 0, sizeof (gfloat) * it->d_out.w);
  return rows;
}

static void
step_backward (NstPass *pass, gint step, NstTap tap, gpointer data, gfloat *image_gradient)
{
  PlanesJob job = {pass, NULL, image_gradient, begin_gradient (pass, step)};

  for (gint i = pass->depth - 1; i >= 0; i--)
    {
      if (pass->spec.keep[i])
        tap_rows (pass, i, job.rows, TRUE, tap, data);
      job.rows = layer_backward (pass, i, step);
    }
  nst_pool_run (pass->pool, job.rows.to - job.rows.from, gradient_row, &job);
}

/* Goes to the strip that owns the columns from x on; FALSE behind the last one. */
static gboolean
begin_strip (NstPass *pass, gint x)
{
  gint width = pass->spec.width, end = width;

  if (x >= width)
    return FALSE;
  pass->block_x = MAX (x - pass->halo, 0) / pass->align * pass->align;
  if (nst_pass_is_tiled (pass))
    end = MIN (pass->block_x + pass->spec.tiling.columns, width);
  if (pass->block_w != end - pass->block_x)
    nst_pass_lay_out (pass, end - pass->block_x);
  pass->owned_x = x;
  pass->owned_w = (end < width ? end - pass->halo : width) - x;
  return TRUE;
}

void
nst_pass_forward (NstPass *pass, const gfloat *image, NstTap tap, gpointer data)
{
  const NstPassLayer *deepest = &pass->layer[pass->depth - 1];
  gint n_steps = count_steps (pass, deepest->lag << deepest->shift);
  gboolean gates = pass->spec.backward && !nst_pass_is_tiled (pass);

  for (gint x = 0; begin_strip (pass, x); x += pass->owned_w)
    for (gint step = 0; step < n_steps && !nst_pool_stopped (pass->pool); step++)
      step_forward (pass, step, image, gates, tap, data);
}

void
nst_pass_backward (NstPass *pass, const gfloat *image, NstTap tap, gpointer data,
                   gfloat *image_gradient)
{
  gsize plane = (gsize) pass->spec.width * pass->spec.height;
  gint n_steps = count_steps (pass, pass->layer[0].back_lag);

  if (nst_pass_is_tiled (pass))
    memset (image_gradient, 0, sizeof (gfloat) * 3 * plane);
  for (gint x = 0; begin_strip (pass, x); x += pass->owned_w)
    for (gint step = 0; step < n_steps && !nst_pool_stopped (pass->pool); step++)
      {
        if (nst_pass_is_tiled (pass))
          step_forward (pass, step, image, TRUE, NULL, NULL);
        step_backward (pass, step, tap, data, image_gradient);
      }
}
