/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of a task's styles: what a dialog changes, a session remembers, and a result
 * tells of.
 */
#include <math.h>
#include <string.h>

#include "styles.h"
#include "task-parts.h"

/* What a result tells of its styles, in the same order. */
#define KEY_FILES   "style-files"  /* names without folder, "" where there is none */
#define OWN_IMAGE   "."            /* for such a name: the result's image */
#define KEY_NAMES   "style-names"  /* of the layers */
#define KEY_LAYERS  "style-layers" /* tattoos */
#define KEY_WEIGHTS "style-weights"

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

/* The name, without folder, of the file that @image is; "" where it is none. */
static gchar *
file_name (gint image)
{
  g_autoptr (GFile) file = host_image_file (image);
  g_autofree gchar *base = file ? g_file_get_basename (file) : NULL;

  return base ? g_filename_display_name (base) : g_strdup ("");
}

/**
 * styles_record:
 * @file: gets what task_styles_recall() finds the styles by: no folders, which are nobody
 *   else's business
 */
void
styles_record (const Task *task, GKeyFile *file, const gchar *group)
{
  const TaskStyles *styles = &task->styles;
  gchar *files[TASK_STYLES + 1] = {NULL}, *names[TASK_STYLES + 1] = {NULL};
  gint tattoos[TASK_STYLES];
  gchar *weights[TASK_STYLES + 1] = {NULL};

  for (guint i = 0; i < styles->n; i++)
    {
      gint image = host_item_image (styles->list[i].item);

      names[i] = task_item_name (styles->list[i].item);
      files[i] = image == task->image ? g_strdup (OWN_IMAGE) : file_name (image);
      tattoos[i] = (gint) host_item_tattoo (styles->list[i].item);
      weights[i] = g_ascii_formatd (g_malloc (G_ASCII_DTOSTR_BUF_SIZE), G_ASCII_DTOSTR_BUF_SIZE,
                                    "%.4g", styles->list[i].weight);
    }
  g_key_file_set_string_list (file, group, KEY_FILES, (const gchar *const *) files, styles->n);
  g_key_file_set_string_list (file, group, KEY_NAMES, (const gchar *const *) names, styles->n);
  g_key_file_set_integer_list (file, group, KEY_LAYERS, tattoos, styles->n);
  g_key_file_set_string_list (file, group, KEY_WEIGHTS, (const gchar *const *) weights,
                              styles->n);
  for (guint i = 0; i < styles->n; i++)
    {
      g_free (files[i]);
      g_free (names[i]);
      g_free (weights[i]);
    }
}

/* The open image of a file called @name, or else that of the shelf, which is opened. */
static gint
find_image (const gchar *name, const gchar *shelf)
{
  guint n = 0;
  g_autofree gint *images = host_images (&n);
  g_autofree gchar *path = g_build_filename (shelf, name, NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree gchar *there = file_name (images[i]);

      if (strcmp (there, name) == 0)
        return images[i];
    }
  if (strchr (name, G_DIR_SEPARATOR) || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return HOST_NONE;
  return host_item_image (host_open (path, NULL));
}

/* The layer @name of an open image that is no file. */
static gint
find_unsaved (const gchar *name, guint tattoo)
{
  guint n = 0;
  g_autofree gint *images = host_images (&n);

  for (guint i = 0; i < n; i++)
    {
      gint layer = result_find_tattoo (images[i], HOST_NONE, tattoo);
      g_autofree gchar *file = file_name (images[i]);
      g_autofree gchar *there = task_item_name (layer);

      if (layer != HOST_NONE && !*file && strcmp (there, name) == 0)
        return layer;
    }
  return HOST_NONE;
}

static gint
find_style (const Task *task, const gchar *file, const gchar *name, guint tattoo,
            const gchar *shelf)
{
  gint image, layer;

  if (!*file)
    return find_unsaved (name, tattoo);
  if (strcmp (file, OWN_IMAGE) == 0)
    return result_find_tattoo (task->image, HOST_NONE, tattoo);
  image = find_image (file, shelf);
  layer = result_find_tattoo (image, HOST_NONE, tattoo);
  return layer != HOST_NONE ? layer : host_image_active (image);
}

/**
 * task_styles_recall:
 * @layer: a result
 * @shelf: the folder of the paintings that come with the filter
 * @styles: set to those of @layer, as far as they are open or on the shelf
 *
 * Returns: %FALSE, and nothing changed, if none of them is
 */
gboolean
task_styles_recall (const Task *task, gint layer, const gchar *shelf, TaskStyles *styles)
{
  g_autofree gchar *text = host_item_get_note (layer, RESULT_NOTE);
  g_autoptr (GKeyFile) record = g_key_file_new ();
  g_auto (GStrv) files = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree gint *tattoos = NULL;
  g_autofree gdouble *weights = NULL;
  gsize n, n_names = 0, n_tattoos = 0, n_weights = 0;
  TaskStyles found = {.n = 0};

  if (!text || !g_key_file_load_from_data (record, text, strlen (text), G_KEY_FILE_NONE, NULL))
    return FALSE;
  files = g_key_file_get_string_list (record, RESULT_GROUP, KEY_FILES, &n, NULL);
  names = g_key_file_get_string_list (record, RESULT_GROUP, KEY_NAMES, &n_names, NULL);
  tattoos = g_key_file_get_integer_list (record, RESULT_GROUP, KEY_LAYERS, &n_tattoos, NULL);
  weights = g_key_file_get_double_list (record, RESULT_GROUP, KEY_WEIGHTS, &n_weights, NULL);
  if (!files || n_names != n || n_tattoos != n || n_weights != n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      gint style = tattoos[i] > 0
                       ? find_style (task, files[i], names[i], (guint) tattoos[i], shelf)
                       : HOST_NONE;

      if (style != HOST_NONE && weights[i] > 0.0 && isfinite (weights[i]))
        task_styles_add (&found, style, weights[i]);
    }
  if (found.n > 0)
    *styles = found;
  return found.n > 0;
}
