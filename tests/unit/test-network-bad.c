/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every way in which a network's file is bad is refused with NST_ERROR_BAD_NETWORK and a sentence
 * that says what is wrong.
 */
#include "fixture.h"
#include "network/safetensors.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* A network of one layer and one channel. */
#define WEIGHT                                                                                 \
  "\"conv1_1.weight\":{\"dtype\":\"F32\",\"shape\":[1,3,3,3],\"data_offsets\":[0,108]}"
#define BIAS "\"conv1_1.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[108,112]}"
#define METADATA                                                                               \
  "\"__metadata__\":{\"format\":\"nst-vgg\",\"version\":\"1\",\"layers\":\"conv1_1\","         \
  "\"pooling\":\"max\",\"padding\":\"zero\",\"input_order\":\"RGB\",\"mean\":\"0.1 0.2 0.3\"," \
  "\"scale\":\"1 2 3\"}"
#define GOOD      "{" METADATA "," WEIGHT "," BIAS "}  "
#define GOOD_SIZE 112

/* Opening @bytes fails, with a sentence that has @phrase in it. */
static void
check_refused (GBytes *bytes, const gchar *phrase)
{
  GError *error = NULL;
  NstNetwork *network = nst_network_open_bytes (bytes, "some.file", &error);

  g_assert_null (network);
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "some.file: "));
  g_assert_nonnull (strstr (error->message, phrase));
  for (const gchar *c = error->message; *c; c++)
    g_assert_false (g_ascii_iscntrl (*c));
  g_assert_cmpuint (strlen (error->message), <, 500);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_error_free (error);
  g_bytes_unref (bytes);
}

/* In GOOD's header @from becomes @to. */
typedef struct
{
  const gchar *from, *to;
  const gchar *phrase; /* in the message */
} BadHeader;

static const BadHeader bad_headers[] = {
    /* JSON */
    {"  ", "x", "JSON"},
    {"{\"__meta", " {\"__meta", "not a safetensors file"},
    {"F32", "F\xff", "UTF-8"},
    {"[1]", "[[[[1]]]]", "nested"},
    {"\"scale\"", "/* */\"scale\"", "strict"},
    {"\"conv1_1.bias\"", "\"conv1_1.weight\"", "twice"},
    {"\"shape\":[1],", "\"shape\":[2],\"shape\":[1],", "twice"},
    /* tensors */
    {"{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[108,112]}", "7", "not described"},
    {"\"shape\":[1],", "", "other than"},
    {"\"shape\":[1]", "\"shape\":1", "shape"},
    {"\"shape\":[1]", "\"form\":[1]", "shape"},
    {"[1,3,3,3]", "[-1,-3,3,3]", "impossible shape"},
    {"[1,3,3,3]", "[1.0,3,3,3]", "impossible shape"},
    {"[1,3,3,3]", "[4294967296,4294967296,3,3]", "impossible shape"},
    {"[1,3,3,3]", "[99999999999999999999,3,3,3]", "shape"},
    {"[1,3,3,3]", "[1,1,1,1,1,1,3,3,3]", "dimensions"},
    {"[1,3,3,3]", "[2,3,3,3]", "size"},
    {"[1,3,3,3]", "[2305843009213693952,3,3,3]", "impossible shape"},
    {"[0,108]", "[0,104]", "size"},
    {"[0,108]", "[108,0]", "data_offsets"},
    {"[0,108]", "[-108,0]", "data_offsets"},
    {"[0,108]", "[0,108,112]", "data_offsets"},
    {"[0,108]", "[\"0\",108]", "data_offsets"},
    {"[0,108]", "[4,112]", "hole"},
    {"[108,112]", "[104,108]", "overlap"},
    {"[108,112]", "[112,116]", "hole"},
    {"\"F32\",\"shape\":[1]", "\"F31\",\"shape\":[1]", "element type"},
    {"\"F32\",\"shape\":[1]", "32,\"shape\":[1]", "element type"},
    {"\"F32\",\"shape\":[1]", "\"I32\",\"shape\":[1]", "float32"},
    {"[1,3,3,3]", "[3,1,3,3]", "3x3 convolution of 3 channels"},
    {"[1,3,3,3]", "[1,1,3,9]", "3x3 convolution"},
    {"[1,3,3,3]", "[27]", "3x3 convolution"},
    {"[1,3,3,3]", "[1,3,3,3,1]", "3x3 convolution"},
    {"\"shape\":[1]", "\"shape\":[1,1]", "one value for each channel"},
    {"conv1_1.bias", "conv1_1.bios", "no tensor conv1_1.bias"},
    {"conv1_1.weight\"", "conv1_1.wait\"", "no tensor conv1_1.weight"},
    /* metadata */
    {"\"version\":\"1\"", "\"version\":1", "texts"},
    {"\"version\":\"1\"", "\"version\":\"2\"", "version"},
    {"\"pooling\":\"max\"", "\"pooling\":\"sum\"", "pooling"},
    {"\"padding\":\"zero\"", "\"padding\":\"reflect\"", "padding"},
    {"\"RGB\"", "\"GRB\"", "input_order"},
    {"0.1 0.2 0.3", "0.1 0.2", "mean"},
    {"0.1 0.2 0.3", "0.1 0.2 0.3 0.4", "mean"},
    {"0.1 0.2 0.3", "0.1 0.2 x", "mean"},
    {"0.1 0.2 0.3", "0.1 nan 0.3", "mean"},
    {"\"scale\"", "\"scala\"", "scale"},
    {"1 2 3", "inf 2 3", "scale"},
    {"\"layers\":\"conv1_1\"", "\"layers\":\"\"", "layers"},
    {"\"layers\":\"conv1_1\"", "\"layers\":\"pool conv1_1\"", "pool"},
    {"\"layers\":\"conv1_1\"", "\"layers\":\"conv1_1 conv1_1\"", "twice"},
    {"\"layers\":\"conv1_1\"", "\"layers\":\"conv1_1x\"", "conv1_1x"},
    {"\"layers\":\"conv1_1\"", "\"layers\":\"conv1_1 conv1_2\"", "no tensor conv1_2.weight"},
    {"\"layers\"", "\"layer\"", "no VGG layers"},
};

