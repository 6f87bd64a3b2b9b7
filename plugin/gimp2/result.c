/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result: a new layer above the content, made in one short step, because
 * GIMP's Cancel kills this process; and the last one, to go on from.
 */
#include <gegl.h>

#include "gimp2.h"
#include "pixels.h"

/* On a result: the tattoo of the layer that it was made of. */
#define PARASITE PROCEDURE "-of"

static gchar *
tattoo_text (const Task *task)
{
  return g_strdup_printf ("%d", gimp_item_get_tattoo (task->content));
}

static void
mark (const Task *task, gint32 layer)
{
  g_autofree gchar *text = tattoo_text (task);
  GimpParasite *parasite =
      gimp_parasite_new (PARASITE, GIMP_PARASITE_PERSISTENT, (guint32) strlen (text) + 1, text);

  gimp_item_attach_parasite (layer, parasite);
  gimp_parasite_free (parasite);
}

static gboolean
is_marked (const Task *task, gint32 layer)
{
  g_autofree gchar *text = tattoo_text (task);
  GimpParasite *parasite = gimp_item_get_parasite (layer, PARASITE);
  gboolean marked = FALSE;

  if (parasite)
    {
      g_autofree gchar *found =
          g_strndup (gimp_parasite_data (parasite), (gsize) gimp_parasite_data_size (parasite));

      marked = g_str_equal (found, text);
      gimp_parasite_free (parasite);
    }
  return marked;
}

/**
 * result_find:
 *
 * Returns: the nearest of the results above @task's content, or -1; unless the
 *   user moved it, the last
 */
gint32
result_find (const Task *task)
{
  gint32 parent = gimp_item_get_parent (task->content);
  gint n_layers = 0;
  g_autofree gint *layers = parent == -1 ? gimp_image_get_layers (task->image, &n_layers)
                                         : gimp_item_get_children (parent, &n_layers);

  for (gint i = gimp_image_get_item_position (task->image, task->content) - 1; i >= 0; i--)
    if (i < n_layers && is_marked (task, layers[i]))
      return layers[i];
  return -1;
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
  mark (task, layer);
  return layer;
}

static void
add_mask (gint32 layer, const Area *area)
{
  gint32 mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);
  GeglBuffer *buffer = gimp_drawable_get_buffer (mask);

  gegl_buffer_copy (area->selection, &area->kept, GEGL_ABYSS_NONE, buffer,
                    gegl_buffer_get_extent (buffer));
  g_object_unref (buffer);
  gimp_layer_add_mask (layer, mask);
  gimp_layer_set_edit_mask (layer, FALSE);
}

/**
 * result_insert:
 * @style: what the style is called
 * @result: shows @area's kept part
 *
 * Makes the new layer above the content, which stays the active layer, so that
 * "Repeat" styles it again and not the result.
 *
 * Returns: the layer, or -1 with @error, the image being as it was
 */
gint32
result_insert (const Task *task, const gchar *style, const NstImage *result, const Area *area,
               GError **error)
{
  gint position = gimp_image_get_item_position (task->image, task->content);
  gint32 layer = make_layer (task, style, result, &area->kept, error);
  gboolean done;

  if (layer == -1)
    return -1;
  gimp_image_undo_group_start (task->image);
  done = gimp_image_insert_layer (task->image, layer, gimp_item_get_parent (task->content),
                                  position);
  if (done && area->selection)
    add_mask (layer, area);
  gimp_image_set_active_layer (task->image, task->content);
  gimp_image_undo_group_end (task->image);
  if (done)
    return layer;

  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       _ ("GIMP could not insert the new layer. Nothing was changed."));
  gimp_item_delete (layer);
  return -1;
}
