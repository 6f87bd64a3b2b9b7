/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings as text come back as they were, in any locale; hostile files are refused in a sentence;
 * and what differs is told in words.
 */
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "record.h"

static void
change (NstParams *params)
{
  params->settings.preset = NST_PRESET_FINE;
  params->settings.strength = 80;
  params->settings.style_scale = 33.25;
  params->settings.size = 700;
  params->start = NST_START_RESULT;
  g_free (params->network);
  params->network = g_strdup ("/a folder/näme\n.safetensors");
}

static void
assert_same (NstParams *a, NstParams *b)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (table[i].type == NST_PARAM_STRING)
      g_assert_cmpstr (*nst_params_string (a, &table[i]), ==,
                       *nst_params_string (b, &table[i]));
    else if (table[i].type == NST_PARAM_DOUBLE)
      g_assert_cmpfloat (*nst_params_double (a, &table[i]), ==,
                         *nst_params_double (b, &table[i]));
    else
      g_assert_cmpint (*nst_params_int (a, &table[i]), ==, *nst_params_int (b, &table[i]));
}

/* What a file says is taken, and what it does not say is the default, except the limits. */
static void
there_and_back (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("nst-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "record", NULL);
  NstParams params, again;
  GError *error = NULL;

  nst_params_init (&params);
  nst_params_init (&again);
  change (&params);
  again.settings.seed = 7;
  params.settings.threads = again.settings.threads = 3;
  g_assert_true (nst_record_save (path, &params, &error));
  g_assert_no_error (error);
  g_assert_true (nst_record_load (path, &again, &error));
  g_assert_no_error (error);
  assert_same (&params, &again);
  g_unlink (path);
  g_rmdir (folder);
  nst_params_clear (&params);
  nst_params_clear (&again);
}

/* Whatever language the user's numbers have, those of files have a point; and no more digits
 * than are needed. */
static void
languages (void)
{
  static const gchar *const names[] = {"C",           "de_DE.UTF-8", "es_ES.UTF-8",
                                       "fr_FR.UTF-8", "ja_JP.UTF-8", "zh_TW.UTF-8"};
  static const gdouble values[] = {33.3, 0.1, 1e-7, 100.0 / 3, 0.1 + 0.2};
  g_autofree gchar *folder = g_dir_make_tmp ("nst-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "record", NULL);
  NstParams params, again;

  nst_params_init (&params);
  nst_params_init (&again);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint k = 0; k < G_N_ELEMENTS (values); k++)
      {
        g_autofree gchar *text = NULL;

        if (!setlocale (LC_ALL, names[i])) /* not on this machine */
          continue;
        params.settings.strength = values[k];
        params.settings.style_scale = 25 + values[k];
        params.settings.smoothness = 100 - values[k];
        g_assert_true (nst_record_save (path, &params, NULL));
        g_assert_true (nst_record_load (path, &again, NULL));
        assert_same (&params, &again);
        text = nst_record_text (&params);
        g_assert_null (strchr (text, ','));
        if (k == 0)
          g_assert_nonnull (strstr (text, "strength=33.3\n"));
      }
  setlocale (LC_ALL, "C");
  g_unlink (path);
  g_rmdir (folder);
  nst_params_clear (&params);
  nst_params_clear (&again);
}

/* As Windows' editors leave it. */
static void
byte_order_mark (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("nst-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "record", NULL);
  NstParams params;
  GError *error = NULL;

  nst_params_init (&params);
  g_assert_true (g_file_set_contents (
      path, "\xef\xbb\xbf[settings]\r\nstrength=77\r\nnetwork=a b\r\n", -1, NULL));
  g_assert_true (nst_record_load (path, &params, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (params.settings.strength, ==, 77);
  g_assert_cmpstr (params.network, ==, "a b");
  g_unlink (path);
  g_rmdir (folder);
  nst_params_clear (&params);
}

/* Files that people keep elsewhere: a link stays one, to nothing, too. */
static void
through_links (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("nst-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "link", NULL);
  g_autofree gchar *name = g_strnfill (255, 'x'); /* as long as a name may be */
  g_autofree gchar *target = g_build_filename (folder, name, NULL);
  NstParams params;
  GStatBuf info;

  nst_params_init (&params);
  g_assert_cmpint (symlink (name, path), ==, 0);
  g_assert_true (nst_record_save (path, &params, NULL));
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (g_chmod (target, 0604), ==, 0);
  g_assert_true (nst_record_save (path, &params, NULL));
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (g_stat (target, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0604);
  g_assert_true (nst_record_load (target, &params, NULL));
  g_unlink (path);
  g_unlink (target);
  g_assert_cmpint (g_rmdir (folder), ==, 0); /* nothing else was left there */
  nst_params_clear (&params);
}

/* What a network is called in a folder, in any encoding, is found from every other. */
static void
network_files (void)
{
  static const gchar *const names[] = {"here.safetensors", "latin\xe4 1.safetensors"};
  g_autofree gchar *folder = g_dir_make_tmp ("nst-XXXXXX", NULL);
  g_autofree gchar *record = g_build_filename (folder, "record", NULL);
  g_autofree gchar *before = g_get_current_dir ();
  NstParams params;

  nst_params_init (&params);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree gchar *path = g_build_filename (folder, names[i], NULL);

      g_assert_true (g_file_set_contents (path, "", 0, NULL));
      g_assert_cmpint (g_chdir (folder), ==, 0);
      g_free (params.network);
      params.network = g_strdup (names[i]);
      g_assert_true (nst_record_save (record, &params, NULL));
      g_assert_cmpint (g_chdir (before), ==, 0);
      g_assert_true (nst_record_load (record, &params, NULL));
      g_assert_cmpstr (params.network, ==, path);
      g_unlink (path);
    }
  g_free (params.network);
  params.network = g_strdup ("vgg19"); /* a name stays one */
  g_assert_true (nst_record_save (record, &params, NULL));
  g_assert_true (nst_record_load (record, &params, NULL));
  g_assert_cmpstr (params.network, ==, "vgg19");
  g_unlink (record);
  g_rmdir (folder);
  nst_params_clear (&params);
}

static void
refuse (const gchar *text, gssize length, const gchar *why)
{
  g_autofree gchar *folder = g_dir_make_tmp ("nst-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "hostile", NULL);
  NstParams params, untouched;
  GError *error = NULL;

  nst_params_init (&params);
  nst_params_init (&untouched);
  g_assert_true (g_file_set_contents (path, text, length, NULL));
  g_assert_false (nst_record_load (path, &params, &error));
  g_assert_nonnull (strstr (error->message, "hostile"));
  if (!strstr (error->message, why))
    g_error ("“%s” does not say “%s”", error->message, why);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  assert_same (&params, &untouched);
  g_clear_error (&error);
  g_unlink (path);
  g_rmdir (folder);
  nst_params_clear (&params);
  nst_params_clear (&untouched);
}

static void
hostile (void)
{
  g_autofree gchar *huge = g_strnfill (1 << 20, '#');

  refuse ("", 0, "settings");
  refuse ("\0\377\1[", 4, "");
  refuse ("[other]\nstrength=3\n", -1, "settings");
  refuse ("[settings]\nstrength=101\n", -1, "from 0 to 100");
  refuse ("[settings]\nstrength=nan\n", -1, "from 0 to 100");
  refuse ("[settings]\nstrength=\n", -1, "from 0 to 100");
  refuse ("[settings]\nsize=3.5\n", -1, "from -1 to");
  refuse ("[settings]\niterations=99999999999\n", -1, "from 0 to");
  refuse ("[settings]\npreset=finest\n", -1, "draft, normal, fine");
  refuse ("[settings]\npreset=\\n\\n\n", -1, "draft, normal, fine");
  refuse ("[settings]\nthreads=64\n", -1, "no setting");
  refuse ("[settings]\nnonsense=64\n", -1, "no setting");
  refuse ("[settings]\nstrength=3\nnetwork=\377\377\n", -1, "");
  refuse (huge, 1 << 20, "large");
}

static void
no_file (void)
{
  NstParams params;
  GError *error = NULL;

  nst_params_init (&params);
  g_assert_false (nst_record_load ("/dev/zero", &params, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (nst_record_load ("/nowhere/at all", &params, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_cmpstr (error->message, ==,
                   "“/nowhere/at all” cannot be opened: No such file or directory.");
  g_clear_error (&error);
  g_assert_false (nst_record_load ("/", &params, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_clear_error (&error);
  nst_params_clear (&params);
}

static void
differences (void)
{
  NstParams params;
  gchar *words;

  nst_params_init (&params);
  words = nst_record_differences (&params);
  g_assert_cmpstr (words, ==, "");
  g_free (words);
  params.settings.threads = 3; /* the machine's affair */
  change (&params);
  g_free (params.network);
  params.network = g_strdup ("/a folder/net.safetensors");
  words = nst_record_differences (&params);
  g_assert_cmpstr (words, ==,
                   "Fine, Strength 80, Style scale 33.25 %, Working size 700, "
                   "net.safetensors, The last result, if there is one");
  g_free (words);
  nst_params_clear (&params);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/there-and-back", there_and_back);
  g_test_add_func ("/record/languages", languages);
  g_test_add_func ("/record/byte-order-mark", byte_order_mark);
  g_test_add_func ("/record/through-links", through_links);
  g_test_add_func ("/record/network-files", network_files);
  g_test_add_func ("/record/hostile", hostile);
  g_test_add_func ("/record/no-file", no_file);
  g_test_add_func ("/record/differences", differences);
  return g_test_run ();
}
