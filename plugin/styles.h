/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The styles of a run, and how both plug-ins gather them.  No libgimp here.
 */
#ifndef NST_STYLES_H
#define NST_STYLES_H

#include "job.h"
#include "pixels.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Adds what counts of @source, in @space.  What cannot be seen is no style: it is left out, and no
 * error. */
gboolean nst_styles_add (GArray *styles, gdouble weight, const NstSource *source,
                         NstSpace space, GError **error);

/* Fails when nothing was added of the drawable called @name. */
gboolean nst_styles_check (const GArray *styles, const gchar *name, GError **error);

/* What people call the picture in @file (or NULL): its name without the extension;
 * free with g_free(). */
gchar *nst_styles_title (GFile *file);

G_END_DECLS

#endif
