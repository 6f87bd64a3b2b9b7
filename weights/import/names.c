/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which modules are which layers: by the names that torchvision, Keras and
 * Caffe give, or by those that the user maps to them.
 */
#include "modules.h"
#include "network/safetensors.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* The next layer: @module a convolution, @norm (nullable) what normalises its result. */
static gboolean
add_layer (Layers *layers, Module *module, Module *norm, gint block, gint conv, gboolean pooled,
           GError **error)
{
  ImportLayer *layer = &layers->layer[layers->n];

  if (layers->n == IMPORT_MAX_LAYERS || block > 99 || conv > 99)
    return nst_bad_network (error, _ ("it has more than %d layers"), IMPORT_MAX_LAYERS);
  if (module->twice || (norm && norm->twice))
    return nst_bad_network (error,
                            _ ("two parts of it are called %s; it holds more than one network, "
                               "save the VGG alone"),
                            module->part[PART_WEIGHT]->name);
  *layer = (ImportLayer){.block = block, .conv = conv, .pooled = pooled};
  layer->part[PART_WEIGHT] = module->part[PART_WEIGHT];
  layer->part[PART_BIAS] = module->part[PART_BIAS];
  module->used = TRUE;
  if (norm)
    {
      norm->used = TRUE;
      layer->part[PART_GAMMA] =
          norm->part[PART_GAMMA] ? norm->part[PART_GAMMA] : norm->part[PART_WEIGHT];
      layer->part[PART_BETA] =
          norm->part[PART_BETA] ? norm->part[PART_BETA] : norm->part[PART_BIAS];
      layer->part[PART_MEAN] = norm->part[PART_MEAN];
      layer->part[PART_VARIANCE] = norm->part[PART_VARIANCE];
    }
  layers->n++;
  return TRUE;
}

/* conv1_1 or block1_conv1; NULL for a layer that is not there. */
static Module *
find_named (const Modules *modules, gint block, gint conv, NamesStyle *style)
{
  Module *module = modules_get (modules, "conv%d_%d", block, conv);

  if (module && module->part[PART_WEIGHT])
    return module;
  module = modules_get (modules, "block%d_conv%d", block, conv);
  if (!module || !module->part[PART_WEIGHT])
    return NULL;
  *style = NAMES_KERAS;
  return module;
}

static gboolean
find_by_names (Layers *layers, const Modules *modules, GError **error)
{
  Module *module, *norm;

  layers->style = NAMES_CAFFE;
  for (gint block = 1; find_named (modules, block, 1, &layers->style); block++)
    for (gint conv = 1; (module = find_named (modules, block, conv, &layers->style)); conv++)
      {
        norm = modules_get (modules, "bn%d_%d", block, conv);
        if (!add_layer (layers, module, module_is_norm (norm) ? norm : NULL, block, conv,
                        block > 1 && conv == 1, error))
          return FALSE;
      }
  return TRUE;
}

/* torchvision's sequence: a convolution, perhaps a normalisation, a ReLU, and a pooling where
 * one more number is left out. */
static gboolean
find_in_sequence (Layers *layers, const Modules *modules, const gchar *prefix, GError **error)
{
  gint block = 1, conv = 1, last = -1, length = 0;

  layers->style = NAMES_TORCHVISION;
  for (gint n = 0; n < 200; n++)
    {
      Module *module = modules_get (modules, "%s%d", prefix, n), *norm;

      if (!module || module_is_norm (module) || !module->part[PART_WEIGHT]
          || module->part[PART_WEIGHT]->rank != 4)
        continue;
      if (last >= 0 && n != last + length && n != last + length + 1)
        return nst_bad_network (
            error,
            _ ("%s%d does not follow %s%d as in a VGG; it is another network, "
               "or --map must name its layers"),
            prefix, n, prefix, last);
      if (last >= 0 && n == last + length + 1)
        block++, conv = 1;
      norm = modules_get (modules, "%s%d", prefix, n + 1);
      if (!module_is_norm (norm))
        norm = NULL;
      if (!add_layer (layers, module, norm, block, conv, block > 1 && conv == 1, error))
        return FALSE;
      conv++;
      last = n;
      length = norm ? 3 : 2;
    }
  return TRUE;
}

