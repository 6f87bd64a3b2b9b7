/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole runs of the filter without GIMP: whatever a user does, and at whatever moment, ends
 * in the right layer or in one sentence, and a document that is as the user left it.
 */
#include <string.h>

#include "task-scene.h"

static void
close_photo (void)
{
  fake_close (PHOTO);
}

static void
close_style (void)
{
  fake_close (WAVE);
}

static void
delete_content (void)
{
  fake_delete (scene.content);
}

static void
delete_style (void)
{
  fake_delete (scene.style);
}

static void
crop (void)
{
  fake_resize (scene.content, GEGL_RECTANGLE (4, 3, 12, 9));
}

static void
move (void)
{
  fake_item (scene.content)->extent.x = -3;
}

static void
reorder (void)
{
  fake_delete (scene.above);
}

static void
to_grey (void)
{
  fake_convert (PHOTO, "Y'A u8");
}

static void
to_float (void)
{
  fake_convert (PHOTO, "R'G'B'A float");
}

static void
to_indexed (void)
{
  fake.images[PHOTO].indexed = TRUE;
}

static void
float_selection (void)
{
  fake.images[PHOTO].floating = TRUE;
}

static void
select_beside (void)
{
  fake_select (PHOTO, GEGL_RECTANGLE (0, 0, 2, 1));
}

static void
select_none (void)
{
  fake_select (PHOTO, NULL);
}

static void
select_beside_style (void)
{
  fake_item (scene.style)->extent.x = 22;
  fake_select (WAVE, GEGL_RECTANGLE (0, 0, 5, 5));
}

/* What each ends in: a part of the sentence, or NULL for a layer. */
static const struct
{
  const gchar *name;
  void (*act) (void);
  const gchar *before; /* done between the dialog's opening and its OK */
  const gchar *during; /* while it is computed */
} acts[] = {
    {"close-photo", close_photo, "is not in the image", "is not in the image"},
    {"close-style", close_style, "no longer open", NULL},
    {"delete-content", delete_content, "is not in the image", "is not in the image"},
    {"delete-style", delete_style, "was deleted", NULL},
    {"crop", crop, NULL, "was cropped"},
    {"move", move, NULL, NULL},
    {"reorder", reorder, NULL, NULL},
    {"to-grey", to_grey, NULL, NULL},
    {"to-float", to_float, NULL, NULL},
    {"to-indexed", to_indexed, "indexed", "indexed"},
    {"float", float_selection, "floating selection", "floating selection"},
    {"select", scene_select_box, NULL, NULL},
    {"select-beside", select_beside, "outside the layer", NULL},
    {"select-none", select_none, NULL, NULL},
    {"select-beside-style", select_beside_style, "no visible pixels", NULL},
    {"mask", scene_add_mask, NULL, NULL},
    {"profile", scene_assign_profile, NULL, NULL},
};

/* A run during which @act is done before call @at, or, negative, while it is computed. */
static void
run_with (void (*act) (void), gint at, const gchar *sentence)
{
  GError *error = NULL;
  gint layer;

  scene_set_up ();
  g_test_message ("before call %d", at);
  fake.event = act;
  fake.event_at = (guint) MAX (at, 0);
  fake.event_at_progress = at < 0;
  layer = scene_run (&error);
  if (sentence)
    {
      g_assert_cmpint (layer, ==, HOST_NONE);
      if (!strstr (error->message, sentence))
        g_error ("“%s” says nothing of “%s”", error->message, sentence);
    }
  g_clear_error (&error);
  scene_tear_down ();
}

static void
undisturbed (void)
{
  GError *error = NULL;
  gint layer;

  scene_set_up ();
  g_assert_true (task_check (&scene.task, &error));
  layer = scene_run (&error);
  g_assert_true (
      gegl_rectangle_equal (&fake_item (layer)->extent, &fake_item (scene.content)->extent));
  g_assert_cmpint (fake_item (layer)->mask, ==, HOST_NONE);
  g_assert_true (g_str_has_prefix (fake_item (layer)->name, "Style of item 5"));
  scene_tear_down ();
}

