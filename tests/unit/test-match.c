/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matched loss against the oracle: which cells are taken, the loss and its gradient;
 * ties, masks, several styles, flat ones, any cut and number of threads, and how good the
 * matches are where not all are compared.
 */
#include "fixture.h"
#include "losses/match-candidates.h"
#include "losses/match-colour.h"
#include "losses/match-search.h"
#include "losses/match-share.h"

#include <math.h>
#include <string.h>

#define ALL (1 << 20) /* room for every cell */

/* A picture's activations, two search images' and two styles'. */
typedef struct
{
  NstPool *pool;
  OracleMap now, grad, query, style[3];
  NstTensor features, gradient, queries, styles[3];
  gfloat *weights, *style_weights[3]; /* or NULL */
  gdouble *oracle_weights, *oracle_style_weights[3];
  gint n_styles;
} MatchCase;

/* Activations: none below 0, and neighbours alike as far as @smooth says. */
static OracleMap
activations (gint c, gint h, gint w, guint64 seed, gint smooth)
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

static void
match_case_init (MatchCase *it, gint round, gint n_styles, gboolean masked)
{
  static const gint shape[][3] = {{5, 6, 9}, {64, 17, 31}, {33, 24, 20}, {130, 11, 12}};
  const gint *s = shape[round % G_N_ELEMENTS (shape)];

  memset (it, 0, sizeof *it);
  it->pool = nst_pool_new (2);
  it->now = activations (s[0], s[1], s[2], 1500 + round, 0);
  it->features = test_tensor (&it->now);
  it->query = activations (s[0], s[1], s[2], 1520 + round, 0);
  it->queries = test_tensor (&it->query);
  it->grad = test_map (s[0], s[1], s[2], 1540 + round);
  it->gradient = test_tensor (&it->grad);
  it->n_styles = n_styles;
  for (gint i = 0; i < n_styles; i++)
    {
      gint h = 5 + 3 * i + round, w = 14 - 2 * i;

      it->style[i] = activations (s[0], h, w, 1560 + 10 * i + round, 0);
      it->styles[i] = test_tensor (&it->style[i]);
      if (masked)
        random_weights (h * w, 1600 + 10 * i + round, &it->style_weights[i],
                        &it->oracle_style_weights[i]);
    }
  if (masked)
    random_weights (s[1] * s[2], 1640 + round, &it->weights, &it->oracle_weights);
}

static void
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

/* The styles' weights are as 1, 2, 3. */
static void
run_search (MatchCase *it, NstMatch *match, gint64 room, gint rows, const NstMatchMap *coarse)
{
  gint total = it->n_styles * (it->n_styles + 1) / 2;
  NstMatchLayer layer = {0, it->query.c, 0, it->query.w, it->query.h};
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
  nst_match_end (match, 0.7, it->weights);
}

/* The engine's choices, as the oracle has them: of each style's most similar cells that with
 * the largest sum of similarity and bias. */
static void
check_nearest (const MatchCase *it, const NstMatch *match)
{
  gint cells = it->query.w * it->query.h, *best[3];
  gdouble *similarity[3];

  for (gint s = 0; s < it->n_styles; s++)
    {
      similarity[s] = g_new (gdouble, cells);
      best[s] = oracle_nearest (&it->query, it->oracle_weights, &it->style[s],
                                it->oracle_style_weights[s], similarity[s]);
    }
  for (gint i = 0; i < cells; i++)
    {
      gint want = 0;

      for (gint s = 1; s < it->n_styles; s++)
        if (similarity[s][i] + match->styles[s].grid.bias
            > similarity[want][i] + match->styles[want].grid.bias)
          want = s;
      g_assert_cmpint (match->index[i], ==, match->styles[want].grid.first + best[want][i]);
    }
  for (gint s = 0; s < it->n_styles; s++)
    {
      g_free (best[s]);
      g_free (similarity[s]);
    }
}

static void
test_nearest (void)
{
  for (gint round = 0; round < 8; round++)
    for (gint n_styles = 1; n_styles <= 3; n_styles++)
      {
        MatchCase it;
        NstMatch match;

        match_case_init (&it, round, n_styles, round >= 4);
        run_search (&it, &match, ALL, 1 + round, NULL);
        check_nearest (&it, &match);
        nst_match_clear (&match);
        match_case_clear (&it);
      }
}

/* What the picture is to become, as the oracle keeps it. */
static OracleMap
targets (const MatchCase *it, const NstMatch *match)
{
  OracleMap target = oracle_map_new (it->now.c, it->now.h, it->now.w);
  gint cells = target.w * target.h;

  for (gint i = 0; i < cells; i++)
    {
      gint s = it->n_styles - 1, j;

      while (match->styles[s].grid.first > match->index[i])
        s--;
      j = match->index[i] - match->styles[s].grid.first;
      for (gint c = 0; c < target.c; c++)
        target.v[c * cells + i] =
            oracle_upper_half (it->style[s].v[c * it->style[s].w * it->style[s].h + j]);
    }
  return target;
}

