/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network as an object: its layers, what it takes, freeing.
 */
#include "network/network.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

const gchar *
nst_network_get_name (const NstNetwork *network)
{
  return network->name;
}

gint
nst_network_shift (const NstNetwork *network, gint layer)
{
  gint shift = 0;

  for (gint i = 0; i <= layer; i++)
    shift += network->layers[i].pooled ? 1 : 0;
  return shift;
}

guint64
nst_network_memory (const NstNetwork *network)
{
  const NstKernels *kernels = nst_kernels ();
  guint64 bytes = 0;

  for (gint i = 0; i < network->n_layers; i++)
    {
      const NstLayer *layer = &network->layers[i];

      bytes += nst_winograd_memory (kernels, layer->cin, layer->cout)
               + nst_winograd_memory (kernels, layer->cout, layer->cin)
               + nst_alloc_size (layer->cout, sizeof (gfloat));
    }
  return bytes;
}

void
nst_network_free (NstNetwork *network)
{
  if (!network)
    return;
  for (gint i = 0; i < network->n_layers; i++)
    {
      nst_winograd_clear (&network->layers[i].forward);
      nst_winograd_clear (&network->layers[i].backward);
      nst_free (network->layers[i].bias);
    }
  g_free (network->name);
  g_free (network);
}

gchar *
nst_network_layer_list (const NstNetwork *network)
{
  GString *list = g_string_new (NULL);

  for (gint i = 0; i < network->n_layers; i++)
    g_string_append_printf (list, "%s%s", i ? ", " : "", network->layers[i].name);
  return g_string_free (list, FALSE);
}

gint
nst_network_find_layer (const NstNetwork *network, const gchar *name, GError **error)
{
  gchar *list;
  gint block, conv, end = 0;
  gchar plain[16];

  if ((sscanf (name, "block%2d_conv%2d%n", &block, &conv, &end) == 2
       || sscanf (name, "conv%2d_%2d%n", &block, &conv, &end) == 2
       || sscanf (name, "relu%2d_%2d%n", &block, &conv, &end) == 2)
      && name[end] == '\0')
    {
      g_snprintf (plain, sizeof plain, "relu%d_%d", block, conv);
      for (gint i = 0; i < network->n_layers; i++)
        if (strcmp (network->layers[i].name, plain) == 0)
          return i;
    }
  list = nst_network_layer_list (network);
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("The network %s has no layer “%s”; it has %s"), network->name, name, list);
  g_free (list);
  return -1;
}
