/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result: a new layer above the content, complete before it becomes part of
 * the image, because GIMP's Cancel kills this process.
 */
#include <glib/gi18n-lib.h>

#include "record.h"
#include "region.h"
#include "task-parts.h"

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

/**
 * result_record:
 *
 * Returns: (transfer full): how @task's result is made, its styles being as they are now;
 *   they may be gone at the end
 */
GKeyFile *
result_record (const Task *task)
{
  GKeyFile *record = g_key_file_new ();
  g_autofree gchar *style = styles_name (&task->styles);

  g_key_file_set_string (record, RESULT_GROUP, "version", NST_VERSION);
  g_key_file_set_string (record, RESULT_GROUP, "style", style);
  styles_record (task, record, RESULT_GROUP);
  nst_record_put (record, NST_RECORD_GROUP, &task->params);
  return record;
}

/* "Style of Starry Night (Fine, Strength 80)" */
static gchar *
layer_name (const Task *task, GKeyFile *record)
{
  g_autofree gchar *style = g_key_file_get_string (record, RESULT_GROUP, "style", NULL);
  g_autofree gchar *name = g_strdup_printf (_ ("Style of %s"), style);
  g_autofree gchar *settings = nst_record_differences (&task->params);

  if (!*settings)
    return g_steal_pointer (&name);
  /* Translators: a layer's name, and the settings that are not the usual ones */
  return g_strdup_printf (_ ("%s (%s)"), name, settings);
}

/* A layer that is not yet in the image: what fails here changes nothing there. */
static gint
make_layer (const Task *task, const Content *content, GKeyFile *record, const NstImage *result,
            GError **error)
{
  g_autofree gchar *name = layer_name (task, record);
  GeglRectangle where = content->kept, extent = {0};
  gint layer;

  host_item_extent (task->content, &extent);
  where.x += extent.x;
  where.y += extent.y;
  layer = host_layer_new (task->image, task->content, name, &where);
  if (layer != HOST_NONE && fill (task, content, layer, result, error)
      && add_mask (content, layer))
    {
      result_mark (task, layer, record);
      return layer;
    }
  if (error && !*error)
    g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                         _ ("GIMP could not make the new layer. Nothing was changed."));
  host_layer_delete (layer);
  return HOST_NONE;
}

/* What the user may change of the content while the new layer is filled, so that it no longer
 * fits: where it is, its kind of numbers. */
typedef struct
{
  GeglRectangle extent;
  const Babl *format;
} Look;

static Look
look_at (const Task *task)
{
  g_autoptr (GeglBuffer) buffer = host_item_buffer (task->content);
  Look look = {.format = buffer ? gegl_buffer_get_format (buffer) : NULL};

  host_item_extent (task->content, &look.extent);
  return look;
}

/* A layer that still fits when it is complete. */
static gint
make_fitting_layer (const Task *task, const Content *content, GKeyFile *record,
                    const NstImage *result, GError **error)
{
  Look before, after = look_at (task);
  gint layer = HOST_NONE;

  do
    {
      before = after;
      host_layer_delete (layer);
      layer = make_layer (task, content, record, result, error);
      after = look_at (task);
    }
  while (layer != HOST_NONE && after.format
         && (after.format != before.format
             || !gegl_rectangle_equal (&after.extent, &before.extent)));
  return layer;
}

/**
 * result_insert:
 * @record: of result_record()
 * @result: shows what is kept of the content
 *
 * Makes the new layer above the content and its other results, and the active one.
 *
 * Returns: the layer, or %HOST_NONE with @error, the image being as it was
 */
gint
result_insert (const Task *task, const Content *content, GKeyFile *record,
               const NstImage *result, GError **error)
{
  gint layer = make_fitting_layer (task, content, record, result, error);
  gint position, parent;

  if (layer == HOST_NONE)
    return HOST_NONE;
  /* to fill the layer took time */
  if (task_check (task, error))
    {
      parent = host_item_parent (task->content);
      position = result_position (task);
      if (content_check (task, content, error))
        {
          if (position != HOST_NONE && host_layer_insert (layer, parent, position, layer))
            return layer;
          g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                               _ ("GIMP could not insert the new layer. Nothing was changed."));
        }
    }
  host_layer_delete (layer);
  return HOST_NONE;
}
