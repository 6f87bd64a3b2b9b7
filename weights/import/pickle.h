/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pickles of state dicts, read symbolically: a pickle is a program, and this
 * interpreter knows only the few instructions that build dictionaries of
 * tensors.  Nothing is ever imported or called.
 */
#ifndef PICKLE_H
#define PICKLE_H

#include <glib.h>

typedef enum
{
  PICKLE_NONE,
  PICKLE_INT, /* and truth values */
  PICKLE_FLOAT,
  PICKLE_LONG, /* an integer of more than 8 bytes: text has them */
  PICKLE_STRING,
  PICKLE_TUPLE,
  PICKLE_LIST,
  PICKLE_DICT,    /* items: key, value, key, value ... */
  PICKLE_GLOBAL,  /* number: a PickleGlobal */
  PICKLE_STORAGE, /* items: what the persistent id held */
  PICKLE_TENSOR,  /* items: storage, offset, size, stride ... */
  PICKLE_MARK,
} PickleType;

typedef enum
{
  PICKLE_ORDERED_DICT,
  PICKLE_REBUILD_TENSOR,
  PICKLE_REBUILD_PARAMETER,
  PICKLE_FLOAT_STORAGE, /* the storages come last */
  PICKLE_DOUBLE_STORAGE,
  PICKLE_HALF_STORAGE,
  PICKLE_BFLOAT16_STORAGE,
  PICKLE_LONG_STORAGE,
} PickleGlobal;

typedef struct
{
  PickleType type;
  gint64 number;
  const guint8 *text; /* in the pickle */
  gsize length;
  GPtrArray *items; /* of PickleValue, not owned; NULL when there never was one */
  gboolean seen;    /* for who walks through it */
} PickleValue;

typedef struct
{
  GPtrArray *values; /* owns all of them */
  PickleValue *result;
  gsize end; /* bytes that were read */
} Pickle;

gboolean pickle_read (Pickle *pickle, const guint8 *data, gsize size, GError **error);
void pickle_clear (Pickle *pickle);

static inline guint
pickle_length (const PickleValue *value)
{
  return value->items ? value->items->len : 0;
}

static inline PickleValue *
pickle_item (const PickleValue *value, guint i)
{
  return i < pickle_length (value) ? value->items->pdata[i] : NULL;
}

static inline gboolean
pickle_is (const PickleValue *value, PickleType type)
{
  return value && value->type == type;
}

#endif
