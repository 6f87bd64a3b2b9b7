/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What more threads would bring, told on a machine that has few: a step of the default recipe and
 * a whole draft run on one thread, loop by loop, whose pieces are dealt out as the pool deals
 * them.  What threads take from each other is not in it: memory, clock, waiting for a lock.
 */
#include "bench.h"
#include "virtual.h"
#include "optimizer/optimizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const gint threads[] = {2, 4, 8, 16, 32, 64};
#define N_THREADS G_N_ELEMENTS (threads)

#define TIMES 5    /* that each is recorded */
#define SHOWN 0.01 /* of the time on one thread, from where on a loop has a line of its own */

/* Seconds that a loop on two threads takes in which each waits for the other, at the least. */
static gdouble start_cost;

#define LOOPS    10000
#define PATIENCE 1000000 /* looks: with one processor nobody else comes */

static void
meet (gint index, gint thread, gpointer data)
{
  gint *there = data;

  g_atomic_int_inc (there);
  for (gint i = 0; g_atomic_int_get (there) < 2 && i < PATIENCE; i++)
    ;
}

static void
measure_start_cost (void)
{
  NstPool *pool = nst_pool_new (2);

  start_cost = G_MAXDOUBLE;
  for (gint i = 0; i < LOOPS; i++)
    {
      gdouble start = virtual_now ();
      gint there = 0;

      nst_pool_run (pool, 2, meet, &there);
      start_cost = MIN (start_cost, virtual_now () - start);
    }
  nst_pool_free (pool);
}

/* What beginning and ending a loop is assumed to take: all threads pass the same places in
 * memory, one after the other. */
static gdouble
cost_of (gint n_threads)
{
  return start_cost * n_threads / 2;
}

/* The functions of this program, from nm's list; without nm they have no names.  By how far they
 * are from one of them, as they are elsewhere in memory than in the file. */
static GHashTable *
list_names (const Bench *bench)
{
  GHashTable *names = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  gchar *command = g_strdup_printf ("nm --defined-only '%s'", bench->self), *out = NULL;
  gchar **lines = NULL, name[64], kind;
  guint64 address, self = 0;

  if (g_spawn_command_line_sync (command, &out, NULL, NULL, NULL))
    lines = g_strsplit (out, "\n", -1);
  for (gint pass = 0; pass < 2; pass++)
    for (gint i = 0; lines && lines[i]; i++)
      if (sscanf (lines[i], "%" G_GINT64_MODIFIER "x %c %63s", &address, &kind, name) != 3)
        continue;
      else if (pass == 0 && g_str_equal (name, "bench_scaling"))
        self = address;
      else if (pass == 1)
        g_hash_table_insert (names, (gpointer) ((guintptr) bench_scaling + address - self),
                             g_strdup (name));
  g_strfreev (lines);
  g_free (command);
  g_free (out);
  return names;
}

/* Of one line of the table. */
typedef struct
{
  gint n_loops, n_pieces;
  gdouble one; /* seconds on one thread */
  gdouble longest[N_THREADS];
} Row;

static void
add_loop (Row *row, const VirtualLoop *loop)
{
  gdouble total = virtual_loop_total (loop);

  row->n_loops++;
  row->n_pieces += loop->n_pieces;
  row->one += total;
  for (gsize t = 0; t < N_THREADS; t++)
    row->longest[t] += virtual_loop_longest (loop, threads[t])
                       + (loop->n_pieces > 1 ? cost_of (threads[t]) : 0);
}

static void
add_serial (Row *row, gdouble seconds)
{
  row->one += seconds;
  for (gsize t = 0; t < N_THREADS; t++)
    row->longest[t] += seconds;
}

static void
print_row (const gchar *name, const Row *row, gdouble all)
{
  printf ("  %-30s %5d %6d %9.3f %5.1f%%", name, row->n_loops, row->n_pieces, row->one * 1e3,
          100 * row->one / all);
  for (gsize t = 0; t < N_THREADS; t++)
    printf (" %6.2f", row->one / row->longest[t]);
  printf ("\n");
}

/* A loop, or all that run the same function, and what goes before it on one thread. */
typedef struct
{
  NstTask task;
  Row row, before;
} Entry;

static GArray *
make_entries (const VirtualRun *run, gboolean by_function)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (Entry));

  for (guint i = 0; i < run->loops->len; i++)
    {
      const VirtualLoop *loop = &g_array_index (run->loops, VirtualLoop, i);
      guint k = by_function ? 0 : entries->len;
      Entry *entry;

      while (k < entries->len && g_array_index (entries, Entry, k).task != loop->task)
        k++;
      if (k == entries->len)
        g_array_set_size (entries, k + 1);
      entry = &g_array_index (entries, Entry, k);
      entry->task = loop->task;
      add_loop (&entry->row, loop);
      add_serial (&entry->before, loop->before);
    }
  return entries;
}

static void
add_row (Row *row, const Row *other)
{
  row->n_loops += other->n_loops;
  row->n_pieces += other->n_pieces;
  row->one += other->one;
  for (gsize t = 0; t < N_THREADS; t++)
    row->longest[t] += other->longest[t];
}

/* A line of its own for what takes long, or into @rest. */
static void
print_or_add (const gchar *name, const Row *row, gdouble least, gdouble all, Row *rest)
{
  if (row->one >= least * all)
    print_row (name, row, all);
  else
    add_row (rest, row);
}

static gdouble
time_on_one (const VirtualRun *run)
{
  gdouble all = run->after;

  for (guint i = 0; i < run->loops->len; i++)
    {
      const VirtualLoop *loop = &g_array_index (run->loops, VirtualLoop, i);

      all += loop->before + virtual_loop_total (loop);
    }
  return all;
}

