/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folder of networks: a new one is written under a temporary name and
 * renamed when it is whole, so that there never is half of one.
 */
#include "files.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAME 100 /* bytes */

static gchar *temporary; /* what is being written, or NULL */

/* Where nst and GIMP's dialogs look for networks by their names. */
gchar *
folder_networks (void)
{
  return g_build_filename (g_get_user_data_dir (), GETTEXT_PACKAGE, "networks", NULL);
}

/**
 * folder_path:
 *
 * Returns: (transfer full): where the network @name lies, or would
 */
gchar *
folder_path (const gchar *name)
{
  g_autofree gchar *folder = folder_networks ();
  g_autofree gchar *file = g_strconcat (name, ".safetensors", NULL);

  return g_build_filename (folder, file, NULL);
}

/* A file's name without what tells its format. */
static gchar *
strip_suffix (const gchar *file)
{
  static const gchar *const suffixes[] = {".pth",  ".pt",    ".weights.h5", ".h5",
                                          ".hdf5", ".keras", ".caffemodel", ".safetensors",
                                          ".onnx", ".bin"};
  gchar *name = g_path_get_basename (file);

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (name, suffixes[i]) && strlen (name) > strlen (suffixes[i]))
      {
        name[strlen (name) - strlen (suffixes[i])] = '\0';
        break;
      }
  return name;
}

static gboolean
is_good_name (const gchar *name)
{
  g_autofree gchar *shown = nst_display_name (name);

  return *name && *name != '.' && strlen (name) <= MAX_NAME && !strchr (name, '/')
         && strcmp (name, shown) == 0;
}

/**
 * folder_choose_name:
 * @wanted: (nullable): what the user wants to call it
 * @replace: whether there may be one called so already
 *
 * Returns: (transfer full): what to call the network, or %NULL
 */
gchar *
folder_choose_name (const gchar *wanted, const KnownFile *known, const gchar *file,
                    gboolean replace, GError **error)
{
  g_autofree gchar *name = wanted  ? g_strdup (wanted)
                           : known ? g_strdup (known->name)
                                   : strip_suffix (file);
  g_autofree gchar *path = NULL;

  if (!is_good_name (name))
    {
      g_autofree gchar *shown = nst_display_name (name);

      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                   _ ("A network cannot be called “%s”; give it another name with --name."),
                   shown);
      return NULL;
    }
  path = folder_path (name);
  if (!replace && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (
          error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
          _ ("There is a network “%s” already; give this one another --name, or replace "
             "that one with --replace."),
          name);
      return NULL;
    }
  return g_steal_pointer (&name);
}

static gboolean
set_errno (GError **error, const gchar *path, gint number)
{
  g_autofree gchar *shown = nst_display_name (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
               _ ("“%s” cannot be written: %s."), shown, g_strerror (number));
  return FALSE;
}

/* The file of the network @name, which a link may name. */
static gchar *
folder_file (const gchar *name)
{
  g_autofree gchar *path = folder_path (name);

  return nst_file_follow_links (path);
}

/**
 * folder_create:
 *
 * Returns: (transfer full): where to write the network @name; then call folder_commit()
 *   or folder_discard()
 */
GOutputStream *
folder_create (const gchar *name, GError **error)
{
  g_autofree gchar *named = folder_path (name);
  g_autofree gchar *path = folder_file (name);
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *file = g_strdup_printf (".%s.XXXXXX", name);
  gint descriptor;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      set_errno (error, folder, errno);
      return NULL;
    }
  if (!nst_file_check (named, error))
    return NULL;
  temporary = g_build_filename (folder, file, NULL);
  descriptor = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0644);
  if (descriptor < 0)
    {
      set_errno (error, temporary, errno);
      g_clear_pointer (&temporary, g_free);
      return NULL;
    }
  stop_remove (temporary);
  return g_unix_output_stream_new (descriptor, TRUE);
}

/**
 * folder_commit:
 * @stream: of folder_create(), for the same @name; closed
 *
 * Puts the network into its place, over one that is there.
 *
 * Returns: %FALSE with @error if that fails; folder_discard() is to be called then
 */
gboolean
folder_commit (GOutputStream *stream, const gchar *name, GError **error)
{
  g_autofree gchar *path = folder_file (name);

  if (fsync (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (stream))) != 0)
    return set_errno (error, path, errno);
  if (!g_output_stream_close (stream, NULL, error))
    return FALSE;
  if (g_rename (temporary, path) != 0)
    return set_errno (error, path, errno);
  stop_remove (NULL);
  g_clear_pointer (&temporary, g_free);
  return TRUE;
}

/* Removes what folder_create() began and folder_commit() did not end. */
void
folder_discard (void)
{
  if (temporary)
    g_unlink (temporary);
  stop_remove (NULL);
  g_clear_pointer (&temporary, g_free);
}
