/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network of VGG-19's shape, so that no weights need be fetched for measuring.
 */
#include "bench.h"

#include <math.h>
#include <string.h>

/* 0 is a pool. */
static const gint widths[] = {64,  64, 0,   128, 128, 0,   256, 256, 256,
                              256, 0,  512, 512, 512, 512, 0,   512};

/* A tensor's entry in the header, and its values after those that are there. */
static void
add_tensor (GString *header, GByteArray *data, const gchar *name, const gchar *shape, gsize n,
            guint32 seed, gdouble range)
{
  gfloat *values = g_new (gfloat, n);

  bench_fill (values, n, seed, -range, range);
  g_string_append_printf (header,
                          ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%u,%u]}",
                          name, shape, data->len, data->len + (guint) (n * sizeof (gfloat)));
  g_byte_array_append (data, (guint8 *) values, n * sizeof (gfloat));
  g_free (values);
}

static void
add_layer (GString *header, GByteArray *data, const gchar *name, gint cin, gint cout,
           guint32 seed)
{
  gchar weight[32], bias[32], shape[32];

  g_snprintf (weight, sizeof weight, "%s.weight", name);
  g_snprintf (shape, sizeof shape, "%d,%d,3,3", cout, cin);
  add_tensor (header, data, weight, shape, (gsize) 9 * cin * cout, seed,
              sqrt (6.0 / (9 * cin)));
  g_snprintf (bias, sizeof bias, "%s.bias", name);
  g_snprintf (shape, sizeof shape, "%d", cout);
  add_tensor (header, data, bias, shape, cout, seed + 1, 0.1);
}

/* The file's bytes are length of the header, header, data. */
static gboolean
write_file (const gchar *path, GString *header, const GByteArray *data, GError **error)
{
  GString *file = g_string_new (NULL);
  guint64 length;
  gboolean ok;

  while (header->len % 8)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE (header->len);
  g_string_append_len (file, (gchar *) &length, sizeof length);
  g_string_append_len (file, header->str, header->len);
  g_string_append_len (file, (gchar *) data->data, data->len);
  ok = g_file_set_contents (path, file->str, file->len, error);
  g_string_free (file, TRUE);
  return ok;
}

gboolean
bench_network_write (const gchar *path, GError **error)
{
  GString *header = g_string_new (NULL), *layers = g_string_new (NULL);
  GByteArray *data = g_byte_array_new ();
  gint block = 1, conv = 0, cin = 3;
  gboolean ok;

  for (gsize i = 0; i < G_N_ELEMENTS (widths); i++)
    if (widths[i])
      {
        gchar name[16];

        g_snprintf (name, sizeof name, "conv%d_%d", block, ++conv);
        g_string_append_printf (layers, "%s%s", layers->len ? " " : "", name);
        add_layer (header, data, name, cin, widths[i], 100 + 2 * i);
        cin = widths[i];
      }
    else
      {
        g_string_append (layers, " pool");
        block++;
        conv = 0;
      }
  g_string_append_c (header, '}');
  g_string_prepend (header,
                    "\",\"pooling\":\"max\",\"padding\":\"zero\",\"input_order\":\"RGB\","
                    "\"mean\":\"0.485 0.456 0.406\",\"scale\":\"4.367 4.464 4.444\"}");
  g_string_prepend (header, layers->str);
  g_string_prepend (header, "{\"__metadata__\":{\"format\":\"nst-vgg\",\"version\":\"1\","
                            "\"name\":\"vgg19\",\"layers\":\"");
  ok = write_file (path, header, data, error);
  g_string_free (header, TRUE);
  g_string_free (layers, TRUE);
  g_byte_array_unref (data);
  return ok;
}
