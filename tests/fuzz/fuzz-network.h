/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fuzz target's one function, as libFuzzer wants it.
 */
#ifndef FUZZ_NETWORK_H
#define FUZZ_NETWORK_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#endif
