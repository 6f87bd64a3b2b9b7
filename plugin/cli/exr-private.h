/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing OpenEXR share.
 */
#ifndef NST_EXR_PRIVATE_H
#define NST_EXR_PRIVATE_H

#include <glib.h>
#include <openexr.h>

exr_context_initializer_t cli_exr_settings (void);
gboolean cli_exr_say_rare (const gchar *path, exr_storage_t storage,
                           const exr_attr_chlist_t *channels, GError **error);

#endif
