/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ONNX, a protobuf message: the graph of a network, whose nodes say what is computed in which
 * order, and its tensors, of any name.  The nodes from the picture on are followed as long as
 * they are a VGG's, and numbered as torchvision numbers its layers; so their tensors are
 * called, too.
 */
#include "network/safetensors.h"
#include "protobuf.h"
#include "source.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MOST_INPUTS     5
#define MOST_SIDES      4
#define MOST_ATTRIBUTES 64
#define EPSILON         1e-5f /* beside the variance: what convert.c takes */

/* Field numbers in onnx.proto. */
enum
{
  MODEL_IR_VERSION = 1,
  MODEL_LAST = 25,
  MODEL_GRAPH = 7,
  GRAPH_NODE = 1,
  GRAPH_TENSOR = 5,
  TENSOR_DIMS = 1,
  TENSOR_TYPE = 2,
  TENSOR_FLOATS = 4,
  TENSOR_NAME = 8,
  TENSOR_RAW = 9,
  TENSOR_DOUBLES = 10,
  TENSOR_LOCATION = 14,
  NODE_INPUT = 1,
  NODE_OUTPUT = 2,
  NODE_OPERATION = 4,
  NODE_ATTRIBUTE = 5,
  ATTRIBUTE_NAME = 1,
  ATTRIBUTE_FLOAT = 2,
  ATTRIBUTE_INT = 3,
  ATTRIBUTE_INTS = 8,
};

typedef struct
{
  SourceTensor tensor;
  guint64 end;
} Initializer;

/* What a node's attribute says: numbers, or one that is a float. */
typedef struct
{
  gchar *name;
  guint64 ints[MOST_SIDES];
  gint n;
  gfloat real;
} Attribute;

typedef struct
{
  gchar *input[MOST_INPUTS];
  gchar *output, *operation;
  GArray *attributes;
} Node;

