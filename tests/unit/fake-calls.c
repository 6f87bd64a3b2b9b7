/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the filter asks the program that is none: host.h.
 */
#include "fake-host.h"

/* The user's moment. */
static void
moment (void)
{
  void (*event) (void) = fake.event;

  if (event && !fake.event_at_progress && fake.calls == fake.event_at)
    {
      fake.event = NULL;
      event ();
    }
  fake.calls++;
}

static FakeImage *
open_image (gint image)
{
  FakeImage *it = image >= 0 && image < FAKE_IMAGES ? &fake.images[image] : NULL;

  return it && it->open ? it : NULL;
}

gint
host_process (void)
{
  return FAKE_PROCESS;
}

gint *
host_images (guint *n)
{
  gint *images = g_new (gint, FAKE_IMAGES);

  moment ();
  *n = 0;
  for (gint i = 0; i < FAKE_IMAGES; i++)
    if (fake.images[i].open)
      images[(*n)++] = i;
  return images;
}

gboolean
host_image_is_valid (gint image)
{
  moment ();
  return open_image (image) != NULL;
}

gboolean
host_image_is_indexed (gint image)
{
  moment ();
  return open_image (image) && open_image (image)->indexed;
}

gboolean
host_image_has_floating (gint image)
{
  moment ();
  return open_image (image) && open_image (image)->floating;
}

gint
host_image_active (gint image)
{
  guint n = 0;
  g_autofree gint *layers = host_layers (image, HOST_NONE, &n);

  return n > 0 ? layers[0] : HOST_NONE;
}

GFile *
host_image_file (gint image)
{
  moment ();
  if (!open_image (image) || fake.images[image].unsaved)
    return NULL;
  if (image == 0 || fake.images[image].twin)
    return g_file_new_for_path ("/photo.png");
  return g_file_new_for_path (fake.images[image].namesake ? "/else/photo.png" : "/wave.png");
}

/* There is a painting on the shelf. */
gint
host_open (const gchar *path, GError **error)
{
  moment ();
  return fake.shelved;
}

GBytes *
host_image_profile (gint image)
{
  moment ();
  return open_image (image) && open_image (image)->icc ? g_bytes_ref (open_image (image)->icc)
                                                       : NULL;
}

gint
host_image_selection (gint image)
{
  moment ();
  return open_image (image) && open_image (image)->selected ? open_image (image)->selection
                                                            : HOST_NONE;
}

gint *
host_layers (gint image, gint parent, guint *n)
{
  gint *layers = g_new (gint, fake.stack->len + 1);

  moment ();
  *n = 0;
  for (guint i = 0; i < fake.stack->len; i++)
    {
      gint item = g_array_index (fake.stack, gint, i);

      if (fake_item (item)->image == image && fake_item (item)->parent == parent)
        layers[(*n)++] = item;
    }
  return layers;
}

gint *
host_channels (gint image, guint *n)
{
  gint *channels = g_new (gint, fake.items->len + 1);

  moment ();
  *n = 0;
  for (guint i = 0; i < fake.items->len; i++)
    if (fake_item ((gint) i) && fake_item ((gint) i)->image == image
        && fake_item ((gint) i)->kind == HOST_KIND_CHANNEL && fake_item ((gint) i)->attached)
      channels[(*n)++] = (gint) i;
  return channels;
}

HostKind
host_item_kind (gint item)
{
  moment ();
  return fake_item (item) ? fake_item (item)->kind : HOST_KIND_NONE;
}

gint
host_item_image (gint item)
{
  moment ();
  return fake_item (item) ? fake_item (item)->image : HOST_NONE;
}

gint
host_item_parent (gint item)
{
  moment ();
  return fake_item (item) ? fake_item (item)->parent : HOST_NONE;
}

gchar *
host_item_name (gint item)
{
  moment ();
  return fake_item (item) ? g_strdup (fake_item (item)->name) : NULL;
}

gboolean
host_item_is_visible (gint item)
{
  moment ();
  return fake_item (item) && fake_item (item)->visible;
}

guint
host_item_tattoo (gint item)
{
  moment ();
  return fake_item (item) ? (guint) item + 1 : 0;
}

gboolean
host_item_extent (gint item, GeglRectangle *extent)
{
  moment ();
  if (fake_item (item))
    *extent = fake_item (item)->extent;
  return fake_item (item) != NULL;
}

