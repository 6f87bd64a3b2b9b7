/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans of whatever the reader lets through: they take a bounded number of steps, what they
 * refuse they refuse with a size that works, and styles count by their own sizes.
 */
#include "fixture.h"
#include "losses/match-target.h"
#include "run/plan-run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_CASES     3000
#define MOST_STEPS  1000  /* layouts that a plan may look at */
#define OF_REFUSALS 10000 /* where a size that works is looked for, too */

/* A network without weights, which plans do not need: its layers are what @seed makes them. */
static NstNetwork *
any_network (guint64 seed)
{
  NstNetwork *network = g_new0 (NstNetwork, 1);
  gint block = 1, conv = 1, cin = 3, poolings = 0, step = test_int (seed, 0, 1, 6);
  gint widest = 1 << test_int (seed, 1, 0, 12);

  network->name = g_strdup ("any");
  network->n_layers = test_int (seed, 2, 0, 1) ? test_int (seed, 3, 1, NST_MAX_LAYERS)
                                               : test_int (seed, 3, 1, 16);
  for (gint i = 0; i < network->n_layers; i++)
    {
      NstLayer *layer = &network->layers[i];

      layer->pooled =
          i > 0 && poolings < NST_MAX_POOLINGS && test_int (seed, 10 + i, 1, step) == 1;
      poolings += layer->pooled;
      if (layer->pooled)
        block++, conv = 1;
      g_snprintf (layer->name, sizeof layer->name, "relu%d_%d", block, conv++);
      layer->cin = cin;
      layer->cout = cin = test_int (seed, 100 + i, 1, widest);
    }
  return network;
}

/* Small or large, in equal shares of its logarithm. */
static gint
any_size (guint64 seed, guint64 i, gint most)
{
  return CLAMP (1 << test_int (seed, i, 0, 15), 1, most) * test_int (seed, i + 1, 50, 100) / 100
         + 1;
}

typedef struct
{
  NstNetwork *network;
  NstSettings settings;
  NstImage content, start;
  NstStyle style[3];
  NstInputs inputs; /* of these */
} Case;

static void
case_init (Case *it, guint64 seed)
{
  static gfloat mask;

  memset (it, 0, sizeof *it);
  it->network = any_network (seed);
  nst_settings_init (&it->settings);
  it->settings.recipe = test_int (seed, 200, NST_RECIPE_DEFAULT, NST_RECIPE_KERAS);
  it->settings.preset = test_int (seed, 201, NST_PRESET_DRAFT, NST_PRESET_FINE);
  it->settings.colour = test_int (seed, 202, NST_COLOUR_STYLE, NST_COLOUR_MATCH);
  it->settings.optimizer = test_int (seed, 203, NST_OPTIMIZER_RECIPE, NST_OPTIMIZER_SGD);
  it->settings.style_scale = test_int (seed, 204, 25, 400);
  it->settings.size = test_int (seed, 205, NST_SIZE_PRESET, NST_SIZE_CONTENT);
  if (test_int (seed, 206, 0, 2) == 0)
    it->settings.size = MAX (any_size (seed, 207, 32000), 16);
  it->settings.threads = test_int (seed, 209, 1, 64);
  it->settings.memory_mib = any_size (seed, 210, 32000);
  it->content = (NstImage){any_size (seed, 212, 32000), any_size (seed, 214, 32000), NULL,
                           test_int (seed, 216, 0, 1) ? &mask : NULL};
  it->start = it->content;
  if (test_int (seed, 217, 0, 3) == 0)
    it->inputs.start = &it->start;
  it->inputs.network = it->network;
  it->inputs.content = &it->content;
  it->inputs.styles = it->style;
  it->inputs.n_styles = test_int (seed, 218, 0, 3);
  for (guint i = 0; i < it->inputs.n_styles; i++)
    it->style[i] =
        (NstStyle){{any_size (seed, 220 + 6 * i, 32000), any_size (seed, 222 + 6 * i, 32000),
                    NULL, test_int (seed, 224 + 6 * i, 0, 1) ? &mask : NULL},
                   1};
}

