/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Winograd's convolution, block by block of tiles: transform 6x6 input patches
 * into 36 positions, a matrix product for each position, transform back into
 * 4x4 outputs.  A block's positions stay in the cache.
 */
#include "winograd.h"

#include <string.h>

#define POSITIONS NST_WINOGRAD_POSITIONS
#define LANES     NST_KERNEL_LANES
#define BLOCK     4096 /* channels x tiles; 36 positions of them fit a second-level cache */

/* G g for one direction of the weights */
static void
transform_weights (const gdouble g[3], gdouble out[6])
{
  static const gdouble a = G_SQRT2 / 2, b = G_SQRT2;

  out[0] = g[0];
  out[1] = (g[0] + a * g[1] + 0.5 * g[2]) / -1.5;
  out[2] = (g[0] - a * g[1] + 0.5 * g[2]) / -1.5;
  out[3] = (g[0] + b * g[1] + 2.0 * g[2]) / 6;
  out[4] = (g[0] - b * g[1] + 2.0 * g[2]) / 6;
  out[5] = g[2];
}

static void
transform_kernel (const gfloat *g, gboolean flip, gdouble out[POSITIONS])
{
  gdouble rows[3][6], column[3], transformed[6];

  for (gint r = 0; r < 3; r++)
    {
      for (gint c = 0; c < 3; c++)
        column[c] = g[flip ? 8 - (3 * r + c) : 3 * r + c];
      transform_weights (column, rows[r]);
    }
  for (gint c = 0; c < 6; c++)
    {
      for (gint r = 0; r < 3; r++)
        column[r] = rows[r][c];
      transform_weights (column, transformed);
      for (gint r = 0; r < 6; r++)
        out[r * 6 + c] = transformed[r];
    }
}

static gint
round_up (gint n, gint step)
{
  return (n + step - 1) / step * step;
}

/**
 * nst_winograd_init:
 * @weight: outputs, inputs, 3, 3 of the forward convolution
 * @cin: channels that go in; @backward: the forward convolution's outputs
 * @backward: make the gradient's kernel: flipped, inputs and outputs exchanged
 */
gboolean
nst_winograd_init (NstWinograd *winograd, const NstKernels *kernels, const gfloat *weight,
                   gint cin, gint cout, gboolean backward, GError **error)
{
  gint rows = kernels->rows, padded = round_up (cout, rows);
  gsize position = (gsize) padded * cin;

  *winograd = (NstWinograd){cin, cout, kernels, NULL};
  winograd->u = nst_alloc (position * POSITIONS, sizeof (gfloat), error);
  if (!winograd->u)
    return FALSE;
  memset (winograd->u, 0, position * POSITIONS * sizeof (gfloat));
  for (gint o = 0; o < cout; o++)
    for (gint i = 0; i < cin; i++)
      {
        gsize at = backward ? (gsize) i * cout + o : (gsize) o * cin + i;
        gfloat *to = winograd->u + ((gsize) (o / rows) * cin + i) * rows + o % rows;
        gdouble out[POSITIONS];

        transform_kernel (weight + at * 9, backward, out);
        for (gint p = 0; p < POSITIONS; p++)
          to[p * position] = out[p];
      }
  return TRUE;
}

void
nst_winograd_clear (NstWinograd *winograd)
{
  g_clear_pointer (&winograd->u, nst_free);
}

/* How an image is cut into blocks of tiles: pieces of a row of tiles where rows
 * are long, several rows where they are short. */
typedef struct
{
  gint tiles_x, tiles_y;
  gint piece;   /* tiles of a row in a block */
  gint rows;    /* rows of tiles in a block */
  gint pieces;  /* blocks side by side */
  gsize stride; /* between channels of a block: tiles and room for an overrun */
  gsize line;   /* floats of a line buffer */
} Blocks;

static Blocks
make_blocks (gint cin, gint cout, gint w, gint h)
{
  Blocks b;
  gint most = CLAMP (BLOCK / (cin + cout) / LANES * LANES, 3 * LANES, 12 * LANES);

  b.tiles_x = (w + 3) / 4;
  b.tiles_y = (h + 3) / 4;
  b.pieces = (b.tiles_x + most - 1) / most;
  b.piece = round_up ((b.tiles_x + b.pieces - 1) / b.pieces, b.pieces > 1 ? LANES : 1);
  b.rows = MAX (1, most / b.piece);
  b.stride = round_up (b.piece * b.rows, LANES) + LANES;
  b.line = 4 * (b.piece + 2 * LANES);
  return b;
}

static gsize
scratch_of_thread (const Blocks *b, gint cin, gint cout)
{
  return (gsize) POSITIONS * (round_up (cin, 8) + round_up (cout, 8)) * b->stride + 7 * b->line;
}

/**
 * nst_winograd_scratch:
 *
 * Returns: floats that nst_winograd_conv() needs for images of that width, in
 *   either direction; they must be initialised to numbers, once.
 */
gsize
nst_winograd_scratch (gint cin, gint cout, gint width, gint n_threads)
{
  Blocks b = make_blocks (cin, cout, width, 1);

  return scratch_of_thread (&b, cin, cout) * n_threads;
}

typedef struct
{
  const NstWinograd *winograd;
  const gfloat *bias, *mask;
  const NstTensor *x;
  NstTensor *y;
  Blocks blocks;
  gfloat *scratch;
} WinogradJob;

