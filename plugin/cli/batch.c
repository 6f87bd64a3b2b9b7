/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many pictures, one after the other, into one folder.  A picture that is there is done:
 * what was stopped can be started again.
 */
#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli.h"
#include "picture-private.h"

/* One picture to be painted. */
typedef struct
{
  const gchar *content;
  guint style; /* its number, if each is taken by itself */
  gchar *output;
} Item;

static void
clear_item (gpointer item)
{
  g_free (((Item *) item)->output);
}

/* The file's name without its extension, and that with the dot, or "". */
static gchar *
split_name (const gchar *path, gchar **extension)
{
  gchar *name = g_path_get_basename (path), *dot = strrchr (name, '.');

  if (dot == name)
    dot = NULL;
  *extension = g_strdup (dot ? dot : "");
  if (dot)
    *dot = '\0';
  return name;
}

/* As CONTENT is called, or CONTENT-STYLE, in a format that can be written. */
static gchar *
output_of (const CliOptions *options, const Item *item)
{
  g_autofree gchar *extension = NULL;
  g_autofree gchar *other = NULL;
  g_autofree gchar *content = split_name (item->content, &extension);
  const gchar *style_file = g_array_index (options->styles, CliStyle, item->style).file;
  g_autofree gchar *style = split_name (style_file, &other);
  g_autofree gchar *title =
      options->each_style ? g_strconcat (content, "-", style, NULL) : g_strdup (content);
  g_autofree gchar *name = g_strconcat (title, extension, NULL);

  if (!cli_picture_check_format (name, NULL))
    {
      g_free (name);
      name = g_strconcat (title, ".png", NULL);
    }
  return g_build_filename (options->output_dir, name, NULL);
}

/* Two pictures of one name would overwrite each other, and so would a photo and its painting. */
static gboolean
check_names (const GArray *items)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < items->len; i++)
    {
      Item *item = &g_array_index (items, Item, i);
      g_autofree gchar *name = nst_display_name (item->output);

      if (g_hash_table_add (seen, item->output)
          && !cli_is_same_file (item->output, item->content))
        continue;
      g_printerr (
          _ ("nst: Two pictures would both become “%s”: give them other names, or paint "
             "them into two folders.\n"),
          name);
      return FALSE;
    }
  return TRUE;
}

static GArray *
list_items (const CliOptions *options)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));

  g_array_set_clear_func (items, clear_item);
  for (gchar **content = options->contents; *content; content++)
    for (guint i = 0; i < (options->each_style ? options->styles->len : 1); i++)
      {
        Item item = {*content, i, NULL};

        item.output = output_of (options, &item);
        g_array_append_val (items, item);
      }
  return items;
}

static gint
paint (const CliOptions *options, const Item *item, NstNetwork **network)
{
  CliOptions one = *options;
  g_autoptr (GArray) styles = NULL;

  one.content = (gchar *) item->content;
  one.output = item->output;
  if (options->each_style)
    {
      styles = g_array_new (FALSE, FALSE, sizeof (CliStyle));
      g_array_append_val (styles, g_array_index (options->styles, CliStyle, item->style));
      one.styles = styles;
    }
  return cli_stylise (&one, network);
}

/**
 * cli_batch:
 * @options: with an output folder, which is made if it is not there
 *
 * A picture that fails is told of, and the others are painted all the same.
 *
 * Returns: the program's exit status
 */
gint
cli_batch (const CliOptions *options)
{
  g_autoptr (GArray) items = list_items (options);
  g_autofree gchar *folder = nst_display_name (options->output_dir);
  g_autoptr (GError) error = NULL;
  NstNetwork *network = NULL;
  guint n_failed = 0;
  gint ended = 0;

  if (!check_names (items))
    return EXIT_USAGE;
  if (g_mkdir_with_parents (options->output_dir, 0777) != 0)
    {
      g_printerr (_ ("nst: The folder “%s” cannot be made: %s.\n"), folder, g_strerror (errno));
      return EXIT_FAILED;
    }
  for (guint i = 0; i < items->len && (ended = cli_guard_begin_picture ()) == 0; i++)
    {
      const Item *item = &g_array_index (items, Item, i);
      g_autofree gchar *name = nst_display_name (item->output);
      gboolean there = g_file_test (item->output, G_FILE_TEST_IS_REGULAR);

      g_printerr (there ? _ ("nst: %u of %u: “%s” is there already\n")
                        : _ ("nst: %u of %u: “%s”\n"),
                  i + 1, items->len, name);
      if (!there && paint (options, item, &network) != 0)
        n_failed++;
    }
  nst_network_free (network);
  if (n_failed == 0 && ended == 0 && !cli_settings_save (options, &error))
    {
      g_printerr ("nst: %s\n", error->message);
      return EXIT_FAILED;
    }
  if (n_failed > 0)
    g_printerr (_ ("nst: Pictures that failed, as was said above: %u of %u.\n"), n_failed,
                items->len);
  if (ended)
    return 128 + ended;
  return n_failed > 0 ? EXIT_FAILED : EXIT_DONE;
}
