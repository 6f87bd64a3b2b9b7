/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strict safetensors reader: JSON by json-glib, every size checked before
 * it is used.
 */
#include "network/safetensors.h"
#include "network/strict-json.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_HEADER  (1024 * 1024)
#define MAX_TENSORS 1000

static const struct
{
  const gchar *name;
  gsize size;
} dtypes[] = {
    {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"F64", 8},  {"I64", 8},     {"I32", 4},
    {"I16", 2}, {"I8", 1},  {"U8", 1},   {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1},
};

/* A non-negative JSON integer. */
static gboolean
get_size (JsonNode *node, guint64 *size)
{
  gint64 value;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  value = json_node_get_int (node);
  *size = value;
  return value >= 0;
}

static gboolean
read_shape (JsonObject *object, NstTensorEntry *entry, guint64 *count, GError **error)
{
  JsonNode *node = json_object_get_member (object, "shape");
  JsonArray *shape;

  if (!node || !JSON_NODE_HOLDS_ARRAY (node))
    return nst_bad_network (error, _ ("%s has no shape"), entry->name);
  shape = json_node_get_array (node);
  if (json_array_get_length (shape) > NST_TENSOR_MAX_RANK)
    return nst_bad_network (error, _ ("%s has more than %d dimensions"), entry->name,
                            NST_TENSOR_MAX_RANK);
  entry->rank = json_array_get_length (shape);
  *count = 1;
  for (gint i = 0; i < entry->rank; i++)
    if (!get_size (json_array_get_element (shape, i), &entry->shape[i])
        || !g_uint64_checked_mul (count, *count, entry->shape[i]))
      return nst_bad_network (error, _ ("%s has an impossible shape"), entry->name);
  return TRUE;
}

static gboolean
read_dtype (JsonObject *object, NstTensorEntry *entry, gsize *size, GError **error)
{
  JsonNode *node = json_object_get_member (object, "dtype");
  const gchar *name = NULL;

  if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    name = json_node_get_string (node);
  for (gsize i = 0; name && i < G_N_ELEMENTS (dtypes); i++)
    if (strcmp (name, dtypes[i].name) == 0)
      {
        entry->dtype = (NstDtype) MIN (i, NST_DTYPE_OTHER);
        entry->known = i <= NST_DTYPE_F16;
        *size = dtypes[i].size;
        return TRUE;
      }
  return nst_bad_network (error, _ ("%s has an unknown element type"), entry->name);
}

static gboolean
read_entry (const gchar *name, JsonNode *node, NstTensorEntry *entry, GError **error)
{
  JsonObject *object;
  JsonNode *offsets;
  JsonArray *pair;
  guint64 count = 0, bytes;
  gsize size = 0;

  entry->name = g_strdup (name);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return nst_bad_network (error, _ ("%s is not described"), name);
  object = json_node_get_object (node);
  if (json_object_get_size (object) != 3)
    return nst_bad_network (error, _ ("%s has other than dtype, shape and data_offsets"), name);
  if (!read_dtype (object, entry, &size, error) || !read_shape (object, entry, &count, error))
    return FALSE;
  offsets = json_object_get_member (object, "data_offsets");
  if (!offsets || !JSON_NODE_HOLDS_ARRAY (offsets))
    return nst_bad_network (error, _ ("%s has no data_offsets"), name);
  pair = json_node_get_array (offsets);
  if (json_array_get_length (pair) != 2
      || !get_size (json_array_get_element (pair, 0), &entry->begin)
      || !get_size (json_array_get_element (pair, 1), &entry->end) || entry->end < entry->begin)
    return nst_bad_network (error, _ ("%s has impossible data_offsets"), name);
  if (!g_uint64_checked_mul (&bytes, count, size) || bytes != entry->end - entry->begin)
    return nst_bad_network (error, _ ("%s does not have the size that its shape says"), name);
  return TRUE;
}

static gboolean
read_metadata (JsonNode *node, GHashTable *metadata, GError **error)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return nst_bad_network (error, _ ("__metadata__ is not an object"));
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value))
    {
      if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_STRING)
        return nst_bad_network (error, _ ("__metadata__ has something other than texts"));
      g_hash_table_insert (metadata, g_strdup (name), g_strdup (json_node_get_string (value)));
    }
  return TRUE;
}

