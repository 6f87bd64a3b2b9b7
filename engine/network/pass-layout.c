/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a pass holds in memory, and where: for an image that is run whole each kept
 * layer and two buffers that the others take turns in; for one that is streamed
 * as many rows of each layer as are still needed.
 *
 *   strip     some columns of the image and those beside them that they depend on, the halo
 *   cell      a position of a layer: 2^shift pixels wide and high
 *   step      as many rows of the image as go in at a time; each layer goes as far as it can
 *   lag       rows by which a layer comes after the image, as it needs rows below its own
 *   span      the rows of a layer that are there at a time, until its last reader had them
 *   window    where these rows lie in memory, in a ring
 *   gate      a bit for each value of a layer: whether its gradient passes the ReLU and pooling
 *   overlap   columns that two strips have in common: both halos, in whole tiles
 */
#include "network/pass-layout.h"

#include <string.h>

#define LEAST_STRIP 512 /* columns; of narrower ones most would be halo */
#define STRIP_STEP  256 /* of which the deep layers have whole vectors of tiles */
#define LEAST_ROWS  64
#define CELLS       (1 << 17) /* at a step, to be shared out among the threads */

/* Rows by which each layer comes after the image, and on the way back: a convolution
 * needs a row more than it gives.  On the way forward tiles lie where they do in the whole
 * image, so that no activation comes out otherwise, not even by a rounding that
 * would close a gate; on the way back they may begin at any row. */
static void
find_lags (NstPass *pass)
{
  gint lag = 0;

  for (gint i = 0; i < pass->depth; i++)
    {
      NstPassLayer *it = &pass->layer[i];

      it->lag = nst_round_up (lag + 1, 4);
      lag = it->pooled ? it->lag / 2 : it->lag;
    }
  for (gint i = pass->depth - 1; i >= 0; i--)
    {
      NstPassLayer *it = &pass->layer[i];

      it->back_lag = 1 + (it->pooled ? 2 * lag : lag);
      lag = it->back_lag;
    }
}

/* Columns that two strips have in common. */
static gint
overlap (const NstPass *pass)
{
  return nst_round_up (2 * pass->halo, pass->align);
}

/**
 * nst_pass_shape:
 *
 * Fills all of @pass that does not depend on the strip: nothing is allocated.
 */
void
nst_pass_shape (NstPass *pass, const NstPassSpec *spec)
{
  const NstNetwork *network = spec->network;
  gint shift = 0;

  memset (pass, 0, sizeof *pass);
  pass->spec = *spec;
  if (spec->pooling == NST_POOLING_NETWORK)
    pass->spec.pooling = network->pooling;
  for (gint i = 0; i < network->n_layers; i++)
    if (spec->keep[i])
      pass->depth = i + 1;
  for (gint i = 0; i < pass->depth; i++)
    {
      NstPassLayer *it = &pass->layer[i];

      it->shift = shift;
      it->h = spec->height >> shift;
      it->pooled = i + 1 < pass->depth && network->layers[i + 1].pooled;
      it->fused = it->pooled && !spec->keep[i];
      pass->halo += 1 << shift;
      shift += it->pooled ? 1 : 0;
    }
  /* no cell of the deepest layer may lie in two strips, */
  pass->halo = nst_round_up (pass->halo, 1 << shift);
  /* and its tiles lie as in the whole image */
  pass->align = 4 << shift;
  pass->rows = spec->height;
  if (nst_pass_is_tiled (pass))
    {
      gint least = overlap (pass) + 1;

      pass->spec.tiling.columns = nst_round_up (MAX (spec->tiling.columns, least), pass->align);
      pass->rows = nst_round_up (spec->tiling.rows, pass->align);
      find_lags (pass);
    }
}

/**
 * nst_pass_widest_block:
 *
 * Returns: columns of the widest strip with its halo
 */
gint
nst_pass_widest_block (const NstPass *pass)
{
  gint width = pass->spec.width;

  return nst_pass_is_tiled (pass) ? MIN (pass->spec.tiling.columns, width) : width;
}

/* The arena, as far as it is given away; without a base only its size is told. */
typedef struct
{
  const NstPass *pass;
  guint8 *base;
  guint64 size;
  gfloat *flow[2];
} Arena;