static GBytes *
one_layer (const gchar *header, gsize size)
{
  guint8 data[256] = {0};

  g_assert_cmpuint (size, <=, sizeof (data));
  return test_safetensors (header, data, size);
}

static void
test_bad_headers (void)
{
  GBytes *good = one_layer (GOOD, GOOD_SIZE);
  GError *error = NULL;
  NstNetwork *network = nst_network_open_bytes (good, "good", &error);

  g_assert_no_error (error);
  nst_network_free (network);
  g_bytes_unref (good);
  for (guint i = 0; i < G_N_ELEMENTS (bad_headers); i++)
    {
      const BadHeader *bad = &bad_headers[i];
      GString *header = g_string_new (GOOD);

      g_assert_cmpuint (g_string_replace (header, bad->from, bad->to, 1), ==, 1);
      check_refused (one_layer (header->str, GOOD_SIZE), bad->phrase);
      g_string_free (header, TRUE);
    }
}

static void
test_bad_data (void)
{
  static const guint32 not_finite[] = {0x7f800000, 0xff800000, 0x7fc00000};

  check_refused (one_layer (GOOD, GOOD_SIZE - 1), "cut off");
  check_refused (one_layer (GOOD, GOOD_SIZE + 4), "as long as");
  check_refused (one_layer (GOOD, 0), "cut off");
  for (guint i = 0; i < G_N_ELEMENTS (not_finite); i++)
    {
      guint32 data[28] = {0};

      data[27 - i] = GUINT32_TO_LE (not_finite[i]);
      check_refused (test_safetensors (GOOD, data, sizeof (data)), "not finite");
    }
}

