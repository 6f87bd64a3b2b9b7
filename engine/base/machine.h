/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What limits the process, beside what nst.h tells of the machine.
 */
#ifndef NST_MACHINE_H
#define NST_MACHINE_H

#include <glib.h>

/**
 * nst_machine_group_memory:
 * @root: where proc/self and the mounts of the groups are found; "/" but in tests
 *
 * Returns: bytes that the control groups leave, or %G_MAXUINT64 for no limit
 */
guint64 nst_machine_group_memory (const gchar *root);

/**
 * nst_machine_group_processors:
 * @root: as for nst_machine_group_memory()
 *
 * Returns: processors that the control groups' quota of time is worth, rounded up, or
 *   %G_MAXUINT64 for no limit
 */
guint64 nst_machine_group_processors (const gchar *root);

/**
 * nst_machine_address_space:
 *
 * Returns: bytes that can still be mapped (ulimit -v, -d), or %G_MAXUINT64 for no limit
 */
guint64 nst_machine_address_space (void);

#endif
