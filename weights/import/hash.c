/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file's checksum.
 */
#include "tool.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

/**
 * hash_name:
 *
 * Returns: what people call it
 */
const gchar *
hash_name (GChecksumType type)
{
  return type == G_CHECKSUM_SHA256 ? "SHA-256" : type == G_CHECKSUM_SHA1 ? "SHA-1" : "MD5";
}

/**
 * hash_file:
 * @file: read from its beginning, and left where it was
 *
 * Returns: (transfer full): hexadecimal; or %NULL
 */
gchar *
hash_file (gint file, GChecksumType type, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (type);
  g_autofree guint8 *piece = g_malloc (1 << 20);
  gint64 at = 0;
  gssize n;

  while ((n = pread (file, piece, 1 << 20, at)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                       _ ("The file cannot be read: %s"), g_strerror (errno));
          return NULL;
        }
      g_checksum_update (sum, piece, n);
      at += n;
    }
  return g_strdup (g_checksum_get_string (sum));
}
