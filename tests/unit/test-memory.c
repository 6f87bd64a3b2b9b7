/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run takes the memory that its plan says: whatever the images, the network and the settings,
 * it stays below the limit that it is given, and it is not refused where it would have fitted;
 * and where the system refuses memory, at whatever moment, it fails with that error and leaves
 * none behind.  What it frees goes back to the system: the C library keeps next to nothing.
 */
#include "counted.h"
#include "fixture.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
/* each takes ten times as long, and its bytes are the same */
#define N_CASES 16
#define N_LARGE 1
#else
#define N_CASES 80
#define N_LARGE 2
#endif
#define MOST_MIB   4096
#define LEAST_USE  0.8       /* of the least limit that a run is given: less would have done */
#define MOST_WASTE (1 << 20) /* bytes that the C library keeps */
#define LEAST_SEEN 0.5       /* of the plan, or the watch is blind */

/* Widths of the layers; | is a pooling. */
static const gchar *const nets[] = {
    "8 | 9 | 10 | 11 | 12",
    "6 9 | 11 | 8 10",
    "16 16 | 20 20 | 24",
    "7 | 8 9 10 | 12",
    "8 8 | 8 8 | 8 8 | 8",
    "9 9 9",
    "17 | 33 | 16 16 | 8 8",
    "12 | 24 | 36",
    "10 | 12 12 | 70 9 | 24 6",
    "120",
    "3 | 150",
    "4 4 | 4 4 | 4 4 | 4 4 | 4 4 | 4 4 | 4",
    /* VGG-19's shape, an eighth as wide */
    "8 8 | 16 16 | 32 32 32 32 | 64 64 64 64 | 64",
};

#define VGG19 "64 64 | 128 128 | 256 256 256 256 | 512 512 512 512 | 512"

typedef struct
{
  guint64 seed, next;
  NstNetwork *network;
  NstSettings settings;
  NstImage content, start;
  NstStyle style[3];
  NstInputs inputs; /* of these */
} Case;

static gint
any (Case *it, gint low, gint high)
{
  return test_int (it->seed, it->next++, low, high);
}

static NstImage
any_image (Case *it, gint most_side, gboolean masked)
{
  gint w = any (it, 1, most_side), h = any (it, 1, most_side);
  NstImage image = test_image (it->seed + it->next++, w, h);

  if (masked)
    {
      image.mask = nst_alloc ((guint64) w * h, sizeof (gfloat), NULL);
      for (gint i = 0; i < w * h; i++)
        image.mask[i] = (i / 7 % 3) / 2.0f;
    }
  return image;
}

static void
case_init (Case *it, gint index, const gchar *widths, gint most_side)
{
  OracleNet net = test_net (widths, 8000 + index);

  memset (it, 0, sizeof *it);
  it->seed = 8100 + index;
  it->network = test_net_open (&net, 0);
  oracle_net_clear (&net);
  nst_settings_init (&it->settings);
  it->settings.recipe = any (it, 0, 3) ? NST_RECIPE_DEFAULT : any (it, 1, 2);
  it->settings.optimizer = any (it, 0, 2) ? NST_OPTIMIZER_RECIPE : any (it, 0, 2);
  it->settings.colour = any (it, NST_COLOUR_STYLE, NST_COLOUR_MATCH);
  it->settings.start = any (it, NST_START_CONTENT, NST_START_NOISE);
  it->settings.pooling = any (it, NST_POOLING_NETWORK, NST_POOLING_AVERAGE);
  it->settings.preset = any (it, 0, 2) ? NST_PRESET_DRAFT : NST_PRESET_FINE;
  it->settings.style_scale = any (it, 0, 2) ? 100 : any (it, 25, 400);
  it->settings.iterations = any (it, 1, 4);
  it->settings.threads = any (it, 0, 7) ? any (it, 1, 2) : 11;
  it->content = any_image (it, most_side, any (it, 0, 2) == 0);
  it->settings.size = any (it, 0, 2) ? NST_SIZE_CONTENT : any (it, 16, most_side);
  it->inputs = (NstInputs){it->network, &it->content, it->style, any (it, 1, 3)};
  for (guint i = 0; i < it->inputs.n_styles; i++)
    it->style[i] =
        (NstStyle){any_image (it, any (it, 0, 5) ? 150 : 500, any (it, 0, 2) == 0), 1 + i};
  if (index % 16 == 0)
    return;
  /* the last level only, which the others take less than: the first take many steps */
  it->start = any_image (it, 300, FALSE);
  it->inputs.start = &it->start;
}

