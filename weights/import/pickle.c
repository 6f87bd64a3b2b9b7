/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The interpreter of pickles.  Its memory is bounded by the number of
 * instructions, which has a limit, as have the stack and the memo: each
 * instruction makes one value at most, and all copying together has a limit.
 */
#include "network/safetensors.h"
#include "pickle-stack.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct
{
  const gchar *module, *name;
  PickleGlobal global;
} globals[] = {
    {"collections", "OrderedDict", PICKLE_ORDERED_DICT},
    {"torch._utils", "_rebuild_tensor", PICKLE_REBUILD_TENSOR},
    {"torch._utils", "_rebuild_tensor_v2", PICKLE_REBUILD_TENSOR},
    {"torch._utils", "_rebuild_parameter", PICKLE_REBUILD_PARAMETER},
    {"torch", "FloatStorage", PICKLE_FLOAT_STORAGE},
    {"torch", "DoubleStorage", PICKLE_DOUBLE_STORAGE},
    {"torch", "HalfStorage", PICKLE_HALF_STORAGE},
    {"torch", "BFloat16Storage", PICKLE_BFLOAT16_STORAGE},
    {"torch", "LongStorage", PICKLE_LONG_STORAGE},
};

static gboolean
push_int (Machine *m, gint64 number)
{
  machine_push (m, PICKLE_INT)->number = number;
  return TRUE;
}

/* A little-endian number of @bytes bytes behind the instruction. */
static gboolean
take (Machine *m, gsize bytes, guint64 *number)
{
  *number = 0;
  if (bytes > m->size - m->at)
    return machine_damaged (m);
  for (gsize i = 0; i < bytes; i++)
    *number |= (guint64) m->data[m->at + i] << (8 * i);
  m->at += bytes;
  return TRUE;
}

/* A text whose length stands before it in @bytes bytes. */
static gboolean
push_text (Machine *m, PickleType type, gsize bytes)
{
  guint64 length;
  PickleValue *value;

  if (!take (m, bytes, &length))
    return FALSE;
  if (length > m->size - m->at)
    return machine_damaged (m);
  value = machine_push (m, type);
  value->text = m->data + m->at;
  value->length = length;
  m->at += length;
  return TRUE;
}

static gboolean
push_number (Machine *m, gsize bytes)
{
  guint64 number;

  if (!take (m, bytes, &number))
    return FALSE;
  return push_int (m, bytes == 4 ? (gint32) (guint32) number : (gint64) number);
}

/* An integer of any length; of up to 8 bytes an ordinary one. */
static gboolean
push_long (Machine *m)
{
  PickleValue *value;
  guint64 number = 0;

  if (!push_text (m, PICKLE_LONG, 1))
    return FALSE;
  value = machine_top (m);
  if (value->length > 8)
    return TRUE;
  for (gsize i = 0; i < value->length; i++)
    number |= (guint64) value->text[i] << (8 * i);
  if (value->length && value->length < 8 && value->text[value->length - 1] & 0x80)
    number |= G_MAXUINT64 << (8 * value->length);
  value->type = PICKLE_INT;
  value->number = (gint64) number;
  return TRUE;
}

static gboolean
push_float (Machine *m)
{
  guint64 ignored;

  machine_push (m, PICKLE_FLOAT);
  return take (m, 8, &ignored);
}

/* A line of text, without its end; NULL and an error if it has none. */
static gchar *
take_line (Machine *m)
{
  const guint8 *end = memchr (m->data + m->at, '\n', m->size - m->at);
  gchar *line;

  if (!end)
    {
      machine_damaged (m);
      return NULL;
    }
  line = g_strndup ((const gchar *) m->data + m->at, end - (m->data + m->at));
  m->at = end + 1 - m->data;
  return line;
}

