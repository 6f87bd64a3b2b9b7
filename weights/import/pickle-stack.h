/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the instructions of a pickle work on.  All that returns a truth value is FALSE with
 * an error for a damaged pickle.
 */
#ifndef PICKLE_STACK_H
#define PICKLE_STACK_H

#include "pickle.h"

#define PICKLE_MAX_OPERATIONS 100000 /* as many values may be in the memo */

typedef struct
{
  const guint8 *data;
  gsize size, at;
  GPtrArray *stack, *memo;
  Pickle *pickle;
  guint pairs; /* that were copied */
  GError **error;
} Machine;

/* Makes stack, memo and the pickle's values; machine_clear() leaves the last. */
void machine_init (Machine *m);
void machine_clear (Machine *m);

gboolean machine_damaged (Machine *m);
PickleValue *machine_push (Machine *m, PickleType type);
PickleValue *machine_top (Machine *m);
PickleValue *machine_pop (Machine *m);
void machine_append (PickleValue *to, PickleValue *item);
gboolean machine_make_tuple (Machine *m, guint count, gboolean marked);
gboolean machine_make_marked_tuple (Machine *m);
gboolean machine_add_marked (Machine *m, PickleType type);
gboolean machine_add_items (Machine *m, PickleType type, guint count);
gboolean machine_put (Machine *m, guint64 index);
gboolean machine_get (Machine *m, guint64 index);

#endif
