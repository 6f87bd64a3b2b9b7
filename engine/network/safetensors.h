/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safetensors: 8 bytes of header length, a JSON header, the tensors' bytes.
 * Read strictly: these files come from anywhere.
 */
#ifndef NST_SAFETENSORS_H
#define NST_SAFETENSORS_H

#include "base/tensor.h"
#include "network/bad-network.h"

typedef enum
{
  NST_DTYPE_F32,
  NST_DTYPE_F16,
  NST_DTYPE_BF16, /* this and what follows is not for the engine */
  NST_DTYPE_F64,
  NST_DTYPE_OTHER,
} NstDtype;

#define NST_TENSOR_MAX_RANK 8

typedef struct
{
  gchar *name;
  NstDtype dtype;
  gboolean known; /* FALSE: another element type; nst_safetensors_load() refuses it */
  gint rank;
  guint64 shape[NST_TENSOR_MAX_RANK];
  guint64 begin, end; /* within the data */
} NstTensorEntry;

typedef struct
{
  GArray *entries;      /* of NstTensorEntry, in the order of their data */
  GHashTable *metadata; /* gchar * -> gchar *; empty when there is none */
  const guint8 *data;   /* within the file's bytes */
} NstSafetensors;

/**
 * nst_safetensors_parse:
 * @bytes: a whole file; must outlive @file
 *
 * Reads the header.  On failure (%NST_ERROR_BAD_NETWORK) @file is left clear.
 */
gboolean nst_safetensors_parse (GBytes *bytes, NstSafetensors *file, GError **error);

/**
 * nst_safetensors_find:
 *
 * Returns: (transfer none) (nullable): the entry of that name
 */
const NstTensorEntry *nst_safetensors_find (const NstSafetensors *file, const gchar *name);

/**
 * nst_safetensors_load:
 *
 * Returns: (transfer full): the tensor as floats, all of them finite; free with
 *   nst_free().  %NULL where there is no memory or it holds other things, with %NST_ERROR_NO_MEMORY
 *   or %NST_ERROR_BAD_NETWORK
 */
gfloat *
nst_safetensors_load (const NstSafetensors *file, const NstTensorEntry *entry, GError **error);

/**
 * nst_safetensors_clear:
 * @file: may be clear already; the bytes stay the caller's
 */
void nst_safetensors_clear (NstSafetensors *file);

#endif
