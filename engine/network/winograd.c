/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Winograd's convolution, block by block of tiles: transform 6x6 input patches
 * into 36 positions, a matrix product for each position, transform back into
 * 4x4 outputs.  A block's positions stay in the cache.
 */
#include "network/winograd.h"
#include "network/winograd-blocks.h"

#include <string.h>

#define POSITIONS NST_WINOGRAD_POSITIONS
#define LANES     NST_KERNEL_LANES

#define STREAM (2u << 20) /* bytes of output from which the caches had rather keep the blocks */

/* Floats between positions.  The kernels write a little more than is there: into
 * the next channel, which comes later, or this room after the last one, which
 * also keeps positions from falling on the same lines of the cache. */
static gsize
position_stride (const NstBlocks *b, gint channels)
{
  return nst_round_up (channels, NST_KERNEL_ROWS) * b->stride + LANES;
}

static gsize
scratch_of_thread (const NstBlocks *b, gint cin, gint cout)
{
  return POSITIONS * (position_stride (b, cin) + position_stride (b, cout)) + 7 * b->line;
}

gsize
nst_winograd_scratch (gint cin, gint cout, gint n_threads)
{
  NstBlocks b = nst_blocks_largest (cin, cout);

  return scratch_of_thread (&b, cin, cout) * n_threads;
}

NstGate
nst_gate_shape (gint w, gint rows)
{
  gsize line = (gsize) nst_divide_up (w, NST_GATE_PIXELS) * NST_GATE_BYTES;

  rows = nst_round_up (rows, 4);
  return (NstGate){line, line * rows, rows, NULL};
}

static guint8 *
gate_row (const NstGate *gate, gint channel, gint y)
{
  gint at = y < gate->rows ? y : y % gate->rows;

  return gate->data + channel * gate->plane + at * gate->line;
}

typedef struct
{
  const NstWinograd *winograd;
  const NstConvInput *in;
  const NstConvOutput *out;
  gboolean stream; /* the output past the caches */
  gint top;        /* the first tiles' first row, before pooling */
  NstBlocks blocks;
  gfloat *scratch;
} WinogradJob;

/* Where a vector of tiles begins in a gate's row. */
static gsize
gate_offset (gint tile_x)
{
  return (gsize) tile_x * 4 * NST_GATE_BYTES / NST_GATE_PIXELS;
}

/* The 6 rows that a row of tiles needs; those outside the image are @zero. */
static void
find_rows (const WinogradJob *job, gint channel, gint tile_x, gint tile_y, const gfloat *zero,
           NstPatches *patches)
{
  const NstConvInput *in = job->in;
  const NstWindow *x = in->x;
  gint half = in->halved ? 1 : 0;

  for (gint i = 0; i < 6; i++)
    {
      gint row = job->top + 4 * tile_y - 1 + i;
      gboolean inside = row >= 0 && row < x->h << half;

      patches->rows[i] = zero;
      if (inside)
        patches->rows[i] = nst_window_row (x, channel, row >> half) + ((4 * tile_x) >> half);
      patches->gates[i] = NULL;
      if (in->gate)
        patches->gates[i] =
            gate_row (in->gate, channel, inside ? row : 0) + gate_offset (tile_x);
    }
}

/* The tiles of a block: n in each of some rows. */
typedef struct
{
  gint x, y, n, rows;
} Tiles;

/* Patches of all channels into v: position, channel, tile. */
static void
input_block (const WinogradJob *job, Tiles tiles, gfloat *v, gfloat *lines)
{
  const NstBlocks *b = &job->blocks;
  const NstConvInput *in = job->in;
  gint cin = job->winograd->cin;
  gint width = in->halved ? 2 * in->x->w : in->x->w;
  NstPatches patches = {.ahead = nst_window_plane (in->x),
                        .count = width - 4 * tiles.x,
                        .begins = tiles.x == 0,
                        .halved = in->halved,
                        .gain = in->gain};
  const gfloat *zero = lines + 6 * b->line + NST_KERNEL_LANES;
  const NstKernels *kernels = job->winograd->kernels;
  gboolean whole = b->pieces == 1;
  gfloat *first = lines + NST_KERNEL_LANES; /* aligned, and there is a pixel before it */

  for (gint c = 0; c < cin; c++)
    {
      for (gint r = 0; r < tiles.rows; r++)
        {
          find_rows (job, c, tiles.x, tiles.y + r, zero, &patches);
          kernels->columns (&patches, tiles.n, first + 4 * tiles.n * r, b->line);
        }
      kernels->positions (first, b->line, tiles.n * tiles.rows, whole ? tiles.n : 0,
                          v + c * b->stride, position_stride (b, cin));
    }
}

/* The outputs from channel first to before last. */
static void
product_block (const WinogradJob *job, gint first, gint last, gint tiles, const gfloat *v,
               gfloat *m)
{
  const NstWinograd *winograd = job->winograd;
  const NstKernels *kernels = winograd->kernels;
  gint cin = winograd->cin, rows = winograd->rows;
  gint padded = nst_round_up (winograd->cout, rows);
  gsize stride = job->blocks.stride;
  gsize v_position = position_stride (&job->blocks, cin);
  gsize m_position = position_stride (&job->blocks, winograd->cout);

  for (gint p = 0; p < POSITIONS; p++)
    for (gint o = first; o < last; o += rows)
      kernels->product (rows, cin, tiles, winograd->u + ((gsize) p * padded + o) * cin,
                        v + p * v_position, stride, m + p * m_position + o * stride, stride);
}

/* A row of tiles of one channel: where its outputs and gates go. */
typedef struct
{
  gint pixels, height, width; /* of a tile; of what there is room for */
  gfloat *to;
  guint8 *gates;
} Target;

