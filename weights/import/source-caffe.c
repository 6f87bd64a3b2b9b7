/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Caffe's .caffemodel, a protobuf message without a header: read strictly,
 * field by field, knowing only the few that weights need.
 */
#include "network/safetensors.h"
#include "source.h"

#include <glib/gi18n.h>
#include <string.h>

/* Protobuf's wire types. */
enum
{
  VARINT,
  FIXED64,
  BYTES,
  FIXED32 = 5,
};

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

typedef struct
{
  const guint8 *data; /* the file's */
  gsize at, end;
  GError **error;
} Message;

typedef struct
{
  guint64 number;
  gint type;
  guint64 value; /* of a varint */
  Message inner; /* of bytes */
} Field;

static gboolean
damaged (const Message *message)
{
  return nst_bad_network (message->error, _ ("it is damaged at byte %zu"), message->at);
}

static gboolean
read_varint (Message *message, guint64 *value)
{
  *value = 0;
  for (gint shift = 0; shift < 64 && message->at < message->end; shift += 7)
    {
      guint8 byte = message->data[message->at++];

      if (shift == 63 && byte > 1)
        break;
      *value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return damaged (message);
}

static gboolean
read_field (Message *message, Field *field)
{
  guint64 tag, length = 0;

  memset (field, 0, sizeof *field);
  if (!read_varint (message, &tag))
    return FALSE;
  field->number = tag >> 3;
  field->type = tag & 7;
  if (field->number == 0 || field->number > 0x1fffffff)
    return damaged (message);
  if (field->type == VARINT)
    return read_varint (message, &field->value);
  if (field->type == BYTES && !read_varint (message, &length))
    return FALSE;
  if (field->type == FIXED64 || field->type == FIXED32)
    length = field->type == FIXED64 ? 8 : 4;
  else if (field->type != BYTES)
    return damaged (message);
  if (length > message->end - message->at)
    return damaged (message);
  field->inner = (Message){message->data, message->at, message->at + length, message->error};
  message->at += length;
  return TRUE;
}

/* Net's fields that a caffemodel begins with: its name, or a layer. */
gboolean
source_is_caffe (const Source *source)
{
  Message message = {source->data, 0, source->size, NULL};
  Field field;

  return read_field (&message, &field) && field.type == BYTES
         && (field.number == NET_NAME || field.number == NET_OLD_LAYER
             || field.number == NET_LAYER);
}

static gboolean
add_dimension (SourceTensor *tensor, guint64 length, const Message *message)
{
  if (tensor->rank == SOURCE_MAX_RANK)
    return nst_bad_network (message->error, _ ("a blob has more than %d dimensions"),
                            SOURCE_MAX_RANK);
  tensor->shape[tensor->rank++] = length;
  return TRUE;
}

/* BlobShape: dimensions, packed or one by one. */
static gboolean
read_shape (Message message, SourceTensor *tensor)
{
  Field field;

  tensor->rank = 0;
  while (message.at < message.end)
    {
      if (!read_field (&message, &field))
        return FALSE;
      if (field.number != SHAPE_DIM)
        continue;
      if (field.type != VARINT && field.type != BYTES)
        return damaged (&message);
      if (field.type == VARINT && !add_dimension (tensor, field.value, &message))
        return FALSE;
      while (field.type == BYTES && field.inner.at < field.inner.end)
        if (!read_varint (&field.inner, &field.value)
            || !add_dimension (tensor, field.value, &message))
          return FALSE;
    }
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
      if (field->type != VARINT)
        return damaged (message);
      blob->sides[field->number - BLOB_NUM] = field->value;
      blob->has_sides = TRUE;
    }
  else if (field->number == BLOB_SHAPE)
    {
      if (field->type != BYTES || blob->has_shape)
        return damaged (message);
      blob->has_shape = TRUE;
      return read_shape (field->inner, &blob->tensor);
    }
  else if (data)
    {
      if (field->type != BYTES || blob->has_data)
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
    if (!read_field (&message, &field) || !read_blob_field (&message, &field, &blob))
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
    {
      if (!read_field (&message, &field))
        return FALSE;
      if (field.number != number)
        continue;
      if (field.type != BYTES || *name || field.inner.end - field.inner.at > 200
          || !g_utf8_validate_len ((const gchar *) message.data + field.inner.at,
                                   field.inner.end - field.inner.at, NULL))
        return damaged (&message);
      *name = g_strndup ((const gchar *) message.data + field.inner.at,
                         field.inner.end - field.inner.at);
    }
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
      if (!read_field (&message, &field))
        return FALSE;
      if (field.number != (guint64) (old ? OLD_LAYER_BLOB : LAYER_BLOB))
        continue;
      if (field.type != BYTES)
        return damaged (&message);
      if (!name)
        return nst_bad_network (message.error, _ ("a layer with weights has no name"));
      if (!read_blob (source, field.inner, name, n_blobs++))
        return FALSE;
    }
  return TRUE;
}

gboolean
source_read_caffe (Source *source, GError **error)
{
  Message message = {source->data, 0, source->size, error};
  Field field;

  while (message.at < message.end)
    {
      if (!read_field (&message, &field))
        return FALSE;
      if (field.number != NET_OLD_LAYER && field.number != NET_LAYER)
        continue;
      if (field.type != BYTES)
        return damaged (&message);
      if (!read_layer (source, field.inner, field.number == NET_OLD_LAYER))
        return FALSE;
    }
  return TRUE;
}
