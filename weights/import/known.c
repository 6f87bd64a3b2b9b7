/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The published weight files: where they are, how to know them, what they
 * expect, and whose they are.
 */
#include "import.h"

#include <string.h>

#define PYTORCH "https://download.pytorch.org/models/"
#define KERAS   "https://storage.googleapis.com/tensorflow/keras-applications/"
#define OXFORD  "https://www.robots.ox.ac.uk/~vgg/software/very_deep/caffe/"

#define OF_PYTORCH "BSD 3-Clause (torchvision)"
#define OF_VGG     "CC BY 4.0 (Simonyan and Zisserman, Visual Geometry Group, Oxford)"

/* PyTorch puts the first eight digits of the SHA-256 into a file's name. */
static const KnownFile known[] = {
    {"vgg19", PYTORCH "vgg19-dcbb9e9d.pth", G_CHECKSUM_SHA256, "dcbb9e9d", "torchvision",
     OF_PYTORCH},
    {"vgg16", PYTORCH "vgg16-397923af.pth", G_CHECKSUM_SHA256, "397923af", "torchvision",
     OF_PYTORCH},
    {"vgg19-bn", PYTORCH "vgg19_bn-c79401a0.pth", G_CHECKSUM_SHA256, "c79401a0", "torchvision",
     OF_PYTORCH},
    {"vgg16-bn", PYTORCH "vgg16_bn-6c64b313.pth", G_CHECKSUM_SHA256, "6c64b313", "torchvision",
     OF_PYTORCH},
    {"vgg19-keras", KERAS "vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
     G_CHECKSUM_MD5, "253f8cb515780f3b799900260a226db6", "caffe", OF_VGG},
    {"vgg16-keras", KERAS "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
     G_CHECKSUM_MD5, "6d6bbae143d832006294945121d1f1fc", "caffe", OF_VGG},
    {"vgg19-keras-top", KERAS "vgg19/vgg19_weights_tf_dim_ordering_tf_kernels.h5",
     G_CHECKSUM_MD5, "cbe5617147190e668d6c5d5026f83318", "caffe", OF_VGG},
    {"vgg16-keras-top", KERAS "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5",
     G_CHECKSUM_MD5, "64373286793e3c8b2b4e3219cbf3544b", "caffe", OF_VGG},
    {"vgg19-caffe", OXFORD "VGG_ILSVRC_19_layers.caffemodel", G_CHECKSUM_SHA1,
     "239785e7862442717d831f682bb824055e51e9ba", "caffe", OF_VGG},
    {"vgg16-caffe", OXFORD "VGG_ILSVRC_16_layers.caffemodel", G_CHECKSUM_SHA1,
     "9363e1f6d65f7dba68c4f27a1e62105cdf6c4e24", "caffe", OF_VGG},
    /* Oxford's numbers with torchvision's names: to be known, not to be fetched */
    {"vgg19-caffe-pth", NULL, G_CHECKSUM_SHA256, "d01eb7cb", "caffe", OF_VGG},
    {"vgg16-caffe-pth", NULL, G_CHECKSUM_SHA256, "00b39a1b", "caffe", OF_VGG},
};

/**
 * known_table:
 * @n: (out): how many
 *
 * Returns: (transfer none): the files that are known
 */
const KnownFile *
known_table (guint *n)
{
  *n = G_N_ELEMENTS (known);
  return known;
}

/* What --fetch calls so, or NULL. */
const KnownFile *
known_find_name (const gchar *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].url && strcmp (name, known[i].name) == 0)
      return &known[i];
  return NULL;
}

/* @sha256, @sha1, @md5: a whole file's, hexadecimal */
const KnownFile *
known_find_bytes (const gchar *sha256, const gchar *sha1, const gchar *md5)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const gchar *hash = known[i].type == G_CHECKSUM_SHA256 ? sha256
                          : known[i].type == G_CHECKSUM_SHA1 ? sha1
                                                             : md5;

      if (hash && g_str_has_prefix (hash, known[i].hash))
        return &known[i];
    }
  return NULL;
}
