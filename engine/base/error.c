/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The errors' domain.
 */
#include <nst.h>

/* clang-format off */
G_DEFINE_QUARK (nst-error-quark, nst_error)
/* clang-format on */
