/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network reader's fuzz target: whatever the bytes are, the reader opens
 * them or refuses them with a readable error, and what it opened can be used: runs are planned
 * for it, and those that take little are run.
 */
#include "fuzz.h"

#include <nst.h>

#define PLANS 4
#define SMALL (4u << 20) /* bytes that a run may take here */
#define SIDE  20

static void
check_error (const GError *error)
{
  fuzz_check_error (error);
  g_assert_true (error->domain == NST_ERROR);
}

/* From 1 to NST_SIZE_MAX, small and large ones alike. */
static gint
any_size (GRand *rand)
{
  return g_rand_int_range (rand, 0, 1 << g_rand_int_range (rand, 0, 16)) + 1;
}

static void
any_settings (GRand *rand, NstSettings *settings)
{
  nst_settings_init (settings);
  settings->recipe = g_rand_int_range (rand, NST_RECIPE_DEFAULT, NST_RECIPE_KERAS + 1);
  settings->preset = g_rand_int_range (rand, NST_PRESET_DRAFT, NST_PRESET_FINE + 1);
  settings->colour = g_rand_int_range (rand, NST_COLOUR_STYLE, NST_COLOUR_MATCH + 1);
  settings->pooling = g_rand_int_range (rand, NST_POOLING_NETWORK, NST_POOLING_AVERAGE + 1);
  settings->size = MAX (any_size (rand), 16);
  settings->style_scale = g_rand_int_range (rand, 25, 401);
  settings->iterations = 1;
  settings->threads = 1;
  settings->memory_mib = any_size (rand);
}

static void
plan (const NstNetwork *network, GRand *rand)
{
  NstImage content = {any_size (rand), any_size (rand), NULL, NULL};
  NstStyle style = {{any_size (rand), any_size (rand), NULL, NULL}, 1};
  NstInputs inputs = {network, &content, &style, 1};
  NstSettings settings;
  NstPlan found;
  GError *error = NULL;

  any_settings (rand, &settings);
  if (g_rand_boolean (rand))
    inputs.start = &content;
  if (nst_plan (&inputs, &settings, &found, &error))
    g_assert_cmpuint (found.memory, <=, (guint64) settings.memory_mib << 20);
  else
    check_error (error);
  g_clear_error (&error);
}

/* A step on a tiny picture, if the network lets it be tiny. */
static void
run (const NstNetwork *network, GRand *rand)
{
  gfloat pixels[3 * SIDE * SIDE];
  NstImage image = {SIDE, SIDE, pixels, NULL}, result = {0};
  NstStyle style = {image, 1};
  NstInputs inputs = {network, &image, &style, 1, &image};
  NstSettings settings;
  NstPlan found;
  GError *error = NULL;

  any_settings (rand, &settings);
  settings.size = SIDE;
  for (gsize i = 0; i < G_N_ELEMENTS (pixels); i++)
    pixels[i] = g_rand_double (rand);
  if (nst_plan (&inputs, &settings, &found, NULL) && found.memory < SMALL
      && !nst_stylise (&inputs, &settings, NULL, NULL, &result, &error))
    check_error (error);
  g_clear_error (&error);
  nst_image_clear (&result);
}

static void
use (const NstNetwork *network, const guint8 *data, gsize size)
{
  guint32 seed = 0;
  GRand *rand;

  for (gsize i = 0; i < size; i++)
    seed = seed * 31 + data[i];
  rand = g_rand_new_with_seed (seed);
  g_assert_nonnull (nst_network_get_name (network));
  for (gint i = 0; i < PLANS; i++)
    plan (network, rand);
  run (network, rand);
  g_rand_free (rand);
}

gboolean
fuzz_opens (const gchar *path, GError **error)
{
  NstNetwork *network = nst_network_open (path, error);
  gboolean opens = network != NULL;

  nst_network_free (network);
  return opens;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GBytes *bytes = g_bytes_new (data, size);
  GError *error = NULL;
  NstNetwork *network = nst_network_open_bytes (bytes, "fuzz", &error);

  if (network)
    {
      g_assert_no_error (error);
      use (network, data, size);
      nst_network_free (network);
    }
  else
    {
      check_error (error);
      g_error_free (error);
    }
  g_bytes_unref (bytes);
  return 0;
}
