/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The style: one drawable, or a layer group whose visible children are styles
 * weighted by their opacities.  Also which one was used last.
 */
#include <glib/gi18n.h>

#include "gimp3.h"
#include "styles.h"

/* GIMP keeps no drawables in a procedure's last values, so the style's id lies
 * in a global parasite that ends with the session, as the id does. */
#define PARASITE PROCEDURE "-style"

/**
 * style_recall:
 *
 * Returns: (transfer none) (nullable): the style that was used last, if it is
 *   still there
 */
GimpDrawable *
style_recall (void)
{
  GimpParasite *parasite = gimp_get_parasite (PARASITE);
  gint64 id = 0;

  if (parasite != NULL)
    {
      guint32 size;
      gconstpointer data = gimp_parasite_get_data (parasite, &size);
      g_autofree gchar *text = g_strndup (data, size);

      id = g_ascii_strtoll (text, NULL, 10);
      gimp_parasite_free (parasite);
    }
  if (id <= 0 || id > G_MAXINT || !gimp_item_id_is_drawable ((gint) id))
    return NULL;
  return gimp_drawable_get_by_id ((gint) id);
}

void
style_remember (GimpDrawable *style)
{
  g_autofree gchar *text = g_strdup_printf ("%d", gimp_item_get_id (GIMP_ITEM (style)));
  GimpParasite *parasite = gimp_parasite_new (PARASITE, 0, (guint32) strlen (text) + 1, text);

  gimp_attach_parasite (parasite);
  gimp_parasite_free (parasite);
}

/**
 * style_suggest:
 * @content: what is to be styled
 *
 * Returns: (transfer none) (nullable): another picture's selected layer if
 *   there is one, then another layer
 */
GimpDrawable *
style_suggest (const Content *content)
{
  g_autofree GimpImage **images = gimp_get_images ();
  g_autofree GimpLayer **layers = gimp_image_get_layers (content->image);

  for (gint i = 0; images[i] != NULL; i++)
    if (images[i] != content->image)
      {
        g_autofree GimpLayer **selected = gimp_image_get_selected_layers (images[i]);

        if (selected[0] != NULL)
          return GIMP_DRAWABLE (selected[0]);
      }
  for (gint i = 0; layers[i] != NULL; i++)
    if (GIMP_DRAWABLE (layers[i]) != content->drawable)
      return GIMP_DRAWABLE (layers[i]);
  return NULL;
}

/**
 * style_check:
 * @style: (nullable): what the user chose
 *
 * Returns: %FALSE with @error if there is none, or no longer
 */
gboolean
style_check (GimpDrawable *style, GError **error)
{
  if (style != NULL && gimp_item_is_valid (GIMP_ITEM (style)))
    return TRUE;
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       style == NULL
                           ? _ ("There is no style yet: choose one in the filter's dialog.")
                           : _ ("The style is no longer open: choose another one in the "
                                "filter's dialog."));
  return FALSE;
}

/**
 * style_name:
 *
 * Returns: what people call @style: the picture's file name, without extension,
 *   if the picture is but one layer, otherwise the layer's name
 */
gchar *
style_name (GimpDrawable *style)
{
  GimpImage *image = gimp_item_get_image (GIMP_ITEM (style));
  g_autofree GimpLayer **layers = gimp_image_get_layers (image);
  g_autoptr (GFile) saved = gimp_image_get_file (image);
  g_autoptr (GFile) imported = gimp_image_get_imported_file (image);
  gboolean alone = layers[0] != NULL && layers[1] == NULL;
  gchar *title = alone ? nst_styles_title (saved ? saved : imported) : NULL;

  return title ? title : gimp_item_get_name (GIMP_ITEM (style));
}

/* The image's selection counts, but not that of the content: it says where the
 * style goes. */
static gboolean
append (GArray *styles, GimpDrawable *drawable, gdouble weight, const Content *content,
        GError **error)
{
  GimpImage *owner = gimp_item_get_image (GIMP_ITEM (drawable));
  GeglRectangle rect = {0, 0, gimp_drawable_get_width (drawable),
                        gimp_drawable_get_height (drawable)};
  g_autoptr (GeglBuffer) buffer = NULL;
  g_autoptr (GeglBuffer) selection = NULL;
  gint x = 0, y = 0;

  if (owner != content->image && !gimp_selection_is_empty (owner))
    {
      if (!gimp_drawable_mask_intersect (drawable, &rect.x, &rect.y, &rect.width, &rect.height))
        return TRUE;
      gimp_drawable_get_offsets (drawable, &x, &y);
      selection = gimp_drawable_get_buffer (GIMP_DRAWABLE (gimp_image_get_selection (owner)));
    }
  buffer = gimp_drawable_get_buffer (drawable);
  return nst_styles_add (styles, weight, buffer, &rect, selection, x + rect.x, y + rect.y,
                         error);
}

static gboolean
append_children (GArray *styles, GimpDrawable *group, const Content *content, GError **error)
{
  g_autofree GimpItem **children = gimp_item_get_children (GIMP_ITEM (group));

  for (gint i = 0; children[i] != NULL; i++)
    {
      gdouble opacity = gimp_layer_get_opacity (GIMP_LAYER (children[i]));

      if (gimp_item_get_visible (children[i]) && opacity > 0.0
          && !append (styles, GIMP_DRAWABLE (children[i]), opacity / 100.0, content, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * style_read:
 * @style: checked by style_check()
 * @content: what is to be styled
 * @error: why it cannot be a style
 *
 * Returns: (element-type NstStyle) (transfer full): the styles' pixels
 */
GArray *
style_read (GimpDrawable *style, const Content *content, GError **error)
{
  g_autoptr (GArray) styles = nst_styles_new ();
  g_autofree gchar *name = gimp_item_get_name (GIMP_ITEM (style));
  gboolean done;

  if (gimp_item_is_group (GIMP_ITEM (style)))
    done = append_children (styles, style, content, error);
  else
    done = append (styles, style, 1.0, content, error);
  return done && nst_styles_check (styles, name, error) ? g_steal_pointer (&styles) : NULL;
}
