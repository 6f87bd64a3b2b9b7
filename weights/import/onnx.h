/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of an ONNX model: tensors, and nodes with their attributes.
 */
#ifndef ONNX_H
#define ONNX_H

#include "protobuf.h"
#include "source.h"

#define ONNX_INPUTS 5 /* of any layer of a VGG */
#define ONNX_SIDES  4 /* numbers of an attribute */

/**
 * OnnxTensor:
 * @tensor: nameless
 * @end: where its numbers end; 0: it has none
 */
typedef struct
{
  SourceTensor tensor;
  guint64 end;
} OnnxTensor;

/**
 * OnnxAttribute:
 * @n: how many numbers there are, perhaps more than @ints has room for
 * @real: its number that is a float
 */
typedef struct
{
  gchar *name;
  guint64 ints[ONNX_SIDES];
  gint n;
  gfloat real;
} OnnxAttribute;

/**
 * OnnxNode:
 * @input: the first ones; %NULL behind the last
 * @attributes: of OnnxAttribute
 */
typedef struct
{
  gchar *input[ONNX_INPUTS];
  gchar *output, *operation;
  GArray *attributes;
} OnnxNode;

gboolean onnx_read_tensor (Message message, OnnxTensor *made, gchar **name);
gboolean onnx_read_node (Message message, OnnxNode *node);
void onnx_node_clear (OnnxNode *node);
const OnnxAttribute *onnx_find_attribute (const OnnxNode *node, const gchar *name);
gboolean
onnx_all_are (const OnnxNode *node, const gchar *name, guint64 wanted, gboolean is_default);

#endif
