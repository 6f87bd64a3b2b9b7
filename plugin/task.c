/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of the filter: checks and measures, reads the pixels, computes, checks
 * again, and only then has the new layer made.
 */
#include <glib/gi18n-lib.h>

#include "job.h"
#include "networks.h"
#include "region.h"
#include "task-parts.h"

#define LONGEST_SHOWN 1200   /* pixels, of the picture as it develops */
#define SHOWN_PAUSE   200000 /* microseconds */

/**
 * task_is_wanted:
 *
 * To be asked while it is computed.
 *
 * Returns: %FALSE once the image was closed: nothing can come of it any more.  GIMP 3 itself keeps an
 *   image that is closed until the call returns
 */
gboolean
task_is_wanted (const Task *task)
{
  return host_image_is_valid (task->image) && host_item_kind (task->content) != HOST_KIND_NONE;
}

/* Whether it is wanted is looked at whenever there is something new to say. */
static gboolean
show (gdouble fraction, const gchar *text, gpointer task)
{
  host_progress_show (fraction, text);
  return !text || task_is_wanted (task);
}

static gboolean
run_job (const Task *task, const NstInputs *inputs, const NstSettings *settings,
         NstImage *result, GError **error)
{
  NstWatch *watch = task->run ? nst_watch_new (LONGEST_SHOWN, SHOWN_PAUSE) : NULL;
  NstJob *job = nst_job_new (inputs, settings, watch ? nst_watch_step : NULL, watch);
  g_autofree gchar *name = task_item_name (task->content);
  /* Translators: a window's title; %s is a layer's name */
  g_autofree gchar *title = g_strdup_printf (_ ("Painting “%s”"), name);
  gboolean done = task->run ? task->run (task, job, watch, title, result, error)
                            : nst_job_run (job, show, (gpointer) task, result, error);

  if (!done && !task_is_wanted (task))
    {
      g_clear_error (error);
      task_check (task, error);
    }
  nst_job_free (job);
  nst_watch_free (watch);
  return done;
}

static gboolean
stylise (const Task *task, const NstInputs *inputs, NstImage *result, GError **error)
{
  NstSettings settings;
  NstPlan plan;

  nst_job_settings (&task->params, &settings);
  if (!nst_plan (inputs, &settings, &plan, error))
    return FALSE;
  if (plan.notice)
    host_message (plan.notice);
  return run_job (task, inputs, &settings, result, error);
}

/* The space that holds the colours of all pictures. */
static gboolean
choose_space (Content *content, const NstSource *start, const GArray *styles, GError **error)
{
  const NstProfile *profile = content->source.profile;
  NstSpace limit = profile ? nst_profile_get_limit (profile) : NST_SPACE_SRGB;

  content->space = NST_SPACE_SRGB;
  for (guint i = 0; i < styles->len && content->space < limit; i++)
    if (!nst_source_measure (&g_array_index (styles, StyleSource, i).source, limit,
                             &content->space, error))
      return FALSE;
  return nst_source_measure (&content->source, limit, &content->space, error)
         && (!start->buffer || nst_source_measure (start, limit, &content->space, error));
}

/* Says what part of a picture becomes white that is brighter. */
static gboolean
say_brightness (const NstSource *source, const gchar *name, GError **error)
{
  const gsize n = (gsize) source->rect.width * (gsize) source->rect.height;
  g_autofree gchar *text = NULL;
  g_autofree gchar *line = NULL;
  gint n_digits;
  gdouble share;
  gsize n_above;

  if (!nst_source_count_above (source, &n_above, error))
    return FALSE;
  if (n_above == 0)
    return TRUE;
  share = nst_profile_share (n_above, n, &n_digits);
  text = g_strdup_printf (
      _ ("%.*f %% of its pixels are brighter than white; they are taken as white"), n_digits,
      share);
  line = g_strdup_printf (_ ("“%s”: %s."), name, text);
  host_message (line);
  return TRUE;
}

static gboolean
say_brightnesses (const Task *task, const Content *content, const GArray *styles,
                  GError **error)
{
  g_autofree gchar *name = task_item_name (task->content);

  for (guint i = 0; i < styles->len; i++)
    {
      const StyleSource *style = &g_array_index (styles, StyleSource, i);

      if (!say_brightness (&style->source, style->name, error))
        return FALSE;
    }
  return say_brightness (&content->source, name, error);
}

