/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The values that tests/torch/golden.py left in tests/data: reading and
 * comparing.
 */
#ifndef NST_TESTS_GOLDEN_H
#define NST_TESTS_GOLDEN_H

#include <json-glib/json-glib.h>

typedef struct
{
  gdouble content, style, tv, total;
} GoldenLosses;

/* The array in tests/data/golden-@name.json; free with json_array_unref(). */
JsonArray *golden_load (const gchar *name);
/* Row @i of a run; fails where there is none. */
GoldenLosses golden_losses (JsonArray *rows, guint i);

#endif /* NST_TESTS_GOLDEN_H */
