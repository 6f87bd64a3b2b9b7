/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole runs of the filter without GIMP: whatever a user does, and at whatever moment, ends
 * in the right layer or in one sentence, and a document that is as the user left it.
 */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "fake-host.h"
#include "fixture.h"
#include "icc.h"
#include "pixels.h"
#include "task.h"

#define PHOTO 0 /* the images */
#define WAVE  1

#define LAST_LOOKS 24 /* calls between the last look and the insertion, at most */

static const GeglRectangle photo_size = {0, 0, 24, 20};
static gchar *network_file;

/* The items. */
static gint selection, lowest, content, above, style, style_beside;
static Task task;

static void
set_up (void)
{
  fake_init ();
  for (gint i = 0; i < FAKE_IMAGES; i++)
    {
      fake.images[i].open = TRUE;
      fake.images[i].format = "R'G'B' u8";
      fake.images[i].selection = fake_add (HOST_KIND_SELECTION, i, HOST_NONE, &photo_size);
    }
  selection = fake.images[PHOTO].selection;
  above = fake_add (HOST_KIND_LAYER, PHOTO, HOST_NONE, &photo_size);
  content = fake_add (HOST_KIND_LAYER, PHOTO, HOST_NONE, GEGL_RECTANGLE (2, 1, 20, 18));
  lowest = fake_add (HOST_KIND_LAYER, PHOTO, HOST_NONE, &photo_size);
  style = fake_add (HOST_KIND_LAYER, WAVE, HOST_NONE, &photo_size);
  style_beside = fake_add (HOST_KIND_LAYER, WAVE, HOST_NONE, &photo_size);
  fake_fill (content, NULL, 0.6, 0.5, 0.3);
  fake_fill (content, GEGL_RECTANGLE (4, 4, 9, 7), 0.2, 0.3, 0.7);
  fake_fill (style, NULL, 0.1, 0.2, 0.5);
  fake_fill (style, GEGL_RECTANGLE (0, 5, 24, 3), 0.9, 0.9, 0.8);

  task = (Task){PHOTO, content, HOST_NONE};
  task_styles_set (&task.styles, style);
  nst_params_init (&task.params);
  g_free (task.params.network);
  task.params.network = g_strdup (network_file);
  task.params.size = 16;
  task.params.iterations = 1;
  task.params.threads = 1;
}

static void
tear_down (void)
{
  nst_params_clear (&task.params);
  fake_clear ();
}

/* ---------------------------------------------------------------- what users do */

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
  fake_delete (content);
}

static void
delete_style (void)
{
  fake_delete (style);
}

static void
crop (void)
{
  fake_resize (content, GEGL_RECTANGLE (4, 3, 12, 9));
}

static void
move (void)
{
  fake_item (content)->extent.x = -3;
}

static void
reorder (void)
{
  fake_delete (above);
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
select_box (void)
{
  fake_select (PHOTO, GEGL_RECTANGLE (5, 5, 8, 6));
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
  fake_item (style)->extent.x = 22;
  fake_select (WAVE, GEGL_RECTANGLE (0, 0, 5, 5));
}

static void
add_mask (void)
{
  gint mask = fake_add (HOST_KIND_MASK, PHOTO, content, &fake_item (content)->extent);

  fake_fill (mask, NULL, 0, 0, 0);
  fake_fill (mask, GEGL_RECTANGLE (0, 0, 9, 30), 1, 1, 1);
  fake_item (content)->mask = mask;
}

static void
assign_profile (void)
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
    {"select", select_box, NULL, NULL},
    {"select-beside", select_beside, "outside the layer", NULL},
    {"select-none", select_none, NULL, NULL},
    {"select-beside-style", select_beside_style, "no visible pixels", NULL},
    {"mask", add_mask, NULL, NULL},
    {"profile", assign_profile, NULL, NULL},
};

/* --------------------------------------------------------------------- what is right */

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

