/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network reader's fuzz target: whatever the bytes are, the reader opens
 * them or refuses them with a readable error, and what it opened can be used.
 */
#include "fuzz-network.h"

#include <nst.h>
#include <string.h>

static void
use (const NstNetwork *network)
{
  NstSettings settings;
  NstImage content = {16, 16, NULL, NULL};
  NstPlan plan;
  GError *error = NULL;

  nst_settings_init (&settings);
  settings.size = 16;
  g_assert_nonnull (nst_network_get_name (network));
  g_assert_true (nst_plan (network, &settings, &content, NULL, 0, &plan, &error)
                 == (error == NULL));
  g_clear_error (&error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GBytes *bytes = g_bytes_new (data, size);
  GError *error = NULL;
  NstNetwork *network = nst_network_open_bytes (bytes, "fuzz", &error);

  if (network)
    {
      g_assert_no_error (error);
      use (network);
      nst_network_free (network);
    }
  else
    {
      g_assert_nonnull (error);
      g_assert_true (error->domain == NST_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strchr (error->message, '\n'));
      g_assert_cmpuint (strlen (error->message), <, 2000);
      g_error_free (error);
    }
  g_bytes_unref (bytes);
  return 0;
}
