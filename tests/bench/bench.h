/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the bench share.
 */
#ifndef NST_TESTS_BENCH_H
#define NST_TESTS_BENCH_H

#include "kernels/kernels.h"
#include "base/parallel.h"
#include "base/tensor.h"
#include "run/objective.h"

#define BENCH_MAX_SETS 4

typedef struct
{
  gint threads; /* the most; measured on 1 as well */
  gint repeats; /* the median of so many */
  gboolean quick;
  const gchar *nst, *samples; /* the nst command, the folder of pictures */
  const gchar *self;          /* this program */
  gint n_sets;                /* of instructions, the best first */
  const gchar *sets[BENCH_MAX_SETS];
  gchar *folder; /* for what is made on the way */
  gchar *vgg19;  /* a network file */
  GString *lines;
} Bench;

/* Ends the program with one line of words. */
void bench_fail (const gchar *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;
gdouble bench_now (void);
/* Seconds of processor time of all threads. */
gdouble bench_cpu_now (void);
/* Sorts @values. */
gdouble bench_median (gdouble *values, gint n);
/* The pattern that peer makes too, from @low up to @high. */
void bench_fill (gfloat *values, gsize n, guint32 seed, gdouble low, gdouble high);
/* The same as a picture in [0,1]. */
void bench_image (NstImage *image, gint width, gint height, guint32 seed);
NstTensor bench_tensor (gint c, gint h, gint w, guint32 seed);
/* A JSON line, shown after the section's table; the section's name comes first. */
void bench_line (Bench *bench, const gchar *section, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

#define BENCH_SGEMM_SIDE 2048
/* GFLOP/s of a product of that side, in bands, a thread each. */
gdouble bench_sgemm (NstPool *pool);
/* Seconds of a loop of multiplications and additions in registers, the same work for
 * each thread: what more threads can bring on this machine at best. */
gdouble bench_fma (NstPool *pool);

/* VGG-19 to conv5_1 with random weights, He-scaled, as a network file. */
gboolean bench_network_write (const gchar *path, GError **error);

/* The default recipe's loss of a picture that is being made. */
typedef struct
{
  NstRecipeSpec recipe;
  NstObjective objective;
  NstTensor x, gradient;
} BenchProblem;

void bench_problem_init (BenchProblem *problem, const NstNetwork *network, NstPool *pool,
                         gint w, gint h, NstTiling tiling);
void bench_problem_clear (BenchProblem *problem);

void bench_layers (Bench *bench);
void bench_errors (Bench *bench);
void bench_iterations (Bench *bench);
/* bench iteration NETWORK WIDTH HEIGHT THREADS [COLUMNS ROWS] */
int bench_serve (gint argc, gchar **argv);
void bench_presets (Bench *bench);
void bench_first_sight (Bench *bench);
/* Whole runs of nst, as short as can be, of the same section. */
void bench_cold_start (Bench *bench);
void bench_preview (Bench *bench);
void bench_cancel (Bench *bench);
void bench_large (Bench *bench);
void bench_memory (Bench *bench);
void bench_scaling (Bench *bench);
void bench_roofline (Bench *bench);
int bench_memory_run (gint argc, gchar **argv);
/* bench large NETWORK WIDTH HEIGHT THREADS MIB */
int bench_large_run (gint argc, gchar **argv);

#endif
