/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Winograd's convolution, block by block of tiles: transform 6x6 input patches
 * into 36 positions, a matrix product for each position, transform back into
 * 4x4 outputs.  A block's positions stay in the cache.
 */
#include "network/winograd.h"

#include <string.h>

#define POSITIONS NST_WINOGRAD_POSITIONS
#define LANES     NST_KERNEL_LANES
#define BLOCK     4096 /* channels x tiles; 36 positions of them fit a second-level cache */

#define STREAM (2u << 20) /* bytes of output from which the caches had rather keep the blocks */

/* How an image is cut into blocks of tiles: pieces of a row of tiles where rows
 * are long, several rows where they are short.  A block's outputs may be shared out
 * in groups of channels.  Nothing of it hangs on the number of threads. */
typedef struct
{
  gint tiles_x, tiles_y;
  gint piece;  /* tiles of a row in a block */
  gint rows;   /* rows of tiles in a block */
  gint pieces; /* blocks side by side */
  gint down;   /* blocks one below the other */
  gint group;  /* channels of a group, a multiple of NST_KERNEL_ROWS */
  gint groups;
  gsize stride; /* between channels of a block */
  gsize line;   /* floats of a line buffer */
} Blocks;

/* Tiles of a block, unless more fill the vectors better: up to MOST_TIMES as many. */
#define MOST_TIMES 2

static gint
most_tiles (gint cin, gint cout)
{
  return CLAMP (BLOCK / (cin + cout) / LANES * LANES, 3 * LANES, 12 * LANES);
}

/* Rows of tiles in a block: as many as fit, or more where that fills the vectors better. */
static gint
fill_vectors (gint piece, gint most, gint tiles_y)
{
  gint best = MAX (1, most / piece);

  for (gint rows = best + 1; rows <= tiles_y && rows * piece <= MOST_TIMES * most; rows++)
    if (nst_round_up (rows * piece, LANES) * best * 16
        < nst_round_up (best * piece, LANES) * rows * 15)
      best = rows;
  return best;
}

static Blocks
make_blocks (gint cin, gint cout, gint w, gint h)
{
  Blocks b;
  gint most = most_tiles (cin, cout);

  b.tiles_x = nst_divide_up (w, 4);
  b.tiles_y = nst_divide_up (h, 4);
  b.pieces = nst_divide_up (b.tiles_x, most);
  b.piece = nst_round_up (nst_divide_up (b.tiles_x, b.pieces), b.pieces > 1 ? LANES : 1);
  b.rows = MIN (fill_vectors (b.piece, most, b.tiles_y), b.tiles_y);
  b.down = nst_divide_up (b.tiles_y, b.rows);
  b.groups = 1;
  b.group = nst_round_up (cout, NST_KERNEL_ROWS);
  b.stride = nst_round_up (b.piece * b.rows, LANES);
  b.line = nst_round_up (4 * (b.piece + 2 * LANES) + 2 * LANES, LANES);
  return b;
}

/* As far as this looks. */
#define MOST_THREADS 16

/* What blocks that many threads share may cost one thread more. */
#define MOST_EXTRA 1.08

/* How an image might be cut, and what that takes: products of a vector, and the transforms, which
 * take as long as those with some more channels. */
typedef struct
{
  gint rows, groups, n;
  gdouble piece, all;
} Cut;

#define TRANSFORM 12

static gdouble
vectors_cost (gint tiles, gint cin, gint group)
{
  gint vectors = nst_divide_up (tiles, LANES);
  /* the weights are read again for each block */
  gdouble product = cin * group * (vectors == 1 ? 1.2 : vectors == 2 ? 1.05 : 1);

  return vectors * (product + TRANSFORM * (cin + group));
}

static Cut
make_cut (const Blocks *b, gint rows, gint groups, gint cin, gint cout)
{
  gint group = nst_round_up (nst_divide_up (cout, groups), NST_KERNEL_ROWS);
  gint whole = b->tiles_y / rows, rest = b->tiles_y % rows;
  Cut cut = {rows, groups, (whole + (rest > 0)) * b->pieces * groups, 0, 0};

  cut.piece = vectors_cost (b->piece * rows, cin, group);
  cut.all =
      (whole * cut.piece + vectors_cost (b->piece * rest, cin, group)) * b->pieces * groups;
  return cut;
}

/* How long that takes on 2, 4, 8 and 16 threads, each beside an even share. */
static gdouble
longest_shares (const Cut *cut)
{
  gdouble sum = 0;

  for (gint threads = 2; threads <= MOST_THREADS; threads *= 2)
    sum += MAX (cut->all, cut->piece * threads * nst_divide_up (cut->n, threads));
  return sum;
}

/* Smaller blocks, where there are few, or groups of channels, each of which transforms the input
 * for itself: what is best shared out among few threads and many.  It hangs on the layer's shape
 * only. */
static void
share_out (Blocks *b, gint cin, gint cout)
{
  Cut best = make_cut (b, b->rows, 1, cin, cout);
  gdouble most = MOST_EXTRA * best.all;

  if (best.n >= 6 * MOST_THREADS)
    return;
  for (gint groups = 1; groups <= MOST_THREADS && cout / groups >= 16; groups *= 2)
    for (gint rows = b->rows; rows > 0; rows--)
      {
        Cut cut = make_cut (b, rows, groups, cin, cout);

        if (cut.all <= most && longest_shares (&cut) < longest_shares (&best))
          best = cut;
      }
  b->rows = best.rows;
  b->down = nst_divide_up (b->tiles_y, best.rows);
  b->group = nst_round_up (nst_divide_up (cout, best.groups), NST_KERNEL_ROWS);
  b->groups = nst_divide_up (cout, b->group);
}

