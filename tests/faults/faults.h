/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What faults.c shows to a program that is linked with it.
 */
#ifndef NST_TESTS_FAULTS_H
#define NST_TESTS_FAULTS_H

#define FAULT_TEXT 600 /* bytes */

/* @fault: as NST_FAULT, or NULL for none from now on.  Counts from 0 again. */
void nst_fault_set (const char *fault);
/* The calls since then: a line for each kind, its name and number. */
void nst_fault_counts (char text[FAULT_TEXT]);

#endif /* NST_TESTS_FAULTS_H */
