/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a safetensors file to a network: which tensors are its layers, in what
 * order, and what its input is, by our own metadata or by torchvision's names.
 */
#include "network/network-file.h"
#include "network/safetensors.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/* A network as it is being read: first all layers' shapes, then their numbers. */
typedef struct
{
  const NstSafetensors *file;
  NstNetwork *network;
  gint n_poolings;
  const NstTensorEntry *weight[NST_MAX_LAYERS], *bias[NST_MAX_LAYERS];
} Reader;

static gboolean
check_shapes (const NstTensorEntry *weight, const NstTensorEntry *bias, gint cin,
              GError **error)
{
  if (weight->rank != 4 || weight->shape[0] < 1 || weight->shape[0] > NST_MAX_CHANNELS
      || weight->shape[1] != (guint64) cin || weight->shape[2] != 3 || weight->shape[3] != 3)
    return nst_bad_network (error, _ ("%s is not a 3x3 convolution of %d channels"),
                            weight->name, cin);
  if (bias->rank != 1 || bias->shape[0] != weight->shape[0])
    return nst_bad_network (error, _ ("%s does not have one value for each channel of %s"),
                            bias->name, weight->name);
  return TRUE;
}

static gboolean
add_layer (Reader *reader, const gchar *weight_name, const gchar *bias_name, const gchar *name,
           gboolean pooled, GError **error)
{
  NstNetwork *network = reader->network;
  const NstTensorEntry *weight = nst_safetensors_find (reader->file, weight_name);
  const NstTensorEntry *bias = nst_safetensors_find (reader->file, bias_name);
  gint n = network->n_layers, cin = n ? network->layers[n - 1].cout : 3;
  NstLayer *layer = &network->layers[n];

  if (n == NST_MAX_LAYERS)
    return nst_bad_network (error, _ ("it has more than %d layers"), NST_MAX_LAYERS);
  if (!weight || !bias)
    return nst_bad_network (error, _ ("it has no tensor %s"), weight ? bias_name : weight_name);
  if (!check_shapes (weight, bias, cin, error))
    return FALSE;
  reader->n_poolings += pooled ? 1 : 0;
  if (reader->n_poolings > NST_MAX_POOLINGS)
    return nst_bad_network (error,
                            _ ("it pools more than %d times, more than the largest picture "
                               "can be halved"),
                            NST_MAX_POOLINGS);
  reader->weight[n] = weight;
  reader->bias[n] = bias;
  network->n_layers++;
  g_strlcpy (layer->name, name, sizeof layer->name);
  layer->pooled = pooled;
  layer->cin = cin;
  layer->cout = nst_int (weight->shape[0]);
  return TRUE;
}

static gboolean
load_layer (const Reader *reader, gint i, GError **error)
{
  NstLayer *layer = &reader->network->layers[i];
  gfloat *values = nst_safetensors_load (reader->file, reader->weight[i], error);
  gboolean ok;

  if (!values)
    return FALSE;
  layer->bias = nst_safetensors_load (reader->file, reader->bias[i], error);
  layer->forward = (NstWinograd){layer->cin, layer->cout, nst_kernels ()};
  layer->backward = (NstWinograd){layer->cout, layer->cin, nst_kernels ()};
  ok = layer->bias && nst_winograd_init (&layer->forward, values, FALSE, error)
       && nst_winograd_init (&layer->backward, values, TRUE, error);
  nst_free (values);
  return ok;
}

/* A file may be small, or have holes, and its weights may not be. */
static gboolean
load_layers (const Reader *reader, GError **error)
{
  guint64 needed = nst_network_memory (reader->network), there = nst_machine_memory ();
  gboolean ok = TRUE;

  if (needed > there)
    {
      g_set_error (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                   _ ("its weights need %.0f MiB of memory, more than the %.0f MiB there are"),
                   (gdouble) needed / 1048576.0, (gdouble) there / 1048576.0);
      return FALSE;
    }
  for (gint i = 0; ok && i < reader->network->n_layers; i++)
    ok = load_layer (reader, i, error);
  return ok;
}

/* torchvision's `features`: convolutions with ReLUs between, pools in the gaps. */
static gboolean
read_torchvision (Reader *reader, GError **error)
{
  NstNetwork *network = reader->network;
  static const gfloat mean[3] = {0.485f, 0.456f, 0.406f};
  static const gfloat deviation[3] = {0.229f, 0.224f, 0.225f};
  gint block = 1, conv = 1, last = -2;

  for (gint n = 0; n < 128; n++)
    {
      gchar weight[32], bias[32], name[16];

      g_snprintf (weight, sizeof weight, "features.%d.weight", n);
      g_snprintf (bias, sizeof bias, "features.%d.bias", n);
      if (!nst_safetensors_find (reader->file, weight))
        continue;
      if (last < 0 && n > 0)
        return nst_bad_network (error, _ ("it has features.%d but no features.0.weight"), n);
      if (n != last + 2 && n != last + 3)
        return nst_bad_network (
            error,
            _ ("features.%d does not follow features.%d as in VGG (is it a VGG with batch "
               "normalization, or another network?)"),
            n, last);
      if (n == last + 3)
        block++, conv = 1;
      g_snprintf (name, sizeof name, "relu%d_%d", block, conv++);
      if (!add_layer (reader, weight, bias, name, n == last + 3, error))
        return FALSE;
      last = n;
    }
  for (gint i = 0; i < 3; i++)
    {
      network->order[i] = i;
      network->mean[i] = mean[i];
      network->scale[i] = 1 / deviation[i];
    }
  network->pooling = NST_POOLING_MAX;
  return TRUE;
}