static void
test_loss (void)
{
  for (gint round = 0; round < 8; round++)
    {
      MatchCase it;
      NstMatch match;
      NstPiece piece;
      OracleMap target;
      OracleTerm term = {ORACLE_CONTENT, 0, 0.7, NULL, NULL};
      gdouble value, oracle_value, squares = 0;

      match_case_init (&it, round, 1 + round % 3, round >= 4);
      run_search (&it, &match, ALL, 3, NULL);
      piece = test_piece (&it.features, &it.gradient);
      target = targets (&it, &match);
      term.target = target.v;
      term.position_weight = it.oracle_weights;
      for (gint i = 0; i < target.c * target.w * target.h; i++)
        squares += (it.weights ? it.weights[i % (target.w * target.h)] : 1) * target.v[i]
                   * target.v[i];
      term.coefficient /= squares;
      value = nst_match_loss (&match, it.pool, &piece, it.weights);
      oracle_value = oracle_term (&term, &it.now, &it.grad);
      test_at_most (fabs (value - oracle_value) / oracle_value, 2e-6);
      test_at_most (
          test_relative_float (it.gradient.data, it.grad.v, oracle_map_size (&it.grad)), 5e-6);
      oracle_map_clear (&target);
      nst_match_clear (&match);
      match_case_clear (&it);
    }
}

/* Of cells that are the same the first is taken. */
static void
test_ties (void)
{
  MatchCase it;
  NstMatch match;
  gint cells, w;

  match_case_init (&it, 1, 1, FALSE);
  cells = it.style[0].w * it.style[0].h;
  w = it.style[0].w;
  for (gint c = 0; c < it.style[0].c; c++)
    for (gint i = 0; i < cells; i++)
      it.styles[0].data[c * cells + i] = it.style[0].v[c * cells + i] =
          it.style[0].v[c * cells + i / w * w + i % w % 5];
  run_search (&it, &match, ALL, 2, NULL);
  for (gint i = 0; i < it.query.w * it.query.h; i++)
    {
      gint x = match.index[i] % w;

      /* column 0 is the outermost */
      g_assert_true (x >= 1 && x <= 5);
    }
  nst_match_clear (&match);
  match_case_clear (&it);
}

/* Whatever the number of threads and however the layers come, the same bytes. */
static void
test_threads (void)
{
  for (gint room = 0; room < 2; room++)
    {
      MatchCase it;
      NstMatch first, other;

      match_case_init (&it, 2, 3, TRUE);
      run_search (&it, &first, room ? 40 : ALL, 1000, NULL);
      for (gint threads = 1; threads <= 4; threads++)
        {
          nst_pool_free (it.pool);
          it.pool = nst_pool_new (threads);
          run_search (&it, &other, room ? 40 : ALL, threads, NULL);
          g_assert_cmpmem (other.index, 4 * first.w * first.h, first.index,
                           4 * first.w * first.h);
          g_assert_cmpfloat (other.k, ==, first.k);
          nst_match_clear (&other);
        }
      nst_match_clear (&first);
      match_case_clear (&it);
    }
}

/* Each style has its share of the cells, as its weight is. */
static void
test_shares (void)
{
  for (gint round = 0; round < 8; round++)
    for (gint n_styles = 2; n_styles <= 3; n_styles++)
      {
        MatchCase it;
        NstMatch match;
        gdouble share[3] = {0}, total = 0;
        gint cells, sum = n_styles * (n_styles + 1) / 2;

        match_case_init (&it, round, n_styles, round >= 4);
        run_search (&it, &match, ALL, 100, NULL);
        cells = match.w * match.h;
        for (gint i = 0; i < cells; i++)
          {
            gdouble w = it.weights ? it.weights[i] : 1;

            total += w;
            share[nst_match_style_of (&match, match.index[i]) - match.styles] += w;
          }
        for (gint s = 0; s < n_styles; s++)
          test_at_most (fabs (share[s] / total - (s + 1.0) / sum), 0.02 + 1.0 / cells);
        nst_match_clear (&match);
        match_case_clear (&it);
      }
}

