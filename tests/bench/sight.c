/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How soon there is something to see: asked are 60 ms from the call to the first picture of 128
 * pixels in a process that has the network, 150 ms from cold, on 2 cores.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#define REPEATS 15

/* A run as its caller sees it begin. */
typedef struct
{
  gdouble started, seconds;
  gint width, height;
} Sight;

/* Takes the first picture, and ends the run. */
static NstAction
take_first (const NstProgress *progress, gpointer user_data)
{
  Sight *it = user_data;
  NstImage image;
  GError *error = NULL;

  if (!nst_progress_get_image (progress, &image, &error))
    bench_fail ("%s", error->message);
  it->seconds = bench_now () - it->started;
  it->width = image.width;
  it->height = image.height;
  nst_image_clear (&image);
  return NST_ACTION_CANCEL;
}

static Sight
look_once (const NstInputs *inputs, const NstSettings *settings)
{
  Sight it = {.started = bench_now ()};
  NstImage result;
  GError *error = NULL;

  if (nst_stylise (inputs, settings, take_first, &it, &result, &error)
      || !g_error_matches (error, NST_ERROR, NST_ERROR_CANCELLED))
    bench_fail ("the run was not cancelled: %s", error ? error->message : "it ended");
  g_error_free (error);
  nst_image_clear (&result);
  return it;
}

/* The first level of a preset's run. */
static void
look_warm (Bench *bench, NstInputs *inputs, NstPreset preset, const gchar *name)
{
  gdouble seconds[REPEATS], cpu;
  NstSettings settings;
  Sight it = {0};

  nst_settings_init (&settings);
  settings.preset = preset;
  settings.size = 512;
  settings.threads = bench->threads;
  look_once (inputs, &settings);
  cpu = bench_cpu_now ();
  for (gint i = 0; i < REPEATS; i++)
    {
      it = look_once (inputs, &settings);
      seconds[i] = it.seconds;
    }
  cpu = (bench_cpu_now () - cpu) / REPEATS;
  printf ("warm, %-6s at 512 px, first picture of %d x %-4d %8.3f s  CPU %.3f s\n", name,
          it.width, it.height, bench_median (seconds, REPEATS), cpu);
  bench_line (bench, "first-sight",
              "\"from\":\"warm\",\"preset\":\"%s\",\"width\":%d,\"height\":%d,"
              "\"threads\":%d,\"seconds\":%.4f,\"cpu_seconds\":%.4f",
              name, it.width, it.height, bench->threads, bench_median (seconds, REPEATS), cpu);
}

void
bench_first_sight (Bench *bench)
{
  NstNetwork *network;
  NstImage content;
  NstStyle style = {.weight = 1};
  NstInputs inputs = {.content = &content, .styles = &style, .n_styles = 1};
  GError *error = NULL;

  inputs.network = network = nst_network_open (NULL, &error);
  if (!network)
    bench_fail ("%s", error->message);
  bench_image (&content, 1200, 800, 1);
  bench_image (&style.image, 1000, 700, 2);
  look_warm (bench, &inputs, NST_PRESET_DRAFT, "draft");
  look_warm (bench, &inputs, NST_PRESET_NORMAL, "normal");
  nst_image_clear (&content);
  nst_image_clear (&style.image);
  nst_network_free (network);
  bench_cold_start (bench);
}
