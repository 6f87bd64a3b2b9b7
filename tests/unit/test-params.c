/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameter table: its order is the GIMP procedure's, its defaults are the
 * engine's, its mnemonics leave GIMP's dialog buttons alone.
 */
#include <string.h>

#include "params.h"

static const NstParam *
find (const gchar *name)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (strcmp (table[i].name, name) == 0)
      return &table[i];
  g_assert_not_reached ();
}

static void
procedure_order (void)
{
  static const gchar *const expected[] = {"preset",     "strength",  "style-scale", "colour",
                                          "smoothness", "size",      "iterations",  "network",
                                          "recipe",     "optimizer", "start",       "seed"};
  guint n_params, n = 0;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (table[i].flags & NST_PARAM_IN_PROCEDURE)
      {
        gboolean at_once = (table[i].flags & NST_PARAM_IN_DIALOG) != 0;
        gboolean in_expander = (table[i].flags & NST_PARAM_IN_EXPANDER) != 0;

        g_assert_cmpuint (n, <, G_N_ELEMENTS (expected));
        g_assert_cmpstr (table[i].name, ==, expected[n]);
        g_assert_true (at_once == (n < 5));
        g_assert_true (in_expander == (n >= 5));
        n++;
      }
    else
      g_assert_cmpuint (table[i].flags & ~NST_PARAM_OF_MACHINE, ==, 0);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
}

/* GIMP 2.10 passes choices as integers, counted as the command line lists them. */
static void
choices_count_from_0 (void)
{
  static const gchar *const expected[][5] = {{"preset", "draft", "normal", "fine"},
                                             {"recipe", "default", "gatys", "keras"},
                                             {"optimizer", "l-bfgs", "adam", "sgd", "recipe"},
                                             {"colour", "style", "content", "match"},
                                             {"start", "content", "noise", "result"},
                                             {"pooling", "max", "average", "network"}};

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const NstParam *param = find (expected[i][0]);
      gint n = 0;

      g_assert_cmpint (param->type, ==, NST_PARAM_CHOICE);
      for (; param->choices[n].name; n++)
        {
          gboolean is_default_of_other = param->choices[n].value == -1;

          g_assert_cmpstr (param->choices[n].name, ==, expected[i][n + 1]);
          g_assert_nonnull (param->choices[n].label);
          if (is_default_of_other)
            g_assert_null (param->choices[n + 1].name);
          else
            g_assert_cmpint (param->choices[n].value, ==, n);
        }
      g_assert_true (n == 4 || !expected[i][n + 1]);
    }
}

static void
defaults_are_the_engines (void)
{
  NstParams params;
  NstSettings ours, engines;

  nst_params_init (&params);
  memset (&ours, 0, sizeof ours);
  memset (&engines, 0, sizeof engines);
  nst_params_to_settings (&params, &ours);
  nst_settings_init (&engines);
  g_assert_cmpmem (&ours, sizeof ours, &engines, sizeof engines);
  g_assert_true (nst_settings_validate (&ours, NULL));
  nst_params_clear (&params);
}

/* Each parameter changes its own value and no other. */
static void
offsets (void)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    {
      NstParams before, after;

      nst_params_init (&before);
      nst_params_init (&after);
      if (table[i].type == NST_PARAM_STRING)
        {
          g_free (*nst_params_string (&after, &table[i]));
          *nst_params_string (&after, &table[i]) = g_strdup ("x");
        }
      else if (table[i].type == NST_PARAM_DOUBLE)
        *nst_params_double (&after, &table[i]) += 1;
      else
        *nst_params_int (&after, &table[i]) += 1;

      for (guint k = 0; k < n_params; k++)
        {
          gboolean same;

          if (table[k].type == NST_PARAM_STRING)
            same = g_str_equal (*nst_params_string (&before, &table[k]),
                                *nst_params_string (&after, &table[k]));
          else if (table[k].type == NST_PARAM_DOUBLE)
            same = *nst_params_double (&before, &table[k])
                   == *nst_params_double (&after, &table[k]);
          else
            same = *nst_params_int (&before, &table[k]) == *nst_params_int (&after, &table[k]);
          g_assert_true (same == (i != k));
        }
      nst_params_clear (&before);
      nst_params_clear (&after);
    }
}