/* The 6 rows that a row of tiles needs; those outside the image are @zero. */
static void
find_rows (const gfloat *data, const NstTensor *x, gint channel, gint top, gint left,
           const gfloat *zero, const gfloat *rows[6])
{
  for (gint i = 0; i < 6; i++)
    {
      gint row = top + i;

      rows[i] =
          row < 0 || row >= x->h ? zero : data + ((gsize) channel * x->h + row) * x->w + left;
    }
}

/* Patches of all channels into v: position, channel, tile. */
static void
input_block (const WinogradJob *job, gint tile_x, gint tile_y, gint n, gint rows, gfloat *v,
             gfloat *lines)
{
  const Blocks *b = &job->blocks;
  const NstTensor *x = job->x;
  gint cin = job->winograd->cin, pad = tile_x == 0;
  gint left = 4 * tile_x - 1 + pad, count = MIN (4 * (tile_x + n) + 1, x->w) - left;
  const gfloat *zero = lines + 6 * b->line;

  for (gint c = 0; c < cin; c++)
    for (gint r = 0; r < rows; r++)
      {
        const gfloat *image[6], *mask[6];
        gint top = 4 * (tile_y + r) - 1;

        find_rows (x->data, x, c, top, left, zero, image);
        if (job->mask)
          find_rows (job->mask, x, c, top, left, zero, mask);
        job->winograd->kernels->input (image, job->mask ? mask : NULL, pad, count, n, lines,
                                       b->line, v + c * b->stride + r * n, cin * b->stride);
      }
}

static void
product_block (const WinogradJob *job, gint tiles, const gfloat *v, gfloat *m)
{
  const NstWinograd *winograd = job->winograd;
  const NstKernels *kernels = winograd->kernels;
  gint cin = winograd->cin, padded = round_up (winograd->cout, kernels->rows);
  gsize stride = job->blocks.stride;

  for (gint p = 0; p < POSITIONS; p++)
    for (gint o = 0; o < padded; o += kernels->rows)
      kernels->product (cin, tiles, winograd->u + ((gsize) p * padded + o) * cin,
                        v + (gsize) p * cin * stride, stride,
                        m + ((gsize) p * padded + o) * stride, stride);
}

static void
output_block (const WinogradJob *job, gint tile_x, gint tile_y, gint n, gint rows,
              const gfloat *m, gfloat *lines)
{
  const Blocks *b = &job->blocks;
  const NstWinograd *winograd = job->winograd;
  NstTensor *y = job->y;
  gsize padded = round_up (winograd->cout, winograd->kernels->rows);
  gint width = MIN (4 * n, y->w - 4 * tile_x);

  for (gint c = 0; c < winograd->cout; c++)
    for (gint r = 0; r < rows; r++)
      {
        gint top = 4 * (tile_y + r), height = MIN (4, y->h - top);
        gfloat *to = y->data + ((gsize) c * y->h + top) * y->w + 4 * tile_x;
        /* straight to y unless more would be written than is there */
        gboolean whole = height == 4 && width == 4 * n && n % winograd->kernels->lanes == 0;

        winograd->kernels->output (m + c * b->stride + r * n, padded * b->stride, n,
                                   job->bias ? job->bias[c] : 0, job->bias != NULL,
                                   whole ? to : lines, whole ? (gsize) y->w : b->line);
        for (gint i = 0; !whole && i < height; i++)
          memcpy (to + (gsize) i * y->w, lines + i * b->line, sizeof (gfloat) * width);
      }
}

static void
conv_block (gint index, gint thread, gpointer data)
{
  const WinogradJob *job = data;
  const Blocks *b = &job->blocks;
  gint cin = job->winograd->cin, cout = job->winograd->cout;
  gint tile_x = index % b->pieces * b->piece, tile_y = index / b->pieces * b->rows;
  gint n = MIN (b->piece, b->tiles_x - tile_x), rows = MIN (b->rows, b->tiles_y - tile_y);
  gfloat *v = job->scratch + scratch_of_thread (b, cin, cout) * thread;
  gfloat *m = v + (gsize) POSITIONS * cin * b->stride;
  gfloat *lines = m + (gsize) POSITIONS * round_up (cout, 8) * b->stride;

  if (n <= 0)
    return;
  memset (lines + 6 * b->line, 0, sizeof (gfloat) * b->line);
  input_block (job, tile_x, tile_y, n, rows, v, lines);
  product_block (job, n * rows, v, m);
  output_block (job, tile_x, tile_y, n, rows, m, lines);
}

/**
 * nst_winograd_conv:
 * @bias: cout floats, and ReLU follows; or %NULL for neither
 * @mask: (nullable): of @x's shape; @x is taken for 0 where it is not above 0
 * @scratch: nst_winograd_scratch() floats
 */
void
nst_winograd_conv (NstPool *pool, const NstWinograd *winograd, const gfloat *bias,
                   const NstTensor *x, const gfloat *mask, NstTensor *y, gfloat *scratch)
{
  WinogradJob job = {winograd, bias, mask,
                     x,        y,    make_blocks (winograd->cin, winograd->cout, x->w, x->h),
                     scratch};
  gint down = (job.blocks.tiles_y + job.blocks.rows - 1) / job.blocks.rows;

  nst_pool_run (pool, down * job.blocks.pieces, conv_block, &job);
}
