/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The time left, against runs that were measured: from the first tenth on it is right
 * within 30 per cent; what a watcher sees of a run.
 */
#include <math.h>
#include <string.h>

#include "clock.h"
#include "watch.h"

typedef struct
{
  gint width, height, planned, taken; /* steps */
  gdouble first, step;                /* seconds; first: with the preparation */
} Level;

/* Runs on one core, by the clock of the processor: china.jpg or flower.jpg at these sizes,
 * with the built-in network or (draft of 256 pixels, normal of 640) a smaller one. */
static const Level draft_640[] = {
    {128, 85, 48, 48, 0.0397, 0.00651},  {181, 121, 12, 12, 0.0471, 0.01055},
    {256, 171, 12, 12, 0.0977, 0.02163}, {362, 242, 12, 12, 0.1936, 0.04393},
    {512, 342, 22, 22, 0.3737, 0.07044}, {0},
};
static const Level draft_256[] = {
    {128, 85, 48, 48, 0.0401, 0.00669},
    {181, 121, 12, 12, 0.0593, 0.01098},
    {256, 171, 22, 22, 0.0850, 0.01778},
    {0},
};
static const Level normal_256[] = {
    {128, 85, 100, 100, 0.0350, 0.00651},
    {181, 121, 24, 24, 0.0515, 0.01090},
    {256, 171, 60, 60, 0.1002, 0.02251},
    {0},
};
static const Level normal_640[] = {
    {113, 75, 100, 100, 0.0323, 0.00496},
    {160, 107, 24, 24, 0.0422, 0.00934},
    {226, 151, 24, 24, 0.0701, 0.01689},
    {320, 213, 24, 24, 0.1615, 0.03476},
    {453, 302, 24, 24, 0.3740, 0.06878},
    {640, 427, 60, 60, 0.8807, 0.13404},
    {0},
};
static const Level fine_400[] = {
    {141, 94, 160, 160, 0.0416, 0.00799},
    {200, 133, 32, 32, 0.0613, 0.01262},
    {283, 189, 32, 32, 0.1211, 0.02630},
    {400, 267, 75, 75, 0.2531, 0.05229},
    {0},
};
static const Level fine_256[] = {
    {128, 85, 160, 160, 0.0367, 0.00665},
    {181, 121, 32, 32, 0.0438, 0.01087},
    {256, 171, 75, 75, 0.0903, 0.02356},
    {0},
};
/* With cells that are matched; two threads' time. */
static const Level matched[] = {
    {128, 85, 100, 100, 0.046, 0.0080}, {181, 121, 24, 24, 0.067, 0.0130},
    {256, 171, 24, 24, 0.104, 0.0243},  {362, 242, 24, 24, 0.187, 0.0407},
    {512, 342, 60, 60, 0.474, 0.0853},  {0},
};
static const Level converged[] = {
    {128, 85, 64, 20, 0.040, 0.0084},
    {512, 342, 150, 150, 0.330, 0.0864},
    {0},
};

static void
init (NstClock *clock, const Level *levels)
{
  NstPlan plan = {0};

  for (; levels[plan.n_levels].width; plan.n_levels++)
    {
      plan.width[plan.n_levels] = levels[plan.n_levels].width;
      plan.height[plan.n_levels] = levels[plan.n_levels].height;
      plan.iterations[plan.n_levels] = levels[plan.n_levels].planned;
    }
  nst_clock_init (clock, &plan);
}

static gdouble
duration (const Level *level)
{
  return level->first + (level->taken - 1) * level->step;
}

/* The largest relative error from the first tenth, or half a second, on to 95 per cent. */
static gdouble
worst_error (const Level *levels, gdouble slowness)
{
  gdouble total = 0, now = 0, worst = 0;
  NstClock clock;
  NstProgress progress = {0};

  init (&clock, levels);
  for (const Level *level = levels; level->width; level++)
    total += slowness * duration (level);
  for (const Level *level = levels; level->width; level++, progress.level++)
    for (progress.iteration = 0; progress.iteration < level->taken; progress.iteration++)
      {
        now += slowness * (progress.iteration ? level->step : level->first);
        progress.seconds = now;
        nst_clock_tick (&clock, &progress);
        if (now >= MAX (total / 10, 0.5) && now < 0.95 * total)
          worst = MAX (worst, fabs (nst_clock_left (&clock) / (total - now) - 1));
      }
  g_test_message ("%.3f", worst);
  g_assert_cmpfloat (nst_clock_left (&clock), ==, 0);
  return worst;
}

static void
honest (void)
{
  static const Level *const runs[] = {draft_256,  draft_640, normal_256,
                                      normal_640, fine_256,  fine_400};

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_assert_cmpfloat (worst_error (runs[i], 1), <, 0.25);
      g_assert_cmpfloat (worst_error (runs[i], 25), <, 0.25);
    }
  g_assert_cmpfloat (worst_error (matched, 1), <, 0.1);
  g_assert_cmpfloat (worst_error (matched, 25), <, 0.1);
  g_assert_cmpfloat (worst_error (converged, 5), <, 0.3);
}

/* Another program comes or goes after the share @at of a run, which is @load times as slow from then on:
 * the share of the run until what is left is right within 30 per cent for good. */
