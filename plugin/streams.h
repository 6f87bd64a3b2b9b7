/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The standard streams of nst and nst-import, and other streams of theirs to their end.
 */
#ifndef NST_STREAMS_H
#define NST_STREAMS_H

#include <stdio.h>

#include <glib.h>

G_BEGIN_DECLS

void nst_streams_start (const gchar *program);
gboolean nst_file_close (FILE *file);
gchar *nst_streams_printable (const gchar *text);

G_END_DECLS

#endif
