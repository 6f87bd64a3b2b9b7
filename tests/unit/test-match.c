/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matched loss against the oracle: which cells are taken, the targets, the loss and its
 * gradient; ties, masks, several styles, flat ones, any cut and number of threads.
 */
#include "match-case.h"
#include "losses/match-loss.h"
#include "losses/match-search.h"
#include "losses/match-share.h"

#include <math.h>

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
        match_case_search (&it, &match, MATCH_ALL, 1 + round, NULL);
        check_nearest (&it, &match);
        nst_match_clear (&match);
        match_case_clear (&it);
      }
}

/* The styles' activations that the picture's cells take. */
static OracleMap
taken (const MatchCase *it, const NstMatch *match)
{
  OracleMap map = oracle_map_new (it->now.c, it->now.h, it->now.w);
  gint cells = map.w * map.h;

  for (gint i = 0; i < cells; i++)
    {
      gsize s = nst_match_style_of (match, match->index[i]) - match->styles;
      gint j = match->index[i] - match->styles[s].grid.first;

      for (gint c = 0; c < map.c; c++)
        map.v[c * cells + i] = it->style[s].v[c * it->style[s].w * it->style[s].h + j];
    }
  return map;
}

/* And how similar they are. */
static gdouble *
similarities (const MatchCase *it, const NstMatch *match)
{
  gint cells = it->query.w * it->query.h;
  gdouble *taken = g_new (gdouble, cells), *similarity = g_new (gdouble, cells);

  for (gint s = 0; s < it->n_styles; s++)
    {
      g_free (oracle_nearest (&it->query, it->oracle_weights, &it->style[s],
                              it->oracle_style_weights[s], similarity));
      for (gint i = 0; i < cells; i++)
        if (nst_match_style_of (match, match->index[i]) == match->styles + s)
          taken[i] = similarity[i];
    }
  g_free (similarity);
  return taken;
}

static gboolean
counts (const MatchCase *it, gsize cell)
{
  return !it->weights || it->weights[cell] > 0;
}

/* The targets of cells that count are the oracle's, as well as they can be kept. */
static void
check_targets (const MatchCase *it, const NstMatch *match)
{
  OracleMap from = taken (it, match);
  gdouble *similar = similarities (it, match);
  gdouble *want = oracle_mixed (&from, &it->query, it->oracle_weights, similar, it->own);
  gdouble *had = match_targets (match);
  gsize plane = (gsize) from.w * from.h;

  for (gint c = 0; c < from.c; c++)
    {
      gdouble most = 0;

      for (gsize i = 0; i < plane; i++)
        most = MAX (most, counts (it, i) ? want[c * plane + i] : 0);
      for (gsize i = 0; i < plane; i++)
        if (counts (it, i))
          test_at_most (fabs (had[c * plane + i] - want[c * plane + i]),
                        most * (it->narrow ? 0.02 : 2e-4) + 1e-6);
    }
  oracle_map_clear (&from);
  g_free (similar);
  g_free (want);
  g_free (had);
}

static void
test_targets (void)
{
  static const gdouble own[] = {0, 0.3, 1000};

  for (gint round = 0; round < 8; round++)
    for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
      {
        MatchCase it;
        NstMatch match;

        match_case_init (&it, round, 1 + round % 3, round >= 4);
        it.own = own[i];
        it.narrow = round % 2;
        match_case_search (&it, &match, MATCH_ALL, 1 + round, NULL);
        check_targets (&it, &match);
        nst_match_clear (&match);
        match_case_clear (&it);
      }
}

/* A channel that is nowhere, one that is everywhere alike, and one that hardly varies. */
static void
test_even_channels (void)
{
  MatchCase it;
  NstMatch match;
  gint cells;

  match_case_init (&it, 1, 1, FALSE);
  it.own = 0.5;
  cells = it.query.w * it.query.h;
  for (gint i = 0; i < 3 * cells; i++)
    it.query.v[i] = it.queries.data[i] = i < cells ? 0
                                         : i < 2 * cells
                                             ? 0.7f
                                             : 0.7f + 0.01f * test_uniform (1720, i);
  match_case_search (&it, &match, MATCH_ALL, 3, NULL);
  check_targets (&it, &match);
  nst_match_clear (&match);
  match_case_clear (&it);
}