static gdouble
value_at (gint item, gint x, gint y)
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
  const FakeItem *it = fake_item (layer), *of = fake_item (content);
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
  g_assert_true (position >= 0 && (is_late || !of->attached || is_above (position, content)));
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

static gint
run (GError **error)
{
  guint n_items = fake.items->len;
  gint layer = task_run (&task, error);

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

/* A run during which @act is done before call @at, or, negative, while it is computed. */
static void
run_with (void (*act) (void), gint at, const gchar *sentence)
{
  GError *error = NULL;
  gint layer;

  set_up ();
  g_test_message ("before call %d", at);
  fake.event = act;
  fake.event_at = (guint) MAX (at, 0);
  fake.event_at_progress = at < 0;
  layer = run (&error);
  if (sentence)
    {
      g_assert_cmpint (layer, ==, HOST_NONE);
      if (!strstr (error->message, sentence))
        g_error ("“%s” says nothing of “%s”", error->message, sentence);
    }
  g_clear_error (&error);
  tear_down ();
}

/* ---------------------------------------------------------------------------- tests */

static void
undisturbed (void)
{
  GError *error = NULL;
  gint layer;

  set_up ();
  g_assert_true (task_check (&task, &error));
  layer = run (&error);
  g_assert_true (
      gegl_rectangle_equal (&fake_item (layer)->extent, &fake_item (content)->extent));
  g_assert_cmpint (fake_item (layer)->mask, ==, HOST_NONE);
  g_assert_true (g_str_has_prefix (fake_item (layer)->name, "Style of item 5"));
  tear_down ();
}

/* The host may have no names for what there is. */
static void
nameless (void)
{
  GError *error = NULL;
  gint layer;

  set_up ();
  task.result = lowest;
  for (guint i = 0; i < fake.items->len; i++)
    g_clear_pointer (&g_array_index (fake.items, FakeItem, i).name, g_free);
  layer = run (&error);
  g_assert_null (strstr (fake_item (layer)->name, "null"));
  g_assert_true (task_read_result (layer, &task.params, NULL, &error));
  g_assert_nonnull (strstr (fake.said->str, "painting"));
  g_assert_null (strstr (fake.said->str, "null"));

  fake_fill (style, NULL, 0.5, 0.5, 0.5);
  fake_item (style)->opacity = 1;
  fake_select (WAVE, GEGL_RECTANGLE (100, 100, 1, 1));
  g_assert_cmpint (task_run (&task, &error), ==, HOST_NONE);
  g_assert_nonnull (error);
  g_assert_null (strstr (error->message, "null"));
  g_clear_error (&error);
  g_assert_null (task_preview_styles (&task, 16, &error));
  g_assert_null (strstr (error->message, "null"));
  g_clear_error (&error);
  tear_down ();
}

static void
at_the_dialog (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      GError *error = NULL;
      gint layer;

      set_up ();
      g_assert_true (task_check (&task, &error));
      acts[i].act ();
      layer = run (&error);
      g_test_message ("%s: %s", acts[i].name, error ? error->message : "a layer");
      g_assert_cmpint (layer == HOST_NONE, ==, acts[i].before != NULL);
      if (error)
        g_assert_nonnull (strstr (error->message, acts[i].before));
      g_clear_error (&error);
      tear_down ();
    }
}

static void
while_computed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      GError *error = NULL;
      gint layer;

      set_up ();
      task.params.iterations = 300; /* long enough to be looked at */
      fake.event = acts[i].act;
      fake.event_at_progress = TRUE;
      layer = run (&error);
      g_test_message ("%s: %s", acts[i].name, error ? error->message : "a layer");
      g_assert_null (fake.event); /* it was done */
      g_assert_cmpint (layer == HOST_NONE, ==, acts[i].during != NULL);
      if (error)
        g_assert_nonnull (strstr (error->message, acts[i].during));
      /* selection and mask are those of the start */
      else
        g_assert_cmpint (fake_item (layer)->mask, ==, HOST_NONE);
      g_clear_error (&error);
      tear_down ();
    }
}

