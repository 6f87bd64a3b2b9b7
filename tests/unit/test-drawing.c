/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tells drawings from paintings, and what a run makes of it.
 */
#include "images/drawing.h"
#include "run.h"
#include "run/plan-run.h"
#include "run/run.h"

#include <math.h>

enum
{
  W = 60,
  H = 40,
  SIZE = 300 /* of a run of several levels */
};

/* Paper with lines three pixels wide, @apart; either somewhat uneven. */
static NstStyle
drawing (const gfloat ink[3], const gfloat paper[3], gint apart)
{
  NstImage image = test_image (50, W, H);

  for (gint i = 0; i < W * H; i++)
    for (gint c = 0; c < 3; c++)
      image.rgb[3 * i + c] = (gfloat) (0.02 * (test_uniform (60, i) + 1))
                             + 0.96f * (i % W % apart < 3 ? ink[c] : paper[c]);
  return (NstStyle){image, 1};
}

static gdouble
share_of (NstStyle style)
{
  gdouble share = nst_drawing_share (&style, 1);

  nst_image_clear (&style.image);
  return share;
}

static const gfloat black[] = {0, 0, 0}, white[] = {1, 1, 1}, pale[] = {0.9f, 0.85f, 0.75f};
static const gfloat brown[] = {0.4f, 0.25f, 0.15f}, red[] = {0.9f, 0.1f, 0.1f};
static const gfloat blue[] = {0.1f, 0.1f, 0.8f};

/* Black on white, as dense as half of it, and brown on pale paper; fainter, too. */
static void
test_drawings (void)
{
  static const gfloat grey[] = {0.7f, 0.7f, 0.7f};

  g_assert_cmpfloat (share_of (drawing (black, white, 12)), >, 0.98);
  g_assert_cmpfloat (share_of (drawing (black, white, 6)), >, 0.98);
  g_assert_cmpfloat (share_of (drawing (grey, white, 12)), >, 0.98);
  g_assert_cmpfloat (share_of (drawing (brown, pale, 12)), >, 0.8);
}

/* Nor are several colours, greys without paper, light on dark, or what is flat. */
static void
test_others (void)
{
  NstStyle coloured = {test_image (70, W, H), 1}, grey = {test_image (80, W, H), 1}, many;

  for (gint i = 0; i < W * H * 3; i++)
    grey.image.rgb[i] = grey.image.rgb[i / 3 * 3];
  many = drawing (red, white, 12);
  for (gint i = 0; i < W * H; i++)
    for (gint c = 0; c < 3 && i % 12 < 1; c++)
      many.image.rgb[3 * i + c] = blue[c];
  g_assert_cmpfloat (share_of (coloured), ==, 0);
  g_assert_cmpfloat (share_of (grey), ==, 0);
  g_assert_cmpfloat (share_of (many), ==, 0);
  g_assert_cmpfloat (share_of (drawing (white, black, 12)), ==, 0);
  many = drawing (black, white, 12);
  many.image.rgb[W] = NAN;
  g_assert_cmpfloat (share_of (many), ==, 0);
  g_assert_cmpfloat (share_of (drawing (red, red, 12)), <, 0.05);
}

/* As ink becomes coloured by and by the share falls by and by. */
static void
test_gradual (void)
{
  gdouble before = 1, share = 1;

  for (gint step = 0; step <= 50; step++)
    {
      gfloat amount = (gfloat) step / 50;
      NstStyle style = drawing (black, white, 12);

      for (gint i = 0; i < W * H; i++)
        if (i % W % 12 == 1)
          style.image.rgb[3 * i] += amount * (1 - style.image.rgb[3 * i]);
      share = share_of (style);
      test_at_most (fabs (share - before), 0.1);
      before = share;
    }
  g_assert_cmpfloat (share, ==, 0);
}

/* Styles count by their weights, pixels by their masks. */
static void
test_weights (void)
{
  NstStyle styles[] = {drawing (black, white, 12), {test_image (70, W, H), 3}};
  gdouble alone = nst_drawing_share (styles, 1);
  gfloat *mask;

  test_at_most (fabs (nst_drawing_share (styles, 2) - alone / 4), 1e-6);
  mask = styles[0].image.mask = g_new (gfloat, W * H);
  for (gint i = 0; i < W * H; i++)
    {
      mask[i] = i < W * H / 2 ? 1 : 0;
      if (i >= W * H / 2)
        styles[0].image.rgb[3 * i] = (gfloat) (i % 7) / 7;
    }
  g_assert_cmpfloat (nst_drawing_share (styles, 1), >, 0.98);
  for (gint i = 0; i < W * H; i++)
    mask[i] = 1 - mask[i];
  g_assert_cmpfloat (nst_drawing_share (styles, 1), <, 0.5);
  for (gint i = 0; i < W * H; i++)
    mask[i] = 0;
  g_assert_cmpfloat (nst_drawing_share (styles, 1), ==, 0);
  nst_image_clear (&styles[0].image);
  nst_image_clear (&styles[1].image);
}

