/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How good the matches are where there is no room to compare all cells: most of what the best
 * would be, more where the level before is known, and of each style alike.
 */
#include "match-case.h"

#include <math.h>
#include <string.h>

/* A larger case of smooth activations, and the same at 1 / sqrt 2 of the size. */
static void
smooth_case_init (MatchCase *it, gboolean coarse)
{
  gint h = coarse ? 34 : 48, w = coarse ? 57 : 80, style_h = coarse ? 42 : 60,
       style_w = coarse ? 35 : 50;
  OracleMap query = match_activations (32, 48, 80, 1700, 8),
            style = match_activations (32, 60, 50, 1710, 8);

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

/* The sum of the cosines of the most similar cells there are. */
static gdouble
most_similar (const MatchCase *it)
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

/* How much of @best the search found. */
static gdouble
quality (gdouble best, const MatchCase *it, const NstMatch *match)
{
  gdouble had = oracle_cosine_sum (&it->query, &it->style[0], match->index) / best;

  g_test_message ("of the %d cells: %g", it->style[0].w * it->style[0].h, had);
  return had;
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
  best = most_similar (&it);
  match_case_search (&it, &match, MATCH_ALL, 5, NULL);
  test_at_most (fabs (quality (best, &it, &match) - 1), 1e-6);
  nst_match_clear (&match);
  match_case_search (&it, &match, 200, 5, NULL);
  g_assert_cmpfloat (quality (best, &it, &match), >, 0.95);
  nst_match_clear (&match);
  match_case_search (&small, &coarse, MATCH_ALL, 5, NULL);
  nst_match_keep (&coarse, &map);
  nst_match_clear (&coarse);
  match_case_search (&it, &match, 200, 5, &map);
  g_assert_cmpfloat (quality (best, &it, &match), >, 0.985);
  nst_match_clear (&match);
  nst_match_map_clear (&map);
  smooth_case_clear (&it);
  smooth_case_clear (&small);
}

/* What is beside the best is beside it in its own style: of two that are the same, each comes to
 * the cell that it comes to alone. */
static void
test_of_two (void)
{
  MatchCase it;
  NstMatch alone, both;
  gint cells, style_cells, n_second = 0;

  smooth_case_init (&it, FALSE);
  cells = it.query.w * it.query.h;
  style_cells = it.style[0].w * it.style[0].h;
  match_case_search (&it, &alone, 200, 5, NULL);
  it.style[1] = it.style[0];
  it.styles[1] = it.styles[0];
  it.n_styles = 2;
  match_case_search (&it, &both, 400, 5, NULL);
  for (gint i = 0; i < cells; i++)
    {
      g_assert_cmpint (both.index[i] % style_cells, ==, alone.index[i]);
      n_second += both.index[i] >= style_cells;
    }
  g_assert_cmpint (n_second, >, cells / 3);
  nst_match_clear (&alone);
  nst_match_clear (&both);
  smooth_case_clear (&it);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match-few/one", test_few);
  g_test_add_func ("/match-few/of-two", test_of_two);
  return g_test_run ();
}
