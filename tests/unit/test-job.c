/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run on a thread of its own, with the built-in network and tiny pictures:
 * its result, its progress, its end by itself, by cancel and by error; where
 * networks are found; what GEGL's configuration says.
 */
#include <string.h>

#include <glib/gstdio.h>

#include <gegl.h>

#include "job.h"
#include "networks.h"

#define SIZE 32

typedef struct
{
  NstNetwork *network;
  NstSettings settings;
  NstImage content;
  NstStyle style;
  NstInputs inputs; /* of these */
  gint n_steps;
  gint finish_at; /* or 0 */
  GThread *thread;
} Fixture;

static void
fill (NstImage *image, gint period)
{
  g_assert_true (nst_image_alloc (image, SIZE, SIZE, FALSE, NULL));
  for (gint i = 0; i < SIZE * SIZE * 3; i++)
    image->rgb[i] = (gfloat) (i * 7 % period) / (gfloat) period;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->network = nst_networks_open ("", NULL);
  g_assert_nonnull (fixture->network);
  nst_settings_init (&fixture->settings);
  fixture->settings.size = SIZE;
  fixture->settings.iterations = 3;
  fixture->settings.threads = 1;
  fill (&fixture->content, 101);
  fill (&fixture->style.image, 13);
  fixture->style.weight = 1;
  fixture->inputs = (NstInputs){fixture->network, &fixture->content, &fixture->style, 1};
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nst_image_clear (&fixture->content);
  nst_image_clear (&fixture->style.image);
  nst_network_free (fixture->network);
}

static NstAction
each (const NstProgress *progress, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_nonnull (progress->run);
  fixture->thread = g_thread_self ();
  fixture->n_steps++;
  return fixture->n_steps == fixture->finish_at ? NST_ACTION_FINISH : NST_ACTION_GO_ON;
}

static NstJob *
new_job (Fixture *fixture)
{
  return nst_job_new (&fixture->inputs, &fixture->settings, each, fixture);
}

static void
wait_for (NstJob *job, NstProgress *progress)
{
  gint64 limit = g_get_monotonic_time () + 600 * G_USEC_PER_SEC;

  while (nst_job_poll (job, progress))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, limit);
      g_usleep (1000);
    }
}

static void
result (Fixture *fixture, gconstpointer data)
{
  NstJob *job = new_job (fixture);
  NstProgress progress;
  NstImage image;
  GError *error = NULL;

  g_assert_true (nst_job_poll (job, &progress));
  g_assert_cmpint (progress.n_levels, ==, 0);
  nst_job_start (job);
  wait_for (job, &progress);
  g_assert_cmpint (progress.level, ==, progress.n_levels - 1);
  g_assert_cmpfloat (progress.total, >, 0);
  g_assert_null (progress.run);

  g_assert_true (nst_job_finish (job, &image, &error));
  g_assert_no_error (error);
  g_assert_cmpint (image.width, ==, SIZE);
  g_assert_cmpint (image.height, ==, SIZE);
  g_assert_cmpint (fixture->n_steps, >=, 3);
  g_assert_true (fixture->thread != g_thread_self ());
  nst_job_free (job);
  nst_image_clear (&image);
}

