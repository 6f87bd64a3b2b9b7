/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Steps at a size that does not fit into memory whole: how much is used, and what a
 * pixel costs beside a picture that is run whole.
 */
#include "bench.h"
#include "run/plan-run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define WHOLE_W 2048 /* what is run whole for comparison */
#define WHOLE_H 1536

static NstAction
note_time (const NstProgress *progress, gpointer data)
{
  gdouble *seconds = data;

  seconds[MIN (progress->iteration, 1)] = progress->seconds;
  return NST_ACTION_GO_ON;
}

static NstImage
make_image (gint w, gint h, guint32 seed)
{
  NstImage image;
  GError *error = NULL;

  if (!nst_image_alloc (&image, w, h, FALSE, &error))
    bench_fail ("%s", error->message);
  bench_fill (image.rgb, (gsize) 3 * w * h, seed, 0, 1);
  return image;
}

/* bench large NETWORK WIDTH HEIGHT THREADS MIB: two steps of Adam at the last level;
 * prints the second one's seconds, the peak in MiB and a strip's columns. */
int
bench_large_run (gint argc, gchar **argv)
{
  GError *error = NULL;
  NstNetwork *network;
  NstSettings settings;
  NstStyle style;
  NstImage content, result;
  NstInputs inputs;
  NstRunPlan plan;
  gdouble seconds[2];
  struct rusage usage;

  if (argc != 7)
    bench_fail ("bench large NETWORK WIDTH HEIGHT THREADS MIB");
  network = nst_network_open (*argv[2] ? argv[2] : NULL, &error);
  if (!network)
    bench_fail ("%s", error->message);
  content = make_image (atoi (argv[3]), atoi (argv[4]), 1);
  style = (NstStyle){make_image (1024, 768, 2), 1};
  nst_settings_init (&settings);
  settings.size = NST_SIZE_CONTENT;
  settings.optimizer = NST_OPTIMIZER_ADAM;
  settings.iterations = 2;
  settings.threads = atoi (argv[5]);
  settings.memory_mib = atoi (argv[6]);
  inputs = (NstInputs){network, &content, &style, 1, &content};
  plan = (NstRunPlan){inputs, &settings};
  if (!nst_stylise (&inputs, &settings, note_time, seconds, &result, &error)
      || !nst_run_plan_make (&plan, &error))
    bench_fail ("%s", error->message);
  getrusage (RUSAGE_SELF, &usage);
  printf ("%.3f %.0f %d\n", seconds[1] - seconds[0], usage.ru_maxrss / 1024.0,
          plan.level[0].tiling.columns);
  nst_run_plan_clear (&plan);
  nst_image_clear (&content);
  nst_image_clear (&style.image);
  nst_image_clear (&result);
  nst_network_free (network);
  return 0;
}

typedef struct
{
  gdouble seconds, peak;
  gint columns;
} Outcome;

static Outcome
run (const Bench *bench, const gchar *network, gint w, gint h, gint mib)
{
  Outcome it;
  GError *error = NULL;
  gchar *out = NULL;
  gchar *command = g_strdup_printf ("'%s' large '%s' %d %d %d %d", bench->self,
                                    network ? network : "", w, h, bench->threads, mib);
  gint status;

  if (!g_spawn_command_line_sync (command, &out, NULL, &status, &error)
      || !g_spawn_check_wait_status (status, &error)
      || sscanf (out, "%lf %lf %d", &it.seconds, &it.peak, &it.columns) != 3)
    bench_fail ("%s: %s", command, error ? error->message : "no answer");
  g_free (out);
  g_free (command);
  return it;
}

static void
large (Bench *bench, const gchar *name, const gchar *network, gint w, gint h, gint mib)
{
  Outcome whole = run (bench, network, WHOLE_W, WHOLE_H, 0);
  Outcome it = run (bench, network, w, h, mib);
  gdouble pixels = (gdouble) w * h, per_whole = whole.seconds / (WHOLE_W * WHOLE_H);

  printf ("%-8s %5d x %-5d %8d %9.2f %9.3f %9.3f %6.2f %9.0f\n", name, w, h, it.columns,
          it.seconds, it.seconds / pixels * 1e6, per_whole * 1e6,
          it.seconds / pixels / per_whole, it.peak);
  fflush (stdout);
  bench_line (bench, "large",
              "\"network\":\"%s\",\"width\":%d,\"height\":%d,\"threads\":%d,\"limit_mib\":%d,"
              "\"columns\":%d,\"seconds\":%.3f,\"ratio_to_whole\":%.3f,\"peak_rss_mib\":%.0f",
              name, w, h, bench->threads, mib, it.columns, it.seconds,
              it.seconds / pixels / per_whole, it.peak);
}

/* The limits are such that the whole process stays under 2 GB, or 1.5 GB and 60 bytes a
 * pixel. */
void
bench_large (Bench *bench)
{
  printf ("a step of Adam           columns   seconds     us/px  whole's  ratio  peak MiB\n");
  large (bench, "built-in", NULL, 6000, 4000, 1600);
  if (!bench->quick)
    large (bench, "VGG-19", bench->vgg19, 6000, 4000, 2480);
}
