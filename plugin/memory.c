/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory.h"

/**
 * nst_memory_is_short:
 * @mib: that the library at hand may have asked for, with its threads
 *
 * Returns: whether there is not so much, which not all libraries tell from what is damaged
 */
gboolean
nst_memory_is_short (guint mib)
{
  gpointer memory = g_try_malloc ((gsize) mib << 20);
  const gboolean is_short = memory == NULL;

  g_free (memory);
  return is_short;
}
