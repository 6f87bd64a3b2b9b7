/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ONNX: the graph of a network, whose nodes say what is computed in which order, and its
 * tensors, of any name.  The nodes from the picture on are followed as long as they are a
 * VGG's, and numbered as torchvision numbers its layers; so their tensors are called, too.
 * onnx.c reads the parts.
 */
#include "network/safetensors.h"
#include "onnx.h"
#include "source.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define EPSILON 1e-5f /* beside the variance: what convert.c takes */

/* Field numbers in onnx.proto, of a model. */
enum
{
  MODEL_IR_VERSION = 1,
  MODEL_LAST = 25,
  MODEL_GRAPH = 7,
  GRAPH_NODE = 1,
  GRAPH_TENSOR = 5,
};

typedef struct
{
  Source *source;
  GHashTable *initializers; /* name -> OnnxTensor */
  gchar *at;                /* the value that the nodes so far compute; NULL before the first */
  guint n;                  /* of them, as torchvision counts */
  gchar last;               /* the first letter of the last operation that counts; 0 before */
  gchar *end;               /* the first operation behind the convolutions, or NULL */
  GError **error;
} Graph;

/* Its first field is a small number, where Caffe's has a text. */
gboolean
source_is_onnx (const Source *source)
{
  Message message = {source->data, 0, source->size, NULL};
  Field version, next;

  return protobuf_field (&message, &version) && version.number == MODEL_IR_VERSION
         && version.type == PROTOBUF_VARINT && version.value < 100
         && protobuf_field (&message, &next) && next.number <= MODEL_LAST;
}

static gboolean
read_tensor (Graph *graph, Message message)
{
  g_autofree OnnxTensor *made = g_new0 (OnnxTensor, 1);
  g_autofree gchar *name = NULL;

  if (!onnx_read_tensor (message, made, &name))
    return FALSE;
  if (g_hash_table_size (graph->initializers) == SOURCE_MAX_TENSORS)
    return nst_bad_network (graph->error, _ ("it has more than %d tensors"),
                            SOURCE_MAX_TENSORS);
  g_hash_table_insert (graph->initializers, g_steal_pointer (&name), g_steal_pointer (&made));
  return TRUE;
}

/* Whether a VGG has such a one. */
static gboolean
fits (const OnnxNode *node)
{
  if (strcmp (node->operation, "Conv") == 0)
    return onnx_all_are (node, "pads", 1, FALSE) && onnx_all_are (node, "strides", 1, TRUE)
           && onnx_all_are (node, "dilations", 1, TRUE)
           && onnx_all_are (node, "group", 1, TRUE);
  if (strcmp (node->operation, "MaxPool") == 0)
    return onnx_all_are (node, "kernel_shape", 2, FALSE)
           && onnx_all_are (node, "strides", 2, FALSE) && onnx_all_are (node, "pads", 0, TRUE)
           && onnx_all_are (node, "ceil_mode", 0, TRUE);
  if (strcmp (node->operation, "BatchNormalization") == 0)
    {
      const OnnxAttribute *epsilon = onnx_find_attribute (node, "epsilon");

      return !epsilon || fabsf (epsilon->real - EPSILON) < EPSILON / 100;
    }
  return TRUE;
}

/* The tensor @called, as @part of the layer. */
static gboolean
add_part (Graph *graph, const gchar *called, const gchar *part)
{
  OnnxTensor *initializer = called ? g_hash_table_lookup (graph->initializers, called) : NULL;
  g_autofree gchar *name = g_strdup_printf ("features.%u.%s", graph->n, part);

  if (!initializer)
    return nst_bad_network (graph->error, _ ("%s has no weights in this file"), name);
  if (!initializer->end)
    return nst_bad_network (graph->error, _ ("%s has no shape or no numbers"), name);
  return source_add_dense (graph->source, name, &initializer->tensor, initializer->end,
                           graph->error);
}

