/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weight files that cannot be imported (tests/import/make-files), and what is none: each is
 * refused with the right words, and none is taken, whatever libhdf5 says of it.
 */
#include "hdf5-list.h"
#include "import-case.h"

#include <string.h>

static const struct
{
  const gchar *name, *words;
} bad[] = {
    {"bad-executes.pth", "system"},
    {"bad-executes-legacy.pth", "never run"},
    {"bad-module.pth", "state_dict"},
    {"bad-protocol4.pth", "protocol 4"},
    {"bad-list.pth", "no dictionary"},
    {"bad-int-tensor.pth", "floating-point"},
    {"bad-nan.pth", "features.2.bias has values that are not finite"},
    {"bad-other-names.pth", "--map"},
    {"bad-norm-unknown.pth", "batch normalization bn"},
    {"bad-two-networks.pth", "more than one network"},
    {"bad-channels.pth", "3x3 convolution of 4 channels"},
    {"bad-kernel.pth", "3x3 convolution of 4 channels"},
    {"bad-no-bias.pth", "no bias"},
    {"bad-gap.pth", "features.9 does not follow features.2"},
    {"bad-variance.pth", "below zero"},
    {"bad-cut-zip.pth", "cut off"},
    {"bad-cut-legacy.pth", "cut off"},
    {"bad-cut-pickle.pth", "cut off"},
    {"bad-tail-legacy.pth", "behind its last storage"},
    {"bad-compressed.pth", "compressed"},
    {"bad-no-pickle.pth", "not one of a PyTorch state dict"},
    {"bad-no-storage.pth", "are missing"},
    {"bad-short-storage.pth", "larger than its place"},
    {"bad-byteorder.pth", "byte order"},
    {"bad-twice.pth", "twice"},
    {"bad-overlap.pth", "overlaps"},
    {"bad-tar.pth", "tar archive"},
    {"bad-input.pth", "cannot be undone"},
    {"bad-norm-half.pth", "no weight or no bias beside it"},
    {"bad-types.safetensors", "floating-point"},
    {"bad-own-poolings.safetensors", "between its blocks"},
    {"bad-gzip.h5", "compressed or in pieces"},
    {"bad-theano.h5", "Theano"},
    {"bad-external.h5", "in pieces"},
    {"bad-integers.h5", "floating-point"},
    {"bad-big-endian.h5", "floating-point"},
    {"bad-soft-links.h5", "no weights in this file"},
    {"bad-external-links.h5", "no weights in this file"},
    {"bad-norm.h5", "batch normalization bn"},
    {"bad-numbered.weights.h5", "3 convolutions without names"},
    {"bad-cut.h5", "libhdf5"},
    {"bad-version.h5", "libhdf5"},
    {"bad-crashes-libhdf5.h5", "libhdf5"},
    {"bad-v0.caffemodel", "no weights in it"},
    {"bad-cut.caffemodel", "damaged at byte"},
    {"bad-sides-huge.caffemodel", "impossible shape"},
    {"bad-shape-larger.caffemodel", "larger than its place"},
    {"bad-stride.onnx", "its node 0, Conv, is not what a VGG has there"},
    {"bad-pads.onnx", "Conv"},
    {"bad-pads-many.onnx", "Conv"},
    {"bad-groups.onnx", "Conv"},
    {"bad-pool.onnx", "its node 4, MaxPool,"},
    {"bad-epsilon.onnx", "BatchNormalization"},
    {"bad-integers.onnx", "floating-point"},
    {"bad-elsewhere.onnx", "another file"},
    {"bad-no-numbers.onnx", "features.0.weight has no shape or no numbers"},
    {"bad-larger.onnx", "larger than its place"},
    {"bad-no-weights.onnx", "features.0.weight has no weights in this file"},
    {"bad-many.onnx", "more than 1000 tensors"},
    {"bad-cut.onnx", "damaged at byte"},
    {"bad-empty-graph.onnx", "no weights in it"},
    {"bad-first.onnx", "its node 0, Sub,"},
    {"bad-branch.onnx", "its node 0, Dropout,"},
    {"bad-between.onnx", "its node 4, Sigmoid,"},
    {"bad-order.onnx", "its node 1, MaxPool,"},
    {"bad-attributes.onnx", "damaged at byte"},
    {"bad-text", "none of the known"},
    {"bad-empty", "none of the known"},
};

static void
check_refused (const gchar *name, const gchar *words)
{
  Imported imported = import_case_with (name, &(ImportOptions){.until = NULL});

  g_assert_null (imported.bytes);
  g_assert_error (imported.error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  g_assert_null (strchr (imported.error->message, '\n'));
  if (words && !strstr (imported.error->message, words))
    g_error ("%s: “%s” is not in “%s”", name, words, imported.error->message);
  imported_clear (&imported);
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    check_refused (bad[i].name, bad[i].words);
}

/* Whatever else is there. */
static void
test_bad_all (void)
{
  gchar *folder = import_case_file (".");
  GDir *dir = g_dir_open (folder, 0, NULL);
  const gchar *name;
  guint n = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, "bad-"))
      {
        check_refused (name, NULL);
        n++;
      }
  g_assert_cmpuint (n, >, 90);
  g_dir_close (dir);
  g_free (folder);
}

/* What libhdf5 says of a file is not believed either. */
static void
test_hdf5_list (void)
{
  const struct
  {
    Hdf5Row row;
    const gchar *name;
    guint cut;
  } rows[] = {
      {{.type = HDF5_OTHER + 1, .length = 1}, "a", 0},
      {{.type = HDF5_F32, .rank = HDF5_MAX_RANK + 1, .length = 1}, "a", 0},
      {{.type = HDF5_F32, .rank = 1, .length = 100}, "a", 0},
      {{.type = HDF5_F32, .rank = 1, .length = 1}, "a", 3},
      {{.type = HDF5_F32, .rank = 1, .length = 1}, "\xff", 0},
      {{.type = HDF5_F32,
        .rank = 1,
        .shape = {4},
        .begin = 1ull << 30,
        .end = 1ull << 31,
        .length = 1},
       "a",
       0},
      {{.type = HDF5_F32, .rank = 2, .shape = {1ull << 40, 1ull << 40}, .end = 16, .length = 1},
       "a",
       0},
      {{.type = HDF5_PACKED, .rank = 1, .length = 1}, "a", 0},
  };
  gchar *path = import_case_file ("good-zip.pth");
  Source *source = source_open (path, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GByteArray *list = g_byte_array_new ();
      GError *error = NULL;

      g_byte_array_append (list, (const guint8 *) &rows[i].row, sizeof (Hdf5Row));
      g_byte_array_append (list, (const guint8 *) rows[i].name, 1);
      g_byte_array_set_size (list, list->len - rows[i].cut);
      g_assert_false (source_take_hdf5 (source, list, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
      g_error_free (error);
      g_byte_array_unref (list);
    }
  source_free (source);
  g_free (path);
}

static void
test_no_file (void)
{
  Imported imported = import_case_with ("none.pth", &(ImportOptions){.until = NULL});

  g_assert_error (imported.error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  imported_clear (&imported);
  imported = import_case_with (".", &(ImportOptions){.until = NULL});
  g_assert_error (imported.error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  imported_clear (&imported);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import-bad/known", test_bad);
  g_test_add_func ("/import-bad/all", test_bad_all);
  g_test_add_func ("/import-bad/hdf5-list", test_hdf5_list);
  g_test_add_func ("/import-bad/no-file", test_no_file);
  return g_test_run ();
}