static void
test_loss (void)
{
  for (gint round = 0; round < 8; round++)
    {
      MatchCase it;
      NstMatch match;
      NstPiece piece;
      OracleTerm term = {ORACLE_CONTENT, 0, 0.7, NULL, NULL};
      OracleMap from;
      gdouble value, oracle_value, *target, squares = 0;

      match_case_init (&it, round, 1 + round % 3, round >= 4);
      it.narrow = round % 2;
      match_case_search (&it, &match, MATCH_ALL, 3, NULL);
      piece = test_piece (&it.features, &it.gradient);
      from = taken (&it, &match);
      term.target = target = match_targets (&match);
      term.position_weight = it.oracle_weights;
      for (gsize i = 0; i < oracle_map_size (&it.now); i++)
        squares += (it.weights ? it.weights[i % (from.w * from.h)] : 1)
                   * pow (oracle_upper_half (from.v[i]), 2);
      term.coefficient /= squares;
      value = nst_match_loss (&match, it.pool, &piece, it.weights);
      oracle_value = oracle_term (&term, &it.now, &it.grad);
      test_at_most (fabs (value - oracle_value) / oracle_value, 2e-6);
      test_at_most (
          test_relative_float (it.gradient.data, it.grad.v, oracle_map_size (&it.grad)), 5e-6);
      oracle_map_clear (&from);
      g_free (target);
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
  match_case_search (&it, &match, MATCH_ALL, 2, NULL);
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
      gsize bytes;

      match_case_init (&it, 2, 3, TRUE);
      it.narrow = room;
      match_case_search (&it, &first, room ? 40 : MATCH_ALL, 1000, NULL);
      bytes = (gsize) (it.narrow ? 1 : 2) * first.n * first.w * first.h;
      for (gint threads = 1; threads <= 4; threads++)
        {
          nst_pool_free (it.pool);
          it.pool = nst_pool_new (threads);
          match_case_search (&it, &other, room ? 40 : MATCH_ALL, threads, NULL);
          g_assert_cmpmem (other.index, 4 * first.w * first.h, first.index,
                           4 * first.w * first.h);
          g_assert_cmpmem (other.targets, bytes, first.targets, bytes);
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
        match_case_search (&it, &match, MATCH_ALL, 100, NULL);
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
      match_case_search (&it, &match, MATCH_ALL, 4, NULL);
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
  match_case_search (&it, &match, MATCH_ALL, 4, NULL);
  for (gint i = 0; i < match.w * match.h; i++)
    g_assert_cmpint (match.index[i], ==, w + 3);
  nst_match_clear (&match);
  it.style_weights[0][w + 3] = 0;
  match_case_search (&it, &match, MATCH_ALL, 4, NULL);
  for (gint i = 0; i < match.w * match.h; i++)
    g_assert_cmpint (match.index[i], ==, 3);
  nst_match_clear (&match);
  match_case_clear (&it);
}

/* The styles' cells are counted through; more of them than a number can tell are refused, before
 * there is memory for any. */
static void
test_numbers (void)
{
  static const NstMatchLayer layer = {0, 5, 1, 4, 4, 1, 0, FALSE};
  NstMatch match;
  GError *error = NULL;

  g_assert_true (nst_match_init (&match, &layer, MATCH_ALL, &error));
  for (gint s = 0; s < 3; s++)
    {
      g_assert_true (nst_match_add_style (&match, 7, 5 + s, 1, &error));
      g_assert_cmpint (match.styles[s].grid.first, ==, s == 0 ? 0 : s == 1 ? 35 : 77);
    }
  g_assert_false (nst_match_add_style (&match, 46341, 46341, 1, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  nst_match_clear (&match);

  g_assert_true (nst_match_init (&match, &layer, MATCH_ALL, &error));
  g_assert_true (nst_match_add_style (&match, 7, 5, 1, &error));
  g_assert_false (nst_match_add_style (&match, G_MAXINT32 - 34, 1, 1, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  nst_match_clear (&match);
}

/* A channel that is only where nothing counts. */
static void
test_channel_outside (void)
{
  for (gint narrow = 0; narrow < 2; narrow++)
    {
      MatchCase it;
      NstMatch match;
      gint cells;

      match_case_init (&it, 1, 1, TRUE);
      it.narrow = narrow;
      cells = it.query.w * it.query.h;
      for (gint i = 0; i < cells; i++)
        it.query.v[i] = it.queries.data[i] = counts (&it, i) ? 0 : 1;
      match_case_search (&it, &match, MATCH_ALL, 3, NULL);
      check_targets (&it, &match);
      nst_match_clear (&match);
      match_case_clear (&it);
    }
}

/* A picture that is too large leaves nothing to free. */
static void
test_refused (void)
{
  static const NstMatchLayer layer = {0, 5, 1, G_MAXINT, G_MAXINT, 1, 0, FALSE};
  NstMatch match;
  GError *error = NULL;

  g_assert_false (nst_match_init (&match, &layer, MATCH_ALL, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
  g_assert_null (match.index);
  g_assert_null (match.scale);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match/nearest", test_nearest);
  g_test_add_func ("/match/targets", test_targets);
  g_test_add_func ("/match/even-channels", test_even_channels);
  g_test_add_func ("/match/channel-outside", test_channel_outside);
  g_test_add_func ("/match/refused", test_refused);
  g_test_add_func ("/match/loss", test_loss);
  g_test_add_func ("/match/ties", test_ties);
  g_test_add_func ("/match/threads", test_threads);
  g_test_add_func ("/match/shares", test_shares);
  g_test_add_func ("/match/flat", test_flat);
  g_test_add_func ("/match/border", test_border);
  g_test_add_func ("/match/numbers", test_numbers);
  return g_test_run ();
}
