/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of a zip archive as PyTorch writes it: everything is stored, not
 * packed, so that each file within it is a piece of the archive.
 */
#ifndef ZIP_H
#define ZIP_H

#include <glib.h>

typedef struct
{
  gchar *name;
  guint64 begin, end; /* its data, within the archive */
} ZipEntry;

/* Of ZipEntry, in the order of their data; NULL with %NST_ERROR_BAD_NETWORK. */
GArray *zip_read (const guint8 *data, gsize size, GError **error);

#endif
