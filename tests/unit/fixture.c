/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the oracle and the engine: maps, networks, images in both forms.
 */
#include "fixture.h"

#include <math.h>
#include <string.h>

NstTensor
test_tensor_new (gint c, gint h, gint w)
{
  NstTensor tensor;
  GError *error = NULL;

  nst_tensor_alloc (&tensor, c, h, w, &error);
  g_assert_no_error (error);
  /* what the engine must overwrite, or must not use; the room behind included */
  for (gsize i = 0; i < nst_tensor_size (&tensor) + NST_ALLOC_ROOM / sizeof (gfloat); i++)
    tensor.data[i] = NAN;
  return tensor;
}

NstTensor
test_tensor (OracleMap *map)
{
  NstTensor tensor = test_tensor_new (map->c, map->h, map->w);

  for (gsize i = 0; i < oracle_map_size (map); i++)
    map->v[i] = tensor.data[i] = map->v[i];
  return tensor;
}

NstPiece
test_piece (const NstTensor *f, const NstTensor *d)
{
  gsize plane = nst_tensor_plane (f);

  return (NstPiece){0,     f->c, f->h, f->w, 0, 0, f->w, f->w, f->data, d ? d->data : NULL,
                    plane, plane};
}

GBytes *
test_safetensors (const gchar *header, gconstpointer data, gsize size)
{
  GByteArray *file = g_byte_array_new ();
  guint64 length = GUINT64_TO_LE (strlen (header));

  g_byte_array_append (file, (const guint8 *) &length, 8);
  g_byte_array_append (file, (const guint8 *) header, strlen (header));
  if (size > 0)
    g_byte_array_append (file, data, size);
  return g_byte_array_free_to_bytes (file);
}

/* To float16 and back, the nearest; normal numbers and 0 only. */
static guint16
to_half (gdouble *value)
{
  gint exponent;
  gdouble fraction = frexp (fabs (*value), &exponent), rounded = nearbyint (fraction * 2048);
  guint16 half;

  if (*value == 0 || exponent < -13)
    {
      *value = 0;
      return 0;
    }
  half = (exponent + 14) * 1024 + (gint) (rounded - 1024); /* a carry goes into the exponent */
  *value = copysign (ldexp (rounded, exponent - 11), *value);
  return half | (*value < 0 ? 0x8000 : 0);
}

typedef struct
{
  GString *header;
  GByteArray *data;
  gboolean half;
} Writer;

static void
add_tensor (Writer *writer, const gchar *name, const gchar *shape, gdouble *value, gsize n)
{
  guint begin = writer->data->len;
  guint8 *to;

  g_byte_array_set_size (writer->data, begin + n * (writer->half ? 2 : 4));
  to = writer->data->data + begin;
  for (gsize i = 0; i < n; i++)
    if (writer->half)
      {
        guint16 half = GUINT16_TO_LE (to_half (&value[i]));

        memcpy (to + 2 * i, &half, 2);
      }
    else
      {
        gfloat single = value[i];

        memcpy (to + 4 * i, &single, 4);
      }
  g_string_append_printf (writer->header,
                          "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%u,%u]}",
                          writer->header->len > 1 ? "," : "", name,
                          writer->half ? "F16" : "F32", shape, begin, writer->data->len);
}

static void
add_layer (Writer *writer, const OracleLayer *layer, const gchar *name)
{
  gchar *weight = g_strconcat (name, ".weight", NULL),
        *bias = g_strconcat (name, ".bias", NULL);
  gchar *shape = g_strdup_printf ("%d,%d,3,3", layer->c_out, layer->c_in);
  gchar *length = g_strdup_printf ("%d", layer->c_out);

  add_tensor (writer, weight, shape, layer->weight, (gsize) layer->c_out * layer->c_in * 9);
  add_tensor (writer, bias, length, layer->bias, layer->c_out);
  g_free (weight);
  g_free (bias);
  g_free (shape);
  g_free (length);
}

