/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON of files that come from anywhere.
 */
#ifndef NST_STRICT_JSON_H
#define NST_STRICT_JSON_H

#include <json-glib/json-glib.h>

/**
 * nst_json_parse:
 * @text: UTF-8
 * @length: bytes
 *
 * Returns: (transfer full) (nullable): the parsed text, or %NULL with %NST_ERROR_BAD_NETWORK where
 *   it is no strict JSON, is nested deeper than network files are, or names something twice
 */
JsonParser *nst_json_parse (const gchar *text, gsize length, GError **error);

#endif
