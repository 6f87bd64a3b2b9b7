/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The time that a run still needs, from its plan and the speed so far.
 */
#ifndef NST_CLOCK_H
#define NST_CLOCK_H

#include <nst.h>

G_BEGIN_DECLS

/**
 * NstClock:
 * @n_levels: 0: nothing is known of the run
 * @pixels: of each level
 * @steps: of each level
 * @mark: work done and seconds of a moment that lies half of the work back
 * @next: likewise of the moment that is the mark from twice its work on
 *
 * Plain data; nst_clock_init() and then nst_clock_tick() after each step.
 */
typedef struct
{
  gint n_levels;
  gdouble pixels[NST_MAX_LEVELS];
  gint steps[NST_MAX_LEVELS];
  struct
  {
    gdouble work, seconds;
  } mark, next, now;
} NstClock;

void nst_clock_init (NstClock *clock, const NstPlan *plan);
void nst_clock_tick (NstClock *clock, const NstProgress *progress);
gdouble nst_clock_fraction (const NstClock *clock);
gdouble nst_clock_left (const NstClock *clock);
gdouble nst_clock_speed (const NstClock *clock);
gdouble nst_plan_work (const NstPlan *plan);
gchar *nst_clock_words (gdouble seconds);

G_END_DECLS

#endif
