/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From another program's weights to a network of this project: what
 * nst-import is made of.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "source.h"

#include <gio/gio.h>

#define IMPORT_MAX_LAYERS 64

/* What a network does to a picture first: input i = (rgb[order[i]] - mean[i]) * scale[i],
 * rgb in [0,1]. */
typedef struct
{
  const gchar *name; /* "caffe" */
  gint order[3];
  gdouble mean[3], scale[3];
} Preprocess;

/* A file that is known by its hash. */
typedef struct
{
  const gchar *name; /* what --fetch calls it */
  const gchar *url;  /* NULL: not to be fetched */
  GChecksumType type;
  const gchar *hash; /* hexadecimal; perhaps only its beginning */
  const gchar *preprocess;
  const gchar *licence;
} KnownFile;

/* What the user wants. */
typedef struct
{
  const gchar *until;      /* "relu5_2"; NULL: that or, in a shorter network, all */
  const gchar *preprocess; /* or NULL: what the file tells */
  const gchar *const *map; /* "conv(\d)(\d)=conv\1_\2", ends with NULL; or NULL */
  gboolean half;           /* float16 */
} ImportOptions;

typedef enum
{
  PART_WEIGHT,
  PART_BIAS,
  PART_GAMMA,
  PART_BETA,
  PART_MEAN,
  PART_VARIANCE,
  N_PARTS,
} Part;

/* A convolution and what follows it. */
typedef struct
{
  gint block, conv;
  gboolean pooled; /* a pooling stands before it */
  gint cin, cout;
  gboolean hwio;                     /* the order of the weight's dimensions; else OIHW */
  const SourceTensor *part[N_PARTS]; /* from PART_GAMMA on: batch normalisation, or NULL */
} ImportLayer;

typedef enum
{
  NAMES_CAFFE,       /* conv1_1, conv1_2 ... */
  NAMES_KERAS,       /* block1_conv1 ...; conv2d, conv2d_1 ... */
  NAMES_TORCHVISION, /* features.0, features.2 ... */
} NamesStyle;

typedef struct
{
  gint n;
  ImportLayer layer[IMPORT_MAX_LAYERS];
  NamesStyle style;
  gboolean mixes;               /* the first kernels are to be multiplied by mix */
  gdouble mix[3][3];            /* from colours to the first layer's inputs */
  const SourceTensor *input[2]; /* weight and bias of a 1x1 convolution before all; or NULL */
} Layers;

/* names.c */
gboolean layers_find (Layers *layers, const Source *source, const ImportOptions *options,
                      GError **error);

/* known.c */
const KnownFile *known_table (guint *n);
const KnownFile *known_find_name (const gchar *name);
const KnownFile *known_find_bytes (const gchar *sha256, const gchar *sha1, const gchar *md5);

/* preprocess.c */
const Preprocess *preprocess_find (const gchar *name);
gchar *preprocess_names (void);
gboolean preprocess_choose (Preprocess *chosen, const Source *source, Layers *layers,
                            const KnownFile *known, const gchar *wanted, GError **error);

/* convert.c */

/* What import_write() found and made; texts are owned. */
typedef struct
{
  gchar *layers;     /* "relu1_1 ... relu5_2" */
  gchar *preprocess; /* "caffe" */
  gboolean folded;   /* batch normalisation */
} ImportReport;

void import_report_clear (ImportReport *report);
gboolean import_write (const Source *source, const ImportOptions *options,
                       const KnownFile *known, GHashTable *metadata, GOutputStream *stream,
                       ImportReport *report, GError **error);

#endif
