/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The style: which one to suggest, is it one, its pixels.  It is one drawable, or a
 * group: a mixture of its visible layers, weighted by their opacities.
 */
#include <glib/gi18n-lib.h>

#include "region.h"
#include "styles.h"
#include "task-parts.h"

/* Another picture's layer if there is one, then another layer. */
static gint
guess (const Task *task)
{
  guint n_images = 0, n_layers = 0;
  g_autofree gint *images = host_images (&n_images);
  g_autofree gint *layers = host_layers (task->image, HOST_NONE, &n_layers);

  for (guint i = 0; i < n_images; i++)
    if (images[i] != task->image && host_image_active (images[i]) != HOST_NONE)
      return host_image_active (images[i]);
  for (guint i = 0; i < n_layers; i++)
    if (layers[i] != task->content && layers[i] != task->result
        && !task_is_result (task, layers[i]))
      return layers[i];
  return HOST_NONE;
}

/**
 * task_suggest_style:
 * @task: its style is that of the last time, or %HOST_NONE
 *
 * Returns: a style that a dialog may begin with: that of the last time, if it is
 *   still one and not the content; otherwise a guess, or %HOST_NONE
 */
gint
task_suggest_style (const Task *task)
{
  if (task->style != task->content && task_is_attached (task->style))
    return task->style;
  return guess (task);
}

/**
 * style_check:
 *
 * Returns: %FALSE with @error if there is no style, or no longer
 */
gboolean
style_check (const Task *task, GError **error)
{
  const gchar *problem = NULL;

  if (task->style == HOST_NONE)
    problem = _ ("There is no style yet: choose one in the filter's dialog.");
  else if (host_item_kind (task->style) == HOST_KIND_NONE)
    problem = _ ("The style is no longer open: choose another one in the filter's dialog.");
  else if (!task_is_attached (task->style))
    problem = _ ("The style was deleted from its image: choose another one in the filter's "
                 "dialog.");
  if (problem)
    g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, problem);
  return !problem;
}

/**
 * style_name:
 *
 * Returns: what people call @style: the picture's file name, without extension,
 *   if the picture is but one layer, otherwise the layer's name
 */
gchar *
style_name (gint style)
{
  gint image = host_item_image (style);
  g_autoptr (GFile) file = host_image_file (image);
  guint n_layers = 0;
  gchar *title;

  g_free (host_layers (image, HOST_NONE, &n_layers));
  title = n_layers == 1 ? nst_styles_title (file) : NULL;
  return title ? title : task_item_name (style);
}

/* The masks of @item, and of the group that it was found in; FALSE: deleted a moment ago. */
static gboolean
limit_by_masks (const Task *task, gint item, const GeglRectangle *extent, NstSource *source)
{
  for (gint it = item; it != HOST_NONE; it = it == task->style ? HOST_NONE : task->style)
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
  nst_source_clear (&((StyleSource *) data)->source);
}

/* What was deleted a moment ago is left out, as what cannot be seen is. */
static void
append (GArray *sources, const Task *task, gint item, gdouble weight)
{
  StyleSource style = {weight, {host_item_buffer (item)}};
  NstSource *source = &style.source;
  GeglRectangle extent;

  if (source->buffer && host_item_extent (item, &extent))
    {
      source->rect = *GEGL_RECTANGLE (0, 0, extent.width, extent.height);
      source->profile = task_profile (host_item_image (item));
      if (limit_by_selection (task, item, &extent, source)
          && limit_by_masks (task, item, &extent, source))
        {
          g_array_append_val (sources, style);
          return;
        }
    }
  nst_source_clear (source);
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
  guint n_children = 0;
  g_autofree gint *children = NULL;

  g_array_set_clear_func (sources, clear_source);
  if (host_item_kind (task->style) != HOST_KIND_GROUP)
    append (sources, task, task->style, 1.0);
  else
    children = host_layers (host_item_image (task->style), task->style, &n_children);
  for (guint i = 0; i < n_children; i++)
    {
      gdouble opacity = host_layer_opacity (children[i]);

      if (host_item_is_visible (children[i]) && opacity > 0.0)
        append (sources, task, children[i], opacity);
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
