/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings kept under a name come back whole, whatever the name, and so do the last ones.
 */
#include <string.h>

#include "presets.h"

static void
named (void)
{
  static const gchar *const names[] = {
      "../../etc/passwd", "a/b\\c:d*?", "Ölbild, fein", ".", "..", "%2F"};
  NstParams params;
  GError *error = NULL;
  gchar **list;

  nst_params_init (&params);
  list = nst_presets_list ();
  g_assert_cmpuint (g_strv_length (list), ==, 0);
  g_strfreev (list);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree gchar *path = nst_presets_file (names[i]);
      g_autofree gchar *folder = g_path_get_dirname (path);

      g_assert_true (g_str_has_suffix (folder, "/presets"));
      params.settings.strength = i;
      g_assert_true (nst_presets_save (names[i], &params, "", &error));
      g_assert_no_error (error);
    }
  list = nst_presets_list ();
  g_assert_cmpuint (g_strv_length (list), ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_true (g_strv_contains ((const gchar *const *) list, names[i]));
      g_assert_true (nst_presets_load (names[i], &params, &error));
      g_assert_cmpfloat (params.settings.strength, ==, i);
    }
  g_strfreev (list);
  params.settings.strength = 99;
  g_assert_true (nst_presets_save ("%2F", &params, "", &error));
  g_assert_true (nst_presets_delete ("..", &error));
  g_assert_false (nst_presets_delete ("..", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  list = nst_presets_list ();
  g_assert_cmpuint (g_strv_length (list), ==, G_N_ELEMENTS (names) - 1);
  g_strfreev (list);
  nst_params_clear (&params);
}

static void
bad_names (void)
{
  g_autofree gchar *long_name = g_strnfill (61, 'x');
  NstParams params;
  GError *error = NULL;

  nst_params_init (&params);
  g_assert_false (nst_presets_save ("", &params, "", &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (nst_presets_save (long_name, &params, "", &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (nst_presets_load ("none of that name", &params, &error));
  g_assert_nonnull (strstr (error->message, "none of that name"));
  g_clear_error (&error);
  nst_params_clear (&params);
}

static void
expect (const gdouble *strengths, guint n)
{
  NstParams params;

  nst_params_init (&params);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (nst_presets_load_recent (i, &params));
      g_assert_cmpfloat (params.settings.strength, ==, strengths[i]);
    }
  g_assert_false (nst_presets_load_recent (n, &params));
  nst_params_clear (&params);
}

/* The newest first, none twice, and no more than there is room for. */
static void
recent (void)
{
  static const gdouble used[] = {1, 2, 1, 3, 4, 4, 3};
  static const gdouble after[][NST_PRESETS_RECENT] = {{1},       {2, 1},    {1, 2},   {3, 1, 2},
                                                      {4, 3, 1}, {4, 3, 1}, {3, 4, 1}};
  NstParams params;

  nst_params_init (&params);
  for (guint i = 0; i < G_N_ELEMENTS (used); i++)
    {
      params.settings.strength = used[i];
      nst_presets_remember (&params);
      expect (after[i], i < 3 ? MAX (MIN (i + 1, 2), 1) : 3);
    }
  nst_params_clear (&params);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/presets/named", named);
  g_test_add_func ("/presets/bad-names", bad_names);
  g_test_add_func ("/presets/recent", recent);
  return g_test_run ();
}