/* A style of one colour, and a black one: a number for each cell, and a loss that is one. */
static void
test_flat (void)
{
  for (gint black = 0; black < 2; black++)
    {
      MatchCase it;
      NstMatch match;
      NstPiece piece;
      gsize n;
      gdouble loss;

      match_case_init (&it, 1, 1, FALSE);
      n = nst_tensor_size (&it.styles[0]);
      for (gsize i = 0; i < n; i++)
        it.styles[0].data[i] = black ? 0 : 0.25f;
      run_search (&it, &match, ALL, 4, NULL);
      piece = test_piece (&it.queries, &it.gradient);
      loss = nst_match_loss (&match, it.pool, &piece, NULL);
      g_assert_true (loss > 0 && loss < 100);
      for (gint i = 0; i < match.w * match.h; i++)
        g_assert_true (match.index[i] >= 0 && match.index[i] < it.style[0].w * it.style[0].h);
      nst_match_clear (&match);
      match_case_clear (&it);
    }
}

/* Where every cell is masked that lies inside, those at the border are taken after all. */
static void
test_border (void)
{
  MatchCase it;
  NstMatch match;
  gint w, h;

  match_case_init (&it, 0, 1, TRUE);
  w = it.style[0].w;
  h = it.style[0].h;
  for (gint i = 0; i < w * h; i++)
    it.style_weights[0][i] = i == 3 || i == w + 3 ? 0.9f : 0.1f;
  run_search (&it, &match, ALL, 4, NULL);
  for (gint i = 0; i < match.w * match.h; i++)
    g_assert_cmpint (match.index[i], ==, w + 3);
  nst_match_clear (&match);
  it.style_weights[0][w + 3] = 0;
  run_search (&it, &match, ALL, 4, NULL);
  for (gint i = 0; i < match.w * match.h; i++)
    g_assert_cmpint (match.index[i], ==, 3);
  nst_match_clear (&match);
  match_case_clear (&it);
}

/* A larger case of smooth activations, and the same at 1 / sqrt 2 of the size. */
static void
smooth_case_init (MatchCase *it, gboolean coarse)
{
  gint h = coarse ? 34 : 48, w = coarse ? 57 : 80, style_h = coarse ? 42 : 60,
       style_w = coarse ? 35 : 50;
  OracleMap query = activations (32, 48, 80, 1700, 8),
            style = activations (32, 60, 50, 1710, 8);

  memset (it, 0, sizeof *it);
  it->pool = nst_pool_new (2);
  it->query = oracle_map_new (32, h, w);
  it->style[0] = oracle_map_new (32, style_h, style_w);
  it->n_styles = 1;
  for (gint c = 0; c < 32; c++)
    {
      for (gint i = 0; i < h * w; i++)
        it->query.v[c * h * w + i] =
            query.v[c * 48 * 80 + i / w * 48 / h * 80 + i % w * 80 / w];
      for (gint i = 0; i < style_h * style_w; i++)
        it->style[0].v[c * style_h * style_w + i] =
            style.v[c * 60 * 50 + i / style_w * 60 / style_h * 50 + i % style_w * 50 / style_w];
    }
  it->queries = test_tensor (&it->query);
  it->styles[0] = test_tensor (&it->style[0]);
  oracle_map_clear (&query);
  oracle_map_clear (&style);
}

static void
smooth_case_clear (MatchCase *it)
{
  nst_pool_free (it->pool);
  oracle_map_clear (&it->query);
  oracle_map_clear (&it->style[0]);
  nst_tensor_clear (&it->queries);
  nst_tensor_clear (&it->styles[0]);
}

/* The sum of the cosines that can be had. */
static gdouble
best_sum (const MatchCase *it)
{
  gint cells = it->query.w * it->query.h;
  gdouble *most = g_new (gdouble, cells), sum = 0;
  gint *nearest = oracle_nearest (&it->query, NULL, &it->style[0], NULL, most);

  for (gint i = 0; i < cells; i++)
    sum += most[i];
  g_free (most);
  g_free (nearest);
  return sum;
}

/* The sum of the cosines of the cells that were taken, of @best. */
static gdouble
quality (const MatchCase *it, const NstMatch *match, gdouble best)
{
  return oracle_cosine_sum (&it->query, &it->style[0], match->index) / best;
}

/* Where there is no room for all: every few and what is beside; or the level before's. */
static void
test_few (void)
{
  MatchCase it, small;
  NstMatch match, coarse;
  NstMatchMap map;
  gdouble best;

  smooth_case_init (&it, FALSE);
  smooth_case_init (&small, TRUE);
  best = best_sum (&it);
  run_search (&it, &match, ALL, 5, NULL);
  test_at_most (fabs (quality (&it, &match, best) - 1), 1e-6);
  nst_match_clear (&match);
  run_search (&it, &match, 200, 5, NULL);
  g_test_message ("of %d cells 200: %g", it.style[0].w * it.style[0].h,
                  quality (&it, &match, best));
  g_assert_cmpfloat (quality (&it, &match, best), >, 0.8);
  nst_match_clear (&match);
  run_search (&small, &coarse, ALL, 5, NULL);
  nst_match_keep (&coarse, &map);
  nst_match_clear (&coarse);
  run_search (&it, &match, 200, 5, &map);
  g_test_message ("from the level before: %g", quality (&it, &match, best));
  g_assert_cmpfloat (quality (&it, &match, best), >, 0.95);
  nst_match_clear (&match);
  nst_match_map_clear (&map);
  smooth_case_clear (&it);
  smooth_case_clear (&small);
}

