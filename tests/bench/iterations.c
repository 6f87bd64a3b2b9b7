/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole iteration: the default recipe's loss and its gradient at one size.
 * Each instruction set and number of threads is a process of its own that
 * evaluates when it is told to, so that they can take turns; between them the
 * same turns of a plain loop show what more threads can bring on this machine.
 */
#include "bench.h"
#include "run/recipe.h"
#include "base/vector.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE 90  /* seconds; then three turns are enough */
#define TURN     0.3 /* seconds at least, one evaluation after the other, as in a run */

void
bench_problem_init (BenchProblem *p, const NstNetwork *network, NstPool *pool, gint w, gint h,
                    NstTiling tiling)
{
  NstObjectiveSpec of = {network, pool, &p->recipe, tiling};
  NstSettings settings;
  NstTensor content = bench_tensor (3, h, w, 1), style = bench_tensor (3, h, w, 2);
  GError *error = NULL;

  nst_settings_init (&settings);
  if (!nst_recipe_make (&p->recipe, network, &settings, &error))
    bench_fail ("%s", error->message);
  /* all cells are compared, as tests/bench/peer does */
  for (gint i = 0; i < p->recipe.n_match; i++)
    p->recipe.match_room[i] = G_MAXINT32;
  if (!nst_objective_init (&p->objective, &of, &content, NULL, &error)
      || !nst_objective_add_style (&p->objective, (NstTiling){0, 0}, &style, NULL, 1, &error)
      || !nst_objective_match (&p->objective, content.data, NULL, &error))
    bench_fail ("%s", error->message);
  p->x = bench_tensor (3, h, w, 3);
  p->gradient = bench_tensor (3, h, w, 4);
  nst_tensor_clear (&content);
  nst_tensor_clear (&style);
}

void
bench_problem_clear (BenchProblem *p)
{
  nst_objective_clear (&p->objective);
  nst_tensor_clear (&p->x);
  nst_tensor_clear (&p->gradient);
}

int
bench_serve (gint argc, gchar **argv)
{
  GError *error = NULL;
  NstNetwork *network;
  NstPool *pool;
  NstTiling tiling = {0, 0};
  BenchProblem p;
  gchar line[16];

  if (argc != 6 && argc != 8)
    bench_fail ("bench iteration NETWORK WIDTH HEIGHT THREADS [COLUMNS ROWS]");
  if (argc == 8)
    tiling = (NstTiling){atoi (argv[6]), atoi (argv[7])};
  network = nst_network_open (*argv[2] ? argv[2] : NULL, &error);
  if (!network)
    bench_fail ("%s", error->message);
  pool = nst_pool_new (atoi (argv[5]));
  bench_problem_init (&p, network, pool, atoi (argv[3]), atoi (argv[4]), tiling);
  while (fgets (line, sizeof line, stdin))
    {
      NstLosses losses;
      gdouble start = bench_now (), seconds, norm;
      gint n = MAX (1, atoi (line));

      for (gint i = 0; i < n; i++)
        if (!nst_objective_evaluate (&p.objective, p.x.data, p.gradient.data, &losses, &error))
          bench_fail ("%s", error->message);
      seconds = (bench_now () - start) / n;
      norm = sqrt (
          nst_sum_products (nst_tensor_size (&p.gradient), p.gradient.data, p.gradient.data));
      printf ("%.6f %.9g %.9g\n", seconds, losses.total, norm);
      fflush (stdout);
    }
  bench_problem_clear (&p);
  nst_pool_free (pool);
  nst_network_free (network);
  return 0;
}

typedef struct
{
  GSubprocess *process;
  GDataInputStream *from;
  gint n; /* evaluations in a turn */
  gdouble seconds[16], loss;
} Server;

static void
server_init (Server *it, const Bench *bench, const gchar *set, const gchar *network, gint side,
             gint threads)
{
  /* what OpenBLAS would choose on a processor with no more than that */
  const gchar *core = g_str_equal (set, "avx2")       ? "Haswell"
                      : g_str_equal (set, "baseline") ? "Prescott"
                                                      : NULL;
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                                             | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  gchar w[16], t[16];
  GError *error = NULL;

  g_snprintf (w, sizeof w, "%d", side);
  g_snprintf (t, sizeof t, "%d", threads);
  g_subprocess_launcher_setenv (launcher, "NST_SIMD", set, TRUE);
  if (core && !g_str_equal (set, bench->sets[0]))
    g_subprocess_launcher_setenv (launcher, "OPENBLAS_CORETYPE", core, TRUE);
  it->process = g_subprocess_launcher_spawn (launcher, &error, bench->self, "iteration",
                                             network ? network : "", w, w, t, NULL);
  if (!it->process)
    bench_fail ("%s", error->message);
  it->n = 1;
  it->from = g_data_input_stream_new (g_subprocess_get_stdout_pipe (it->process));
  g_object_unref (launcher);
}