static gboolean
plan_at (const Case *it, gint size, GError **error)
{
  NstSettings settings = it->settings;
  NstPlan plan;

  settings.size = size;
  return nst_plan (&it->inputs, &settings, &plan, error);
}

/* A refusal names what it would take, and a size that is not refused, or says that there is none,
 * and there is none. */
static void
check_refusal (const Case *it, const NstPlan *plan, const GError *error)
{
  static const gchar *const words = "choose a working size of at most ";
  static const gchar *const needs = " needs about ";
  const gchar *named = strstr (error->message, words), *needed = strstr (error->message, needs);
  gint last = plan->n_levels - 1, most = MAX (plan->width[last], plan->height[last]);
  gchar *sides = g_strdup_printf (" %d x %d ", plan->width[last], plan->height[last]);
  GError *other = NULL;

  g_assert_nonnull (strstr (error->message, sides));
  g_free (sides);
  g_assert_nonnull (needed);
  g_assert_cmpfloat (ceil (plan->memory / 1048576.0), ==, atof (needed + strlen (needs)));
  if (it->settings.recipe == NST_RECIPE_KERAS)
    most = plan->height[last];
  if (named)
    {
      gint size = atoi (named + strlen (words));

      g_assert_cmpint (size, >=, 16);
      g_assert_cmpint (size, <, most);
      g_assert_true (plan_at (it, size, &other));
      g_assert_no_error (other);
      return;
    }
  g_assert_nonnull (strstr (error->message, "no working size fits"));
  for (gint size = 16; size < most; size = size * 3 / 2)
    {
      g_assert_false (plan_at (it, size, &other));
      g_assert_error (other, NST_ERROR, NST_ERROR_NO_MEMORY);
      g_clear_error (&other);
    }
}

static void
test_bounded (void)
{
  guint most = 0, most_refused = 0, refused = 0, named = 0;

  for (gint index = 0; index < N_CASES; index++)
    {
      Case it;
      NstRunPlan run;
      NstStyle assumed;
      GError *error = NULL;

      case_init (&it, 20000 + index);
      assumed = (NstStyle){it.content, 1};
      run = (NstRunPlan){it.inputs, &it.settings};
      if (it.inputs.n_styles == 0)
        {
          run.inputs.styles = &assumed;
          run.inputs.n_styles = 1;
        }
      if (nst_run_plan_make (&run, &error))
        {
          g_assert_cmpuint (run.plan.memory, <=, run.limit);
          g_assert_cmpint (run.threads, <=, it.settings.threads);
          most = MAX (most, run.layouts);
        }
      else
        {
          g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
          check_refusal (&it, &run.plan, error);
          most_refused = MAX (most_refused, run.layouts);
          refused++;
          named += strstr (error->message, "at most") != NULL;
          g_clear_error (&error);
        }
      nst_run_plan_clear (&run);
      nst_network_free (it.network);
    }
  g_test_message ("%u layouts at most, %u of a refusal; %u of %d refused, %u with a size", most,
                  most_refused, refused, N_CASES, named);
  g_assert_cmpuint (most, <=, MOST_STEPS);
  g_assert_cmpuint (most_refused, <=, OF_REFUSALS);
  g_assert_cmpuint (named, >, N_CASES / 20);
  g_assert_cmpuint (refused, >, named + N_CASES / 20);
  g_assert_cmpuint (refused, <, N_CASES * 9 / 10);
}

/* A style counts by its own size, and so does a mask, whatever the content's. */
static void
test_styles (void)
{
  NstNetwork *network = nst_network_open (NULL, NULL);
  NstImage content = {4000, 250, NULL, NULL};
  NstStyle style[2] = {{{4000, 250, NULL, NULL}, 1}, {{4000, 4000, NULL, NULL}, 1}};
  NstInputs one = {network, &content, style, 1}, two = {network, &content, style, 2};
  gfloat mask;
  NstSettings settings;
  NstPlan like, large, masked;

  nst_settings_init (&settings);
  settings.size = NST_SIZE_CONTENT;
  settings.iterations = 1;
  g_assert_true (nst_plan (&one, &settings, &like, NULL));
  g_assert_true (nst_plan (&two, &settings, &large, NULL));
  g_assert_cmpuint (large.memory, >, like.memory + (12 * 4000 * 3000));
  style[1].image.mask = &mask;
  g_assert_true (nst_plan (&two, &settings, &masked, NULL));
  g_assert_cmpuint (masked.memory, >=, large.memory + (4 * 4000 * 4000));
  settings.memory_mib = 260; /* it took 434 */
  g_assert_false (nst_plan (&two, &settings, &masked, NULL));
  nst_network_free (network);
}