/* A selection is a rectangle here. */
gboolean
host_item_selected (gint item, GeglRectangle *rect)
{
  const FakeItem *it;
  gfloat value;

  moment ();
  it = fake_item (item);
  if (!it)
    return FALSE;
  *rect = *GEGL_RECTANGLE (0, 0, it->extent.width, it->extent.height);
  if (!open_image (it->image)->selected)
    return TRUE;
  *rect = *GEGL_RECTANGLE (it->extent.width, it->extent.height, 0, 0);
  for (gint y = 0; y < it->extent.height; y++)
    for (gint x = 0; x < it->extent.width; x++)
      {
        gegl_buffer_get (fake_item (open_image (it->image)->selection)->buffer,
                         GEGL_RECTANGLE (x + it->extent.x, y + it->extent.y, 1, 1), 1.0,
                         babl_format ("Y float"), &value, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        if (value > 0)
          {
            const GeglRectangle pixel = {x, y, 1, 1};

            gegl_rectangle_bounding_box (rect, rect->width ? rect : &pixel, &pixel);
          }
      }
  return rect->width > 0;
}

GeglBuffer *
host_item_buffer (gint item)
{
  moment ();
  return fake_item (item) ? g_object_ref (fake_item (item)->buffer) : NULL;
}

gchar *
host_item_get_note (gint item, const gchar *name)
{
  moment ();
  if (!fake_item (item) || !fake_item (item)->notes)
    return NULL;
  return g_strdup (g_hash_table_lookup (fake_item (item)->notes, name));
}

void
host_item_set_note (gint item, const gchar *name, const gchar *text)
{
  moment ();
  if (!fake_item (item))
    return;
  if (!fake_item (item)->notes)
    fake_item (item)->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (fake_item (item)->notes, g_strdup (name), g_strdup (text));
}

gdouble
host_layer_opacity (gint layer)
{
  moment ();
  return fake_item (layer) ? fake_item (layer)->opacity : 0.0;
}

gint
host_layer_mask (gint layer)
{
  moment ();
  return fake_item (layer) && fake_item (layer)->mask_is_on ? fake_item (layer)->mask
                                                            : HOST_NONE;
}

gint
host_layer_new (gint image, gint like, const gchar *name, const GeglRectangle *where)
{
  gint layer;

  moment ();
  if (!open_image (image) || !fake_item (like))
    return HOST_NONE;
  layer = fake_add (HOST_KIND_LAYER, image, HOST_NONE, where);
  fake_delete (layer); /* from the stack */
  fake_item (layer)->attached = FALSE;
  g_free (fake_item (layer)->name);
  fake_item (layer)->name = g_strdup (name);
  return layer;
}

gint
host_layer_add_mask (gint layer)
{
  gint mask;

  moment ();
  if (!fake_item (layer))
    return HOST_NONE;
  mask = fake_add (HOST_KIND_MASK, fake_item (layer)->image, layer, &fake_item (layer)->extent);
  fake_item (layer)->mask = mask;
  return mask;
}

gboolean
host_layer_insert (gint layer, gint parent, gint position, gint active)
{
  gint at = 0;

  moment ();
  if (!fake_item (layer) || (parent != HOST_NONE && !fake_item (parent)))
    return FALSE;
  for (guint i = 0; i < fake.stack->len && position > 0; i++, at++)
    {
      const FakeItem *it = fake_item (g_array_index (fake.stack, gint, i));

      if (it->image == fake_item (layer)->image && it->parent == parent)
        position--;
    }
  g_array_insert_val (fake.stack, (guint) at, layer);
  fake_item (layer)->parent = parent;
  fake_item (layer)->attached = fake_item (layer)->inserted = TRUE;
  fake.active = active;
  fake.undo_steps++;
  fake.inserted_at = fake.calls - 1;
  return TRUE;
}

void
host_layer_delete (gint layer)
{
  moment ();
  if (!fake_item (layer))
    return;
  if (fake_item (fake_item (layer)->mask))
    g_clear_object (&fake_item (fake_item (layer)->mask)->buffer);
  g_clear_object (&fake_item (layer)->buffer);
}

void
host_progress_start (const gchar *text)
{
  moment ();
  g_string_append_printf (fake.said, "%s\n", text);
}

void
host_progress_show (gdouble fraction, const gchar *text)
{
  void (*event) (void) = fake.event;

  if (!event || !fake.event_at_progress)
    return;
  fake.event = NULL;
  event ();
}

void
host_progress_end (void)
{
  moment ();
}

void
host_message (const gchar *text)
{
  moment ();
  fake.messages++;
  g_string_append_printf (fake.said, "%s\n", text);
}
