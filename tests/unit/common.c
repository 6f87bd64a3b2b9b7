/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the unit tests share: generator, random networks, comparisons, the kernels' builds.
 */
#include "common.h"

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

void
test_add_for_kernels (const gchar *path, GTestDataFunc test)
{
  static const gchar *const names[] = {"baseline", "avx2", "avx512", "neon"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree gchar *whole = g_strdup_printf ("%s/%s", path, names[i]);

      g_test_add_data_func (whole, names[i], test);
    }
}

const NstKernels *
test_kernels_named (gconstpointer name)
{
  const NstKernels *kernels = nst_kernels_named (name);

  if (!kernels)
    g_test_skip ("this processor lacks the instructions");
  return kernels;
}

guint32
test_bits (guint64 seed, guint64 i)
{
  guint64 z = seed * G_GUINT64_CONSTANT (0xd1342543de82ef95)
              + (i + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (z ^ (z >> 31)) >> 40;
}

gfloat
test_uniform (guint64 seed, guint64 i)
{
  return ((gfloat) test_bits (seed, i) - 8388608.0f) / 8388608.0f;
}

gint
test_int (guint64 seed, guint64 i, gint low, gint high)
{
  return low + (gint) (test_bits (seed, i) % (guint32) (high - low + 1));
}

gdouble
test_relative (const gdouble *a, const gdouble *b, gsize n)
{
  gdouble distance = 0, norm = 0;

  for (gsize i = 0; i < n; i++)
    {
      distance += (a[i] - b[i]) * (a[i] - b[i]);
      norm += b[i] * b[i];
    }
  return distance == 0 ? 0 : sqrt (distance / norm);
}

gdouble
test_relative_float (const gfloat *a, const gdouble *b, gsize n)
{
  gdouble *wide = g_new (gdouble, n), relative;

  for (gsize i = 0; i < n; i++)
    wide[i] = a[i];
  relative = test_relative (wide, b, n);
  g_free (wide);
  return relative;
}

OracleMap
test_map (gint c, gint h, gint w, guint64 seed)
{
  OracleMap map = oracle_map_new (c, h, w);

  for (gsize i = 0; i < oracle_map_size (&map); i++)
    map.v[i] = test_uniform (seed, i);
  return map;
}

static void
random_layer (OracleLayer *layer, guint64 seed)
{
  gsize n = (gsize) layer->c_out * layer->c_in * 9;
  gfloat scale = sqrtf (2.0f / (3.0f * layer->c_in));

  layer->weight = g_new (gdouble, n);
  layer->bias = g_new (gdouble, layer->c_out);
  for (gsize i = 0; i < n; i++)
    layer->weight[i] = (gfloat) (test_uniform (seed, i) * scale);
  for (gint i = 0; i < layer->c_out; i++)
    layer->bias[i] = (gfloat) (test_uniform (seed + 1, i) * 0.1f);
}

OracleNet
test_net (const gchar *widths, guint64 seed)
{
  gchar **word = g_strsplit (widths, " ", -1);
  OracleNet net = {0};
  gint block = 1, in_block = 0, c_in = 3;

  for (gint i = 0; i < 3; i++)
    {
      net.mean[i] = (gfloat) (0.4 + 0.05 * i);
      net.scale[i] = (gfloat) (4.0 + 0.25 * i);
    }
  for (gint i = 0; word[i]; i++)
    if (*word[i] == '|')
      {
        block++;
        in_block = 0;
      }
    else
      {
        OracleLayer *layer = &net.layer[net.n_layers];

        g_snprintf (layer->name, sizeof (layer->name), "relu%d_%d", block, ++in_block);
        layer->pool_before = block > 1 && in_block == 1;
        layer->c_in = c_in;
        layer->c_out = c_in = atoi (word[i]);
        random_layer (layer, seed + 2 * net.n_layers++);
      }
  g_strfreev (word);
  return net;
}

/* What this process has of the address space, in bytes. */
static guint64
address_space (void)
{
  g_autofree gchar *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  return g_ascii_strtoull (text, NULL, 10) * sysconf (_SC_PAGESIZE);
}

gboolean
test_limits_memory (void)
{
  const rlim_t limit = (rlim_t) 1 << 40;
  struct rlimit old, less, kept;
  gboolean works;

  getrlimit (RLIMIT_AS, &old);
  less = old;
  less.rlim_cur = MIN (old.rlim_max, limit);
  works = address_space () < limit && setrlimit (RLIMIT_AS, &less) == 0
          && getrlimit (RLIMIT_AS, &kept) == 0 && kept.rlim_cur == less.rlim_cur;
  setrlimit (RLIMIT_AS, &old);
  if (!works && !g_test_subprocess ()) /* skipped, a part of a test would count as failed */
    g_test_skip ("limits on memory are not kept here");
  return works;
}
