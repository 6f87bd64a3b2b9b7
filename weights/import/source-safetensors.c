/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safetensors, by the engine's strict reader.
 */
#include "network/safetensors.h"
#include "source.h"

#include <string.h>

/**
 * source_is_safetensors:
 *
 * Returns: whether it begins like one
 */
gboolean
source_is_safetensors (const Source *source)
{
  guint64 length;

  if (source->size < 10)
    return FALSE;
  memcpy (&length, source->data, 8);
  return source->data[8] == '{' && GUINT64_FROM_LE (length) <= source->size - 8;
}

static SourceType
source_type (const NstTensorEntry *entry)
{
  switch (entry->dtype)
    {
    case NST_DTYPE_F32:
      return SOURCE_F32;
    case NST_DTYPE_F16:
      return SOURCE_F16;
    case NST_DTYPE_BF16:
      return SOURCE_BF16;
    case NST_DTYPE_F64:
      return SOURCE_F64;
    default:
      return SOURCE_OTHER;
    }
}

static gboolean
add (Source *source, const NstTensorEntry *entry, guint64 data, GError **error)
{
  SourceTensor tensor = {
      .type = source_type (entry), .rank = entry->rank, .begin = data + entry->begin};

  memcpy (tensor.shape, entry->shape, sizeof tensor.shape);
  return source_add_dense (source, entry->name, &tensor, data + entry->end, error);
}

/**
 * source_read_safetensors:
 *
 * Takes up its tensors by source_add(), in the order in which the file has them.
 *
 * Returns: %FALSE with %NST_ERROR_BAD_NETWORK
 */
gboolean
source_read_safetensors (Source *source, GError **error)
{
  NstSafetensors file;
  gboolean ok = TRUE;

  if (!nst_safetensors_parse (source->bytes, &file, error))
    return FALSE;
  for (guint i = 0; ok && i < file.entries->len; i++)
    ok = add (source, &g_array_index (file.entries, NstTensorEntry, i),
              file.data - source->data, error);
  source->metadata = g_hash_table_ref (file.metadata);
  nst_safetensors_clear (&file);
  return ok;
}
