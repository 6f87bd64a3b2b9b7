/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How fast the engine is on this machine.  Not a test: what it asserts is only
 * that the same was computed.
 *
 *     bench [OPTION...] [SECTION...]   a table for each section, then its JSON lines
 *     bench iteration NETWORK W H THREADS
 *                                      for the bench itself and tests/bench/peer:
 *                                      for each line on stdin evaluates the default
 *                                      recipe's loss so many times; prints the seconds
 *                                      of one, the value and the gradient's norm
 *     bench large NETWORK W H THREADS MIB
 *                                      for the bench itself: one outcome of that section
 *     bench memory-run NETWORK W H STYLE-W STYLE-H THREADS MIB
 *                                      the same for the section on memory
 *     bench network FILE               writes the VGG-19 that is measured
 *
 * All times are medians, and what is compared takes turns.
 */
#include "bench.h"
#include "base/blas.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct
{
  const gchar *name;
  void (*run) (Bench *bench);
} sections[] = {
    {"layers", bench_layers},           {"errors", bench_errors},
    {"iterations", bench_iterations},   {"presets", bench_presets},
    {"first-sight", bench_first_sight}, {"large", bench_large},
    {"memory", bench_memory},           {"preview", bench_preview},
    {"cancel", bench_cancel},           {"scaling", bench_scaling},
    {"roofline", bench_roofline},
};

void
bench_fail (const gchar *format, ...)
{
  va_list args;

  fputs ("bench: ", stderr);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
  exit (1);
}

void
bench_line (Bench *bench, const gchar *section, const gchar *format, ...)
{
  va_list args;

  g_string_append_printf (bench->lines, "{\"section\":\"%s\",", section);
  va_start (args, format);
  g_string_append_vprintf (bench->lines, format, args);
  va_end (args);
  g_string_append (bench->lines, "}\n");
}

/* The processor's name, as Linux has it. */
static gchar *
processor (void)
{
  gchar *text = NULL, *at, *name;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL)
      || !(at = g_strstr_len (text, -1, "model name")) || !(at = strchr (at, ':')))
    name = g_strdup ("unknown");
  else
    name = g_strndup (at + 2, strcspn (at + 2, "\"\\\n"));
  g_free (text);
  return name;
}

static void
flush_lines (Bench *bench, FILE *file)
{
  fputs (bench->lines->str, file);
  fflush (file);
  g_string_truncate (bench->lines, 0);
}

static void
describe (Bench *bench)
{
  gchar *name = processor ();
  NstPool *pool = nst_pool_new (bench->threads);
  gdouble rate;

  bench_sgemm (pool);
  rate = bench_sgemm (pool);
  printf ("%s, %d of %u processors; sgemm %d^3: %.0f GFLOP/s\n\n", name, bench->threads,
          g_get_num_processors (), BENCH_SGEMM_SIDE, rate);
  bench_line (bench, "machine",
              "\"processor\":\"%s\",\"processors\":%u,\"threads\":%d,\"simd\":\"%s\","
              "\"sgemm_gflops\":%.1f",
              name, g_get_num_processors (), bench->threads, bench->sets[0], rate);
  nst_pool_free (pool);
  g_free (name);
}

/* The instruction sets from nst_kernels() on down, or the one that was asked for. */
static void
find_sets (Bench *bench, const gchar *asked)
{
  static const gchar *const names[BENCH_MAX_SETS] = {"avx512", "avx2", "neon", "baseline"};

  for (gint i = 0; i < BENCH_MAX_SETS; i++)
    if (nst_kernels_named (names[i]) && (!asked || g_str_equal (asked, names[i])))
      bench->sets[bench->n_sets++] = names[i];
  if (!bench->n_sets)
    bench_fail ("this processor has no %s", asked);
}

static gboolean
wanted (gchar **names, const gchar *section)
{
  return !names || g_strv_contains ((const gchar *const *) names, section)
         || g_strv_contains ((const gchar *const *) names, "all");
}