static gdouble
time_to_follow (const Level *levels, gdouble at, gdouble load)
{
  gdouble alone = 0, total = 0, done = 0, begun = 0, off = 0;
  NstClock clock;
  NstProgress progress = {0};

  init (&clock, levels);
  for (const Level *level = levels; level->width; level++)
    alone += duration (level);
  for (gint pass = 0; pass < 2; pass++) /* the first says how long it takes */
    {
      total = progress.seconds;
      memset (&progress, 0, sizeof progress);
      done = 0;
      for (const Level *level = levels; level->width; level++, progress.level++)
        for (progress.iteration = 0; progress.iteration < level->taken; progress.iteration++)
          {
            const gdouble step = progress.iteration ? level->step : level->first;

            begun = done < at * alone ? progress.seconds : begun;
            progress.seconds += 25 * step * (done < at * alone ? 1 : load);
            done += step;
            if (pass == 0)
              continue;
            nst_clock_tick (&clock, &progress);
            if (done >= at * alone && progress.seconds < 0.95 * total
                && fabs (nst_clock_left (&clock) / (total - progress.seconds) - 1) > 0.3)
              off = progress.seconds;
          }
    }
  return MAX (off - begun, 0) / total;
}

static void
follows_the_machine (void)
{
  static const Level *const runs[] = {draft_256, draft_640, normal_256, normal_640,
                                      fine_256,  fine_400,  matched,    converged};
  static const gdouble loads[] = {2, 3, 1.0 / 2, 1.0 / 3};

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    for (guint k = 0; k < G_N_ELEMENTS (loads); k++)
      for (gdouble at = 0.1; at < 0.75; at += 0.1)
        {
          gdouble share = time_to_follow (runs[i], at, loads[k]);

          g_test_message ("%u, after %.1f, %.2f: %.3f", i, at, loads[k], share);
          g_assert_cmpfloat (share, <, 0.45);
        }
}

static void
no_guess (void)
{
  NstClock clock;
  NstProgress progress = {.seconds = 0.3};

  init (&clock, normal_256);
  g_assert_cmpfloat (nst_clock_left (&clock), ==, -1);
  nst_clock_tick (&clock, &progress);
  g_assert_cmpfloat (nst_clock_left (&clock), ==, -1);
  memset (&clock, 0, sizeof clock);
  nst_clock_tick (&clock, &progress);
  g_assert_cmpfloat (nst_clock_left (&clock), ==, -1);
}

static void
words (void)
{
  static const struct
  {
    gdouble seconds;
    const gchar *text;
  } cases[] = {{0, "0 s"},      {59.4, "59 s"},   {59.6, "1:00 min"},  {125, "2:05 min"},
               {599, "10 min"}, {3560, "59 min"}, {3599, "1 h 0 min"}, {7800, "2 h 10 min"}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree gchar *text = nst_clock_words (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static NstAction
step (const NstProgress *progress, gpointer watch)
{
  NstProgress copy = *progress;

  g_assert_cmpint (nst_watch_step (&copy, watch), ==, NST_ACTION_GO_ON);
  return NST_ACTION_GO_ON;
}

/* A real run, with tiny pictures. */
static void
watching (void)
{
  gfloat rgb[3 * 48 * 32], stripes[3 * 48 * 32];
  NstImage content = {48, 32, rgb}, result, picture;
  NstStyle style = {{48, 32, stripes}, 1};
  NstSettings settings;
  NstNetwork *network = nst_network_open (NULL, NULL);
  NstInputs inputs = {network, &content, &style, 1};
  NstWatch *watch = nst_watch_new (30, G_MAXINT64 / 4);
  g_autoptr (GArray) losses = g_array_new (FALSE, FALSE, sizeof (NstLossPoint));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rgb); i++)
    {
      rgb[i] = (gfloat) (i * 7 % 101) / 101.0f;
      stripes[i] = (gfloat) (i % 13) / 13.0f;
    }
  nst_settings_init (&settings);
  settings.size = 48;
  settings.iterations = 3;
  g_assert_false (nst_watch_take_picture (watch, &picture));
  nst_stylise (&inputs, &settings, step, watch, &result, &error);
  g_assert_no_error (error);
  g_assert_true (nst_watch_take_losses (watch, losses));
  g_assert_false (nst_watch_take_losses (watch, losses));
  g_assert_cmpuint (losses->len, >=, 3);
  g_assert_cmpfloat (g_array_index (losses, NstLossPoint, 0).style, >, 0);
  g_assert_true (nst_watch_take_picture (watch, &picture));
  g_assert_cmpint (picture.width, ==, 30);
  g_assert_cmpint (picture.height, ==, 20);
  nst_image_clear (&picture);
  g_assert_false (nst_watch_take_picture (watch, &picture));
  nst_watch_free (watch);
  nst_image_clear (&result);
  nst_network_free (network);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/honest", honest);
  g_test_add_func ("/clock/follows-the-machine", follows_the_machine);
  g_test_add_func ("/clock/no-guess", no_guess);
  g_test_add_func ("/clock/words", words);
  g_test_add_func ("/watch/run", watching);
  return g_test_run ();
}
