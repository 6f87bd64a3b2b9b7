/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The safetensors writer: one tensor after the other, so that a large network
 * never is in memory as a whole.
 */
#include "network/safetensors-write.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define ALIGNMENT 8    /* of the data, within the file */
#define PIECE     8192 /* numbers that are converted at once */

static const gchar *const dtype_names[] = {"F32", "F16"};
static const gsize dtype_sizes[] = {4, 2};

/* Where each tensor's data lies. */
static void
place (GArray *entries)
{
  guint64 at = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      NstTensorEntry *entry = &g_array_index (entries, NstTensorEntry, i);
      guint64 bytes = dtype_sizes[entry->dtype];

      for (gint d = 0; d < entry->rank; d++)
        bytes *= entry->shape[d];
      entry->begin = at;
      entry->end = at += bytes;
    }
}

static void
add_text (gpointer key, gpointer value, gpointer builder)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

static void
add_entry (JsonBuilder *builder, const NstTensorEntry *entry)
{
  json_builder_set_member_name (builder, entry->name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "dtype");
  json_builder_add_string_value (builder, dtype_names[entry->dtype]);
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (gint d = 0; d < entry->rank; d++)
    json_builder_add_int_value (builder, entry->shape[d]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "data_offsets");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, entry->begin);
  json_builder_add_int_value (builder, entry->end);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* The metadata in the order of their names: equal networks are equal files. */
static void
add_metadata (JsonBuilder *builder, GHashTable *metadata)
{
  GList *keys = g_list_sort (g_hash_table_get_keys (metadata), (GCompareFunc) strcmp);

  json_builder_set_member_name (builder, "__metadata__");
  json_builder_begin_object (builder);
  for (GList *key = keys; key; key = key->next)
    add_text (key->data, g_hash_table_lookup (metadata, key->data), builder);
  json_builder_end_object (builder);
  g_list_free (keys);
}

/* The length and the header, filled up with spaces. */
static GString *
make_header (GHashTable *metadata, GArray *entries)
{
  JsonBuilder *builder = json_builder_new ();
  GString *header = g_string_new ("01234567");
  JsonNode *root;
  gchar *text;
  guint64 length;

  json_builder_begin_object (builder);
  add_metadata (builder, metadata);
  for (guint i = 0; i < entries->len; i++)
    add_entry (builder, &g_array_index (entries, NstTensorEntry, i));
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  g_string_append (header, text);
  while (header->len % ALIGNMENT)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE (header->len - 8);
  memcpy (header->str, &length, 8);
  g_free (text);
  json_node_unref (root);
  g_object_unref (builder);
  return header;
}

/* To the nearest, ties to even. */
static guint16
to_half (gdouble value)
{
  gdouble size = fabs (value);
  guint16 sign = signbit (value) ? 0x8000 : 0;
  gint exponent;

  if (size < 0x1p-14)
    return sign | (guint16) rint (size * 0x1p24);
  size = frexp (size, &exponent); /* 0.5 <= size < 1 */
  return sign | (guint16) (((exponent + 14) << 10) + (gint) rint (size * 2048) - 1024);
}

/* @values become smaller in place; FALSE where one is too large. */
static gboolean
convert (const gdouble *values, gsize count, NstDtype dtype, guint8 *bytes)
{
  for (gsize i = 0; i < count; i++)
    if (dtype == NST_DTYPE_F16)
      {
        guint16 half = GUINT16_TO_LE (to_half (values[i]));

        if (!(fabs (values[i]) < 65520))
          return FALSE;
        memcpy (bytes + 2 * i, &half, 2);
      }
    else
      {
        gfloat value = (gfloat) values[i];
        guint32 word;

        if (!isfinite (value))
          return FALSE;
        memcpy (&word, &value, 4);
        word = GUINT32_TO_LE (word);
        memcpy (bytes + 4 * i, &word, 4);
      }
  return TRUE;
}

static gboolean
write_values (GOutputStream *stream, const NstTensorEntry *entry, const gdouble *values,
              GError **error)
{
  gsize size = dtype_sizes[entry->dtype], count = (entry->end - entry->begin) / size;
  guint8 bytes[PIECE * 4];

  for (gsize at = 0; at < count; at += PIECE)
    {
      gsize n = MIN (count - at, PIECE);

      if (!convert (values + at, n, entry->dtype, bytes))
        return nst_bad_network (error, _ ("%s has values that are too large for %s"),
                                entry->name, dtype_names[entry->dtype]);
      if (!g_output_stream_write_all (stream, bytes, n * size, NULL, NULL, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
nst_safetensors_write (GOutputStream *stream, GHashTable *metadata, GArray *entries,
                       NstTensorValues values, gpointer data, GError **error)
{
  GString *header;
  gboolean ok;

  place (entries);
  header = make_header (metadata, entries);
  ok = g_output_stream_write_all (stream, header->str, header->len, NULL, NULL, error);
  g_string_free (header, TRUE);
  for (guint i = 0; ok && i < entries->len; i++)
    {
      gdouble *numbers = values (i, data, error);

      ok =
          numbers
          && write_values (stream, &g_array_index (entries, NstTensorEntry, i), numbers, error);
      nst_free (numbers);
    }
  return ok;
}
