/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What torch.save() writes: since version 1.6 a zip archive with the state
 * dict's pickle and a file for each storage; before, five pickles and then
 * the storages one after the other.
 */
#include "pickle.h"
#include "network/safetensors.h"
#include "source.h"
#include "zip.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_DEPTH 8
#define PROTOCOL  1001

static const guint8 zip_magic[4] = {'P', 'K', 3, 4};
/* A pickle of 0x1950a86a20f9469cfc6c. */
static const guint8 legacy_magic[15] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                        0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};

typedef struct
{
  guint64 begin, end; /* within the file */
} Piece;

static gboolean
begins_with (const Source *source, const guint8 *magic, gsize size)
{
  return source->size >= size && memcmp (source->data, magic, size) == 0;
}

gboolean
source_is_torch (const Source *source)
{
  return begins_with (source, zip_magic, sizeof zip_magic)
         || begins_with (source, legacy_magic, sizeof legacy_magic);
}

/* As a key or a name; NULL for what is no text. */
static gchar *
copy_text (const PickleValue *value)
{
  if (pickle_is (value, PICKLE_INT))
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->number);
  if (!pickle_is (value, PICKLE_STRING) || value->length > 200
      || !g_utf8_validate_len ((const gchar *) value->text, value->length, NULL))
    return NULL;
  return g_strndup ((const gchar *) value->text, value->length);
}

static SourceType
storage_type (const PickleValue *global)
{
  switch (global->number)
    {
    case PICKLE_FLOAT_STORAGE:
      return SOURCE_F32;
    case PICKLE_DOUBLE_STORAGE:
      return SOURCE_F64;
    case PICKLE_HALF_STORAGE:
      return SOURCE_F16;
    case PICKLE_BFLOAT16_STORAGE:
      return SOURCE_BF16;
    default:
      return SOURCE_OTHER;
    }
}

static gsize
storage_element (const PickleValue *global)
{
  return global->number == PICKLE_LONG_STORAGE ? 8 : source_type_size (storage_type (global));
}

static gboolean
is_storage (const PickleValue *value)
{
  const PickleValue *global = pickle_item (value, 1);

  return pickle_is (value, PICKLE_STORAGE) && pickle_is (global, PICKLE_GLOBAL)
         && global->number >= PICKLE_FLOAT_STORAGE;
}

/* Shape and strides. */
static gboolean
read_dimensions (const PickleValue *value, SourceTensor *tensor)
{
  const PickleValue *shape = pickle_item (value, 2), *stride = pickle_item (value, 3);

  tensor->rank = pickle_length (shape);
  if (!pickle_is (shape, PICKLE_TUPLE) || !pickle_is (stride, PICKLE_TUPLE)
      || tensor->rank > SOURCE_MAX_RANK || pickle_length (stride) != (guint) tensor->rank)
    return FALSE;
  for (gint i = 0; i < tensor->rank; i++)
    {
      const PickleValue *length = pickle_item (shape, i), *step = pickle_item (stride, i);

      if (!pickle_is (length, PICKLE_INT) || !pickle_is (step, PICKLE_INT) || length->number < 0
          || step->number < 0)
        return FALSE;
      tensor->shape[i] = length->number;
      tensor->stride[i] = step->number;
    }
  return TRUE;
}

/* @pieces: where the storages lie, by their keys */
static gboolean
add_tensor (Source *source, const gchar *name, const PickleValue *value, GHashTable *pieces,
            GError **error)
{
  const PickleValue *storage = pickle_item (value, 0), *offset = pickle_item (value, 1);
  SourceTensor tensor = {0};
  g_autofree gchar *key = NULL;
  const Piece *piece;
  guint64 skip;

  if (!is_storage (storage) || !pickle_is (offset, PICKLE_INT) || offset->number < 0
      || !read_dimensions (value, &tensor))
    return nst_bad_network (error, _ ("%s is not described as a tensor is"), name);
  key = copy_text (pickle_item (storage, 2));
  piece = key ? g_hash_table_lookup (pieces, key) : NULL;
  if (!piece)
    return nst_bad_network (error, _ ("the numbers of %s are missing"), name);
  tensor.type = storage_type (pickle_item (storage, 1));
  if (!g_uint64_checked_mul (&skip, offset->number, storage_element (pickle_item (storage, 1)))
      || skip > piece->end - piece->begin)
    return nst_bad_network (error, _ ("%s begins behind the end of its numbers"), name);
  tensor.begin = piece->begin + skip;
  return source_add (source, name, &tensor, piece->end, error);
}

