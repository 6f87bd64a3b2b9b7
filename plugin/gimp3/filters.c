/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filters that GIMP 3 keeps beside a layer ("layer effects"): a drawable's own buffer leaves
 * them out, but users see them.
 */
#include "gimp3.h"

static gboolean
has_filters (GimpDrawable *drawable)
{
  g_autofree GimpDrawableFilter **filters = gimp_drawable_get_filters (drawable);

  for (gint i = 0; filters && filters[i]; i++)
    if (gimp_drawable_filter_get_visible (filters[i])
        && gimp_drawable_filter_get_opacity (filters[i]) > 0.0)
      return TRUE;
  return FALSE;
}

/* An image of the same kind of numbers as @like, as large as @drawable. */
static GimpImage *
scratch_image (GimpImage *like, GimpDrawable *drawable)
{
  GimpColorProfile *profile = gimp_image_get_effective_color_profile (like);
  GimpImage *scratch = gimp_image_new_with_precision (
      gimp_drawable_get_width (drawable), gimp_drawable_get_height (drawable),
      gimp_drawable_is_gray (drawable) ? GIMP_GRAY : GIMP_RGB, gimp_image_get_precision (like));

  gimp_image_undo_disable (scratch);
  gimp_image_set_color_profile (scratch, profile);
  g_clear_object (&profile);
  return scratch;
}

/* The only layer of @scratch, with nothing but its pixels and filters. */
static gboolean
insert_bare (GimpImage *scratch, GimpDrawable *drawable)
{
  GimpLayer *layer = gimp_layer_new_from_drawable (drawable, scratch);

  if (!layer || !gimp_image_insert_layer (scratch, layer, NULL, 0))
    return FALSE;
  if (gimp_layer_get_mask (layer))
    gimp_layer_remove_mask (layer, GIMP_MASK_DISCARD);
  gimp_item_set_visible (GIMP_ITEM (layer), TRUE);
  gimp_layer_set_opacity (layer, 100.0);
  gimp_layer_set_mode (layer, GIMP_LAYER_MODE_NORMAL);
  return gimp_layer_set_offsets (layer, 0, 0);
}

/**
 * filters_render:
 * @drawable: any
 *
 * Makes a copy elsewhere, so that nothing is changed in the image.  What the filters make
 * grow beyond the layer is cut off.
 *
 * Returns: (transfer full) (nullable): the pixels of a layer with its filters, from 0, 0;
 *   %NULL where it has none that can be seen
 */
GeglBuffer *
filters_render (GimpDrawable *drawable)
{
  GimpImage *scratch;
  GimpLayer *seen = NULL;
  GeglBuffer *copy = NULL;

  if (!GIMP_IS_LAYER (drawable) || gimp_drawable_is_indexed (drawable)
      || !has_filters (drawable))
    return NULL;
  scratch = scratch_image (gimp_item_get_image (GIMP_ITEM (drawable)), drawable);
  if (insert_bare (scratch, drawable))
    seen = gimp_layer_new_from_visible (scratch, scratch, NULL);
  if (seen)
    {
      g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (seen));

      copy = gegl_buffer_dup (buffer);
    }
  gimp_image_delete (scratch);
  return copy;
}
