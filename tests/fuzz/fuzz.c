/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several fuzz targets need: files that lie in memory only, and what an error must be.
 */
#define _GNU_SOURCE /* memfd_create() */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST_MESSAGE 2000 /* bytes */

void
fuzz_check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_cmpuint (strlen (error->message), <, MOST_MESSAGE);
}

const gchar *
fuzz_file (const uint8_t *data, size_t size)
{
  static gint file = -1;
  static gchar path[32];

  if (file == -1)
    {
      file = memfd_create ("fuzz", MFD_CLOEXEC);
      g_snprintf (path, sizeof path, "/proc/self/fd/%d", file);
    }
  g_assert_cmpint (ftruncate (file, 0), ==, 0);
  g_assert_cmpint (pwrite (file, data, size, 0), ==, (gssize) size);
  return path;
}