typedef struct
{
  Source *source;
  GHashTable *initializers; /* name -> Initializer */
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

static SourceType
type_of (guint64 number)
{
  switch (number)
    {
    case 1:
      return SOURCE_F32;
    case 10:
      return SOURCE_F16;
    case 11:
      return SOURCE_F64;
    case 16:
      return SOURCE_BF16;
    default:
      return SOURCE_OTHER;
    }
}

static gboolean
read_tensor_field (const Message *message, Field *field, Initializer *made, gchar **name)
{
  SourceTensor *tensor = &made->tensor;

  switch (field->number)
    {
    case TENSOR_DIMS:
      return protobuf_numbers (message, field, tensor->shape, SOURCE_MAX_RANK, &tensor->rank);
    case TENSOR_TYPE:
      tensor->type = type_of (field->value);
      return TRUE;
    case TENSOR_NAME:
      return protobuf_text (message, field, name);
    case TENSOR_LOCATION:
      return field->value == 0
             || nst_bad_network (message->error,
                                 _ ("its numbers lie in another file; export it with "
                                    "external_data=False"));
    case TENSOR_FLOATS:
    case TENSOR_DOUBLES:
    case TENSOR_RAW:
      if (field->type != PROTOBUF_BYTES || made->end)
        return protobuf_damaged (message);
      tensor->begin = field->inner.at;
      made->end = field->inner.end;
      return TRUE;
    default:
      return TRUE;
    }
}

static gboolean
read_tensor (Graph *graph, Message message)
{
  g_autofree Initializer *made = g_new0 (Initializer, 1);
  g_autofree gchar *name = NULL;
  Field field;

  made->tensor.type = SOURCE_OTHER;
  while (message.at < message.end)
    if (!protobuf_field (&message, &field)
        || !read_tensor_field (&message, &field, made, &name))
      return FALSE;
  if (g_hash_table_size (graph->initializers) == SOURCE_MAX_TENSORS)
    return nst_bad_network (graph->error, _ ("it has more than %d tensors"),
                            SOURCE_MAX_TENSORS);
  if (!name || made->tensor.rank > SOURCE_MAX_RANK)
    return protobuf_damaged (&message);
  g_hash_table_insert (graph->initializers, g_steal_pointer (&name), g_steal_pointer (&made));
  return TRUE;
}

static void
clear_attribute (gpointer data)
{
  g_free (((Attribute *) data)->name);
}

static gboolean
read_attribute (Message message, GArray *attributes)
{
  Attribute attribute = {0};
  gboolean ok = TRUE;
  Field field;

  while (ok && message.at < message.end && (ok = protobuf_field (&message, &field)))
    if (field.number == ATTRIBUTE_NAME)
      ok = protobuf_text (&message, &field, &attribute.name);
    else if (field.number == ATTRIBUTE_INT || field.number == ATTRIBUTE_INTS)
      ok = protobuf_numbers (&message, &field, attribute.ints, MOST_SIDES, &attribute.n);
    else if (field.number == ATTRIBUTE_FLOAT && field.type == PROTOBUF_FIXED32)
      {
        guint32 word;

        memcpy (&word, message.data + field.inner.at, sizeof word);
        word = GUINT32_FROM_LE (word);
        memcpy (&attribute.real, &word, sizeof word);
      }
  g_array_append_val (attributes, attribute);
  return ok;
}

static void
node_clear (Node *node)
{
  for (gint i = 0; i < MOST_INPUTS; i++)
    g_free (node->input[i]);
  g_free (node->output);
  g_free (node->operation);
  g_array_unref (node->attributes);
}

static gboolean
read_node (Message message, Node *node)
{
  gchar *further = NULL; /* of inputs and outputs that no layer of a VGG has */
  gboolean ok = TRUE;
  gint n = 0;
  Field field;

  memset (node, 0, sizeof *node);
  node->attributes = g_array_new (FALSE, FALSE, sizeof (Attribute));
  g_array_set_clear_func (node->attributes, clear_attribute);
  while (ok && message.at < message.end && (ok = protobuf_field (&message, &field)))
    {
      if (field.number == NODE_INPUT)
        ok = protobuf_text (&message, &field, n < MOST_INPUTS ? &node->input[n++] : &further);
      else if (field.number == NODE_OUTPUT)
        ok = protobuf_text (&message, &field, node->output ? &further : &node->output);
      else if (field.number == NODE_OPERATION)
        ok = protobuf_text (&message, &field, &node->operation);
      else if (field.number == NODE_ATTRIBUTE)
        ok = field.type == PROTOBUF_BYTES && node->attributes->len < MOST_ATTRIBUTES
                 ? read_attribute (field.inner, node->attributes)
                 : protobuf_damaged (&message);
      g_clear_pointer (&further, g_free);
    }
  return ok && ((node->output && node->operation) || protobuf_damaged (&message));
}

static const Attribute *
find_attribute (const Node *node, const gchar *name)
{
  for (guint i = 0; i < node->attributes->len; i++)
    {
      const Attribute *attribute = &g_array_index (node->attributes, Attribute, i);

      if (g_strcmp0 (attribute->name, name) == 0)
        return attribute;
    }
  return NULL;
}

/* All of an attribute's numbers are @wanted, which they also are where it is left out if that
 * @is_default. */
static gboolean
all_are (const Node *node, const gchar *name, guint64 wanted, gboolean is_default)
{
  const Attribute *attribute = find_attribute (node, name);

  if (!attribute)
    return is_default;
  for (gint i = 0; i < MIN (attribute->n, MOST_SIDES); i++)
    if (attribute->ints[i] != wanted)
      return FALSE;
  return attribute->n > 0 && attribute->n <= MOST_SIDES;
}

/* Whether a VGG has such a one. */
static gboolean
fits (const Node *node)
{
  if (strcmp (node->operation, "Conv") == 0)
    return all_are (node, "pads", 1, FALSE) && all_are (node, "strides", 1, TRUE)
           && all_are (node, "dilations", 1, TRUE) && all_are (node, "group", 1, TRUE);
  if (strcmp (node->operation, "MaxPool") == 0)
    return all_are (node, "kernel_shape", 2, FALSE) && all_are (node, "strides", 2, FALSE)
           && all_are (node, "pads", 0, TRUE) && all_are (node, "ceil_mode", 0, TRUE);
  if (strcmp (node->operation, "BatchNormalization") == 0)
    {
      const Attribute *epsilon = find_attribute (node, "epsilon");

      return !epsilon || fabsf (epsilon->real - EPSILON) < EPSILON / 100;
    }
  return TRUE;
}

/* The tensor @called, as @part of the layer. */
static gboolean
add_part (Graph *graph, const gchar *called, const gchar *part)
{
  Initializer *initializer = called ? g_hash_table_lookup (graph->initializers, called) : NULL;
  g_autofree gchar *name = g_strdup_printf ("features.%u.%s", graph->n, part);

  if (!initializer)
    return nst_bad_network (graph->error, _ ("%s has no weights in this file"), name);
  if (!initializer->end)
    return nst_bad_network (graph->error, _ ("%s has no shape or no numbers"), name);
  return source_add_dense (graph->source, name, &initializer->tensor, initializer->end,
                           graph->error);
}

static gboolean
add_parts (Graph *graph, const Node *node)
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
ends (const Graph *graph, const Node *node)
{
  static const gchar *const layers[] = {"Conv",    "BatchNormalization", "Relu", "MaxPool",
                                        "Dropout", "Identity",           NULL};

  return !is_one_of (node->operation, layers)
         || (graph->n > 0 && strcmp (node->operation, "Conv") == 0
             && !all_are (node, "kernel_shape", 3, TRUE));
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
follow_end (const Graph *graph, const Node *node)
{
  return strcmp (node->operation, "Conv") != 0 || !all_are (node, "kernel_shape", 3, FALSE)
         || is_foreign (graph, graph->end);
}

static gboolean
follow (Graph *graph, const Node *node)
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
      Node node;

      if (field.number != number)
        continue;
      if (field.type != PROTOBUF_BYTES)
        return protobuf_damaged (&message);
      if (number == GRAPH_TENSOR)
        {
          ok = read_tensor (graph, field.inner);
          continue;
        }
      ok = read_node (field.inner, &node) && follow (graph, &node);
      node_clear (&node);
    }
  return ok;
}

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
