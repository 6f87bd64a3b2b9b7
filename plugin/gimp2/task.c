/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of the filter: checks, reads the pixels, computes, and only then has the
 * new layer made.
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

/* The content, of which only what is selected is to take the style. */
static gboolean
read_content (const Task *task, const Area *area, NstImage *image, GError **error)
{
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (task->content);

  return nst_pixels_read (buffer, &area->computed, image, error)
         && (!area->selection
             || nst_pixels_limit (image, area->selection, &area->computed, error));
}

/* What to go on from: the last result, where there is one, over the content. */
static gboolean
read_start (const Task *task, const Area *area, NstImage *image, GError **error)
{
  gint32 last = task->params.start == NST_START_RESULT ? result_find (task) : -1;
  g_autoptr (GeglBuffer) below = NULL;
  g_autoptr (GeglBuffer) above = NULL;
  gint x, y, content_x, content_y;

  if (last == -1)
    return TRUE;
  below = gimp_drawable_get_buffer (task->content);
  above = gimp_drawable_get_buffer (last);
  gimp_drawable_offsets (last, &x, &y);
  gimp_drawable_offsets (task->content, &content_x, &content_y);
  return nst_region_read_over (below, &area->computed, above, x - content_x, y - content_y,
                               image, error);
}

/* The selection over what is computed, or NULL. */
static GeglBuffer *
keep_selection (const Task *task, const GeglRectangle *rect)
{
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
  kept = gegl_buffer_new (rect, gegl_buffer_get_format (selection));
  gegl_buffer_copy (selection, &there, GEGL_ABYSS_NONE, kept, rect);
  return kept;
}

static gboolean
find_area (const Task *task, Area *area, GError **error)
{
  const GeglRectangle whole = {0, 0, gimp_drawable_width (task->content),
                               gimp_drawable_height (task->content)};
  GeglRectangle *kept = &area->kept;

  if (!gimp_drawable_mask_intersect (task->content, &kept->x, &kept->y, &kept->width,
                                     &kept->height))
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("The selection lies outside the layer: change the selection, or "
                              "choose Select > None to style the whole layer."));
      return FALSE;
    }
  area->computed = nst_region_around (kept, &whole);
  area->selection = keep_selection (task, &area->computed);
  return TRUE;
}

static void
show_progress (gdouble fraction, const gchar *text)
{
  if (text)
    gimp_progress_set_text (text);
  gimp_progress_update (fraction);
}

static gboolean
stylise (const Task *task, NstNetwork *network, NstImage *content, const NstImage *start,
         GArray *styles, NstImage *result, GError **error)
{
  NstSettings settings;
  NstPlan plan;
  NstJob *job;
  gboolean done;

  nst_job_settings (&task->params, &settings);
  if (start->rgb)
    settings.start_image = start;
  if (!nst_plan (network, &settings, content->width, content->height, &plan, error))
    return FALSE;
  if (plan.notice)
    gimp_message (_ (plan.notice));
  job = nst_job_new (network, &settings, content, styles, NULL, NULL);
  done = nst_job_run (job, show_progress, result, error);
  nst_job_free (job);
  return done;
}

/* The area of the content in the style, in @result. */
static gboolean
compute (const Task *task, const Area *area, NstImage *result, GError **error)
{
  NstNetwork *network = nst_job_open_network (task->params.network, error);
  g_autoptr (GArray) styles = network ? style_read (task->style, task->image, error) : NULL;
  NstImage content = {0}, start = {0};
  gboolean done = styles && read_content (task, area, &content, error)
                  && read_start (task, area, &start, error)
                  && stylise (task, network, &content, &start, styles, result, error)
                  && nst_region_cut (result, &area->computed, &area->kept, error);

  nst_image_clear (&content);
  nst_image_clear (&start);
  g_clear_pointer (&network, nst_network_free);
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
  Area area = {0};
  NstImage result = {0};
  g_autofree gchar *style = NULL;
  gint32 layer = -1;

  if (!check_style (task, error) || !find_area (task, &area, error))
    return -1;
  gimp_progress_init (_ ("Neural Style Transfer"));
  style = style_name (task->style); /* it may be gone at the end */
  if (compute (task, &area, &result, error) && task_check (task, error))
    layer = result_insert (task, style, &result, &area, error);
  nst_image_clear (&result);
  g_clear_object (&area.selection);
  gimp_progress_end ();
  return layer;
}