static gpointer
take (Arena *arena, guint64 bytes)
{
  gpointer memory = arena->base ? arena->base + arena->size : NULL;

  arena->size += (bytes + NST_ALLOC_ROOM + 63) / 64 * 64;
  return memory;
}

/* Which rows of a layer are there: they come @lag late and are needed until rows @until
 * late have come; tiles of 4 begin at -phase. */
typedef struct
{
  gint shift, lag, until, phase;
} Span;

/* How many rows that is; all of them where the image is run whole. */
static gint
rows_held (const NstPass *pass, Span span)
{
  gint h = pass->spec.height >> span.shift;

  if (!nst_pass_is_tiled (pass))
    return h;
  return nst_round_up (
      MIN ((pass->rows >> span.shift) + span.until - span.lag + 4, h + span.phase), 4);
}

/* A window with memory of its own. */
static NstWindow
take_window (Arena *arena, gint c, Span span)
{
  const NstPass *pass = arena->pass;
  NstWindow window = {c,
                      pass->spec.height >> span.shift,
                      pass->block_w >> span.shift,
                      rows_held (pass, span),
                      span.phase,
                      NULL};

  window.data = take (arena, sizeof (gfloat) * nst_window_plane (&window) * c);
  return window;
}

/* The same where nobody wants it for long: when the image is run whole it takes turns
 * with the one it is made from. */
static NstWindow
take_turn (Arena *arena, gint c, Span span, const NstWindow *from)
{
  Arena without = *arena;
  NstWindow window;

  if (nst_pass_is_tiled (arena->pass))
    return take_window (arena, c, span);
  window = take_window (&without, c, span);
  window.data = arena->flow[from && from->data == arena->flow[0] ? 1 : 0];
  return window;
}

/* Of the two that take turns: as large as the largest layer. */
static void
take_flow (Arena *arena)
{
  const NstPass *pass = arena->pass;
  guint64 largest = (guint64) 3 * pass->spec.width * pass->spec.height;

  if (nst_pass_is_tiled (pass))
    return;
  for (gint i = 0; i < pass->depth; i++)
    {
      const NstPassLayer *it = &pass->layer[i];
      gint shift = it->shift + (it->fused ? 1 : 0);
      guint64 plane = (guint64) (pass->spec.width >> shift) * (pass->spec.height >> shift);

      largest = MAX (largest, plane * pass->spec.network->layers[i].cout);
    }
  for (gint i = 0; i < 2; i++)
    arena->flow[i] = take (arena, sizeof (gfloat) * largest);
}

/* Rows by which the gradient of what layer i stores is late. */
static gint
gradient_lag (const NstPass *pass, gint i)
{
  const NstPassLayer *it = &pass->layer[i];

  if (i == pass->depth - 1)
    return it->lag;
  return it->pooled && !it->fused ? 2 * it[1].back_lag : it[1].back_lag;
}

static void
lay_out_forward (NstPass *pass, Arena *arena, gint i, const NstWindow *in)
{
  const NstPassSpec *spec = &pass->spec;
  NstPassLayer *it = &pass->layer[i];
  gint c = spec->network->layers[i].cout, fused = it->fused ? 1 : 0;
  gboolean apart = it->pooled && !fused;
  gint next = i + 1 < pass->depth ? it[1].lag + 1 : 0, until = apart ? it->lag : next;
  Span gate = {it->shift, it->lag, it->back_lag + 1, 0};

  if (spec->keep[i] && spec->backward)
    until = MAX (until, gradient_lag (pass, i));
  until = MAX (until, it->lag >> fused);
  if (spec->keep[i])
    it->out = take_window (arena, c, (Span){it->shift, it->lag, until, 0});
  else
    it->out = take_turn (arena, c, (Span){it->shift + fused, it->lag >> fused, until, 0}, in);
  it->taken = it->out;
  if (apart)
    it->taken = take_turn (arena, c, (Span){it->shift + 1, it->lag / 2, next, 0}, &it->out);
  if (!spec->backward)
    return;
  it->gate = nst_gate_shape (pass->block_w >> it->shift, rows_held (pass, gate), 0);
  it->gate.data = take (arena, (guint64) it->gate.plane * c);
}