/* What is kept of the content, in the style, in @result. */
static gboolean
compute (const Task *task, Content *content, NstImage *result, GError **error)
{
  NstNetwork *network = nst_networks_open (task->params.network, error);
  g_autofree gchar *name = styles_name (&task->styles);
  g_autoptr (GArray) sources = network ? style_find (task) : NULL;
  g_autoptr (GArray) styles = NULL;
  NstSource from = {0};
  NstImage image = {0}, start = {0};
  gboolean done = sources && style_check (task, error)
                  && content_find_start (task, content, &from, error)
                  && choose_space (content, &from, sources, error)
                  && say_brightnesses (task, content, sources, error)
                  && (styles = style_read (sources, name, content->space, error)) != NULL
                  && nst_source_read (&content->source, content->space, &image, error)
                  && (!from.buffer || nst_source_read (&from, content->space, &start, error));

  nst_source_clear (&from);
  if (done)
    {
      const NstInputs inputs = {network, &image, (const NstStyle *) styles->data, styles->len,
                                start.rgb ? &start : NULL};

      done = stylise (task, &inputs, result, error);
    }
  nst_image_clear (&image);
  nst_image_clear (&start);
  g_clear_pointer (&styles, g_array_unref);
  g_clear_pointer (&network, nst_network_free);
  return done && nst_region_cut (result, &content->source.rect, &content->kept, error);
}

static void
start_progress (const Task *task)
{
  g_autofree gchar *photo = task_item_name (task->content);
  g_autofree gchar *result = task_item_name (task->result);
  g_autofree gchar *text = NULL;

  if (task->result != HOST_NONE)
    text = g_strdup_printf (
        _ ("Neural Style Transfer: painting “%s”, of which “%s” is a result"), photo, result);
  host_progress_start (text ? text : _ ("Neural Style Transfer"));
}

/* Whether the numbers of the image with @item mean what its profile says; where that cannot be used,
 * they are sRGB's, which is said.  FALSE with @error: memory is too short to know. */
static gboolean
check_profile (gint item, GError **error)
{
  const guint shortages = nst_profile_shortages ();
  const gint image = host_item_image (item);
  g_autoptr (GBytes) icc = host_image_profile (image);
  g_autoptr (NstProfile) profile = task_profile (image);
  g_autofree gchar *name = task_item_name (item);
  g_autofree gchar *text = NULL;

  if (!icc || profile)
    return TRUE;
  if (nst_profile_shortages () != shortages)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                           _ ("There is not enough memory."));
      return FALSE;
    }
  /* Translators: %s is a layer's name */
  text = g_strdup_printf (_ ("The image with “%s” has a color profile that cannot be used; its "
                             "colors are taken for sRGB."),
                          name);
  host_message (text);
  return TRUE;
}

/* Each image's once. */
static gboolean
check_profiles (const Task *task, GError **error)
{
  const TaskStyle *styles = task->styles.list;

  if (!check_profile (task->content, error))
    return FALSE;
  for (guint i = 0; i < task->styles.n; i++)
    {
      const gint image = host_item_image (styles[i].item);
      gboolean is_first = image != task->image;

      for (guint k = 0; k < i; k++)
        is_first = is_first && host_item_image (styles[k].item) != image;
      if (is_first && !check_profile (styles[i].item, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * task_run:
 *
 * Computes and adds the new layer above the content.  Whatever task_check() said
 * before a dialog is looked at again, since the user could change it meanwhile.
 *
 * Returns: the new layer, or %HOST_NONE with @error, the image being as it was
 */
gint
task_run (const Task *task, GError **error)
{
  Content content = {0};
  NstImage result = {0};
  g_autoptr (GKeyFile) record = NULL;
  gint layer = HOST_NONE;

  if (!task_check (task, error) || !style_check (task, error) || !check_profiles (task, error))
    return HOST_NONE;
  record = result_record (task);
  start_progress (task);
  if (content_measure (task, &content, error) && compute (task, &content, &result, error)
      && task_check (task, error) && content_check (task, &content, error))
    layer = result_insert (task, &content, record, &result, error);
  host_progress_end ();
  nst_image_clear (&result);
  content_clear (&content);
  return layer;
}
