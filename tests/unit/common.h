/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the unit tests share: the seeded generator (the same as in
 * tests/torch/golden.py), random networks for engine and oracle alike, and
 * comparisons.
 */
#ifndef NST_TESTS_COMMON_H
#define NST_TESTS_COMMON_H

#include "kernels/kernels.h"
#include "oracle.h"

/* The @i-th 24 random bits of stream @seed: splitmix64, counted. */
guint32 test_bits (guint64 seed, guint64 i);
/* Uniform in [-1, 1), exact in float. */
gfloat test_uniform (guint64 seed, guint64 i);
/* Uniform in @low .. @high, the high end included. */
gint test_int (guint64 seed, guint64 i, gint low, gint high);

/* |a - b| / |b| as vectors. */
gdouble test_relative (const gdouble *a, const gdouble *b, gsize n);
gdouble test_relative_float (const gfloat *a, const gdouble *b, gsize n);

/* Fails, with the figure, unless @value <= @limit. */
#define test_at_most(value, limit)                                                             \
  G_STMT_START                                                                                 \
  {                                                                                            \
    gdouble _value = (value), _limit = (limit);                                                \
    if (!(_value <= _limit))                                                                   \
      {                                                                                        \
        gchar *_text = g_strdup_printf ("%s = %g is above %g", #value, _value, _limit);        \
        g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, _text);              \
      }                                                                                        \
  }                                                                                            \
  G_STMT_END

/* Whether a limit on the address space is kept and leaves room; otherwise the test is skipped, as
 * in qemu, which starts no second process either, and with the address sanitizer, which has taken
 * terabytes. */
gboolean test_limits_memory (void);

/* Adds @test for each build of the kernels, as @path / its name, which is what the test is given. */
void test_add_for_kernels (const gchar *path, GTestDataFunc test);
/* That build; or NULL where the processor lacks it, and the test is skipped. */
const NstKernels *test_kernels_named (gconstpointer name);

OracleMap test_map (gint c, gint h, gint w, guint64 seed);

/* A random network: @widths such as "4 6 | 8 8 | 10", | for a pool.  Weights
 * are He-scaled; layer k has the streams @seed + 2k (weights) and
 * @seed + 2k + 1 (biases, within +-0.1). */
OracleNet test_net (const gchar *widths, guint64 seed);

#endif /* NST_TESTS_COMMON_H */
