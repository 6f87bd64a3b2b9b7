/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of a task's styles: what a dialog changes and a session remembers.
 */
#include <math.h>
#include <string.h>

#include "styles.h"
#include "task-parts.h"

static guint
find (const TaskStyles *styles, gint item)
{
  guint i = 0;

  while (i < styles->n && styles->list[i].item != item)
    i++;
  return i;
}

/**
 * task_styles_last:
 *
 * Returns: the style that was added last, or %HOST_NONE
 */
gint
task_styles_last (const TaskStyles *styles)
{
  return styles->n > 0 ? styles->list[styles->n - 1].item : HOST_NONE;
}

/**
 * task_styles_contain:
 *
 * Returns: whether @item is one of them
 */
gboolean
task_styles_contain (const TaskStyles *styles, gint item)
{
  return find (styles, item) < styles->n;
}

/**
 * task_styles_set:
 * @item: the only style from now on; %HOST_NONE: there is none
 */
void
task_styles_set (TaskStyles *styles, gint item)
{
  styles->n = 0;
  if (item != HOST_NONE)
    task_styles_add (styles, item, 1.0);
}

/**
 * task_styles_add:
 * @item: if it is there already, it only gets the weight
 *
 * Returns: %FALSE if there are #TASK_STYLES already
 */
gboolean
task_styles_add (TaskStyles *styles, gint item, gdouble weight)
{
  guint i = find (styles, item);

  if (i == TASK_STYLES)
    return FALSE;
  styles->list[i] = (TaskStyle){item, weight};
  styles->n = MAX (styles->n, i + 1);
  return TRUE;
}

/**
 * task_styles_remove:
 * @item: need not be one of them
 */
void
task_styles_remove (TaskStyles *styles, gint item)
{
  guint i = find (styles, item);

  if (i == styles->n)
    return;
  styles->n--;
  for (; i < styles->n; i++)
    styles->list[i] = styles->list[i + 1];
}

/**
 * task_styles_equal:
 *
 * Returns: whether they are the same items with the same weights in the same order
 */
gboolean
task_styles_equal (const TaskStyles *a, const TaskStyles *b)
{
  guint i = 0;

  while (i < a->n && i < b->n && a->list[i].item == b->list[i].item
         && a->list[i].weight == b->list[i].weight)
    i++;
  return i == a->n && i == b->n;
}

/**
 * task_styles_text:
 *
 * Returns: (transfer full): what task_styles_parse() reads, within this session of the program
 */
gchar *
task_styles_text (const TaskStyles *styles)
{
  GString *text = g_string_new (NULL);
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < styles->n; i++)
    g_string_append_printf (
        text, "%s%d:%s", i ? " " : "", styles->list[i].item,
        g_ascii_dtostr (number, G_ASCII_DTOSTR_BUF_SIZE, styles->list[i].weight));
  return g_string_free (text, FALSE);
}

/**
 * task_styles_parse:
 * @text: (nullable): of task_styles_text(); what is none of it is left out
 */
void
task_styles_parse (TaskStyles *styles, const gchar *text)
{
  g_auto (GStrv) parts = g_strsplit (text ? text : "", " ", -1);

  styles->n = 0;
  for (gchar **part = parts; *part; part++)
    {
      gchar *end;
      gint64 item = g_ascii_strtoll (*part, &end, 10);
      gdouble weight = *end == ':' ? g_ascii_strtod (end + 1, NULL) : 0.0;

      if (item >= 0 && item <= G_MAXINT && weight > 0.0 && isfinite (weight))
        task_styles_add (styles, (gint) item, weight);
    }
}

/**
 * task_styles_dropped:
 * @styles: (out): the layers that the program drags as @data, as its own widgets read it: its
 *   process and the layers' numbers, "4711:3:5"; none if they are another process's
 * @data: (nullable): need not end with a zero
 * @length: bytes
 *
 * Returns: whether @styles has room for all
 */
gboolean
task_styles_dropped (TaskStyles *styles, const gchar *data, gsize length)
{
  g_autofree gchar *text = data ? g_strndup (data, length) : g_strdup ("");
  g_auto (GStrv) numbers = g_strsplit (text, ":", -1);
  gboolean has_room = TRUE;
  gint64 number;

  styles->n = 0;
  for (gint i = 0; has_room && numbers[i]; i++)
    if (!g_ascii_string_to_signed (numbers[i], 10, 0, G_MAXINT, &number, NULL)
        || (i == 0 && number != host_process ()))
      break;
    else if (i > 0
             && (host_item_kind ((gint) number) == HOST_KIND_LAYER
                 || host_item_kind ((gint) number) == HOST_KIND_GROUP))
      has_room = task_styles_add (styles, (gint) number, 1.0);
  return has_room;
}

/**
 * task_style_name:
 *
 * Returns: (transfer full): what people call @item: the picture's file name, without
 *   extension, if the picture is but one layer, otherwise the layer's name
 */
gchar *
task_style_name (gint item)
{
  gint image = host_item_image (item);
  g_autoptr (GFile) file = host_image_file (image);
  guint n_layers = 0;
  gchar *title;

  g_free (host_layers (image, HOST_NONE, &n_layers));
  title = n_layers == 1 ? nst_styles_title (file) : NULL;
  return title ? title : task_item_name (item);
}

/**
 * styles_name:
 *
 * Returns: (transfer full): what people call them, "wave + poppies"
 */
gchar *
styles_name (const TaskStyles *styles)
{
  GString *name = g_string_new (NULL);

  for (guint i = 0; i < styles->n; i++)
    {
      g_autofree gchar *one = task_style_name (styles->list[i].item);

      g_string_append_printf (name, "%s%s", i ? " + " : "", one);
    }
  return g_string_free (name, FALSE);
}
