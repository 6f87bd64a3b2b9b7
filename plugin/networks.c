/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks are files NAME.safetensors in neural-style-transfer/networks (or, as
 * earlier versions had it, in neural-style-transfer) in the data folders: the
 * user's, where nst-import writes them, and the system's.
 */
#include "networks.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define SUFFIX ".safetensors"

/* All the folders where networks may lie, the user's first. */
static gchar **
list_folders (void)
{
  const gchar *const *system = g_get_system_data_dirs ();
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();

  for (const gchar *data = g_get_user_data_dir (); data; data = *system++)
    {
      g_ptr_array_add (folders, g_build_filename (data, GETTEXT_PACKAGE, "networks", NULL));
      g_ptr_array_add (folders, g_build_filename (data, GETTEXT_PACKAGE, NULL));
    }
  g_ptr_array_add (folders, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&folders), FALSE);
}

/* Whether @text, which may be a file of a network, too, is a name: those that cannot be shown as
 * they are could not be kept in settings, either. */
static gboolean
is_name (const gchar *text)
{
  g_autofree gchar *shown = nst_display_name (text);

  return *text != '.' && strcmp (text, shown) == 0;
}

static gchar *
find_network (const gchar *name)
{
  g_auto (GStrv) folders = list_folders ();
  g_autofree gchar *file = g_strconcat (name, SUFFIX, NULL);

  for (gchar **folder = folders; *folder && is_name (name); folder++)
    {
      g_autofree gchar *path = g_build_filename (*folder, file, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/**
 * nst_networks_open:
 * @network: (nullable): "" for the built-in one; a file; or NAME, where one of the folders
 *   has NAME.safetensors
 *
 * Returns: the network, to be freed with nst_network_free(), or %NULL
 */
NstNetwork *
nst_networks_open (const gchar *network, GError **error)
{
  g_autofree gchar *path = NULL;
  g_autofree gchar *shown = NULL;
  g_autofree gchar *list = NULL;
  g_auto (GStrv) names = NULL;

  if (!network || !*network)
    return nst_network_open (NULL, error);
  if (g_file_test (network, G_FILE_TEST_IS_REGULAR) || strchr (network, G_DIR_SEPARATOR))
    return nst_network_open (network, error);
  path = find_network (network);
  if (path)
    return nst_network_open (path, error);

  shown = nst_display_name (network);
  names = nst_networks_list ();
  list = *names ? g_strjoinv (", ", names) : g_strdup (_ ("none"));
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK,
               _ ("There is no network “%s”: give a .safetensors file, or the name of one that "
                  "nst-import has installed (%s)."),
               shown, list);
  return NULL;
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* Adds the names of the networks in a folder to @names, a set. */
static void
list_folder (const gchar *folder, GHashTable *names)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *file;

  while (dir && (file = g_dir_read_name (dir)))
    {
      g_autofree gchar *path = g_build_filename (folder, file, NULL);

      if (is_name (file) && g_str_has_suffix (file, SUFFIX)
          && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        g_hash_table_add (names, g_strndup (file, strlen (file) - strlen (SUFFIX)));
    }
}

/**
 * nst_networks_list:
 *
 * Returns: (transfer full): the names that nst_networks_open() finds in the folders,
 *   sorted; those that cannot be shown as they are (see nst_display_name()) are left out
 */
gchar **
nst_networks_list (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) folders = list_folders ();
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  for (gchar **folder = folders; *folder; folder++)
    list_folder (*folder, names);
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (list, g_strdup (name));
  g_ptr_array_sort (list, compare_texts);
  g_ptr_array_add (list, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

/* nst-import from where it was installed, or else from wherever it is found. */
static gchar *
find_import (void)
{
  if (g_file_test (NST_IMPORT, G_FILE_TEST_IS_EXECUTABLE))
    return g_strdup (NST_IMPORT);
  return g_find_program_in_path ("nst-import");
}

/* What nst-import said on stderr, without the name before it. */
static void
set_problem (GError **error, const gchar *said)
{
  g_autofree gchar *line = g_strdup (said ? said : "");
  const gchar *text;

  g_strdelimit (g_strchomp (line), "\n", ' ');
  text = g_str_has_prefix (line, "nst-import: ") ? line + strlen ("nst-import: ") : line;
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_NETWORK,
                       *text ? text : _ ("The import ended for no reason that it told."));
}

/**
 * nst_networks_import:
 * @file: PyTorch's .pth, Keras' .h5, .safetensors, Caffe's .caffemodel or .onnx
 *
 * Waits for the end, which may take some seconds; may be called on any thread.
 *
 * Returns: (transfer full): what the network is called from now on, or %NULL with one line that
 *   says what is wrong
 */
gchar *
nst_networks_import (const gchar *file, GError **error)
{
  g_autofree gchar *program = find_import ();
  g_autofree gchar *name = NULL;
  g_autofree gchar *said = NULL;
  const gchar *arguments[] = {program, "--quiet", "--", file, NULL};
  gint status;

  if (!program)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_NETWORK,
                           _ ("The command nst-import, which reads other programs' weights, is "
                              "not installed; it needs libhdf5 and libcurl when it is built."));
      return NULL;
    }
  if (!g_spawn_sync (NULL, (gchar **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &name,
                     &said, &status, error))
    return NULL;
  if (!g_spawn_check_wait_status (status, NULL))
    {
      set_problem (error, said);
      return NULL;
    }
  return g_strdup (g_strchomp (name));
}
