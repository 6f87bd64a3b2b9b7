/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Collects on the worker's thread what another one shows.
 */
#include "watch.h"

#include <string.h>

#define SHARE 20 /* a picture may cost so small a part of the time */

struct _NstWatch
{
  gint longest;
  gint64 pause; /* microseconds */

  gint64 not_before; /* the worker's */
  gint level;

  GMutex lock;
  NstImage picture; /* these are under the lock */
  GArray *losses;
};

/**
 * nst_watch_new:
 * @longest: pixels, the long side that pictures are shrunk to
 * @pause: microseconds between two pictures at least; a new level's first step
 *   does not wait
 */
NstWatch *
nst_watch_new (gint longest, gint64 pause)
{
  NstWatch *watch = g_new0 (NstWatch, 1);

  watch->longest = longest;
  watch->pause = pause;
  watch->level = -1;
  watch->losses = g_array_new (FALSE, FALSE, sizeof (NstLossPoint));
  g_mutex_init (&watch->lock);
  return watch;
}

/**
 * nst_watch_free:
 * @watch: (nullable): of a run that has ended
 */
void
nst_watch_free (NstWatch *watch)
{
  if (!watch)
    return;
  nst_image_clear (&watch->picture);
  g_array_unref (watch->losses);
  g_mutex_clear (&watch->lock);
  g_free (watch);
}

static gboolean
shrink (NstImage *image, gint longest)
{
  gint side = MAX (image->width, image->height);
  NstImage small;

  if (side <= longest)
    return TRUE;
  if (!nst_image_scale (image, MAX (1, (gint) ((gint64) image->width * longest / side)),
                        MAX (1, (gint) ((gint64) image->height * longest / side)), &small,
                        NULL))
    return FALSE;
  nst_image_clear (image);
  *image = small;
  return TRUE;
}

/* Without the memory for it there is no picture, and the run goes on. */
static void
look (NstWatch *watch, const NstProgress *progress)
{
  gint64 begun = g_get_monotonic_time (), ended;
  NstImage image = {0};

  if (nst_progress_get_image (progress, &image, NULL) && shrink (&image, watch->longest))
    {
      NstImage old;

      g_mutex_lock (&watch->lock);
      old = watch->picture;
      watch->picture = image;
      g_mutex_unlock (&watch->lock);
      image = old;
    }
  nst_image_clear (&image);
  ended = g_get_monotonic_time ();
  watch->not_before = ended + MAX (watch->pause, SHARE * (ended - begun));
}

/**
 * nst_watch_step:
 * @user_data: a #NstWatch
 *
 * The #NstCallback of the run, on its thread.
 */
NstAction
nst_watch_step (const NstProgress *progress, gpointer user_data)
{
  NstWatch *watch = user_data;
  NstLossPoint point = {progress->level, (gfloat) progress->content, (gfloat) progress->style,
                        (gfloat) progress->tv};

  g_mutex_lock (&watch->lock);
  g_array_append_val (watch->losses, point);
  g_mutex_unlock (&watch->lock);
  if (progress->level != watch->level || g_get_monotonic_time () >= watch->not_before)
    look (watch, progress);
  watch->level = progress->level;
  return NST_ACTION_GO_ON;
}

/**
 * nst_watch_take_picture:
 * @picture: (out): the caller's then, to be freed with nst_image_clear()
 *
 * Returns: %FALSE, and no picture, unless there is one that was not yet taken
 */
gboolean
nst_watch_take_picture (NstWatch *watch, NstImage *picture)
{
  g_mutex_lock (&watch->lock);
  *picture = watch->picture;
  memset (&watch->picture, 0, sizeof watch->picture);
  g_mutex_unlock (&watch->lock);
  return picture->rgb != NULL;
}

/**
 * nst_watch_take_losses:
 * @losses: of #NstLossPoint, taken from this watch before; those since are appended
 *
 * Returns: whether there were any
 */
gboolean
nst_watch_take_losses (NstWatch *watch, GArray *losses)
{
  guint n;

  g_mutex_lock (&watch->lock);
  n = watch->losses->len - losses->len;
  if (n > 0)
    g_array_append_vals (losses, &g_array_index (watch->losses, NstLossPoint, losses->len), n);
  g_mutex_unlock (&watch->lock);
  return n > 0;
}
