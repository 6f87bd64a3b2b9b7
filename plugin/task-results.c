/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which layers are results, of which layer and how made: they say it themselves.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "record.h"
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

/* The topmost of the results beside @task's content, unless the user moved it the last, or
 * @with_content the content, if that is higher; @position: where it is, or HOST_NONE. */
static gint
find_topmost (const Task *task, gboolean with_content, gint *position)
{
  guint n_layers = 0;
  g_autofree gint *layers =
      host_layers (task->image, host_item_parent (task->content), &n_layers);
  g_autofree gchar *text = note_text (task);

  *position = HOST_NONE;
  for (guint i = 0; i < n_layers; i++)
    if (layers[i] == task->content ? with_content : is_result_of (layers[i], text))
      {
        *position = (gint) i;
        return layers[i];
      }
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
  gint position;

  return find_topmost (task, FALSE, &position);
}

/**
 * result_position:
 *
 * Returns: where the next result goes, above the content and all its results; or %HOST_NONE
 */
gint
result_position (const Task *task)
{
  gint position;

  find_topmost (task, TRUE, &position);
  return position;
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

/**
 * result_mark:
 * @layer: gets what tells it from others, and lets it be made again
 * @record: of result_record()
 */
void
result_mark (const Task *task, gint layer, GKeyFile *record)
{
  g_autofree gchar *of = note_text (task);
  g_autofree gchar *text = g_key_file_to_data (record, NULL, NULL);

  host_item_set_note (layer, NOTE, of);
  host_item_set_note (layer, RESULT_NOTE, text);
}
