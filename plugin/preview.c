/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The previews' thread.  It waits for a request, and while it works on one looks after
 * each step whether there is another.
 */
#include "preview.h"

#include <string.h>

#include "networks.h"
#include "preview-request.h"

#define PAUSE 60000 /* microseconds between two pictures */

struct _NstPreview
{
  GThread *thread;
  GMutex lock; /* for all but what says otherwise */
  GCond wake;
  PreviewRequest *next; /* or NULL */
  gint stop;            /* atomic, of NstAction: what the run is to do */
  gboolean busy, quit;

  NstImage picture;
  NstPreviewState state;

  NstNetwork *network; /* the thread's alone, as all that follows */
  gchar *name;
  PreviewRequest *request;
  NstClock clock;
  gint64 not_before;
};

/* Where the content does not take the style, it stays. */
static void
blend (const NstImage *content, NstImage *picture)
{
  if (!content->mask)
    return;
  for (gsize i = 0; i < (gsize) content->width * content->height; i++)
    for (gsize c = 3 * i; c < 3 * i + 3; c++)
      picture->rgb[c] =
          content->rgb[c] + content->mask[i] * (picture->rgb[c] - content->rgb[c]);
}

/* Takes @image over. */
static void
post (NstPreview *preview, NstImage *image)
{
  const NstImage *content = &preview->request->content;
  NstImage picture, old;
  gboolean ok = nst_image_scale (image, content->width, content->height, &picture, NULL);

  nst_image_clear (image);
  if (!ok)
    return;
  blend (content, &picture);
  g_mutex_lock (&preview->lock);
  /* what was asked for meanwhile has other settings, perhaps another content */
  if (g_atomic_int_get (&preview->stop) == NST_ACTION_CANCEL)
    old = picture;
  else
    {
      old = preview->picture;
      preview->picture = picture;
    }
  g_mutex_unlock (&preview->lock);
  nst_image_clear (&old);
}

static NstAction
after_step (const NstProgress *progress, gpointer user_data)
{
  NstPreview *preview = user_data;
  NstImage image;

  nst_clock_tick (&preview->clock, progress);
  if (progress->seconds > 0.3)
    {
      g_mutex_lock (&preview->lock);
      preview->state.speed = nst_clock_speed (&preview->clock);
      g_mutex_unlock (&preview->lock);
    }
  if (g_get_monotonic_time () >= preview->not_before
      && nst_progress_get_image (progress, &image, NULL))
    {
      post (preview, &image);
      preview->not_before = g_get_monotonic_time () + PAUSE;
    }
  return NST_ACTION_GO_ON;
}

static gboolean
open_network (NstPreview *preview, const gchar *name, GError **error)
{
  if (preview->network && strcmp (preview->name, name) == 0)
    return TRUE;
  g_clear_pointer (&preview->network, nst_network_free);
  g_free (preview->name);
  preview->name = g_strdup (name);
  preview->network = nst_networks_open (name, error);
  return preview->network != NULL;
}

static NstInputs
inputs_of (const NstPreview *preview, const NstImage *content)
{
  const GArray *styles = preview->request->styles;

  return (NstInputs){preview->network, content, (const NstStyle *) styles->data, styles->len,
                     NULL};
}

static gboolean
paint (NstPreview *preview, const NstPlan *plan, GError **error)
{
  const PreviewRequest *request = preview->request;
  const NstInputs inputs = inputs_of (preview, &request->content);
  NstSettings settings;
  NstImage result;
  NstPlan own;
  gboolean done;

  request_reduce (request, plan, &settings);
  settings.stop = &preview->stop;
  if (!nst_plan (&inputs, &settings, &own, error))
    return FALSE;
  nst_clock_init (&preview->clock, &own);
  preview->not_before = 0;
  done = nst_stylise (&inputs, &settings, after_step, preview, &result, error);
  if (done)
    post (preview, &result);
  nst_image_clear (&result);
  return done;
}

/* The plan of the run itself is told, then a small one made. */
static void
serve (NstPreview *preview)
{
  const PreviewRequest *request = preview->request;
  const NstImage content = {request->width, request->height, request->content.rgb,
                            request->content.mask};
  GError *error = NULL;
  NstInputs inputs;
  NstPlan plan;
  gboolean ok = open_network (preview, request->params.network, &error);

  /* the plan needs sizes only, and whether there is a mask */
  inputs = inputs_of (preview, &content);
  if (ok && nst_plan (&inputs, &request->settings, &plan, &error))
    {
      g_mutex_lock (&preview->lock);
      preview->state.plan = plan;
      preview->state.planned = TRUE;
      g_mutex_unlock (&preview->lock);
      if (request->content.rgb && request->styles->len > 0)
        paint (preview, &plan, &error);
    }
  g_mutex_lock (&preview->lock);
  if (error && !g_error_matches (error, NST_ERROR, NST_ERROR_CANCELLED))
    preview->state.problem = g_strdup (error->message);
  g_mutex_unlock (&preview->lock);
  g_clear_error (&error);
}

