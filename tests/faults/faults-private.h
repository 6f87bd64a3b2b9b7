/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between faults.c, which decides what fails, and calls.c, which wraps what may.
 */
#ifndef NST_TESTS_FAULTS_PRIVATE_H
#define NST_TESTS_FAULTS_PRIVATE_H

#include <stddef.h>

#include "faults.h"

/* The kinds. */
enum
{
  ALLOC,
  READ,
  WRITE,
  RENAME,
  SYNC,
  CLOSE,
  OPEN,
  THREAD,
  SHORT,
  N_KINDS
};

/* From here on calls are counted. */
void nst_fault_begin (void);
/* Whether this call, of the kind @what, is to fail. */
int nst_fails (int what, size_t size, const void *caller);
/* Whether an allocation is; sets errno. */
int nst_alloc_fails (size_t size, const void *caller);

#endif /* NST_TESTS_FAULTS_PRIVATE_H */