/* The tensors in a dictionary and in the dictionaries in it, names joined by dots. */
static gboolean
collect (Source *source, const gchar *prefix, PickleValue *dict, GHashTable *pieces, gint depth,
         GError **error)
{
  if (dict->seen || depth > MAX_DEPTH)
    return TRUE;
  dict->seen = TRUE;
  for (guint i = 0; i + 1 < pickle_length (dict); i += 2)
    {
      PickleValue *value = pickle_item (dict, i + 1);
      g_autofree gchar *key = copy_text (pickle_item (dict, i));
      g_autofree gchar *name = NULL;

      if (!key || !(pickle_is (value, PICKLE_TENSOR) || pickle_is (value, PICKLE_DICT)))
        continue;
      name = *prefix ? g_strconcat (prefix, ".", key, NULL) : g_strdup (key);
      if (value->type == PICKLE_DICT ? !collect (source, name, value, pieces, depth + 1, error)
                                     : !add_tensor (source, name, value, pieces, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
collect_result (Source *source, const Pickle *pickle, GHashTable *pieces, GError **error)
{
  if (!pickle_is (pickle->result, PICKLE_DICT))
    return nst_bad_network (
        error, _ ("it is no dictionary of tensors; save model.state_dict () with torch.save"));
  return collect (source, "", pickle->result, pieces, 0, error);
}

static void
add_piece (GHashTable *pieces, const gchar *key, guint64 begin, guint64 end)
{
  Piece *piece = g_new (Piece, 1);

  *piece = (Piece){begin, end};
  g_hash_table_insert (pieces, g_strdup (key), piece);
}

/* The folder that all is in, and the pickle; its numbers go to @pieces. */
static const ZipEntry *
sort_entries (const Source *source, GArray *entries, GHashTable *pieces, GError **error)
{
  const ZipEntry *found = NULL;

  for (guint i = 0; i < entries->len; i++)
    {
      const ZipEntry *entry = &g_array_index (entries, ZipEntry, i);
      const gchar *name = strchr (entry->name, '/');

      if (g_strcmp0 (name, "/data.pkl") == 0)
        found = found ? NULL : entry;
      else if (name && g_str_has_prefix (name, "/data/"))
        add_piece (pieces, name + strlen ("/data/"), entry->begin, entry->end);
      else if (g_strcmp0 (name, "/byteorder") == 0
               && (entry->end - entry->begin != 6
                   || memcmp (source->data + entry->begin, "little", 6) != 0))
        {
          nst_bad_network (error, _ ("it was saved on a machine of the other byte order"));
          return NULL;
        }
    }
  if (!found)
    nst_bad_network (error, _ ("it is a zip archive, but not one of a PyTorch state dict"));
  return found;
}

static gboolean
read_archive (Source *source, GHashTable *pieces, GError **error)
{
  g_autoptr (GArray) entries = zip_read (source->data, source->size, error);
  const ZipEntry *entry = entries ? sort_entries (source, entries, pieces, error) : NULL;
  Pickle pickle;
  gboolean ok;

  if (!entry)
    return FALSE;
  ok = pickle_read (&pickle, source->data + entry->begin, entry->end - entry->begin, error)
       && collect_result (source, &pickle, pieces, error);
  pickle_clear (&pickle);
  return ok;
}

/* One of the pickles before the storages; @at goes on to behind it. */
static gboolean
read_pickle (const Source *source, gsize *at, Pickle *pickle, GError **error)
{
  gboolean ok = pickle_read (pickle, source->data + *at, source->size - *at, error);

  *at += pickle->end;
  return ok;
}

static gboolean
check_system (const Pickle *system, GError **error)
{
  for (guint i = 0; i + 1 < pickle_length (system->result); i += 2)
    {
      g_autofree gchar *key = copy_text (pickle_item (system->result, i));
      const PickleValue *value = pickle_item (system->result, i + 1);

      if (g_strcmp0 (key, "little_endian") == 0 && value->number != 1)
        return nst_bad_network (error, _ ("it was saved on a machine of the other byte order"));
    }
  return TRUE;
}

/* The size of a storage's elements, by its key: the state dict alone knows. */
static void
note_elements (const Pickle *state, GHashTable *elements)
{
  for (guint i = 0; i < state->values->len; i++)
    {
      const PickleValue *value = state->values->pdata[i];
      g_autofree gchar *key = is_storage (value) ? copy_text (pickle_item (value, 2)) : NULL;

      if (key)
        g_hash_table_insert (elements, g_steal_pointer (&key),
                             GSIZE_TO_POINTER (storage_element (pickle_item (value, 1))));
    }
}

/* The storages behind the pickles: a number of elements, then these. */
static gboolean
read_storages (const Source *source, gsize at, const Pickle *state, const Pickle *keys,
               GHashTable *pieces, GError **error)
{
  g_autoptr (GHashTable) elements =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  note_elements (state, elements);
  for (guint i = 0; i < pickle_length (keys->result); i++)
    {
      g_autofree gchar *key = copy_text (pickle_item (keys->result, i));
      gsize element = key ? GPOINTER_TO_SIZE (g_hash_table_lookup (elements, key)) : 0;
      guint64 count;

      if (!element || source->size - at < 8)
        return nst_bad_network (error, _ ("its list of storages is damaged, or it is cut off"));
      memcpy (&count, source->data + at, 8);
      at += 8;
      if (!g_uint64_checked_mul (&count, GUINT64_FROM_LE (count), element)
          || count > source->size - at)
        return nst_bad_network (error, _ ("the numbers of its storage %s are cut off"), key);
      add_piece (pieces, key, at, at + count);
      at += count;
    }
  if (at != source->size)
    return nst_bad_network (error, _ ("something stands behind its last storage"));
  return TRUE;
}

static gboolean
read_legacy (Source *source, GHashTable *pieces, GError **error)
{
  Pickle protocol = {0}, system = {0}, state = {0}, keys = {0};
  gsize at = sizeof legacy_magic;
  gboolean ok = read_pickle (source, &at, &protocol, error);

  if (ok && (!pickle_is (protocol.result, PICKLE_INT) || protocol.result->number != PROTOCOL))
    ok =
        nst_bad_network (error, _ ("it is of a version of PyTorch's format that is not known"));
  ok = ok && read_pickle (source, &at, &system, error) && check_system (&system, error)
       && read_pickle (source, &at, &state, error) && read_pickle (source, &at, &keys, error)
       && read_storages (source, at, &state, &keys, pieces, error)
       && collect_result (source, &state, pieces, error);
  pickle_clear (&protocol);
  pickle_clear (&system);
  pickle_clear (&state);
  pickle_clear (&keys);
  return ok;
}

/**
 * source_read_torch:
 *
 * Takes up its tensors by source_add(), in the order in which the file has them.
 *
 * Returns: %FALSE with %NST_ERROR_BAD_NETWORK
 */
gboolean
source_read_torch (Source *source, GError **error)
{
  g_autoptr (GHashTable) pieces =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (begins_with (source, zip_magic, sizeof zip_magic))
    return read_archive (source, pieces, error);
  return read_legacy (source, pieces, error);
}
