/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of the matched loss search in, and the search itself.
 */
#include "match-case.h"
#include "losses/match-candidates.h"
#include "losses/match-share.h"
#include "losses/match-target.h"

#include <string.h>

OracleMap
match_activations (gint c, gint h, gint w, guint64 seed, gint smooth)
{
  OracleMap map = test_map (c, h, w, seed);

  for (gint round = 0; round < smooth; round++)
    for (gint k = 0; k < c; k++)
      for (gint i = 0; i < h * w; i++)
        {
          gdouble *v = map.v + (gsize) k * h * w;
          gint x = i % w, y = i / w;

          v[i] = (v[i] + v[y * w + MAX (x - 1, 0)] + v[MAX (y - 1, 0) * w + x]
                  + v[y * w + MIN (x + 1, w - 1)] + v[MIN (y + 1, h - 1) * w + x])
                 / 5;
        }
  oracle_relu (&map);
  return map;
}

static void
random_weights (gint n, guint64 seed, gfloat **weights, gdouble **oracle)
{
  *weights = g_new (gfloat, n);
  *oracle = g_new (gdouble, n);
  for (gint i = 0; i < n; i++)
    (*oracle)[i] = (*weights)[i] = CLAMP (test_uniform (seed, i) + 0.4f, 0, 1);
}

void
match_case_init (MatchCase *it, gint round, gint n_styles, gboolean masked)
{
  static const gint shape[][3] = {{5, 6, 9}, {64, 17, 31}, {33, 24, 20}, {130, 11, 12}};
  const gint *s = shape[round % G_N_ELEMENTS (shape)];

  memset (it, 0, sizeof *it);
  it->pool = nst_pool_new (2);
  it->now = match_activations (s[0], s[1], s[2], 1500 + round, 0);
  it->features = test_tensor (&it->now);
  it->query = match_activations (s[0], s[1], s[2], 1520 + round, 0);
  it->queries = test_tensor (&it->query);
  it->grad = test_map (s[0], s[1], s[2], 1540 + round);
  it->gradient = test_tensor (&it->grad);
  it->n_styles = n_styles;
  it->own = 1.0 / 3;
  for (gint i = 0; i < n_styles; i++)
    {
      gint h = 5 + 3 * i + round, w = 14 - 2 * i;

      it->style[i] = match_activations (s[0], h, w, 1560 + 10 * i + round, 0);
      it->styles[i] = test_tensor (&it->style[i]);
      if (masked)
        random_weights (h * w, 1600 + 10 * i + round, &it->style_weights[i],
                        &it->oracle_style_weights[i]);
    }
  if (masked)
    random_weights (s[1] * s[2], 1640 + round, &it->weights, &it->oracle_weights);
}

void
match_case_clear (MatchCase *it)
{
  nst_pool_free (it->pool);
  oracle_map_clear (&it->now);
  oracle_map_clear (&it->query);
  oracle_map_clear (&it->grad);
  nst_tensor_clear (&it->features);
  nst_tensor_clear (&it->queries);
  nst_tensor_clear (&it->gradient);
  g_free (it->weights);
  g_free (it->oracle_weights);
  for (gint i = 0; i < it->n_styles; i++)
    {
      oracle_map_clear (&it->style[i]);
      nst_tensor_clear (&it->styles[i]);
      g_free (it->style_weights[i]);
      g_free (it->oracle_style_weights[i]);
    }
}

/* A tensor handed out in pieces of so many rows. */
typedef void (*Visit) (NstMatch *match, NstPool *pool, const NstPiece *piece,
                       const gfloat *weights);

static void
in_pieces (const NstTensor *tensor, gint rows, Visit visit, NstMatch *match, NstPool *pool,
           const gfloat *weights)
{
  for (gint y = 0; y < tensor->h; y += rows)
    {
      NstPiece piece = test_piece (tensor, NULL);

      piece.y = y;
      piece.h = MIN (rows, tensor->h - y);
      piece.f += (gsize) y * tensor->w;
      visit (match, pool, &piece, weights);
    }
}

static void
take (NstMatch *match, NstPool *pool, const NstPiece *piece, const gfloat *weights)
{
  nst_match_take (match, pool, piece);
}

static void
search (NstMatch *match, NstPool *pool, const NstPiece *piece, const gfloat *weights)
{
  nst_match_search (match, pool, piece);
}

void
match_case_search (MatchCase *it, NstMatch *match, gint64 room, gint rows,
                   const NstMatchMap *coarse)
{
  gint total = it->n_styles * (it->n_styles + 1) / 2;
  NstMatchLayer layer = {0, it->query.c, 0, it->query.w, it->query.h, 0.7, it->own, it->narrow};
  GError *error = NULL;

  nst_match_init (match, &layer, room, &error);
  g_assert_no_error (error);
  for (gint s = 0; s < it->n_styles; s++)
    {
      nst_match_add_style (match, it->style[s].w, it->style[s].h, (s + 1.0) / total, &error);
      g_assert_no_error (error);
      in_pieces (&it->styles[s], rows, take, match, it->pool, NULL);
      nst_match_end_style (match, it->style_weights[s], &error);
      g_assert_no_error (error);
    }
  nst_match_begin (match, it->pool, coarse, &error);
  g_assert_no_error (error);
  in_pieces (&it->queries, rows, nst_match_measure, match, it->pool, it->weights);
  in_pieces (&it->queries, rows, search, match, it->pool, NULL);
  nst_match_end (match, it->pool, it->weights);
}

gdouble *
match_targets (const NstMatch *match)
{
  gint cells = match->w * match->h;
  gdouble *targets = g_new (gdouble, (gsize) match->n * cells);
  gfloat *values = g_new (gfloat, cells);

  for (gint c = 0; c < match->n; c++)
    {
      nst_match_read_targets (match, c, 0, cells, values);
      for (gint i = 0; i < cells; i++)
        targets[(gsize) c * cells + i] = values[i];
    }
  g_free (values);
  return targets;
}
