/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a pass holds in memory, and where.  An image that is run whole has a window for each kept
 * layer and two buffers that the others take turns in.  One that is cut is run strip by strip, and
 * each strip as a stream of rows:
 *
 *   columns   0                                          width
 *             |----- owned -----|---- owned ----|- owned -|     a strip owns columns of its own,
 *             [====== block 1 =======]                          and reads some beside them, the
 *                         [====== block 2 =======]              halo: the block.  Two blocks have
 *                                         [= block 3 =]         the overlap in common.
 *                         |- overlap -|
 *
 *   rows      At each step `rows` more rows of the image go in, and each layer goes as far as it
 *             can.  When row r of the image has come, these have, with layers relu1_1, relu1_2
 *             and, behind a pooling, relu2_1:
 *
 *     r       image
 *     r -  4  :   relu1_1  lag 4: a convolution needs a row below its own, and gives whole tiles
 *     r -  8  :   :   relu1_2  lag 8
 *     r - 16  :   :   :   relu2_1  lag 8, rows of 2 pixels; its gradient begins here
 *     r - 18  :   :   :   :  gradient of relu1_2 pooled  back_lag 9, rows of 2 pixels
 *     r - 19  :   :   :   :  :  gradient of relu1_1  back_lag 19
 *     r - 20  :   :   :   :  :  :  gradient of the image  back_lag 20
 *             v   v   v   v  v  v  v
 *             A column goes down as far as somebody needs its rows: until the layer below in this
 *             picture has come that reads them last.  What a layer has between the two is its
 *             span, and lies in a window:
 *
 *     layer           memory
 *     | had  |        +------+ 0      row y lies at (y + phase) % rows, so that what comes
 *     |------| <------|      |        takes the place of what all had; rows is a multiple of 4,
 *     | span |        |      |        so that a tile's 4 rows lie together
 *     |------| lag    +------+ rows
 *     | to   |
 *     | come |
 *
 *   step      as many rows of the image as go in at a time
 *   block     a strip with its halo
 *   halo      columns beside a strip that it depends on: a cell for each convolution
 *   align     what a block begins at a multiple of: a tile of the deepest layer, in pixels
 *   cell      a position of a layer: 2^shift pixels wide and high
 *   lag       rows of a layer's own cells by which it comes after the image
 *   span      the rows of a layer that are there at a time, until its last reader had them
 *   window    where these rows lie in memory, in a ring
 *   phase     rows above the image at which a window's first tile begins
 *   gate      a bit for each value of a layer: whether its gradient passes the ReLU and pooling
 *   fused     the pooling is done with the convolution, and only its result is stored
 *   apart     it is not, as the layer's own activations are wanted, too
 *   turn      one of two buffers, where an image is run whole and nobody wants a layer for long
 */
#include "network/pass-layout.h"

#include <string.h>

#define TILE 4 /* rows and columns of a convolution's output that come together */

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

      it->lag = nst_round_up (lag + 1, TILE);
      lag = it->pooled ? it->lag / 2 : it->lag;
    }
  /* the gradient begins in the deepest layer as it comes */
  for (gint i = pass->depth - 1; i >= 0; i--)
    {
      NstPassLayer *it = &pass->layer[i];

      it->back_lag = 1 + (it->pooled ? 2 * lag : lag);
      lag = it->back_lag;
    }
}

gint
nst_pass_overlap (const NstPass *pass)
{
  return nst_round_up (2 * pass->halo, pass->align);
}

/* What all below relies on. */
static void
check_shape (const NstPass *pass)
{
  const NstPassLayer *deepest = &pass->layer[pass->depth - 1];

  g_assert (pass->depth > 0 && deepest->h >= 1 && !deepest->pooled);
  if (!nst_pass_is_tiled (pass))
    return;
  /* a strip owns columns, and no cell of any layer lies in two of them */
  g_assert (pass->spec.tiling.columns > nst_pass_overlap (pass));
  g_assert (pass->halo % (1 << deepest->shift) == 0);
  /* whole tiles come at a step, in each layer and where the whole image has them */
  g_assert (pass->rows > 0 && pass->rows % pass->align == 0);
  for (gint i = 0; i < pass->depth; i++)
    {
      const NstPassLayer *it = &pass->layer[i];
      gint before = i == 0 ? 0 : it[-1].pooled ? it[-1].lag / 2 : it[-1].lag;

      g_assert (it->lag > before && it->lag % TILE == 0);
      g_assert (it->back_lag > it->lag);
    }
}

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
  pass->align = TILE << shift;
  pass->rows = spec->height;
  if (nst_pass_is_tiled (pass))
    {
      gint least = nst_pass_overlap (pass) + 1;

      pass->spec.tiling.columns = nst_round_up (MAX (spec->tiling.columns, least), pass->align);
      pass->rows = nst_round_up (spec->tiling.rows, pass->align);
      find_lags (pass);
    }
  check_shape (pass);
}

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
  guint64 turn_size; /* bytes of each of the two that are taken in turn */
  gfloat *turn[2];
} Arena;

static gpointer
take (Arena *arena, guint64 bytes)
{
  gpointer memory = arena->base ? arena->base + arena->size : NULL;

  arena->size += (bytes + NST_ALLOC_ROOM + 63) / 64 * 64;
  g_assert ((gsize) memory % 64 == 0);
  return memory;
}

/* Which rows of a layer are there: they come @lag late and are needed until rows @until
 * late have come; tiles begin at -phase. */
typedef struct
{
  gint shift, lag, until, phase;
} Span;

/* How many rows that is; all of them where the image is run whole. */
static gint
rows_held (const NstPass *pass, Span span)
{
  gint h = pass->spec.height >> span.shift, held;

  if (!nst_pass_is_tiled (pass))
    return h;
  g_assert (span.until >= span.lag && span.phase >= 0 && span.phase < TILE);
  /* those of a step, those that wait, and a tile that may have begun */
  held = (pass->rows >> span.shift) + span.until - span.lag + TILE;
  return nst_round_up (MIN (held, h + span.phase), TILE);
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
  g_assert (without.size - arena->size <= arena->turn_size);
  window.data = arena->turn[from && from->data == arena->turn[0] ? 1 : 0];
  g_assert (!arena->base || !from || window.data != from->data);
  return window;
}

/* Of the two that take turns: as large as the largest layer. */
static void
take_turns (Arena *arena)
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
  arena->turn_size = arena->size;
  arena->turn[0] = take (arena, sizeof (gfloat) * largest);
  arena->turn_size = arena->size - arena->turn_size;
  arena->turn[1] = take (arena, sizeof (gfloat) * largest);
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
  it->gate = nst_gate_shape (pass->block_w >> it->shift, rows_held (pass, gate));
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

guint64
nst_pass_lay_out (NstPass *pass, gint block_w)
{
  Arena arena = {pass, pass->arena, 0, 0, {NULL, NULL}};
  const NstWindow *in = &pass->input;
  gint lag;

  g_assert (block_w >= 1 && block_w <= nst_pass_widest_block (pass));
  pass->block_w = block_w;
  take_turns (&arena);
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

gsize
nst_pass_scratch (const NstPass *pass, gint n_threads)
{
  gsize most = 0;

  for (gint i = 0; i < pass->depth; i++)
    {
      const NstLayer *layer = &pass->spec.network->layers[i];
      const gsize scratch = nst_winograd_scratch (layer->cin, layer->cout, n_threads);

      most = MAX (most, scratch);
    }
  return most;
}