/* Up to 2 megapixels a target takes 16 bits, above 8. */
static void
test_targets (void)
{
  NstNetwork *network = nst_network_open (NULL, NULL);
  NstStyle style = {{100, 100, NULL, NULL}, 1};
  NstSettings settings;

  nst_settings_init (&settings);
  settings.size = NST_SIZE_CONTENT;
  for (gint large = 0; large < 2; large++)
    {
      NstImage content = {large ? 2001 : 2000, 1000, NULL, NULL};
      NstRunPlan run = {{network, &content, &style, 1, NULL}, &settings};

      g_assert_true (nst_run_plan_make (&run, NULL));
      for (gint i = 0; i < run.plan.n_levels; i++)
        g_assert_cmpint (run.level[i].recipe.match_narrow, ==,
                         large && i == run.plan.n_levels - 1);
      nst_run_plan_clear (&run);
    }
  g_assert_cmpuint (nst_match_targets_memory (3, 1000, TRUE), ==, nst_alloc_size (3000, 1));
  g_assert_cmpuint (nst_match_targets_memory (3, 1000, FALSE), ==, nst_alloc_size (3000, 2));
  nst_network_free (network);
}

static NstNetwork *
vgg_19 (void)
{
  static const gint width[] = {64, 128, 256, 512, 512}, deep[] = {2, 2, 4, 4, 4};
  NstNetwork *network = g_new0 (NstNetwork, 1);
  gint cin = 3;

  network->name = g_strdup ("vgg19");
  for (gint block = 0; block < 5; block++)
    for (gint conv = 0; conv < deep[block]; conv++)
      {
        NstLayer *layer = &network->layers[network->n_layers++];

        layer->pooled = block > 0 && conv == 0;
        g_snprintf (layer->name, sizeof layer->name, "relu%d_%d", block + 1, conv + 1);
        layer->cin = cin;
        layer->cout = cin = width[block];
      }
  return network;
}