static gpointer
work (gpointer data)
{
  NstPreview *preview = data;

  g_mutex_lock (&preview->lock);
  while (!preview->quit)
    if (!preview->next)
      g_cond_wait (&preview->wake, &preview->lock);
    else
      {
        preview->request = g_steal_pointer (&preview->next);
        preview->busy = TRUE;
        g_atomic_int_set (&preview->stop, NST_ACTION_GO_ON);
        preview->state.planned = FALSE;
        g_clear_pointer (&preview->state.problem, g_free);
        g_mutex_unlock (&preview->lock);
        serve (preview);
        g_clear_pointer (&preview->request, request_free);
        g_mutex_lock (&preview->lock);
        preview->busy = FALSE;
        preview->state.running = preview->next != NULL;
      }
  g_mutex_unlock (&preview->lock);
  return NULL;
}

/**
 * nst_preview_new:
 *
 * Returns: (nullable): to be freed with nst_preview_free(); %NULL if there can be no
 *   thread.  What else there is here is for the one thread that made it.
 */
NstPreview *
nst_preview_new (void)
{
  NstPreview *preview = g_new0 (NstPreview, 1);

  g_mutex_init (&preview->lock);
  g_cond_init (&preview->wake);
  preview->thread = g_thread_try_new ("nst-preview", work, preview, NULL);
  if (!preview->thread)
    g_clear_pointer (&preview, nst_preview_free);
  return preview;
}

/**
 * nst_preview_start:
 * @params: copied
 * @width: of what the run itself will compute
 * @content: (nullable): copied; %NULL: only the plan is wanted
 * @styles: (nullable) (element-type NstStyle): copied; likewise
 * @enlarged: @content is a part of that at full size, not all of it
 *
 * A preview that still runs ends after the step that it is at; nothing here waits for it.
 */
void
nst_preview_start (NstPreview *preview, const NstParams *params, gint width, gint height,
                   const NstImage *content, const GArray *styles, gboolean enlarged)
{
  PreviewRequest *request = request_new (params, content, styles), *old;

  if (!request)
    return;
  request->width = width;
  request->height = height;
  request->enlarged = enlarged;
  g_mutex_lock (&preview->lock);
  old = preview->next;
  preview->next = request;
  preview->state.running = TRUE;
  g_atomic_int_set (&preview->stop, NST_ACTION_CANCEL);
  nst_image_clear (&preview->picture); /* of settings that are no longer */
  g_cond_signal (&preview->wake);
  g_mutex_unlock (&preview->lock);
  request_free (old);
}

/**
 * nst_preview_stop:
 *
 * Ends the preview that runs, if there is one, after the step that it is at.
 */
void
nst_preview_stop (NstPreview *preview)
{
  PreviewRequest *old;

  g_mutex_lock (&preview->lock);
  old = g_steal_pointer (&preview->next);
  g_atomic_int_set (&preview->stop, NST_ACTION_CANCEL);
  preview->state.running = preview->busy;
  g_mutex_unlock (&preview->lock);
  request_free (old);
}

/**
 * nst_preview_take:
 * @picture: (out): the caller's then; as large as the content
 *
 * Returns: %FALSE, and no picture, unless there is one that was not yet taken
 */
gboolean
nst_preview_take (NstPreview *preview, NstImage *picture)
{
  g_mutex_lock (&preview->lock);
  *picture = preview->picture;
  memset (&preview->picture, 0, sizeof preview->picture);
  g_mutex_unlock (&preview->lock);
  return picture->rgb != NULL;
}

/**
 * nst_preview_state:
 * @state: (out): its problem is to be freed
 */
void
nst_preview_state (NstPreview *preview, NstPreviewState *state)
{
  g_mutex_lock (&preview->lock);
  *state = preview->state;
  state->problem = g_strdup (state->problem);
  g_mutex_unlock (&preview->lock);
}

/**
 * nst_preview_free:
 * @preview: (nullable): waits for the end of the step that it is at
 */
void
nst_preview_free (NstPreview *preview)
{
  if (!preview)
    return;
  if (preview->thread)
    {
      g_mutex_lock (&preview->lock);
      preview->quit = TRUE;
      g_atomic_int_set (&preview->stop, NST_ACTION_CANCEL);
      g_cond_signal (&preview->wake);
      g_mutex_unlock (&preview->lock);
      g_thread_join (preview->thread);
    }
  request_free (preview->next);
  nst_image_clear (&preview->picture);
  g_free (preview->state.problem);
  g_clear_pointer (&preview->network, nst_network_free);
  g_free (preview->name);
  g_cond_clear (&preview->wake);
  g_mutex_clear (&preview->lock);
  g_free (preview);
}