static void
print_run (Bench *bench, const gchar *what, const gchar *network, gint side,
           const VirtualRun *run, gboolean by_function, GHashTable *names)
{
  gdouble all = time_on_one (run);
  GArray *entries = make_entries (run, by_function);
  Row rest[2] = {{0}}, sum = {0};

  printf ("%s, %s, %d px                loops pieces        ms  share", what, network, side);
  for (gsize t = 0; t < N_THREADS; t++)
    printf (" on %3d", threads[t]);
  printf ("\n");
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      const gchar *name = g_hash_table_lookup (names, entry->task);
      gchar *before = g_strdup_printf ("one thread, then %s", name ? name : "?");

      print_or_add (before, &entry->before, SHOWN / 4, all, &rest[1]);
      print_or_add (name ? name : "?", &entry->row, SHOWN, all, &rest[0]);
      add_row (&sum, &entry->row);
      add_row (&sum, &entry->before);
      g_free (before);
    }
  g_array_unref (entries);
  add_serial (&rest[1], run->after);
  add_serial (&sum, run->after);
  print_row ("other loops", &rest[0], all);
  print_row ("else on one thread", &rest[1], all);
  print_row ("all", &sum, all);
  printf ("\n");
  fflush (stdout);
  for (gsize t = 0; t < N_THREADS; t++)
    bench_line (bench, "scaling",
                "\"what\":\"%s\",\"network\":\"%s\",\"side\":%d,\"threads\":%d,"
                "\"speedup\":%.3f",
                what, network, side, threads[t], sum.one / sum.longest[t]);
}

static gboolean
evaluate (const gfloat *x, gfloat *gradient, NstLosses *losses, gpointer data, GError **error)
{
  BenchProblem *problem = data;

  return nst_objective_evaluate (&problem->objective, x, gradient, losses, error);
}

/* Two steps of L-BFGS, with all of its pairs. */
static void
scale_step (Bench *bench, const gchar *name, const NstNetwork *network, gint side,
            GHashTable *names)
{
  NstPool *pool = nst_pool_new (1);
  BenchProblem problem;
  NstFunction function = {evaluate, &problem};
  NstMinimizerSpec spec;
  NstMinimizer m;
  NstCurvature curvature = {0};
  NstLosses losses;
  VirtualRun run = {0};
  gfloat *x;
  GError *error = NULL;

  bench_problem_init (&problem, network, pool, side, side, (NstTiling){0, 0});
  spec = nst_recipe_minimizer (&problem.recipe, nst_tensor_size (&problem.gradient));
  x = g_steal_pointer (&problem.x.data);
  if (!nst_minimizer_init (&m, &spec, pool, x, &function, &error))
    bench_fail ("%s", error->message);
  nst_curvature_begin (&curvature, side, side);
  m.curvature = &curvature;
  for (gint pairs = 0; run.times < TIMES || pairs < spec.history; pairs += 2)
    {
      virtual_begin ();
      /* two, as every second one tells of the curvature */
      for (gint i = 0; i < 2; i++)
        if (!m.step (&m, &losses, &error))
          bench_fail ("%s", error->message);
      virtual_end (&run);
    }
  print_run (bench, "two steps", name, side, &run, FALSE, names);
  virtual_clear (&run);
  nst_minimizer_clear (&m);
  nst_curvature_clear (&curvature);
  bench_problem_clear (&problem);
  nst_pool_free (pool);
}

static void
scale_run (Bench *bench, const gchar *name, const NstNetwork *network, gint side,
           GHashTable *names)
{
  NstTensor planes[2] = {bench_tensor (3, side, side, 1), bench_tensor (3, side, side, 2)};
  NstImage content = {side, side, planes[0].data, NULL}, result;
  NstStyle style = {{side, side, planes[1].data, NULL}, 1};
  NstInputs inputs = {network, &content, &style, 1};
  NstSettings settings;
  VirtualRun run = {0};
  GError *error = NULL;

  nst_settings_init (&settings);
  settings.preset = NST_PRESET_DRAFT;
  settings.size = side;
  settings.threads = 1;
  while (run.times < 3)
    {
      virtual_begin ();
      if (!nst_stylise (&inputs, &settings, NULL, NULL, &result, &error))
        bench_fail ("%s", error->message);
      virtual_end (&run);
      nst_image_clear (&result);
    }
  print_run (bench, "draft", name, side, &run, TRUE, names);
  virtual_clear (&run);
  for (gint i = 0; i < 2; i++)
    nst_tensor_clear (&planes[i]);
}

void
bench_scaling (Bench *bench)
{
  static const gint sides[] = {256, 512};
  const struct
  {
    const gchar *name, *file;
  } networks[] = {{"built-in", NULL}, {"VGG-19", bench->vgg19}};
  GHashTable *names = list_names (bench);

  measure_start_cost ();
  printf ("a loop's start and end on 2 threads: %.2f us; assumed on n: n / 2 of that\n\n",
          start_cost * 1e6);
  for (gsize n = 0; n < G_N_ELEMENTS (networks); n++)
    {
      GError *error = NULL;
      NstNetwork *network = nst_network_open (networks[n].file, &error);

      if (!network)
        bench_fail ("%s", error->message);
      for (gsize i = 0; i < G_N_ELEMENTS (sides) - bench->quick; i++)
        scale_step (bench, networks[n].name, network, sides[i], names);
      if (!networks[n].file && !bench->quick)
        scale_run (bench, networks[n].name, network, 512, names);
      nst_network_free (network);
    }
  g_hash_table_unref (names);
}