/* A closed image's run does not go on to its end, which nobody would live to see. */
static void
stops_when_closed (void)
{
  GError *error = NULL;

  set_up ();
  task.params.iterations = 100000;
  fake.event = close_photo;
  fake.event_at_progress = TRUE;
  g_assert_cmpint (run (&error), ==, HOST_NONE);
  g_assert_nonnull (strstr (error->message, "no longer"));
  g_clear_error (&error);
  tear_down ();
}

/* Before each call of the host; of all combinations, a third is enough unless there is time. */
static void
at_any_moment (void)
{
  GError *error = NULL;
  guint n_calls;

  set_up ();
  run (&error);
  n_calls = fake.calls;
  tear_down ();
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
             && value_at (it->mask, 0, 0) == 0;
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

      set_up ();
      /* a feathered corner, so that a mask is needed */
      select_box ();
      fake_fill (selection, GEGL_RECTANGLE (5, 5, 1, 1), 0, 0, 0);
      fake_fill (selection, GEGL_RECTANGLE (5, 6, 1, 1), 1, 1, 1);
      fake.event = kill_now;
      fake.event_at = at;
      run (&error);
      g_assert_no_error (error);
      n_calls = MAX (n_calls, fake.calls);
      kill_now ();
      tear_down ();
    }
}

/* The selection's box, of what the mask shows. */
static void
selection_and_mask (void)
{
  GError *error = NULL;
  gint layer, mask;

  set_up ();
  select_box ();
  add_mask (); /* of the layer's columns up to 8, that is the image's up to 10 */
  layer = run (&error);
  g_assert_true (
      gegl_rectangle_equal (&fake_item (layer)->extent, GEGL_RECTANGLE (5, 5, 8, 6)));
  mask = fake_item (layer)->mask;
  g_assert_cmpfloat (value_at (mask, 5, 3), ==, 1);
  g_assert_cmpfloat (value_at (mask, 6, 3), ==, 0);
  tear_down ();
}

/* What is suggested where @item was the style. */
static gint
suggest (gint item)
{
  task_styles_set (&task.styles, item);
  task_suggest_styles (&task);
  return task_styles_last (&task.styles);
}

static void
suggestions (void)
{
  gint group;

  set_up ();
  g_assert_cmpint (suggest (style), ==, style);
  g_assert_cmpint (suggest (HOST_NONE), ==, style);
  g_assert_cmpint (suggest (style_beside), ==, style_beside);
  g_assert_cmpint (suggest (content), ==, style); /* a picture is no style of its own */
  fake.images[WAVE].namesake = TRUE;
  g_assert_cmpint (suggest (style), ==, style);
  fake.images[WAVE].twin = TRUE; /* nor when its file is opened once more */
  g_assert_cmpint (suggest (style), ==, above);
  fake.images[WAVE].twin = fake.images[WAVE].namesake = FALSE;
  task.result = above;
  g_assert_cmpint (suggest (above), ==, style);
  task.result = HOST_NONE;
  task_styles_set (&task.styles, style_beside); /* of a mixture, what is left */
  task_styles_add (&task.styles, content, 0.5);
  task_styles_add (&task.styles, style, 0.25);
  task_suggest_styles (&task);
  g_assert_cmpuint (task.styles.n, ==, 2);
  g_assert_cmpfloat (task.styles.list[1].weight, ==, 0.25);
  fake_delete (style);
  g_assert_cmpint (suggest (style), ==, style_beside);
  fake_close (WAVE);
  g_assert_cmpint (suggest (style), ==, above);
  group = fake_add (HOST_KIND_GROUP, PHOTO, HOST_NONE, &photo_size);
  fake_item (content)->parent = group;
  g_assert_cmpint (suggest (group), ==, above); /* nor is what it is part of */
  fake_delete (above);
  fake_delete (lowest);
  g_assert_cmpint (suggest (HOST_NONE), ==, HOST_NONE);
  tear_down ();
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

  set_up ();
  one = g_strdup_printf ("%d:%d", FAKE_PROCESS, style);
  two = g_strdup_printf ("%d:%d:%d:%d", FAKE_PROCESS, style_beside, selection, content);
  g_assert_cmpuint (n_dropped (&styles, one), ==, 1);
  g_assert_cmpint (styles.list[0].item, ==, style);
  g_assert_cmpuint (n_dropped (&styles, two), ==, 2); /* the selection is no layer */
  g_assert_cmpint (styles.list[0].item, ==, style_beside);
  g_assert_cmpint (styles.list[1].item, ==, content);
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
                            fake_add (HOST_KIND_LAYER, WAVE, HOST_NONE, &photo_size));
  g_assert_true (task_styles_dropped (&styles, many->str, many->len));
  g_string_append_printf (many, ":%d", content);
  g_assert_false (task_styles_dropped (&styles, many->str, many->len)); /* one too many */
  g_assert_cmpuint (styles.n, ==, TASK_STYLES);
  tear_down ();
}

