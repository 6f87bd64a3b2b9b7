/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which layers the filter paints like: what is suggested, listed, dropped and mixed, and how
 * the styles of a result or of kept settings are found again, or are not.
 */
#include <string.h>

#include <glib/gstdio.h>

#include "task-scene.h"

/* What is suggested where @item was the style. */
static gint
suggest (gint item)
{
  task_styles_set (&scene.task.styles, item);
  task_suggest_styles (&scene.task);
  return task_styles_last (&scene.task.styles);
}

static void
suggestions (void)
{
  gint group;

  scene_set_up ();
  g_assert_cmpint (suggest (scene.style), ==, scene.style);
  g_assert_cmpint (suggest (HOST_NONE), ==, scene.style);
  g_assert_cmpint (suggest (scene.style_beside), ==, scene.style_beside);
  g_assert_cmpint (suggest (scene.content), ==,
                   scene.style); /* a picture is no style of its own */
  fake.images[WAVE].namesake = TRUE;
  g_assert_cmpint (suggest (scene.style), ==, scene.style);
  fake.images[WAVE].twin = TRUE; /* nor when its file is opened once more */
  g_assert_cmpint (suggest (scene.style), ==, scene.above);
  fake.images[WAVE].twin = fake.images[WAVE].namesake = FALSE;
  scene.task.result = scene.above;
  g_assert_cmpint (suggest (scene.above), ==, scene.style);
  scene.task.result = HOST_NONE;
  task_styles_set (&scene.task.styles, scene.style_beside); /* of a mixture, what is left */
  task_styles_add (&scene.task.styles, scene.content, 0.5);
  task_styles_add (&scene.task.styles, scene.style, 0.25);
  task_suggest_styles (&scene.task);
  g_assert_cmpuint (scene.task.styles.n, ==, 2);
  g_assert_cmpfloat (scene.task.styles.list[1].weight, ==, 0.25);
  fake_delete (scene.style);
  g_assert_cmpint (suggest (scene.style), ==, scene.style_beside);
  fake_close (WAVE);
  g_assert_cmpint (suggest (scene.style), ==, scene.above);
  group = fake_add (HOST_KIND_GROUP, PHOTO, HOST_NONE, SCENE_SIZE);
  fake_item (scene.content)->parent = group;
  g_assert_cmpint (suggest (group), ==, scene.above); /* nor is what it is part of */
  fake_delete (scene.above);
  fake_delete (scene.lowest);
  g_assert_cmpint (suggest (HOST_NONE), ==, HOST_NONE);
  scene_tear_down ();
}

static void
lists_of_styles (void)
{
  TaskStyles styles = {.n = 0}, others;
  g_autofree gchar *text = NULL;

  for (gint i = 0; i < TASK_STYLES; i++)
    g_assert_true (task_styles_add (&styles, 10 + i, 1.0 / (1 + i)));
  g_assert_false (task_styles_add (&styles, 5, 1.0));
  g_assert_true (task_styles_add (&styles, 11, 0.75)); /* but what is there can be weighed */
  g_assert_cmpuint (styles.n, ==, TASK_STYLES);
  g_assert_cmpfloat (styles.list[1].weight, ==, 0.75);
  text = task_styles_text (&styles);
  task_styles_parse (&others, text);
  g_assert_true (task_styles_equal (&styles, &others));
  task_styles_remove (&others, 12);
  task_styles_remove (&others, 5);
  g_assert_cmpuint (others.n, ==, TASK_STYLES - 1);
  g_assert_cmpint (others.list[2].item, ==, 13);
  g_assert_false (task_styles_contain (&others, 12));
  task_styles_parse (&others, "7:0.5 x 8: 9:-1 10:nan 99999999999:1 -1:1 11");
  g_assert_cmpuint (others.n, ==, 1);
  g_assert_cmpint (task_styles_last (&others), ==, 7);
  task_styles_parse (&others, NULL);
  g_assert_cmpint (task_styles_last (&others), ==, HOST_NONE);
}

static guint
n_dropped (TaskStyles *styles, const gchar *data)
{
  task_styles_dropped (styles, data, strlen (data));
  return styles->n;
}

