/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keras' .h5 and .weights.h5.  libhdf5 looks through the file in a process of
 * its own, with limits on memory and time: whatever a file makes it do ends
 * there, and here arrives a list to be checked, or none.
 */
#include "hdf5-list.h"
#include "network/safetensors.h"
#include "source.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_LIST (1024 * 1024)
#define SECONDS  20
#define ROOM     (G_GUINT64_CONSTANT (64) << 20) /* bytes, beside what is taken already */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

/* FALSE for fuzzers only: libhdf5 runs in this process, which is faster. */
gboolean source_hdf5_apart = TRUE;

static const guint8 magic[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

/* Users may have put something of their own before it, of 512 bytes, or 1024, 2048 ... */
gboolean
source_is_hdf5 (const Source *source)
{
  for (gsize at = 0; at < source->size && source->size - at >= sizeof magic;
       at = at ? 2 * at : 512)
    if (memcmp (source->data + at, magic, sizeof magic) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
take_row (Source *source, const Hdf5Row *row, const gchar *name, GError **error)
{
  static const SourceType types[] = {SOURCE_F16, SOURCE_F32, SOURCE_F64, SOURCE_OTHER,
                                     SOURCE_OTHER};
  SourceTensor tensor = {.rank = row->rank, .begin = row->begin};

  if (!g_utf8_validate (name, -1, NULL))
    return nst_bad_network (error, _ ("a name in it is no UTF-8"));
  if (row->type == HDF5_PACKED)
    return nst_bad_network (error,
                            _ ("%s is compressed or in pieces, which Keras' own files are not; "
                               "save the weights anew with model.save_weights ()"),
                            name);
  tensor.type = types[row->type];
  memcpy (tensor.shape, row->shape, sizeof tensor.shape);
  return source_add_dense (source, name, &tensor,
                           row->type == HDF5_OTHER ? source->size : row->end, error);
}

/* What hdf5_list() gave: everything in it is checked as if it came from the file itself. */
gboolean
source_take_hdf5 (Source *source, const GByteArray *list, GError **error)
{
  gsize at = 0;
  Hdf5Row row;

  while (list->len - at >= sizeof row)
    {
      g_autofree gchar *name = NULL;

      memcpy (&row, list->data + at, sizeof row);
      at += sizeof row;
      if (row.type > HDF5_OTHER || row.rank > HDF5_MAX_RANK || row.length > list->len - at)
        break;
      name = g_strndup ((const gchar *) list->data + at, row.length);
      at += row.length;
      if (!take_row (source, &row, name, error))
        return FALSE;
    }
  if (at != list->len)
    return nst_bad_network (error, _ ("libhdf5 cannot make sense of it"));
  return TRUE;
}

static void
limit (int resource, guint64 most)
{
  struct rlimit limits = {most, most};

  setrlimit (resource, &limits);
}

/* The other process's part. */
static void
list_to (gint pipe, const Source *source, const gchar *path)
{
  signal (SIGINT, SIG_DFL);
  signal (SIGTERM, SIG_DFL);
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_CPU, SECONDS);
  limit (RLIMIT_FSIZE, 0);
#ifndef SANITIZED /* whose shadow takes terabytes of addresses */
  limit (RLIMIT_DATA, source->size + ROOM);
#endif
  g_setenv ("HDF5_USE_FILE_LOCKING", "FALSE", TRUE);
  _exit (hdf5_list_to (pipe, path, source->data, source->size) ? 0 : 1);
}

/* Takes @pipe.  NULL where it cannot be read; there is no longer list than MAX_LIST. */
static GByteArray *
read_all (gint pipe)
{
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (pipe, TRUE);
  g_autofree guint8 *bytes = g_try_malloc (MAX_LIST);
  gsize n = 0;

  if (!bytes || !g_input_stream_read_all (stream, bytes, MAX_LIST, &n, NULL, NULL))
    return NULL;
  return g_byte_array_new_take (g_steal_pointer (&bytes), n);
}

/* Sets @ends and, here, @child. */
static gboolean
begin_process (gint *ends, pid_t *child, GError **error)
{
  gint number;

  if (pipe (ends) == 0)
    {
      *child = fork ();
      if (*child >= 0)
        return TRUE;
      number = errno;
      close (ends[0]);
      close (ends[1]);
      errno = number;
    }
  g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                       g_strerror (errno));
  return FALSE;
}

/* The list that the other process makes, or NULL: with @error if there is no process. */
static GByteArray *
ask (const Source *source, const gchar *path, GError **error)
{
  gint ends[2], status = -1;
  GByteArray *list;
  pid_t child;

  if (!begin_process (ends, &child, error))
    return NULL;
  if (child == 0)
    {
      close (ends[0]);
      list_to (ends[1], source, path);
    }
  close (ends[1]);
  list = read_all (ends[0]);
  if (waitpid (child, &status, 0) != child || status != 0)
    g_clear_pointer (&list, g_byte_array_unref);
  return list;
}

/**
 * source_read_hdf5:
 *
 * Takes up its tensors by source_add(), in the order in which the file has them.
 *
 * Returns: %FALSE with %NST_ERROR_BAD_NETWORK
 */
gboolean
source_read_hdf5 (Source *source, GError **error)
{
  g_autofree gchar *path =
      source->file >= 0 ? g_strdup_printf ("/proc/self/fd/%d", source->file) : NULL;
  GError *problem = NULL;
  g_autoptr (GByteArray) list = source_hdf5_apart
                                    ? ask (source, path, &problem)
                                    : hdf5_list (path, source->data, source->size);

  if (list)
    return source_take_hdf5 (source, list, error);
  if (!problem)
    return nst_bad_network (error, _ ("libhdf5 cannot read it; it is damaged, or its download "
                                      "was cut off"));
  g_propagate_error (error, problem);
  return FALSE;
}