/* The style's two layers, of different colours, by @weight and 1. */
static gint
run_mixture (gdouble weight)
{
  GError *error = NULL;
  gint layer;

  fake.undo_steps = 0;
  fake_fill (style, NULL, 0.05, 0.05, 0.05);
  fake_fill (style_beside, NULL, 0.95, 0.95, 0.95);
  task_styles_set (&task.styles, HOST_NONE);
  task_styles_add (&task.styles, style, weight);
  task_styles_add (&task.styles, style_beside, 1.0);
  layer = run (&error);
  g_assert_no_error (error);
  return layer;
}

/* The heavier a style, the more of its colour. */
static void
mixtures (void)
{
  GError *error = NULL;
  gdouble even, light;

  set_up ();
  even = value_at (run_mixture (1.0), 10, 10);
  light = value_at (run_mixture (0.05), 10, 10);
  g_assert_cmpfloat (light, >, even + 0.1);
  fake_delete (style);
  g_assert_cmpint (task_run (&task, &error), ==, HOST_NONE); /* all of them are needed */
  g_assert_nonnull (strstr (error->message, "was deleted"));
  g_error_free (error);
  tear_down ();
}

/* A result tells of its styles, which are found where they are still open, or on the shelf. */
static void
recalls_the_styles (void)
{
  TaskStyles made, recalled = {.n = 0};
  gint layer;

  set_up ();
  layer = run_mixture (0.25);
  g_assert_nonnull (strstr (fake_item (layer)->name, " + "));
  made = task.styles;
  g_assert_true (task_styles_recall (&task, layer, "/", &recalled));
  g_assert_true (task_styles_equal (&made, &recalled));
  g_assert_false (task_styles_recall (&task, content, "/", &recalled));
  fake_close (WAVE);
  g_assert_false (task_styles_recall (&task, layer, "/", &recalled));
  g_assert_true (task_styles_equal (&made, &recalled)); /* as it was */
  fake.shelved = lowest;
  g_assert_false (task_styles_recall (&task, layer, "/", &recalled)); /* no such file there */
  tear_down ();
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
  set_up ();
  text = task_styles_keep (&recalled);
  g_assert_cmpstr (text, ==, "");
  g_clear_pointer (&text, g_free);
  task_styles_set (&task.styles, style);
  task_styles_add (&task.styles, style_beside, 0.25);
  text = task_styles_keep (&task.styles);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (task_styles_recall_kept (&task, path, "/", &recalled));
  g_assert_true (task_styles_equal (&task.styles, &recalled));
  marked = g_strconcat ("\xef\xbb\xbf", text, NULL); /* an editor's */
  g_assert_true (g_file_set_contents (path, marked, -1, NULL));
  recalled.n = 0;
  g_assert_true (task_styles_recall_kept (&task, path, "/", &recalled));
  g_assert_true (task_styles_equal (&task.styles, &recalled));
  fake_close (WAVE);
  g_assert_false (task_styles_recall_kept (&task, path, "/", &recalled));
  g_assert_true (task_styles_equal (&task.styles, &recalled)); /* as it was */
  g_assert_false (task_styles_recall_kept (&task, "/none", "/", &recalled));
  g_unlink (path);
  tear_down ();
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
  done = task_styles_recall_kept (&task, path, "/", recalled);
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

  set_up ();
  text = task_styles_keep (&task.styles);
  task_styles_add (&task.styles, style_beside, 0.25);
  of_two = task_styles_keep (&task.styles);
  g_assert_true (recall_marked (of_two, &recalled));
  g_assert_true (task_styles_equal (&task.styles, &recalled));
  task.image = WAVE;
  task.content = style;
  for (gint unsaved = 0; unsaved < 2; unsaved++)
    {
      task_styles_set (&recalled, above);
      g_assert_false (recall_marked (text, &recalled));
      g_assert_cmpint (task_styles_last (&recalled), ==, above); /* as it was */
      g_assert_true (recall_marked (of_two, &recalled));
      g_assert_cmpuint (recalled.n, ==, 1);
      g_assert_cmpint (task_styles_last (&recalled), ==, style_beside);
      g_clear_pointer (&text, g_free);
      g_clear_pointer (&of_two, g_free);
      fake.images[WAVE].unsaved = TRUE;
      task_styles_set (&task.styles, style);
      text = task_styles_keep (&task.styles);
      task_styles_add (&task.styles, style_beside, 0.25);
      of_two = task_styles_keep (&task.styles);
    }
  tear_down ();
}

