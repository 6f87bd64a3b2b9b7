/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two images, a photo and a painting, and a run of the filter on them.
 */
#include <string.h>

#include <glib/gstdio.h>

#include "fixture.h"
#include "icc.h"
#include "pixels.h"
#include "task-scene.h"

#define LAST_LOOKS 24 /* calls between the last look and the insertion, at most */

Scene scene;

static gchar *network_file;

void
scene_set_up (void)
{
  fake_init ();
  for (gint i = 0; i < FAKE_IMAGES; i++)
    {
      fake.images[i].open = TRUE;
      fake.images[i].format = "R'G'B' u8";
      fake.images[i].selection = fake_add (HOST_KIND_SELECTION, i, HOST_NONE, SCENE_SIZE);
    }
  scene.selection = fake.images[PHOTO].selection;
  scene.above = fake_add (HOST_KIND_LAYER, PHOTO, HOST_NONE, SCENE_SIZE);
  scene.content = fake_add (HOST_KIND_LAYER, PHOTO, HOST_NONE, GEGL_RECTANGLE (2, 1, 20, 18));
  scene.lowest = fake_add (HOST_KIND_LAYER, PHOTO, HOST_NONE, SCENE_SIZE);
  scene.style = fake_add (HOST_KIND_LAYER, WAVE, HOST_NONE, SCENE_SIZE);
  scene.style_beside = fake_add (HOST_KIND_LAYER, WAVE, HOST_NONE, SCENE_SIZE);
  fake_fill (scene.content, NULL, 0.6, 0.5, 0.3);
  fake_fill (scene.content, GEGL_RECTANGLE (4, 4, 9, 7), 0.2, 0.3, 0.7);
  fake_fill (scene.style, NULL, 0.1, 0.2, 0.5);
  fake_fill (scene.style, GEGL_RECTANGLE (0, 5, 24, 3), 0.9, 0.9, 0.8);

  scene.task = (Task){PHOTO, scene.content, HOST_NONE};
  task_styles_set (&scene.task.styles, scene.style);
  nst_params_init (&scene.task.params);
  g_free (scene.task.params.network);
  scene.task.params.network = g_strdup (network_file);
  scene.task.params.settings.size = 16;
  scene.task.params.settings.iterations = 1;
  scene.task.params.settings.threads = 1;
}

void
scene_tear_down (void)
{
  nst_params_clear (&scene.task.params);
  fake_clear ();
}

void
scene_select_box (void)
{
  fake_select (PHOTO, GEGL_RECTANGLE (5, 5, 8, 6));
}

void
scene_add_mask (void)
{
  gint mask =
      fake_add (HOST_KIND_MASK, PHOTO, scene.content, &fake_item (scene.content)->extent);

  fake_fill (mask, NULL, 0, 0, 0);
  fake_fill (mask, GEGL_RECTANGLE (0, 0, 9, 30), 1, 1, 1);
  fake_item (scene.content)->mask = mask;
}

void
scene_assign_profile (void)
{
  cmsHPROFILE profile = gamma_profile (&d65, &adobe, 2.2);
  cmsUInt32Number n = 0;
  guint8 *bytes;

  g_assert_true (cmsSaveProfileToMem (profile, NULL, &n));
  bytes = g_malloc (n);
  g_assert_true (cmsSaveProfileToMem (profile, bytes, &n));
  cmsCloseProfile (profile);
  g_clear_pointer (&fake.images[PHOTO].icc, g_bytes_unref);
  fake.images[PHOTO].icc = g_bytes_new_take (bytes, n);
}

static void
check_sentence (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == NST_ERROR);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (g_str_has_suffix (error->message, "."));
}

/* No layer, no step of Undo, and nothing half-made left behind. */
static void
check_untouched (guint n_items)
{
  g_assert_cmpuint (fake.undo_steps, ==, 0);
  for (guint i = n_items; i < fake.items->len; i++)
    g_assert_null (fake_item ((gint) i));
}

