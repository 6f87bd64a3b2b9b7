/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads a zip archive's table strictly: stored entries only, each name once,
 * no overlaps, and the table is all that stands between the last of them and
 * the end.
 */
#include "zip.h"
#include "network/safetensors.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_ENTRIES 4000

/* Sizes of the fixed parts, and the words that they begin with. */
#define END_SIZE      22
#define END_MAGIC     0x06054b50
#define CENTRAL_SIZE  46
#define CENTRAL_MAGIC 0x02014b50
#define LOCAL_SIZE    30
#define LOCAL_MAGIC   0x04034b50

static guint16
word (const guint8 *at)
{
  return at[0] | at[1] << 8;
}

static guint32
long_word (const guint8 *at)
{
  return word (at) | (guint32) word (at + 2) << 16;
}

static void
clear_entry (gpointer data)
{
  g_free (((ZipEntry *) data)->name);
}

static gint
compare_begin (gconstpointer a, gconstpointer b)
{
  const ZipEntry *x = a, *y = b;

  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

/* From the entry's own header to its data. */
static gboolean
locate (const guint8 *data, guint64 limit, guint64 local, ZipEntry *entry, guint64 length,
        GError **error)
{
  const guint8 *header = data + local;
  gsize name = strlen (entry->name);

  if (local > limit || limit - local < LOCAL_SIZE || long_word (header) != LOCAL_MAGIC
      || word (header + 26) != name || limit - local - LOCAL_SIZE < name
      || memcmp (header + LOCAL_SIZE, entry->name, name) != 0)
    return nst_bad_network (error, _ ("%s is not where the archive's table says"), entry->name);
  entry->begin = local + LOCAL_SIZE + name + word (header + 28);
  if (entry->begin > limit || length > limit - entry->begin)
    return nst_bad_network (error, _ ("%s is cut off"), entry->name);
  entry->end = entry->begin + length;
  return TRUE;
}

/* One row of the table, which begins at @at and ends before @end; @row: its length. */
static gboolean
read_row (const guint8 *data, guint64 at, guint64 end, guint64 limit, ZipEntry *entry,
          guint64 *row, GError **error)
{
  const guint8 *header = data + at;
  guint16 name;

  if (end - at < CENTRAL_SIZE || long_word (header) != CENTRAL_MAGIC)
    return nst_bad_network (error, _ ("the archive's table is damaged"));
  name = word (header + 28);
  *row = (guint64) CENTRAL_SIZE + name + word (header + 30) + word (header + 32);
  if (*row > end - at || name == 0 || memchr (header + CENTRAL_SIZE, 0, name)
      || !g_utf8_validate_len ((const gchar *) header + CENTRAL_SIZE, name, NULL))
    return nst_bad_network (error, _ ("the archive's table is damaged"));
  entry->name = g_strndup ((const gchar *) header + CENTRAL_SIZE, name);
  if (word (header + 10) != 0 || word (header + 8) & 1
      || long_word (header + 20) != long_word (header + 24))
    return nst_bad_network (
        error, _ ("%s is compressed or encrypted, which PyTorch's files are not"), entry->name);
  return locate (data, limit, long_word (header + 42), entry, long_word (header + 24), error);
}

/* No name twice; nothing within another, which would let a small file fill the memory. */
static gboolean
check_entries (GArray *entries, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  g_array_sort (entries, compare_begin);
  for (guint i = 0; i < entries->len; i++)
    {
      const ZipEntry *entry = &g_array_index (entries, ZipEntry, i);

      if (!g_hash_table_add (names, entry->name))
        return nst_bad_network (error, _ ("the archive has %s twice"), entry->name);
      if (i > 0 && entry->begin < g_array_index (entries, ZipEntry, i - 1).end)
        return nst_bad_network (error, _ ("%s overlaps what stands before it"), entry->name);
    }
  return TRUE;
}

static gboolean
read_table (const guint8 *data, guint64 begin, guint64 end, guint count, GArray *entries,
            GError **error)
{
  guint64 at = begin, row = 0;

  for (guint i = 0; i < count; i++, at += row)
    {
      g_array_set_size (entries, i + 1);
      if (!read_row (data, at, end, begin, &g_array_index (entries, ZipEntry, i), &row, error))
        return FALSE;
    }
  if (at != end)
    return nst_bad_network (error, _ ("the archive's table is damaged"));
  return check_entries (entries, error);
}

GArray *
zip_read (const guint8 *data, gsize size, GError **error)
{
  const guint8 *end = data + size - END_SIZE;
  GArray *entries;
  guint count;
  guint64 begin, length;

  if (size < END_SIZE || long_word (end) != END_MAGIC || word (end + 20) != 0)
    {
      nst_bad_network (error, _ ("it has no end as a zip archive has; it is cut off"));
      return NULL;
    }
  count = word (end + 10);
  length = long_word (end + 12);
  begin = long_word (end + 16);
  if (count > MAX_ENTRIES || begin == G_MAXUINT32)
    {
      nst_bad_network (error,
                       _ ("it has more than %d files or 4 GB in it; save "
                          "model.state_dict () of the VGG alone"),
                       MAX_ENTRIES);
      return NULL;
    }
  if (begin > size - END_SIZE || length > size - END_SIZE - begin)
    {
      nst_bad_network (error, _ ("the archive's table is damaged"));
      return NULL;
    }
  entries = g_array_new (FALSE, TRUE, sizeof (ZipEntry));
  g_array_set_clear_func (entries, clear_entry);
  if (!read_table (data, begin, begin + length, count, entries, error))
    g_clear_pointer (&entries, g_array_unref);
  return entries;
}
