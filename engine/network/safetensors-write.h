/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safetensors files, written one tensor after the other.
 */
#ifndef NST_SAFETENSORS_WRITE_H
#define NST_SAFETENSORS_WRITE_H

#include "network/safetensors.h"

#include <gio/gio.h>

/**
 * NstTensorValues:
 * @index: of the tensor among the entries
 *
 * Returns: (transfer full) (nullable): its values, for nst_free(), or %NULL with an error
 */
typedef gdouble *(*NstTensorValues) (guint index, gpointer data, GError **error);

/**
 * nst_safetensors_write:
 * @metadata: text -> text
 * @entries: of #NstTensorEntry, float32 or float16: name, dtype, rank and shape; where their
 *   data lies is found out
 * @values: called for one after the other, for as many numbers as the shape says
 *
 * Fails with %NST_ERROR_BAD_NETWORK where a value does not fit, as @values does, or as
 * @stream does; what has been written then is no network.
 */
gboolean nst_safetensors_write (GOutputStream *stream, GHashTable *metadata, GArray *entries,
                                NstTensorValues values, gpointer data, GError **error);

#endif
