/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 3 as the host of the filter: items, the new layer, progress.
 */
#include <string.h>

#include "gimp3.h"

gint
host_process (void)
{
  return gimp_getpid ();
}

/**
 * image_of:
 *
 * Returns: (transfer none) (nullable): the image of that number, if it still is open
 */
GimpImage *
image_of (gint image)
{
  return gimp_image_id_is_valid (image) ? gimp_image_get_by_id (image) : NULL;
}

static GimpItem *
get_item (gint item)
{
  return gimp_item_id_is_valid (item) ? gimp_item_get_by_id (item) : NULL;
}

static GimpDrawable *
get_drawable (gint item)
{
  return gimp_item_id_is_drawable (item) ? gimp_drawable_get_by_id (item) : NULL;
}

static GimpLayer *
get_layer (gint item)
{
  return gimp_item_id_is_layer (item) ? gimp_layer_get_by_id (item) : NULL;
}

/**
 * number_of:
 * @item: (nullable): a #GimpItem
 *
 * Returns: its number, or %HOST_NONE
 */
gint
number_of (gpointer item)
{
  return item ? gimp_item_get_id (item) : HOST_NONE;
}

/* The numbers of @items, which ends with %NULL and is freed. */
gint *
numbers_of (gpointer *items, guint *n)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint));

  for (guint i = 0; items && items[i]; i++)
    {
      gint id = GIMP_IS_IMAGE (items[i]) ? gimp_image_get_id (items[i]) : number_of (items[i]);

      g_array_append_val (ids, id);
    }
  g_free (items);
  *n = ids->len;
  return (gint *) g_array_free (ids, FALSE);
}

gint *
host_layers (gint image, gint parent, guint *n)
{
  GimpImage *it = image_of (image);
  GimpItem *group = get_item (parent);
  gpointer *layers = NULL;

  if (group)
    layers = (gpointer *) gimp_item_get_children (group);
  else if (it && parent == HOST_NONE)
    layers = (gpointer *) gimp_image_get_layers (it);
  return numbers_of (layers, n);
}

gint *
host_channels (gint image, guint *n)
{
  GimpImage *it = image_of (image);

  return numbers_of (it ? (gpointer *) gimp_image_get_channels (it) : NULL, n);
}

HostKind
host_item_kind (gint item)
{
  GimpDrawable *it = get_drawable (item);

  if (GIMP_IS_LAYER (it))
    return gimp_item_is_group (GIMP_ITEM (it)) ? HOST_KIND_GROUP : HOST_KIND_LAYER;
  if (GIMP_IS_LAYER_MASK (it))
    return HOST_KIND_MASK;
  if (GIMP_IS_SELECTION (it))
    return HOST_KIND_SELECTION;
  return GIMP_IS_CHANNEL (it) ? HOST_KIND_CHANNEL : HOST_KIND_NONE;
}

gint
host_item_image (gint item)
{
  GimpItem *it = get_item (item);
  GimpImage *image = it ? gimp_item_get_image (it) : NULL;

  return image ? gimp_image_get_id (image) : HOST_NONE;
}

gint
host_item_parent (gint item)
{
  GimpItem *it = get_item (item);

  if (GIMP_IS_LAYER_MASK (it))
    return number_of (gimp_layer_from_mask (GIMP_LAYER_MASK (it)));
  return it ? number_of (gimp_item_get_parent (it)) : HOST_NONE;
}

gchar *
host_item_name (gint item)
{
  GimpItem *it = get_item (item);

  return it ? gimp_item_get_name (it) : NULL;
}

gboolean
host_item_is_visible (gint item)
{
  GimpItem *it = get_item (item);

  return it && gimp_item_get_visible (it);
}

guint
host_item_tattoo (gint item)
{
  GimpItem *it = get_item (item);

  return it ? gimp_item_get_tattoo (it) : 0;
}