static void
cancel (Fixture *fixture, gconstpointer data)
{
  NstJob *job;
  NstProgress progress;
  NstImage image;
  GError *error = NULL;

  fixture->settings.iterations = 100000;
  job = new_job (fixture);
  nst_job_start (job);
  do
    g_assert_true (nst_job_poll (job, &progress));
  while (progress.n_levels == 0);
  nst_job_cancel (job);
  wait_for (job, &progress);
  g_assert_false (nst_job_finish (job, &image, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
  g_assert_null (image.rgb);
  g_clear_error (&error);
  nst_job_free (job);
}

/* Cancelled when all is computed is cancelled all the same. */
static void
cancel_late (Fixture *fixture, gconstpointer data)
{
  NstJob *job = new_job (fixture);
  NstProgress progress;
  NstImage image;
  GError *error = NULL;

  nst_job_start (job);
  wait_for (job, &progress);
  nst_job_cancel (job);
  g_assert_false (nst_job_finish (job, &image, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_CANCELLED);
  g_clear_error (&error);
  nst_job_free (job);
}

/* The engine may stop early and keep what it has, if @each wants that. */
static void
finish_early (Fixture *fixture, gconstpointer data)
{
  NstJob *job;
  NstProgress progress;
  NstImage image;

  fixture->settings.iterations = 100000;
  fixture->finish_at = 2;
  job = new_job (fixture);
  nst_job_start (job);
  wait_for (job, &progress);
  g_assert_true (nst_job_finish (job, &image, NULL));
  g_assert_cmpint (fixture->n_steps, ==, 2);
  g_assert_nonnull (image.rgb);
  nst_image_clear (&image);
  nst_job_free (job);
}

static void
free_at_any_time (Fixture *fixture, gconstpointer data)
{
  NstJob *job;

  fixture->settings.iterations = 100000;
  job = new_job (fixture);
  nst_job_start (job);
  g_usleep (20000);
  nst_job_free (job);
  nst_job_free (NULL);

  nst_job_free (nst_job_new (&fixture->inputs, &fixture->settings, NULL, NULL));
}

static void
engine_error (Fixture *fixture, gconstpointer data)
{
  NstJob *job;
  NstProgress progress;
  NstImage image;
  GError *error = NULL;

  fixture->settings.content_layer = "relu9_9";
  job = new_job (fixture);
  fixture->settings.content_layer = NULL;
  nst_job_start (job);
  wait_for (job, &progress);
  g_assert_false (nst_job_finish (job, &image, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "relu9_9"));
  g_clear_error (&error);
  nst_job_free (job);
}

/* main() made XDG_DATA_HOME a new folder. */
static void
networks (void)
{
  g_autofree gchar *folder = g_build_filename (g_get_user_data_dir (), GETTEXT_PACKAGE, NULL);
  g_autofree gchar *file = g_build_filename (folder, "mine.safetensors", NULL);
  g_autofree gchar *missing = g_build_filename (folder, "missing.safetensors", NULL);
  NstNetwork *network;
  GError *error = NULL;

  g_assert_null (nst_networks_open ("mine", &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  g_assert_nonnull (strstr (error->message, "nst-import"));
  g_clear_error (&error);

  g_assert_null (nst_networks_open (missing, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  /* Found by its name, then refused for what it is. */
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "no network", -1, NULL));
  g_assert_null (nst_networks_open ("mine", &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  g_assert_null (strstr (error->message, folder));
  g_clear_error (&error);
  g_assert_null (nst_networks_open (file, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  g_clear_error (&error);

  network = nst_networks_open ("", &error);
  g_assert_no_error (error);
  nst_network_free (network);
  g_unlink (file);
  g_rmdir (folder);
}

/* Files that are in the folders of networks, and are not looked into. */
static const gchar *const installed[] = {
    "networks/vgg19.safetensors", "networks/.vgg16.safetensors.x5Hd2a",
    "networks/notes.txt",         "networks/two\nlines.safetensors",
    "vgg19.safetensors",          "mine.safetensors",
};

static void
put_networks (const gchar *folder, gboolean there)
{
  for (gsize i = 0; i < G_N_ELEMENTS (installed); i++)
    {
      g_autofree gchar *path = g_build_filename (folder, installed[i], NULL);

      if (there)
        g_assert_true (g_file_set_contents (path, "no network", -1, NULL));
      else
        g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

/* By name, each once, whichever folder they lie in; nothing that is no network, nor is whole. */
static void
list_networks (void)
{
  g_autofree gchar *old = g_build_filename (g_get_user_data_dir (), GETTEXT_PACKAGE, NULL);
  g_autofree gchar *folder = g_build_filename (old, "networks", NULL);
  g_autofree gchar *list = NULL;
  g_auto (GStrv) names = nst_networks_list ();
  GError *error = NULL;

  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  put_networks (old, TRUE);
  g_strfreev (names);
  names = nst_networks_list ();
  list = g_strjoinv (" ", names);
  g_assert_cmpstr (list, ==, "mine vgg19");
  g_assert_null (nst_networks_open ("vgg", &error));
  g_assert_nonnull (strstr (error->message, "mine, vgg19"));
  g_clear_error (&error);
  put_networks (old, FALSE);
  g_rmdir (folder);
  g_rmdir (old);
}

/* What @params leave open is GEGL's, its tile cache being the limit of memory; a small
 * one leaves room for a picture all the same. */
static void
gegl_settings (void)
{
  const guint64 mib = 1 << 20, least = MIN (1024, nst_machine_memory () / mib);
  const guint64 caches[][2] = {{0, least},         {1, least},
                               {least - 1, least}, {least + 1, least + 1},
                               {5000, 5000},       {G_GUINT64_CONSTANT (1) << 40, G_MAXINT}};
  NstParams params;
  NstSettings settings;

  nst_params_init (&params);
  g_object_set (gegl_config (), "threads", 3, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (caches); i++)
    {
      g_object_set (gegl_config (), "tile-cache-size", caches[i][0] * mib, NULL);
      nst_job_settings (&params, &settings);
      g_assert_cmpuint (settings.memory_mib, ==, caches[i][1]);
      g_assert_cmpint (settings.threads, ==, MIN (3, nst_machine_processors ()));
    }
  params.memory = 0;
  nst_job_settings (&params, &settings);
  g_assert_cmpint (settings.memory_mib, ==, 0);
  params.memory = 7;
  params.settings.threads = 1;
  nst_job_settings (&params, &settings);
  g_assert_cmpint (settings.memory_mib, ==, 7);
  g_assert_cmpint (settings.threads, ==, 1);
  nst_params_clear (&params);
}

#define ADD(name, function)                                                                    \
  g_test_add ("/job/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_autofree gchar *home = g_dir_make_tmp ("nst-test-XXXXXX", NULL);
  gint status;

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("result", result);
  ADD ("cancel", cancel);
  ADD ("cancel-late", cancel_late);
  ADD ("finish-early", finish_early);
  ADD ("free-at-any-time", free_at_any_time);
  ADD ("engine-error", engine_error);
  g_test_add_func ("/job/gegl-settings", gegl_settings);
  g_test_add_func ("/job/networks", networks);
  g_test_add_func ("/job/list-networks", list_networks);
  status = g_test_run ();
  g_rmdir (home);
  return status;
}
