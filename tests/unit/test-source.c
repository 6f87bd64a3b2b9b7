/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where all weight files' tensors are checked against the file: whatever a reader says that it
 * found, nothing beyond the file is read, and the numbers are those of the format.
 */
#include "base/tensor.h"
#include "hdf5-list.h"
#include "source.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <hdf5.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define HUGE_SIDE G_GUINT64_CONSTANT (0x7fffffff)
#define TOP       (G_GUINT64_CONSTANT (1) << 63)
#define ROWS      1001 /* one more than are told */

static gchar *
data_file (const gchar *name)
{
  return g_test_build_filename (G_TEST_DIST, "..", "import", "data", name, NULL);
}

static Source *
open_good (void)
{
  g_autofree gchar *path = data_file ("good-torchvision.safetensors");
  GError *error = NULL;
  Source *source = source_open (path, &error);

  g_assert_no_error (error);
  return source;
}

static void
shapes (void)
{
  static const struct
  {
    SourceTensor tensor;
    guint64 end; /* 0: the file's */
    const gchar *words;
  } bad[] = {
      {{.rank = 3, .shape = {HUGE_SIDE, HUGE_SIDE, HUGE_SIDE}}, 0, "impossible"},
      {{.rank = 1, .shape = {HUGE_SIDE + 1}}, 0, "impossible"},
      {{.rank = 1, .shape = {3}, .stride = {TOP}}, 0, "impossible"},
      {{.rank = 2, .shape = {2, 2}, .stride = {TOP, TOP}}, 0, "impossible"},
      {{.rank = 1, .shape = {2}, .stride = {TOP >> 1}}, 0, "impossible"},
      {{.rank = 2, .shape = {HUGE_SIDE, HUGE_SIDE}}, 0, "impossible"},
      {{.rank = 1, .shape = {1}, .stride = {1}}, G_MAXUINT64, "larger"},
      {{.rank = 1, .shape = {1}, .stride = {1}, .begin = 9}, 8, "larger"},
      {{.rank = 1, .shape = {2}, .stride = {1}}, 15, "larger"},
      {{.rank = 1, .shape = {2}, .stride = {0}}, 15, "larger"},
  };
  Source *source = open_good ();
  SourceTensor none = {.type = SOURCE_F64, .rank = 1, .begin = 8};

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree gchar *name = g_strdup_printf ("%zu", i);
      SourceTensor tensor = bad[i].tensor;
      GError *error = NULL;

      tensor.type = SOURCE_F64;
      g_assert_false (
          source_add (source, name, &tensor, bad[i].end ? bad[i].end : source->size, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
      g_assert_nonnull (strstr (error->message, bad[i].words));
      g_error_free (error);
    }
  g_assert_true (source_add (source, "none", &none, 8, NULL));
  source_free (source);
}

static void
too_many (void)
{
  Source *source = open_good ();
  SourceTensor one = {.type = SOURCE_F32, .rank = 1, .shape = {1}, .stride = {1}};
  GError *error = NULL;

  for (guint i = source->tensors->len; i < SOURCE_MAX_TENSORS; i++)
    {
      g_autofree gchar *name = g_strdup_printf ("%u", i);

      g_assert_true (source_add (source, name, &one, source->size, NULL));
    }
  g_assert_false (source_add (source, "one more", &one, source->size, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  g_error_free (error);
  source_free (source);
}

/* A safetensors file of some numbers of 16 bits. */
static Source *
open_halves (const guint16 *halves, guint n)
{
  g_autofree gchar *head = g_strdup_printf (
      "{\"a\":{\"dtype\":\"F16\",\"shape\":[%u],\"data_offsets\":[0,%u]}}", n, 2 * n);
  const guint64 length = GUINT64_TO_LE (strlen (head));
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GBytes) file = NULL;
  GError *error = NULL;
  Source *source;

  g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) head, strlen (head));
  for (guint i = 0; i < n; i++)
    {
      const guint16 half = GUINT16_TO_LE (halves[i]);

      g_byte_array_append (bytes, (const guint8 *) &half, sizeof half);
    }
  file = g_byte_array_free_to_bytes (bytes);
  source = source_open_bytes (file, &error);
  g_assert_no_error (error);
  return source;
}

