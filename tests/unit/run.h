/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small run of the engine through its public interface, for the tests of
 * whole runs: ingredients, a callback that checks and remembers, comparisons.
 */
#ifndef NST_TESTS_RUN_H
#define NST_TESTS_RUN_H

#include "fixture.h"

#define RUN_WIDTH  40
#define RUN_HEIGHT 31

typedef struct
{
  NstNetwork *network;
  NstSettings settings;
  NstImage content;
  NstStyle style[2];
  guint n_styles;
  const NstImage *start; /* or NULL */
} RunCase;

/* A network with four poolings, a content of the size above and as working
 * size, 5 iterations, 1 thread; two styles, of which the first counts. */
void run_case_init (RunCase *it);
void run_case_clear (RunCase *it);
/* What the engine gets of it. */
NstInputs run_case_inputs (const RunCase *it);
/* Runs, and fails unless that succeeds; free the image with nst_image_clear(). */
NstImage run_case_run (RunCase *it, NstCallback callback, gpointer data);

/* What a callback saw, and what it is to do. */
typedef struct
{
  NstAction action; /* at step `at`, counted from 0 through all levels */
  gint at;
  gint steps, level, iteration;
  gdouble fraction, seconds, first_total, last_total;
  NstImage preview; /* of step `at` */
} Watch;

/* An NstCallback with a Watch: checks that the progress is in order. */
NstAction run_watch (const NstProgress *progress, gpointer data);
/* The loss before the first step. */
gdouble run_first_loss (RunCase *it);

gboolean run_same (const NstImage *a, const NstImage *b);
/* The size, no mask, and values within [0,1]. */
void run_check_pixels (const NstImage *image, gint width, gint height);
/* The largest difference, over all channels. */
gdouble run_farthest (const NstImage *a, const NstImage *b);

#endif /* NST_TESTS_RUN_H */
