/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To be preloaded: GLib's locks and conditions by those of POSIX, which ThreadSanitizer knows;
 * GLib's own make system calls that it does not see.  With NST_YIELD=SEED the threads are held up
 * at random whenever they take, give or wait, so that they meet in many more orders.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#define LONGEST 200 /* microseconds that a thread is held up */

static void
hold_up (void)
{
  static gint threads;
  static __thread guint state;
  static __thread gboolean begun;

  if (!begun)
    {
      const gchar *seed = getenv ("NST_YIELD");

      begun = TRUE;
      state = seed ? (guint) (atoi (seed) + 7919 * (1 + g_atomic_int_add (&threads, 1))) : 0;
    }
  if (state == 0)
    return;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  if (state % 4 == 0)
    sched_yield ();
  if (state % 16 == 1)
    usleep (state / 16 % LONGEST);
}

static gpointer
publish (gpointer *place, gpointer made)
{
  gpointer there = NULL;

  if (__atomic_compare_exchange_n (place, &there, made, FALSE, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE))
    return made;
  free (made);
  return there;
}

static pthread_mutex_t *
mutex_of (GMutex *mutex)
{
  pthread_mutex_t *made = __atomic_load_n (&mutex->p, __ATOMIC_ACQUIRE);

  if (made)
    return made;
  made = malloc (sizeof *made);
  pthread_mutex_init (made, NULL);
  return publish (&mutex->p, made);
}

static pthread_cond_t *
cond_of (GCond *cond)
{
  pthread_cond_t *made = __atomic_load_n (&cond->p, __ATOMIC_ACQUIRE);
  pthread_condattr_t attributes;

  if (made)
    return made;
  made = malloc (sizeof *made);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (made, &attributes);
  pthread_condattr_destroy (&attributes);
  return publish (&cond->p, made);
}

void
g_mutex_init (GMutex *mutex)
{
  mutex->p = NULL;
}

void
g_mutex_clear (GMutex *mutex)
{
  if (mutex->p && pthread_mutex_destroy (mutex->p) != 0)
    abort ();
  free (mutex->p);
  mutex->p = NULL;
}

void
g_mutex_lock (GMutex *mutex)
{
  hold_up ();
  if (pthread_mutex_lock (mutex_of (mutex)) != 0)
    abort ();
  hold_up ();
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  return pthread_mutex_trylock (mutex_of (mutex)) == 0;
}

void
g_mutex_unlock (GMutex *mutex)
{
  hold_up ();
  pthread_mutex_unlock (mutex_of (mutex));
  hold_up ();
}

void
g_cond_init (GCond *cond)
{
  cond->p = NULL;
}

void
g_cond_clear (GCond *cond)
{
  if (cond->p)
    pthread_cond_destroy (cond->p);
  free (cond->p);
  cond->p = NULL;
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  hold_up ();
  pthread_cond_wait (cond_of (cond), mutex_of (mutex));
  hold_up ();
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end)
{
  const struct timespec until = {end / G_USEC_PER_SEC, end % G_USEC_PER_SEC * 1000};
  gint ended;

  hold_up ();
  ended = pthread_cond_timedwait (cond_of (cond), mutex_of (mutex), &until);
  hold_up ();
  return ended != ETIMEDOUT;
}

void
g_cond_signal (GCond *cond)
{
  pthread_cond_signal (cond_of (cond));
  hold_up ();
}

void
g_cond_broadcast (GCond *cond)
{
  pthread_cond_broadcast (cond_of (cond));
  hold_up ();
}