static void
case_clear (Case *it)
{
  nst_image_clear (&it->content);
  nst_image_clear (&it->start);
  for (guint i = 0; i < it->inputs.n_styles; i++)
    nst_image_clear (&it->style[i].image);
  nst_network_free (it->network);
}

static gboolean
plan (const Case *it, gint mib, NstPlan *found)
{
  NstSettings settings = it->settings;
  GError *error = NULL;
  gboolean fits;

  settings.memory_mib = mib;
  fits = nst_plan (&it->inputs, &settings, found, &error);
  g_assert_true (fits || g_error_matches (error, NST_ERROR, NST_ERROR_NO_MEMORY));
  g_clear_error (&error);
  return fits;
}

/* Bytes that the run really takes, with the network's; no more than planned, nor than the
 * limit. */
static guint64
check_run (const Case *it, gint mib)
{
  NstSettings settings = it->settings;
  guint64 before = counted.held, taken;
  NstImage result;
  NstPlan planned;
  GError *error = NULL;

  settings.memory_mib = mib;
  g_assert_true (plan (it, mib, &planned));
  counted.most = counted.held;
  nst_stylise (&it->inputs, &settings, NULL, NULL, &result, &error);
  if (!g_error_matches (error, NST_ERROR, NST_ERROR_DIVERGED))
    g_assert_no_error (error);
  g_clear_error (&error);
  taken = counted.most - before + nst_network_memory (it->network);
  nst_image_clear (&result);
  g_assert_cmpuint (counted.held, ==, before);
  if (taken > planned.memory || planned.memory > (guint64) mib << 20)
    g_error ("case %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT " taken, %" G_GUINT64_FORMAT
             " planned, limit %d MiB",
             it->seed, taken, planned.memory, mib);
  return taken;
}

/* The least limit with which the run is not refused. */
static gint
least_limit (const Case *it)
{
  gint low = 0, high = MOST_MIB;
  NstPlan found;

  g_assert_true (plan (it, high, &found));
  while (high - low > 1)
    {
      gint mib = low + (high - low) / 2;

      if (plan (it, mib, &found))
        high = mib;
      else
        low = mib;
    }
  return high;
}

/* Returns: how much of what was planned is really taken, with the least memory. */
static gdouble
check_case (const Case *it)
{
  gint least = least_limit (it);
  NstPlan free_plan, planned;
  guint64 taken;

  g_assert_true (plan (it, MOST_MIB, &free_plan));
  check_run (it, MOST_MIB);
  taken = check_run (it, least);
  g_assert_true (plan (it, least, &planned));
  if (taken < LEAST_USE * ((guint64) (least - 1) << 20))
    g_error ("case %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT " bytes taken, but refused below "
             "%d MiB",
             it->seed, taken, least);
  check_run (it, (least + (gint) (free_plan.memory >> 20) + 1) / 2 + 1);
  return (gdouble) taken / planned.memory;
}

static void
test_runs (void)
{
  gdouble least = 1, sum = 0;

  for (gint index = 0; index < N_CASES; index++)
    {
      Case it;
      gdouble use;

      case_init (&it, index, nets[index % G_N_ELEMENTS (nets)], index % 16 ? 220 : 170);
      use = check_case (&it);
      least = MIN (least, use);
      sum += use;
      case_clear (&it);
    }
  g_test_message ("taken of what was planned: %.3f at least, %.3f in the mean", least,
                  sum / N_CASES);
}

