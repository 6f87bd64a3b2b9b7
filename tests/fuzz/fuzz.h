/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a fuzz target has: libFuzzer's one function, and for replay.c another
 * that opens a seed.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Whether the file is what the target reads, as a user would open it. */
gboolean fuzz_opens (const gchar *path, GError **error);

/* fuzz.c: what several targets need */

/* @error must be there, and be one line for people. */
void fuzz_check_error (const GError *error);

/* A file of these bytes, until the next call: the path. */
const gchar *fuzz_file (const uint8_t *data, size_t size);

#endif