/* Keras' files without layers' names have the convolutions numbered: only their number tells
 * where the poolings stand. */
static gboolean
find_numbered (Layers *layers, const Modules *modules, GError **error)
{
  gint n = 0, k = 0, deep;

  layers->style = NAMES_KERAS;
  while (n ? modules_get (modules, "conv2d_%d", n) : modules_get (modules, "conv2d"))
    n++;
  deep = n == 13 ? 3 : 4;
  if (n != 0 && n != 13 && n != 16)
    return nst_bad_network (error,
                            _ ("it has %d convolutions without names, and only VGG-16's 13 and "
                               "VGG-19's 16 are known; name them with --map"),
                            n);
  for (gint block = 1; n && block <= 5; block++)
    for (gint conv = 1; conv <= (block < 3 ? 2 : deep); conv++, k++)
      {
        Module *module =
            k ? modules_get (modules, "conv2d_%d", k) : modules_get (modules, "conv2d");

        if (!module->part[PART_WEIGHT])
          return nst_bad_network (error, _ ("its convolution %d has no weights"), k);
        if (!add_layer (layers, module, NULL, block, conv, block > 1 && conv == 1, error))
          return FALSE;
      }
  return TRUE;
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* Names the modules there are, so that the user can map them. */
static gboolean
refuse_names (const Modules *modules, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree gchar *list = NULL;
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, modules->table);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  if (names->len == 0)
    for (guint i = 0; i < modules->source->tensors->len; i++)
      g_ptr_array_add (names, ((SourceTensor *) modules->source->tensors->pdata[i])->name);
  g_ptr_array_sort (names, compare_texts);
  g_ptr_array_add (names, NULL);
  list = g_strjoinv (", ", (gchar **) names->pdata);
  return nst_bad_network (
      error,
      _ ("its layers have names that no known VGG has; say which is which, as "
         "in --map conv11=conv1_1,conv12=conv1_2; there are %s"),
      list);
}

/* A normalisation that is left over would be left out of the computation. */
static gboolean
check_norms (const Modules *modules, GError **error)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, modules->table);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const Module *module = value;

      if (module->part[PART_MEAN] && !module->used
          && !strstr (module->part[PART_MEAN]->name, "classifier"))
        return nst_bad_network (
            error,
            _ ("it has the batch normalization %s, and it is not known which "
               "convolution it follows; say it with --map NAME=bn1_1"),
            (const gchar *) name);
    }
  return TRUE;
}

/* The first layer by its name, though without its weights: what is in the file is no tensor. */
static const gchar *
find_hollow (const Modules *modules)
{
  static const gchar *const first[] = {"conv1_1", "block1_conv1", "features.0"};

  for (gsize i = 0; i < G_N_ELEMENTS (first); i++)
    if (modules_get (modules, "%s", first[i]))
      return first[i];
  return NULL;
}

static gboolean
find_all (Layers *layers, const Modules *modules, GError **error)
{
  const Module *input = modules_get (modules, "conv0");

  if (!find_by_names (layers, modules, error)
      || (layers->n == 0 && !find_in_sequence (layers, modules, "features.", error))
      || (layers->n == 0 && !find_in_sequence (layers, modules, "", error))
      || (layers->n == 0 && !find_numbered (layers, modules, error)))
    return FALSE;
  if (layers->n == 0 && find_hollow (modules))
    return nst_bad_network (error, _ ("%s has no weights in this file"), find_hollow (modules));
  if (layers->n == 0)
    return refuse_names (modules, error);
  if (modules->keras && layers->style == NAMES_CAFFE)
    layers->style = NAMES_KERAS;
  if (input && input->part[PART_WEIGHT] && input->part[PART_BIAS]
      && input->part[PART_WEIGHT]->count == 9 && input->part[PART_BIAS]->count == 3)
    {
      layers->input[0] = input->part[PART_WEIGHT];
      layers->input[1] = input->part[PART_BIAS];
    }
  return check_norms (modules, error);
}

static gboolean
is_kernel (const SourceTensor *weight, gboolean hwio, gint cin, guint64 *cout)
{
  const guint64 *shape = weight->shape;

  *cout = shape[hwio ? 3 : 0];
  return weight->rank == 4
         && (hwio ? shape[0] == 3 && shape[1] == 3 && shape[2] == (guint64) cin
                  : shape[1] == (guint64) cin && shape[2] == 3 && shape[3] == 3);
}