/* What the table allows the engine must take, save the sizes from 1 to 15. */
static void
ranges_are_the_engines (void)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    for (gint high = 0; high <= 1; high++)
      {
        NstParams params;
        NstSettings settings;
        gdouble value = high ? table[i].maximum : table[i].minimum;

        nst_params_init (&params);
        if (table[i].type == NST_PARAM_DOUBLE)
          *nst_params_double (&params, &table[i]) = value;
        else if (table[i].type == NST_PARAM_INT)
          *nst_params_int (&params, &table[i]) = (gint) value;
        if (table[i].type == NST_PARAM_DOUBLE || table[i].type == NST_PARAM_INT)
          {
            g_assert_cmpfloat (table[i].minimum, <, table[i].maximum);
            g_assert_cmpfloat (table[i].value, >=, table[i].minimum);
            g_assert_cmpfloat (table[i].value, <=, table[i].maximum);
          }
        nst_params_to_settings (&params, &settings);
        g_assert_true (nst_settings_validate (&settings, NULL));
        nst_params_clear (&params);
      }
}

static void
settings_carry_everything (void)
{
  NstParams params = {.settings = {.preset = NST_PRESET_FINE,
                                   .colour = NST_COLOUR_CONTENT,
                                   .size = 640,
                                   .iterations = 7,
                                   .recipe = NST_RECIPE_GATYS,
                                   .optimizer = NST_OPTIMIZER_SGD,
                                   .pooling = NST_POOLING_AVERAGE,
                                   .threads = 3,
                                   .seed = 5,
                                   .strength = 10,
                                   .style_scale = 200,
                                   .smoothness = 30},
                      .start = NST_START_NOISE,
                      .memory = 99,
                      .network = "n",
                      .content_layer = "relu3_1",
                      .style_layers = "relu1_1,relu2_1"};
  NstSettings settings;

  nst_params_to_settings (&params, &settings);
  g_assert_cmpint (settings.preset, ==, NST_PRESET_FINE);
  g_assert_cmpint (settings.colour, ==, NST_COLOUR_CONTENT);
  g_assert_cmpint (settings.size, ==, 640);
  g_assert_cmpint (settings.iterations, ==, 7);
  g_assert_cmpint (settings.recipe, ==, NST_RECIPE_GATYS);
  g_assert_cmpint (settings.optimizer, ==, NST_OPTIMIZER_SGD);
  g_assert_cmpint (settings.start, ==, NST_START_NOISE);
  g_assert_cmpint (settings.pooling, ==, NST_POOLING_AVERAGE);
  g_assert_cmpint (settings.memory_mib, ==, 99);
  g_assert_cmpint (settings.threads, ==, 3);
  g_assert_cmpuint (settings.seed, ==, 5);
  g_assert_cmpfloat (settings.strength, ==, 10);
  g_assert_cmpfloat (settings.style_scale, ==, 200);
  g_assert_cmpfloat (settings.smoothness, ==, 30);
  g_assert_cmpstr (settings.content_layer, ==, "relu3_1");
  g_assert_cmpstr (settings.style_layers, ==, "relu1_1,relu2_1");
}

/* The engine's 0 is no limit; a limit that GEGL's configuration makes is job.c's. */
static void
memory_limits (void)
{
  static const gint limits[][2] = {{NST_MEMORY_GEGL, 0}, {0, 0}, {1, 1}, {1 << 24, 1 << 24}};

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      NstParams params = {.memory = limits[i][0]};
      NstSettings settings;

      nst_params_to_settings (&params, &settings);
      g_assert_cmpint (settings.memory_mib, ==, limits[i][1]);
    }
}

static void
mnemonics (void)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);
  GString *taken = g_string_new ("LSHRCO");

  for (guint i = 0; i < n_params; i++)
    if (table[i].flags & NST_PARAM_IN_PROCEDURE)
      {
        const gchar *underscore = strchr (table[i].label, '_');

        g_assert_nonnull (underscore);
        g_assert_null (strchr (underscore + 1, '_'));
        g_assert_null (strchr (taken->str, g_ascii_toupper (underscore[1])));
        g_string_append_c (taken, g_ascii_toupper (underscore[1]));
      }
  g_string_free (taken, TRUE);
}

static void
find_choice (void)
{
  const NstParam *preset = find ("preset");

  g_assert_cmpint (nst_param_find_choice (preset, "fine")->value, ==, NST_PRESET_FINE);
  g_assert_null (nst_param_find_choice (preset, "Fine"));
  g_assert_null (nst_param_find_choice (preset, ""));
  g_assert_null (nst_param_find_choice (find ("size"), "fine"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/params/procedure-order", procedure_order);
  g_test_add_func ("/params/choices-count-from-0", choices_count_from_0);
  g_test_add_func ("/params/defaults-are-the-engines", defaults_are_the_engines);
  g_test_add_func ("/params/offsets", offsets);
  g_test_add_func ("/params/ranges-are-the-engines", ranges_are_the_engines);
  g_test_add_func ("/params/settings-carry-everything", settings_carry_everything);
  g_test_add_func ("/params/memory-limits", memory_limits);
  g_test_add_func ("/params/mnemonics", mnemonics);
  g_test_add_func ("/params/find-choice", find_choice);
  return g_test_run ();
}
