/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of an ONNX model, each a protobuf message.
 */
#include "onnx.h"

#include "network/safetensors.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_ATTRIBUTES 64

/* Field numbers in onnx.proto, of tensors, nodes and attributes. */
enum
{
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
read_tensor_field (const Message *message, Field *field, OnnxTensor *made, gchar **name)
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

/**
 * onnx_read_tensor:
 * @message: of a tensor
 * @made: (inout): all zero
 * @name: (inout): %NULL, then what it is called; free with g_free(), also on failure
 *
 * Returns: %FALSE with the message's error if it is damaged, nameless, or elsewhere
 */
gboolean
onnx_read_tensor (Message message, OnnxTensor *made, gchar **name)
{
  Field field;

  made->tensor.type = SOURCE_OTHER;
  while (message.at < message.end)
    if (!protobuf_field (&message, &field) || !read_tensor_field (&message, &field, made, name))
      return FALSE;
  return (*name && made->tensor.rank <= SOURCE_MAX_RANK) || protobuf_damaged (&message);
}

static void
clear_attribute (gpointer data)
{
  g_free (((OnnxAttribute *) data)->name);
}

static gboolean
read_attribute (Message message, GArray *attributes)
{
  OnnxAttribute attribute = {0};
  gboolean ok = TRUE;
  Field field;

  while (ok && message.at < message.end && (ok = protobuf_field (&message, &field)))
    if (field.number == ATTRIBUTE_NAME)
      ok = protobuf_text (&message, &field, &attribute.name);
    else if (field.number == ATTRIBUTE_INT || field.number == ATTRIBUTE_INTS)
      ok = protobuf_numbers (&message, &field, attribute.ints, ONNX_SIDES, &attribute.n);
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

/* To be called also where onnx_read_node() failed. */
void
onnx_node_clear (OnnxNode *node)
{
  for (gint i = 0; i < ONNX_INPUTS; i++)
    g_free (node->input[i]);
  g_free (node->output);
  g_free (node->operation);
  g_array_unref (node->attributes);
}

/**
 * onnx_read_node:
 * @message: of a node
 * @node: (out): to be cleared with onnx_node_clear(), also on failure
 *
 * Returns: %FALSE with the message's error if it is damaged, or tells no operation or output
 */
gboolean
onnx_read_node (Message message, OnnxNode *node)
{
  gchar *further = NULL; /* of inputs and outputs that no layer of a VGG has */
  gboolean ok = TRUE;
  gint n = 0;
  Field field;

  memset (node, 0, sizeof *node);
  node->attributes = g_array_new (FALSE, FALSE, sizeof (OnnxAttribute));
  g_array_set_clear_func (node->attributes, clear_attribute);
  while (ok && message.at < message.end && (ok = protobuf_field (&message, &field)))
    {
      if (field.number == NODE_INPUT)
        ok = protobuf_text (&message, &field, n < ONNX_INPUTS ? &node->input[n++] : &further);
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

/**
 * onnx_find_attribute:
 *
 * Returns: (nullable): the attribute of @node called @name
 */
const OnnxAttribute *
onnx_find_attribute (const OnnxNode *node, const gchar *name)
{
  for (guint i = 0; i < node->attributes->len; i++)
    {
      const OnnxAttribute *attribute = &g_array_index (node->attributes, OnnxAttribute, i);

      if (g_strcmp0 (attribute->name, name) == 0)
        return attribute;
    }
  return NULL;
}

/**
 * onnx_all_are:
 *
 * Returns: whether all numbers of the attribute @name are @wanted, which they also are where it is
 *   left out if that @is_default
 */
gboolean
onnx_all_are (const OnnxNode *node, const gchar *name, guint64 wanted, gboolean is_default)
{
  const OnnxAttribute *attribute = onnx_find_attribute (node, name);

  if (!attribute)
    return is_default;
  for (gint i = 0; i < MIN (attribute->n, ONNX_SIDES); i++)
    if (attribute->ints[i] != wanted)
      return FALSE;
  return attribute->n > 0 && attribute->n <= ONNX_SIDES;
}
