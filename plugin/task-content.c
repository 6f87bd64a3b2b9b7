/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layer to be styled: which part of it, its pixels, what to go on from.
 */
#include <glib/gi18n-lib.h>

#include "pixels.h"
#include "task-parts.h"

static gboolean
fail (GError **error, const gchar *problem)
{
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, problem);
  return FALSE;
}

static gboolean
fail_gone (GError **error)
{
  return fail (
      error,
      _ ("The layer to be styled is not in the image, or no longer. Nothing was changed."));
}

/**
 * content_measure:
 * @task: checked by task_check()
 * @content: (out): to be freed with content_clear(), on success only
 *
 * Returns: %FALSE with @error if nothing of the content is selected
 */
gboolean
content_measure (const Task *task, Content *content, GError **error)
{
  gint selection = host_image_selection (task->image);
  g_autoptr (GeglBuffer) selected = NULL;
  GeglRectangle extent, whole;

  if (!host_item_extent (task->content, &extent))
    return fail_gone (error);
  if (!host_item_selected (task->content, &content->kept))
    return fail (error, _ ("The selection lies outside the layer: change the selection, or "
                           "choose Select > None to style the whole layer."));
  content->width = extent.width;
  content->height = extent.height;
  whole = *GEGL_RECTANGLE (0, 0, extent.width, extent.height);
  content->computed = nst_region_around (&content->kept, &whole);
  if (selection == HOST_NONE)
    return TRUE;
  selected = host_item_buffer (selection);
  if (!selected)
    return fail_gone (error);
  content->selection = nst_region_copy (selected, &content->computed, extent.x, extent.y);
  return TRUE;
}

/**
 * content_check:
 * @task: checked by task_check() again, after the computation
 *
 * Returns: %FALSE with @error if the layer is no longer what it was measured as
 */
gboolean
content_check (const Task *task, const Content *content, GError **error)
{
  GeglRectangle extent;

  if (!host_item_extent (task->content, &extent))
    return fail_gone (error);
  if (extent.width == content->width && extent.height == content->height)
    return TRUE;
  return fail (error, _ ("The layer was cropped or resized while it was painted, so the result "
                         "no longer fits. Nothing was changed; run the filter again."));
}

/**
 * content_read:
 * @image: (out): what is computed; of it only what is selected is to take the style
 */
gboolean
content_read (const Task *task, const Content *content, NstImage *image, GError **error)
{
  g_autoptr (GeglBuffer) buffer = host_item_buffer (task->content);

  if (!buffer)
    return fail_gone (error);
  return nst_pixels_read (buffer, &content->computed, image, error)
         && (!content->selection
             || nst_pixels_limit (image, content->selection, &content->computed, error));
}

/**
 * content_read_start:
 * @image: (out): what to go on from, the last result over the content; empty where
 *   there is none, or another start is wanted
 */
gboolean
content_read_start (const Task *task, const Content *content, NstImage *image, GError **error)
{
  gint last = task->params.start == NST_START_RESULT ? result_find (task) : HOST_NONE;
  g_autoptr (GeglBuffer) below = NULL;
  g_autoptr (GeglBuffer) above = NULL;
  GeglRectangle here, there;

  if (last == HOST_NONE)
    return TRUE;
  below = host_item_buffer (task->content);
  above = host_item_buffer (last);
  if (!below || !above || !host_item_extent (task->content, &here)
      || !host_item_extent (last, &there))
    return fail_gone (error);
  return nst_region_read_over (below, &content->computed, above, there.x - here.x,
                               there.y - here.y, image, error);
}

void
content_clear (Content *content)
{
  g_clear_object (&content->selection);
}
