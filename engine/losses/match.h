/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matched loss: each cell of a layer is to become a cell of the styles, the one whose
 * activations have the most similar direction (Kolkin et al. 2022 match likewise, but at every
 * step).
 *
 *     j(i) = argmax <Q_i, R_j> / (|Q_i| |R_j|)
 *     T_i  = max (R_j(i) + a_i (P_i - R_j(i)), 0)
 *     a_i  = min (a (d_i / mean d)^3, 1), d_i = 1 - <Q_i, R_j(i)> / (|Q_i| |R_j(i)|)
 *     loss = k sum_i w_i |F_i - T_i|^2
 *
 * R are the styles' activations and Q those of the picture and the content together, each
 * less its mean in the search.  Of equal ones the first counts.  P is Q, each channel with the
 * mean and the deviation that R_j(i) has over the cells: so cells that take the same one are told
 * apart, and what is like nothing in the styles, as eyes may be, stays what it is.  What a level
 * keeps is T, and a number for each cell.
 *
 * Where R has many cells, only every few are compared with each Q, then those where the cells
 * around it went at the level before, and what is beside the best.
 *
 * Several styles are all searched, and each is given such a bias that its share of the cells
 * is its weight.
 */
#ifndef NST_MATCH_H
#define NST_MATCH_H

#include "base/parallel.h"
#include "base/tensor.h"

/* A direction is that of a vector of at least this length, relative to the mean's: where
 * a style is flat there is but rounding. */
#define NST_MATCH_LEAST 1e-3

/* Which cells of a style have which numbers, and what is added to their similarity. */
typedef struct
{
  gint w, h;
  gint32 first;
  gdouble bias;
} NstMatchGrid;

/* A style's cells at a layer. */
typedef struct
{
  NstMatchGrid grid;
  gdouble weight;  /* all styles' add up to 1 */
  gfloat *colours; /* until the level has begun: 3 of each cell, or NULL */

  /* until the search is over */
  guint16 *cells;   /* activations, `line` for each cell, each a float's upper half */
  gdouble *mean;    /* of each channel, over the cells that count as style */
  gint inset;       /* cells at the border that are not to be taken, */
  gint32 any;       /* and one that is */
  gfloat *exact;    /* activations as floats, where they are few, or NULL */
  gfloat *inverse;  /* of each cell's distance from the mean; 0: it is not to be taken */
  gint32 *compared; /* numbers of the cells that are compared with every cell of the picture, */
  gint n_compared;
  gfloat *packed; /* and their directions, for the kernels' product */
} NstMatchStyle;

/* Where the cells of a level went, for the next one. */
typedef struct
{
  gint w, h;
  gint32 *index;
  gint n_styles;
  NstMatchGrid *grids;
} NstMatchMap;

/* A layer whose cells are matched. */
typedef struct
{
  gint index;
  gint n;     /* channels */
  gint shift; /* a cell is 2^shift pixels wide and high */
  gint w, h;  /* cells of the picture */
  /* the loss is weight sum w |F - T|^2 / sum w |R_j(i)|^2; 0: only where the cells go is wanted */
  gdouble weight;
  gdouble own;     /* a, 0 or more */
  gboolean narrow; /* whether 8 bits are to do for a target, in place of 16 */
} NstMatchLayer;

typedef struct
{
  gint layer, n, line; /* channels, and these in whole vectors */
  gint shift;          /* of a cell */
  gint w, h;           /* cells of the picture, */
  gint32 *index;       /* which of the styles' are theirs, */
  gpointer targets; /* T, until the search is over Q: see match-target.h; NULL without weight */
  gfloat *scale;    /* of each channel of the targets */
  gboolean narrow;
  gdouble weight, own, k;
  gint64 room; /* cells that may be compared with each of the picture */
  gint n_styles;
  NstMatchStyle *styles;

  /* until the search is over */
  const NstMatchMap *coarse; /* where to look first, or NULL */
  gint step;                 /* every how many cells of the styles are compared with all */
  gdouble *sums;             /* w Q of each channel, */
  gdouble *squares;          /* Q^2 */
  gdouble total;             /* sum w */
  gfloat *similarity;        /* of each style the best one of each cell; of the first, once it
                                is known what is taken, that of what is */
  gint32 *nearest;           /* of each style: which that is */
  gpointer target_sums;      /* see match-target.c; NULL without weight */
  gfloat *scratch;
} NstMatch;

/**
 * nst_match_init:
 * @room: cells of styles that may be compared with each of the picture, at least 1
 *
 * On failure @match is left clear.
 */
gboolean
nst_match_init (NstMatch *match, const NstMatchLayer *layer, gint64 room, GError **error);

/**
 * nst_match_clear:
 * @match: may be clear already
 */
void nst_match_clear (NstMatch *match);

/**
 * nst_match_trim:
 *
 * Forgets what only a search needs, the styles' cells, too.
 */
void nst_match_trim (NstMatch *match);

/**
 * nst_match_add_style:
 * @w: cells of the style
 * @weight: of the style; all styles' should add up to 1
 *
 * Makes room for its cells, which nst_match_take() fills.  Fails with %NST_ERROR_NO_MEMORY, or
 * %NST_ERROR_BAD_ARGUMENT where a number cannot tell all styles' cells apart.
 */
gboolean nst_match_add_style (NstMatch *match, gint w, gint h, gdouble weight, GError **error);

/**
 * nst_match_take:
 *
 * Keeps some cells of the style that was added last.
 */
void nst_match_take (NstMatch *match, NstPool *pool, const NstPiece *piece);

/**
 * nst_match_keep:
 * @map: (out): where the cells went; free with nst_match_map_clear()
 */
void nst_match_keep (NstMatch *match, NstMatchMap *map);

/**
 * nst_match_map_clear:
 * @map: may be clear already
 */
void nst_match_map_clear (NstMatchMap *map);

/**
 * nst_match_step:
 * @style_cells: of all styles, at a layer
 * @room: as for nst_match_init()
 *
 * Returns: every how many cells of the styles, along either axis, are compared with each of the
 *   picture, from 1
 */
gint nst_match_step (gint64 style_cells, gint64 room);

static inline gsize
nst_match_cells (const NstMatchGrid *grid)
{
  return (gsize) grid->w * grid->h;
}

/* The style that has the cell of that number. */
static inline const NstMatchStyle *
nst_match_style_of (const NstMatch *match, gint32 number)
{
  const NstMatchStyle *style = match->styles + match->n_styles - 1;

  while (style->grid.first > number)
    style--;
  return style;
}

static inline const guint16 *
nst_match_cell (const NstMatch *match, gint32 number)
{
  const NstMatchStyle *style = nst_match_style_of (match, number);

  return style->cells + (gsize) (number - style->grid.first) * match->line;
}

static inline gfloat
nst_match_widen (guint16 half)
{
  union
  {
    guint32 bits;
    gfloat value;
  } u = {(guint32) half << 16};

  return u.value;
}

#endif
