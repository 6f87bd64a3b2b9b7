/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weight files: which format one is, and the reading of its numbers.
 */
#include "network/safetensors.h"
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAR_MAGIC_AT 257

static const struct
{
  const gchar *name;
  gboolean (*is) (const Source *source);
  gboolean (*read) (Source *source, GError **error);
} formats[] = {
    {"PyTorch", source_is_torch, source_read_torch},
    {"Keras (HDF5)", source_is_hdf5, source_read_hdf5},
    {"safetensors", source_is_safetensors, source_read_safetensors},
    {"ONNX", source_is_onnx, source_read_onnx},
    {"Caffe", source_is_caffe, source_read_caffe},
};

gsize
source_type_size (SourceType type)
{
  static const gsize sizes[] = {2, 2, 4, 8, 1};

  return sizes[type];
}

static void
free_tensor (gpointer data)
{
  SourceTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor);
}

void
source_free (Source *source)
{
  g_hash_table_unref (source->names);
  g_ptr_array_unref (source->tensors);
  g_clear_pointer (&source->metadata, g_hash_table_unref);
  g_bytes_unref (source->bytes);
  if (source->file >= 0)
    close (source->file);
  g_free (source);
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

static gboolean
refuse_format (const Source *source, GError **error)
{
  if (source->size > TAR_MAGIC_AT + 5 && memcmp (source->data + TAR_MAGIC_AT, "ustar", 5) == 0)
    return nst_bad_network (
        error, _ ("it is a tar archive, as PyTorch wrote in 2016; load it in Python and save "
                  "it again with torch.save (state_dict, FILE)"));
  return nst_bad_network (
      error, _ ("it is none of the known weight files: PyTorch's .pth, Keras' .h5, "
                ".safetensors, .caffemodel, .onnx"));
}

static gboolean
read_format (Source *source, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i].is (source))
      {
        source->format = formats[i].name;
        if (!formats[i].read (source, error))
          return FALSE;
        if (source->tensors->len == 0)
          return nst_bad_network (error, _ ("there are no weights in it"));
        return TRUE;
      }
  return refuse_format (source, error);
}

static Source *
open_source (GBytes *bytes, gint file, gboolean mapped, GError **error)
{
  Source *source = g_new0 (Source, 1);

  source->bytes = g_bytes_ref (bytes);
  source->data = g_bytes_get_data (bytes, &source->size);
  source->file = file;
  source->mapped = mapped;
  source->tensors = g_ptr_array_new_with_free_func (free_tensor);
  source->names = g_hash_table_new (g_str_hash, g_str_equal);
  if (!read_format (source, error))
    g_clear_pointer (&source, source_free);
  return source;
}

/**
 * source_open_bytes:
 * @bytes: a whole file
 *
 * Returns: (transfer full): its tensors, or %NULL with %NST_ERROR_BAD_NETWORK
 */
Source *
source_open_bytes (GBytes *bytes, GError **error)
{
  return open_source (bytes, -1, FALSE, error);
}

static Source *
set_errno (GError **error, const gchar *shown, gint number)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
               _ ("“%s” cannot be opened: %s."), shown, g_strerror (number));
  return NULL;
}

/**
 * source_open:
 * @path: a weight file
 *
 * Returns: (transfer full): its tensors, or %NULL with %NST_ERROR_BAD_NETWORK or a file
 *   error
 */
Source *
source_open (const gchar *path, GError **error)
{
  gint file = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  g_autofree gchar *shown = nst_display_name (path);
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GError *problem = NULL;
  struct stat status = {0};
  Source *source;

  if (file < 0)
    return set_errno (error, shown, errno);
  if (fstat (file, &status) != 0 || !S_ISREG (status.st_mode))
    {
      close (file);
      if (S_ISDIR (status.st_mode))
        return set_errno (error, shown, EISDIR);
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %s", shown,
                   _ ("It is not a file."));
      return NULL;
    }
  mapped = g_mapped_file_new_from_fd (file, FALSE, NULL);
  if (!mapped)
    {
      close (file);
      return set_errno (error, shown, errno ? errno : ENOMEM);
    }
  bytes = g_mapped_file_get_bytes (mapped);
  source = open_source (bytes, file, TRUE, &problem);
  if (!source)
    g_propagate_prefixed_error (error, problem, "%s: ", shown);
  return source;
}
