/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a safetensors file to a network: which tensors are its layers, in what
 * order, and what its input is, by our own metadata or by torchvision's names.
 */
#include "network-file.h"
#include "safetensors.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

static gboolean
load_layer (const NstSafetensors *file, const gchar *weight_name, const gchar *bias_name,
            NstNetwork *network, const gchar *name, gboolean pooled, GError **error)
{
  const NstTensorEntry *weight = nst_safetensors_find (file, weight_name);
  const NstTensorEntry *bias = nst_safetensors_find (file, bias_name);
  gint cin = network->n_layers ? network->layers[network->n_layers - 1].cout : 3;
  NstLayer *layer = &network->layers[network->n_layers];
  gfloat *values;
  gboolean ok;

  if (network->n_layers == NST_MAX_LAYERS)
    return nst_bad_network (error, _ ("it has more than %d layers"), NST_MAX_LAYERS);
  if (!weight || !bias)
    return nst_bad_network (error, _ ("it has no tensor %s"), weight ? bias_name : weight_name);
  if (weight->rank != 4 || weight->shape[0] < 1 || weight->shape[0] > NST_MAX_CHANNELS
      || weight->shape[1] != (guint64) cin || weight->shape[2] != 3 || weight->shape[3] != 3)
    return nst_bad_network (error, _ ("%s is not a 3x3 convolution of %d channels"),
                            weight_name, cin);
  if (bias->rank != 1 || bias->shape[0] != weight->shape[0])
    return nst_bad_network (error, _ ("%s does not have one value for each channel of %s"),
                            bias_name, weight_name);

  network->n_layers++;
  g_strlcpy (layer->name, name, sizeof layer->name);
  layer->pooled = pooled;
  layer->cin = cin;
  layer->cout = weight->shape[0];
  values = nst_safetensors_load (file, weight, error);
  if (!values)
    return FALSE;
  layer->bias = nst_safetensors_load (file, bias, error);
  ok = layer->bias
       && nst_winograd_init (&layer->forward, nst_kernels (), values, layer->cin, layer->cout,
                             FALSE, error)
       && nst_winograd_init (&layer->backward, nst_kernels (), values, layer->cout, layer->cin,
                             TRUE, error);
  nst_free (values);
  return ok;
}

/* torchvision's `features`: convolutions with ReLUs between, pools in the gaps. */
static gboolean
read_torchvision (const NstSafetensors *file, NstNetwork *network, GError **error)
{
  static const gfloat mean[3] = {0.485f, 0.456f, 0.406f};
  static const gfloat deviation[3] = {0.229f, 0.224f, 0.225f};
  gint block = 1, conv = 1, last = -2;

  for (gint n = 0; n < 128; n++)
    {
      gchar weight[32], bias[32], name[16];

      g_snprintf (weight, sizeof weight, "features.%d.weight", n);
      g_snprintf (bias, sizeof bias, "features.%d.bias", n);
      if (!nst_safetensors_find (file, weight))
        continue;
      if (last < 0 && n > 0)
        return nst_bad_network (error, _ ("it has features.%d but no features.0.weight"), n);
      if (n != last + 2 && n != last + 3)
        return nst_bad_network (
            error,
            _ ("features.%d does not follow features.%d as in VGG (is it a VGG with batch "
               "normalisation, or another network?)"),
            n, last);
      if (n == last + 3)
        block++, conv = 1;
      g_snprintf (name, sizeof name, "relu%d_%d", block, conv++);
      if (!load_layer (file, weight, bias, network, name, n == last + 3, error))
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

      values[i] = g_ascii_strtod (start, &end);
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
read_layers (const NstSafetensors *file, NstNetwork *network, GError **error)
{
  const gchar *text = g_hash_table_lookup (file->metadata, "layers");
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
      ok = ok && load_layer (file, weight, bias, network, name, pool, error);
      pool = FALSE;
    }
  g_strfreev (words);
  return ok;
}

static gboolean
read_own (const NstSafetensors *file, NstNetwork *network, GError **error)
{
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
  return read_layers (file, network, error);
}

/**
 * nst_network_file_read:
 * @network: its name is set, the rest zero; on failure the caller frees it
 *
 * Fails with %NST_ERROR_BAD_NETWORK or %NST_ERROR_NO_MEMORY.
 */
gboolean
nst_network_file_read (GBytes *bytes, NstNetwork *network, GError **error)
{
  NstSafetensors file;
  gboolean ok;

  if (!nst_safetensors_parse (bytes, &file, error))
    return FALSE;
  if (g_hash_table_lookup (file.metadata, "layers"))
    ok = read_own (&file, network, error);
  else
    ok = read_torchvision (&file, network, error);
  if (ok && network->n_layers == 0)
    ok = nst_bad_network (
        error,
        _ ("there are no VGG layers in it (neither our metadata nor torchvision's names)"));
  nst_safetensors_clear (&file);
  return ok;
}
