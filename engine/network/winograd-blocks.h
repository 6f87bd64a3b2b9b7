/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How Winograd's convolution cuts an image into blocks.
 */
#ifndef NST_WINOGRAD_BLOCKS_H
#define NST_WINOGRAD_BLOCKS_H

#include "base/tensor.h"

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
  gsize line;   /* floats of a line buffer: its rows of tiles side by side */
} NstBlocks;

/**
 * nst_blocks_make:
 * @w: pixels, of any size
 *
 * Returns: how a convolution from cin to cout channels cuts w x h pixels, which many threads
 *   can share well.
 */
NstBlocks nst_blocks_make (gint cin, gint cout, gint w, gint h);

/**
 * nst_blocks_largest:
 *
 * Returns: one whose blocks take at least as much room as those of any w and h.
 */
NstBlocks nst_blocks_largest (gint cin, gint cout);

#endif