/* The order of the dimensions; where both would do, as the names tell. */
static gboolean
find_order (ImportLayer *layer, NamesStyle style, gint cin, GError **error)
{
  const SourceTensor *weight = layer->part[PART_WEIGHT];
  gboolean keras = style == NAMES_KERAS;
  guint64 cout;

  if (weight->type == SOURCE_OTHER)
    return nst_bad_network (
        error, _ ("%s holds no floating-point numbers of 16, 32 or 64 bits"), weight->name);
  layer->cin = cin;
  layer->hwio = is_kernel (weight, keras, cin, &cout) ? keras : !keras;
  if (!is_kernel (weight, layer->hwio, cin, &cout))
    return nst_bad_network (error, _ ("%s is not a 3x3 convolution of %d channels"),
                            weight->name, cin);
  if (keras && !layer->hwio)
    return nst_bad_network (error,
                            _ ("%s has its dimensions in Theano's order, in which kernels are "
                               "turned round; take Keras' file with tf_kernels in its name"),
                            weight->name);
  if (cout < 1 || cout > 4096)
    return nst_bad_network (error, _ ("%s has an impossible number of channels"), weight->name);
  layer->cout = cout;
  return TRUE;
}

static gboolean
check_layer (const ImportLayer *layer, GError **error)
{
  gboolean norm = layer->part[PART_MEAN] != NULL;

  if (!layer->part[PART_BIAS] && !norm)
    return nst_bad_network (error, _ ("%s has no bias"), layer->part[PART_WEIGHT]->name);
  if (norm && (!layer->part[PART_GAMMA] || !layer->part[PART_BETA]))
    return nst_bad_network (error, _ ("%s has no weight or no bias beside it"),
                            layer->part[PART_MEAN]->name);
  for (Part p = PART_BIAS; p < N_PARTS; p++)
    if (layer->part[p] && layer->part[p]->count != (guint64) layer->cout)
      return nst_bad_network (error, _ ("%s does not have one value for each channel of %s"),
                              layer->part[p]->name, layer->part[PART_WEIGHT]->name);
  return TRUE;
}

/* Leaves out what lies deeper than is wanted. */
static gboolean
cut (Layers *layers, const gchar *until, GError **error)
{
  const gchar *wanted = until ? until : "relu5_2";
  gint block = 0, conv = 0, end = 0;

  if (sscanf (wanted, "relu%2d_%2d%n", &block, &conv, &end) != 2
      && sscanf (wanted, "conv%2d_%2d%n", &block, &conv, &end) != 2
      && sscanf (wanted, "block%2d_conv%2d%n", &block, &conv, &end) != 2)
    end = 0;
  for (gint i = 0; end && !wanted[end] && i < layers->n; i++)
    if (layers->layer[i].block == block && layers->layer[i].conv == conv)
      {
        layers->n = i + 1;
        return TRUE;
      }
  if (!until)
    return TRUE;
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("There is no layer “%s” in it; the last is relu%d_%d."), until,
               layers->layer[layers->n - 1].block, layers->layer[layers->n - 1].conv);
  return FALSE;
}

/**
 * layers_find:
 *
 * Sorts the tensors of @source into the layers of a VGG, down to the one that
 * @options want.  Fails with %NST_ERROR_BAD_NETWORK, or with
 * %NST_ERROR_BAD_ARGUMENT for @options.
 */
gboolean
layers_find (Layers *layers, const Source *source, const ImportOptions *options, GError **error)
{
  Modules modules;
  gboolean ok;
  gint cin = 3;

  memset (layers, 0, sizeof *layers);
  ok = modules_find (&modules, source, options->map, error)
       && find_all (layers, &modules, error) && cut (layers, options->until, error);
  modules_clear (&modules);
  for (gint i = 0; ok && i < layers->n; i++)
    {
      ok = find_order (&layers->layer[i], layers->style, cin, error)
           && check_layer (&layers->layer[i], error);
      cin = layers->layer[i].cout;
    }
  return ok;
}
