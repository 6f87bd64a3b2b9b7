/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Previews on their own thread: they come, a new one ends the one before at once, what
 * is masked stays, problems are told; and what is said of the run.
 */
#include <string.h>
#include <time.h>

#include "preview-request.h"
#include "preview.h"
#include "styles.h"

#define WIDTH  60
#define HEIGHT 40

typedef struct
{
  NstPreview *preview;
  NstParams params;
  NstImage content;
  GArray *styles;
} Fixture;

static void
fill (NstImage *image, gint period)
{
  g_assert_true (nst_image_alloc (image, WIDTH, HEIGHT, TRUE, NULL));
  for (gint i = 0; i < WIDTH * HEIGHT * 3; i++)
    image->rgb[i] = (gfloat) (i * 7 % period) / (gfloat) period;
  for (gint i = 0; i < WIDTH * HEIGHT; i++)
    image->mask[i] = 1;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  NstStyle style = {.weight = 1};

  fixture->preview = nst_preview_new ();
  nst_params_init (&fixture->params);
  fill (&fixture->content, 101);
  fill (&style.image, 13);
  fixture->styles = nst_styles_new ();
  g_array_append_val (fixture->styles, style);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nst_preview_free (fixture->preview);
  nst_params_clear (&fixture->params);
  nst_image_clear (&fixture->content);
  g_array_unref (fixture->styles);
}

static void
start (Fixture *fixture, gint width, gint height)
{
  nst_preview_start (fixture->preview, &fixture->params, width, height, &fixture->content,
                     fixture->styles, FALSE);
}

/* Waits for the end; the last picture. */
static gboolean
wait_for_end (Fixture *fixture, NstPreviewState *state, NstImage *last, guint *n_pictures)
{
  gint64 limit = g_get_monotonic_time () + 600 * G_USEC_PER_SEC;
  NstImage picture;

  memset (last, 0, sizeof *last);
  *n_pictures = 0;
  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, limit);
      nst_preview_state (fixture->preview, state);
      if (state->running)
        g_clear_pointer (&state->problem, g_free);
      if (nst_preview_take (fixture->preview, &picture))
        {
          nst_image_clear (last);
          *last = picture;
          ++*n_pictures;
        }
      g_usleep (1000);
    }
  while (state->running);
  return last->rgb != NULL;
}

static void
grows (Fixture *fixture, gconstpointer data)
{
  NstPreviewState state;
  NstImage last;
  guint n;
  gboolean changed = FALSE;

  /* what is masked stays as it is */
  for (gint i = 0; i < WIDTH * HEIGHT / 2; i++)
    fixture->content.mask[i] = 0;
  start (fixture, 10 * WIDTH, 10 * HEIGHT);
  g_assert_true (wait_for_end (fixture, &state, &last, &n));
  g_assert_cmpuint (n, >, 1);
  g_assert_true (state.planned);
  g_assert_null (state.problem);
  g_assert_cmpint (state.plan.width[state.plan.n_levels - 1], ==, 10 * WIDTH);
  g_assert_cmpint (last.width, ==, WIDTH);
  g_assert_cmpint (last.height, ==, HEIGHT);
  for (gint i = 0; i < WIDTH * HEIGHT * 3; i++)
    if (i < WIDTH * HEIGHT / 2 * 3)
      g_assert_cmpfloat (last.rgb[i], ==, fixture->content.rgb[i]);
    else
      changed = changed || ABS (last.rgb[i] - fixture->content.rgb[i]) > 0.1f;
  g_assert_true (changed);
  nst_image_clear (&last);
}

/* A long one ends when another is asked for; of many, the last counts. */
static void
restarts (Fixture *fixture, gconstpointer data)
{
  NstPreviewState state;
  NstImage last;
  guint n;
  clock_t begun, whole = 0; /* processor time: other load is no fault of it */

  for (gint i = 0; i < 2; i++) /* the first opens the network */
    {
      begun = clock ();
      start (fixture, WIDTH, HEIGHT);
      g_assert_true (wait_for_end (fixture, &state, &last, &n));
      nst_image_clear (&last);
      whole = clock () - begun;
    }
  begun = clock ();
  for (gint i = 0; i < 50; i++)
    start (fixture, WIDTH + i, HEIGHT);
  /* asking does not wait for whole previews */
  g_assert_cmpint (clock () - begun, <, 50 * whole / 2);
  g_assert_true (wait_for_end (fixture, &state, &last, &n));
  g_assert_cmpint (state.plan.width[state.plan.n_levels - 1], ==, WIDTH + 49);
  nst_image_clear (&last);
}

