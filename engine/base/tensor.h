/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Planar float arrays (channels, rows, columns) and the engine's one
 * allocator: overflow-checked, aligned, and failing with an error.
 */
#ifndef NST_TENSOR_H
#define NST_TENSOR_H

#include <nst.h>

/* Of an image or a layer: columns and rows. */
typedef struct
{
  gint w, h;
} NstSize;

/* Rows @from to before @to. */
typedef struct
{
  gint from, to;
} NstRows;

/* The inputs' order is c, h, w; data[(c * h + y) * w + x]. */
typedef struct
{
  gint c, h, w;
  gfloat *data;
} NstTensor;

/* Planes of which only some rows are there: row y, from -phase on, lies at row
 * (y + phase) % rows of data.  Where rows come and go, rows is a multiple of 4, so that
 * the 4 rows of a tile lie together. */
typedef struct
{
  gint c, h, w;
  gint rows, phase;
  gfloat *data;
} NstWindow;

/* Some rows of some columns of a layer: c channels of h rows of w cells. */
typedef struct
{
  gint layer;
  gint c, h, w;
  gint x, y;              /* where in the layer it begins */
  gint full_w;            /* the layer's width */
  gint line;              /* floats from row to row, in f and in d */
  const gfloat *f;        /* the activations */
  gfloat *d;              /* their gradient, or NULL */
  gsize f_plane, d_plane; /* floats from channel to channel */
} NstPiece;

/* Cells of a piece that lie side by side: from f + at and d + at on, and from layer_at on in
 * what the layer has one of for each cell. */
typedef struct
{
  gsize at, layer_at;
  gint length;
} NstCells;

/**
 * nst_piece_count_runs:
 * @longest: cells of a run
 *
 * Returns: how many runs @piece is cut into
 */
gint nst_piece_count_runs (const NstPiece *piece, gint longest);

/**
 * nst_piece_cells:
 * @longest: cells of a run at most, as for nst_piece_count_runs()
 * @index: of the run, below nst_piece_count_runs()
 *
 * Returns: some cells of the piece that lie side by side; all runs are all its cells, once each
 */
NstCells nst_piece_cells (const NstPiece *piece, gint longest, gint index);

/* A count that fits, as sizes were checked before. */
static inline gint
nst_int (guint64 n)
{
  g_assert (n <= G_MAXINT);
  return (gint) n;
}

static inline gint
nst_divide_up (gint n, gint by)
{
  return (n + by - 1) / by;
}

static inline gint
nst_round_up (gint n, gint step)
{
  return nst_divide_up (n, step) * step;
}

/* What of 0 to @n - 1 stands at @i, where these are mirrored at both ends, again and again. */
static inline gint
nst_mirrored (gint i, gint n)
{
  i = ((i % (2 * n)) + 2 * n) % (2 * n);
  return i < n ? i : 2 * n - 1 - i;
}

/* Bytes behind what was asked of nst_alloc() that may be read, and hold anything. */
#define NST_ALLOC_ROOM 64

/* Bytes that nst_alloc() takes for that; count x element must not overflow. */
static inline guint64
nst_alloc_size (guint64 count, gsize element)
{
  return count * element + NST_ALLOC_ROOM;
}

/**
 * nst_alloc:
 * @count: number of elements, any
 * @element: bytes of one
 *
 * Returns: (transfer full): uninitialised memory aligned to 64 bytes, with
 *   %NST_ALLOC_ROOM bytes behind it for vectors that read a little more, to be
 *   freed with nst_free(), or %NULL with %NST_ERROR_NO_MEMORY.
 */
gpointer nst_alloc (guint64 count, gsize element, GError **error);

/**
 * nst_free:
 * @memory: (transfer full) (nullable): of nst_alloc()
 */
void nst_free (gpointer memory);

/**
 * nst_tensor_alloc:
 * @tensor: (out): holds anything; free with nst_tensor_clear()
 *
 * Returns: %FALSE with %NST_ERROR_NO_MEMORY, @tensor being clear
 */
gboolean nst_tensor_alloc (NstTensor *tensor, gint c, gint h, gint w, GError **error);

/**
 * nst_tensor_clear:
 * @tensor: may be clear already
 *
 * Frees the data and sets all to 0.
 */
void nst_tensor_clear (NstTensor *tensor);

static inline gsize
nst_tensor_plane (const NstTensor *tensor)
{
  return (gsize) tensor->h * tensor->w;
}

static inline gsize
nst_tensor_size (const NstTensor *tensor)
{
  return nst_tensor_plane (tensor) * tensor->c;
}

/* A tensor as a window that shows all of it. */
static inline NstWindow
nst_window (const NstTensor *tensor)
{
  return (NstWindow){tensor->c, tensor->h, tensor->w, tensor->h, 0, tensor->data};
}

static inline gsize
nst_window_plane (const NstWindow *window)
{
  return (gsize) window->rows * window->w;
}

static inline gfloat *
nst_window_row (const NstWindow *window, gint channel, gint y)
{
  gint at = y + window->phase;

  if (at >= window->rows)
    at %= window->rows;
  return window->data + ((gsize) channel * window->rows + at) * window->w;
}

/* Whether an image may be of this size. */
static inline gboolean
nst_size_is_valid (gint width, gint height)
{
  return width >= 1 && height >= 1 && width <= NST_SIZE_MAX && height <= NST_SIZE_MAX;
}

#endif
