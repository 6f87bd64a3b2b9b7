/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What targets ask of settings that were taken.
 */
#ifndef NST_TESTS_KEPT_H
#define NST_TESTS_KEPT_H

#include "params.h"

/* A file of @params gives the same again; the machine's limits are no settings. */
void fuzz_check_kept (const NstParams *params);

#endif /* NST_TESTS_KEPT_H */
