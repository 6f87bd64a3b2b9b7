/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run that another thread stops ends at once, at whatever moment, with what there is or without,
 * as it was told.
 */
#include "base/parallel.h"
#include "run.h"
#include "run/objective.h"

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#define MOMENTS 10 /* each takes ten times as long */
#else
#define MOMENTS 24
#endif

/* What a callback does at step `at`, counted through all levels. */
typedef struct
{
  gint at;
  NstAction told;    /* put where the engine looks, meanwhile */
  NstAction answer;  /* given back */
  gint steps;        /* seen; atomic */
  gboolean boundary; /* step `at` was its level's last */
  gint ends[8];      /* each level's last step */
  gint n_ends;
  gint stop;
} Stop;

static NstAction
on_step (const NstProgress *progress, gpointer data)
{
  Stop *it = data;
  gboolean now = g_atomic_int_add (&it->steps, 1) == it->at;

  if (progress->iteration == progress->n_iterations - 1 && it->n_ends < 8)
    it->ends[it->n_ends++] = it->steps - 1;
  if (!now)
    return NST_ACTION_GO_ON;
  it->boundary = progress->iteration == progress->n_iterations - 1;
  g_atomic_int_set (&it->stop, it->told);
  return it->answer;
}

static void
case_init (RunCase *it, gint recipe, gint optimizer)
{
  run_case_init (it);
  it->settings.size = 160;
  it->settings.preset = NST_PRESET_DRAFT;
  it->settings.recipe = recipe;
  it->settings.optimizer = optimizer;
  it->settings.threads = 1;
  it->settings.iterations = 5;
  if (recipe != NST_RECIPE_DEFAULT)
    it->settings.iterations = 12;
}

static gboolean
run (RunCase *it, Stop *stop, NstImage *result, GError **error)
{
  NstInputs inputs = run_case_inputs (it);

  it->settings.stop = &stop->stop;
  return nst_stylise (&inputs, &it->settings, on_step, stop, result, error);
}

/* Stopped within the step after `at`, or while the next level is made ready, the run gives
 * what it would have given when stopped by the callback after `at`. */
static void
check_finish (RunCase *it, gint at)
{
  Stop by_flag = {.at = at, .told = NST_ACTION_FINISH};
  Stop by_answer = {.at = at, .answer = NST_ACTION_FINISH};
  NstImage flag, answer;

  g_assert_true (run (it, &by_flag, &flag, NULL));
  g_assert_true (run (it, &by_answer, &answer, NULL));
  g_assert_cmpint (by_flag.steps, ==, at + 1);
  g_assert_cmpint (by_answer.steps, ==, at + 1);
  run_check_pixels (&flag, answer.width, answer.height);
  if (by_flag.boundary)
    test_at_most (run_farthest (&flag, &answer), 1e-5);
  else
    g_assert_true (run_same (&flag, &answer));
  nst_image_clear (&flag);
  nst_image_clear (&answer);
}

