/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks from files, and the one that is built in.
 */
#include "network/network-open.h"
#include "base/system.h"
#include "network/network-file.h"
#include "nst-resources.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

/* What is wrong with a file, by the system's number for it. */
static void
set_file_error (GError **error, const gchar *path, gint number)
{
  gchar *shown = nst_display_name (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
               _ ("“%s” cannot be opened: %s."), shown, g_strerror (number));
  g_free (shown);
}

GBytes *
nst_network_map (const gchar *path, GError **error)
{
  gint problem, file = nst_system_open_file (path, &problem);
  GMappedFile *mapped = NULL;
  GBytes *bytes = NULL;

  if (file >= 0 && !(mapped = g_mapped_file_new_from_fd (file, FALSE, NULL)))
    problem = errno ? errno : EIO;
  if (mapped)
    {
      bytes = g_mapped_file_get_bytes (mapped);
      g_mapped_file_unref (mapped);
    }
  else
    set_file_error (error, path, problem);
  if (file >= 0)
    nst_system_close_file (file);
  return bytes;
}

NstNetwork *
nst_network_open (const gchar *path, GError **error)
{
  GBytes *bytes;
  NstNetwork *network;
  gchar *name;

  if (!path)
    {
      bytes = g_resource_lookup_data (nst_get_resource (), "/nst/default.safetensors",
                                      G_RESOURCE_LOOKUP_FLAGS_NONE, error);
      if (!bytes)
        return NULL;
      network = nst_network_open_bytes (bytes, "default", error);
      g_bytes_unref (bytes);
      return network;
    }

  bytes = nst_network_map (path, error);
  if (!bytes)
    return NULL;
  name = g_path_get_basename (path);
  network = nst_network_open_bytes (bytes, name, error);
  g_free (name);
  g_bytes_unref (bytes);
  return network;
}

NstNetwork *
nst_network_open_bytes (GBytes *bytes, const gchar *name, GError **error)
{
  NstNetwork *network = g_new0 (NstNetwork, 1);
  GError *problem = NULL;

  network->name = nst_display_name (name);
  if (!nst_network_file_read (bytes, network, &problem))
    {
      g_propagate_prefixed_error (error, problem, "%s: ", network->name);
      g_clear_pointer (&network, nst_network_free);
    }
  return network;
}
