/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The style: what the engine gets of the drawable that the user chose.
 */
#include <gegl.h>

#include "gimp2.h"
#include "pixels.h"

static void
clear_style (gpointer style)
{
  nst_image_clear (&((NstStyle *) style)->image);
}

/* The image's selection counts, but not that of the content: it says where the style goes.
 * FALSE without @error: it leaves nothing of @drawable. */
static gboolean
read_pixels (gint32 drawable, gint32 content_image, NstImage *image, GError **error)
{
  gint32 owner = gimp_item_get_image (drawable);
  gboolean selected =
      owner != content_image && !gimp_selection_is_empty (owner) && task_is_attached (drawable);
  GeglRectangle rect = {0, 0, gimp_drawable_width (drawable), gimp_drawable_height (drawable)};
  g_autoptr (GeglBuffer) buffer = NULL;
  g_autoptr (GeglBuffer) selection = NULL;
  gint x, y;

  if (selected
      && !gimp_drawable_mask_intersect (drawable, &rect.x, &rect.y, &rect.width, &rect.height))
    return FALSE;
  buffer = gimp_drawable_get_buffer (drawable);
  if (!nst_pixels_read (buffer, &rect, image, error))
    return FALSE;
  if (!selected)
    return TRUE;

  gimp_drawable_offsets (drawable, &x, &y);
  rect.x += x;
  rect.y += y;
  selection = gimp_drawable_get_buffer (gimp_image_get_selection (owner));
  return nst_pixels_limit (image, selection, &rect, error);
}

/* What cannot be seen, pixels.c refuses; it is no part of the style, and no error yet. */
static gboolean
append (GArray *styles, gint32 drawable, gdouble weight, gint32 content_image, GError **error)
{
  NstStyle style = {.weight = weight};
  g_autoptr (GError) problem = NULL;

  if (read_pixels (drawable, content_image, &style.image, &problem))
    {
      g_array_append_val (styles, style);
      return TRUE;
    }
  clear_style (&style);
  if (!problem
      || (g_error_matches (problem, NST_ERROR, NST_ERROR_BAD_ARGUMENT)
          && MAX (gimp_drawable_width (drawable), gimp_drawable_height (drawable))
                 <= NST_SIZE_MAX))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
append_children (GArray *styles, gint32 group, gint32 content_image, GError **error)
{
  gint n_children = 0;
  g_autofree gint *children = gimp_item_get_children (group, &n_children);

  for (gint i = 0; i < n_children; i++)
    {
      gdouble opacity = gimp_layer_get_opacity (children[i]);

      if (gimp_item_get_visible (children[i]) && opacity > 0.0
          && !append (styles, children[i], opacity / 100.0, content_image, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * style_read:
 * @style: a drawable, or a layer group: a mixture of its visible children
 * @content_image: the image whose selection does not limit the style
 *
 * Returns: an array of #NstStyle whose pixels it owns, or %NULL
 */
GArray *
style_read (gint32 style, gint32 content_image, GError **error)
{
  GArray *styles = g_array_new (FALSE, FALSE, sizeof (NstStyle));
  gboolean done;

  g_array_set_clear_func (styles, clear_style);
  if (gimp_item_is_group (style))
    done = append_children (styles, style, content_image, error);
  else
    done = append (styles, style, 1.0, content_image, error);

  if (done && styles->len == 0)
    {
      g_autofree gchar *name = gimp_item_get_name (style);

      g_set_error (
          error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
          _ ("The style “%s” has no visible pixels, or its image's selection leaves none "
             "of them: change the selection or choose another style."),
          name);
      done = FALSE;
    }
  if (done)
    return styles;

  g_array_unref (styles);
  return NULL;
}

/**
 * style_name:
 *
 * Returns: what people call @style: the picture's file name, without extension,
 *   if the picture is but one layer, otherwise the layer's name
 */
gchar *
style_name (gint32 style)
{
  gint32 image = gimp_item_get_image (style);
  gint n_layers = 0;
  g_autofree gint *layers = gimp_image_get_layers (image, &n_layers);
  g_autofree gchar *uri = gimp_image_get_uri (image);
  g_autoptr (GFile) file = uri ? g_file_new_for_uri (uri) : NULL;
  g_autofree gchar *base = file ? g_file_get_basename (file) : NULL;
  gchar *name, *dot;

  if (n_layers != 1 || !base)
    return gimp_item_get_name (style);

  name = g_filename_display_name (base);
  dot = strrchr (name, '.');
  if (dot && dot > name)
    *dot = '\0';
  return name;
}
