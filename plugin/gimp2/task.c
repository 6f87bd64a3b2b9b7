/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of the filter: checks, reads the pixels, computes, and only then makes
 * the new layer in one short step, because GIMP's Cancel kills this process.
 */
#include <gegl.h>

#include "gimp2.h"
#include "job.h"
#include "pixels.h"

/**
 * task_is_attached:
 * @item: valid
 *
 * Returns: whether @item is part of its image; a layer that was deleted stays
 *   valid as long as the deletion can be undone
 */
gboolean
task_is_attached (gint32 item)
{
  gint n_items = 0;
  gint32 parent = gimp_item_get_parent (item);
  g_autofree gint *items = NULL;

  if (parent != -1)
    return task_is_attached (parent);
  items = gimp_item_is_layer (item)
              ? gimp_image_get_layers (gimp_item_get_image (item), &n_items)
              : gimp_image_get_channels (gimp_item_get_image (item), &n_items);
  for (gint i = 0; i < n_items; i++)
    if (items[i] == item)
      return TRUE;
  return FALSE;
}

static const gchar *
content_problem (gint32 image, gint32 content)
{
  if (!gimp_image_is_valid (image) || !gimp_item_is_valid (content)
      || gimp_item_get_image (content) != image)
    return _ ("The layer to be styled is not in the image, or no longer. Nothing was changed.");
  if (gimp_item_is_layer_mask (content))
    return _ (
        "A layer mask cannot be styled. Click the layer's own thumbnail, then try again.");
  if (!gimp_item_is_layer (content))
    return _ ("A channel cannot be styled. Choose a layer, then try again.");
  if (!task_is_attached (content))
    return _ ("The layer to be styled is not in the image, or no longer. Nothing was changed.");
  if (gimp_image_base_type (image) == GIMP_INDEXED)
    return _ (
        "An image with indexed colors cannot be styled. Choose Image > Mode > RGB first.");
  if (gimp_image_get_floating_sel (image) != -1)
    return _ ("There is a floating selection. Anchor it or make it a layer first.");
  return NULL;
}

/**
 * task_check:
 *
 * Returns: %FALSE with @error if the content of @task cannot be styled
 */
gboolean
task_check (const Task *task, GError **error)
{
  const gchar *problem = content_problem (task->image, task->content);

  if (problem)
    g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, problem);
  return !problem;
}

static gboolean
check_style (const Task *task, GError **error)
{
  if (gimp_item_is_valid (task->style) && gimp_item_is_drawable (task->style))
    return TRUE;

  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       task->style == -1
                           ? _ ("There is no style yet: choose one in the filter's dialog.")
                           : _ ("The style is no longer open: choose another one in the "
                                "filter's dialog."));
  return FALSE;
}

static gboolean
read_content (gint32 content, const GeglRectangle *rect, NstImage *image, GError **error)
{
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (content);

  return nst_pixels_read (buffer, rect, image, error);
}

/* The selection as it is now over @rect of @content, or NULL: the user may change it before
 * the computation ends. */
static GeglBuffer *
keep_selection (const Task *task, const GeglRectangle *rect)
{
  const GeglRectangle here = {0, 0, rect->width, rect->height};
  GeglRectangle there = *rect;
  g_autoptr (GeglBuffer) selection = NULL;
  GeglBuffer *kept;
  gint x, y;

  if (gimp_selection_is_empty (task->image))
    return NULL;
  gimp_drawable_offsets (task->content, &x, &y);
  there.x += x;
  there.y += y;
  selection = gimp_drawable_get_buffer (gimp_image_get_selection (task->image));
  kept = gegl_buffer_new (&here, gegl_buffer_get_format (selection));
  gegl_buffer_copy (selection, &there, GEGL_ABYSS_NONE, kept, &here);
  return kept;
}

static void
show_progress (gdouble fraction, const gchar *text)
{
  if (text)
    gimp_progress_set_text (text);
  gimp_progress_update (fraction);
}

static gboolean
stylise (const Task *task, NstNetwork *network, NstImage *content, GArray *styles,
         NstImage *result, GError **error)
{
  NstSettings settings;
  NstPlan plan;
  NstJob *job;
  gboolean done;

  nst_params_to_settings (&task->params, &settings);
  if (settings.threads == 0)
    g_object_get (gegl_config (), "threads", &settings.threads, NULL);
  if (!nst_plan (network, &settings, content->width, content->height, &plan, error))
    return FALSE;
  if (plan.notice)
    gimp_message (_ (plan.notice));
  job = nst_job_new (network, &settings, content, styles, NULL, NULL);
  done = nst_job_run (job, show_progress, result, error);
  nst_job_free (job);
  return done;
}