static void
stops (Fixture *fixture, gconstpointer data)
{
  NstPreviewState state;
  NstImage last;
  guint n;

  start (fixture, WIDTH, HEIGHT);
  nst_preview_stop (fixture->preview);
  wait_for_end (fixture, &state, &last, &n);
  nst_image_clear (&last);
  start (fixture, WIDTH, HEIGHT); /* and is freed while it runs */
}

static void
problems (Fixture *fixture, gconstpointer data)
{
  NstPreviewState state;
  NstImage last;
  guint n;

  g_free (fixture->params.network);
  fixture->params.network = g_strdup ("no such network");
  start (fixture, WIDTH, HEIGHT);
  g_assert_false (wait_for_end (fixture, &state, &last, &n));
  g_assert_nonnull (strstr (state.problem, "no such network"));
  g_free (state.problem);

  /* and what is right again is no problem */
  g_free (fixture->params.network);
  fixture->params.network = g_strdup ("");
  nst_preview_start (fixture->preview, &fixture->params, WIDTH, HEIGHT, NULL, NULL, FALSE);
  g_assert_false (wait_for_end (fixture, &state, &last, &n));
  g_assert_null (state.problem);
  g_assert_true (state.planned);
}

/* A part at full size is reduced to the working size, as the run's result will be. */
static void
enlarged (Fixture *fixture, gconstpointer data)
{
  NstPreviewState state;
  NstImage last;
  guint n;

  fixture->params.settings.size = 100;
  nst_preview_start (fixture->preview, &fixture->params, 5 * WIDTH, 5 * HEIGHT,
                     &fixture->content, fixture->styles, TRUE);
  g_assert_true (wait_for_end (fixture, &state, &last, &n));
  g_assert_cmpint (state.plan.width[state.plan.n_levels - 1], ==, 100);
  g_assert_cmpint (last.width, ==, WIDTH);
  nst_image_clear (&last);
}

/* What a preview leaves of the run's steps hangs on the run's recipe, whatever was in its settings. */
static void
steps (Fixture *fixture, gconstpointer data)
{
  static const gint most[] = {
      [NST_RECIPE_DEFAULT] = 30, [NST_RECIPE_GATYS] = 60, [NST_RECIPE_KERAS] = 60};
  NstPlan plan = {.n_levels = 1, .width = {WIDTH}, .height = {HEIGHT}};

  for (gint recipe = 0; recipe < (gint) G_N_ELEMENTS (most); recipe++)
    for (gint garbage = 0; garbage <= 0xff; garbage += 0xff)
      {
        PreviewRequest *request;
        NstSettings settings;

        fixture->params.settings.recipe = recipe;
        request = request_new (&fixture->params, &fixture->content, fixture->styles);
        memset (&settings, garbage, sizeof settings);
        plan.iterations[0] = 500;
        request_reduce (request, &plan, &settings);
        g_assert_cmpint (settings.iterations, ==, most[recipe]);
        plan.iterations[0] = 7;
        request_reduce (request, &plan, &settings);
        g_assert_cmpint (settings.iterations, ==, 7);
        request_free (request);
      }
}

static void
words (void)
{
  NstPreviewState state = {.planned = TRUE, .speed = 1e-6};
  gchar *text;

  state.plan.n_levels = 1;
  state.plan.width[0] = 1024;
  state.plan.height[0] = 683;
  state.plan.iterations[0] = 50;
  state.plan.memory = 1500 * 1000 * 1000u;
  text = nst_preview_words (&state, 4096, 2731);
  g_assert_nonnull (
      strstr (text, "Works at 1024 × 683 pixels, then enlarges 4.0 times to 4096"));
  g_assert_nonnull (strstr (text, "About 38 s and 1.5"));
  g_free (text);
  state.speed = 0;
  text = nst_preview_words (&state, 1024, 683);
  g_assert_nonnull (strstr (text, "full size"));
  g_assert_null (strstr (text, " s and"));
  g_free (text);
  state.problem = "None.";
  text = nst_preview_words (&state, 1024, 683);
  g_assert_cmpstr (text, ==, "None.");
  g_free (text);
}

#define ADD(path, function)                                                                    \
  g_test_add ("/preview/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gegl_init (NULL, NULL);
  ADD ("grows", grows);
  ADD ("restarts", restarts);
  ADD ("stops", stops);
  ADD ("problems", problems);
  ADD ("steps", steps);
  ADD ("enlarged", enlarged);
  g_test_add_func ("/preview/words", words);
  return g_test_run ();
}
