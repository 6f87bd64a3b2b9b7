/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The style: what the engine gets of the drawable that the user chose.
 */
#include <gegl.h>

#include "gimp2.h"
#include "styles.h"

/* The image's selection counts, but not that of the content: it says where the style goes. */
static gboolean
append (GArray *styles, gint32 drawable, gdouble weight, gint32 content_image, GError **error)
{
  gint32 owner = gimp_item_get_image (drawable);
  GeglRectangle rect = {0, 0, gimp_drawable_width (drawable), gimp_drawable_height (drawable)};
  g_autoptr (GeglBuffer) buffer = NULL;
  g_autoptr (GeglBuffer) selection = NULL;
  gint x = 0, y = 0;

  if (owner != content_image && !gimp_selection_is_empty (owner) && task_is_attached (drawable))
    {
      if (!gimp_drawable_mask_intersect (drawable, &rect.x, &rect.y, &rect.width, &rect.height))
        return TRUE;
      gimp_drawable_offsets (drawable, &x, &y);
      selection = gimp_drawable_get_buffer (gimp_image_get_selection (owner));
    }
  buffer = gimp_drawable_get_buffer (drawable);
  return nst_styles_add (styles, weight, buffer, &rect, selection, x + rect.x, y + rect.y,
                         error);
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
  g_autoptr (GArray) styles = nst_styles_new ();
  g_autofree gchar *name = gimp_item_get_name (style);
  gboolean done;

  if (gimp_item_is_group (style))
    done = append_children (styles, style, content_image, error);
  else
    done = append (styles, style, 1.0, content_image, error);
  return done && nst_styles_check (styles, name, error) ? g_steal_pointer (&styles) : NULL;
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
  gchar *title = n_layers == 1 ? nst_styles_title (file) : NULL;

  return title ? title : gimp_item_get_name (style);
}
