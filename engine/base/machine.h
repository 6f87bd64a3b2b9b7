/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What limits the process, beside what nst.h tells of the machine.
 */
#ifndef NST_MACHINE_H
#define NST_MACHINE_H

#include <glib.h>

guint64 nst_machine_group_memory (const gchar *root);
guint64 nst_machine_group_processors (const gchar *root);
guint64 nst_machine_address_space (void);

#endif
