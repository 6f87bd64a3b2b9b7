/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The standard streams of nst and nst-import.
 */
#ifndef NST_STREAMS_H
#define NST_STREAMS_H

#include <glib.h>

G_BEGIN_DECLS

void cli_streams_start (const gchar *program);
gchar *cli_streams_printable (const gchar *text);

G_END_DECLS

#endif
