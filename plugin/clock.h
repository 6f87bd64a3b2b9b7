/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The time that a run still needs, from its plan and the speed so far.
 */
#ifndef NST_CLOCK_H
#define NST_CLOCK_H

#include <nst.h>

G_BEGIN_DECLS

#define NST_CLOCK_PAST 7 /* so that the last of them lies 0.4 of the time back */

/**
 * NstClock:
 * @n_levels: 0: nothing is known of the run
 * @pixels: of each level
 * @steps: of each level
 * @now: work done and seconds
 * @past: likewise of moments before, the newest first, each a tenth of its time after the next
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
  } now, past[NST_CLOCK_PAST];
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
