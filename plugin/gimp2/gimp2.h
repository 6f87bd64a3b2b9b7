/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 2.10: what its few files share.
 */
#ifndef NST_GIMP2_H
#define NST_GIMP2_H

#include <glib/gi18n-lib.h>
#include <libgimp/gimp.h>

#include "task.h"

G_BEGIN_DECLS

#define BINARY "neural-style-transfer"

/* values.c */
#define VALUES_FROM_MENU 3 /* run mode, image, drawable: all that a menu gives */
guint values_count (void);
gboolean values_from_call (Task *task, const GimpParam *values, GError **error);
void values_load_last (Task *task);
void values_save_last (const Task *task);

/* dialog.c */
gboolean dialog_run (Task *task);

G_END_DECLS

#endif