static void
add_metadata (Writer *writer, const OracleNet *net)
{
  GString *layers = g_string_new (NULL);

  for (gint i = 0; i < net->n_layers; i++)
    g_string_append_printf (layers, "%s%sconv%s", i ? " " : "",
                            net->layer[i].pool_before ? "pool " : "", net->layer[i].name + 4);
  g_string_append_printf (
      writer->header,
      ",\"__metadata__\":{\"format\":\"nst-vgg\",\"version\":\"1\",\"name\":\"test\","
      "\"layers\":\"%s\",\"pooling\":\"%s\",\"padding\":\"zero\",\"input_order\":\"%s\","
      "\"mean\":\"%.9g %.9g %.9g\",\"scale\":\"%.9g %.9g %.9g\"}",
      layers->str, net->average ? "average" : "max", net->bgr ? "BGR" : "RGB", net->mean[0],
      net->mean[1], net->mean[2], net->scale[0], net->scale[1], net->scale[2]);
  g_string_free (layers, TRUE);
}

GBytes *
test_net_bytes (OracleNet *net, TestNetFlags flags)
{
  Writer writer = {g_string_new ("{"), g_byte_array_new (), flags & TEST_NET_HALF};
  GBytes *bytes;
  gint place = 0;

  for (gint i = 0; i < net->n_layers; i++)
    {
      OracleLayer *layer = &net->layer[i];
      gchar *name;

      place += i == 0 ? 0 : layer->pool_before ? 3 : 2;
      name = flags & TEST_NET_TORCHVISION ? g_strdup_printf ("features.%d", place)
                                          : g_strdup_printf ("conv%s", layer->name + 4);
      add_layer (&writer, layer, name);
      g_free (name);
    }
  if (flags & TEST_NET_TORCHVISION)
    {
      gdouble classifier[6] = {1, 2, 3, 4, 5, 6};

      add_tensor (&writer, "classifier.0.weight", "2,3", classifier, 6);
      add_tensor (&writer, "classifier.0.bias", "2", classifier, 2);
    }
  else
    add_metadata (&writer, net);
  g_string_append (writer.header, "}");
  bytes = test_safetensors (writer.header->str, writer.data->data, writer.data->len);
  g_string_free (writer.header, TRUE);
  g_byte_array_unref (writer.data);
  return bytes;
}

NstNetwork *
test_net_open (OracleNet *net, TestNetFlags flags)
{
  GBytes *bytes = test_net_bytes (net, flags);
  GError *error = NULL;
  NstNetwork *network = nst_network_open_bytes (bytes, "test", &error);

  g_assert_no_error (error);
  g_bytes_unref (bytes);
  return network;
}

NstImage
test_image (guint64 seed, gint width, gint height)
{
  NstImage image;
  GError *error = NULL;
  gint rows = (height + 7) / 8, columns = (width + 7) / 8;

  nst_image_alloc (&image, width, height, FALSE, &error);
  g_assert_no_error (error);
  for (gint c = 0; c < 3; c++)
    for (gint y = 0; y < height; y++)
      for (gint x = 0; x < width; x++)
        {
          guint block = test_bits (seed, (c * rows + y / 8) * columns + x / 8) & 255;
          guint fine = test_bits (seed + 1, (c * height + y) * width + x) & 255;

          image.rgb[(y * width + x) * 3 + c] = ((3 * block + fine) >> 2) / 255.0f;
        }
  return image;
}

gboolean
test_plan (const NstNetwork *network, const NstSettings *settings, gint width, gint height,
           NstPlan *plan, GError **error)
{
  NstImage content = {width, height, NULL, NULL};
  NstInputs inputs = {network, &content};

  return nst_plan (&inputs, settings, plan, error);
}

OracleMap
test_image_map (const NstImage *image, gdouble pixel_max)
{
  OracleMap map = oracle_map_new (3, image->height, image->width);
  gsize plane = (gsize) image->width * image->height;

  for (gsize p = 0; p < plane; p++)
    for (gint c = 0; c < 3; c++)
      map.v[c * plane + p] = image->rgb[p * 3 + c] * pixel_max;
  return map;
}
