/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that stand for something else, shown as words.
 */
#ifndef NST_WORDS_H
#define NST_WORDS_H

#include <gtk/gtk.h>

#include "params.h"

G_BEGIN_DECLS

void ui_words_attach (GtkSpinButton *spin, const NstParam *param);

G_END_DECLS

#endif
