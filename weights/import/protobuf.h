/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Protobuf's wire format, read strictly, a field at a time: what Caffe's and ONNX's files
 * are written in.
 */
#ifndef PROTOBUF_H
#define PROTOBUF_H

#include <glib.h>

/* Its types of fields. */
enum
{
  PROTOBUF_VARINT,
  PROTOBUF_FIXED64,
  PROTOBUF_BYTES,
  PROTOBUF_FIXED32 = 5,
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
  Message inner; /* of bytes and of fixed numbers */
} Field;

/* All are FALSE with an error for a damaged message. */
gboolean protobuf_damaged (const Message *message);
gboolean protobuf_varint (Message *message, guint64 *value);
gboolean protobuf_field (Message *message, Field *field);
gboolean protobuf_text (const Message *message, const Field *field, gchar **text);
gboolean
protobuf_numbers (const Message *message, Field *field, guint64 *numbers, gint most, gint *n);

#endif