static void
check_names (gchar **names)
{
  for (gint i = 0; names && names[i]; i++)
    {
      gboolean known = g_str_equal (names[i], "all");

      for (gsize s = 0; s < G_N_ELEMENTS (sections); s++)
        known = known || g_str_equal (names[i], sections[s].name);
      if (!known)
        bench_fail ("no section is called %s; there are layers, errors, iterations, presets, "
                    "first-sight, large, memory, preview, cancel, scaling, roofline",
                    names[i]);
    }
}

static void
run_sections (Bench *bench, gchar **names, FILE *json)
{
  describe (bench);
  flush_lines (bench, json);
  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++)
    if (wanted (names, sections[i].name))
      {
        sections[i].run (bench);
        flush_lines (bench, json);
        printf ("\n");
      }
}

static gint
write_network (const gchar *path)
{
  GError *error = NULL;

  if (!bench_network_write (path, &error))
    bench_fail ("%s", error->message);
  return 0;
}

/* The bench's folder, for remove_folder() at the end. */
static gchar *folder;

static void
remove_folder (void)
{
  static const gchar *const names[] = {"vgg19.safetensors", "picture.png", "report"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gchar *path = g_build_filename (folder, names[i], NULL);

      g_unlink (path);
      g_free (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

/* The folder, and the network in it. */
static void
make_folder (Bench *bench)
{
  GError *error = NULL;

  bench->folder = folder = g_dir_make_tmp ("nst-bench-XXXXXX", &error);
  if (!folder)
    bench_fail ("%s", error->message);
  atexit (remove_folder);
  bench->vgg19 = g_build_filename (bench->folder, "vgg19.safetensors", NULL);
  write_network (bench->vgg19);
}

int
main (int argc, char **argv)
{
  Bench bench = {.threads = 2, .repeats = 7, .nst = NST_COMMAND, .samples = NST_SAMPLES};
  gchar **names = NULL, *json = NULL, *simd = NULL;
  const GOptionEntry entries[] = {
      {"threads", 't', 0, G_OPTION_ARG_INT, &bench.threads, "The most to measure on (2)", "N"},
      {"repeats", 'r', 0, G_OPTION_ARG_INT, &bench.repeats, "Of each measurement (7)", "N"},
      {"simd", 0, 0, G_OPTION_ARG_STRING, &simd, "One instruction set only", "NAME"},
      {"quick", 'q', 0, G_OPTION_ARG_NONE, &bench.quick, "Leave out what takes long", NULL},
      {"json", 'j', 0, G_OPTION_ARG_FILENAME, &json, "Where the JSON lines go", "FILE"},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, "[SECTION...]"},
      {NULL}};
  GOptionContext *context;
  GError *error = NULL;
  FILE *file = stdout;

  nst_return_freed_memory (); /* as nst does */
  if (argc > 1 && g_str_equal (argv[1], "memory-run"))
    return bench_memory_run (argc, argv);
  nst_blas_reserve (64, 0);
  bench.self = argv[0];
  if (argc > 1 && g_str_equal (argv[1], "iteration"))
    return bench_serve (argc, argv);
  if (argc > 1 && g_str_equal (argv[1], "large") && argc != 2)
    return bench_large_run (argc, argv);
  if (argc == 3 && g_str_equal (argv[1], "network"))
    return write_network (argv[2]);
  context = g_option_context_new (NULL);
  g_option_context_set_summary (context,
                                "Sections: layers errors iterations presets "
                                "first-sight large memory preview cancel scaling roofline");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    bench_fail ("%s", error->message);
  check_names (names);
  if (bench.threads < 1 || bench.threads > 64 || bench.repeats < 1)
    bench_fail ("--threads goes from 1 to 64, --repeats from 1");
  if (json && !(file = fopen (json, "w")))
    bench_fail ("%s cannot be written", json);
  find_sets (&bench, simd);
  if (bench.quick)
    bench.n_sets = 1;
  bench.lines = g_string_new (NULL);
  make_folder (&bench);
  run_sections (&bench, names, file);
  g_string_free (bench.lines, TRUE);
  g_free (bench.vgg19);
  g_option_context_free (context);
  return 0;
}
