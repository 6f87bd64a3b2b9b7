/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops, built once for each instruction set from kernels-*.c; the
 * best that the processor has is chosen at start.
 */
#ifndef NST_KERNELS_H
#define NST_KERNELS_H

#include "kernels/vector-kernels.h"

#define NST_WINOGRAD_POSITIONS 36
#define NST_KERNEL_LANES       16 /* at least every build's vector, in floats */
#define NST_FEW_ROWS           4  /* of a product block where there are no more */
#define NST_KERNEL_ROWS        8  /* at least every build's rows of a product block */
#define NST_GRAM_ROWS          64 /* where gram() is still faster than ssyrk */

/* A gate is a bit for each pixel: whether its gradient passes.  A row's lie in
 * words of 64 pixels. */
#define NST_GATE_PIXELS 64
#define NST_GATE_BYTES  8

/* The 6 rows of pixels above, on and below a row of tiles, from the tiles' first
 * pixel on; all outside of them is 0. */
typedef struct
{
  const gfloat *rows[6];
  const guint8 *gates[6]; /* of the rows' words; gates[0] NULL: all open */
  gsize ahead;            /* floats from the rows to those that come next */
  gint count;             /* pixels from the first on */
  gboolean begins;        /* the row has no pixel before the first */
  gboolean halved;        /* each value of rows stands for 2 x 2 pixels ... */
  gfloat gain;            /* ... and counts this much; only with gates */
} NstPatches;

typedef enum
{
  NST_FINISH_NONE,         /* y */
  NST_FINISH_RELU,         /* max (y + bias, 0), its gates those above 0 */
  NST_FINISH_RELU_MAX,     /* the same, pooled; its gates the maxima above 0 */
  NST_FINISH_RELU_AVERAGE, /* the same by averages; its gates those above 0 */
} NstFinish;

typedef struct
{
  const gchar *name;
  gint lanes; /* floats of a vector */
  gint rows;  /* of one product block: the weights are packed by it */

  /* Winograd F(4x4,3x3), the input's transform of n tiles in a row of one channel down the
   * columns: 6 lines of 4 * n pixels from `to` on, @line floats apart, up to lanes - 1 more,
   * and the pixels before and after where the row goes on. */
  void (*columns) (const NstPatches *patches, gint n, gfloat *to, gsize line);

  /* The same along the rows, from the lines: v[p * stride + t] is tile t's position p; up to
   * lanes - 1 more are written.  period: tiles of a row, of which the next begins where it
   * ends, and beside which all is 0; or 0, where n tiles have pixels before and after. */
  void (*positions) (const gfloat *from, gsize line, gint n, gint period, gfloat *v,
                     gsize stride);

  /* m (rows x columns) = u (packed: k x rows) v (k x columns); rows are the field's
   * or NST_FEW_ROWS, columns are rounded up to lanes */
  void (*product) (gint rows, gint k, gint columns, const gfloat *u, const gfloat *v,
                   gsize v_stride, gfloat *m, gsize m_stride);

  /* m[p * stride + t] into 4 rows of 4 * n pixels, pooled into 2 rows of 2 * n,
   * and the gates of the 4 rows (NULL: none wanted); n is rounded up to lanes.
   * stream: past the caches where `to` is aligned; other threads see that from the
   * end of nst_pool_run() on. */
  void (*output) (NstFinish finish, gboolean stream, const gfloat *m, gsize stride, gint n,
                  gfloat bias, gfloat *to, gsize line, guint8 *gates, gsize gate_line);

  /* Gates of n tiles from tile @at on, to where a row of them begins; whole words are
   * written. */
  void (*move_gates) (const guint8 *from, gint at, gint n, guint8 *to);

  /* The lower triangle of product (n x n) = f f^T, f being n rows of length floats;
   * up to lanes - 1 more may be read. */
  void (*gram) (gint n, gint length, const gfloat *f, gsize stride, gfloat *product);

  /* Of each column the largest of best[c] and m[r * m_stride + c], r < rows; where it is
   * that of row r, the first of equal ones, index[c] becomes first + r.  Columns are
   * rounded up to lanes. */
  void (*take_larger) (gint rows, gint columns, const gfloat *m, gsize m_stride, gint32 first,
                       gfloat *best, gint32 *index);

  /* a . b, b being the upper halves of floats; n is a multiple of NST_KERNEL_LANES */
  gfloat (*dot_halves) (gint n, const gfloat *a, const guint16 *b);

  const NstVectorKernels *vector;
} NstKernels;

/**
 * nst_kernels:
 *
 * Returns: the best build for this processor, or the one that the environment
 *   variable NST_SIMD names, for tests; there "baseline" means the plainest that there is.
 */
const NstKernels *nst_kernels (void);

/**
 * nst_kernels_named:
 * @name: "avx512", "avx2", "neon", or "baseline" for what has none of them
 *
 * Returns: that build, or %NULL where the processor or the build lacks it.
 */
const NstKernels *nst_kernels_named (const gchar *name);

/* Within a build of the kernels, for the instruction set NST_SET: its name for things. */
#ifdef NST_SET
#define NST_GLUE(name, set)   name##_##set
#define NST_EXPAND(name, set) NST_GLUE (name, set)
#define NST_BUILD(name)       NST_EXPAND (name, NST_SET)

void NST_BUILD (nst_columns) (const NstPatches *patches, gint n, gfloat *to, gsize line);
void NST_BUILD (nst_positions) (const gfloat *from, gsize line, gint n, gint period, gfloat *v,
                                gsize stride);
void NST_BUILD (nst_gram) (gint n, gint length, const gfloat *f, gsize stride, gfloat *product);
void NST_BUILD (nst_take_larger) (gint rows, gint columns, const gfloat *m, gsize m_stride,
                                  gint32 first, gfloat *best, gint32 *index);
gfloat NST_BUILD (nst_dot_halves) (gint n, const gfloat *a, const guint16 *b);
#endif

#ifdef __aarch64__
extern const NstKernels nst_kernels_neon;
#else
extern const NstKernels nst_kernels_baseline;
#endif
#ifdef NST_HAVE_X86_KERNELS
extern const NstKernels nst_kernels_avx2;
extern const NstKernels nst_kernels_avx512;
#endif

#endif
