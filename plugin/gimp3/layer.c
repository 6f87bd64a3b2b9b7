/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result: a new layer above the content, made in one short step, because
 * GIMP's Cancel kills this process.
 */
#include <glib/gi18n.h>

#include "gimp3.h"
#include "pixels.h"

/**
 * layer_name:
 *
 * Returns: what the new layer is called
 */
gchar *
layer_name (GimpDrawable *style)
{
  g_autofree gchar *called = style_name (style);

  return g_strdup_printf (_ ("Style of %s"), called);
}

static gboolean
fill (GimpLayer *layer, const Content *content, const NstImage *pixels, GError **error)
{
  const GeglRectangle whole = {0, 0, content->rect.width, content->rect.height};
  g_autoptr (GeglBuffer) from = gimp_drawable_get_buffer (content->drawable);
  g_autoptr (GeglBuffer) to = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));

  return nst_pixels_write (pixels, to, &whole, from, &content->rect, error);
}

/* A layer that is not yet in the image: what fails here changes nothing there. */
static GimpLayer *
make_layer (const Content *content, const gchar *name, const NstImage *pixels, GError **error)
{
  const GeglRectangle *rect = &content->rect;
  GimpLayer *layer = gimp_layer_new (content->image, name, rect->width, rect->height,
                                     gimp_drawable_type (content->drawable), 100.0,
                                     gimp_image_get_default_new_layer_mode (content->image));
  gint x, y;

  if (layer == NULL)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                           _ ("GIMP could not make the new layer. Nothing was changed."));
      return NULL;
    }
  if (!fill (layer, content, pixels, error))
    {
      gimp_item_delete (GIMP_ITEM (layer));
      return NULL;
    }
  gimp_drawable_get_offsets (content->drawable, &x, &y);
  gimp_layer_set_offsets (layer, x + rect->x, y + rect->y);
  return layer;
}

static void
add_mask (GimpLayer *layer, GeglBuffer *selection)
{
  GimpLayerMask *mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);
  GeglBuffer *buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (mask));

  gegl_buffer_copy (selection, NULL, GEGL_ABYSS_NONE, buffer, NULL);
  g_object_unref (buffer);
  gimp_layer_add_mask (layer, mask);
  gimp_layer_set_edit_mask (layer, FALSE);
}

/**
 * layer_insert:
 * @content: what was styled
 * @name: the new layer's name
 * @pixels: the result, of any size
 * @error: why there is no new layer
 *
 * Returns: (transfer none): the new layer, put into the image in one undo step;
 *   the content stays selected, so that "Repeat" styles it again and not the
 *   result
 */
GimpLayer *
layer_insert (const Content *content, const gchar *name, const NstImage *pixels, GError **error)
{
  GimpItem *item = GIMP_ITEM (content->drawable);
  const GimpLayer *selected[] = {GIMP_LAYER (item), NULL};
  GimpItem *parent = gimp_item_get_parent (item);
  GimpLayer *layer = make_layer (content, name, pixels, error);
  gboolean done;

  if (layer == NULL)
    return NULL;
  gimp_image_undo_group_start (content->image);
  done = gimp_image_insert_layer (content->image, layer, parent ? GIMP_LAYER (parent) : NULL,
                                  gimp_image_get_item_position (content->image, item));
  if (done && content->selection != NULL)
    add_mask (layer, content->selection);
  gimp_image_set_selected_layers (content->image, selected);
  gimp_image_undo_group_end (content->image);
  if (done)
    return layer;

  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       _ ("GIMP could not insert the new layer. Nothing was changed."));
  gimp_item_delete (GIMP_ITEM (layer));
  return NULL;
}