static gint
compare_begin (gconstpointer a, gconstpointer b)
{
  const NstTensorEntry *x = a, *y = b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

/* The tensors must fill the data without holes or overlaps. */
static gboolean
check_layout (GArray *entries, guint64 data_size, GError **error)
{
  guint64 at = 0;

  g_array_sort (entries, compare_begin);
  for (guint i = 0; i < entries->len; i++)
    {
      const NstTensorEntry *entry = &g_array_index (entries, NstTensorEntry, i);

      if (entry->begin != at)
        return nst_bad_network (error, _ ("there is a hole or an overlap before %s"),
                                entry->name);
      at = entry->end;
    }
  if (at != data_size)
    return nst_bad_network (
        error, _ ("its data is not as long as its header says; it may be cut off"));
  return TRUE;
}

static gboolean
read_header (JsonNode *root, NstSafetensors *file, GError **error)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return nst_bad_network (error, _ ("the header is not an object"));
  if (json_object_get_size (json_node_get_object (root)) > MAX_TENSORS + 1)
    return nst_bad_network (error, _ ("it has more than %d tensors"), MAX_TENSORS);
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &node))
    {
      if (strcmp (name, "__metadata__") == 0)
        {
          if (!read_metadata (node, file->metadata, error))
            return FALSE;
          continue;
        }
      g_array_set_size (file->entries, file->entries->len + 1);
      if (!read_entry (name, node,
                       &g_array_index (file->entries, NstTensorEntry, file->entries->len - 1),
                       error))
        return FALSE;
    }
  return TRUE;
}

static void
clear_entry (gpointer data)
{
  g_free (((NstTensorEntry *) data)->name);
}

gboolean
nst_safetensors_parse (GBytes *bytes, NstSafetensors *file, GError **error)
{
  gsize size = 0;
  const guint8 *raw = g_bytes_get_data (bytes, &size);
  const gchar *text;
  guint64 length;
  JsonParser *parser;
  gboolean ok;

  memset (file, 0, sizeof *file);
  if (size < 8 + 2)
    return nst_bad_network (error, _ ("it is too short for a safetensors file"));
  memcpy (&length, raw, 8);
  length = GUINT64_FROM_LE (length);
  text = (const gchar *) raw + 8;
  if (length > MAX_HEADER || length > size - 8 || length < 2 || text[0] != '{')
    return nst_bad_network (error, _ ("it is not a safetensors file"));
  if (!g_utf8_validate_len (text, length, NULL))
    return nst_bad_network (error, _ ("the header is not UTF-8"));

  parser = nst_json_parse (text, length, error);
  if (!parser)
    return FALSE;
  file->entries = g_array_new (FALSE, TRUE, sizeof (NstTensorEntry));
  g_array_set_clear_func (file->entries, clear_entry);
  file->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  file->data = raw + 8 + length;
  ok = read_header (json_parser_get_root (parser), file, error)
       && check_layout (file->entries, size - 8 - length, error);
  g_object_unref (parser);
  if (!ok)
    nst_safetensors_clear (file);
  return ok;
}

const NstTensorEntry *
nst_safetensors_find (const NstSafetensors *file, const gchar *name)
{
  for (guint i = 0; i < file->entries->len; i++)
    {
      const NstTensorEntry *entry = &g_array_index (file->entries, NstTensorEntry, i);

      if (strcmp (entry->name, name) == 0)
        return entry;
    }
  return NULL;
}

/* The two read @count numbers, which need not be aligned, and tell whether all are finite. */

static gboolean
read_halves (const guint8 *from, guint64 count, gfloat *values)
{
  guint16 most = 0;

  for (guint64 i = 0; i < count; i++)
    {
      guint16 half, size;
      guint32 word;
      gfloat value;

      memcpy (&half, from + 2 * i, 2);
      half = GUINT16_FROM_LE (half);
      size = half & 0x7fff;
      word = (guint32) size << 13;
      memcpy (&value, &word, 4);
      value *= 0x1p112f; /* the biases of the exponents are 15 and 127 */
      values[i] = half & 0x8000 ? -value : value;
      most = MAX (most, size);
    }
  return most < 0x7c00;
}

static gboolean
read_floats (const guint8 *from, guint64 count, gfloat *values)
{
  guint32 most = 0;

  for (guint64 i = 0; i < count; i++)
    {
      guint32 word, size;

      memcpy (&word, from + 4 * i, 4);
      word = GUINT32_FROM_LE (word);
      memcpy (&values[i], &word, 4);
      size = word & 0x7fffffff;
      most = MAX (most, size);
    }
  return most < 0x7f800000;
}

gfloat *
nst_safetensors_load (const NstSafetensors *file, const NstTensorEntry *entry, GError **error)
{
  const guint8 *from = file->data + entry->begin;
  gboolean half = entry->dtype == NST_DTYPE_F16;
  guint64 count = (entry->end - entry->begin) / (half ? 2 : 4);
  gfloat *values;

  if (!entry->known)
    {
      nst_bad_network (error, _ ("%s is neither float32 nor float16"), entry->name);
      return NULL;
    }
  values = nst_alloc (count, sizeof (gfloat), error);
  if (!values)
    return NULL;
  if (half ? !read_halves (from, count, values) : !read_floats (from, count, values))
    {
      nst_bad_network (error, _ ("%s has values that are not finite"), entry->name);
      g_clear_pointer (&values, nst_free);
    }
  return values;
}

void
nst_safetensors_clear (NstSafetensors *file)
{
  g_clear_pointer (&file->entries, g_array_unref);
  g_clear_pointer (&file->metadata, g_hash_table_unref);
}
