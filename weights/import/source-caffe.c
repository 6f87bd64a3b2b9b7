/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Caffe's .caffemodel, a protobuf message without a header: read strictly,
 * field by field, knowing only the few that weights need.
 */
#include "network/safetensors.h"
#include "protobuf.h"
#include "source.h"

#include <glib/gi18n.h>
#include <string.h>

/* Field numbers in caffe.proto. */
enum
{
  NET_NAME = 1,
  NET_OLD_LAYER = 2,
  NET_LAYER = 100,
  OLD_LAYER_NAME = 4,
  OLD_LAYER_BLOB = 6,
  LAYER_NAME = 1,
  LAYER_BLOB = 7,
  BLOB_NUM = 1,
  BLOB_WIDTH = 4,
  BLOB_DATA = 5,
  BLOB_SHAPE = 7,
  BLOB_DOUBLE_DATA = 8,
  SHAPE_DIM = 1,
};

/* Net's fields that a caffemodel begins with: its name, or a layer. */
gboolean
source_is_caffe (const Source *source)
{
  Message message = {source->data, 0, source->size, NULL};
  Field field;

  return protobuf_field (&message, &field) && field.type == PROTOBUF_BYTES
         && (field.number == NET_NAME || field.number == NET_OLD_LAYER
             || field.number == NET_LAYER);
}

/* BlobShape: dimensions, packed or one by one. */
static gboolean
read_shape (Message message, SourceTensor *tensor)
{
  Field field;

  tensor->rank = 0;
  while (message.at < message.end)
    if (!protobuf_field (&message, &field)
        || (field.number == SHAPE_DIM
            && !protobuf_numbers (&message, &field, tensor->shape, SOURCE_MAX_RANK,
                                  &tensor->rank)))
      return FALSE;
  if (tensor->rank > SOURCE_MAX_RANK)
    return nst_bad_network (message.error, _ ("a blob has more than %d dimensions"),
                            SOURCE_MAX_RANK);
  return TRUE;
}

typedef struct
{
  SourceTensor tensor;
  guint64 end;
  guint64 sides[BLOB_WIDTH]; /* the old way to give a shape: num, channels, height, width */
  gboolean has_data, has_shape, has_sides;
} Blob;

static gboolean
read_blob_field (const Message *message, const Field *field, Blob *blob)
{
  gboolean data = field->number == BLOB_DATA || field->number == BLOB_DOUBLE_DATA;

  if (field->number >= BLOB_NUM && field->number <= BLOB_WIDTH)
    {
      if (field->type != PROTOBUF_VARINT)
        return protobuf_damaged (message);
      blob->sides[field->number - BLOB_NUM] = field->value;
      blob->has_sides = TRUE;
    }
  else if (field->number == BLOB_SHAPE)
    {
      if (field->type != PROTOBUF_BYTES || blob->has_shape)
        return protobuf_damaged (message);
      blob->has_shape = TRUE;
      return read_shape (field->inner, &blob->tensor);
    }
  else if (data)
    {
      if (field->type != PROTOBUF_BYTES || blob->has_data)
        return nst_bad_network (message->error, _ ("a blob's numbers do not lie together"));
      blob->has_data = TRUE;
      blob->tensor.type = field->number == BLOB_DATA ? SOURCE_F32 : SOURCE_F64;
      blob->tensor.begin = field->inner.at;
      blob->end = field->inner.end;
    }
  return TRUE;
}

/* The old shape always has four sides: leading ones do not count for what is no kernel. */
static void
take_sides (Blob *blob, gboolean kernel)
{
  gint first = 0;

  while (!kernel && first < BLOB_WIDTH - 1 && blob->sides[first] == 1)
    first++;
  blob->tensor.rank = BLOB_WIDTH - first;
  memcpy (blob->tensor.shape, blob->sides + first, blob->tensor.rank * sizeof (guint64));
}

static gboolean
read_blob (Source *source, Message message, const gchar *layer, guint index)
{
  static const gchar *const parts[] = {"weight", "bias"};
  Blob blob = {0};
  Field field;
  g_autofree gchar *name = index < G_N_ELEMENTS (parts)
                               ? g_strdup_printf ("%s.%s", layer, parts[index])
                               : g_strdup_printf ("%s.%u", layer, index);

  while (message.at < message.end)
    if (!protobuf_field (&message, &field) || !read_blob_field (&message, &field, &blob))
      return FALSE;
  if (!blob.has_data || (!blob.has_shape && !blob.has_sides))
    return nst_bad_network (message.error, _ ("%s has no shape or no numbers"), name);
  if (!blob.has_shape)
    take_sides (&blob, index == 0);
  return source_add_dense (source, name, &blob.tensor, blob.end, message.error);
}

/* A layer's name stands before or behind its blobs. */
static gboolean
find_name (Message message, guint64 number, gchar **name)
{
  Field field;

  while (message.at < message.end)
    if (!protobuf_field (&message, &field)
        || (field.number == number && !protobuf_text (&message, &field, name)))
      return FALSE;
  return TRUE;
}

static gboolean
read_layer (Source *source, Message message, gboolean old)
{
  g_autofree gchar *name = NULL;
  Field field;
  guint n_blobs = 0;

  if (!find_name (message, old ? OLD_LAYER_NAME : LAYER_NAME, &name))
    return FALSE;
  while (message.at < message.end)
    {
      if (!protobuf_field (&message, &field))
        return FALSE;
      if (field.number != (guint64) (old ? OLD_LAYER_BLOB : LAYER_BLOB))
        continue;
      if (field.type != PROTOBUF_BYTES)
        return protobuf_damaged (&message);
      if (!name)
        return nst_bad_network (message.error, _ ("a layer with weights has no name"));
      if (!read_blob (source, field.inner, name, n_blobs++))
        return FALSE;
    }
  return TRUE;
}

/**
 * source_read_caffe:
 *
 * Takes up its tensors by source_add(), in the order in which the file has them.
 *
 * Returns: %FALSE with %NST_ERROR_BAD_NETWORK
 */
gboolean
source_read_caffe (Source *source, GError **error)
{
  Message message = {source->data, 0, source->size, error};
  Field field;

  while (message.at < message.end)
    {
      if (!protobuf_field (&message, &field))
        return FALSE;
      if (field.number != NET_OLD_LAYER && field.number != NET_LAYER)
        continue;
      if (field.type != PROTOBUF_BYTES)
        return protobuf_damaged (&message);
      if (!read_layer (source, field.inner, field.number == NET_OLD_LAYER))
        return FALSE;
    }
  return TRUE;
}
