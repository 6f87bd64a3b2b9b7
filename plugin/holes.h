/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours for what is transparent.  Neither GEGL nor libgimp here.
 */
#ifndef NST_HOLES_H
#define NST_HOLES_H

#include <nst.h>

G_BEGIN_DECLS

gboolean nst_fill_holes (NstImage *image, GError **error);

G_END_DECLS

#endif