/* Of what the recipe says: how much the matched loss counts at the first level and at the last,
 * and at both the picture's own of a target, and the statistics of the first style layer and of the
 * last. */
typedef struct
{
  gdouble first, last, own, shallow, lines;
} Weights;

/* @size: of the picture; @layers: of the style, or NULL */
static Weights
weigh (NstStyle style, gdouble strength, gint size, const gchar *layers)
{
  const NstRecipeSpec *recipe, *of_first, *of_last;
  Weights weights;
  RunCase it;
  NstRun run = {0};
  GError *error = NULL;
  gint n;

  run_case_init (&it);
  nst_image_clear (&it.content);
  it.content = test_image (90, size, size);
  nst_image_clear (&it.style[0].image);
  it.style[0] = style;
  it.settings.size = size;
  it.settings.style_layers = layers;
  it.settings.strength = strength;
  run.plan = (NstRunPlan){run_case_inputs (&it), &it.settings};
  g_assert_true (nst_run_plan_make (&run.plan, &error));
  g_assert_no_error (error);
  n = run.plan.plan.n_levels;
  g_assert_true (size == SIZE ? n > 1 : n == 1);
  nst_run_begin (&run);
  recipe = &run.plan.recipe;
  of_first = &run.plan.level[0].recipe;
  of_last = &run.plan.level[n - 1].recipe;
  for (gint i = 0; i < recipe->n_style; i++)
    g_assert_cmpfloat (of_first->style_weight[i], ==, of_last->style_weight[i]);
  g_assert_cmpfloat (of_first->match_own, ==, of_last->match_own);
  weights = (Weights){of_first->match_weight[0] / recipe->match_weight[0],
                      of_last->match_weight[0] / recipe->match_weight[0],
                      of_last->match_own / recipe->match_own,
                      of_first->style_weight[0] / recipe->style_weight[0],
                      of_first->style_weight[recipe->n_style - 1]
                          / recipe->style_weight[recipe->n_style - 1]};
  nst_run_end (&run);
  nst_run_plan_clear (&run.plan);
  run_case_clear (&it);
  return weights;
}

/* Forms are held fast before the last level where a style is a drawing, and cells stay apart and
 * lines count more at each, as far as strength goes. */
static void
test_run (void)
{
  Weights weights = weigh (drawing (black, white, 12), 50, SIZE, NULL);

  test_at_most (fabs (weights.first - 3), 0.1);
  test_at_most (fabs (weights.own - 3), 0.1);
  test_at_most (fabs (weights.lines - 6), 0.2);
  g_assert_cmpfloat (weights.shallow, ==, 1);
  g_assert_cmpfloat (weights.last, ==, 1);
  weights = weigh (drawing (black, white, 12), 25, SIZE, NULL);
  test_at_most (fabs (weights.first - 2), 0.1);
  test_at_most (fabs (weights.own - 2), 0.1);
  test_at_most (fabs (weights.lines - 3.5), 0.2);
  /* without the matched loss, too */
  weights = weigh (drawing (black, white, 12), 100, SIZE, NULL);
  test_at_most (fabs (weights.lines - 6), 0.2);
  weights = weigh ((NstStyle){test_image (70, W, H), 1}, 50, SIZE, NULL);
  g_assert_cmpfloat (weights.first, ==, 1);
  g_assert_cmpfloat (weights.own, ==, 1);
  g_assert_cmpfloat (weights.lines, ==, 1);
  g_assert_cmpfloat (weights.last, ==, 1);
}

/* Lines are the deepest layer's, wherever it is named, and no shallow one's; and of a run of one
 * level that is the last. */
static void
test_layers (void)
{
  Weights weights = weigh (drawing (black, white, 12), 50, SIZE, "relu4_1,relu1_1");

  test_at_most (fabs (weights.shallow - 6), 0.2);
  g_assert_cmpfloat (weights.lines, ==, 1);
  weights = weigh (drawing (black, white, 12), 50, SIZE, "relu1_1,relu2_1");
  g_assert_cmpfloat (weights.shallow, ==, 1);
  g_assert_cmpfloat (weights.lines, ==, 1);
  weights = weigh (drawing (black, white, 12), 50, 100, NULL);
  g_assert_cmpfloat (weights.last, ==, 1);
  test_at_most (fabs (weights.lines - 6), 0.2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drawing/drawings", test_drawings);
  g_test_add_func ("/drawing/others", test_others);
  g_test_add_func ("/drawing/gradual", test_gradual);
  g_test_add_func ("/drawing/weights", test_weights);
  g_test_add_func ("/drawing/run", test_run);
  g_test_add_func ("/drawing/layers", test_layers);
  return g_test_run ();
}