static gboolean
read_three (const NstSafetensors *file, const gchar *key, gfloat values[3], GError **error)
{
  const gchar *text = g_hash_table_lookup (file->metadata, key);
  gchar *end = (gchar *) text;

  for (gint i = 0; text && i < 3; i++)
    {
      gchar *start = end;

      values[i] = (gfloat) g_ascii_strtod (start, &end);
      if (end == start || !(ABS (values[i]) < 1e6f))
        return nst_bad_network (error, _ ("its metadata “%s” is not three numbers"), key);
    }
  if (!text || *end)
    return nst_bad_network (error, _ ("its metadata “%s” is not three numbers"), key);
  return TRUE;
}

/* One of two words, as 0 or 1. */
static gint
read_word (const NstSafetensors *file, const gchar *key, const gchar *zero, const gchar *one,
           GError **error)
{
  const gchar *text = g_hash_table_lookup (file->metadata, key);

  if (g_strcmp0 (text, zero) == 0)
    return 0;
  if (one && g_strcmp0 (text, one) == 0)
    return 1;
  nst_bad_network (error, _ ("its metadata “%s” is “%s”; this version knows %s%s%s"), key,
                   text ? text : "", zero, one ? ", " : "", one ? one : "");
  return -1;
}

static gboolean
read_layers (Reader *reader, GError **error)
{
  const NstNetwork *network = reader->network;
  const gchar *text = g_hash_table_lookup (reader->file->metadata, "layers");
  gchar **words = g_strsplit (text ? text : "", " ", -1);
  gboolean pool = FALSE, ok = TRUE;

  for (gint i = 0; ok && words[i]; i++)
    {
      gint block, conv, end = 0;
      gchar name[16], weight[32], bias[32];

      if (strcmp (words[i], "pool") == 0 && !pool && i > 0)
        {
          pool = TRUE;
          continue;
        }
      if (sscanf (words[i], "conv%2d_%2d%n", &block, &conv, &end) != 2 || words[i][end])
        {
          ok = nst_bad_network (
              error,
              _ ("its metadata “layers” has “%.20s”; only conv1_1, ... and pool are known"),
              words[i]);
          break;
        }
      g_snprintf (name, sizeof name, "relu%d_%d", block, conv);
      g_snprintf (weight, sizeof weight, "conv%d_%d.weight", block, conv);
      g_snprintf (bias, sizeof bias, "conv%d_%d.bias", block, conv);
      for (gint j = 0; ok && j < network->n_layers; j++)
        if (strcmp (network->layers[j].name, name) == 0)
          ok = nst_bad_network (error, _ ("its metadata “layers” names %s twice"), words[i]);
      ok = ok && add_layer (reader, weight, bias, name, pool, error);
      pool = FALSE;
    }
  g_strfreev (words);
  return ok;
}

static gboolean
read_own (Reader *reader, GError **error)
{
  const NstSafetensors *file = reader->file;
  NstNetwork *network = reader->network;
  gint average = read_word (file, "pooling", "max", "average", error);
  gint bgr = average < 0 ? -1 : read_word (file, "input_order", "RGB", "BGR", error);

  if (bgr < 0 || read_word (file, "version", "1", NULL, error) < 0
      || read_word (file, "padding", "zero", NULL, error) < 0
      || !read_three (file, "mean", network->mean, error)
      || !read_three (file, "scale", network->scale, error))
    return FALSE;
  for (gint i = 0; i < 3; i++)
    network->order[i] = bgr ? 2 - i : i;
  network->pooling = average ? NST_POOLING_AVERAGE : NST_POOLING_MAX;
  return read_layers (reader, error);
}

gboolean
nst_network_file_read (GBytes *bytes, NstNetwork *network, GError **error)
{
  NstSafetensors file;
  Reader reader = {&file, network};
  gboolean ok;

  if (!nst_safetensors_parse (bytes, &file, error))
    return FALSE;
  if (g_hash_table_lookup (file.metadata, "layers"))
    ok = read_own (&reader, error);
  else
    ok = read_torchvision (&reader, error);
  if (ok && network->n_layers == 0)
    ok = nst_bad_network (
        error,
        _ ("there are no VGG layers in it (neither our metadata nor torchvision's names)"));
  ok = ok && load_layers (&reader, error);
  nst_safetensors_clear (&file);
  return ok;
}
