/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing OpenEXR share.
 */
#ifndef NST_EXR_PRIVATE_H
#define NST_EXR_PRIVATE_H

#include <openexr.h>

exr_context_initializer_t cli_exr_settings (void);

#endif
