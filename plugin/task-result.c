/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result: a new layer above the content, complete before it becomes part of
 * the image, because GIMP's Cancel kills this process; and the last one, to go on from.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "record.h"
#include "region.h"
#include "task-parts.h"

/* On a result: the tattoo of the layer that it was made of. */
#define NOTE PROCEDURE "-of"

static gchar *
note_text (const Task *task)
{
  return g_strdup_printf ("%u", host_item_tattoo (task->content));
}

static gboolean
is_result_of (gint layer, const gchar *text)
{
  g_autofree gchar *note = host_item_get_note (layer, NOTE);

  return g_strcmp0 (note, text) == 0;
}

/**
 * task_is_result:
 *
 * Returns: whether @layer is a result of @task's content
 */
gboolean
task_is_result (const Task *task, gint layer)
{
  g_autofree gchar *text = note_text (task);

  return is_result_of (layer, text);
}

/* Where the next result goes: above the content and all its results. */
static gint
top_position (const Task *task)
{
  guint n_layers = 0;
  g_autofree gint *layers =
      host_layers (task->image, host_item_parent (task->content), &n_layers);
  g_autofree gchar *text = note_text (task);

  for (guint i = 0; i < n_layers; i++)
    if (layers[i] == task->content || is_result_of (layers[i], text))
      return (gint) i;
  return HOST_NONE;
}

/**
 * result_find:
 *
 * Returns: the topmost of the results beside @task's content, unless the user moved it
 *   the last; or %HOST_NONE
 */
gint
result_find (const Task *task)
{
  guint n_layers = 0;
  g_autofree gint *layers =
      host_layers (task->image, host_item_parent (task->content), &n_layers);
  g_autofree gchar *text = note_text (task);

  for (guint i = 0; i < n_layers; i++)
    if (layers[i] != task->content && is_result_of (layers[i], text))
      return layers[i];
  return HOST_NONE;
}

/* The layer in @parent, or in a group there, whose tattoo is @tattoo. */
gint
result_find_tattoo (gint image, gint parent, guint tattoo)
{
  guint n_layers = 0;
  g_autofree gint *layers = host_layers (image, parent, &n_layers);
  gint found = HOST_NONE;

  for (guint i = 0; i < n_layers && found == HOST_NONE; i++)
    if (host_item_tattoo (layers[i]) == tattoo)
      found = layers[i];
    else if (host_item_kind (layers[i]) == HOST_KIND_GROUP)
      found = result_find_tattoo (image, layers[i], tattoo);
  return found;
}

/**
 * task_take_photo:
 * @task: if its content is the result of an earlier run, that becomes its result, and
 *   its content the layer that the result was made of, if it still exists
 *
 * A result is what users are left on, and to run the filter again means the photo.
 */
void
task_take_photo (Task *task)
{
  g_autofree gchar *note = host_item_get_note (task->content, NOTE);
  guint64 tattoo = note ? g_ascii_strtoull (note, NULL, 10) : 0;
  gint photo = HOST_NONE;

  task->result = HOST_NONE;
  if (tattoo > 0 && tattoo <= G_MAXUINT)
    photo = result_find_tattoo (task->image, HOST_NONE, (guint) tattoo);
  if (photo == HOST_NONE || photo == task->content)
    return;
  task->result = task->content;
  task->content = photo;
}

/**
 * task_list_results:
 *
 * Returns: (transfer full): the results of @task's content that tell how they were made
 */
gint *
task_list_results (const Task *task, guint *n)
{
  guint n_layers = 0;
  gint *layers = host_layers (task->image, host_item_parent (task->content), &n_layers);
  g_autofree gchar *text = note_text (task);

  *n = 0;
  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree gchar *settings = host_item_get_note (layers[i], RESULT_NOTE);

      if (settings && is_result_of (layers[i], text))
        layers[(*n)++] = layers[i];
    }
  return layers;
}

/**
 * task_read_result:
 * @layer: perhaps the result of an earlier run
 * @params: (inout): set to how it was made
 * @style: (out) (optional): what the style was called
 *
 * Returns: %FALSE with @error, and nothing changed, if @layer does not tell
 */
gboolean
task_read_result (gint layer, NstParams *params, gchar **style, GError **error)
{
  g_autofree gchar *text = host_item_get_note (layer, RESULT_NOTE);
  g_autoptr (GKeyFile) file = NULL;

  if (!text)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("The layer does not tell how it was made."));
      return FALSE;
    }
  file = nst_record_open_text (text, strlen (text), error);
  if (!file || !nst_record_take (file, NST_RECORD_GROUP, params, error))
    return FALSE;
  if (style)
    *style = g_key_file_get_string (file, RESULT_GROUP, "style", NULL);
  return TRUE;
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

/* What tells the result from others, and lets it be made again. */
static void
set_notes (const Task *task, gint layer, GKeyFile *record)
{
  g_autofree gchar *of = note_text (task);
  g_autofree gchar *text = g_key_file_to_data (record, NULL, NULL);

  host_item_set_note (layer, NOTE, of);
  host_item_set_note (layer, RESULT_NOTE, text);
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
      set_notes (task, layer, record);
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
      position = top_position (task);
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
