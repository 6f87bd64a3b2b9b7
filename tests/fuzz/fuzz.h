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

#endif