/* As GIMP drags layers; what is none of it, or another process's, is nothing. */
static void
dropped_layers (void)
{
  TaskStyles styles;
  g_autofree gchar *one = NULL, *two = NULL;
  g_autoptr (GString) many = NULL;

  scene_set_up ();
  one = g_strdup_printf ("%d:%d", FAKE_PROCESS, scene.style);
  two = g_strdup_printf ("%d:%d:%d:%d", FAKE_PROCESS, scene.style_beside, scene.selection,
                         scene.content);
  g_assert_cmpuint (n_dropped (&styles, one), ==, 1);
  g_assert_cmpint (styles.list[0].item, ==, scene.style);
  g_assert_cmpuint (n_dropped (&styles, two), ==, 2); /* the selection is no layer */
  g_assert_cmpint (styles.list[0].item, ==, scene.style_beside);
  g_assert_cmpint (styles.list[1].item, ==, scene.content);
  g_assert_cmpuint (n_dropped (&styles, "1:4"), ==, 0);
  g_assert_cmpuint (n_dropped (&styles, ""), ==, 0);
  g_assert_cmpuint (n_dropped (&styles, "file:///wave.png"), ==, 0);
  g_assert_cmpuint (n_dropped (&styles, G_STRINGIFY (FAKE_PROCESS)), ==, 0);
  g_assert_cmpuint (n_dropped (&styles, G_STRINGIFY (FAKE_PROCESS) ":99999999999"), ==, 0);
  g_assert_true (task_styles_dropped (&styles, NULL, 0));
  g_assert_cmpuint (styles.n, ==, 0);
  many = g_string_new (one);
  for (gint i = 1; i < TASK_STYLES; i++)
    g_string_append_printf (many, ":%d",
                            fake_add (HOST_KIND_LAYER, WAVE, HOST_NONE, SCENE_SIZE));
  g_assert_true (task_styles_dropped (&styles, many->str, many->len));
  g_string_append_printf (many, ":%d", scene.content);
  g_assert_false (task_styles_dropped (&styles, many->str, many->len)); /* one too many */
  g_assert_cmpuint (styles.n, ==, TASK_STYLES);
  scene_tear_down ();
}

/* The style's two layers, of different colours, by @weight and 1. */
static gint
run_mixture (gdouble weight)
{
  GError *error = NULL;
  gint layer;

  fake.undo_steps = 0;
  fake_fill (scene.style, NULL, 0.05, 0.05, 0.05);
  fake_fill (scene.style_beside, NULL, 0.95, 0.95, 0.95);
  task_styles_set (&scene.task.styles, HOST_NONE);
  task_styles_add (&scene.task.styles, scene.style, weight);
  task_styles_add (&scene.task.styles, scene.style_beside, 1.0);
  layer = scene_run (&error);
  g_assert_no_error (error);
  return layer;
}

/* The heavier a style, the more of its colour. */
static void
mixtures (void)
{
  GError *error = NULL;
  gdouble even, light;

  scene_set_up ();
  even = scene_value_at (run_mixture (1.0), 10, 10);
  light = scene_value_at (run_mixture (0.05), 10, 10);
  g_assert_cmpfloat (light, >, even + 0.1);
  fake_delete (scene.style);
  g_assert_cmpint (task_run (&scene.task, &error), ==, HOST_NONE); /* all of them are needed */
  g_assert_nonnull (strstr (error->message, "was deleted"));
  g_error_free (error);
  scene_tear_down ();
}

/* A result tells of its styles, which are found where they are still open, or on the shelf. */
static void
recalls_the_styles (void)
{
  TaskStyles made, recalled = {.n = 0};
  gint layer;

  scene_set_up ();
  layer = run_mixture (0.25);
  g_assert_nonnull (strstr (fake_item (layer)->name, " + "));
  made = scene.task.styles;
  g_assert_true (task_styles_recall (&scene.task, layer, "/", &recalled));
  g_assert_true (task_styles_equal (&made, &recalled));
  g_assert_false (task_styles_recall (&scene.task, scene.content, "/", &recalled));
  fake_close (WAVE);
  g_assert_false (task_styles_recall (&scene.task, layer, "/", &recalled));
  g_assert_true (task_styles_equal (&made, &recalled)); /* as it was */
  fake.shelved = scene.lowest;
  g_assert_false (
      task_styles_recall (&scene.task, layer, "/", &recalled)); /* no such file there */
  scene_tear_down ();
}

/* Named settings tell of the styles, too, and those that are closed are opened again. */
static void
keeps_the_styles (void)
{
  TaskStyles recalled = {.n = 0};
  g_autofree gchar *text = NULL;
  g_autofree gchar *marked = NULL;
  g_autofree gchar *path = NULL;

  g_close (g_file_open_tmp ("nst-XXXXXX.ini", &path, NULL), NULL);
  scene_set_up ();
  text = task_styles_keep (&recalled);
  g_assert_cmpstr (text, ==, "");
  g_clear_pointer (&text, g_free);
  task_styles_set (&scene.task.styles, scene.style);
  task_styles_add (&scene.task.styles, scene.style_beside, 0.25);
  text = task_styles_keep (&scene.task.styles);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (task_styles_recall_kept (&scene.task, path, "/", &recalled));
  g_assert_true (task_styles_equal (&scene.task.styles, &recalled));
  marked = g_strconcat ("\xef\xbb\xbf", text, NULL); /* an editor's */
  g_assert_true (g_file_set_contents (path, marked, -1, NULL));
  recalled.n = 0;
  g_assert_true (task_styles_recall_kept (&scene.task, path, "/", &recalled));
  g_assert_true (task_styles_equal (&scene.task.styles, &recalled));
  fake_close (WAVE);
  g_assert_false (task_styles_recall_kept (&scene.task, path, "/", &recalled));
  g_assert_true (task_styles_equal (&scene.task.styles, &recalled)); /* as it was */
  g_assert_false (task_styles_recall_kept (&scene.task, "/none", "/", &recalled));
  g_unlink (path);
  scene_tear_down ();
}

