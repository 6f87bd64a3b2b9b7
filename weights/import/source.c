/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weight files: opened, and given to the reader of their format.
 */
#include "network/safetensors.h"
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
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

static void
free_tensor (gpointer data)
{
  SourceTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor);
}

/**
 * source_free:
 * @source: with its tensors; its file is closed
 */
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
