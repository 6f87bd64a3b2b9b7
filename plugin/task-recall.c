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

/**
 * Told:
 * @uri: of the style's file, or ""
 * @file: its name, or ""
 * @name: of the layer
 * @tattoo: likewise
 *
 * What is told of one style.
 */
typedef struct
{
  const gchar *uri, *file, *name;
  guint tattoo;
} Told;

typedef gboolean (*IsIt) (gint image, const Told *told);

/* Whoever opened that file. */
static gboolean
has_uri (gint image, const Told *told)
{
  g_autoptr (GFile) file = host_image_file (image);
  g_autoptr (GFile) wanted = g_file_new_for_uri (told->uri);

  return file && g_file_equal (file, wanted)
         && result_find_tattoo (image, HOST_NONE, told->tattoo) != HOST_NONE;
}

static gboolean
has_file_name (gint image, const Told *told)
{
  g_autofree gchar *there = file_name (image);

  return strcmp (there, told->file) == 0;
}

/* An image that is no file is known by its layers. */
static gboolean
has_layer (gint image, const Told *told)
{
  gint layer = result_find_tattoo (image, HOST_NONE, told->tattoo);
  g_autofree gchar *there = task_item_name (layer);

  return layer != HOST_NONE && strcmp (there, told->name) == 0 && has_file_name (image, told);
}

/* The first open image that @is_it; that of the content only where no other is. */
static gint
find_open (const Task *task, IsIt is_it, const Told *told)
{
  guint n = 0;
  g_autofree gint *images = host_images (&n);
  gint found = HOST_NONE;

  for (guint i = 0; i < n && (found == HOST_NONE || found == task->image); i++)
    if (is_it (images[i], told))
      found = images[i];
  return found;
}

/* The image of the file at @path, which is opened unless the filter has it open. */
static gint
open_image (const gchar *path)
{
  return path && g_file_test (path, G_FILE_TEST_IS_REGULAR)
             ? host_item_image (host_open (path, NULL))
             : HOST_NONE;
}

/* An open image is preferred to its file, and a file to another one of its name. */
static gint
find_image (const Task *task, const Told *told, const gchar *shelf)
{
  g_autofree gchar *path = *told->uri ? g_filename_from_uri (told->uri, NULL, NULL) : NULL;
  g_autofree gchar *shelved = g_build_filename (shelf, told->file, NULL);
  gint image = HOST_NONE;

  if (!*told->file)
    return find_open (task, has_layer, told);
  if (strcmp (told->file, OWN_IMAGE) == 0)
    return task->image;
  if (*told->uri)
    image = find_open (task, has_uri, told);
  if (image == HOST_NONE)
    image = open_image (path);
  if (image == HOST_NONE)
    image = find_open (task, has_file_name, told);
  if (image == HOST_NONE && !strchr (told->file, G_DIR_SEPARATOR))
    image = open_image (shelved);
  return image;
}

/* Never the content, whose file may be that of a style by now. */
static gint
find_style (const Task *task, const Told *told, const gchar *shelf)
{
  gint image = told->tattoo > 0 ? find_image (task, told, shelf) : HOST_NONE;
  gint layer = result_find_tattoo (image, HOST_NONE, told->tattoo);

  if (layer == HOST_NONE && image != task->image)
    layer = host_image_active (image);
  return style_is_content (task, layer) ? HOST_NONE : layer;
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
      const Told told = {n_uris == n ? uris[i] : "", files[i], names[i],
                         (guint) MAX (tattoos[i], 0)};
      gint style = find_style (task, &told, shelf);

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