/* What a run takes at least, which is what a plan comes to that is refused. */
static guint64
least_memory (const NstNetwork *network, NstSettings *settings, gint side, gint parts)
{
  static gfloat mask;
  NstImage image = {side, side, NULL, parts & 1 ? &mask : NULL};
  NstStyle style[3] = {{image, 1}, {image, 1}, {image, 1}};
  NstInputs inputs = {network, &image, style, parts & 4 ? 3 : 1, parts & 2 ? &image : NULL};
  NstRunPlan run = {inputs, settings};
  GError *error = NULL;
  guint64 memory;

  settings->memory_mib = 1;
  g_assert_false (nst_run_plan_make (&run, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
  g_assert_cmpint (run.plan.width[run.plan.n_levels - 1], ==, side);
  memory = run.plan.memory;
  g_clear_error (&error);
  nst_run_plan_clear (&run);
  return memory;
}

/* What is in proportion to the pixels is so at any size: no product of sizes is cut to 32 bits or
 * overflows, which the undefined-behaviour sanitizer would tell, too. */
static void
check_proportion (const NstNetwork *network, NstSettings *settings, gint parts)
{
  const guint64 pixels = G_GUINT64_CONSTANT (1) << 30;
  guint64 large = least_memory (network, settings, NST_SIZE_MAX, parts);
  guint64 small = least_memory (network, settings, NST_SIZE_MAX / 4, parts);
  gdouble ratio = (gdouble) large / small;

  g_test_message ("%s, recipe %d, parts %d: %.1f bytes a pixel, %.2f times", network->name,
                  settings->recipe, parts, (gdouble) large / pixels, ratio);
  g_assert_cmpuint (large, >, pixels * 12 * 3); /* the variable, its gradient, the content */
  g_assert_cmpfloat (ratio, >, 12);
  g_assert_cmpfloat (ratio, <, 17);
}

static void
test_largest (void)
{
  NstNetwork *networks[] = {nst_network_open (NULL, NULL), vgg_19 ()};

  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      for (gint recipe = NST_RECIPE_DEFAULT; recipe <= NST_RECIPE_KERAS; recipe++)
        for (gint parts = 0; parts < 8; parts++)
          {
            NstSettings settings;

            nst_settings_init (&settings);
            settings.recipe = recipe;
            settings.size = NST_SIZE_CONTENT;
            settings.threads = 64;
            check_proportion (networks[i], &settings, parts);
          }
      nst_network_free (networks[i]);
    }
}

static NstNetwork *
open_case (const gchar *name, GError **error)
{
  gchar *path = g_test_build_filename (G_TEST_DIST, "..", "data", "cases", name, NULL);
  NstNetwork *network = nst_network_open (path, error);

  g_free (path);
  return network;
}

/* Files that took minutes to plan, or ended with a signal. */
static void
test_cases (void)
{
  NstImage content = {300, 200, NULL, NULL};
  NstStyle style = {content, 1};
  NstInputs inputs = {NULL, &content, &style, 1};
  NstSettings settings;
  NstNetwork *network;
  NstRunPlan run;
  NstPlan plan;
  GError *error = NULL;

  nst_settings_init (&settings);
  settings.memory_mib = 60;
  g_assert_null (open_case ("poolings_31.safetensors", &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  g_assert_nonnull (strstr (error->message, "more than 15 times"));
  g_clear_error (&error);

  inputs.network = network = open_case ("poolings_11.safetensors", &error);
  g_assert_no_error (error);
  settings.recipe = NST_RECIPE_GATYS; /* which goes as deep as the network does */
  g_assert_false (nst_plan (&inputs, &settings, &plan, &error));
  g_assert_nonnull (strstr (error->message, "no working size fits"));
  g_clear_error (&error);
  settings.memory_mib = 0;
  g_assert_true (nst_plan (&inputs, &settings, &plan, &error));
  settings.recipe = NST_RECIPE_DEFAULT;
  nst_network_free (network);

  inputs.network = network = open_case ("overlap.safetensors", &error);
  g_assert_no_error (error);
  for (settings.memory_mib = 1; settings.memory_mib < 2000; settings.memory_mib *= 2)
    for (content.width = 16; content.width < 32768; content.width *= 3)
      {
        run = (NstRunPlan){inputs, &settings};
        nst_run_plan_make (&run, NULL);
        g_assert_cmpuint (run.layouts, <=, OF_REFUSALS);
        nst_run_plan_clear (&run);
      }
  nst_network_free (network);
}

/* None of a run's pictures may be empty, or larger than there are. */
static void
test_sizes (void)
{
  NstNetwork *network = nst_network_open (NULL, NULL);
  NstSettings settings;

  nst_settings_init (&settings);
  for (gint which = 0; which < 5; which++)
    for (gint large = 0; large < 2; large++)
      {
        NstImage content = {64, 48, NULL, NULL}, start = content;
        NstStyle style[2] = {{content, 1}, {content, 1}};
        NstImage *const images[] = {&content, &start, &style[0].image, &style[1].image};
        NstInputs inputs = {network, &content, style, 2, &start};
        GError *error = NULL;
        NstPlan plan;

        if (which < 4)
          images[which]->width = large ? NST_SIZE_MAX + 1 : 0;
        g_assert_cmpint (nst_plan (&inputs, &settings, &plan, &error), ==, which == 4);
        if (which < 4)
          g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
        g_clear_error (&error);
      }
  nst_network_free (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/bounded", test_bounded);
  g_test_add_func ("/plan/styles", test_styles);
  g_test_add_func ("/plan/targets", test_targets);
  g_test_add_func ("/plan/largest", test_largest);
  g_test_add_func ("/plan/cases", test_cases);
  g_test_add_func ("/plan/sizes", test_sizes);
  return g_test_run ();
}
