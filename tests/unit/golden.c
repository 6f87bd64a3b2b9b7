/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the values that tests/torch/golden.py left in tests/data.
 */
#include "golden.h"

JsonArray *
golden_load (const gchar *name)
{
  gchar *file = g_strdup_printf ("golden-%s.json", name);
  gchar *path = g_test_build_filename (G_TEST_DIST, "..", "data", file, NULL);
  JsonParser *parser = json_parser_new ();
  JsonArray *rows;
  GError *error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  rows = json_array_ref (json_node_get_array (json_parser_get_root (parser)));
  g_object_unref (parser);
  g_free (path);
  g_free (file);
  return rows;
}

GoldenLosses
golden_losses (JsonArray *rows, guint i)
{
  JsonObject *row;

  g_assert_cmpuint (i, <, json_array_get_length (rows));
  row = json_array_get_object_element (rows, i);
  return (GoldenLosses){json_object_get_double_member (row, "content"),
                        json_object_get_double_member (row, "style"),
                        json_object_get_double_member (row, "tv"),
                        json_object_get_double_member (row, "total")};
}
