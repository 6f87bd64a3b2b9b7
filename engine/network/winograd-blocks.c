/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocks of tiles that fill the vectors, stay in the cache and can be shared out among threads.
 */
#include "network/winograd-blocks.h"
#include "kernels/kernels.h"

#define LANES NST_KERNEL_LANES
#define BLOCK 4096 /* channels x tiles; 36 positions of them fit a second-level cache */

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

/* Floats of a line of so many tiles, with what is beside. */
static gsize
line_of (gint tiles)
{
  return nst_round_up (4 * (tiles + 2 * LANES) + 2 * LANES, LANES);
}

static NstBlocks
make_blocks (gint cin, gint cout, gint w, gint h)
{
  NstBlocks b;
  gint most = most_tiles (cin, cout);

  b.tiles_x = nst_divide_up (w, 4);
  b.tiles_y = nst_divide_up (h, 4);
  b.pieces = nst_divide_up (b.tiles_x, most);
  b.piece = nst_round_up (nst_divide_up (b.tiles_x, b.pieces), b.pieces > 1 ? LANES : 1);
  b.rows = MIN (fill_vectors (b.piece, most, b.tiles_y), b.tiles_y);
  g_assert (b.pieces == 1 || b.rows == 1); /* rows lie side by side only where they are whole */
  b.down = nst_divide_up (b.tiles_y, b.rows);
  b.groups = 1;
  b.group = nst_round_up (cout, NST_KERNEL_ROWS);
  b.stride = nst_round_up (b.piece * b.rows, LANES);
  b.line = line_of (b.piece * b.rows);
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
make_cut (const NstBlocks *b, gint rows, gint groups, gint cin, gint cout)
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
share_out (NstBlocks *b, gint cin, gint cout)
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

NstBlocks
nst_blocks_make (gint cin, gint cout, gint w, gint h)
{
  NstBlocks b = make_blocks (cin, cout, w, h);

  share_out (&b, cin, cout);
  return b;
}

NstBlocks
nst_blocks_largest (gint cin, gint cout)
{
  /* no row of tiles is longer than most_tiles(), no block larger than that many times */
  NstBlocks b = make_blocks (cin, cout, 4 * most_tiles (cin, cout), 4);

  b.stride *= MOST_TIMES;
  b.line = line_of (MOST_TIMES * b.piece);
  return b;
}
