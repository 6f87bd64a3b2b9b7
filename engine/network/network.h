/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A VGG-shaped network as a table: 3x3 convolutions with ReLU, a 2x2 pooling
 * before some of them.  Built by network-file.c, run by pass.c.
 */
#ifndef NST_NETWORK_H
#define NST_NETWORK_H

#include "network/winograd.h"

/* What the reader lets through, so that all after it may rely on it: VGG-19 has 16 layers, 512
 * channels and 5 poolings. */
#define NST_MAX_LAYERS   64
#define NST_MAX_CHANNELS 4096
#define NST_MAX_POOLINGS 15 /* 2^15 is NST_SIZE_MAX: a picture of that size has one cell left */

/* Layer i is ReLU (conv3x3 (maybe pool (layer i - 1))), zero padding. */
typedef struct
{
  gchar name[16];  /* "relu4_2" */
  gboolean pooled; /* a 2x2 pooling comes first */
  gint cin, cout;
  NstWinograd forward, backward; /* for activations and for gradients */
  gfloat *bias;                  /* cout */
} NstLayer;

struct _NstNetwork
{
  gchar *name;
  gint n_layers;
  NstLayer layers[NST_MAX_LAYERS];
  NstPooling pooling;
  gint order[3];            /* input channel i is RGB channel order[i] */
  gfloat mean[3], scale[3]; /* input i = (rgb[order[i]] - mean[i]) * scale[i], rgb in [0,1] */
};

/**
 * nst_network_find_layer:
 * @name: "relu4_2"; Keras' "block4_conv2" and "conv4_2" mean the same
 *
 * Returns: its index, or -1 with %NST_ERROR_BAD_ARGUMENT.
 */
gint nst_network_find_layer (const NstNetwork *network, const gchar *name, GError **error);

/**
 * nst_network_layer_list:
 *
 * Returns: (transfer full): "relu1_1, relu1_2, ..." for messages; free with g_free()
 */
gchar *nst_network_layer_list (const NstNetwork *network);

/**
 * nst_network_shift:
 * @layer: its index
 *
 * Returns: how many times pixels are halved until a layer has its cells
 */
gint nst_network_shift (const NstNetwork *network, gint layer);

/**
 * nst_network_memory:
 *
 * Returns: bytes that the weights take, transformed for either direction
 */
guint64 nst_network_memory (const NstNetwork *network);

#endif