static void
lay_out_backward (NstPass *pass, Arena *arena, gint i)
{
  NstPassLayer *it = &pass->layer[i];
  gint c = pass->spec.network->layers[i].cout, until = it->back_lag + 1;
  Span out = {it->shift, gradient_lag (pass, i), until, 0}, taken;

  if (i == pass->depth - 1)
    {
      it->d_out = take_turn (arena, c, out, NULL);
      return;
    }
  taken = (Span){it[1].shift, it[1].back_lag, until, it[1].back_lag % 4};
  if (it->pooled)
    taken.until = it->fused ? (until + 1) / 2 + 1 : it[1].back_lag;
  it->d_out = it->d_taken = take_turn (arena, c, taken, &it[1].d_out);
  if (it->pooled && !it->fused)
    it->d_out = take_turn (arena, c, out, &it->d_taken);
}

/**
 * nst_pass_lay_out:
 * @block_w: columns of a strip with its halo
 *
 * Sets where in pass->arena all windows and gates of such a strip lie.
 *
 * Returns: bytes of the arena, which need not be there yet
 */
guint64
nst_pass_lay_out (NstPass *pass, gint block_w)
{
  Arena arena = {pass, pass->arena, 0, {NULL, NULL}};
  const NstWindow *in = &pass->input;
  gint lag;

  pass->block_w = block_w;
  take_flow (&arena);
  pass->input = take_window (&arena, 3, (Span){0, 0, pass->layer[0].lag + 1, 0});
  for (gint i = 0; i < pass->depth; i++)
    {
      lay_out_forward (pass, &arena, i, in);
      in = &pass->layer[i].taken;
    }
  if (!pass->spec.backward)
    return arena.size;
  for (gint i = pass->depth - 1; i >= 0; i--)
    lay_out_backward (pass, &arena, i);
  lag = pass->layer[0].back_lag;
  pass->d_input = take_turn (&arena, 3, (Span){0, lag, lag, lag % 4}, &pass->layer[0].d_out);
  return arena.size;
}

/**
 * nst_pass_scratch:
 *
 * Returns: floats that the convolutions need to work in
 */
gsize
nst_pass_scratch (const NstPass *pass, gint n_threads)
{
  gsize most = 0;

  for (gint i = 0; i < pass->depth; i++)
    {
      const NstLayer *layer = &pass->spec.network->layers[i];

      most = MAX (most, nst_winograd_scratch (layer->cin, layer->cout, n_threads));
    }
  return most;
}

/* The n-th way to cut an image, each into narrower strips than the one before: n of them, or
 * fewer, in strips no narrower than LEAST_STRIP, of which STRIP_STEP columns at least are
 * not in two of them. */
static NstTiling
strips (const NstPass *pass, gint n, gint rows)
{
  gint common = overlap (pass);
  gint columns = nst_divide_up (pass->spec.width + common * (n - 1), n);
  gint least = MAX (LEAST_STRIP, common + STRIP_STEP);

  return (NstTiling){nst_round_up (MAX (columns, least), STRIP_STEP), rows};
}

/* Strips do not become narrower when there are more than that. */
static gint
most_strips (const NstPass *pass)
{
  return nst_divide_up (pass->spec.width, STRIP_STEP) + 1;
}

/**
 * nst_pass_cut:
 * @fits: whether the pass, cut like that, fits into memory; may be asked some ten times
 *
 * Sets spec->tiling: whole if that fits, else the fewest strips that do.
 *
 * Returns: %FALSE where nothing fits; the image is cut into the narrowest strips then
 */
gboolean
nst_pass_cut (NstPassSpec *spec, NstPassFits fits, gpointer data)
{
  gint low = 0, high;
  NstPass pass;

  nst_pass_shape (&pass, spec);
  spec->tiling = (NstTiling){0, 0};
  if (fits (spec, data))
    return TRUE;
  high = most_strips (&pass);
  spec->tiling = strips (&pass, high, LEAST_ROWS);
  if (!fits (spec, data))
    return FALSE;
  while (high - low > 1) /* into `high` strips it fits, into `low` it does not */
    {
      gint n = low + (high - low) / 2;

      spec->tiling = strips (&pass, n, LEAST_ROWS);
      if (fits (spec, data))
        high = n;
      else
        low = n;
    }
  /* rather with more rows at a step than with few */
  spec->tiling = strips (&pass, high, LEAST_ROWS);
  spec->tiling.rows = nst_round_up (MAX (CELLS / spec->tiling.columns, 1), LEAST_ROWS);
  if (!fits (spec, data))
    spec->tiling.rows = LEAST_ROWS;
  return TRUE;
}
