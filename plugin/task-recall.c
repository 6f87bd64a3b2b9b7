/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The styles as a result or named settings tell of them, and how they are found again.
 */
#include <math.h>
#include <string.h>

#include "record.h"
#include "task-parts.h"

/* What is told of the styles, in the same order. */
#define KEY_FILES   "style-files"  /* names without folder, "" where there is none */
#define OWN_IMAGE   "."            /* for such a name: the result's image */
#define KEY_URIS    "style-uris"   /* in named settings: with folder */
#define KEY_NAMES   "style-names"  /* of the layers */
#define KEY_LAYERS  "style-layers" /* tattoos */
#define KEY_WEIGHTS "style-weights"
#define KEPT_GROUP  "styles" /* in named settings */

/* The name, without folder, of the file that @image is; "" where it is none. */
static gchar *
file_name (gint image)
{
  g_autoptr (GFile) file = host_image_file (image);
  g_autofree gchar *base = file ? g_file_get_basename (file) : NULL;

  return base ? g_filename_display_name (base) : g_strdup ("");
}

static void
put_list (GKeyFile *file, const gchar *group, const gchar *key, GPtrArray *texts)
{
  g_key_file_set_string_list (file, group, key, (const gchar *const *) texts->pdata,
                              texts->len);
}

/* @own: what an image that is @own is called in place of its file */
static void
record (const TaskStyles *styles, gint own, GKeyFile *file, const gchar *group)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) weights = g_ptr_array_new_with_free_func (g_free);
  gint tattoos[TASK_STYLES];

  for (guint i = 0; i < styles->n; i++)
    {
      gint item = styles->list[i].item, image = host_item_image (item);
      gchar number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (number, sizeof number, "%.4g", styles->list[i].weight);
      g_ptr_array_add (names, task_item_name (item));
      g_ptr_array_add (files, image == own ? g_strdup (OWN_IMAGE) : file_name (image));
      g_ptr_array_add (weights, g_strdup (number));
      tattoos[i] = (gint) host_item_tattoo (item);
    }
  put_list (file, group, KEY_FILES, files);
  put_list (file, group, KEY_NAMES, names);
  g_key_file_set_integer_list (file, group, KEY_LAYERS, tattoos, styles->n);
  put_list (file, group, KEY_WEIGHTS, weights);
}

/**
 * styles_record:
 * @file: gets what task_styles_recall() finds the styles by: no folders, which are nobody
 *   else's business
 */
void
styles_record (const Task *task, GKeyFile *file, const gchar *group)
{
  record (&task->styles, task->image, file, group);
}

/**
 * task_styles_keep:
 *
 * Returns: (transfer full): what task_styles_recall_kept() finds the styles by, for the user's
 *   own named settings: the folders of the styles' files, too; "" without styles
 */
gchar *
task_styles_keep (const TaskStyles *styles)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);

  if (styles->n == 0)
    return g_strdup ("");
  record (styles, HOST_NONE, file, KEPT_GROUP);
  for (guint i = 0; i < styles->n; i++)
    {
      g_autoptr (GFile) of = host_image_file (host_item_image (styles->list[i].item));

      g_ptr_array_add (uris, of ? g_file_get_uri (of) : g_strdup (""));
    }
  put_list (file, KEPT_GROUP, KEY_URIS, uris);
  return g_key_file_to_data (file, NULL, NULL);
}

/* The image of the file at @path, HOST_NONE where there is none. */
static gint
open_image (const gchar *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? host_item_image (host_open (path, NULL))
                                                    : HOST_NONE;
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
  return strchr (name, G_DIR_SEPARATOR) ? HOST_NONE : open_image (path);
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

/* The layer of an open image of the file at @uri, whoever opened it. */
static gint
find_open (const gchar *uri, guint tattoo)
{
  guint n = 0;
  g_autofree gint *images = host_images (&n);
  g_autoptr (GFile) wanted = g_file_new_for_uri (uri);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GFile) file = host_image_file (images[i]);
      gint layer = file && g_file_equal (file, wanted)
                       ? result_find_tattoo (images[i], HOST_NONE, tattoo)
                       : HOST_NONE;

      if (layer != HOST_NONE)
        return layer;
    }
  return HOST_NONE;
}

/* The file at @uri, which is opened unless the filter has it open. */
static gint
find_file (const gchar *uri)
{
  g_autofree gchar *path = g_filename_from_uri (uri, NULL, NULL);

  return path ? open_image (path) : HOST_NONE;
}

/* @uri: (nullable) */
static gint
find_style (const Task *task, const gchar *uri, const gchar *file, const gchar *name,
            guint tattoo, const gchar *shelf)
{
  gint image = HOST_NONE, layer;

  if (!*file)
    return find_unsaved (name, tattoo);
  if (strcmp (file, OWN_IMAGE) == 0)
    return result_find_tattoo (task->image, HOST_NONE, tattoo);
  if (uri && (layer = find_open (uri, tattoo)) != HOST_NONE)
    return layer;
  if (uri)
    image = find_file (uri);
  if (image == HOST_NONE)
    image = find_image (file, shelf);
  layer = result_find_tattoo (image, HOST_NONE, tattoo);
  return layer != HOST_NONE ? layer : host_image_active (image);
}

static gboolean
recall (const Task *task, GKeyFile *record, const gchar *group, const gchar *shelf,
        TaskStyles *styles)
{
  gsize n = 0, n_names = 0, n_tattoos = 0, n_weights = 0, n_uris = 0;
  g_auto (GStrv) files = g_key_file_get_string_list (record, group, KEY_FILES, &n, NULL);
  g_auto (GStrv) names = g_key_file_get_string_list (record, group, KEY_NAMES, &n_names, NULL);
  g_auto (GStrv) uris = g_key_file_get_string_list (record, group, KEY_URIS, &n_uris, NULL);
  g_autofree gint *tattoos =
      g_key_file_get_integer_list (record, group, KEY_LAYERS, &n_tattoos, NULL);
  g_autofree gdouble *weights =
      g_key_file_get_double_list (record, group, KEY_WEIGHTS, &n_weights, NULL);
  TaskStyles found = {.n = 0};

  if (!files || n_names != n || n_tattoos != n || n_weights != n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      gint style = tattoos[i] > 0 ? find_style (task, n_uris == n ? uris[i] : NULL, files[i],
                                                names[i], (guint) tattoos[i], shelf)
                                  : HOST_NONE;

      if (style != HOST_NONE && weights[i] > 0.0 && isfinite (weights[i]))
        task_styles_add (&found, style, weights[i]);
    }
  if (found.n > 0)
    *styles = found;
  return found.n > 0;
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
  g_autoptr (GKeyFile) file = text ? nst_record_open_text (text, strlen (text), NULL) : NULL;

  return file && recall (task, file, RESULT_GROUP, shelf, styles);
}

/**
 * task_styles_recall_kept:
 * @path: named settings, with what task_styles_keep() says
 * @styles: as task_styles_recall() has it, but that files are opened, too
 *
 * Returns: likewise
 */
gboolean
task_styles_recall_kept (const Task *task, const gchar *path, const gchar *shelf,
                         TaskStyles *styles)
{
  g_autoptr (GKeyFile) file = nst_record_open (path, NULL);

  return file && recall (task, file, KEPT_GROUP, shelf, styles);
}