static void
check_cancel (RunCase *it, gint at, gint steps)
{
  Stop stop = {.at = at, .told = NST_ACTION_CANCEL};
  GError *error = NULL;
  NstImage result;

  if (at == steps - 1)
    return; /* nothing is left to be cancelled */
  g_assert_false (run (it, &stop, &result, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
  g_assert_cmpint (stop.steps, ==, at + 1);
  g_assert_null (result.rgb);
  g_clear_error (&error);
}

static void
test_steps (gconstpointer data)
{
  static const gint runs[][2] = {{NST_RECIPE_DEFAULT, NST_OPTIMIZER_LBFGS},
                                 {NST_RECIPE_DEFAULT, NST_OPTIMIZER_ADAM},
                                 {NST_RECIPE_GATYS, NST_OPTIMIZER_ADAM},
                                 {NST_RECIPE_KERAS, NST_OPTIMIZER_SGD}};
  static const gint beside[] = {-1, 0, 1};
  gint i = GPOINTER_TO_INT (data);
  RunCase it;
  Stop whole = {.at = -1};
  NstImage result;

  case_init (&it, runs[i][0], runs[i][1]);
  g_assert_true (run (&it, &whole, &result, NULL));
  nst_image_clear (&result);
  if (runs[i][0] == NST_RECIPE_DEFAULT)
    g_assert_cmpint (whole.n_ends, >=, 2);
  for (gint k = 0; k < whole.n_ends; k++)
    for (gsize b = 0; b < G_N_ELEMENTS (beside); b++)
      {
        gint at = CLAMP (whole.ends[k] + beside[b], 0, whole.steps - 1);

        check_finish (&it, at);
        check_cancel (&it, at, whole.steps);
      }
  check_finish (&it, 0);
  check_cancel (&it, 0, whole.steps);
  run_case_clear (&it);
}

/* Before the first step there is nothing to keep. */
static void
test_before (void)
{
  static const NstAction actions[] = {NST_ACTION_FINISH, NST_ACTION_CANCEL};

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      RunCase it;
      Stop stop = {.at = -1, .stop = actions[i]};
      GError *error = NULL;
      NstImage result;

      case_init (&it, NST_RECIPE_DEFAULT, NST_OPTIMIZER_RECIPE);
      g_assert_false (run (&it, &stop, &result, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
      g_assert_cmpint (stop.steps, ==, 0);
      g_assert_null (result.rgb);
      g_clear_error (&error);
      run_case_clear (&it);
    }
}

/* In the first evaluation, or search for matches, after `after` steps `stop` is told `action`. */
static struct
{
  Stop *stop;
  gint after;
  gboolean matching;
  NstAction action;
} interruption;

static void
interrupt (gboolean matching)
{
  if (interruption.stop && interruption.stop->steps == interruption.after
      && interruption.matching == matching)
    g_atomic_int_set (&interruption.stop->stop, interruption.action);
}

/* The linker puts the first of each two in the second's place: meson.build. */
gboolean __wrap_nst_objective_evaluate (NstObjective *objective, const gfloat *image,
                                        gfloat *gradient, NstLosses *losses, GError **error);
gboolean __real_nst_objective_evaluate (NstObjective *objective, const gfloat *image,
                                        gfloat *gradient, NstLosses *losses, GError **error);

gboolean
__wrap_nst_objective_evaluate (NstObjective *objective, const gfloat *image, gfloat *gradient,
                               NstLosses *losses, GError **error)
{
  interrupt (FALSE);
  return __real_nst_objective_evaluate (objective, image, gradient, losses, error);
}

gboolean __wrap_nst_objective_match (NstObjective *objective, const gfloat *image,
                                     const NstMatchMap *coarse, GError **error);
gboolean __real_nst_objective_match (NstObjective *objective, const gfloat *image,
                                     const NstMatchMap *coarse, GError **error);

gboolean
__wrap_nst_objective_match (NstObjective *objective, const gfloat *image,
                            const NstMatchMap *coarse, GError **error)
{
  interrupt (TRUE);
  return __real_nst_objective_match (objective, image, coarse, error);
}

/* Stopped within the step after @steps ones, or while cells are matched for it, a run leaves a
 * picture if there were some and it is to. */
static void
check_within (RunCase *it, gint steps, gboolean matching, NstAction action)
{
  Stop stop = {.at = -1};
  gboolean keeps = steps > 0 && action == NST_ACTION_FINISH;
  GError *error = NULL;
  NstImage result;

  interruption.stop = &stop;
  interruption.after = steps;
  interruption.matching = matching;
  interruption.action = action;
  g_assert_true (run (it, &stop, &result, &error) == keeps);
  interruption.stop = NULL;
  g_assert_cmpint (stop.steps, ==, steps);
  if (keeps)
    run_check_pixels (&result, 160, 124);
  else
    g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
  nst_image_clear (&result);
  g_clear_error (&error);
}

/* Within the first steps of both levels, the second and the last. */
static void
test_within (void)
{
  Stop whole = {.at = -1};
  NstImage result;
  RunCase it;

  case_init (&it, NST_RECIPE_DEFAULT, NST_OPTIMIZER_RECIPE);
  g_assert_true (run (&it, &whole, &result, NULL));
  nst_image_clear (&result);
  g_assert_cmpint (whole.n_ends, ==, 2);
  check_within (&it, 0, FALSE, NST_ACTION_FINISH);
  check_within (&it, 0, TRUE, NST_ACTION_FINISH);
  check_within (&it, 1, FALSE, NST_ACTION_FINISH);
  check_within (&it, whole.ends[0] + 1, FALSE, NST_ACTION_FINISH);
  check_within (&it, whole.ends[0] + 1, TRUE, NST_ACTION_FINISH);
  check_within (&it, whole.ends[0] + 1, TRUE, NST_ACTION_CANCEL);
  check_within (&it, whole.ends[0] + 1, FALSE, NST_ACTION_CANCEL);
  check_within (&it, whole.steps - 1, FALSE, NST_ACTION_FINISH);
  run_case_clear (&it);
}

/* A thread that tells the run to finish once it is woken, in the loop that is the `moment`-th to begin. */
typedef struct
{
  Stop stop;
  gint loops; /* begun */
  gint moment;
  gint steps; /* seen before the thread was woken */
  gint told;  /* steps seen when it had told; atomic */
  gboolean woken;
  GMutex mutex;
  GCond cond;
} Later;

static Later *later;

void __wrap_nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data);
void __real_nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data);

void
__wrap_nst_pool_run (NstPool *pool, gint n_tasks, NstTask task, gpointer data)
{
  if (later && later->loops++ == later->moment)
    {
      later->steps = g_atomic_int_get (&later->stop.steps);
      g_mutex_lock (&later->mutex);
      later->woken = TRUE;
      g_cond_signal (&later->cond);
      g_mutex_unlock (&later->mutex);
    }
  __real_nst_pool_run (pool, n_tasks, task, data);
}

static gpointer
stop_later (gpointer data)
{
  Later *it = data;

  g_mutex_lock (&it->mutex);
  while (!it->woken)
    g_cond_wait (&it->cond, &it->mutex);
  g_mutex_unlock (&it->mutex);
  g_atomic_int_set (&it->stop.stop, NST_ACTION_FINISH);
  g_atomic_int_set (&it->told, g_atomic_int_get (&it->stop.steps));
  return NULL;
}

/* Returns whether a picture was left. */
static gboolean
check_moment (RunCase *it, gint moment)
{
  Later now = {.stop = {.at = -1}, .moment = moment};
  GThread *thread = g_thread_new ("stop", stop_later, &now);
  GError *error = NULL;
  NstImage result;
  gboolean left;

  later = &now;
  left = run (it, &now.stop, &result, &error);
  later = NULL;
  g_assert_true (now.woken);
  g_thread_join (thread);
  /* the step that was being told of */
  g_assert_cmpint (now.stop.steps, <=, now.told + 1);
  g_assert_true (left == (now.stop.steps > 0));
  if (left)
    run_check_pixels (&result, 160, 124);
  else
    g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
  nst_image_clear (&result);
  g_clear_error (&error);
  return now.steps > 0;
}

/* From another thread, within loops that are spread over the run. */
static void
test_moments (void)
{
  Later whole = {.stop = {.at = -1}, .moment = -1};
  gint late = 0;
  NstImage result;
  RunCase it;

  case_init (&it, NST_RECIPE_DEFAULT, NST_OPTIMIZER_RECIPE);
  it.settings.threads = 2;
  later = &whole;
  g_assert_true (run (&it, &whole.stop, &result, NULL));
  later = NULL;
  nst_image_clear (&result);
  for (gint i = 0; i < MOMENTS; i++)
    late += check_moment (&it, whole.loops * i / MOMENTS);
  g_test_message ("%d of %d moments of %d loops were after the first step", late, MOMENTS,
                  whole.loops);
  g_assert_cmpint (late, >, MOMENTS / 2);
  run_case_clear (&it);
}

static void
count (gint index, gint thread, gpointer data)
{
  gint *counts = data;

  g_atomic_int_inc (&counts[0]);
  if (index == counts[2])
    g_atomic_int_set (&counts[1], 1);
}

/* A loop that is watched begins no more tasks; one that is not does all. */
static void
test_pool (void)
{
  for (gint threads = 1; threads <= 4; threads++)
    {
      NstPool *pool = nst_pool_new (threads);
      gint counts[3] = {0, 0, 10};
      GError *error = NULL;

      nst_pool_watch (pool, &counts[1]);
      nst_pool_run (pool, 1000000, count, counts);
      g_assert_cmpint (counts[0], >, 10);
      g_assert_cmpint (counts[0], <, 1000000);
      g_assert_false (nst_pool_check (pool, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
      g_clear_error (&error);
      nst_pool_watch (pool, NULL);
      g_assert_true (nst_pool_check (pool, NULL));
      counts[0] = 0;
      nst_pool_run (pool, 1000, count, counts);
      g_assert_cmpint (counts[0], ==, 1000);
      nst_pool_free (pool);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stop/pool", test_pool);
  g_test_add_data_func ("/stop/l-bfgs", GINT_TO_POINTER (0), test_steps);
  g_test_add_data_func ("/stop/adam", GINT_TO_POINTER (1), test_steps);
  g_test_add_data_func ("/stop/gatys", GINT_TO_POINTER (2), test_steps);
  g_test_add_data_func ("/stop/keras", GINT_TO_POINTER (3), test_steps);
  g_test_add_func ("/stop/before", test_before);
  g_test_add_func ("/stop/within", test_within);
  g_test_add_func ("/stop/moments", test_moments);
  return g_test_run ();
}