/* @rect of the content in the style, in @result. */
static gboolean
compute (const Task *task, const GeglRectangle *rect, NstImage *result, GError **error)
{
  NstNetwork *network = nst_job_open_network (task->params.network, error);
  g_autoptr (GArray) styles = network ? style_read (task->style, task->image, error) : NULL;
  NstImage content = {0};
  gboolean done = styles && read_content (task->content, rect, &content, error)
                  && stylise (task, network, &content, styles, result, error);

  nst_image_clear (&content);
  g_clear_pointer (&network, nst_network_free);
  return done;
}

/* A layer that is not yet in the image: what fails here changes nothing there. */
static gint32
make_layer (const Task *task, const gchar *style, const NstImage *result,
            const GeglRectangle *rect, GError **error)
{
  const GeglRectangle whole = {0, 0, rect->width, rect->height};
  g_autoptr (GeglBuffer) from = gimp_drawable_get_buffer (task->content);
  g_autoptr (GeglBuffer) to = NULL;
  g_autofree gchar *name = g_strdup_printf (_ ("Style of %s"), style);
  gint32 layer = gimp_layer_new (task->image, name, rect->width, rect->height,
                                 gimp_drawable_type (task->content), 100.0,
                                 gimp_image_get_default_new_layer_mode (task->image));
  gint x, y;

  if (layer == -1)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                           _ ("GIMP could not make the new layer. Nothing was changed."));
      return -1;
    }
  to = gimp_drawable_get_buffer (layer);
  if (!nst_pixels_write (result, to, &whole, from, rect, error))
    {
      g_clear_object (&to);
      gimp_item_delete (layer);
      return -1;
    }
  gegl_buffer_flush (to);
  gimp_drawable_offsets (task->content, &x, &y);
  gimp_layer_set_offsets (layer, x + rect->x, y + rect->y);
  return layer;
}

static void
add_mask (gint32 layer, GeglBuffer *selection)
{
  gint32 mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);
  GeglBuffer *buffer = gimp_drawable_get_buffer (mask);

  gegl_buffer_copy (selection, NULL, GEGL_ABYSS_NONE, buffer, NULL);
  g_object_unref (buffer);
  gimp_layer_add_mask (layer, mask);
  gimp_layer_set_edit_mask (layer, FALSE);
}

/* The content stays the active layer, so that "Repeat" styles it again and not the result. */
static gboolean
insert_layer (const Task *task, gint32 layer, GeglBuffer *selection, GError **error)
{
  gint position = gimp_image_get_item_position (task->image, task->content);
  gboolean done;

  gimp_image_undo_group_start (task->image);
  done = gimp_image_insert_layer (task->image, layer, gimp_item_get_parent (task->content),
                                  position);
  if (done && selection)
    add_mask (layer, selection);
  gimp_image_set_active_layer (task->image, task->content);
  gimp_image_undo_group_end (task->image);
  if (!done)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("GIMP could not insert the new layer. Nothing was changed."));
      gimp_item_delete (layer);
    }
  return done;
}

/**
 * task_run:
 * @task: checked by task_check()
 *
 * Computes and adds the new layer above the content.
 *
 * Returns: the new layer, or -1 with @error, the image being as it was
 */
gint32
task_run (const Task *task, GError **error)
{
  GeglRectangle rect;
  NstImage result = {0};
  g_autoptr (GeglBuffer) selection = NULL;
  g_autofree gchar *style = NULL;
  gint32 layer = -1;

  if (!check_style (task, error))
    return -1;
  if (!gimp_drawable_mask_intersect (task->content, &rect.x, &rect.y, &rect.width,
                                     &rect.height))
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("The selection lies outside the layer: change the selection, or "
                              "choose Select > None to style the whole layer."));
      return -1;
    }
  gimp_progress_init (_ ("Neural Style Transfer"));
  selection = keep_selection (task, &rect);
  style = style_name (task->style); /* it may be gone at the end */
  if (compute (task, &rect, &result, error) && task_check (task, error))
    {
      layer = make_layer (task, style, &result, &rect, error);
      if (layer != -1 && !insert_layer (task, layer, selection, error))
        layer = -1;
    }
  nst_image_clear (&result);
  gimp_progress_end ();
  return layer;
}