static Target
find_target (const WinogradJob *job, gint channel, gint tile_x, gint tile_y)
{
  const NstConvOutput *out = job->out;
  const NstWindow *y = out->y;
  gint pooled = out->finish >= NST_FINISH_RELU_MAX ? 1 : 0, pixels = 4 >> pooled;
  gint top = job->top + 4 * tile_y;
  Target it = {pixels, MIN (pixels, y->h - (top >> pooled)), y->w - pixels * tile_x, NULL,
               NULL};

  it.to = nst_window_row (y, channel, top >> pooled) + pixels * tile_x;
  if (out->gate)
    it.gates = gate_row (out->gate, channel, top) + gate_offset (tile_x);
  return it;
}

/* To the outputs from tile @at of lines on. */
static void
copy_lines (const WinogradJob *job, const Target *to, gint at, gint n, const gfloat *lines)
{
  gint width = MIN (to->pixels * n, to->width);

  for (gint i = 0; i < to->height && width > 0; i++)
    memcpy (to->to + (gsize) i * job->out->y->w, lines + i * job->blocks.line + to->pixels * at,
            sizeof (gfloat) * width);
}

/* Some rows of tiles of one channel, which lie together at @m, by way of @lines. */
static void
output_rows (const WinogradJob *job, gint channel, Tiles tiles, const gfloat *m, gfloat *lines)
{
  const NstKernels *kernels = job->winograd->kernels;
  const NstConvOutput *out = job->out;
  gsize stride = position_stride (&job->blocks, job->winograd->cout);
  gsize gate_line = job->blocks.line / 2 * sizeof (gfloat);
  guint8 *gates = (guint8 *) (lines + 4 * job->blocks.line);

  kernels->output (out->finish, FALSE, m, stride, tiles.n * tiles.rows,
                   out->bias ? out->bias[channel] : 0, lines, job->blocks.line,
                   out->gate ? gates : NULL, gate_line);
  for (gint r = 0; r < tiles.rows; r++)
    {
      Target to = find_target (job, channel, 0, tiles.y + r);

      copy_lines (job, &to, r * tiles.n, tiles.n, lines);
      for (gint i = 0; to.gates && i < 4; i++)
        kernels->move_gates (gates + i * gate_line, r * tiles.n, tiles.n,
                             to.gates + i * out->gate->line);
    }
}

/* Row @tiles.y of tiles of one channel, which begins at @m: whole vectors straight to y, the rest
 * by way of @lines. */
static void
output_row (const WinogradJob *job, gint channel, Tiles tiles, const gfloat *m, gfloat *lines)
{
  gint n = tiles.n;
  gsize stride = position_stride (&job->blocks, job->winograd->cout);
  const NstConvOutput *out = job->out;
  const NstKernels *kernels = job->winograd->kernels;
  Target to = find_target (job, channel, tiles.x, tiles.y);
  gint whole = to.height < to.pixels ? 0 : MIN (n, to.width / to.pixels);
  gfloat bias = out->bias ? out->bias[channel] : 0;

  whole = whole / kernels->lanes * kernels->lanes;
  if (whole > 0)
    kernels->output (out->finish, job->stream, m, stride, whole, bias, to.to, out->y->w,
                     to.gates, out->gate ? out->gate->line : 0);
  if (whole == n)
    return;
  kernels->output (out->finish, FALSE, m + whole, stride, n - whole, bias, lines,
                   job->blocks.line, to.gates ? to.gates + gate_offset (whole) : NULL,
                   out->gate ? out->gate->line : 0);
  to.to += to.pixels * whole;
  to.width -= to.pixels * whole;
  copy_lines (job, &to, 0, n - whole, lines);
}

static void
conv_block (gint index, gint thread, gpointer data)
{
  const WinogradJob *job = data;
  const NstBlocks *b = &job->blocks;
  const NstWinograd *winograd = job->winograd;
  gint cin = winograd->cin, cout = winograd->cout;
  gint first = index % b->groups * b->group, last = MIN (first + b->group, cout);
  gint block = index / b->groups;
  gint x = block % b->pieces * b->piece, y = block / b->pieces * b->rows;
  Tiles tiles = {x, y, MIN (b->piece, b->tiles_x - x), MIN (b->rows, b->tiles_y - y)};
  gfloat *v = job->scratch + scratch_of_thread (b, cin, cout) * thread;
  gfloat *m = v + POSITIONS * position_stride (b, cin);
  gfloat *lines = m + POSITIONS * position_stride (b, cout);

  if (tiles.n <= 0)
    return;
  memset (lines + 6 * b->line, 0, sizeof (gfloat) * b->line);
  input_block (job, tiles, v, lines);
  product_block (job, first, last, tiles.n * tiles.rows, v, m);
  for (gint c = first; c < last; c++)
    if (b->pieces == 1 && tiles.n % winograd->kernels->lanes != 0)
      output_rows (job, c, tiles, m + c * b->stride, lines);
    else
      for (gint r = 0; r < tiles.rows; r++)
        output_row (job, c, (Tiles){x, y + r, tiles.n, 1}, m + c * b->stride + r * tiles.n,
                    lines);
}

void
nst_winograd_conv (NstPool *pool, const NstWinograd *winograd, const NstConvInput *in,
                   const NstConvOutput *out, gfloat *scratch)
{
  gint width = in->halved ? out->y->w : in->x->w, height = out->to - out->from;
  gsize written = (gsize) out->y->w * height * out->y->c * sizeof (gfloat);
  WinogradJob job = {winograd,  in,
                     out,       written >= STREAM,
                     out->from, nst_blocks_make (winograd->cin, winograd->cout, width, height),
                     scratch};

  nst_pool_run (pool, job.blocks.down * job.blocks.pieces * job.blocks.groups, conv_block,
                &job);
}