/* A style whose file is called as the content's is not taken for that. */
static void
recalls_a_namesake (void)
{
  TaskStyles recalled = {.n = 0};
  g_autofree gchar *text = NULL;
  gchar *folders;

  set_up ();
  fake.images[WAVE].namesake = TRUE;
  text = task_styles_keep (&task.styles);
  folders = strstr (text, "\nstyle-uris=");
  g_assert_nonnull (folders);
  strcpy (folders, "\n"); /* which are not told everywhere */
  g_assert_true (recall_marked (text, &recalled));
  g_assert_true (task_styles_equal (&task.styles, &recalled));
  tear_down ();
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

  set_up ();
  task_styles_add (&task.styles, style_beside, 1.0);
  assign_profile ();
  g_assert_cmpint (run (&error), !=, HOST_NONE);
  g_assert_null (strstr (fake.said->str, words));
  for (gint image = WAVE; image >= PHOTO; image--)
    {
      g_clear_pointer (&fake.images[image].icc, g_bytes_unref);
      fake.images[image].icc = g_bytes_new_static ("no profile", 10);
      g_string_truncate (fake.said, 0);
      fake.undo_steps = 0;
      g_assert_cmpint (run (&error), !=, HOST_NONE);
      g_assert_no_error (error);
      g_assert_cmpuint (count (fake.said->str, words), ==, image == WAVE ? 1 : 2);
    }
  tear_down ();
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
        set_up ();
        fake_convert (PHOTO, formats[i]);
        fake_fill (content, NULL, 1.0, 0.5, 0.3);
        fake_fill (content, GEGL_RECTANGLE (0, 0, 9, 4), 0.2, 1.5, 0.1);
        if (hidden)
          {
            const gint mask =
                fake_add (HOST_KIND_MASK, PHOTO, content, &fake_item (content)->extent);

            fake_item (content)->mask = mask;
            fake_item (content)->mask_is_on = TRUE;
            fake_fill (mask, NULL, 1, 1, 1);
            fake_fill (mask, GEGL_RECTANGLE (0, 0, 9, 4), 0, 0, 0);
          }
        g_assert_cmpint (run (&error), !=, HOST_NONE);
        g_assert_no_error (error);
        g_assert_cmpuint (
            count (fake.said->str,
                   "”: 10 % of its pixels are brighter than white; they are taken as white."),
            ==, i > 0 && !hidden ? 1 : 0);
        tear_down ();
      }
}

