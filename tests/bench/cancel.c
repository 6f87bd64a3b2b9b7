/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a cancel to the return of a run at 4 megapixels: asked are 250 ms at most.  What is computed
 * after the cancel hangs on no other program: without any, the wait is no longer than that.
 */
#include "bench.h"

#include <stdio.h>

#define SIDE   2048 /* pixels */
#define TIMES  12
#define LATEST 20.0 /* s */

/* When a run is told to stop, and what it had computed by then. */
typedef struct
{
  gint stop;
  gdouble moment, told, cpu;
} Cancel;

static gpointer
tell (gpointer data)
{
  Cancel *it = data;

  g_usleep (it->moment * G_USEC_PER_SEC);
  it->cpu = bench_cpu_now ();
  it->told = bench_now ();
  g_atomic_int_set (&it->stop, NST_ACTION_CANCEL);
  return NULL;
}

/* Runs up to @it's moment; leaves the seconds from the cancel in its told and cpu. */
static void
run_and_cancel (const NstInputs *inputs, NstSettings *settings, Cancel *it)
{
  GThread *thread = g_thread_new ("cancel", tell, it);
  NstImage result;
  GError *error = NULL;

  settings->stop = &it->stop;
  if (nst_stylise (inputs, settings, NULL, NULL, &result, &error)
      || !g_error_matches (error, NST_ERROR, NST_ERROR_CANCELLED))
    bench_fail ("the run was not cancelled: %s", error ? error->message : "it ended");
  it->told = bench_now () - it->told;
  it->cpu = bench_cpu_now () - it->cpu;
  g_thread_join (thread);
  g_error_free (error);
}

void
bench_cancel (Bench *bench)
{
  gint times = bench->quick ? TIMES / 4 : TIMES;
  gdouble waits[TIMES], computed[TIMES], middle[2];
  NstImage content;
  NstStyle style = {.weight = 1};
  NstInputs inputs = {.content = &content, .styles = &style, .n_styles = 1};
  NstSettings settings;
  GRand *rand = g_rand_new_with_seed (1);
  GError *error = NULL;

  inputs.network = nst_network_open (NULL, &error);
  if (!inputs.network)
    bench_fail ("%s", error->message);
  bench_image (&content, SIDE, SIDE, 1);
  bench_image (&style.image, 1000, 700, 2);
  nst_settings_init (&settings);
  settings.size = SIDE;
  settings.threads = bench->threads;
  for (gint i = 0; i < times; i++)
    {
      Cancel it = {.moment = g_rand_double_range (rand, 0, LATEST)};

      inputs.start = i % 2 ? &content : NULL; /* which is painted on at the full size alone */
      run_and_cancel (&inputs, &settings, &it);
      printf ("cancel after %4.1f s%s: %4.0f ms to the return  CPU %3.0f ms\n", it.moment,
              i % 2 ? " at the full size" : "", 1000 * it.told, 1000 * it.cpu);
      waits[i] = it.told;
      computed[i] = it.cpu;
    }
  middle[0] = bench_median (waits, times); /* sorts */
  middle[1] = bench_median (computed, times);
  bench_line (bench, "cancel",
              "\"width\":%d,\"height\":%d,\"threads\":%d,\"times\":%d,\"seconds\":%.4f,"
              "\"most_seconds\":%.4f,\"cpu_seconds\":%.4f,\"most_cpu_seconds\":%.4f",
              SIDE, SIDE, bench->threads, times, middle[0], waits[times - 1], middle[1],
              computed[times - 1]);
  g_rand_free (rand);
  nst_image_clear (&content);
  nst_image_clear (&style.image);
  nst_network_free ((NstNetwork *) inputs.network);
}