static gboolean
add_parts (Graph *graph, const OnnxNode *node)
{
  static const gchar *const parts[] = {"weight", "bias", "running_mean", "running_var"};
  gboolean conv = strcmp (node->operation, "Conv") == 0;
  gint n = conv ? 1 : strcmp (node->operation, "BatchNormalization") == 0 ? 4 : 0;

  if (conv && node->input[2] && *node->input[2])
    n = 2; /* there is a bias, which a normalisation behind may make superfluous */
  for (gint i = 0; i < n; i++)
    if (!add_part (graph, node->input[i + 1], parts[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_one_of (const gchar *text, const gchar *const *words)
{
  return g_strv_contains (words, text);
}

/* What comes behind the convolutions: the classifier, perhaps as convolutions. */
static gboolean
ends (const Graph *graph, const OnnxNode *node)
{
  static const gchar *const layers[] = {"Conv",    "BatchNormalization", "Relu", "MaxPool",
                                        "Dropout", "Identity",           NULL};

  return !is_one_of (node->operation, layers)
         || (graph->n > 0 && strcmp (node->operation, "Conv") == 0
             && !onnx_all_are (node, "kernel_shape", 3, TRUE));
}

static gboolean
is_foreign (const Graph *graph, const gchar *operation)
{
  return nst_bad_network (graph->error, _ ("its node %u, %.40s, is not what a VGG has there"),
                          graph->n, operation);
}

/* Whether a VGG has such an operation behind the last: convolution, normalisation, ReLU, pooling. */
static gboolean
comes_behind (const Graph *graph, const gchar *operation)
{
  switch (*operation)
    {
    case 'C':
      return !graph->last || strchr ("RM", graph->last);
    case 'B':
      return graph->last == 'C';
    case 'R':
      return graph->last == 'C' || graph->last == 'B';
    case 'M':
      return graph->last == 'R';
    default:
      return TRUE;
    }
}

/* Another convolution of 3x3 behind the end would be left out without a word. */
static gboolean
follow_end (const Graph *graph, const OnnxNode *node)
{
  return strcmp (node->operation, "Conv") != 0 || !onnx_all_are (node, "kernel_shape", 3, FALSE)
         || is_foreign (graph, graph->end);
}

static gboolean
follow (Graph *graph, const OnnxNode *node)
{
  static const gchar *const passing[] = {"Dropout", "Identity", NULL};
  const gboolean is_end = ends (graph, node);

  if (strcmp (node->operation, "Constant") == 0)
    return TRUE;
  if (!graph->end && graph->n > 0 && is_end)
    graph->end = g_strdup (node->operation);
  if (graph->end)
    return follow_end (graph, node);
  if (is_end || !node->input[0] || !fits (node) || !comes_behind (graph, node->operation)
      || (graph->at && strcmp (graph->at, node->input[0]) != 0))
    return is_foreign (graph, node->operation);
  if (!add_parts (graph, node))
    return FALSE;
  g_free (graph->at);
  graph->at = g_strdup (node->output);
  if (is_one_of (node->operation, passing))
    return TRUE;
  graph->last = *node->operation;
  graph->n++;
  return TRUE;
}

/* The nodes, or the tensors, which may stand behind them. */
static gboolean
read_graph (Graph *graph, Message message, guint64 number)
{
  gboolean ok = TRUE;
  Field field;

  while (ok && message.at < message.end && (ok = protobuf_field (&message, &field)))
    {
      OnnxNode node;

      if (field.number != number)
        continue;
      if (field.type != PROTOBUF_BYTES)
        return protobuf_damaged (&message);
      if (number == GRAPH_TENSOR)
        {
          ok = read_tensor (graph, field.inner);
          continue;
        }
      ok = onnx_read_node (field.inner, &node) && follow (graph, &node);
      onnx_node_clear (&node);
    }
  return ok;
}

/**
 * source_read_onnx:
 *
 * Takes up its tensors by source_add(), in the order in which the file has them.
 *
 * Returns: %FALSE with %NST_ERROR_BAD_NETWORK
 */
gboolean
source_read_onnx (Source *source, GError **error)
{
  Message message = {source->data, 0, source->size, error};
  Graph graph = {.source = source, .error = error};
  gboolean ok = TRUE;
  Field field;

  graph.initializers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (ok && message.at < message.end && (ok = protobuf_field (&message, &field)))
    if (field.number == MODEL_GRAPH)
      ok = field.type == PROTOBUF_BYTES ? read_graph (&graph, field.inner, GRAPH_TENSOR)
                                              && read_graph (&graph, field.inner, GRAPH_NODE)
                                        : protobuf_damaged (&message);
  g_hash_table_unref (graph.initializers);
  g_free (graph.at);
  g_free (graph.end);
  return ok;
}