/* Cells of two colours of two styles: far from where they meet, and from what does not count, the
 * picture has these colours, and its own detail. */
static void
test_colours (void)
{
  enum
  {
    SHIFT = 2,
    CELLS_W = 12,
    CELLS_H = 6,
    W = CELLS_W * 4 + 3,
    H = CELLS_H * 4 + 1
  };
  NstMatchLayer layer = {0, 5, SHIFT, CELLS_W, CELLS_H};
  NstMatch match;
  NstPool *pool = nst_pool_new (2);
  NstTensor style = {3, 4, 8, NULL}, image = {3, H, W, NULL};
  gfloat pixels[3 * 4 * 8], picture[3 * H * W], weights[H * W];
  GError *error = NULL;

  style.data = pixels;
  image.data = picture;
  nst_match_init (&match, &layer, ALL, &error);
  for (gint s = 0; s < 2; s++)
    {
      /* of channel c the cell k has s / 2 + k / 4 + c / 8 on average */
      for (gint i = 0; i < 3 * 4 * 8; i++)
        pixels[i] = s * 0.5f + i % 8 / 4 * 0.25f + i / 32 * 0.125f + (i % 2 ? 0.1f : -0.1f);
      nst_match_add_style (&match, 2, 1, 0.5, &error);
      nst_match_take_colours (&match, &style, &error);
      g_assert_no_error (error);
    }
  for (gint i = 0; i < CELLS_W * CELLS_H; i++)
    match.index[i] = i % CELLS_W < 6 ? 1 : 2;
  for (gint i = 0; i < H * W; i++)
    {
      weights[i] = i / W < H - 2;
      for (gint c = 0; c < 3; c++)
        picture[c * H * W + i] = 0.3f + (i % W % 2 ? 0.05f : -0.05f);
    }
  nst_match_start (&match, pool, weights, 1, &image, &error);
  g_assert_no_error (error);
  for (gint i = 0; i < 3 * H * W; i++)
    {
      gint x = i % W, y = i / W % H, c = i / W / H;
      gdouble colour = x < W / 2 ? 0.25 + c * 0.125 : 0.5 + c * 0.125;

      if (ABS (x - 6 * 4) > 3 * 4)
        test_at_most (fabs (picture[i] - (y < H - 2 ? colour : 0.3) - (x % 2 ? 0.05 : -0.05)),
                      1e-6);
    }
  g_assert_null (match.styles[0].colours);
  nst_match_clear (&match);
  nst_pool_free (pool);
}

/* The styles' cells are counted through; more of them than a number can tell are refused, before
 * there is memory for any. */
static void
test_numbers (void)
{
  static const NstMatchLayer layer = {0, 5, 1, 4, 4};
  NstMatch match;
  GError *error = NULL;

  g_assert_true (nst_match_init (&match, &layer, ALL, &error));
  for (gint s = 0; s < 3; s++)
    {
      g_assert_true (nst_match_add_style (&match, 7, 5 + s, 1, &error));
      g_assert_cmpint (match.styles[s].grid.first, ==, s == 0 ? 0 : s == 1 ? 35 : 77);
    }
  g_assert_false (nst_match_add_style (&match, 46341, 46341, 1, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  nst_match_clear (&match);

  g_assert_true (nst_match_init (&match, &layer, ALL, &error));
  g_assert_true (nst_match_add_style (&match, 7, 5, 1, &error));
  g_assert_false (nst_match_add_style (&match, G_MAXINT32 - 34, 1, 1, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  nst_match_clear (&match);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match/nearest", test_nearest);
  g_test_add_func ("/match/loss", test_loss);
  g_test_add_func ("/match/ties", test_ties);
  g_test_add_func ("/match/threads", test_threads);
  g_test_add_func ("/match/shares", test_shares);
  g_test_add_func ("/match/flat", test_flat);
  g_test_add_func ("/match/border", test_border);
  g_test_add_func ("/match/few", test_few);
  g_test_add_func ("/match/colours", test_colours);
  g_test_add_func ("/match/numbers", test_numbers);
  return g_test_run ();
}
