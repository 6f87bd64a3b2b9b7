/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stack and the memo of the interpreter of pickles, which hold values that the pickle
 * owns: what takes some off and puts others on.
 */
#include "network/safetensors.h"
#include "pickle-stack.h"

#include <glib/gi18n.h>

/**
 * machine_damaged:
 *
 * Returns: %FALSE, with the error that the pickle is damaged where it is read
 */
gboolean
machine_damaged (Machine *m)
{
  return nst_bad_network (m->error, _ ("its pickle is damaged at byte %zu"), m->at);
}

static void
free_value (gpointer data)
{
  PickleValue *value = data;

  g_clear_pointer (&value->items, g_ptr_array_unref);
  g_free (value);
}

/**
 * machine_push:
 *
 * Returns: (transfer none): a new value, topmost on the stack; the pickle's
 */
PickleValue *
machine_push (Machine *m, PickleType type)
{
  PickleValue *value = g_new0 (PickleValue, 1);

  value->type = type;
  g_ptr_array_add (m->pickle->values, value);
  g_ptr_array_add (m->stack, value);
  return value;
}

/**
 * machine_top:
 *
 * Returns: (transfer none) (nullable): the topmost value, which may be a mark; %NULL: there is none
 */
PickleValue *
machine_top (Machine *m)
{
  return m->stack->len ? m->stack->pdata[m->stack->len - 1] : NULL;
}

/* The topmost value if it is one and no mark, taken off; NULL and an error otherwise. */
PickleValue *
machine_pop (Machine *m)
{
  PickleValue *value = machine_top (m);

  if (!value || value->type == PICKLE_MARK)
    {
      machine_damaged (m);
      return NULL;
    }
  g_ptr_array_set_size (m->stack, m->stack->len - 1);
  return value;
}

/**
 * machine_append:
 * @to: gets @item behind its others
 */
void
machine_append (PickleValue *to, PickleValue *item)
{
  if (!to->items)
    to->items = g_ptr_array_new ();
  g_ptr_array_add (to->items, item);
}

/* Moves the topmost @count values to the end of @to. */
static void
move_top (Machine *m, PickleValue *to, guint count)
{
  guint from = m->stack->len - count;

  for (guint i = from; i < m->stack->len; i++)
    machine_append (to, m->stack->pdata[i]);
  g_ptr_array_set_size (m->stack, from);
}

/* How many values lie above the last mark; -1 and an error without one. */
static gint
above_mark (Machine *m)
{
  for (guint i = m->stack->len; i > 0; i--)
    if (((PickleValue *) m->stack->pdata[i - 1])->type == PICKLE_MARK)
      return m->stack->len - i;
  machine_damaged (m);
  return -1;
}

/* Takes @count values off to make a tuple of them, and a mark below them. */
gboolean
machine_make_tuple (Machine *m, guint count, gboolean marked)
{
  PickleValue *value;
  guint from;

  if (m->stack->len < count + (marked ? 1 : 0))
    return machine_damaged (m);
  from = m->stack->len - count;
  for (guint i = from; i < m->stack->len; i++)
    if (((PickleValue *) m->stack->pdata[i])->type == PICKLE_MARK)
      return machine_damaged (m);
  value = machine_push (m, PICKLE_TUPLE);
  g_ptr_array_set_size (m->stack, m->stack->len - 1);
  move_top (m, value, count);
  if (marked)
    g_ptr_array_set_size (m->stack, from - 1);
  g_ptr_array_add (m->stack, value);
  return TRUE;
}

/**
 * machine_make_marked_tuple:
 *
 * Makes a tuple of the values above the last mark, which goes.
 */
gboolean
machine_make_marked_tuple (Machine *m)
{
  gint count = above_mark (m);

  return count >= 0 && machine_make_tuple (m, count, TRUE);
}

/* The values above the mark go into the dictionary or list below it. */
gboolean
machine_add_marked (Machine *m, PickleType type)
{
  gint count = above_mark (m);
  PickleValue *to;
  guint mark;

  if (count < 0)
    return FALSE;
  mark = m->stack->len - count - 1;
  to = mark > 0 ? m->stack->pdata[mark - 1] : NULL;
  if (!pickle_is (to, type) || (type == PICKLE_DICT && count % 2))
    return machine_damaged (m);
  move_top (m, to, count);
  g_ptr_array_set_size (m->stack, mark);
  return TRUE;
}

/**
 * machine_add_items:
 * @count: 1 or 2
 *
 * The topmost @count values go into the dictionary or list below them.
 */
gboolean
machine_add_items (Machine *m, PickleType type, guint count)
{
  PickleValue *items[2] = {NULL, NULL};

  for (guint i = count; i > 0; i--)
    if (!(items[i - 1] = machine_pop (m)))
      return FALSE;
  if (!pickle_is (machine_top (m), type))
    return machine_damaged (m);
  for (guint i = 0; i < count; i++)
    machine_append (machine_top (m), items[i]);
  return TRUE;
}

/* Keeps the topmost value as number @index of the memo. */
gboolean
machine_put (Machine *m, guint64 index)
{
  if (!machine_top (m) || machine_top (m)->type == PICKLE_MARK
      || index >= PICKLE_MAX_OPERATIONS)
    return machine_damaged (m);
  if (index >= m->memo->len)
    g_ptr_array_set_size (m->memo, index + 1);
  m->memo->pdata[index] = machine_top (m);
  return TRUE;
}

/**
 * machine_get:
 *
 * Puts number @index of the memo on the stack.
 */
gboolean
machine_get (Machine *m, guint64 index)
{
  if (index >= m->memo->len || !m->memo->pdata[index])
    return machine_damaged (m);
  g_ptr_array_add (m->stack, m->memo->pdata[index]);
  return TRUE;
}

void
machine_init (Machine *m)
{
  m->pickle->values = g_ptr_array_new_with_free_func (free_value);
  m->stack = g_ptr_array_new ();
  m->memo = g_ptr_array_new ();
}

/**
 * machine_clear:
 *
 * The pickle's values stay.
 */
void
machine_clear (Machine *m)
{
  g_ptr_array_unref (m->stack);
  g_ptr_array_unref (m->memo);
}
