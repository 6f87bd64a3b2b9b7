/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run of the filter leaves and tells: a layer of the selection's size that the mask
 * cuts, words where there are no names, what of the pictures could not be used, and a result
 * that another run goes on from.
 */
#include <math.h>
#include <string.h>

#include "task-scene.h"

/* The host may have no names for what there is. */
static void
nameless (void)
{
  GError *error = NULL;
  gint layer;

  scene_set_up ();
  scene.task.result = scene.lowest;
  for (guint i = 0; i < fake.items->len; i++)
    g_clear_pointer (&g_array_index (fake.items, FakeItem, i).name, g_free);
  layer = scene_run (&error);
  g_assert_null (strstr (fake_item (layer)->name, "null"));
  g_assert_true (task_read_result (layer, &scene.task.params, NULL, &error));
  g_assert_nonnull (strstr (fake.said->str, "painting"));
  g_assert_null (strstr (fake.said->str, "null"));

  fake_fill (scene.style, NULL, 0.5, 0.5, 0.5);
  fake_item (scene.style)->opacity = 1;
  fake_select (WAVE, GEGL_RECTANGLE (100, 100, 1, 1));
  g_assert_cmpint (task_run (&scene.task, &error), ==, HOST_NONE);
  g_assert_nonnull (error);
  g_assert_null (strstr (error->message, "null"));
  g_clear_error (&error);
  g_assert_null (task_preview_styles (&scene.task, 16, &error));
  g_assert_null (strstr (error->message, "null"));
  g_clear_error (&error);
  scene_tear_down ();
}

/* The selection's box, of what the mask shows. */
static void
selection_and_mask (void)
{
  GError *error = NULL;
  gint layer, mask;

  scene_set_up ();
  scene_select_box ();
  scene_add_mask (); /* of the layer's columns up to 8, that is the image's up to 10 */
  layer = scene_run (&error);
  g_assert_true (
      gegl_rectangle_equal (&fake_item (layer)->extent, GEGL_RECTANGLE (5, 5, 8, 6)));
  mask = fake_item (layer)->mask;
  g_assert_cmpfloat (scene_value_at (mask, 5, 3), ==, 1);
  g_assert_cmpfloat (scene_value_at (mask, 6, 3), ==, 0);
  scene_tear_down ();
}

static guint
count (const gchar *text, const gchar *words)
{
  g_auto (GStrv) pieces = g_strsplit (text, words, -1);

  return g_strv_length (pieces) - 1;
}

/* What sRGB stands for is said, of each image once. */
static void
says_what_profiles_are_not_used (void)
{
  static const gchar words[] = "has a color profile that cannot be used";
  GError *error = NULL;

  scene_set_up ();
  task_styles_add (&scene.task.styles, scene.style_beside, 1.0);
  scene_assign_profile ();
  g_assert_cmpint (scene_run (&error), !=, HOST_NONE);
  g_assert_null (strstr (fake.said->str, words));
  for (gint image = WAVE; image >= PHOTO; image--)
    {
      g_clear_pointer (&fake.images[image].icc, g_bytes_unref);
      fake.images[image].icc = g_bytes_new_static ("no profile", 10);
      g_string_truncate (fake.said, 0);
      fake.undo_steps = 0;
      g_assert_cmpint (scene_run (&error), !=, HOST_NONE);
      g_assert_no_error (error);
      g_assert_cmpuint (count (fake.said->str, words), ==, image == WAVE ? 1 : 2);
    }
  scene_tear_down ();
}

/* Floats may be brighter than white, which is said of what can be seen only. */
static void
says_what_is_brighter_than_white (void)
{
  const gchar *const formats[] = {"R'G'B' u8", "R'G'B'A half", "RGBA float"};
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (gint hidden = 0; hidden <= 1; hidden++)
      {
        scene_set_up ();
        fake_convert (PHOTO, formats[i]);
        fake_fill (scene.content, NULL, 1.0, 0.5, 0.3);
        fake_fill (scene.content, GEGL_RECTANGLE (0, 0, 9, 4), 0.2, 1.5, 0.1);
        if (hidden)
          {
            const gint mask = fake_add (HOST_KIND_MASK, PHOTO, scene.content,
                                        &fake_item (scene.content)->extent);

            fake_item (scene.content)->mask = mask;
            fake_item (scene.content)->mask_is_on = TRUE;
            fake_fill (mask, NULL, 1, 1, 1);
            fake_fill (mask, GEGL_RECTANGLE (0, 0, 9, 4), 0, 0, 0);
          }
        g_assert_cmpint (scene_run (&error), !=, HOST_NONE);
        g_assert_no_error (error);
        g_assert_cmpuint (
            count (fake.said->str,
                   "”: 10 % of its pixels are brighter than white; they are taken as white."),
            ==, i > 0 && !hidden ? 1 : 0);
        scene_tear_down ();
      }
}

/* A run of the result from before goes on from the nearest of the content's own. */
static void
improves_the_last_result (void)
{
  GError *error = NULL;
  gint first, second;

  scene_set_up ();
  first = scene_run (&error);
  scene.task.params.start = NST_START_RESULT;
  fake.undo_steps = 0;
  fake_fill (first, NULL, 0.95, 0.05, 0.05);
  second = scene_run (&error);
  g_assert_cmpfloat (scene_value_at (second, 10, 10), !=, scene_value_at (first, 10, 10));
  g_assert_cmpfloat (fabs (scene_value_at (second, 10, 10) - scene_value_at (first, 10, 10)), <,
                     0.15);
  scene_tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task-layer/nameless", nameless);
  g_test_add_func ("/task-layer/selection-and-mask", selection_and_mask);
  g_test_add_func ("/task-layer/says-what-profiles-are-not-used",
                   says_what_profiles_are_not_used);
  g_test_add_func ("/task-layer/says-what-is-brighter-than-white",
                   says_what_is_brighter_than_white);
  g_test_add_func ("/task-layer/improves-the-last-result", improves_the_last_result);
  return scene_test_run ();
}