static void
recalls_styles_that_are_no_file (void)
{
  TaskStyles recalled = {.n = 0};
  gint layer;

  set_up ();
  fake.images[WAVE].unsaved = TRUE;
  layer = run_mixture (0.25);
  g_assert_true (task_styles_recall (&task, layer, "/", &recalled));
  g_assert_true (task_styles_equal (&task.styles, &recalled));
  g_free (fake_item (style)->name); /* another one by now */
  fake_item (style)->name = g_strdup ("another");
  g_assert_true (task_styles_recall (&task, layer, "/", &recalled));
  g_assert_cmpuint (recalled.n, ==, 1);
  g_assert_cmpint (task_styles_last (&recalled), ==, style_beside);
  tear_down ();
}

static void
recalls_styles_beside_the_photo (void)
{
  TaskStyles recalled = {.n = 0};
  GError *error = NULL;
  gint layer;

  set_up ();
  task_styles_set (&task.styles, lowest);
  layer = run (&error);
  g_assert_no_error (error);
  g_assert_true (task_styles_recall (&task, layer, "/", &recalled));
  g_assert_true (task_styles_equal (&task.styles, &recalled));
  fake_delete (lowest);
  g_assert_false (task_styles_recall (&task, layer, "/", &recalled));
  tear_down ();
}

/* A run of the result from before goes on from the nearest of the content's own. */
static void
improves_the_last_result (void)
{
  GError *error = NULL;
  gint first, second;

  set_up ();
  first = run (&error);
  task.params.start = NST_START_RESULT;
  fake.undo_steps = 0;
  fake_fill (first, NULL, 0.95, 0.05, 0.05);
  second = run (&error);
  g_assert_cmpfloat (value_at (second, 10, 10), !=, value_at (first, 10, 10));
  g_assert_cmpfloat (fabs (value_at (second, 10, 10) - value_at (first, 10, 10)), <, 0.15);
  tear_down ();
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
main (int argc, char **argv)
{
  gint status;

  g_test_init (&argc, &argv, NULL);
  gegl_init (NULL, NULL);
  write_network ();
  g_test_add_func ("/task/undisturbed", undisturbed);
  g_test_add_func ("/task/nameless", nameless);
  g_test_add_func ("/task/at-the-dialog", at_the_dialog);
  g_test_add_func ("/task/while-computed", while_computed);
  g_test_add_func ("/task/at-any-moment", at_any_moment);
  g_test_add_func ("/task/cancelled-at-any-moment", cancelled_at_any_moment);
  g_test_add_func ("/task/stops-when-closed", stops_when_closed);
  g_test_add_func ("/task/selection-and-mask", selection_and_mask);
  g_test_add_func ("/task/suggestions", suggestions);
  g_test_add_func ("/task/lists-of-styles", lists_of_styles);
  g_test_add_func ("/task/dropped-layers", dropped_layers);
  g_test_add_func ("/task/mixtures", mixtures);
  g_test_add_func ("/task/recalls-the-styles", recalls_the_styles);
  g_test_add_func ("/task/keeps-the-styles", keeps_the_styles);
  g_test_add_func ("/task/recalls-no-content", recalls_no_content);
  g_test_add_func ("/task/recalls-a-namesake", recalls_a_namesake);
  g_test_add_func ("/task/says-what-profiles-are-not-used", says_what_profiles_are_not_used);
  g_test_add_func ("/task/says-what-is-brighter-than-white", says_what_is_brighter_than_white);
  g_test_add_func ("/task/recalls-styles-that-are-no-file", recalls_styles_that_are_no_file);
  g_test_add_func ("/task/recalls-styles-beside-the-photo", recalls_styles_beside_the_photo);
  g_test_add_func ("/task/improves-the-last-result", improves_the_last_result);
  status = g_test_run ();
  g_unlink (network_file);
  g_free (network_file);
  gegl_exit ();
  return status;
}