/* What is no safetensors file at all, or one whose header has a wrong length. */
static void
test_other_files (void)
{
  static const gchar *begin[] = {"PK\3\4 a zip, as PyTorch writes", "\x89HDF\r\n\x1a\n Keras",
                                 "\x80\2\x8a\nl\xfc\x9c\x46\xf9 pickle", "<!DOCTYPE html> 404"};
  guint64 lengths[] = {0, 1, 1 << 20 | 1, G_MAXINT64, G_MAXUINT64};

  check_refused (g_bytes_new (NULL, 0), "too short");
  check_refused (g_bytes_new ("\2\0\0\0\0\0\0\0{", 9), "too short");
  check_refused (g_bytes_new ("\2\0\0\0\0\0\0\0{}", 10), "no VGG layers");
  for (guint i = 0; i < G_N_ELEMENTS (begin); i++)
    check_refused (g_bytes_new (begin[i], strlen (begin[i])), "not a safetensors file");
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      GBytes *good = one_layer (GOOD, GOOD_SIZE);
      gsize size;
      guint8 *data = g_bytes_unref_to_data (good, &size);
      guint64 length = GUINT64_TO_LE (lengths[i]);

      memcpy (data, &length, 8);
      check_refused (g_bytes_new_take (data, size), "not a safetensors file");
    }
}

/* A file's own words in a message: one line, not long, and text. */
static void
test_hostile_names (void)
{
  gchar *longest = g_strnfill (100000, 'x');
  const gchar *name[] = {"a\\nb\\u001b[31m\\u0007", "\xc3\xa4\xc3\xa4\xc3\xa4", "%s%n",
                         longest};

  for (guint i = 0; i < G_N_ELEMENTS (name); i++)
    for (gint padded = 0; padded < 4; padded++)
      {
        gchar *header = g_strdup_printf (
            "{\"%.*s%s\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", padded,
            "yyyy", name[i]);
        gchar *layers = g_strdup_printf ("\"layers\":\"%.*s%s%s\"", 16 + padded,
                                         "yyyyyyyyyyyyyyyyyyyy", name[i], name[i]);
        GString *good = g_string_new (GOOD);

        check_refused (one_layer (header, 4), "");
        g_string_replace (good, "\"layers\":\"conv1_1\"", layers, 1);
        check_refused (one_layer (good->str, GOOD_SIZE), "layers");
        g_string_free (good, TRUE);
        g_free (layers);
        g_free (header);
      }
  g_free (longest);
}

static void
test_too_many (void)
{
  GString *header = g_string_new ("{");

  for (gint i = 0; i <= 1001; i++)
    g_string_append_printf (
        header, "%s\"t%d\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}",
        i ? "," : "", i);
  g_string_append (header, "}");
  check_refused (one_layer (header->str, 0), "1000 tensors");
  g_string_free (header, TRUE);
}

/* A layer of 4096 channels is as wide as there are; one more, or none, is refused for that. */
static void
test_width (void)
{
  static const gint widths[] = {0, 4096, 4097};

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      gsize weights = widths[i] * 27 * 4, all = weights + widths[i] * 4;
      gchar *shape = g_strdup_printf ("[%d,3,3,3]", widths[i]);
      gchar *bias = g_strdup_printf ("\"shape\":[%d]", widths[i]);
      gchar *first = g_strdup_printf ("[0,%" G_GSIZE_FORMAT "]", weights);
      gchar *second =
          g_strdup_printf ("[%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT "]", weights, all);
      GString *header = g_string_new (GOOD);
      gpointer data = g_malloc0 (all + 1);
      GBytes *bytes;

      g_string_replace (header, "[1,3,3,3]", shape, 1);
      g_string_replace (header, "\"shape\":[1]", bias, 1);
      g_string_replace (header, "[0,108]", first, 1);
      g_string_replace (header, "[108,112]", second, 1);
      bytes = test_safetensors (header->str, data, all);
      if (widths[i] == 4096)
        {
          GError *error = NULL;
          NstNetwork *network = nst_network_open_bytes (bytes, "wide", &error);

          g_assert_no_error (error);
          nst_network_free (network);
          g_bytes_unref (bytes);
        }
      else
        check_refused (bytes, "3x3 convolution of 3 channels");
      g_string_free (header, TRUE);
      g_free (data);
      g_free (shape);
      g_free (bias);
      g_free (first);
      g_free (second);
    }
}

