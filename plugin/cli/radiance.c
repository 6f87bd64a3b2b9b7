/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libvips takes no notice of in a Radiance file: that its values are no RGB, and
 * in which order its rows and columns come.
 */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "picture-private.h"

#define HEADER_LINES 1000
#define NO_RGB       -1

/* The EXIF orientation that a resolution line says, 0 for rows that are columns. */
static gint
find_orientation (const gchar *line)
{
  static const gchar *const order[] = {"-Y+X", "-Y-X", "+Y-X", "+Y+X"};
  gchar axes[5] = "";

  if (sscanf (line, "%2c %*d %2c", axes, axes + 2) == 2)
    for (gint i = 0; i < (gint) G_N_ELEMENTS (order); i++)
      if (strcmp (axes, order[i]) == 0)
        return i + 1;
  return 0;
}

/* Likewise, or NO_RGB. */
static gint
read_header (FILE *file)
{
  gchar line[2048];
  gboolean in_variables = TRUE;

  for (gint i = 0; i < HEADER_LINES && fgets (line, sizeof line, file); i++)
    {
      if (!in_variables)
        return find_orientation (line);
      if (g_str_has_prefix (line, "FORMAT=") && strstr (line, "xyze"))
        return NO_RGB;
      in_variables = *line != '\n' && *line != '\r';
    }
  return 1; /* cut off, which the reader says */
}

/**
 * cli_radiance_orientation:
 *
 * Returns: as in EXIF; 0 with @error if the file at @path is of a kind that is not read
 */
gint
cli_radiance_orientation (const gchar *path, GError **error)
{
  FILE *file = g_fopen (path, "rbe");
  gint orientation = file ? read_header (file) : 1;

  if (file)
    fclose (file);
  if (orientation == NO_RGB)
    cli_picture_error (path, CLI_RARE "Radiance: 32-bit_rle_xyze", error);
  else if (orientation == 0)
    cli_picture_error (path, CLI_RARE "Radiance: ±X ±Y", error);
  return MAX (orientation, 0);
}
