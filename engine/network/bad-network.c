/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is wrong with a network's file, in a sentence.
 */
#include "network/bad-network.h"

#include <nst.h>
#include <string.h>

#define MAX_MESSAGE 300 /* bytes */

gboolean
nst_bad_network (GError **error, const gchar *format, ...)
{
  va_list arguments;
  gchar *text, *shown;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = nst_display_name (text);
  if (strlen (shown) > MAX_MESSAGE)
    strcpy (g_utf8_find_prev_char (shown, shown + MAX_MESSAGE - 2), "...");
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_NETWORK, shown);
  g_free (shown);
  g_free (text);
  return FALSE;
}
