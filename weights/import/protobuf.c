/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Protobuf's wire format: a field is a number, a type and a value; an inner message is
 * bytes of the outer.
 */
#include "network/safetensors.h"
#include "protobuf.h"

#include <glib/gi18n.h>
#include <string.h>

#define LONGEST_TEXT 200 /* bytes */

gboolean
protobuf_damaged (const Message *message)
{
  return nst_bad_network (message->error, _ ("it is damaged at byte %zu"), message->at);
}

/**
 * protobuf_varint:
 * @message: read on
 * @value: (out): of at most 64 bits
 */
gboolean
protobuf_varint (Message *message, guint64 *value)
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
  return protobuf_damaged (message);
}

/**
 * protobuf_field:
 * @message: read on, with something left
 * @field: (out): its bytes stay the file's
 */
gboolean
protobuf_field (Message *message, Field *field)
{
  guint64 tag, length = 0;

  memset (field, 0, sizeof *field);
  if (!protobuf_varint (message, &tag))
    return FALSE;
  field->number = tag >> 3;
  field->type = tag & 7;
  if (field->number == 0 || field->number > 0x1fffffff)
    return protobuf_damaged (message);
  if (field->type == PROTOBUF_VARINT)
    return protobuf_varint (message, &field->value);
  if (field->type == PROTOBUF_BYTES && !protobuf_varint (message, &length))
    return FALSE;
  if (field->type == PROTOBUF_FIXED64 || field->type == PROTOBUF_FIXED32)
    length = field->type == PROTOBUF_FIXED64 ? 8 : 4;
  else if (field->type != PROTOBUF_BYTES)
    return protobuf_damaged (message);
  if (length > message->end - message->at)
    return protobuf_damaged (message);
  field->inner = (Message){message->data, message->at, message->at + length, message->error};
  message->at += length;
  return TRUE;
}

/**
 * protobuf_text:
 * @text: (inout): %NULL before; the field's text, to be freed
 *
 * Fails for what is no UTF-8, has a NUL, is long, or comes a second time.
 */
gboolean
protobuf_text (const Message *message, const Field *field, gchar **text)
{
  gsize length = field->inner.end - field->inner.at;
  const gchar *bytes = (const gchar *) message->data + field->inner.at;

  if (field->type != PROTOBUF_BYTES || *text || length > LONGEST_TEXT
      || !g_utf8_validate_len (bytes, (gssize) length, NULL))
    return protobuf_damaged (message);
  *text = g_strndup (bytes, length);
  return TRUE;
}

/**
 * protobuf_numbers:
 * @field: of a repeated integer: one of them, or many packed together
 * @n: (inout): how many there are in @numbers, of @most
 *
 * Appends them; those that there is no room for are only counted.
 */
gboolean
protobuf_numbers (const Message *message, Field *field, guint64 *numbers, gint most, gint *n)
{
  guint64 value = field->value;

  if (field->type != PROTOBUF_VARINT && field->type != PROTOBUF_BYTES)
    return protobuf_damaged (message);
  while (field->type == PROTOBUF_VARINT || field->inner.at < field->inner.end)
    {
      if (field->type == PROTOBUF_BYTES && !protobuf_varint (&field->inner, &value))
        return FALSE;
      if (*n < most)
        numbers[*n] = value;
      if (*n <= most)
        (*n)++;
      if (field->type == PROTOBUF_VARINT)
        break;
    }
  return TRUE;
}
