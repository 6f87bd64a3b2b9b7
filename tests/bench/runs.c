/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole runs of the nst command on the sample pictures, from start to file.
 */
#include "bench.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define STARTUP_REPEATS 9

typedef struct
{
  gdouble seconds, cpu; /* wall; user and system */
  gdouble peak;         /* MiB */
  gdouble loss;         /* the last step's */
  gint width, height;
} Outcome;

/* What the report of nst tells: the picture's size and the last step's loss. */
static void
read_report (const gchar *path, Outcome *it)
{
  gchar *text, **lines;
  GError *error = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    bench_fail ("%s", error->message);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (gint i = 0; lines[i]; i++)
    {
      JsonNode *root = json_from_string (lines[i], &error);
      JsonObject *object = root ? json_node_get_object (root) : NULL;

      if (!object)
        bench_fail ("%s: %s", path, error ? error->message : "not an object");
      if (json_object_has_member (object, "levels"))
        {
          JsonArray *levels = json_object_get_array_member (object, "levels");
          JsonArray *last =
              json_array_get_array_element (levels, json_array_get_length (levels) - 1);

          it->width = json_array_get_int_element (last, 0);
          it->height = json_array_get_int_element (last, 1);
        }
      if (json_object_has_member (object, "total"))
        it->loss = json_object_get_double_member (object, "total");
      json_node_unref (root);
    }
  g_strfreev (lines);
  g_free (text);
}

static Outcome
run_nst (const Bench *bench, const gchar *preset, gint size, const gchar *iterations)
{
  Outcome it = {0};
  gchar *style = g_build_filename (bench->samples, "GreatWave.jpg", NULL);
  gchar *content = g_build_filename (bench->samples, "china.jpg", NULL);
  gchar *picture = g_build_filename (bench->folder, "picture.png", NULL);
  gchar *report = g_build_filename (bench->folder, "report", NULL);
  gchar s[16], t[16];
  const gchar *argv[] = {bench->nst, "--preset",     preset,     "--size",  s,     "--threads",
                         t,          "--report",     report,     "--style", style, content,
                         picture,    "--iterations", iterations, NULL};
  GError *error = NULL;
  struct rusage usage;
  gdouble start = bench_now ();
  gint status;
  GPid pid;

  g_snprintf (s, sizeof s, "%d", size);
  g_snprintf (t, sizeof t, "%d", bench->threads);
  if (!g_spawn_async (NULL, (gchar **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                      &error))
    bench_fail ("%s", error->message);
  if (wait4 (pid, &status, 0, &usage) != pid || status != 0)
    bench_fail ("%s failed", bench->nst);
  it.seconds = bench_now () - start;
  it.cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
           + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  it.peak = usage.ru_maxrss / 1024.0;
  read_report (report, &it);
  g_free (style);
  g_free (content);
  g_free (picture);
  g_free (report);
  return it;
}

/* The median of the wall times; all else is the last run's. */
static Outcome
run_often (const Bench *bench, const gchar *preset, gint size, const gchar *iterations, gint n)
{
  gdouble seconds[16];
  Outcome it = {0};

  n = MIN (n, 16);
  for (gint i = 0; i < n; i++)
    {
      it = run_nst (bench, preset, size, iterations);
      seconds[i] = it.seconds;
    }
  it.seconds = bench_median (seconds, n);
  return it;
}

void
bench_presets (Bench *bench)
{
  static const gchar *const presets[] = {"draft", "normal", "fine"};
  static const gint sizes[] = {512, 1224}; /* the second is a megapixel */

  printf ("preset      pixels      wall s   CPU s  peak MiB  last loss\n");
  for (gsize s = 0; s < G_N_ELEMENTS (sizes) - bench->quick; s++)
    for (gsize p = 0; p < G_N_ELEMENTS (presets) - bench->quick; p++)
      {
        gint n = bench->quick || sizes[s] > 512 ? 1 : 3;
        Outcome it = run_often (bench, presets[p], sizes[s], "0", n);

        printf ("%-8s %4d x %-4d %10.2f %7.1f %9.0f %10.6g\n", presets[p], it.width, it.height,
                it.seconds, it.cpu, it.peak, it.loss);
        fflush (stdout);
        bench_line (bench, "presets",
                    "\"preset\":\"%s\",\"width\":%d,\"height\":%d,\"threads\":%d,"
                    "\"seconds\":%.3f,\"cpu_seconds\":%.3f,\"peak_rss_mib\":%.0f,"
                    "\"last_loss\":%.9g",
                    presets[p], it.width, it.height, bench->threads, it.seconds, it.cpu,
                    it.peak, it.loss);
      }
}

void
bench_cold_start (Bench *bench)
{
  Outcome it = run_often (bench, "draft", 128, "1", STARTUP_REPEATS);

  printf ("cold, nst with 1 step at 128 px, from its start to the file of %d x %d %.3f s"
          "  CPU %.3f s\n",
          it.width, it.height, it.seconds, it.cpu);
  bench_line (bench, "first-sight",
              "\"from\":\"cold\",\"preset\":\"draft\",\"width\":%d,\"height\":%d,"
              "\"threads\":%d,\"seconds\":%.4f,\"cpu_seconds\":%.4f",
              it.width, it.height, bench->threads, it.seconds, it.cpu);
}
