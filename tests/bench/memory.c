/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the process really takes for a run, beside the limit that it was given: random shapes, each
 * with the least limit that is not refused and with half as much again.
 */
#include "bench.h"
#include "run/plan-run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_MIB 65536

typedef struct
{
  NstNetwork *network;
  NstSettings settings;
  NstImage content;
  NstStyle style;
  NstInputs inputs; /* of these */
} Run;

/* MiB of a line of /proc/self/status. */
static gdouble
status (const gchar *name)
{
  gchar *text = NULL, *line = NULL;
  gdouble mib = 0;

  if (g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    line = strstr (text, name);
  if (line)
    mib = g_ascii_strtod (line + strlen (name) + 1, NULL) / 1024;
  g_free (text);
  return mib;
}

/* NETWORK W H STYLE-W STYLE-H THREADS */
static void
run_init (Run *run, gchar **argv)
{
  GError *error = NULL;

  run->network = nst_network_open (*argv[0] ? argv[0] : NULL, &error);
  if (!run->network)
    bench_fail ("%s", error->message);
  run->content = (NstImage){atoi (argv[1]), atoi (argv[2]), NULL, NULL};
  run->style = (NstStyle){{atoi (argv[3]), atoi (argv[4]), NULL, NULL}, 1};
  nst_settings_init (&run->settings);
  run->inputs = (NstInputs){run->network, &run->content, &run->style, 1, &run->content};
  run->settings.size = NST_SIZE_CONTENT;
  run->settings.iterations = 3;
  run->settings.threads = atoi (argv[5]);
}

static void
make_image (NstImage *image, guint32 seed)
{
  GError *error = NULL;

  if (!nst_image_alloc (image, image->width, image->height, FALSE, &error))
    bench_fail ("%s", error->message);
  bench_fill (image->rgb, (gsize) 3 * image->width * image->height, seed, 0, 1);
}

/* bench memory-run NETWORK W H STYLE-W STYLE-H THREADS MIB: prints MiB of the process once
 * everything is loaded, and the most while it ran. */
int
bench_memory_run (gint argc, gchar **argv)
{
  Run run;
  NstImage result;
  GError *error = NULL;
  gdouble loaded;

  if (argc != 9)
    bench_fail ("bench memory-run NETWORK W H STYLE-W STYLE-H THREADS MIB");
  run_init (&run, argv + 2);
  make_image (&run.content, 1);
  make_image (&run.style.image, 2);
  run.settings.memory_mib = atoi (argv[8]);
  loaded = status ("VmRSS:");
  if (!g_file_set_contents_full ("/proc/self/clear_refs", "5", 1, G_FILE_SET_CONTENTS_NONE, 0,
                                 &error)) /* the peak begins anew */
    bench_fail ("%s", error->message);
  if (!nst_stylise (&run.inputs, &run.settings, NULL, NULL, &result, &error))
    bench_fail ("%s", error->message);
  printf ("%.2f %.2f\n", loaded, status ("VmHWM:"));
  return 0;
}

static gint
least_limit (Run *run)
{
  gint low = 0, high = MOST_MIB;

  while (high - low > 1)
    {
      NstPlan plan;

      run->settings.memory_mib = low + (high - low) / 2;
      if (nst_plan (&run->inputs, &run->settings, &plan, NULL))
        high = run->settings.memory_mib;
      else
        low = run->settings.memory_mib;
    }
  return high;
}

/* Returns: MiB above the limit, beside what loading took. */
static gdouble
measure (const Bench *bench, gchar **arguments, gint mib, gdouble network)
{
  gchar *joined = g_strjoinv (" ", arguments + 1), *out = NULL;
  gchar *command =
      g_strdup_printf ("'%s' memory-run '%s' %s %d", bench->self, arguments[0], joined, mib);
  gdouble loaded, peak;
  gint status = 0;

  if (!g_spawn_command_line_sync (command, &out, NULL, &status, NULL)
      || sscanf (out, "%lf %lf", &loaded, &peak) != 2)
    bench_fail ("%s: no answer", command);
  printf ("%-8s %-26s %6d %8.1f %8.1f %8.3f\n", *arguments[0] ? "VGG-19" : "built-in", joined,
          mib, loaded, peak, (peak - loaded + network) / mib);
  fflush (stdout);
  g_free (command);
  g_free (joined);
  g_free (out);
  return peak - loaded + network - mib;
}

static gint
any_side (GRand *rand)
{
  return 16 << g_rand_int_range (rand, 0, 7);
}

void
bench_memory (Bench *bench)
{
  GRand *rand = g_rand_new_with_seed (9);
  gdouble most = -MOST_MIB;

  printf ("network  size, style, threads       limit   loaded     peak  of limit\n");
  for (gint i = 0; i < (bench->quick ? 6 : 24); i++)
    {
      gchar *size =
          g_strdup_printf ("%d %d %d %d %d", any_side (rand) + i, any_side (rand),
                           any_side (rand), any_side (rand), i % 3 == 2 ? 9 : bench->threads);
      gchar **arguments = g_strsplit (size, " ", -1), **all = g_new0 (gchar *, 7);
      Run run;
      gdouble network;
      gint least;

      all[0] = !bench->quick && i % 4 == 3 ? bench->vgg19 : (gchar *) "";
      memcpy (all + 1, arguments, 5 * sizeof (gchar *));
      run_init (&run, all);
      least = least_limit (&run);
      network = nst_network_memory (run.network) / 1048576.0;
      nst_network_free (run.network);
      for (gint limit = least; limit <= least * 3 / 2; limit += MAX (least / 2, 1))
        {
          gdouble above = measure (bench, all, limit, network);

          most = MAX (most, above);
        }
      g_free (all);
      g_strfreev (arguments);
      g_free (size);
    }
  bench_line (bench, "memory", "\"above_limit_mib\":%.2f", most);
  g_rand_free (rand);
}
