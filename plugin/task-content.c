/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layer to be styled: can it be, which part of it, its pixels, what to go on from.
 */
#include <glib/gi18n-lib.h>

#include "region.h"
#include "task-parts.h"

#define GONE                                                                                   \
  _ ("The layer to be styled is not in the image, or no longer. Nothing was changed.")

static gboolean
fail (GError **error, const gchar *problem)
{
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, problem);
  return FALSE;
}

static gboolean
fail_gone (GError **error)
{
  return fail (error, GONE);
}

static gboolean
is_empty_group (gint item)
{
  guint n = 1;

  if (host_item_kind (item) == HOST_KIND_GROUP)
    g_free (host_layers (host_item_image (item), item, &n));
  return n == 0;
}

/* Some profiles, such as a scanner's, can only be read by. */
static gboolean
profile_is_writable (gint image)
{
  g_autoptr (NstProfile) profile = task_profile (image);

  return !profile || nst_profile_is_output (profile);
}

static const gchar *
content_problem (gint image, gint content)
{
  HostKind kind = host_item_kind (content);

  if (!host_image_is_valid (image) || kind == HOST_KIND_NONE
      || host_item_image (content) != image)
    return GONE;
  if (kind == HOST_KIND_MASK)
    return _ (
        "A layer mask cannot be styled. Click the layer's own thumbnail, then try again.");
  if (kind != HOST_KIND_LAYER && kind != HOST_KIND_GROUP)
    return _ ("A channel cannot be styled. Choose a layer, then try again.");
  if (!task_is_attached (content))
    return GONE;
  if (host_image_is_indexed (image))
    return _ (
        "An image with indexed colors cannot be styled. Choose Image > Mode > RGB first.");
  if (host_image_has_floating (image))
    return _ ("There is a floating selection. Anchor it or make it a layer first.");
  if (is_empty_group (content))
    return _ ("The layer group is empty. Put a layer into it first.");
  if (!profile_is_writable (image))
    return _ (
        "The image's color profile is for reading only. Choose Image > Color Management > "
        "Convert to Color Profile first.");
  return NULL;
}

/**
 * task_check:
 *
 * To be called before anything is asked of the user.
 *
 * Returns: %FALSE with @error if the content of @task cannot be styled
 */
gboolean
task_check (const Task *task, GError **error)
{
  const gchar *problem = content_problem (task->image, task->content);

  return !problem || fail (error, problem);
}

/* The layer's mask and the selection, where they are. */
static gboolean
measure_limits (const Task *task, const GeglRectangle *extent, NstSource *source,
                GError **error)
{
  gint mask = host_layer_mask (task->content), selection = host_image_selection (task->image);
  g_autoptr (GeglBuffer) hides = NULL;
  g_autoptr (GeglBuffer) selected = NULL;

  if ((mask != HOST_NONE && !(hides = host_item_buffer (mask)))
      || (selection != HOST_NONE && !(selected = host_item_buffer (selection))))
    return fail_gone (error);
  if (hides)
    source->mask = nst_region_copy (hides, &source->rect, 0, 0);
  if (selected)
    source->selection = nst_region_copy (selected, &source->rect, extent->x, extent->y);
  return TRUE;
}

/**
 * content_measure:
 * @task: checked by task_check()
 * @content: (inout): empty at first; to be freed with content_clear(), also on failure
 *
 * Returns: %FALSE with @error if nothing of the content is selected
 */
gboolean
content_measure (const Task *task, Content *content, GError **error)
{
  NstSource *source = &content->source;
  GeglRectangle extent, whole;

  if (!host_item_extent (task->content, &extent))
    return fail_gone (error);
  if (!host_item_selected (task->content, &content->kept))
    return fail (error, _ ("The selection lies outside the layer: change the selection, or "
                           "choose Select > None to style the whole layer."));
  content->width = extent.width;
  content->height = extent.height;
  whole = *GEGL_RECTANGLE (0, 0, extent.width, extent.height);
  source->rect = nst_region_around (&content->kept, &whole);
  source->buffer = host_item_buffer (task->content);
  source->profile = task_profile (task->image);
  return source->buffer ? measure_limits (task, &extent, source, error) : fail_gone (error);
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
 * content_find_start:
 * @start: (inout): empty at first, and still where there is no result, or another start is wanted;
 *   else what to go on from, the last result over the content
 *
 * Returns: %FALSE with @error if the content is gone
 */
gboolean
content_find_start (const Task *task, const Content *content, NstSource *start, GError **error)
{
  const NstSource *source = &content->source;
  gint last = task->params.start == NST_START_RESULT ? result_find (task) : HOST_NONE;
  g_autoptr (GeglBuffer) above = NULL;
  GeglRectangle here, there;

  if (last == HOST_NONE)
    return TRUE;
  above = host_item_buffer (last);
  if (!above || !host_item_extent (task->content, &here) || !host_item_extent (last, &there))
    return fail_gone (error);
  start->rect = source->rect;
  start->buffer = nst_region_overlay (source->buffer, &source->rect, above, there.x - here.x,
                                      there.y - here.y);
  start->profile = source->profile ? nst_profile_ref (source->profile) : NULL;
  return TRUE;
}

/**
 * content_clear:
 * @content: may be clear already
 */
void
content_clear (Content *content)
{
  nst_source_clear (&content->source);
}
