/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the plug-ins beside it, one for each GIMP, are told by a file: `image 5' or
 * `display 3' is to be closed, while another plug-in may be at work on it.
 */
#ifndef ORDER_H
#define ORDER_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

/**
 * order_take:
 * @id: (out): of the image or display
 * @display: (out): which of the two
 *
 * Returns: whether there was an order in the file that NST_CLOSE names; it is gone now
 */
static inline gboolean
order_take (gint *id, gboolean *display)
{
  const gchar *path = g_getenv ("NST_CLOSE");
  FILE *file = path ? fopen (path, "r") : NULL;
  gchar kind[8] = "";
  gboolean read;

  if (!file)
    return FALSE;
  read = fscanf (file, "%7s %d", kind, id) == 2;
  fclose (file);
  *display = strcmp (kind, "display") == 0;
  if (read)
    unlink (path);
  return read;
}

#endif
