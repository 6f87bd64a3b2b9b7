/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What not all libraries tell: whether it was memory that they wanted.
 */
#ifndef NST_MEMORY_H
#define NST_MEMORY_H

#include <glib.h>

G_BEGIN_DECLS

gboolean nst_memory_is_short (guint mib);

G_END_DECLS

#endif
