/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings that come back from a file of them.
 */
#include "kept.h"

#include <string.h>

#include "fuzz.h"
#include "record.h"

void
fuzz_check_kept (const NstParams *params)
{
  g_autofree gchar *text = nst_record_text (params), *again_text = NULL;
  NstParams again;
  GError *error = NULL;

  nst_params_init (&again);
  nst_record_load (fuzz_file ((const uint8_t *) text, strlen (text)), &again, &error);
  g_assert_no_error (error);
  again_text = nst_record_text (&again);
  g_assert_cmpstr (text, ==, again_text);
  nst_params_clear (&again);
}