gboolean
host_item_extent (gint item, GeglRectangle *extent)
{
  GimpDrawable *it = get_drawable (item);

  if (!it)
    return FALSE;
  extent->width = gimp_drawable_get_width (it);
  extent->height = gimp_drawable_get_height (it);
  return extent->width > 0 && extent->height > 0
         && gimp_drawable_get_offsets (it, &extent->x, &extent->y);
}

gboolean
host_item_selected (gint item, GeglRectangle *rect)
{
  GimpDrawable *it = get_drawable (item);

  return it
         && gimp_drawable_mask_intersect (it, &rect->x, &rect->y, &rect->width, &rect->height);
}

GeglBuffer *
host_item_buffer (gint item)
{
  GimpDrawable *it = get_drawable (item);
  GeglBuffer *with_filters = it ? filters_render (it) : NULL;

  return it && !with_filters ? gimp_drawable_get_buffer (it) : with_filters;
}

/**
 * take_text:
 * @parasite: (transfer full) (nullable):
 *
 * Returns: (transfer full) (nullable): the text that it holds
 */
gchar *
take_text (GimpParasite *parasite)
{
  guint32 size;
  gconstpointer data;
  gchar *text;

  if (!parasite)
    return NULL;
  data = gimp_parasite_get_data (parasite, &size);
  text = g_strndup (data, size);
  gimp_parasite_free (parasite);
  return text;
}

gchar *
host_item_get_note (gint item, const gchar *name)
{
  GimpItem *it = get_item (item);

  return it ? take_text (gimp_item_get_parasite (it, name)) : NULL;
}

void
host_item_set_note (gint item, const gchar *name, const gchar *text)
{
  GimpItem *it = get_item (item);
  GimpParasite *parasite =
      gimp_parasite_new (name, GIMP_PARASITE_PERSISTENT, (guint32) strlen (text) + 1, text);

  if (it)
    gimp_item_attach_parasite (it, parasite);
  gimp_parasite_free (parasite);
}

gdouble
host_layer_opacity (gint layer)
{
  GimpLayer *it = get_layer (layer);

  return it ? gimp_layer_get_opacity (it) / 100.0 : 0.0;
}

gint
host_layer_mask (gint layer)
{
  GimpLayer *it = get_layer (layer);

  return it && gimp_layer_get_apply_mask (it) ? number_of (gimp_layer_get_mask (it))
                                              : HOST_NONE;
}

gint
host_layer_new (gint image, gint like, const gchar *name, const GeglRectangle *where)
{
  GimpImage *it = image_of (image);
  GimpDrawable *drawable = get_drawable (like);
  GimpLayer *layer;

  if (!it || !drawable)
    return HOST_NONE;
  layer = gimp_layer_new (it, name, where->width, where->height, gimp_drawable_type (drawable),
                          100.0, gimp_image_get_default_new_layer_mode (it));
  if (layer)
    gimp_layer_set_offsets (layer, where->x, where->y);
  return number_of (layer);
}

gint
host_layer_add_mask (gint layer)
{
  GimpLayer *it = get_layer (layer);
  GimpLayerMask *mask = it ? gimp_layer_create_mask (it, GIMP_ADD_MASK_WHITE) : NULL;

  if (!mask || !gimp_layer_add_mask (it, mask))
    return HOST_NONE;
  gimp_layer_set_edit_mask (it, FALSE);
  return number_of (mask);
}

gboolean
host_layer_insert (gint layer, gint parent, gint position, gint active)
{
  GimpLayer *it = get_layer (layer), *group = get_layer (parent);
  const GimpLayer *selected[] = {get_layer (active), NULL};
  GimpImage *image = it ? gimp_item_get_image (GIMP_ITEM (it)) : NULL;
  gboolean done;

  if (!image || (!group && parent != HOST_NONE))
    return FALSE;
  gimp_image_undo_group_start (image);
  done = gimp_image_insert_layer (image, it, group, position);
  if (done && selected[0])
    gimp_image_set_selected_layers (image, selected);
  gimp_image_undo_group_end (image);
  return done;
}

void
host_layer_delete (gint layer)
{
  GimpItem *it = get_item (layer);

  if (it)
    gimp_item_delete (it);
}
