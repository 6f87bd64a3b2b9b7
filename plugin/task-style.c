/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The style: which one to suggest, is it one, its pixels.  It is one or several drawables;
 * a group is a mixture of its visible layers, weighted by their opacities.
 */
#include <glib/gi18n-lib.h>

#include "region.h"
#include "styles.h"
#include "task-parts.h"

/**
 * style_is_content:
 *
 * Returns: whether @item is the content itself, what was given for it, or a group that it lies in
 */
gboolean
style_is_content (const Task *task, gint item)
{
  for (gint it = task->content; it != HOST_NONE; it = host_item_parent (it))
    if (it == item)
      return TRUE;
  return item == task->result;
}

/* Whether @item is of an image of the same file as the content's.  Such a one is not suggested; who
 * chooses it knows why: the content may be but a layer there, or changed since. */
static gboolean
is_of_own_file (const Task *task, gint item)
{
  gint image = host_item_image (item);
  g_autoptr (GFile) own = host_image_file (task->image);
  g_autoptr (GFile) file = image != task->image ? host_image_file (image) : NULL;

  return own && file && g_file_equal (own, file);
}

/* Another picture's layer if there is one, then another layer. */
static gint
guess (const Task *task)
{
  guint n_images = 0, n_layers = 0;
  g_autofree gint *images = host_images (&n_images);
  g_autofree gint *layers = host_layers (task->image, HOST_NONE, &n_layers);

  for (guint i = 0; i < n_images; i++)
    {
      gint layer = images[i] != task->image ? host_image_active (images[i]) : HOST_NONE;

      if (layer != HOST_NONE && !is_of_own_file (task, layer))
        return layer;
    }
  for (guint i = 0; i < n_layers; i++)
    if (!style_is_content (task, layers[i]) && !task_is_result (task, layers[i]))
      return layers[i];
  return HOST_NONE;
}

/**
 * task_suggest_styles:
 * @task: its styles are those of the last time, if any; they become what a dialog may
 *   begin with: those of them that still are styles, and not the content; otherwise a guess,
 *   if there is something to guess from
 */
void
task_suggest_styles (Task *task)
{
  const TaskStyles last = task->styles;
  gint guessed;

  task->styles.n = 0;
  for (guint i = 0; i < last.n; i++)
    if (!style_is_content (task, last.list[i].item) && !is_of_own_file (task, last.list[i].item)
        && task_is_attached (last.list[i].item))
      task_styles_add (&task->styles, last.list[i].item, last.list[i].weight);
  if (task->styles.n > 0)
    return;
  guessed = guess (task);
  if (guessed != HOST_NONE)
    task_styles_set (&task->styles, guessed);
}

static const gchar *
style_problem (gint style)
{
  if (host_item_kind (style) == HOST_KIND_NONE)
    return _ ("The style is no longer open: choose another one in the filter's dialog.");
  if (!task_is_attached (style))
    return _ ("The style was deleted from its image: choose another one in the filter's "
              "dialog.");
  return NULL;
}

/**
 * style_check:
 *
 * Returns: %FALSE with @error if there is no style, or one of them no longer
 */
gboolean
style_check (const Task *task, GError **error)
{
  const gchar *problem = NULL;

  if (task->styles.n == 0)
    problem = _ ("There is no style yet: choose one in the filter's dialog.");
  for (guint i = 0; i < task->styles.n && !problem; i++)
    problem = style_problem (task->styles.list[i].item);
  if (problem)
    g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, problem);
  return !problem;
}

/* The masks of @item, and of the @group that it was found in (or HOST_NONE); FALSE: deleted a
 * moment ago. */
static gboolean
limit_by_masks (gint group, gint item, const GeglRectangle *extent, NstSource *source)
{
  for (gint it = item; it != HOST_NONE; it = it == group ? HOST_NONE : group)
    {
      gint mask = host_layer_mask (it);
      g_autoptr (GeglBuffer) hides = NULL;
      GeglRectangle there;

      if (mask == HOST_NONE)
        continue;
      hides = host_item_buffer (mask);
      if (!hides || !host_item_extent (it, &there))
        return FALSE;
      nst_region_limit (&source->mask, hides, &source->rect, extent->x - there.x,
                        extent->y - there.y);
    }
  return TRUE;
}

