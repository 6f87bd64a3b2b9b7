/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result: a new layer above the content, complete before it becomes part of
 * the image, because GIMP's Cancel kills this process; and the last one, to go on from.
 */
#include <glib/gi18n-lib.h>

#include "region.h"
#include "task-parts.h"

/* On a result: the tattoo of the layer that it was made of. */
#define NOTE PROCEDURE "-of"

static gchar *
note_text (const Task *task)
{
  return g_strdup_printf ("%u", host_item_tattoo (task->content));
}

static gint
position_of (const Task *task)
{
  guint n_layers = 0;
  g_autofree gint *layers =
      host_layers (task->image, host_item_parent (task->content), &n_layers);

  for (guint i = 0; i < n_layers; i++)
    if (layers[i] == task->content)
      return (gint) i;
  return HOST_NONE;
}

/**
 * result_find:
 *
 * Returns: the nearest of the results above @task's content, or %HOST_NONE; unless
 *   the user moved it, the last
 */
gint
result_find (const Task *task)
{
  guint n_layers = 0;
  g_autofree gint *layers =
      host_layers (task->image, host_item_parent (task->content), &n_layers);
  g_autofree gchar *text = note_text (task);

  for (gint i = position_of (task) - 1; i >= 0 && i < (gint) n_layers; i--)
    {
      g_autofree gchar *note = host_item_get_note (layers[i], NOTE);

      if (g_strcmp0 (note, text) == 0)
        return layers[i];
    }
  return HOST_NONE;
}

static gboolean
fill (const Task *task, const Content *content, gint layer, const NstImage *result,
      GError **error)
{
  g_autoptr (GeglBuffer) from = host_item_buffer (task->content);
  g_autoptr (GeglBuffer) to = host_item_buffer (layer);
  g_autoptr (NstProfile) profile = task_profile (task->image);
  const NstTarget target = {
      .buffer = to,
      .rect = {0, 0, content->kept.width, content->kept.height},
      .profile = profile,
      .space = content->space,
      .alpha_from = from,
      .alpha_rect = content->kept,
  };

  if (!from || !to || (profile && !nst_profile_is_output (profile))
      || !nst_target_write (result, &target, error))
    return FALSE;
  gegl_buffer_flush (to);
  return TRUE;
}

/* The selection and the content's own mask, both of which still say what is seen. */
static gboolean
add_mask (const Content *content, gint layer)
{
  const NstSource *source = &content->source;
  g_autoptr (GeglBuffer) cover = NULL;
  g_autoptr (GeglBuffer) buffer = NULL;

  if (!source->selection && !source->mask)
    return TRUE;
  if (source->selection)
    nst_region_limit (&cover, source->selection, &content->kept, 0, 0);
  if (source->mask)
    nst_region_limit (&cover, source->mask, &content->kept, 0, 0);
  buffer = host_item_buffer (host_layer_add_mask (layer));
  if (!buffer)
    return FALSE;
  gegl_buffer_copy (cover, &content->kept, GEGL_ABYSS_NONE, buffer,
                    gegl_buffer_get_extent (buffer));
  gegl_buffer_flush (buffer);
  return TRUE;
}

/* A layer that is not yet in the image: what fails here changes nothing there. */
static gint
make_layer (const Task *task, const Content *content, const gchar *style,
            const NstImage *result, GError **error)
{
  g_autofree gchar *name = g_strdup_printf (_ ("Style of %s"), style);
  g_autofree gchar *text = note_text (task);
  GeglRectangle where = content->kept, extent = {0};
  gint layer;

  host_item_extent (task->content, &extent);
  where.x += extent.x;
  where.y += extent.y;
  layer = host_layer_new (task->image, task->content, name, &where);
  if (layer != HOST_NONE && fill (task, content, layer, result, error)
      && add_mask (content, layer))
    {
      host_item_set_note (layer, NOTE, text);
      return layer;
    }
  if (error && !*error)
    g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                         _ ("GIMP could not make the new layer. Nothing was changed."));
  host_layer_delete (layer);
  return HOST_NONE;
}

/**
 * result_insert:
 * @name: what the style is called
 * @result: shows what is kept of the content
 *
 * Makes the new layer above the content, which stays the active layer, so that
 * "Repeat" styles it again and not the result.
 *
 * Returns: the layer, or %HOST_NONE with @error, the image being as it was
 */
gint
result_insert (const Task *task, const Content *content, const gchar *name,
               const NstImage *result, GError **error)
{
  gint layer = make_layer (task, content, name, result, error);
  gint position;

  if (layer == HOST_NONE)
    return HOST_NONE;
  position = position_of (task);
  if (position != HOST_NONE
      && host_layer_insert (layer, host_item_parent (task->content), position, task->content))
    return layer;
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       _ ("GIMP could not insert the new layer. Nothing was changed."));
  host_layer_delete (layer);
  return HOST_NONE;
}
