/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An evaluation beside what the machine could do: each part's time on one thread, and the least
 * that its arithmetic takes at the multipliers' measured rate, or its data at the memory's.  Both
 * are counted from the shapes: of data each array once, of arithmetic what the algorithm asks.
 * The linker puts this in the place of the engine's calls (--wrap).
 */
#include "bench.h"
#include "losses/loss.h"
#include "losses/match-loss.h"
#include "losses/palette.h"
#include "losses/style-slope.h"
#include "losses/stripes.h"
#include "losses/tv.h"
#include "network/winograd.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TIMES 7 /* that each call is timed; the least counts */

/* A part of an evaluation: calls alike. */
typedef struct
{
  gchar name[48];
  gint n;        /* calls in one evaluation */
  gint next;     /* of them, in this one */
  gdouble flops; /* of all of them */
  gdouble bytes;
  GArray *seconds; /* of each: the least so far */
} Part;

static GArray *parts; /* NULL: nothing is recorded */
static gint times;    /* evaluations before this one */

/* Of this thread: what else the machine does counts little. */
static gdouble
cpu_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static Part *
find_part (const gchar *name)
{
  Part part = {{0}};

  for (guint i = 0; i < parts->len; i++)
    if (g_str_equal (g_array_index (parts, Part, i).name, name))
      return &g_array_index (parts, Part, i);
  g_strlcpy (part.name, name, sizeof part.name);
  part.seconds = g_array_new (FALSE, FALSE, sizeof (gdouble));
  g_array_append_val (parts, part);
  return &g_array_index (parts, Part, parts->len - 1);
}

/* What a call that began at @start and has ended did. */
static void
note_call (const gchar *name, gdouble start, gdouble flops, gdouble bytes)
{
  gdouble seconds = cpu_seconds () - start;
  Part *part = find_part (name);

  if (times == 0)
    {
      part->n++;
      part->flops += flops;
      part->bytes += bytes;
      g_array_append_val (part->seconds, seconds);
      return;
    }
  if (part->next >= part->n)
    bench_fail ("%s was called more often than before", name);
  g_array_index (part->seconds, gdouble, part->next) =
      MIN (g_array_index (part->seconds, gdouble, part->next), seconds);
  part->next++;
}

static gdouble
seconds_of (const Part *part)
{
  gdouble sum = 0;

  for (guint i = 0; i < part->seconds->len; i++)
    sum += g_array_index (part->seconds, gdouble, i);
  return sum;
}

#define WRAP(type, name, parameters)                                                           \
  type __real_##name parameters;                                                               \
  type __wrap_##name parameters;                                                               \
  type __wrap_##name parameters

#define TRANSFORM_IN  200 /* operations of a tile of a channel: 10 times 20, */
#define TRANSFORM_OUT 190 /* 10 times 16, and bias and ReLU */

WRAP (void, nst_winograd_conv,
      (NstPool * pool, const NstWinograd *winograd, const NstConvInput *in,
       const NstConvOutput *out, gfloat *scratch))
{
  gint w = in->halved ? out->y->w : in->x->w, h = out->to - out->from;
  gdouble tiles = (gdouble) nst_divide_up (w, 4) * nst_divide_up (h, 4), start = cpu_seconds ();
  gdouble cin = winograd->cin, cout = winograd->cout, gates = in->gate ? cin : 0;
  gdouble read = 4 * cin * in->x->w * in->x->h, written = 4 * cout * out->y->w * out->y->h;
  gchar name[48];

  __real_nst_winograd_conv (pool, winograd, in, out, scratch);
  if (!parts)
    return;
  gates += out->gate ? cout : 0;
  g_snprintf (name, sizeof name, "convolution %d - %d", MIN (winograd->cin, winograd->cout),
              MAX (winograd->cin, winograd->cout));
  note_call (name, start, (72 * cin * cout + TRANSFORM_IN * cin + TRANSFORM_OUT * cout) * tiles,
             read + written + gates * w * h / 8 + 4 * 36 * cin * cout);
}

WRAP (gboolean, nst_stats_add,
      (NstStats * stats, NstPool *pool, const NstPiece *piece, const gfloat *weights,
       GError **error))
{
  gdouble start = cpu_seconds (), cells = (gdouble) piece->w * piece->h, n = piece->c;
  gboolean ok = __real_nst_stats_add (stats, pool, piece, weights, error);

  if (parts)
    note_call ("moments", start, (n + 2) * n * cells, 4 * n * cells);
  return ok;
}

