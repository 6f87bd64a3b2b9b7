/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 2.10 as the host of the filter.
 */
#include "gimp2.h"
#include "gimp/alike.h"

#define OPENED PROCEDURE "-opened" /* marks images that this filter opened */

gint
host_process (void)
{
  return gimp_getpid ();
}

gint *
host_images (guint *n)
{
  gint n_images = 0;
  gint *images = gimp_image_list (&n_images);

  *n = (guint) n_images;
  return images;
}

gboolean
host_image_is_valid (gint image)
{
  return gimp_image_is_valid (image);
}

gboolean
host_image_is_indexed (gint image)
{
  return gimp_image_is_valid (image) && gimp_image_base_type (image) == GIMP_INDEXED;
}

gboolean
host_image_has_floating (gint image)
{
  return gimp_image_is_valid (image) && gimp_image_get_floating_sel (image) != -1;
}

gint
host_image_active (gint image)
{
  return gimp_image_is_valid (image) ? gimp_image_get_active_layer (image) : HOST_NONE;
}

GFile *
host_image_file (gint image)
{
  g_autofree gchar *uri = gimp_image_is_valid (image) ? gimp_image_get_uri (image) : NULL;

  return uri ? g_file_new_for_uri (uri) : NULL;
}

GBytes *
host_image_profile (gint image)
{
  return gimp_image_is_valid (image)
             ? host_take_profile (gimp_image_get_effective_color_profile (image))
             : NULL;
}

/* The image of @file that a former call opened; others may have been changed. */
static gint
find_opened (GFile *file)
{
  guint n = 0;
  g_autofree gint *images = host_images (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GFile) there = host_image_file (images[i]);
      GimpParasite *mark = gimp_image_get_parasite (images[i], OPENED);

      if (mark)
        gimp_parasite_free (mark);
      if (mark && there && g_file_equal (there, file))
        return images[i];
    }
  return HOST_NONE;
}

gint
host_open (const gchar *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree gchar *name = g_filename_display_basename (path);
  gint image = find_opened (file), n_layers = 0;

  if (image == HOST_NONE)
    {
      GimpParasite *mark = gimp_parasite_new (OPENED, 0, 1, "");

      image = gimp_file_load (GIMP_RUN_NONINTERACTIVE, path, path);
      if (image != HOST_NONE)
        {
          gimp_image_attach_parasite (image, mark);
          g_free (gimp_image_get_layers (image, &n_layers));
          if (n_layers > 1)
            gimp_image_merge_visible_layers (image, GIMP_CLIP_TO_IMAGE);
          gimp_image_clean_all (image);
        }
      gimp_parasite_free (mark);
    }
  if (image == HOST_NONE || host_image_active (image) == HOST_NONE)
    {
      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                   _ ("GIMP cannot open “%s” as a picture."), name);
      return HOST_NONE;
    }
  return host_image_active (image);
}

gint
host_image_selection (gint image)
{
  if (!gimp_image_is_valid (image) || gimp_selection_is_empty (image))
    return HOST_NONE;
  return gimp_image_get_selection (image);
}

gint *
host_layers (gint image, gint parent, guint *n)
{
  gint n_layers = 0;
  gint *layers = NULL;

  if (parent != HOST_NONE && gimp_item_is_valid (parent))
    layers = gimp_item_get_children (parent, &n_layers);
  else if (parent == HOST_NONE && gimp_image_is_valid (image))
    layers = gimp_image_get_layers (image, &n_layers);
  *n = (guint) n_layers;
  return layers;
}

gint *
host_channels (gint image, guint *n)
{
  gint n_channels = 0;
  gint *channels =
      gimp_image_is_valid (image) ? gimp_image_get_channels (image, &n_channels) : NULL;

  *n = (guint) n_channels;
  return channels;
}

HostKind
host_item_kind (gint item)
{
  if (!gimp_item_is_valid (item))
    return HOST_KIND_NONE;
  if (gimp_item_is_layer (item))
    return gimp_item_is_group (item) ? HOST_KIND_GROUP : HOST_KIND_LAYER;
  if (gimp_item_is_layer_mask (item))
    return HOST_KIND_MASK;
  if (gimp_item_is_selection (item))
    return HOST_KIND_SELECTION;
  return gimp_item_is_channel (item) ? HOST_KIND_CHANNEL : HOST_KIND_NONE;
}

gint
host_item_image (gint item)
{
  return gimp_item_is_valid (item) ? gimp_item_get_image (item) : HOST_NONE;
}

gint
host_item_parent (gint item)
{
  if (!gimp_item_is_valid (item))
    return HOST_NONE;
  return gimp_item_is_layer_mask (item) ? gimp_layer_from_mask (item)
                                        : gimp_item_get_parent (item);
}

gchar *
host_item_name (gint item)
{
  return gimp_item_is_valid (item) ? gimp_item_get_name (item) : NULL;
}

gboolean
host_item_is_visible (gint item)
{
  return gimp_item_is_valid (item) && gimp_item_get_visible (item);
}