static gboolean
push_global (Machine *m)
{
  g_autofree gchar *module = take_line (m);
  g_autofree gchar *name = module ? take_line (m) : NULL;

  if (!name)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (globals); i++)
    if (strcmp (module, globals[i].module) == 0 && strcmp (name, globals[i].name) == 0)
      {
        machine_push (m, PICKLE_GLOBAL)->number = globals[i].global;
        return TRUE;
      }
  return nst_bad_network (
      m->error,
      _ ("it holds more than weights (%.40s.%.60s), which is never run; save "
         "model.state_dict () alone, with torch.save"),
      module, name);
}

static gboolean
put (Machine *m, gsize bytes)
{
  guint64 index;

  return take (m, bytes, &index) && machine_put (m, index);
}

static gboolean
get (Machine *m, gsize bytes)
{
  guint64 index;

  return take (m, bytes, &index) && machine_get (m, index);
}

/* collections.OrderedDict () or, as Python 2 wrote it, OrderedDict ([[key, value], ...]). */
static gboolean
make_dict (Machine *m, const PickleValue *arguments)
{
  PickleValue *dict = machine_push (m, PICKLE_DICT);
  const PickleValue *list = pickle_item (arguments, 0);

  if (pickle_length (arguments) > 1 || (list && list->type != PICKLE_LIST))
    return machine_damaged (m);
  for (guint i = 0; list && i < pickle_length (list); i++)
    {
      const PickleValue *pair = pickle_item (list, i);

      if (!(pickle_is (pair, PICKLE_LIST) || pickle_is (pair, PICKLE_TUPLE))
          || pickle_length (pair) != 2 || m->pairs++ == PICKLE_MAX_OPERATIONS)
        return machine_damaged (m);
      machine_append (dict, pickle_item (pair, 0));
      machine_append (dict, pickle_item (pair, 1));
    }
  return TRUE;
}

/* What a call of one of the known functions would make. */
static gboolean
reduce (Machine *m)
{
  PickleValue *arguments = machine_pop (m), *function = arguments ? machine_pop (m) : NULL;

  if (!function)
    return FALSE;
  if (function->type != PICKLE_GLOBAL || arguments->type != PICKLE_TUPLE)
    return machine_damaged (m);
  switch (function->number)
    {
    case PICKLE_ORDERED_DICT:
      return make_dict (m, arguments);
    case PICKLE_REBUILD_TENSOR:
      if (pickle_length (arguments) < 4)
        return machine_damaged (m);
      arguments->type = PICKLE_TENSOR;
      g_ptr_array_add (m->stack, arguments);
      return TRUE;
    case PICKLE_REBUILD_PARAMETER:
      if (!pickle_is (pickle_item (arguments, 0), PICKLE_TENSOR))
        return machine_damaged (m);
      g_ptr_array_add (m->stack, pickle_item (arguments, 0));
      return TRUE;
    default:
      return machine_damaged (m);
    }
}

static gboolean
make_storage (Machine *m)
{
  PickleValue *id = machine_pop (m);

  if (!id)
    return FALSE;
  if (id->type != PICKLE_TUPLE)
    return machine_damaged (m);
  id->type = PICKLE_STORAGE;
  g_ptr_array_add (m->stack, id);
  return TRUE;
}

/* A dictionary's attributes (a state dict's _metadata) are of no interest. */
static gboolean
build (Machine *m)
{
  if (!machine_pop (m))
    return FALSE;
  return pickle_is (machine_top (m), PICKLE_DICT) || machine_damaged (m);
}

static gboolean
stop (Machine *m)
{
  m->pickle->result = machine_pop (m);
  return m->pickle->result && (m->stack->len == 0 || machine_damaged (m));
}

static gboolean
read_protocol (Machine *m)
{
  guint64 version;

  if (!take (m, 1, &version))
    return FALSE;
  if (version > 3)
    return nst_bad_network (
        m->error,
        _ ("its pickle is of protocol %d; save it anew with torch.save as it is by "
           "default, with protocol 2"),
        (gint) version);
  return TRUE;
}