/* The selection of the style's image counts, but not that of the content: it says where the
 * style goes.  FALSE: it leaves nothing. */
static gboolean
limit_by_selection (const Task *task, gint item, const GeglRectangle *extent, NstSource *source)
{
  gint owner = host_item_image (item);
  gint selection = owner == task->image ? HOST_NONE : host_image_selection (owner);
  g_autoptr (GeglBuffer) selected = NULL;

  if (selection == HOST_NONE)
    return TRUE;
  selected = host_item_buffer (selection);
  if (!selected || !host_item_selected (item, &source->rect))
    return FALSE;
  source->selection = nst_region_copy (selected, &source->rect, extent->x, extent->y);
  return TRUE;
}

static void
clear_source (gpointer data)
{
  StyleSource *style = data;

  nst_source_clear (&style->source);
  g_free (style->name);
}

/* What was deleted a moment ago is left out, as what cannot be seen is. */
static void
append (GArray *sources, const Task *task, gint group, gint item, gdouble weight)
{
  StyleSource style = {weight, {host_item_buffer (item)}};
  NstSource *source = &style.source;
  GeglRectangle extent;

  if (source->buffer && host_item_extent (item, &extent))
    {
      source->rect = *GEGL_RECTANGLE (0, 0, extent.width, extent.height);
      source->profile = task_profile (host_item_image (item));
      if (limit_by_selection (task, item, &extent, source)
          && limit_by_masks (group, item, &extent, source))
        {
          style.name = task_item_name (item);
          g_array_append_val (sources, style);
          return;
        }
    }
  nst_source_clear (source);
}

static gdouble
weight_in_group (gint layer)
{
  return host_item_is_visible (layer) ? host_layer_opacity (layer) : 0.0;
}

/* What can be seen of @style's layers shares its weight, by opacity. */
static void
append_group (GArray *sources, const Task *task, const TaskStyle *style)
{
  guint n = 0;
  g_autofree gint *layers = host_layers (host_item_image (style->item), style->item, &n);
  gdouble total = 0.0;

  for (guint i = 0; i < n; i++)
    total += weight_in_group (layers[i]);
  for (guint i = 0; i < n; i++)
    {
      gdouble weight = weight_in_group (layers[i]);

      if (weight > 0.0 && total > 0.0)
        append (sources, task, style->item, layers[i], style->weight * weight / total);
    }
}

/**
 * style_find:
 * @task: checked by style_check()
 *
 * Returns: (element-type StyleSource) (transfer full): the pictures that are the style
 */
GArray *
style_find (const Task *task)
{
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (StyleSource));

  g_array_set_clear_func (sources, clear_source);
  for (guint i = 0; i < task->styles.n; i++)
    {
      const TaskStyle *style = &task->styles.list[i];

      if (host_item_kind (style->item) == HOST_KIND_GROUP)
        append_group (sources, task, style);
      else
        append (sources, task, HOST_NONE, style->item, style->weight);
    }
  return sources;
}

/**
 * style_read:
 * @sources: of style_find()
 * @name: of the style, for the message that there is nothing to be seen of it
 *
 * Returns: (element-type NstStyle) (transfer full): their pixels, or %NULL with @error
 */
GArray *
style_read (const GArray *sources, const gchar *name, NstSpace space, GError **error)
{
  g_autoptr (GArray) styles = nst_styles_new ();

  for (guint i = 0; i < sources->len; i++)
    {
      const StyleSource *style = &g_array_index (sources, StyleSource, i);

      if (!nst_styles_add (styles, style->weight, &style->source, space, error))
        return NULL;
    }
  return nst_styles_check (styles, name, error) ? g_steal_pointer (&styles) : NULL;
}