guint
host_item_tattoo (gint item)
{
  return gimp_item_is_valid (item) ? (guint) gimp_item_get_tattoo (item) : 0;
}

gboolean
host_item_extent (gint item, GeglRectangle *extent)
{
  if (!gimp_item_is_valid (item))
    return FALSE;
  extent->width = gimp_drawable_width (item);
  extent->height = gimp_drawable_height (item);
  return extent->width > 0 && extent->height > 0
         && gimp_drawable_offsets (item, &extent->x, &extent->y);
}

gboolean
host_item_selected (gint item, GeglRectangle *rect)
{
  return gimp_item_is_valid (item)
         && gimp_drawable_mask_intersect (item, &rect->x, &rect->y, &rect->width,
                                          &rect->height);
}

/* GIMP 2.10's buffers carry no space.  It takes the numbers of a linear image for light, with the
 * profile's primaries, where babl can read the profile; and otherwise, as those of any other
 * image, for what the profile says. */
static void
give_space (gint item, GeglBuffer *buffer)
{
  const Babl *format = gegl_buffer_get_format (buffer), *space;
  const gchar *type = babl_get_name (babl_format_get_type (format, 0));
  g_autoptr (GBytes) icc = NULL;
  g_autofree gchar *curved = NULL;
  const gchar *error = NULL;
  gsize size = 0;
  gconstpointer data;

  if (!gimp_item_is_layer (item) || babl_format_is_palette (format)
      || !(babl_get_model_flags (format) & BABL_MODEL_FLAG_LINEAR)
      || !(icc = host_image_profile (gimp_item_get_image (item))))
    return;
  data = g_bytes_get_data (icc, &size);
  space =
      babl_space_from_icc (data, (gint) size, BABL_ICC_INTENT_RELATIVE_COLORIMETRIC, &error);
  curved = g_strdup_printf ("%s%s %s", gimp_drawable_is_gray (item) ? "Y'" : "R'G'B'",
                            babl_format_has_alpha (format) ? "A" : "", type);
  gegl_buffer_set_format (
      buffer, space ? babl_format_with_space (babl_format_get_encoding (format), space)
                    : babl_format (curved));
}

GeglBuffer *
host_item_buffer (gint item)
{
  GeglBuffer *buffer = gimp_item_is_valid (item) ? gimp_drawable_get_buffer (item) : NULL;

  if (buffer)
    give_space (item, buffer);
  return buffer;
}

gchar *
host_item_get_note (gint item, const gchar *name)
{
  GimpParasite *parasite =
      gimp_item_is_valid (item) ? gimp_item_get_parasite (item, name) : NULL;
  gchar *text;

  if (!parasite)
    return NULL;
  text = g_strndup (gimp_parasite_data (parasite), (gsize) gimp_parasite_data_size (parasite));
  gimp_parasite_free (parasite);
  return text;
}

void
host_item_set_note (gint item, const gchar *name, const gchar *text)
{
  GimpParasite *parasite =
      gimp_parasite_new (name, GIMP_PARASITE_PERSISTENT, (guint32) strlen (text) + 1, text);

  if (gimp_item_is_valid (item))
    gimp_item_attach_parasite (item, parasite);
  gimp_parasite_free (parasite);
}

gdouble
host_layer_opacity (gint layer)
{
  return gimp_item_is_valid (layer) ? gimp_layer_get_opacity (layer) / 100.0 : 0.0;
}

gint
host_layer_mask (gint layer)
{
  if (!gimp_item_is_valid (layer) || !gimp_item_is_layer (layer)
      || !gimp_layer_get_apply_mask (layer))
    return HOST_NONE;
  return gimp_layer_get_mask (layer);
}

gint
host_layer_new (gint image, gint like, const gchar *name, const GeglRectangle *where)
{
  gint layer;

  if (!gimp_image_is_valid (image) || !gimp_item_is_valid (like))
    return HOST_NONE;
  layer = gimp_layer_new (image, name, where->width, where->height, gimp_drawable_type (like),
                          100.0, gimp_image_get_default_new_layer_mode (image));
  if (layer != -1)
    gimp_layer_set_offsets (layer, where->x, where->y);
  return layer;
}

gint
host_layer_add_mask (gint layer)
{
  gint mask = gimp_item_is_valid (layer) ? gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE)
                                         : HOST_NONE;

  if (mask == -1 || !gimp_layer_add_mask (layer, mask))
    return HOST_NONE;
  gimp_layer_set_edit_mask (layer, FALSE);
  return mask;
}

gboolean
host_layer_insert (gint layer, gint parent, gint position, gint active)
{
  gint image = host_item_image (layer);
  gboolean done;

  if (image == HOST_NONE)
    return FALSE;
  gimp_image_undo_group_start (image);
  done = gimp_image_insert_layer (image, layer, parent, position);
  if (done)
    gimp_image_set_active_layer (image, active);
  gimp_image_undo_group_end (image);
  return done;
}

void
host_layer_delete (gint layer)
{
  if (gimp_item_is_valid (layer))
    gimp_item_delete (layer);
}
