/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the oracle and the engine: the same maps, networks and images in
 * both of their forms.
 */
#ifndef NST_TESTS_FIXTURE_H
#define NST_TESTS_FIXTURE_H

#include "common.h"
#include "network/network.h"
#include "base/tensor.h"

/* Rounds @map to floats; the map is rounded too, so that both stay equal. */
NstTensor test_tensor (OracleMap *map);
NstTensor test_tensor_new (gint c, gint h, gint w);
/* A tensor, and its gradient or NULL, as one piece. */
NstPiece test_piece (const NstTensor *f, const NstTensor *d);

/* A safetensors file of @header (JSON) and @data. */
GBytes *test_safetensors (const gchar *header, gconstpointer data, gsize size);

typedef enum
{
  TEST_NET_HALF = 1 << 0,        /* float16; the oracle's weights are rounded to it */
  TEST_NET_TORCHVISION = 1 << 1, /* features.N names, no metadata, a classifier */
} TestNetFlags;

/* @net as a safetensors file, and opened. */
GBytes *test_net_bytes (OracleNet *net, TestNetFlags flags);
NstNetwork *test_net_open (OracleNet *net, TestNetFlags flags);

/* The picture of tests/torch/golden.py, in [0,1]. */
NstImage test_image (guint64 seed, gint width, gint height);
/* The plan for a content of that size and a style of the same. */
gboolean test_plan (const NstNetwork *network, const NstSettings *settings, gint width,
                    gint height, NstPlan *plan, GError **error);
/* Planar, times @pixel_max. */
OracleMap test_image_map (const NstImage *image, gdouble pixel_max);

#endif /* NST_TESTS_FIXTURE_H */