WRAP (gdouble, nst_style_slope_find,
      (NstStyleSlope * slope, NstPool *pool, const NstStats *now, const NstStyleTarget *targets,
       gint n_targets))
{
  gdouble start = cpu_seconds (), n = now->n;
  gdouble value = __real_nst_style_slope_find (slope, pool, now, targets, n_targets);

  /* two products in double, of which as many take twice as long */
  if (parts)
    note_call ("metric", start, n_targets * 2 * 4 * n * n * n, n_targets * 6 * 8 * n * n);
  return value;
}

WRAP (void, nst_style_slope_add,
      (const NstStyleSlope *slope, NstPool *pool, const NstPiece *piece, const gfloat *weights))
{
  gdouble start = cpu_seconds (), cells = (gdouble) piece->w * piece->h, n = piece->c;

  __real_nst_style_slope_add (slope, pool, piece, weights);
  if (parts)
    note_call ("moments' slope", start, (2 * n + 2) * n * cells, 12 * n * cells);
}

WRAP (gdouble, nst_match_loss,
      (const NstMatch *match, NstPool *pool, const NstPiece *piece, const gfloat *weights))
{
  gdouble start = cpu_seconds (), cells = (gdouble) piece->w * piece->h, n = piece->c;
  gdouble value = __real_nst_match_loss (match, pool, piece, weights);

  if (parts)
    note_call ("matched loss", start, 7 * n * cells, 14 * n * cells);
  return value;
}

WRAP (gdouble, nst_palette_loss,
      (const NstPalette *target, NstPool *pool, gdouble weight, const NstTensor *image,
       const gfloat *mask, gfloat *gradient))
{
  gdouble start = cpu_seconds (), pixels = (gdouble) nst_tensor_plane (image);
  gdouble value = __real_nst_palette_loss (target, pool, weight, image, mask, gradient);

  if (parts)
    note_call ("palette", start, 100 * pixels, 48 * pixels);
  return value;
}

WRAP (gdouble, nst_tv_loss,
      (NstPool * pool, NstTvForm form, gdouble k, gdouble chroma, const NstTensor *image,
       gfloat *gradient))
{
  gdouble start = cpu_seconds (), pixels = (gdouble) nst_tensor_plane (image);
  gdouble value = __real_nst_tv_loss (pool, form, k, chroma, image, gradient);

  if (parts)
    note_call ("total variation", start, 120 * pixels, 36 * pixels);
  return value;
}

WRAP (gdouble, nst_stripes_loss,
      (NstPool * pool, gdouble k, const NstTensor *image, gfloat *gradient))
{
  gdouble start = cpu_seconds (), pixels = (gdouble) nst_tensor_plane (image);
  gdouble value = __real_nst_stripes_loss (pool, k, image, gradient);

  if (parts)
    note_call ("stripes", start, 130 * pixels, 36 * pixels);
  return value;
}

/* Bytes a second of a[i] = b[i] + s c[i] over arrays of so many bytes together. */
static gdouble
triad_rate (gdouble bytes)
{
  gsize n = (gsize) MAX (bytes / 12, 1024);
  gint loops = (gint) MAX (4e6 / bytes, 1);
  NstTensor a = bench_tensor (1, 1, (gint) n, 1), b = bench_tensor (1, 1, (gint) n, 2),
            c = bench_tensor (1, 1, (gint) n, 3);
  gdouble best = G_MAXDOUBLE;

  for (gint i = 0; i < TIMES; i++)
    {
      gdouble start = cpu_seconds ();

      for (gint k = 0; k < loops; k++)
        nst_kernels ()->vector->add_scaled (n, b.data, 0.5f, c.data, a.data);
      best = MIN (best, (cpu_seconds () - start) / loops);
    }
  nst_tensor_clear (&a);
  nst_tensor_clear (&b);
  nst_tensor_clear (&c);
  return 12.0 * (gdouble) n / best;
}

#define DEPTH 256 /* of the product in the nearest cache that shows the multipliers' rate */
#define LOOPS 2000

/* Operations a second of the multipliers: of a product that has all in the nearest cache. */
static gdouble
multiplier_rate (void)
{
  const NstKernels *kernels = nst_kernels ();
  gint rows = kernels->rows, columns = 3 * kernels->lanes;
  NstTensor u = bench_tensor (1, DEPTH, rows, 1), v = bench_tensor (1, DEPTH, columns, 2),
            m = bench_tensor (1, rows, columns + NST_KERNEL_LANES, 3);
  gdouble best = G_MAXDOUBLE;

  for (gint i = 0; i < 5 * TIMES; i++)
    {
      gdouble start = cpu_seconds ();

      for (gint k = 0; k < LOOPS; k++)
        kernels->product (rows, DEPTH, columns, u.data, v.data, columns, m.data,
                          columns + NST_KERNEL_LANES);
      best = MIN (best, (cpu_seconds () - start) / LOOPS);
    }
  nst_tensor_clear (&u);
  nst_tensor_clear (&v);
  nst_tensor_clear (&m);
  return 2.0 * rows * DEPTH * columns / best;
}