/* @text as a file that Windows' editors wrote. */
static gboolean
recall_marked (const gchar *text, TaskStyles *recalled)
{
  g_autofree gchar *marked = g_strconcat ("\xef\xbb\xbf", text, NULL);
  g_autofree gchar *path = NULL;
  gboolean done;

  g_close (g_file_open_tmp ("nst-XXXXXX.ini", &path, NULL), NULL);
  g_assert_true (g_file_set_contents (path, marked, -1, NULL));
  done = task_styles_recall_kept (&scene.task, path, "/", recalled);
  g_unlink (path);
  return done;
}

/* The style of once is the content now: it is no style of itself, however its image is found. */
static void
recalls_no_content (void)
{
  TaskStyles recalled = {.n = 0};
  g_autofree gchar *text = NULL;
  g_autofree gchar *of_two = NULL;

  scene_set_up ();
  text = task_styles_keep (&scene.task.styles);
  task_styles_add (&scene.task.styles, scene.style_beside, 0.25);
  of_two = task_styles_keep (&scene.task.styles);
  g_assert_true (recall_marked (of_two, &recalled));
  g_assert_true (task_styles_equal (&scene.task.styles, &recalled));
  scene.task.image = WAVE;
  scene.task.content = scene.style;
  for (gint unsaved = 0; unsaved < 2; unsaved++)
    {
      task_styles_set (&recalled, scene.above);
      g_assert_false (recall_marked (text, &recalled));
      g_assert_cmpint (task_styles_last (&recalled), ==, scene.above); /* as it was */
      g_assert_true (recall_marked (of_two, &recalled));
      g_assert_cmpuint (recalled.n, ==, 1);
      g_assert_cmpint (task_styles_last (&recalled), ==, scene.style_beside);
      g_clear_pointer (&text, g_free);
      g_clear_pointer (&of_two, g_free);
      fake.images[WAVE].unsaved = TRUE;
      task_styles_set (&scene.task.styles, scene.style);
      text = task_styles_keep (&scene.task.styles);
      task_styles_add (&scene.task.styles, scene.style_beside, 0.25);
      of_two = task_styles_keep (&scene.task.styles);
    }
  scene_tear_down ();
}

/* A style whose file is called as the content's is not taken for that. */
static void
recalls_a_namesake (void)
{
  TaskStyles recalled = {.n = 0};
  g_autofree gchar *text = NULL;
  gchar *folders;

  scene_set_up ();
  fake.images[WAVE].namesake = TRUE;
  text = task_styles_keep (&scene.task.styles);
  folders = strstr (text, "\nstyle-uris=");
  g_assert_nonnull (folders);
  strcpy (folders, "\n"); /* which are not told everywhere */
  g_assert_true (recall_marked (text, &recalled));
  g_assert_true (task_styles_equal (&scene.task.styles, &recalled));
  scene_tear_down ();
}

static void
recalls_styles_that_are_no_file (void)
{
  TaskStyles recalled = {.n = 0};
  gint layer;

  scene_set_up ();
  fake.images[WAVE].unsaved = TRUE;
  layer = run_mixture (0.25);
  g_assert_true (task_styles_recall (&scene.task, layer, "/", &recalled));
  g_assert_true (task_styles_equal (&scene.task.styles, &recalled));
  g_free (fake_item (scene.style)->name); /* another one by now */
  fake_item (scene.style)->name = g_strdup ("another");
  g_assert_true (task_styles_recall (&scene.task, layer, "/", &recalled));
  g_assert_cmpuint (recalled.n, ==, 1);
  g_assert_cmpint (task_styles_last (&recalled), ==, scene.style_beside);
  scene_tear_down ();
}

static void
recalls_styles_beside_the_photo (void)
{
  TaskStyles recalled = {.n = 0};
  GError *error = NULL;
  gint layer;

  scene_set_up ();
  task_styles_set (&scene.task.styles, scene.lowest);
  layer = scene_run (&error);
  g_assert_no_error (error);
  g_assert_true (task_styles_recall (&scene.task, layer, "/", &recalled));
  g_assert_true (task_styles_equal (&scene.task.styles, &recalled));
  fake_delete (scene.lowest);
  g_assert_false (task_styles_recall (&scene.task, layer, "/", &recalled));
  scene_tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task-styles/suggestions", suggestions);
  g_test_add_func ("/task-styles/lists-of-styles", lists_of_styles);
  g_test_add_func ("/task-styles/dropped-layers", dropped_layers);
  g_test_add_func ("/task-styles/mixtures", mixtures);
  g_test_add_func ("/task-styles/recalls-the-styles", recalls_the_styles);
  g_test_add_func ("/task-styles/keeps-the-styles", keeps_the_styles);
  g_test_add_func ("/task-styles/recalls-no-content", recalls_no_content);
  g_test_add_func ("/task-styles/recalls-a-namesake", recalls_a_namesake);
  g_test_add_func ("/task-styles/recalls-styles-that-are-no-file",
                   recalls_styles_that_are_no_file);
  g_test_add_func ("/task-styles/recalls-styles-beside-the-photo",
                   recalls_styles_beside_the_photo);
  return scene_test_run ();
}