static void
at_the_dialog (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      GError *error = NULL;
      gint layer;

      scene_set_up ();
      g_assert_true (task_check (&scene.task, &error));
      acts[i].act ();
      layer = scene_run (&error);
      g_test_message ("%s: %s", acts[i].name, error ? error->message : "a layer");
      g_assert_cmpint (layer == HOST_NONE, ==, acts[i].before != NULL);
      if (error)
        g_assert_nonnull (strstr (error->message, acts[i].before));
      g_clear_error (&error);
      scene_tear_down ();
    }
}

static void
while_computed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      GError *error = NULL;
      gint layer;

      scene_set_up ();
      scene.task.params.settings.iterations = 300; /* long enough to be looked at */
      fake.event = acts[i].act;
      fake.event_at_progress = TRUE;
      layer = scene_run (&error);
      g_test_message ("%s: %s", acts[i].name, error ? error->message : "a layer");
      g_assert_null (fake.event); /* it was done */
      g_assert_cmpint (layer == HOST_NONE, ==, acts[i].during != NULL);
      if (error)
        g_assert_nonnull (strstr (error->message, acts[i].during));
      /* selection and mask are those of the start */
      else
        g_assert_cmpint (fake_item (layer)->mask, ==, HOST_NONE);
      g_clear_error (&error);
      scene_tear_down ();
    }
}

/* A closed image's run does not go on to its end, which nobody would live to see. */
static void
stops_when_closed (void)
{
  GError *error = NULL;

  scene_set_up ();
  scene.task.params.settings.iterations = 100000;
  fake.event = close_photo;
  fake.event_at_progress = TRUE;
  g_assert_cmpint (scene_run (&error), ==, HOST_NONE);
  g_assert_nonnull (strstr (error->message, "no longer"));
  g_clear_error (&error);
  scene_tear_down ();
}

/* Before each call of the host; of all combinations, a third is enough unless there is time. */
static void
at_any_moment (void)
{
  GError *error = NULL;
  guint n_calls;

  scene_set_up ();
  scene_run (&error);
  n_calls = fake.calls;
  scene_tear_down ();
  g_assert_cmpuint (n_calls, >, 30);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    for (guint at = g_test_slow () ? 0 : i % 3; at < n_calls; at += g_test_slow () ? 1 : 3)
      run_with (acts[i].act, (gint) at, at == 0 ? acts[i].before : NULL);
}

/* The document of a GIMP that kills the filter before call @killed_at; fork() keeps this
 * process alive.  What is in the image then is complete, or nothing is. */
static void
kill_now (void)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < fake.items->len; i++)
    {
      const FakeItem *it = fake_item ((gint) i);

      if (it && it->inserted)
        ok = ok && fake.undo_steps == 1 && it->mask != HOST_NONE && it->notes
             && scene_value_at (it->mask, 0, 0) == 0;
    }
  g_assert_true (ok);
}

static void
cancelled_at_any_moment (void)
{
  guint n_calls = 1;

  for (guint at = 0; at < n_calls; at++)
    {
      GError *error = NULL;

      scene_set_up ();
      /* a feathered corner, so that a mask is needed */
      scene_select_box ();
      fake_fill (scene.selection, GEGL_RECTANGLE (5, 5, 1, 1), 0, 0, 0);
      fake_fill (scene.selection, GEGL_RECTANGLE (5, 6, 1, 1), 1, 1, 1);
      fake.event = kill_now;
      fake.event_at = at;
      scene_run (&error);
      g_assert_no_error (error);
      n_calls = MAX (n_calls, fake.calls);
      kill_now ();
      scene_tear_down ();
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task/undisturbed", undisturbed);
  g_test_add_func ("/task/at-the-dialog", at_the_dialog);
  g_test_add_func ("/task/while-computed", while_computed);
  g_test_add_func ("/task/at-any-moment", at_any_moment);
  g_test_add_func ("/task/cancelled-at-any-moment", cancelled_at_any_moment);
  g_test_add_func ("/task/stops-when-closed", stops_when_closed);
  return scene_test_run ();
}
