/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A weight file's tensors: checked against the file when its format's reader has found them, and
 * read when they are wanted.
 */
#include "network/safetensors.h"
#include "source.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/**
 * source_type_size:
 *
 * Returns: bytes of a number; 1 of %SOURCE_OTHER
 */
gsize
source_type_size (SourceType type)
{
  static const gsize sizes[] = {2, 2, 4, 8, 1};

  return sizes[type];
}

/* The distance, in elements, from the first to one past the last; FALSE where the numbers
 * do not fit. */
static gboolean
measure (SourceTensor *tensor, guint64 *span)
{
  *span = 1;
  tensor->count = 1;
  for (gint i = 0; i < tensor->rank; i++)
    {
      guint64 reach;

      if (!g_uint64_checked_mul (&tensor->count, tensor->count, tensor->shape[i])
          || tensor->shape[i] > G_MAXINT
          || !g_uint64_checked_mul (&reach, MAX (tensor->shape[i], 1) - 1, tensor->stride[i])
          || !g_uint64_checked_add (span, *span, reach))
        return FALSE;
    }
  return TRUE;
}

/**
 * source_add:
 * @tensor: type, rank, shape, stride and begin; copied, the rest is found out
 * @end: bytes from the file's beginning to where its numbers must have ended
 *
 * Takes up a tensor that lies in the file.  One that says to have more
 * numbers than there are bytes for is refused, so that what is read later is
 * never larger than the file.
 */
gboolean
source_add (Source *source, const gchar *name, const SourceTensor *tensor, guint64 end,
            GError **error)
{
  SourceTensor *copy;
  guint64 span, bytes, all;

  if (source->tensors->len == SOURCE_MAX_TENSORS)
    return nst_bad_network (error, _ ("it has more than %d tensors"), SOURCE_MAX_TENSORS);
  if (source_find (source, name))
    return nst_bad_network (error, _ ("it has two tensors called %s"), name);
  copy = g_memdup2 (tensor, sizeof *tensor);
  copy->name = g_strdup (name);
  g_ptr_array_add (source->tensors, copy);
  g_hash_table_insert (source->names, copy->name, copy);
  if (!measure (copy, &span)
      || !g_uint64_checked_mul (&bytes, span, source_type_size (copy->type))
      || !g_uint64_checked_mul (&all, copy->count, source_type_size (copy->type)))
    return nst_bad_network (error, _ ("%s has an impossible shape"), name);
  if (end > source->size || copy->begin > end || (copy->count && bytes > end - copy->begin)
      || all > end - copy->begin)
    return nst_bad_network (
        error, _ ("%s is larger than its place in the file; the file may be cut off"), name);
  return TRUE;
}

/* source_add() for numbers that lie one after the other, the last dimension's together. */
gboolean
source_add_dense (Source *source, const gchar *name, SourceTensor *tensor, guint64 end,
                  GError **error)
{
  guint64 stride = 1;

  for (gint i = tensor->rank - 1; i >= 0; i--)
    {
      tensor->stride[i] = stride;
      if (!g_uint64_checked_mul (&stride, stride, MAX (tensor->shape[i], 1)))
        return nst_bad_network (error, _ ("%s has an impossible shape"), name);
    }
  return source_add (source, name, tensor, end, error);
}

/**
 * source_find:
 *
 * Returns: (transfer none) (nullable): the tensor of that name
 */
const SourceTensor *
source_find (const Source *source, const gchar *name)
{
  return g_hash_table_lookup (source->names, name);
}

static gdouble
read_half (const guint8 *from)
{
  guint16 half;
  gint exponent;
  gdouble value;

  memcpy (&half, from, 2);
  half = GUINT16_FROM_LE (half);
  exponent = half >> 10 & 31;
  if (exponent == 31)
    return NAN;
  value = ldexp (exponent ? 1024 + (half & 1023) : half & 1023, MAX (exponent, 1) - 25);
  return half & 0x8000 ? -value : value;
}

static gdouble
read_float (guint32 word)
{
  gfloat value;

  memcpy (&value, &word, 4);
  return value;
}

static gdouble
read_number (const guint8 *from, SourceType type)
{
  guint16 half;
  guint32 word;
  guint64 whole;
  gdouble value;

  switch (type)
    {
    case SOURCE_F16:
      return read_half (from);
    case SOURCE_BF16:
      memcpy (&half, from, 2);
      return read_float ((guint32) GUINT16_FROM_LE (half) << 16);
    case SOURCE_F32:
      memcpy (&word, from, 4);
      return read_float (GUINT32_FROM_LE (word));
    default:
      memcpy (&whole, from, 8);
      whole = GUINT64_FROM_LE (whole);
      memcpy (&value, &whole, 8);
      return value;
    }
}

/* The numbers in the shape's order; whether all are finite. */
static gboolean
gather (const Source *source, const SourceTensor *tensor, gdouble *values)
{
  const guint8 *from = source->data + tensor->begin;
  gsize size = source_type_size (tensor->type);
  guint64 index[SOURCE_MAX_RANK] = {0}, at = 0;
  gboolean finite = TRUE;

  for (guint64 i = 0; i < tensor->count; i++)
    {
      values[i] = read_number (from + at * size, tensor->type);
      finite = finite && isfinite (values[i]);
      for (gint d = tensor->rank - 1; d >= 0; d--)
        {
          at += tensor->stride[d];
          if (++index[d] < tensor->shape[d])
            break;
          at -= tensor->stride[d] * tensor->shape[d];
          index[d] = 0;
        }
    }
  return finite;
}

/* Gives back the memory that pages of the file take; they are read anew if asked for. */
static void
forget_pages (const Source *source)
{
  gsize page = sysconf (_SC_PAGESIZE);
  guintptr begin = (guintptr) source->data / page * page;

  if (source->mapped)
    madvise ((gpointer) begin, source->size + ((guintptr) source->data - begin), MADV_DONTNEED);
}

/**
 * source_read:
 *
 * Returns: (transfer full): @tensor's numbers, all of them finite, in the order of its
 *   shape; free with nst_free().
 */
gdouble *
source_read (const Source *source, const SourceTensor *tensor, GError **error)
{
  gdouble *values;

  if (tensor->type == SOURCE_OTHER)
    {
      nst_bad_network (error, _ ("%s holds no floating-point numbers of 16, 32 or 64 bits"),
                       tensor->name);
      return NULL;
    }
  values = nst_alloc (tensor->count, sizeof (gdouble), error);
  if (values && !gather (source, tensor, values))
    {
      nst_bad_network (error, _ ("%s has values that are not finite"), tensor->name);
      g_clear_pointer (&values, nst_free);
    }
  forget_pages (source);
  return values;
}
