/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result: a new layer above the content, made in one short step, because
 * GIMP's Cancel kills this process; and the last one, to go on from.
 */
#include <glib/gi18n.h>

#include "gimp3.h"
#include "pixels.h"

/* On a result: the tattoo of the layer that it was made of. */
#define PARASITE PROCEDURE "-of"

static gchar *
tattoo_text (const Content *content)
{
  return g_strdup_printf ("%u", gimp_item_get_tattoo (GIMP_ITEM (content->drawable)));
}

static void
mark (const Content *content, GimpLayer *layer)
{
  g_autofree gchar *text = tattoo_text (content);
  GimpParasite *parasite =
      gimp_parasite_new (PARASITE, GIMP_PARASITE_PERSISTENT, (guint32) strlen (text) + 1, text);

  gimp_item_attach_parasite (GIMP_ITEM (layer), parasite);
  gimp_parasite_free (parasite);
}

static gboolean
is_marked (const Content *content, GimpItem *layer)
{
  g_autofree gchar *text = tattoo_text (content);
  GimpParasite *parasite = gimp_item_get_parasite (layer, PARASITE);
  gboolean marked = FALSE;

  if (parasite != NULL)
    {
      guint32 size;
      gconstpointer data = gimp_parasite_get_data (parasite, &size);
      g_autofree gchar *found = g_strndup (data, size);

      marked = g_str_equal (found, text);
      gimp_parasite_free (parasite);
    }
  return marked;
}

/**
 * layer_find:
 *
 * Returns: (transfer none) (nullable): the nearest of the results above the
 *   content; unless the user moved it, the last
 */
GimpDrawable *
layer_find (const Content *content)
{
  GimpItem *item = GIMP_ITEM (content->drawable), *parent = gimp_item_get_parent (item);
  g_autofree gpointer *layers = parent ? (gpointer *) gimp_item_get_children (parent)
                                       : (gpointer *) gimp_image_get_layers (content->image);

  for (gint i = gimp_image_get_item_position (content->image, item) - 1; i >= 0; i--)
    if (is_marked (content, layers[i]))
      return layers[i];
  return NULL;
}

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
  const GeglRectangle whole = {0, 0, content->kept.width, content->kept.height};
  g_autoptr (GeglBuffer) from = gimp_drawable_get_buffer (content->drawable);
  g_autoptr (GeglBuffer) to = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));

  return nst_pixels_write (pixels, to, &whole, from, &content->kept, error);
}

/* A layer that is not yet in the image: what fails here changes nothing there. */
static GimpLayer *
make_layer (const Content *content, const gchar *name, const NstImage *pixels, GError **error)
{
  const GeglRectangle *rect = &content->kept;
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
  mark (content, layer);
  return layer;
}

static void
add_mask (GimpLayer *layer, const Content *content)
{
  GimpLayerMask *mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);
  GeglBuffer *buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (mask));

  gegl_buffer_copy (content->selection, &content->kept, GEGL_ABYSS_NONE, buffer,
                    gegl_buffer_get_extent (buffer));
  g_object_unref (buffer);
  gimp_layer_add_mask (layer, mask);
  gimp_layer_set_edit_mask (layer, FALSE);
}

/**
 * layer_insert:
 * @content: what was styled
 * @name: the new layer's name
 * @pixels: the result, showing what of @content is kept
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
    add_mask (layer, content);
  gimp_image_set_selected_layers (content->image, selected);
  gimp_image_undo_group_end (content->image);
  if (done)
    return layer;

  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       _ ("GIMP could not insert the new layer. Nothing was changed."));
  gimp_item_delete (GIMP_ITEM (layer));
  return NULL;
}
