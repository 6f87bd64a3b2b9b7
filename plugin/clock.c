/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model of a run's work: each level takes its steps and a preparation, and a step
 * takes the level's pixels and something besides.  The speed is measured, and only that of
 * late counts, since other programs come and go.  Processor time multiplied by the load of late
 * was tried in a simulation, and was no better.
 */
#include "clock.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Measured with the built-in network on processors with AVX2 and AVX-512; a preparation
 * is the measuring of content and style, forwards only. */
#define PREPARATION 3.4  /* steps */
#define OVERHEAD    5000 /* pixels a step */

/* The speed is that of the last part of the time so far: in simulated runs, whose load becomes 2 or
 * 3 times or a half or a third and stays so, what is left is right within 30 % again after 0.13 of
 * the run (median; at most 0.45).  A shorter part follows faster, but believes one level's speed. */
#define LATELY  0.4
#define SPACING 1.1 /* of the moments that are remembered */

static gdouble
level_work (gdouble pixels, gdouble steps)
{
  return (steps + PREPARATION) * (pixels + OVERHEAD);
}

static gdouble
total_work (const NstClock *clock)
{
  gdouble work = 0;

  for (gint i = 0; i < clock->n_levels; i++)
    work += level_work (clock->pixels[i], clock->steps[i]);
  return work;
}

/**
 * nst_clock_init:
 * @clock: (out): of a run that is about to begin
 */
void
nst_clock_init (NstClock *clock, const NstPlan *plan)
{
  memset (clock, 0, sizeof *clock);
  clock->n_levels = plan->n_levels;
  for (gint i = 0; i < plan->n_levels; i++)
    {
      clock->pixels[i] = (gdouble) plan->width[i] * plan->height[i];
      clock->steps[i] = plan->iterations[i];
    }
}

/**
 * nst_plan_work:
 *
 * Returns: the work of a whole run, in the units of nst_clock_speed()
 */
gdouble
nst_plan_work (const NstPlan *plan)
{
  NstClock clock;

  nst_clock_init (&clock, plan);
  return total_work (&clock);
}

/**
 * nst_clock_tick:
 * @progress: the newest
 */
void
nst_clock_tick (NstClock *clock, const NstProgress *progress)
{
  gdouble work = 0;

  if (progress->level >= clock->n_levels)
    return;
  /* A level that converged early has done its work. */
  for (gint i = 0; i < progress->level; i++)
    work += level_work (clock->pixels[i], clock->steps[i]);
  work += level_work (clock->pixels[progress->level], progress->iteration + 1);
  clock->now.work = work;
  clock->now.seconds = progress->seconds;
  if (progress->seconds >= SPACING * clock->past[0].seconds)
    {
      memmove (clock->past + 1, clock->past, sizeof clock->past - sizeof clock->past[0]);
      clock->past[0] = clock->now;
    }
}

/**
 * nst_clock_speed:
 *
 * Returns: seconds for a unit of work, as of late; 0 before the first step
 */
gdouble
nst_clock_speed (const NstClock *clock)
{
  gint i = 0;
  gdouble work;

  while (i < NST_CLOCK_PAST - 1 && clock->past[i].seconds > (1 - LATELY) * clock->now.seconds)
    i++;
  work = clock->now.work - clock->past[i].work;
  return work > 0 ? (clock->now.seconds - clock->past[i].seconds) / work : 0;
}

/**
 * nst_clock_fraction:
 *
 * Returns: how much of the work, and so of the time, is done, [0,1]
 */
gdouble
nst_clock_fraction (const NstClock *clock)
{
  return clock->now.work > 0 ? MIN (clock->now.work / total_work (clock), 1) : 0;
}

/**
 * nst_clock_left:
 *
 * Returns: seconds, or -1 as long as it would be a wild guess
 */
gdouble
nst_clock_left (const NstClock *clock)
{
  gdouble total = total_work (clock);

  if (clock->now.work < 0.01 * total || clock->now.seconds < 0.5)
    return -1;
  return (total - clock->now.work) * nst_clock_speed (clock);
}

/**
 * nst_clock_words:
 * @seconds: 0 or more
 *
 * Returns: a duration for people, such as "5 s", "3 min" or "2 h 10 min"
 */
gchar *
nst_clock_words (gdouble seconds)
{
  gdouble minutes = seconds / 60;

  if (seconds < 59.5)
    return g_strdup_printf (_ ("%d s"), (gint) (seconds + 0.5));
  if (minutes < 9.95)
    return g_strdup_printf (_ ("%d:%02d min"), (gint) (seconds + 0.5) / 60,
                            (gint) (seconds + 0.5) % 60);
  if (minutes < 59.5)
    return g_strdup_printf (_ ("%d min"), (gint) (minutes + 0.5));
  return g_strdup_printf (_ ("%d h %d min"), (gint) MIN (minutes + 0.5, 6e7) / 60,
                          (gint) MIN (minutes + 0.5, 6e7) % 60);
}