/* One allocation after the other fails. */
static void
check_refused (const Case *it)
{
  gint n;

  counted.refused = counted.asked = 0;
  check_run (it, MOST_MIB);
  n = counted.asked;
  for (gint at = 1; at <= n; at++)
    {
      guint64 before = counted.held;
      GError *error = NULL;
      NstImage result;

      counted.asked = 0;
      counted.refused = at;
      g_assert_false (nst_stylise (&it->inputs, &it->settings, NULL, NULL, &result, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
      g_assert_null (result.rgb);
      g_assert_cmpuint (counted.held, ==, before);
      g_clear_error (&error);
    }
  counted.refused = 0;
  g_test_message ("%d allocations", n);
}

static void
test_refused (void)
{
  /* several levels; from an earlier result */
  static const gint cases[] = {0, 1, 2, 3, 5, 16};

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Case it;

      case_init (&it, cases[i], nets[i], cases[i] % 16 ? 60 : 170);
      it.settings.threads = 1; /* so that the same is asked for in the same order */
      it.settings.iterations = 1;
      check_refused (&it);
      case_clear (&it);
    }
}

/* The real thing's channels. */
static void
test_vgg19 (void)
{
  for (gint index = 1; index <= N_LARGE; index++)
    {
      Case it;

      case_init (&it, 300 + index, VGG19, 120);
      it.settings.iterations = 1;
      g_test_message ("VGG-19: %.3f", check_case (&it));
      case_clear (&it);
    }
}

/* Width and height of content and style, the style's scale, the size to work at. */
static const gint kept_cases[][6] = {
    {192, 128, 300, 900, 200, 521}, /* a style enlarged */
    {16, 900, 300, 300, 200, 1500}, /* a long picture */
    {40, 30, 800, 600, 50, 500},    /* a style made smaller */
};

static gpointer
run_watched (gpointer data)
{
  Case *it = data;
  const struct mallinfo2 before = mallinfo2 ();
  NstPlan planned;
  guint64 most_kept, taken;

  counted_watch ();
  check_run (it, it->settings.memory_mib);
  most_kept = counted_most_kept ();
  g_assert_true (plan (it, it->settings.memory_mib, &planned));
  taken = MAX (most_kept, before.arena) - before.arena + nst_network_memory (it->network);
  test_at_most (LEAST_SEEN * planned.memory, taken);
  if (taken > planned.memory + MOST_WASTE)
    g_error ("%" G_GUINT64_FORMAT " bytes taken of the system, %" G_GUINT64_FORMAT " planned",
             taken, planned.memory);
  return NULL;
}

/* Whether glibc's malloc tells of a block: a sanitizer's or Valgrind's in its place is not seen. */
static gboolean
malloc_is_seen (void)
{
  const struct mallinfo2 before = mallinfo2 ();
  gpointer block = nst_alloc (1 << 20, 1, NULL);
  const struct mallinfo2 after = mallinfo2 ();

  nst_free (block);
  return after.hblkhd > before.hblkhd || after.uordblks > before.uordblks;
}

/* On a thread of its own, which has a heap of its own, as the programs have it. */
static void
test_kept (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kept_cases); i++)
    {
      const gint *of = kept_cases[i];
      OracleNet net = test_net (nets[0], 8200);
      Case it = {0};

      it.network = test_net_open (&net, 0);
      oracle_net_clear (&net);
      nst_settings_init (&it.settings);
      it.settings.preset = NST_PRESET_DRAFT;
      it.settings.style_scale = of[4];
      it.settings.size = of[5];
      it.settings.iterations = 2;
      it.settings.threads = 1;
      it.content = test_image (i, of[0], of[1]);
      it.style[0] = (NstStyle){test_image (100 + i, of[2], of[3]), 1};
      it.inputs = (NstInputs){it.network, &it.content, it.style, 1};
      it.settings.memory_mib = least_limit (&it);
      g_thread_join (g_thread_new ("kept", run_watched, &it));
      case_clear (&it);
    }
}

int
main (int argc, char **argv)
{
  nst_return_freed_memory ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/runs", test_runs);
  if (malloc_is_seen ()) /* a sanitizer's is not */
    g_test_add_func ("/memory/kept", test_kept);
  g_test_add_func ("/memory/vgg19", test_vgg19);
  g_test_add_func ("/memory/refused", test_refused);
  return g_test_run ();
}