static void
print_part (Bench *bench, const gchar *network, NstSize size, const Part *part, gdouble rate)
{
  gdouble seconds = seconds_of (part), arithmetic = part->flops / rate;
  gdouble data = part->bytes / triad_rate (part->bytes / part->n);
  gdouble bound = MAX (arithmetic, data);

  printf ("  %-22s %4d %9.2f %9.1f %9.1f %9.2f %9.2f  %s %6.2f\n", part->name, part->n,
          seconds * 1e3, part->flops / 1e6, part->bytes / 1e6, arithmetic * 1e3, data * 1e3,
          arithmetic >= data ? "arithmetic" : "data      ", seconds / bound);
  bench_line (bench, "roofline",
              "\"network\":\"%s\",\"width\":%d,\"height\":%d,\"simd\":\"%s\",\"part\":\"%s\","
              "\"calls\":%d,"
              "\"seconds\":%.6f,\"flops\":%.0f,\"bytes\":%.0f,\"bound_seconds\":%.6f",
              network, size.w, size.h, nst_kernels ()->name, part->name, part->n, seconds,
              part->flops, part->bytes, bound);
}

/* Evaluates, and records the calls.  Returns: the least seconds of an evaluation. */
static gdouble
record (BenchProblem *problem)
{
  gdouble best = G_MAXDOUBLE;
  NstLosses losses;
  GError *error = NULL;

  parts = g_array_new (FALSE, FALSE, sizeof (Part));
  for (times = 0; times < TIMES; times++)
    {
      gdouble start = cpu_seconds ();

      for (guint i = 0; i < parts->len; i++)
        g_array_index (parts, Part, i).next = 0;
      if (!nst_objective_evaluate (&problem->objective, problem->x.data, problem->gradient.data,
                                   &losses, &error))
        bench_fail ("%s", error->message);
      best = MIN (best, cpu_seconds () - start);
    }
  return best;
}

static void
measure (Bench *bench, const gchar *name, const NstNetwork *network, NstSize size, gdouble rate)
{
  NstPool *pool = nst_pool_new (1);
  BenchProblem problem;
  gdouble all, sum = 0;
  GArray *recorded;

  bench_problem_init (&problem, network, pool, size.w, size.h, (NstTiling){0, 0});
  all = record (&problem);
  recorded = g_steal_pointer (&parts);
  printf (
      "%s, %d x %d, %s        calls        ms   MFLOP        MB  arithmetic   data bound by "
      "    times\n",
      name, size.w, size.h, nst_kernels ()->name);
  for (guint i = 0; i < recorded->len; i++)
    {
      Part *part = &g_array_index (recorded, Part, i);

      print_part (bench, name, size, part, rate);
      sum += seconds_of (part);
      g_array_unref (part->seconds);
    }
  printf ("  %-22s %14.2f\n  %-22s %14.2f\n\n", "else", MAX (all - sum, 0) * 1e3, "all",
          all * 1e3);
  fflush (stdout);
  g_array_unref (recorded);
  bench_problem_clear (&problem);
  nst_pool_free (pool);
}

void
bench_roofline (Bench *bench)
{
  /* as levels are, with their margins; the last has 4 megapixels */
  static const NstSize sizes[] = {{136, 93}, {520, 350}, {2456, 1640}};
  const struct
  {
    const gchar *name, *file;
    gsize n_sizes;
  } networks[] = {{"built-in", NULL, 3}, {"VGG-19", bench->vgg19, 2}};
  gdouble rate = multiplier_rate ();

  printf (
      "multipliers: %.0f GFLOP/s; memory: %.1f GB/s of 1 MB, %.1f of 16 MB, %.1f of 256 MB\n"
      "(another instruction set: NST_SIMD=avx2 bench roofline)\n\n",
      rate / 1e9, triad_rate (1e6) / 1e9, triad_rate (16e6) / 1e9, triad_rate (256e6) / 1e9);
  for (gsize k = 0; k < G_N_ELEMENTS (networks) - bench->quick; k++)
    {
      GError *error = NULL;
      NstNetwork *network = nst_network_open (networks[k].file, &error);

      if (!network)
        bench_fail ("%s", error->message);
      for (gsize i = 0; i < networks[k].n_sizes - bench->quick; i++)
        measure (bench, networks[k].name, network, sizes[i], rate);
      nst_network_free (network);
    }
}