static gdouble
server_turn (Server *it)
{
  GError *error = NULL;
  gchar *line = NULL, n[16];
  gdouble seconds;

  g_snprintf (n, sizeof n, "%d\n", it->n);
  if (g_output_stream_write_all (g_subprocess_get_stdin_pipe (it->process), n, strlen (n), NULL,
                                 NULL, &error))
    line = g_data_input_stream_read_line (it->from, NULL, NULL, &error);
  if (!line || sscanf (line, "%lf %lf", &seconds, &it->loss) != 2)
    bench_fail ("an evaluation failed: %s", error ? error->message : "no answer");
  g_free (line);
  it->n = CLAMP (ceil (TURN / seconds), 1, 20);
  return seconds;
}

static void
server_clear (Server *it)
{
  GError *error = NULL;

  if (!g_output_stream_close (g_subprocess_get_stdin_pipe (it->process), NULL, &error)
      || !g_subprocess_wait_check (it->process, NULL, &error))
    bench_fail ("%s", error->message);
  g_object_unref (it->from);
  g_object_unref (it->process);
}

typedef struct
{
  Server server[BENCH_MAX_SETS][2]; /* on 1 thread, on bench->threads */
  NstPool *pool[2];
  gdouble fma[2][16];
  gint n_sets, n_turns;
} Turns;

/* Everyone's turns, the first of which is not counted. */
static void
take_turns (Turns *it, const Bench *bench)
{
  gdouble start = bench_now ();
  gint most = MIN (bench->repeats, 16);

  for (gint i = -1; i < most && (i < 3 || bench_now () - start < PATIENCE); i++)
    {
      for (gint s = 0; s < it->n_sets; s++)
        for (gint k = 0; k < 2; k++)
          it->server[s][k].seconds[MAX (i, 0)] = server_turn (&it->server[s][k]);
      for (gint k = 0; k < 2; k++)
        it->fma[k][MAX (i, 0)] = bench_fma (it->pool[k]);
      it->n_turns = i + 1;
    }
}

static void
bench_iteration (Bench *bench, const gchar *name, const gchar *file, gint side, gint n_sets)
{
  const gint threads[2] = {1, bench->threads};
  Turns it = {.n_sets = n_sets};
  gdouble fma;

  for (gint k = 0; k < 2; k++)
    it.pool[k] = nst_pool_new (threads[k]);
  for (gint s = 0; s < n_sets; s++)
    for (gint k = 0; k < 2; k++)
      server_init (&it.server[s][k], bench, bench->sets[s], file, side, threads[k]);
  take_turns (&it, bench);
  fma = bench->threads * bench_median (it.fma[0], it.n_turns)
        / bench_median (it.fma[1], it.n_turns);
  for (gint s = 0; s < n_sets; s++)
    {
      gdouble one = bench_median (it.server[s][0].seconds, it.n_turns);
      gdouble all = bench_median (it.server[s][1].seconds, it.n_turns);

      if (!(fabs (it.server[s][1].loss / it.server[0][0].loss - 1) < 1e-3))
        bench_fail ("the losses differ: %g, %g", it.server[s][1].loss, it.server[0][0].loss);
      printf ("%-8s %4d %-9s %9.4f %9.4f %8.2f %8.2f\n", name, side, bench->sets[s], one, all,
              one / all, fma);
      fflush (stdout);
      bench_line (bench, "iterations",
                  "\"network\":\"%s\",\"side\":%d,\"simd\":\"%s\",\"threads\":%d,"
                  "\"seconds_on_1\":%.5f,\"seconds\":%.5f,\"speedup\":%.3f,"
                  "\"fma_speedup\":%.3f",
                  name, side, bench->sets[s], bench->threads, one, all, one / all, fma);
      for (gint k = 0; k < 2; k++)
        server_clear (&it.server[s][k]);
    }
  for (gint k = 0; k < 2; k++)
    nst_pool_free (it.pool[k]);
}

void
bench_iterations (Bench *bench)
{
  static const gint sides[] = {256, 512, 1024};

  printf ("an iteration                1 thread %d threads  speedup  FMA's (s)\n",
          bench->threads);
  for (gsize i = 0; i < G_N_ELEMENTS (sides) - bench->quick; i++)
    {
      /* every instruction set at one size is enough */
      gint n_sets = sides[i] == 512 && !bench->quick ? bench->n_sets : 1;

      bench_iteration (bench, "built-in", NULL, sides[i], n_sets);
      bench_iteration (bench, "VGG-19", bench->vgg19, sides[i], n_sets);
    }
}
