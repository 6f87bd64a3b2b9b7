/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layer to be styled: is it one that can be styled, which part of it, its
 * pixels.
 */
#include <glib/gi18n.h>

#include "gimp3.h"
#include "pixels.h"

/**
 * item_is_attached:
 * @item: valid
 *
 * Returns: whether @item is part of its image; a layer that was deleted stays
 *   valid as long as the deletion can be undone
 */
gboolean
item_is_attached (GimpItem *item)
{
  GimpImage *image = gimp_item_get_image (item);
  GimpItem *parent = gimp_item_get_parent (item);
  g_autofree gpointer *roots = NULL;

  if (parent != NULL)
    return item_is_attached (parent);
  roots = GIMP_IS_LAYER (item) ? (gpointer *) gimp_image_get_layers (image)
                               : (gpointer *) gimp_image_get_channels (image);
  for (gint i = 0; roots[i] != NULL; i++)
    if (roots[i] == item)
      return TRUE;
  return FALSE;
}

static const gchar *
find_problem (GimpImage *image, GimpDrawable *drawable)
{
  if (!gimp_image_is_valid (image) || !gimp_item_is_valid (GIMP_ITEM (drawable))
      || gimp_item_get_image (GIMP_ITEM (drawable)) != image)
    return _ ("The layer to be styled is not in the image, or no longer. Nothing was changed.");
  if (GIMP_IS_LAYER_MASK (drawable))
    return _ (
        "A layer mask cannot be styled. Click the layer's own thumbnail, then try again.");
  if (!GIMP_IS_LAYER (drawable))
    return _ ("A channel cannot be styled. Choose a layer, then try again.");
  if (!item_is_attached (GIMP_ITEM (drawable)))
    return _ ("The layer to be styled is not in the image, or no longer. Nothing was changed.");
  if (gimp_image_get_base_type (image) == GIMP_INDEXED)
    return _ (
        "An image with indexed colors cannot be styled. Choose Image > Mode > RGB first.");
  if (gimp_image_get_floating_sel (image) != NULL)
    return _ ("There is a floating selection. Anchor it or make it a layer first.");
  return NULL;
}

/**
 * content_check:
 *
 * Returns: %FALSE with @error if @content cannot be styled, or no longer
 */
gboolean
content_check (const Content *content, GError **error)
{
  const gchar *problem = find_problem (content->image, content->drawable);

  if (problem != NULL)
    g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, problem);
  return problem == NULL;
}

static GeglBuffer *
copy_selection (const Content *content)
{
  const GeglRectangle *here = &content->computed;
  GeglRectangle there = *here;
  g_autoptr (GeglBuffer) selection = NULL;
  GeglBuffer *copy;
  gint x, y;

  if (gimp_selection_is_empty (content->image))
    return NULL;
  gimp_drawable_get_offsets (content->drawable, &x, &y);
  there.x += x;
  there.y += y;
  selection =
      gimp_drawable_get_buffer (GIMP_DRAWABLE (gimp_image_get_selection (content->image)));
  copy = gegl_buffer_new (here, gegl_buffer_get_format (selection));
  gegl_buffer_copy (selection, &there, GEGL_ABYSS_NONE, copy, here);
  return copy;
}

/**
 * content_open:
 * @content: (out): to be closed with content_close(), on success only
 * @image: the image
 * @drawables: what is selected in it, ends with %NULL
 * @error: why it cannot be styled
 */
gboolean
content_open (Content *content, GimpImage *image, GimpDrawable **drawables, GError **error)
{
  GeglRectangle whole = {0}, *rect = &content->kept;

  if (drawables[0] == NULL || drawables[1] != NULL)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("Exactly one layer can be styled at a time. Select one layer, "
                              "then try again."));
      return FALSE;
    }
  content->image = image;
  content->drawable = drawables[0];
  if (!content_check (content, error))
    return FALSE;
  if (!gimp_drawable_mask_intersect (content->drawable, &rect->x, &rect->y, &rect->width,
                                     &rect->height))
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("The selection lies outside the layer: change the selection, or "
                              "choose Select > None to style the whole layer."));
      return FALSE;
    }
  whole.width = gimp_drawable_get_width (content->drawable);
  whole.height = gimp_drawable_get_height (content->drawable);
  content->computed = nst_region_around (rect, &whole);
  content->selection = copy_selection (content);
  return TRUE;
}

void
content_close (Content *content)
{
  g_clear_object (&content->selection);
}

/* Only what is selected is to take the style. */
gboolean
content_read (const Content *content, NstImage *pixels, GError **error)
{
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (content->drawable);

  return nst_pixels_read (buffer, &content->computed, pixels, error)
         && (content->selection == NULL
             || nst_pixels_limit (pixels, content->selection, &content->computed, error));
}

/**
 * content_read_start:
 * @pixels: (out): what to go on from, the last result over the content; empty
 *   where there is none
 */
gboolean
content_read_start (const Content *content, NstImage *pixels, GError **error)
{
  GimpDrawable *last = layer_find (content);
  g_autoptr (GeglBuffer) below = NULL;
  g_autoptr (GeglBuffer) above = NULL;
  gint x, y, content_x, content_y;

  if (last == NULL)
    return TRUE;
  below = gimp_drawable_get_buffer (content->drawable);
  above = gimp_drawable_get_buffer (last);
  gimp_drawable_get_offsets (last, &x, &y);
  gimp_drawable_get_offsets (content->drawable, &content_x, &content_y);
  return nst_region_read_over (below, &content->computed, above, x - content_x, y - content_y,
                               pixels, error);
}
