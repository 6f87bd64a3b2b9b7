/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which style's cell each of the picture's is to become, when all are found, and how much the
 * loss counts.
 */
#include "losses/match-share.h"
#include "losses/match-target.h"

#include <float.h>
#include <math.h>

static gsize
picture_cells (const NstMatch *match)
{
  return (gsize) match->w * match->h;
}

/* How similar a cell's best one of a style is, with the style's bias. */
static gdouble
biased (const NstMatch *match, gint style, gsize cell)
{
  return match->similarity[style * picture_cells (match) + cell]
         + match->styles[style].grid.bias;
}

/* The style whose best one is taken: the first of equals. */
static gint
choose_style (const NstMatch *match, gsize cell)
{
  gint best = 0;

  for (gint s = 1; s < match->n_styles; s++)
    if (biased (match, s, cell) > biased (match, best, cell))
      best = s;
  return best;
}

#define ENOUGH 65536 /* cells to tell shares by */

/* The share of the cells that would take @style with the biases as they are. */
static gdouble
share_of (const NstMatch *match, gint style, const gfloat *weights)
{
  gsize step = picture_cells (match) / ENOUGH + 1;
  gdouble share = 0, total = 0;

  for (gsize i = 0; i < picture_cells (match); i += step)
    {
      gdouble weight = weights ? weights[i] : 1;

      total += weight;
      if (choose_style (match, i) == style)
        share += weight;
    }
  return total > 0 ? share / total : 1;
}

#define HALVINGS 18 /* of the range of similarities: to 3e-5 */
#define ROUNDS   8

/* The least bias with which a style's share is its weight, the others' being as they are. */
static void
fit_bias (NstMatch *match, gint style, const gfloat *weights)
{
  NstMatchStyle *it = &match->styles[style];
  gdouble low = -4, high = 4;

  for (gint i = 0; i < HALVINGS; i++)
    {
      it->grid.bias = (low + high) / 2;
      if (share_of (match, style, weights) < it->weight)
        low = it->grid.bias;
      else
        high = it->grid.bias;
    }
  it->grid.bias = high;
}

/* The first style's stays 0.  Each in turn: that converges, as it climbs the dual of a transport
 * of styles to cells, which is concave. */
static void
fit_biases (NstMatch *match, const gfloat *weights)
{
  gint rounds = match->n_styles > 2 ? ROUNDS : 1;

  for (gint round = 0; round < rounds; round++)
    for (gint s = 1; s < match->n_styles; s++)
      fit_bias (match, s, weights);
}

/* sum w |R|^2 counts as this share of sum w |Q|^2 at least: nothing is gained where the style
 * is black. */
#define LEAST_TAKEN 0.05

static gdouble
loss_coefficient (NstMatch *match, NstPool *pool, const gfloat *weights)
{
  gdouble taken = nst_match_make_targets (match, pool, weights), squares = 0;

  for (gint c = 0; c < match->n; c++)
    squares += match->squares[c];
  squares *= match->total / (gdouble) picture_cells (match);
  taken = MAX (taken, LEAST_TAKEN * squares);
  return taken > 0 ? match->weight / taken : 0;
}

void
nst_match_end (NstMatch *match, NstPool *pool, const gfloat *weights)
{
  fit_biases (match, weights);
  for (gsize i = 0; i < picture_cells (match); i++)
    {
      gsize at = choose_style (match, i) * picture_cells (match) + i;

      match->index[i] = match->nearest[at];
      match->similarity[i] = match->similarity[at];
    }
  if (match->targets)
    match->k = loss_coefficient (match, pool, weights);
  nst_match_trim (match);
}
