/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The styles of a run, and how both plug-ins gather them.
 */
#include "styles.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
nst_styles_add (GArray *styles, gdouble weight, const NstSource *source, NstSpace space,
                GError **error)
{
  NstStyle style = {.weight = weight};
  GError *problem = NULL;

  if (nst_source_read (source, space, &style.image, &problem))
    {
      g_array_append_val (styles, style);
      return TRUE;
    }
  /* pixels.c refuses what cannot be seen as it does what is too large */
  if (g_error_matches (problem, NST_ERROR, NST_ERROR_BAD_ARGUMENT)
      && MAX (source->rect.width, source->rect.height) <= NST_SIZE_MAX)
    {
      g_error_free (problem);
      return TRUE;
    }
  g_propagate_error (error, problem);
  return FALSE;
}

gboolean
nst_styles_check (const GArray *styles, const gchar *name, GError **error)
{
  if (styles->len > 0)
    return TRUE;
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("The style “%s” has no visible pixels, or its image's selection leaves none "
                  "of them: change the selection or choose another style."),
               name);
  return FALSE;
}

gchar *
nst_styles_title (GFile *file)
{
  g_autofree gchar *base = file ? g_file_get_basename (file) : NULL;
  gchar *name, *dot;

  if (!base)
    return NULL;
  name = g_filename_display_name (base);
  dot = strrchr (name, '.');
  if (dot && dot > name)
    *dot = '\0';
  return name;
}
