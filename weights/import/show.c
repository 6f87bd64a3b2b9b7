/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tells what networks there are, and where each is from.
 */
#include "network/network.h"
#include "network/network-open.h"
#include "network/safetensors.h"
#include "tool.h"

#include <glib/gi18n.h>
#include <string.h>

/* What is shown of the metadata, with words for it. */
static const struct
{
  const gchar *key, *label;
} lines[] = {
    {"layers", N_ ("layers")},      {"preprocess", N_ ("preprocessing")},
    {"input_order", N_ ("colors")}, {"pooling", N_ ("pooling")},
    {"source", N_ ("source")},      {"source_sha256", N_ ("SHA-256")},
    {"licence", N_ ("license")},
};

static gboolean
show (const gchar *name, const gchar *path, GError **error)
{
  g_autoptr (GBytes) bytes = nst_network_map (path, error);
  g_autofree gchar *shown = nst_display_name (name);
  NstSafetensors file;
  GError *problem = NULL;

  if (!bytes)
    return FALSE;
  if (!nst_safetensors_parse (bytes, &file, &problem))
    {
      g_propagate_prefixed_error (error, problem, "%s: ", shown);
      return FALSE;
    }
  g_print ("%s\n", shown);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      const gchar *text = g_hash_table_lookup (file.metadata, lines[i].key);
      g_autofree gchar *line = text ? nst_display_name (text) : NULL;

      if (line)
        g_print ("  %s: %s\n", _ (lines[i].label), line);
    }
  nst_safetensors_clear (&file);
  return TRUE;
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* All in the folder, by name. */
static gboolean
show_all (GError **error)
{
  g_autofree gchar *folder = folder_networks ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *file;
  gboolean ok = TRUE;

  while (dir && (file = g_dir_read_name (dir)))
    if (*file != '.' && g_str_has_suffix (file, ".safetensors"))
      g_ptr_array_add (names, g_strndup (file, strlen (file) - strlen (".safetensors")));
  g_ptr_array_sort (names, compare_texts);
  if (names->len == 0)
    {
      g_autofree gchar *shown = nst_display_name (folder);

      g_print (_ ("There is no network in %s.\n"), shown);
    }
  for (guint i = 0; ok && i < names->len; i++)
    {
      g_autofree gchar *path = folder_path (names->pdata[i]);

      ok = show (names->pdata[i], path, error);
    }
  return ok;
}

/**
 * show_networks:
 * @names: (nullable): names or files; %NULL or none for all that are installed
 */
gboolean
show_networks (gchar **names, GError **error)
{
  if (!names || !*names)
    return show_all (error);
  for (; *names; names++)
    {
      g_autofree gchar *path = folder_path (*names);
      gboolean installed = !strchr (*names, '/') && g_file_test (path, G_FILE_TEST_IS_REGULAR);

      if (!show (*names, installed ? path : *names, error))
        return FALSE;
    }
  return TRUE;
}