/* Floats between positions.  The kernels write a little more than is there: into
 * the next channel, which comes later, or this room after the last one, which
 * also keeps positions from falling on the same lines of the cache. */
static gsize
position_stride (const Blocks *b, gint channels)
{
  return nst_round_up (channels, NST_KERNEL_ROWS) * b->stride + LANES;
}

static gsize
scratch_of_thread (const Blocks *b, gint cin, gint cout)
{
  return POSITIONS * (position_stride (b, cin) + position_stride (b, cout)) + 7 * b->line;
}

gsize
nst_winograd_scratch (gint cin, gint cout, gint n_threads)
{
  /* no row of tiles is longer than most_tiles(), no block larger than that many times */
  Blocks b = make_blocks (cin, cout, 4 * most_tiles (cin, cout), 4);

  b.stride *= MOST_TIMES;
  return scratch_of_thread (&b, cin, cout) * n_threads;
}

NstGate
nst_gate_shape (gint w, gint rows, gint phase)
{
  gsize line = (gsize) nst_divide_up (w, NST_GATE_PIXELS) * NST_GATE_BYTES;

  rows = nst_round_up (rows, 4);
  return (NstGate){line, line * rows, rows, phase, NULL};
}

static guint8 *
gate_row (const NstGate *gate, gint channel, gint y)
{
  gint at = y + gate->phase;

  if (at >= gate->rows)
    at %= gate->rows;
  return gate->data + channel * gate->plane + at * gate->line;
}

typedef struct
{
  const NstWinograd *winograd;
  const NstConvInput *in;
  const NstConvOutput *out;
  gboolean stream; /* the output past the caches */
  gint top;        /* the first tiles' first row, before pooling */
  Blocks blocks;
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
  const Blocks *b = &job->blocks;
  const NstConvInput *in = job->in;
  gint cin = job->winograd->cin;
  gint width = in->halved ? 2 * in->x->w : in->x->w;
  NstPatches patches = {.count = width - 4 * tiles.x,
                        .begins = tiles.x == 0,
                        .halved = in->halved,
                        .gain = in->gain};
  const gfloat *zero = lines + 6 * b->line + NST_KERNEL_LANES;

  for (gint c = 0; c < cin; c++)
    for (gint r = 0; r < tiles.rows; r++)
      {
        find_rows (job, c, tiles.x, tiles.y + r, zero, &patches);
        job->winograd->kernels->input (&patches, tiles.n, lines, b->line,
                                       v + c * b->stride + r * tiles.n,
                                       position_stride (b, cin));
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

/* Row @tiles.y of tiles of one channel, which begins at @m: whole vectors straight to y, the rest
 * by way of @lines. */
static void
output_row (const WinogradJob *job, gint channel, Tiles tiles, const gfloat *m, gfloat *lines)
{
  gint tile_x = tiles.x, n = tiles.n;
  gsize stride = position_stride (&job->blocks, job->winograd->cout);
  const NstConvOutput *out = job->out;
  const NstKernels *kernels = job->winograd->kernels;
  const NstWindow *y = out->y;
  gint pooled = out->finish >= NST_FINISH_RELU_MAX ? 1 : 0, pixels = 4 >> pooled;
  gint top = job->top + 4 * tiles.y, height = MIN (pixels, y->h - (top >> pooled));
  gint whole = height < pixels ? 0 : MIN (n, y->w / pixels - tile_x);
  gfloat bias = out->bias ? out->bias[channel] : 0;
  gfloat *to = nst_window_row (y, channel, top >> pooled) + pixels * tile_x;
  guint8 *gates = NULL;
  gint width;

  if (out->gate)
    gates = gate_row (out->gate, channel, top) + gate_offset (tile_x);
  whole = whole / kernels->lanes * kernels->lanes;
  if (whole > 0)
    kernels->output (out->finish, job->stream, m, stride, whole, bias, to, y->w, gates,
                     out->gate ? out->gate->line : 0);
  if (whole == n)
    return;
  kernels->output (out->finish, FALSE, m + whole, stride, n - whole, bias, lines,
                   job->blocks.line, gates ? gates + gate_offset (whole) : NULL,
                   out->gate ? out->gate->line : 0);
  width = MIN (pixels * n, y->w - pixels * tile_x) - pixels * whole;
  for (gint i = 0; i < height && width > 0; i++)
    memcpy (to + pixels * whole + (gsize) i * y->w, lines + i * job->blocks.line,
            sizeof (gfloat) * width);
}

static void
conv_block (gint index, gint thread, gpointer data)
{
  const WinogradJob *job = data;
  const Blocks *b = &job->blocks;
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
                     out->from, make_blocks (winograd->cin, winograd->cout, width, height),
                     scratch};

  share_out (&job.blocks, winograd->cin, winograd->cout);
  nst_pool_run (pool, job.blocks.down * job.blocks.pieces * job.blocks.groups, conv_block,
                &job);
}
