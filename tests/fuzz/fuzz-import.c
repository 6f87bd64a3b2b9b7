/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fuzz target of nst-import's readers: whatever the bytes are, they are
 * imported or refused with a readable error; what was imported opens, and can
 * be planned for.  Each run may take the file's size and 64 MB of memory.
 */
#include "fuzz.h"
#include "import.h"

#ifdef FUZZ_HDF5
#include <hdf5.h>
#endif
#include <nst.h>

static void
use (GBytes *bytes)
{
  GError *error = NULL;
  NstNetwork *network = nst_network_open_bytes (bytes, "fuzz", &error);
  const NstImage content = {.width = 16, .height = 16};
  const NstInputs inputs = {network, &content};
  NstSettings settings;
  NstPlan plan;

  if (!network) /* too deep, or values that float16 cannot hold */
    {
      g_assert_true (error->domain == NST_ERROR);
      g_error_free (error);
      return;
    }
  nst_settings_init (&settings);
  settings.size = 16;
  g_assert_true (nst_plan (&inputs, &settings, &plan, &error) == (error == NULL));
  g_clear_error (&error);
  nst_network_free (network);
}

/* Takes @source. */
static gboolean
import (Source *source, gboolean half, GError **error)
{
  ImportOptions options = {.half = half};
  GHashTable *metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GOutputStream *stream = g_memory_output_stream_new_resizable ();
  ImportReport report;
  gboolean ok = import_write (source, &options, NULL, metadata, stream, &report, error);
  GBytes *bytes;

  g_output_stream_close (stream, NULL, NULL);
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  if (ok)
    use (bytes);
  g_bytes_unref (bytes);
  g_object_unref (stream);
  import_report_clear (&report);
  g_hash_table_unref (metadata);
  source_free (source);
  return ok;
}

gboolean
fuzz_opens (const gchar *path, GError **error)
{
  Source *source = source_open (path, error);

  return source && import (source, FALSE, error);
}

/* libFuzzer looks at HDF5 alone, from whose branches others would lead it away, or at all but
 * HDF5, which takes a process of its own each time. */
static gboolean
is_wanted (const uint8_t *data, size_t size)
{
#ifdef FUZZ_HDF5
  source_hdf5_apart = g_getenv ("FUZZ_APART") != NULL;
  H5dont_atexit (); /* nst-import's process for it ends by _exit(), too */
  /* it gives half a megabyte back after each file, whose every page a sanitizer marks */
  H5set_free_list_limits (-1, -1, -1, -1, -1, -1);
  return source_is_hdf5 (&(Source){.data = data, .size = size});
#elif defined FUZZ_GUIDED
  return !source_is_hdf5 (&(Source){.data = data, .size = size});
#else
  return TRUE;
#endif
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;
  GBytes *bytes;
  Source *source;

  if (!is_wanted (data, size))
    return 0;
  bytes = g_bytes_new_static (data, size);
  source = source_open_bytes (bytes, &error);
  if (!source || !import (source, size % 2, &error))
    fuzz_check_error (error);
  g_clear_error (&error);
  g_bytes_unref (bytes);
  return 0;
}