/* Texts, numbers and the like. */
static gboolean
execute_simple (Machine *m, guint8 code, gboolean *known)
{
  *known = TRUE;
  switch (code)
    {
    case 'N':
      return machine_push (m, PICKLE_NONE) != NULL;
    case 0x88: /* true */
    case 0x89: /* false */
      return push_int (m, code == 0x88);
    case 'K':
      return push_number (m, 1);
    case 'M':
      return push_number (m, 2);
    case 'J':
      return push_number (m, 4);
    case 'G':
      return push_float (m);
    case 0x8a:
      return push_long (m);
    case 'X':
    case 'T':
      return push_text (m, PICKLE_STRING, 4);
    case 'U':
      return push_text (m, PICKLE_STRING, 1);
    case '}':
      return machine_push (m, PICKLE_DICT) != NULL;
    case ']':
      return machine_push (m, PICKLE_LIST) != NULL;
    case ')':
      return machine_push (m, PICKLE_TUPLE) != NULL;
    case '(':
      return machine_push (m, PICKLE_MARK) != NULL;
    default:
      *known = FALSE;
      return TRUE;
    }
}

static gboolean
execute (Machine *m, guint8 code)
{
  gboolean known, ok = execute_simple (m, code, &known);

  if (known)
    return ok;
  switch (code)
    {
    case 0x80:
      return read_protocol (m);
    case 'c':
      return push_global (m);
    case 'q':
      return put (m, 1);
    case 'r':
      return put (m, 4);
    case 'h':
      return get (m, 1);
    case 'j':
      return get (m, 4);
    case 0x85: /* tuples of 1, 2 and 3 */
    case 0x86:
    case 0x87:
      return machine_make_tuple (m, code - 0x84, FALSE);
    case 't':
      return machine_make_marked_tuple (m);
    case 'u':
      return machine_add_marked (m, PICKLE_DICT);
    case 'e':
      return machine_add_marked (m, PICKLE_LIST);
    case 's':
      return machine_add_items (m, PICKLE_DICT, 2);
    case 'a':
      return machine_add_items (m, PICKLE_LIST, 1);
    case 'R':
      return reduce (m);
    case 'Q':
      return make_storage (m);
    case 'b':
      return build (m);
    case '.':
      return stop (m);
    default:
      return nst_bad_network (
          m->error,
          _ ("it holds more than weights (pickle instruction 0x%02x at byte %zu); "
             "save model.state_dict () alone, with torch.save"),
          code, m->at - 1);
    }
}

static gboolean
run (Machine *m)
{
  for (gint n = 0; n < PICKLE_MAX_OPERATIONS; n++)
    {
      if (m->at == m->size)
        return nst_bad_network (m->error, _ ("its pickle has no end; it may be cut off"));
      if (!execute (m, m->data[m->at++]))
        return FALSE;
      if (m->pickle->result)
        return TRUE;
    }
  return nst_bad_network (m->error, _ ("its pickle has more than %d instructions"),
                          PICKLE_MAX_OPERATIONS);
}

/**
 * pickle_read:
 * @pickle: (out): to be freed with pickle_clear(), on failure, too; must not outlive @data
 *
 * Reads one pickle from the beginning of @data.  Fails with %NST_ERROR_BAD_NETWORK.
 */
gboolean
pickle_read (Pickle *pickle, const guint8 *data, gsize size, GError **error)
{
  Machine m = {.data = data, .size = size, .pickle = pickle, .error = error};
  gboolean ok;

  memset (pickle, 0, sizeof *pickle);
  machine_init (&m);
  ok = run (&m);
  pickle->end = m.at;
  machine_clear (&m);
  return ok;
}

/**
 * pickle_clear:
 * @pickle: may be clear already; its values go with it
 */
void
pickle_clear (Pickle *pickle)
{
  g_clear_pointer (&pickle->values, g_ptr_array_unref);
}