static void
halves (void)
{
  static const guint16 finite[] = {0x0000, 0x3c00, 0xc000, 0x0001, 0x83ff, 0x0400, 0x7bff};
  static const gdouble values[] = {
      0, 1, -2, 1.0 / (1 << 24), -1023.0 / (1 << 24), 1.0 / (1 << 14), 65504};
  static const guint16 others[] = {0x7c00, 0xfc00, 0x7e00};
  Source *source = open_halves (finite, G_N_ELEMENTS (finite));
  gdouble *read = source_read (source, source_find (source, "a"), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_cmpfloat (read[i], ==, values[i]);
  nst_free (read);
  source_free (source);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      GError *error = NULL;

      source = open_halves (&others[i], 1);
      g_assert_null (source_read (source, source_find (source, "a"), &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
      g_error_free (error);
      source_free (source);
    }
}

static void
no_files (void)
{
  static const struct
  {
    const gchar *path;
    gint code;
  } paths[] = {{"/nowhere/vgg.pth", G_FILE_ERROR_NOENT},
               {"/", G_FILE_ERROR_ISDIR},
               {"/dev/null", G_FILE_ERROR_INVAL}};

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      GError *error = NULL;

      g_assert_null (source_open (paths[i].path, &error));
      g_assert_error (error, G_FILE_ERROR, paths[i].code);
      g_error_free (error);
    }
}

/* What the process apart does, here. */
static void
hdf5_lists (void)
{
  g_autofree gchar *path = data_file ("good-keras.h5");
  g_autofree gchar *cut = data_file ("bad-cut.h5");
  g_autofree gchar *out = NULL;
  g_autofree gchar *written = NULL;
  g_autoptr (GByteArray) list = hdf5_list (path, NULL, 0);
  const gint file = g_file_open_tmp ("nst-XXXXXX", &out, NULL);
  const gint full = g_open ("/dev/full", O_WRONLY, 0);
  gsize length;

  g_assert_true (hdf5_list_to (file, path, NULL, 0));
  g_assert_true (g_file_get_contents (out, &written, &length, NULL));
  g_assert_cmpmem (written, length, list->data, list->len);
  g_assert_false (hdf5_list_to (file, cut, NULL, 0));
  g_assert_false (hdf5_list_to (full, path, NULL, 0));
  close (file);
  close (full);
  g_unlink (out);
}

/* No process can be asked where no file can be opened. */
static void
no_process (void)
{
  g_autofree gchar *path = data_file ("good-keras.h5");
  gchar *content;
  gsize length;
  struct rlimit limit, none;
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  bytes = g_bytes_new_take (content, length);
  getrlimit (RLIMIT_NOFILE, &limit);
  none = limit;
  none.rlim_cur = 0;
  setrlimit (RLIMIT_NOFILE, &none);
  g_assert_null (source_open_bytes (bytes, &error));
  setrlimit (RLIMIT_NOFILE, &limit);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_MFILE);
  g_error_free (error);
}

static void
many_sets (void)
{
  static const hsize_t one = 1;
  g_autofree gchar *folder = g_dir_make_tmp ("nst-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "many.h5", NULL);
  const hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple (1, &one, NULL);
  GError *error = NULL;
  gfloat value = 1;
  Source *source;

  for (guint i = 0; i < ROWS; i++)
    {
      g_autofree gchar *name = g_strdup_printf ("%u", i);
      const hid_t set =
          H5Dcreate2 (file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

      g_assert_cmpint (H5Dwrite (set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value),
                       >=, 0);
      H5Dclose (set);
    }
  H5Sclose (space);
  H5Fclose (file);
  source = source_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (source->tensors->len, ==, ROWS - 1);
  source_free (source);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/shapes", shapes);
  g_test_add_func ("/source/too-many", too_many);
  g_test_add_func ("/source/halves", halves);
  g_test_add_func ("/source/no-files", no_files);
  g_test_add_func ("/source/hdf5-lists", hdf5_lists);
  g_test_add_func ("/source/no-process", no_process);
  g_test_add_func ("/source/many-sets", many_sets);
  return g_test_run ();
}
