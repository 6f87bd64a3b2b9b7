/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading networks: good files of each kind compute what the oracle does, and their names are
 * shown as one line each.
 */
#include "fixture.h"
#include "network/pass.h"
#include "network/safetensors.h"

#define SIDE 32

/* Engine and oracle give the same at the deepest layer. */
static void
check_forward (const NstNetwork *network, const OracleNet *net)
{
  NstPool *pool = nst_pool_new (1);
  OracleMap image = test_map (3, SIDE, SIDE, 2000), relu[ORACLE_MAX_LAYERS];
  NstTensor planes = test_tensor (&image);
  gint n = net->n_layers;
  NstPassSpec spec = {.network = network,
                      .pooling = NST_POOLING_NETWORK,
                      .width = SIDE,
                      .height = SIDE,
                      .unit = 1};
  NstPass pass;
  GError *error = NULL;

  g_assert_cmpint (network->n_layers, ==, n);
  for (gint i = 0; i < n; i++)
    spec.keep[i] = TRUE;
  nst_pass_init (&pass, &spec, pool, &error);
  g_assert_no_error (error);
  nst_pass_forward (&pass, planes.data, NULL, NULL);
  oracle_net_forward (net, &image, 1, n, relu);
  for (gint i = 0; i < n; i++)
    {
      g_assert_cmpstr (network->layers[i].name, ==, net->layer[i].name);
      test_at_most (
          test_relative_float (pass.layer[i].out.data, relu[i].v, oracle_map_size (&relu[i])),
          1e-5);
      oracle_map_clear (&relu[i]);
    }
  nst_pass_clear (&pass);
  nst_tensor_clear (&planes);
  oracle_map_clear (&image);
  nst_pool_free (pool);
}

static void
check_good (const gchar *widths, TestNetFlags flags, gboolean bgr, gboolean average)
{
  static const gdouble mean[3] = {0.485, 0.456, 0.406}, deviation[3] = {0.229, 0.224, 0.225};
  OracleNet net = test_net (widths, 2100);
  NstNetwork *network;

  net.bgr = bgr;
  net.average = average;
  for (gint i = 0; flags & TEST_NET_TORCHVISION && i < 3; i++)
    {
      net.mean[i] = mean[i];
      net.scale[i] = 1 / deviation[i];
    }
  network = test_net_open (&net, flags);
  g_assert_cmpstr (nst_network_get_name (network), ==, "test");
  check_forward (network, &net);
  nst_network_free (network);
  oracle_net_clear (&net);
}

#define VGG19 "4 4 | 5 5 | 6 6 6 6 | 7 7 7 7 | 8 8 8 8"
#define VGG16 "4 4 | 5 5 | 6 6 6 | 7 7 7 | 8 8 8"

static void
test_own (void)
{
  check_good (VGG19, 0, FALSE, FALSE);
  check_good ("1", 0, TRUE, FALSE);
  check_good ("3 17 | 5", 0, TRUE, TRUE);
}

static void
test_half (void)
{
  check_good (VGG19, TEST_NET_HALF, FALSE, FALSE);
}

static void
test_torchvision (void)
{
  check_good (VGG19, TEST_NET_TORCHVISION, FALSE, FALSE);
  check_good (VGG16, TEST_NET_TORCHVISION | TEST_NET_HALF, FALSE, FALSE);
}

/* The one that is built in: its layers are those of the papers. */
static void
test_built_in (void)
{
  GError *error = NULL;
  NstNetwork *network = nst_network_open (NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (nst_network_get_name (network), ==, "default");
  g_assert_cmpint (nst_network_find_layer (network, "relu1_1", &error), ==, 0);
  g_assert_cmpint (nst_network_find_layer (network, "block4_conv2", &error), ==,
                   nst_network_find_layer (network, "relu4_2", &error));
  g_assert_cmpint (nst_network_find_layer (network, "relu5_1", &error), ==,
                   network->n_layers - 1);
  g_assert_no_error (error);
  g_assert_cmpint (nst_network_find_layer (network, "relu5_1x", &error), ==, -1);
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "relu4_2"));
  g_clear_error (&error);
  nst_network_free (network);
}

