/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a network's layers say of a picture, for comparison with other programs:
 *
 *     features NETWORK WIDTH HEIGHT IN OUT
 *
 * IN holds float32 RGB in [0,1], row by row; OUT gets each layer's activations,
 * channel by channel, float32, one layer after the other.
 */
#include "network/network.h"
#include "network/pass.h"

#include <stdio.h>
#include <stdlib.h>

static NstTensor
read_picture (const gchar *path, gint width, gint height)
{
  gsize plane = (gsize) width * height;
  gfloat *rgb = g_new (gfloat, plane * 3);
  FILE *file = fopen (path, "rb");
  NstTensor planes;

  if (!file || fread (rgb, sizeof (gfloat), plane * 3, file) != plane * 3
      || !nst_tensor_alloc (&planes, 3, height, width, NULL))
    g_error ("%s cannot be read", path);
  for (gsize p = 0; p < plane; p++)
    for (gint c = 0; c < 3; c++)
      planes.data[c * plane + p] = rgb[3 * p + c];
  fclose (file);
  g_free (rgb);
  return planes;
}

static void
write_layer (const NstWindow *out, FILE *file)
{
  gsize n = nst_window_plane (out) * out->c;

  if (fwrite (out->data, sizeof (gfloat), n, file) != n)
    g_error ("the activations cannot be written");
}

int
main (int argc, char **argv)
{
  gint width = argc == 6 ? atoi (argv[2]) : 0, height = argc == 6 ? atoi (argv[3]) : 0;
  NstPassSpec spec = {
      .pooling = NST_POOLING_NETWORK, .width = width, .height = height, .unit = 1};
  GError *error = NULL;
  NstNetwork *network = width > 0 && height > 0 ? nst_network_open (argv[1], &error) : NULL;
  NstPool *pool = nst_pool_new (2);
  NstTensor planes;
  NstPass pass;
  FILE *file;

  if (!network)
    g_error ("%s", error ? error->message : "usage: features NETWORK WIDTH HEIGHT IN OUT");
  planes = read_picture (argv[4], width, height);
  spec.network = network;
  for (gint i = 0; i < network->n_layers; i++)
    spec.keep[i] = TRUE;
  if (!nst_pass_init (&pass, &spec, pool, &error))
    g_error ("%s", error->message);
  nst_pass_forward (&pass, planes.data, NULL, NULL);
  file = fopen (argv[5], "wb");
  for (gint i = 0; file && i < network->n_layers; i++)
    write_layer (&pass.layer[i].out, file);
  if (!file || fclose (file) != 0)
    g_error ("%s cannot be written", argv[5]);
  nst_pass_clear (&pass);
  nst_tensor_clear (&planes);
  nst_pool_free (pool);
  nst_network_free (network);
  return EXIT_SUCCESS;
}
