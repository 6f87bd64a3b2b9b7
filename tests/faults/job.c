/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter in a program with images, at each point where something that it asks the system for
 * may fail (faults.c): there is a layer, the one that there always is, or one sentence and an
 * image as it was.
 *
 *     fault-job [EVERY [SECONDS]]
 *     fault-job FAULT
 *
 * Takes the EVERYth part of the points, 1 by default, each in a process of its own; or one of
 * them, as NST_FAULT has it, in this process, for a debugger.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "fake-host.h"
#include "faults.h"
#include "task.h"

#define LIMIT 30 /* seconds for a run, which takes a fraction of one */

#define TOLERANCE 3 /* of 255 */

enum
{
  GOOD,
  BAD
};

static const GeglRectangle size = {0, 0, 32, 24};
static gint content;
static Task task;

static void
set_up (void)
{
  gint style;

  fake_init ();
  for (gint i = 0; i < FAKE_IMAGES; i++)
    {
      fake.images[i].open = TRUE;
      fake.images[i].format = "R'G'B'A u8";
      fake.images[i].selection = fake_add (HOST_KIND_SELECTION, i, HOST_NONE, &size);
    }
  content = fake_add (HOST_KIND_LAYER, 0, HOST_NONE, &size);
  style = fake_add (HOST_KIND_LAYER, 1, HOST_NONE, &size);
  fake_fill (content, NULL, 0.6, 0.5, 0.3);
  fake_fill (content, GEGL_RECTANGLE (4, 4, 9, 7), 0.2, 0.3, 0.7);
  fake_fill (style, NULL, 0.1, 0.2, 0.5);
  fake_fill (style, GEGL_RECTANGLE (0, 5, 24, 3), 0.9, 0.9, 0.8);
  fake_select (0, GEGL_RECTANGLE (2, 2, 25, 20));
  task = (Task){0, content, HOST_NONE};
  task_styles_set (&task.styles, style);
  nst_params_init (&task.params);
  task.params.settings.size = 32;
  task.params.settings.iterations = 2;
  task.params.settings.threads = 2;
}

/* What a run without a fault left, which the processes share. */
typedef struct
{
  gsize n_pixels;
  guint8 pixels[1 << 16];
  gchar counts[FAULT_TEXT];
} Normal;

static Normal *normal;

/* @layer's pixels. */
static guint8 *
pixels_of (gint layer, gsize *n)
{
  const FakeItem *item = fake_item (layer);
  guint8 *pixels;

  *n = (gsize) item->extent.width * item->extent.height * 4;
  pixels = g_malloc (*n);
  gegl_buffer_get (item->buffer, NULL, 1.0, babl_format ("R'G'B'A u8"), pixels,
                   GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return pixels;
}

/* Of the pixels and places of the first @n_items, and of the stack of layers. */
static gchar *
digest (guint n_items)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < n_items; i++)
    {
      gsize n;
      g_autofree guint8 *pixels = fake_item ((gint) i) ? pixels_of ((gint) i, &n) : NULL;

      if (!pixels)
        continue;
      g_checksum_update (sum, pixels, (gssize) n);
      g_checksum_update (sum, (const guchar *) &fake_item ((gint) i)->extent,
                         sizeof (GeglRectangle));
    }
  g_checksum_update (sum, (const guchar *) fake.stack->data,
                     (gssize) (fake.stack->len * sizeof (gint)));
  return g_strdup (g_checksum_get_string (sum));
}

static gint
say (const gchar *what, const gchar *more)
{
  g_printerr ("%s: %s\n", what, more ? more : "");
  return BAD;
}

/* Where the machine cannot be asked how much memory there is, other tiles' roundings differ. */
static gint
judge_layer (gint layer)
{
  gsize n;
  g_autofree guint8 *pixels = pixels_of (layer, &n);
  gint farthest = 0;

  if (fake.undo_steps != 1)
    return say ("not one step of Undo", NULL);
  if (n != normal->n_pixels)
    return say ("a layer of another size", NULL);
  for (gsize i = 0; i < n; i++)
    farthest = MAX (farthest, ABS (pixels[i] - normal->pixels[i]));
  if (farthest > TOLERANCE)
    {
      g_printerr ("another layer, by %d levels\n", farthest);
      return BAD;
    }
  return GOOD;
}

