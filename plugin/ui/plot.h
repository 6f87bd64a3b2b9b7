/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The losses over the steps of a run.
 */
#ifndef NST_PLOT_H
#define NST_PLOT_H

#include <cairo.h>

#include "clock.h"

G_BEGIN_DECLS

void ui_plot_draw (cairo_t *cr, gint width, gint height, const GArray *losses,
                   const NstClock *clock);

G_END_DECLS

#endif
