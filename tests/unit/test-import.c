/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weight files as other programs wrote them (tests/import/make-files): what is
 * imported has the very numbers that went in, as the options ask for them.
 */
#include "fixture.h"
#include "hdf5-list.h"
#include "import-case.h"
#include "network/safetensors.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define SEED   7000
#define WIDTHS "4 5 | 6"
#define DEEP   "1 1 | 1 1 | 1 1 1 | 1 1 1 | 1 1 1"

static void
check_tensor (const NstSafetensors *file, const gchar *layer, const gchar *part,
              const gdouble *want, gsize n, gdouble limit)
{
  gchar *name = g_strdup_printf ("conv%s.%s", layer + strlen ("relu"), part);
  const NstTensorEntry *entry = nst_safetensors_find (file, name);
  GError *error = NULL;
  gfloat *values;

  g_assert_nonnull (entry);
  values = nst_safetensors_load (file, entry, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    if (limit == 0)
      g_assert_cmpfloat (values[i], ==, (gfloat) want[i]);
    else
      test_at_most (fabs (values[i] - want[i]), limit * MAX (fabs (want[i]), 1e-4));
  nst_free (values);
  g_free (name);
}

static void
check_numbers (const Imported *imported, const OracleNet *net, gdouble limit)
{
  NstSafetensors file;
  GError *error = NULL;
  NstNetwork *network;

  g_assert_no_error (imported->error);
  network = nst_network_open_bytes (imported->bytes, "test", &error);
  g_assert_no_error (error);
  g_assert_cmpint (network->n_layers, ==, net->n_layers);
  g_assert_true (nst_safetensors_parse (imported->bytes, &file, &error));
  for (gint i = 0; i < net->n_layers; i++)
    {
      const OracleLayer *layer = &net->layer[i];

      g_assert_cmpstr (network->layers[i].name, ==, layer->name);
      g_assert_cmpint (network->layers[i].pooled, ==, layer->pool_before);
      check_tensor (&file, layer->name, "weight", layer->weight,
                    (gsize) layer->c_out * layer->c_in * 9, limit);
      check_tensor (&file, layer->name, "bias", layer->bias, layer->c_out, limit);
    }
  nst_safetensors_clear (&file);
  nst_network_free (network);
}

/* weights.py's norm(), folded. */
static void
fold (OracleNet *net)
{
  for (gint k = 0; k < net->n_layers; k++)
    for (gint o = 0; o < net->layer[k].c_out; o++)
      {
        guint64 seed = SEED + 500 + 4 * k;
        OracleLayer *layer = &net->layer[k];
        gfloat gamma = test_uniform (seed, o) + 1.5f, beta = test_uniform (seed + 1, o);
        gfloat mean = test_uniform (seed + 2, o), variance = test_uniform (seed + 3, o) + 1.25f;
        gdouble scale = gamma / sqrt (variance + 1e-5);

        for (gint i = 0; i < layer->c_in * 9; i++)
          layer->weight[o * layer->c_in * 9 + i] *= scale;
        layer->bias[o] = (layer->bias[o] - mean) * scale + beta;
      }
}

static const struct
{
  const gchar *name, *widths;
  gdouble limit; /* relative; 0: to the bit */
  gboolean normed;
  const gchar *preprocess;
} good[] = {
    {"good-zip.pth", WIDTHS, 0, FALSE, "torchvision"},
    {"good-legacy.pth", WIDTHS, 0, FALSE, "torchvision"},
    {"good-python2.pth", WIDTHS, 0, FALSE, "torchvision"},
    {"good-norm-zip.pth", WIDTHS, 6e-8, TRUE, "torchvision"},
    {"good-norm-legacy.pth", WIDTHS, 6e-8, TRUE, "torchvision"},
    {"good-half.pth", WIDTHS, 0x1p-11, FALSE, "torchvision"},
    {"good-bfloat16.pth", WIDTHS, 0x1p-8, FALSE, "torchvision"},
    {"good-double.pth", WIDTHS, 0, FALSE, "torchvision"},
    {"good-strided.pth", WIDTHS, 0, FALSE, "torchvision"},
    {"good-views.pth", WIDTHS, 0, FALSE, "torchvision"},
    {"good-nested.pth", WIDTHS, 0, FALSE, "torchvision"},
    {"good-parameters.pth", WIDTHS, 0, FALSE, "torchvision"},
    {"good-keras.h5", WIDTHS, 0, FALSE, "caffe"},
    {"good-norm-named.pth", WIDTHS, 6e-8, TRUE, "caffe"},
    {"good-keras-double.h5", WIDTHS, 0, FALSE, "caffe"},
    {"good-keras-half.h5", WIDTHS, 0x1p-11, FALSE, "caffe"},
    {"good-keras-model.h5", WIDTHS, 0, FALSE, "caffe"},
    {"good-deep.weights.h5", DEEP, 0, FALSE, "caffe"},
    {"good-old.caffemodel", WIDTHS, 0, FALSE, "caffe"},
    {"good-new.caffemodel", WIDTHS, 0, FALSE, "caffe"},
    {"good-exported.onnx", WIDTHS, 0, FALSE, "torchvision"},
    {"good-norm.onnx", WIDTHS, 6e-8, TRUE, "torchvision"},
    {"good-floats.onnx", WIDTHS, 0, FALSE, "torchvision"},
    {"good-doubles.onnx", WIDTHS, 0, FALSE, "torchvision"},
    {"good-halves.onnx", WIDTHS, 0x1p-11, FALSE, "torchvision"},
    {"good-torchvision.safetensors", WIDTHS, 0, FALSE, "torchvision"},
    {"good-types.safetensors", WIDTHS, 0, FALSE, "torchvision"},
    {"good-half.safetensors", WIDTHS, 0x1p-7, FALSE, "torchvision"},
    {"good-named.safetensors", WIDTHS, 0, FALSE, "caffe"},
};

static void
test_good (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  OracleNet net = test_net (good[i].widths, SEED);
  Imported imported = import_case_with (good[i].name, &(ImportOptions){.until = NULL});

  if (g_strcmp0 (good[i].widths, DEEP) == 0)
    net.n_layers--; /* it ends with relu5_2, which all recipes do with */
  if (good[i].normed)
    fold (&net);
  check_numbers (&imported, &net, good[i].limit);
  g_assert_cmpstr (imported.report.preprocess, ==, good[i].preprocess);
  g_assert_cmpint (imported.report.folded, ==, good[i].normed);
  if (g_strcmp0 (good[i].widths, DEEP) == 0)
    net.n_layers++;
  oracle_net_clear (&net);
  imported_clear (&imported);
}

static void
test_float16 (void)
{
  OracleNet net = test_net (WIDTHS, SEED);
  Imported imported = import_case_with ("good-zip.pth", &(ImportOptions){.half = TRUE});
  GBytes *rounded = test_net_bytes (&net, TEST_NET_HALF); /* @net, too */

  check_numbers (&imported, &net, 0);
  g_bytes_unref (rounded);
  oracle_net_clear (&net);
  imported_clear (&imported);
}

static void
test_until (void)
{
  static const gchar *const wanted[] = {"relu1_2", "conv1_2", "block1_conv2"};
  OracleNet net = test_net ("4 5", SEED);
  Imported imported;

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      imported = import_case_with ("good-legacy.pth", &(ImportOptions){.until = wanted[i]});
      check_numbers (&imported, &net, 0);
      imported_clear (&imported);
    }
  imported = import_case_with ("good-legacy.pth", &(ImportOptions){.until = "relu2_2"});
  g_assert_error (imported.error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_assert_nonnull (strstr (imported.error->message, "relu2_1"));
  imported_clear (&imported);
  oracle_net_clear (&net);
}

static void
test_mapping (void)
{
  static const gchar *const rules[] = {"a\\.0=conv1_1", "x=y", NULL};
  static const gchar *const exact[] = {"features.0=conv1_1", "features.(2)=conv1_\\1",
                                       "features.5=conv2_1", NULL};
  static const gchar *const wrong[][2] = {{"conv"}, {"=conv1_1"}, {"(=conv1_1"}, {"a=\\g<"}};
  OracleNet net = test_net (WIDTHS, SEED);
  Imported imported = import_case_with ("good-zip.pth", &(ImportOptions){.map = exact});

  check_numbers (&imported, &net, 0);
  g_assert_cmpstr (imported.report.preprocess, ==, "caffe");
  imported_clear (&imported);
  imported = import_case_with ("bad-other-names.pth", &(ImportOptions){.map = rules});
  g_assert_error (imported.error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  imported_clear (&imported);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      imported = import_case_with ("good-zip.pth", &(ImportOptions){.map = wrong[i]});
      g_assert_error (imported.error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
      imported_clear (&imported);
    }
  oracle_net_clear (&net);
}

static void
test_preprocess (void)
{
  static const struct
  {
    const gchar *name, *order, *mean, *scale;
  } wanted[] = {
      {"torchvision", "RGB", "0.485 0.456 0.406", "4.36681223 4.46428571 4.44444444"},
      {"caffe", "BGR", "0.407603922 0.457956863 0.485019608", "255 255 255"},
      {"symmetric", "RGB", "0.5 0.5 0.5", "2 2 2"},
      {"plain", "RGB", "0 0 0", "1 1 1"},
  };
  Imported imported;

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      imported =
          import_case_with ("good-zip.pth", &(ImportOptions){.preprocess = wanted[i].name});
      g_assert_no_error (imported.error);
      g_assert_cmpstr (g_hash_table_lookup (imported.metadata, "input_order"), ==,
                       wanted[i].order);
      g_assert_cmpstr (g_hash_table_lookup (imported.metadata, "mean"), ==, wanted[i].mean);
      g_assert_cmpstr (g_hash_table_lookup (imported.metadata, "scale"), ==, wanted[i].scale);
      imported_clear (&imported);
    }
  imported = import_case_with ("good-zip.pth", &(ImportOptions){.preprocess = "torch"});
  g_assert_error (imported.error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_assert_nonnull (strstr (imported.error->message, "torchvision, caffe"));
  imported_clear (&imported);
}

/* A 1x1 convolution of the colours: what it does goes into the first kernels and the mean. */
static void
test_input (void)
{
  static const gdouble mixing[3][3] = {{0, 0.5, 255}, {0, 255, 0}, {255, 0, 0.25}};
  static const gdouble bias[3] = {-103.939, -116.779, -123.68};
  OracleNet net = test_net (WIDTHS, SEED);
  Imported imported = import_case_with ("good-input.pth", &(ImportOptions){.until = NULL});
  gdouble *weight = net.layer[0].weight, mean[3];
  gchar *end = g_hash_table_lookup (imported.metadata, "mean");

  for (gint o = 0; o < net.layer[0].c_out; o++)
    for (gint k = 0; k < 9; k++)
      {
        gdouble *at = weight + o * 27 + k, was[3] = {at[0], at[9], at[18]};

        for (gint c = 0; c < 3; c++)
          at[9 * c] =
              (was[0] * mixing[0][c] + was[1] * mixing[1][c] + was[2] * mixing[2][c]) / 255;
      }
  check_numbers (&imported, &net, 2e-7);
  g_assert_cmpstr (imported.report.preprocess, ==, "convolution");
  for (gint i = 0; i < 3; i++)
    mean[i] = g_ascii_strtod (end, &end);
  for (gint i = 0; i < 3; i++)
    test_at_most (fabs (mixing[i][0] * mean[0] + mixing[i][1] * mean[1] + mixing[i][2] * mean[2]
                        + bias[i]),
                  1e-5);
  oracle_net_clear (&net);
  imported_clear (&imported);
}

/* Also bytes in memory, in a process apart and in this one, as fuzzers have it. */
static void
test_hdf5_bytes (void)
{
  gchar *path = import_case_file ("good-keras.h5");
  gchar *content;
  gsize length;
  GBytes *bytes;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  bytes = g_bytes_new_take (content, length);
  for (gint apart = 0; apart < 2; apart++)
    {
      GError *error = NULL;
      Source *source;

      source_hdf5_apart = apart;
      source = source_open_bytes (bytes, &error);
      g_assert_no_error (error);
      g_assert_nonnull (source_find (source, "block2_conv1/block2_conv1_b_1:0"));
      source_free (source);
    }
  g_bytes_unref (bytes);
  g_free (path);
}

/* What was imported can be imported again, and is the same. */
static void
test_own (void)
{
  gchar *path = NULL;
  gint file = g_file_open_tmp ("nst-test-XXXXXX", &path, NULL);
  Imported first =
      import_case_with ("good-norm-zip.pth", &(ImportOptions){.preprocess = "caffe"});
  Imported again;

  g_assert_cmpint (file, >=, 0);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (first.bytes, NULL),
                                      g_bytes_get_size (first.bytes), NULL));
  again = import_case_path (path, &(ImportOptions){.until = NULL});
  g_assert_no_error (again.error);
  g_assert_cmpstr (again.report.preprocess, ==, "metadata");
  g_assert_cmpstr (g_hash_table_lookup (again.metadata, "mean"), ==,
                   g_hash_table_lookup (first.metadata, "mean"));
  g_assert_cmpuint (g_bytes_get_size (again.bytes), >, 0);
  g_assert_true (g_close (file, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_free (path);
  imported_clear (&first);
  imported_clear (&again);
}

static void
test_known (void)
{
  g_assert_cmpstr (known_find_name ("vgg19")->preprocess, ==, "torchvision");
  g_assert_null (known_find_name ("vgg"));
  g_assert_null (known_find_name ("vgg19-caffe-pth"));
  g_assert_cmpstr (known_find_bytes ("d01eb7cb00", NULL, NULL)->preprocess, ==, "caffe");
  g_assert_cmpstr (known_find_bytes ("", "", "253f8cb515780f3b799900260a226db6")->name, ==,
                   "vgg19-keras");
  g_assert_null (known_find_bytes ("00", "00", "00"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      gchar *name = g_strconcat ("/import/", good[i].name, NULL);

      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_good);
      g_free (name);
    }
  g_test_add_func ("/import/float16", test_float16);
  g_test_add_func ("/import/until", test_until);
  g_test_add_func ("/import/map", test_mapping);
  g_test_add_func ("/import/preprocess", test_preprocess);
  g_test_add_func ("/import/input", test_input);
  g_test_add_func ("/import/hdf5-bytes", test_hdf5_bytes);
  g_test_add_func ("/import/own", test_own);
  g_test_add_func ("/import/known", test_known);
  return g_test_run ();
}
