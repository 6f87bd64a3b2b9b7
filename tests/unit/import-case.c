/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A weight file of tests/import/data, and what importing it came to.
 */
#include "import-case.h"

gchar *
import_case_file (const gchar *name)
{
  return g_test_build_filename (G_TEST_DIST, "..", "import", "data", name, NULL);
}

Imported
import_case_path (const gchar *path, const ImportOptions *options)
{
  Imported imported = {g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free)};
  GOutputStream *stream = g_memory_output_stream_new_resizable ();
  Source *source = source_open (path, &imported.error);
  gboolean ok = source
                && import_write (source, options, NULL, imported.metadata, stream,
                                 &imported.report, &imported.error);

  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  if (ok)
    imported.bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  g_object_unref (stream);
  g_clear_pointer (&source, source_free);
  return imported;
}

Imported
import_case_with (const gchar *name, const ImportOptions *options)
{
  gchar *path = import_case_file (name);
  Imported imported = import_case_path (path, options);

  g_free (path);
  return imported;
}

void
imported_clear (Imported *imported)
{
  g_hash_table_unref (imported->metadata);
  import_report_clear (&imported->report);
  g_clear_pointer (&imported->bytes, g_bytes_unref);
  g_clear_error (&imported->error);
}
