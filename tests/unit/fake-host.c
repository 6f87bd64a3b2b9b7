/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program with images and layers that is none: what is in it, and what its user does.
 */
#include "fake-host.h"

Fake fake;

static void
clear_item (gpointer data)
{
  FakeItem *item = data;

  g_clear_object (&item->buffer);
  g_free (item->name);
  g_clear_pointer (&item->notes, g_hash_table_unref);
}

void
fake_init (void)
{
  fake = (Fake){.active = HOST_NONE, .shelved = HOST_NONE};
  fake.said = g_string_new (NULL);
  fake.items = g_array_new (FALSE, TRUE, sizeof (FakeItem));
  g_array_set_clear_func (fake.items, clear_item);
  fake.stack = g_array_new (FALSE, FALSE, sizeof (gint));
}

void
fake_clear (void)
{
  g_string_free (fake.said, TRUE);
  g_array_unref (fake.items);
  g_array_unref (fake.stack);
  for (gint i = 0; i < FAKE_IMAGES; i++)
    g_clear_pointer (&fake.images[i].icc, g_bytes_unref);
}

FakeItem *
fake_item (gint item)
{
  FakeItem *it = NULL;

  if (item >= 0 && item < (gint) fake.items->len)
    it = &g_array_index (fake.items, FakeItem, item);
  return it && it->buffer ? it : NULL;
}

static GeglBuffer *
new_buffer (HostKind kind, gint image, const GeglRectangle *extent)
{
  const gboolean is_layer = kind == HOST_KIND_LAYER || kind == HOST_KIND_GROUP;

  return gegl_buffer_new (GEGL_RECTANGLE (0, 0, extent->width, extent->height),
                          babl_format (is_layer ? fake.images[image].format : "Y u8"));
}

gint
fake_add (HostKind kind, gint image, gint parent, const GeglRectangle *extent)
{
  gint number = (gint) fake.items->len;
  FakeItem item = {.kind = kind,
                   .image = image,
                   .parent = parent,
                   .mask = HOST_NONE,
                   .attached = TRUE,
                   .mask_is_on = TRUE,
                   .visible = TRUE,
                   .extent = *extent,
                   .buffer = new_buffer (kind, image, extent),
                   .name = g_strdup_printf ("item %d", number),
                   .opacity = 1.0};

  g_array_append_val (fake.items, item);
  if (kind == HOST_KIND_LAYER || kind == HOST_KIND_GROUP)
    g_array_append_val (fake.stack, number);
  fake_fill (number, NULL, 0.5, 0.5, 0.5);
  return number;
}

void
fake_fill (gint item, const GeglRectangle *rect, gdouble r, gdouble g, gdouble b)
{
  GeglColor *color = gegl_color_new (NULL);
  const gdouble rgba[] = {r, g, b, 1.0};
  GeglBuffer *buffer = fake_item (item)->buffer;

  gegl_color_set_pixel (color, babl_format ("R'G'B'A double"), rgba);
  gegl_buffer_set_color (buffer, rect ? rect : gegl_buffer_get_extent (buffer), color);
  g_object_unref (color);
}

void
fake_select (gint image, const GeglRectangle *rect)
{
  fake.images[image].selected = rect != NULL;
  fake_fill (fake.images[image].selection, NULL, 0, 0, 0);
  if (rect)
    fake_fill (fake.images[image].selection, rect, 1, 1, 1);
}

static void
take_off_stack (gint item)
{
  for (guint i = 0; i < fake.stack->len; i++)
    if (g_array_index (fake.stack, gint, i) == item)
      g_array_remove_index (fake.stack, i);
}

void
fake_delete (gint item)
{
  fake_item (item)->attached = FALSE;
  take_off_stack (item);
}

void
fake_close (gint image)
{
  fake.images[image].open = FALSE;
  for (guint i = 0; i < fake.items->len; i++)
    if (g_array_index (fake.items, FakeItem, i).image == image)
      {
        g_clear_object (&g_array_index (fake.items, FakeItem, i).buffer);
        take_off_stack ((gint) i);
      }
}

/* Keeps what lies where it was. */
void
fake_resize (gint item, const GeglRectangle *extent)
{
  FakeItem *it = fake_item (item);
  GeglBuffer *buffer = new_buffer (it->kind, it->image, extent);
  const GeglRectangle from = {extent->x - it->extent.x, extent->y - it->extent.y, extent->width,
                              extent->height};

  gegl_buffer_copy (it->buffer, &from, GEGL_ABYSS_CLAMP, buffer, GEGL_RECTANGLE (0, 0, 0, 0));
  g_set_object (&it->buffer, buffer);
  g_object_unref (buffer);
  it->extent = *extent;
}

void
fake_convert (gint image, const gchar *format)
{
  fake.images[image].format = format;
  for (guint i = 0; i < fake.stack->len; i++)
    {
      FakeItem *it = fake_item (g_array_index (fake.stack, gint, i));

      if (it->image == image)
        fake_resize (g_array_index (fake.stack, gint, i), &it->extent);
    }
}