gdouble
scene_value_at (gint item, gint x, gint y)
{
  gfloat value;

  gegl_buffer_get (fake_item (item)->buffer, GEGL_RECTANGLE (x, y, 1, 1), 1.0,
                   babl_format ("Y float"), &value, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return value;
}

/* Nothing but results lies between the place @position and @item. */
static gboolean
is_above (gint position, gint item)
{
  do
    position++;
  while (position < (gint) fake.stack->len
         && fake_item (g_array_index (fake.stack, gint, position))->inserted);
  return position < (gint) fake.stack->len
         && g_array_index (fake.stack, gint, position) == item;
}

/* The new layer is the only change, above the content, in the image's own format, where the
 * content is. */
static void
check_layer (gint layer)
{
  const FakeItem *it = fake_item (layer), *of = fake_item (scene.content);
  const gfloat *kept;
  g_autofree gfloat *pixels = NULL;
  gint position = -1;
  /* what happens while the last looks are taken, a few calls, comes too late */
  gboolean is_late = fake.event_at + LAST_LOOKS >= fake.inserted_at;

  g_assert_nonnull (it);
  g_assert_true (it->inserted && it->kind == HOST_KIND_LAYER && it->parent == of->parent);
  g_assert_cmpint (fake.active, ==, layer);
  for (guint i = 0; i < fake.stack->len; i++)
    if (g_array_index (fake.stack, gint, i) == layer)
      position = (gint) i;
  g_assert_true (position >= 0
                 && (is_late || !of->attached || is_above (position, scene.content)));
  g_assert_true (is_late
                 || gegl_buffer_get_format (it->buffer)
                        == babl_format (fake.images[PHOTO].format));
  g_assert_true (is_late || gegl_rectangle_contains (&of->extent, &it->extent));

  pixels = g_new (gfloat, 4 * it->extent.width * it->extent.height);
  gegl_buffer_get (it->buffer, NULL, 1.0, babl_format ("R'G'B'A float"), pixels,
                   GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  kept = pixels;
  /* the range is the engine's, the last bit babl's */
  for (gint i = 0; i < 4 * it->extent.width * it->extent.height; i++)
    g_assert_true (kept[i] >= -1e-6f && kept[i] <= 1.0f + 1e-6f);
}

gint
scene_run (GError **error)
{
  guint n_items = fake.items->len;
  gint layer = task_run (&scene.task, error);

  if (layer == HOST_NONE)
    {
      check_sentence (*error);
      /* what the user added meanwhile is no leftover */
      if (fake.event_at == 0 && !fake.event_at_progress)
        check_untouched (n_items + (fake.items->len > n_items && fake_item ((gint) n_items)));
      else
        g_assert_cmpuint (fake.undo_steps, ==, 0);
      for (guint i = 0; i < fake.items->len; i++)
        g_assert_false (fake_item ((gint) i) && fake_item ((gint) i)->kind == HOST_KIND_LAYER
                        && i >= n_items);
    }
  else
    {
      g_assert_no_error (*error);
      g_assert_cmpuint (fake.undo_steps, ==, 1);
      /* what the user does to it afterwards is the user's */
      if (fake.event_at < fake.inserted_at)
        check_layer (layer);
    }
  return layer;
}

static void
write_network (void)
{
  OracleNet net = test_net ("4 4 | 6 6 | 6", 7000);
  g_autoptr (GBytes) bytes = test_net_bytes (&net, 0);
  gsize size;
  const gchar *data = g_bytes_get_data (bytes, &size);
  GError *error = NULL;
  gint file = g_file_open_tmp ("nst-XXXXXX.safetensors", &network_file, &error);

  g_assert_no_error (error);
  g_close (file, NULL);
  g_file_set_contents (network_file, data, (gssize) size, &error);
  g_assert_no_error (error);
  oracle_net_clear (&net);
}

int
scene_test_run (void)
{
  gint status;

  gegl_init (NULL, NULL);
  write_network ();
  status = g_test_run ();
  g_unlink (network_file);
  g_free (network_file);
  gegl_exit ();
  return status;
}