/* Numbers at float16's edges. */
static void
test_half_values (void)
{
  static const guint16 half[] = {0x0000, 0x8000, 0x0001, 0x83ff,
                                 0x0400, 0x3c00, 0xc248, 0x7bff};
  static const gfloat value[] = {0,        -0.0f, 0x1p-24f,   -0x3ffp-24f,
                                 0x1p-14f, 1,     -3.140625f, 65504};
  guint16 data[8];
  GBytes *bytes;
  NstSafetensors file;
  GError *error = NULL;
  gfloat *loaded;

  for (gint i = 0; i < 8; i++)
    data[i] = GUINT16_TO_LE (half[i]);
  bytes = test_safetensors (
      "{\"x\":{\"dtype\":\"F16\",\"shape\":[2,4],\"data_offsets\":[0,16]}}", data, 16);
  g_assert_true (nst_safetensors_parse (bytes, &file, &error));
  loaded = nst_safetensors_load (&file, nst_safetensors_find (&file, "x"), &error);
  g_assert_cmpmem (loaded, sizeof (value), value, sizeof (value));
  nst_free (loaded);
  nst_safetensors_clear (&file);
  g_bytes_unref (bytes);
}

/* Names as they are shown: one line, and no two alike. */
static void
test_display_name (void)
{
  static const struct
  {
    const gchar *name, *shown;
  } names[] = {
      {"", ""},
      {"VGG 19 \xc3\xa4 \xe7\xb6\xb2.safetensors", "VGG 19 \xc3\xa4 \xe7\xb6\xb2.safetensors"},
      {"a\nb\rc\td", "a\\nb\\rc\\td"},
      {"a\\nb", "a\\\\nb"},
      {"\x1b[31mred\x7f", "\\x1b[31mred\\x7f"},
      {"latin\xe4", "latin\\xe4"},
      {"\xa4\xa4\xa4\xe5", "\\xa4\\xa4\\xa4\\xe5"},
      {"\xe7\xb6", "\\xe7\\xb6"},
      {"c1\xc2\x85", "c1\\u0085"},
      {"a\xe2\x80\xaegnp.exe", "a\\u202egnp.exe"},
      {"a\xe2\x80\xa8z", "a\\u2028z"},
      {"zero\xe2\x80\x8bwidth", "zero\\u200bwidth"},
      {"soft\xc2\xadhyphen", "soft\\u00adhyphen"},
      {"\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\\ufe0f"},
      {"filler\xe3\x85\xa4", "filler\\u3164"},
      {"no\xc2\xa0"
       "break",
       "no\\u00a0break"},
      {"thin\xe2\x80\x89space", "thin\\u2009space"},
      {"ogham\xe1\x9a\x80space", "ogham\\u1680space"},
      {"braille\xe2\xa0\x80 \xe2\xa0\x81", "braille\\u2800 \xe2\xa0\x81"},
      {"year \xd8\x81\xd9\xa1 \xdb\x9d \xe0\xa3\xa2",
       "year \xd8\x81\xd9\xa1 \xdb\x9d \xe0\xa3\xa2"},
      {"letter\xd8\x9cmark", "letter\\u061cmark"},
      {"tag\xf3\xa0\x81\xa1", "tag\\ue0061"},
      {"accent e\xcc\x81, \xe5\xaf\x84\xe3\x80\x80\xe9\x81\x93",
       "accent e\xcc\x81, \xe5\xaf\x84\xe3\x80\x80\xe9\x81\x93"},
      {"surrogate\xed\xa0\x80", "surrogate\\xed\\xa0\\x80"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gchar *shown = nst_display_name (names[i].name);

      g_assert_cmpstr (shown, ==, names[i].shown);
      g_free (shown);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/own", test_own);
  g_test_add_func ("/network/half", test_half);
  g_test_add_func ("/network/half-values", test_half_values);
  g_test_add_func ("/network/torchvision", test_torchvision);
  g_test_add_func ("/network/built-in", test_built_in);
  g_test_add_func ("/network/display-name", test_display_name);
  return g_test_run ();
}