static gint
judge_error (const GError *error, const gchar *before, guint n_items)
{
  g_autofree gchar *after = digest (n_items);

  if (!error || !*error->message || strchr (error->message, '\n'))
    return say ("no sentence", error ? error->message : NULL);
  if (strcmp (after, before) != 0 || fake.undo_steps != 0)
    return say ("the image is another", error->message);
  for (guint i = n_items; i < fake.items->len; i++)
    if (fake_item ((gint) i))
      return say ("an item is left", error->message);
  return GOOD;
}

static gint
run (const gchar *fault)
{
  const guint n_items = fake.items->len;
  g_autofree gchar *before = digest (n_items);
  g_autoptr (GError) error = NULL;
  gint layer;

  nst_fault_set (fault);
  layer = task_run (&task, &error);
  if (!fault)
    nst_fault_counts (normal->counts);
  nst_fault_set (NULL);
  if (layer == HOST_NONE)
    return judge_error (error, before, n_items);
  if (!fault)
    {
      g_autofree guint8 *pixels = pixels_of (layer, &normal->n_pixels);

      g_assert_cmpuint (normal->n_pixels, <=, sizeof normal->pixels);
      memcpy (normal->pixels, pixels, normal->n_pixels);
    }
  return judge_layer (layer);
}

static gint
run_in_child (const gchar *fault)
{
  gint status;
  pid_t child = fork ();

  if (child == 0)
    {
      alarm (LIMIT);
      exit (run (fault));
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

static gchar *
read_log (const gchar *path)
{
  gchar *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_unlink (path);
  return g_strchomp (text);
}

typedef struct
{
  gint every, number;
  gint64 end; /* of the monotonic clock */
  gchar *log;
  GHashTable *places;
  gint n_points, n_bad;
} Tour;

static void
visit (Tour *tour, const gchar *kind, gint at, const gchar *how)
{
  g_autofree gchar *fault = g_strdup_printf ("%s %d %s", kind, at, how);
  g_autofree gchar *place = NULL;
  gint verdict;

  if (tour->number++ % tour->every != 0 || g_get_monotonic_time () > tour->end)
    return;
  verdict = run_in_child (fault);
  place = read_log (tour->log);
  if (verdict != GOOD)
    g_print ("# %s in %s: %d\n", fault, place, verdict);
  tour->n_bad += verdict != GOOD;
  if (place)
    {
      tour->n_points++;
      g_hash_table_add (tour->places, g_steal_pointer (&place));
    }
}

static gint
visit_all (gint every, gint seconds)
{
  Tour tour = {.every = every,
               .end = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC};
  g_auto (GStrv) counts = g_strsplit (normal->counts, "\n", 0);

  tour.log = g_strdup_printf ("%s/nst-fault-%d", g_get_tmp_dir (), getpid ());
  tour.places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_setenv ("NST_FAULT_LOG", tour.log, TRUE);
  for (gchar **count = counts; *count && **count; count++)
    {
      g_auto (GStrv) words = g_strsplit (*count, " ", 2);

      for (gint at = 1; at <= atoi (words[1]); at++)
        {
          visit (&tour, words[0], at, "once");
          visit (&tour, words[0], at, "always");
        }
    }
  g_print ("%s the filter without GIMP: %d points in %u places\n",
           tour.n_bad || !tour.n_points ? "not ok" : "ok", tour.n_points,
           g_hash_table_size (tour.places));
  g_hash_table_unref (tour.places);
  g_free (tour.log);
  return tour.n_bad > 0 || tour.n_points == 0;
}

int
main (int argc, char **argv)
{
  g_setenv ("BABL_TOLERANCE", "0", TRUE); /* or it chooses its conversions by timing them */
  g_setenv ("GEGL_SWAP", "RAM", TRUE);
  g_setenv ("GEGL_THREADS", "1", TRUE);
  gegl_init (NULL, NULL);
  set_up ();
  normal =
      mmap (NULL, sizeof *normal, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (normal != MAP_FAILED);
  g_assert_cmpint (run_in_child (NULL), ==, GOOD);
  if (argc == 2 && !g_ascii_isdigit (*argv[1]))
    return run (argv[1]);
  return visit_all (argc > 1 ? atoi (argv[1]) : 1, argc > 2 ? atoi (argv[2]) : 100000);
}