/* Torchvision's names in an order that is not VGG's. */
static void
test_bad_torchvision (void)
{
  static const gint next[] = {1, 4, 9};
  static const gchar *phrase[] = {"features.1", "features.4", "features.9"};

  for (guint i = 0; i < G_N_ELEMENTS (next); i++)
    {
      gchar *header = g_strdup_printf (
          "{\"features.0.weight\":{\"dtype\":\"F32\",\"shape\":[1,3,3,3],\"data_offsets\":[0,"
          "108]},"
          "\"features.0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[108,112]},"
          "\"features.%d.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,3,3],\"data_offsets\":[112,"
          "148]},"
          "\"features.%d.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[148,152]}}",
          next[i], next[i]);

      check_refused (one_layer (header, 152), phrase[i]);
      g_free (header);
    }
  check_refused (one_layer ("{\"features.2.weight\":{\"dtype\":\"F32\",\"shape\":[1,3,3,3],"
                            "\"data_offsets\":[0,108]}}",
                            108),
                 "features.0");
}

/* A file that is not there is the file system's error. */
static void
test_no_file (void)
{
  gchar *folder = g_dir_make_tmp (NULL, NULL);
  gchar *path = g_build_filename (folder, "none.safetensors", NULL);
  GError *error = NULL;

  g_assert_null (nst_network_open (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "none.safetensors"));
  g_clear_error (&error);
  g_assert_null (nst_network_open (folder, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_clear_error (&error);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (nst_network_open (path, &error)); /* and does not wait for a writer */
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_clear_error (&error);
  g_unlink (path);
  g_assert_true (g_file_set_contents (path, "", 0, &error));
  g_assert_null (nst_network_open (path, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_NETWORK);
  g_clear_error (&error);
  g_unlink (path);
  g_rmdir (folder);
  g_free (path);
  g_free (folder);
}

/* A network whose file has a name of two lines, or in another encoding: in messages, in notices
 * and as the network's own name. */
static void
test_file_names (void)
{
  static const gchar *const bad[] = {"two\nlines.safetensors", "latin\xe4.safetensors"};
  static const gchar *const shown[] = {"two\\nlines.safetensors", "latin\\xe4.safetensors"};
  gchar *folder = g_dir_make_tmp (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gchar *path = g_build_filename (folder, bad[i], NULL);
      NstNetwork *network;
      GBytes *good = one_layer (GOOD, GOOD_SIZE);
      GError *error = NULL;

      g_assert_null (nst_network_open (path, &error));
      g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
      g_assert_nonnull (strstr (error->message, shown[i]));
      g_assert_null (strchr (error->message, '\n'));
      g_clear_error (&error);
      g_assert_true (g_file_set_contents (path, "x", 1, NULL));
      g_assert_null (nst_network_open (path, &error));
      g_assert_true (g_str_has_prefix (error->message, shown[i]));
      g_clear_error (&error);
      g_assert_true (g_file_set_contents (path, g_bytes_get_data (good, NULL),
                                          g_bytes_get_size (good), NULL));
      network = nst_network_open (path, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (nst_network_get_name (network), ==, shown[i]);
      nst_network_free (network);
      g_bytes_unref (good);
      g_unlink (path);
      g_free (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network-bad/headers", test_bad_headers);
  g_test_add_func ("/network-bad/data", test_bad_data);
  g_test_add_func ("/network-bad/other-files", test_other_files);
  g_test_add_func ("/network-bad/hostile-names", test_hostile_names);
  g_test_add_func ("/network-bad/too-many", test_too_many);
  g_test_add_func ("/network-bad/width", test_width);
  g_test_add_func ("/network-bad/torchvision", test_bad_torchvision);
  g_test_add_func ("/network-bad/no-file", test_no_file);
  g_test_add_func ("/network-bad/file-names", test_file_names);
  return g_test_run ();
}
