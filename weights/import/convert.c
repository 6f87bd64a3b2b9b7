/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writes the layers that were found as a network of this project: kernels in
 * OIHW order, batch normalisation folded into them, with the metadata that the
 * engine reads.
 */
#include "import.h"
#include "network/safetensors-write.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define EPSILON 1e-5 /* PyTorch's, beside the variance */

typedef struct
{
  const Source *source;
  const Layers *layers;
} Conversion;

/**
 * import_report_clear:
 * @report: may be clear already
 */
void
import_report_clear (ImportReport *report)
{
  g_clear_pointer (&report->layers, g_free);
  g_clear_pointer (&report->preprocess, g_free);
}

/* By what each channel's values are multiplied, and what is added then; all of @part's
 * numbers must be freed with nst_free(). */
static gboolean
read_norm (const Conversion *work, const ImportLayer *layer, gdouble *part[N_PARTS],
           GError **error)
{
  for (Part p = PART_GAMMA; p < N_PARTS; p++)
    if (!(part[p] = source_read (work->source, layer->part[p], error)))
      return FALSE;
  for (gint i = 0; i < layer->cout; i++)
    {
      gdouble scale = part[PART_GAMMA][i] / sqrt (part[PART_VARIANCE][i] + EPSILON);

      if (!isfinite (scale))
        return nst_bad_network (error, _ ("%s has a variance below zero"),
                                layer->part[PART_VARIANCE]->name);
      part[PART_GAMMA][i] = scale;
      part[PART_BETA][i] -= part[PART_MEAN][i] * scale;
    }
  return TRUE;
}

/* The 1x1 convolution before the first layer, in its kernels. */
static void
mix (const Layers *layers, gdouble *kernels, gint cout)
{
  for (gint o = 0; o < cout; o++)
    for (gint k = 0; k < 9; k++)
      {
        gdouble *kernel = kernels + (gsize) o * 27 + k,
                was[3] = {kernel[0], kernel[9], kernel[18]};

        for (gint c = 0; c < 3; c++)
          kernel[9 * c] = was[0] * layers->mix[0][c] + was[1] * layers->mix[1][c]
                          + was[2] * layers->mix[2][c];
      }
}

static gdouble *
read_weight (const Conversion *work, const ImportLayer *layer, GError **error)
{
  gdouble *from = source_read (work->source, layer->part[PART_WEIGHT], error), *to;
  gsize at = 0;

  if (!from || !layer->hwio)
    return from;
  to = nst_alloc (layer->part[PART_WEIGHT]->count, sizeof (gdouble), error);
  for (gint o = 0; to && o < layer->cout; o++)
    for (gint i = 0; i < layer->cin; i++)
      for (gint k = 0; k < 9; k++)
        to[at++] = from[((gsize) k * layer->cin + i) * layer->cout + o];
  nst_free (from);
  return to;
}

static gdouble *
read_bias (const Conversion *work, const ImportLayer *layer, GError **error)
{
  gdouble *bias;

  if (layer->part[PART_BIAS])
    return source_read (work->source, layer->part[PART_BIAS], error);
  bias = nst_alloc (layer->cout, sizeof (gdouble), error);
  for (gint i = 0; bias && i < layer->cout; i++)
    bias[i] = 0;
  return bias;
}

static void
fold (const ImportLayer *layer, gdouble *values, gsize each, gdouble *const part[N_PARTS])
{
  for (gint o = 0; o < layer->cout; o++)
    for (gsize i = 0; i < each; i++)
      values[o * each + i] =
          values[o * each + i] * part[PART_GAMMA][o] + (each == 1 ? part[PART_BETA][o] : 0);
}

/* The tensors of the new file: each layer's weight and bias. */
static gdouble *
make_values (guint index, gpointer data, GError **error)
{
  const Conversion *work = data;
  const ImportLayer *layer = &work->layers->layer[index / 2];
  gboolean bias = index % 2;
  gdouble *part[N_PARTS] = {NULL};
  gdouble *values = bias ? read_bias (work, layer, error) : read_weight (work, layer, error);

  if (values && index == 0 && work->layers->mixes)
    mix (work->layers, values, layer->cout);
  if (values && layer->part[PART_MEAN])
    {
      if (read_norm (work, layer, part, error))
        fold (layer, values, bias ? 1 : (gsize) layer->cin * 9, part);
      else
        g_clear_pointer (&values, nst_free);
      for (Part p = PART_GAMMA; p < N_PARTS; p++)
        nst_free (part[p]);
    }
  return values;
}

static void
clear_entry (gpointer data)
{
  g_free (((NstTensorEntry *) data)->name);
}

static GArray *
make_entries (const Layers *layers, gboolean half)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (NstTensorEntry));

  g_array_set_clear_func (entries, clear_entry);
  for (gint i = 0; i < layers->n; i++)
    {
      const ImportLayer *layer = &layers->layer[i];
      NstTensorEntry weight = {.dtype = half ? NST_DTYPE_F16 : NST_DTYPE_F32,
                               .rank = 4,
                               .shape = {layer->cout, layer->cin, 3, 3}};
      NstTensorEntry bias = {.dtype = weight.dtype, .rank = 1, .shape = {layer->cout}};

      weight.name = g_strdup_printf ("conv%d_%d.weight", layer->block, layer->conv);
      bias.name = g_strdup_printf ("conv%d_%d.bias", layer->block, layer->conv);
      g_array_append_val (entries, weight);
      g_array_append_val (entries, bias);
    }
  return entries;
}

static void
set (GHashTable *metadata, const gchar *key, const gchar *value)
{
  g_hash_table_insert (metadata, g_strdup (key), g_strdup (value));
}

static void
set_three (GHashTable *metadata, const gchar *key, const gdouble values[3])
{
  gchar text[3][G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree gchar *all = NULL;

  for (gint i = 0; i < 3; i++)
    g_ascii_formatd (text[i], sizeof text[i], "%.9g", values[i]);
  all = g_strjoin (" ", text[0], text[1], text[2], NULL);
  set (metadata, key, all);
}

/* What the engine reads (see network-file.c). */
static void
describe (GHashTable *metadata, const Layers *layers, const Preprocess *preprocess,
          const gchar *pooling)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (gint i = 0; i < layers->n; i++)
    g_string_append_printf (list, "%s%sconv%d_%d", i ? " " : "",
                            layers->layer[i].pooled ? "pool " : "", layers->layer[i].block,
                            layers->layer[i].conv);
  set (metadata, "format", "nst-vgg");
  set (metadata, "version", "1");
  set (metadata, "layers", list->str);
  set (metadata, "pooling", pooling ? pooling : "max");
  set (metadata, "padding", "zero");
  set (metadata, "input_order", preprocess->order[0] == 2 ? "BGR" : "RGB");
  set_three (metadata, "mean", preprocess->mean);
  set_three (metadata, "scale", preprocess->scale);
  set (metadata, "preprocess", preprocess->name);
}

/* Networks of this project may have their poolings anywhere; what is imported has them
 * between the blocks. */
static gboolean
check_poolings (const Source *source, GHashTable *metadata, GError **error)
{
  const gchar *before =
      source->metadata ? g_hash_table_lookup (source->metadata, "layers") : NULL;

  if (before && !g_str_has_prefix (before, g_hash_table_lookup (metadata, "layers")))
    return nst_bad_network (
        error, _ ("its poolings do not stand between its blocks; it is a network of "
                  "this program already: copy it into the folder of networks"));
  return TRUE;
}

static void
tell (ImportReport *report, const Layers *layers, const Preprocess *preprocess)
{
  const ImportLayer *last = &layers->layer[layers->n - 1];

  report->layers = g_strdup_printf ("relu1_1 ... relu%d_%d", last->block, last->conv);
  report->preprocess = g_strdup (preprocess->name);
  for (gint i = 0; i < layers->n; i++)
    report->folded = report->folded || layers->layer[i].part[PART_MEAN];
}

/**
 * import_write:
 * @known: (nullable): the published file that the source is
 * @metadata: where from, whose and so on; the rest is added
 * @report: (out): to be cleared with import_report_clear(), on failure, too
 *
 * Writes the network to @stream, a tensor at a time.  Fails with %NST_ERROR_BAD_NETWORK,
 * %NST_ERROR_BAD_ARGUMENT, %NST_ERROR_NO_MEMORY or @stream's error.
 */
gboolean
import_write (const Source *source, const ImportOptions *options, const KnownFile *known,
              GHashTable *metadata, GOutputStream *stream, ImportReport *report, GError **error)
{
  Layers layers;
  Preprocess preprocess;
  Conversion work = {source, &layers};
  const gchar *pooling =
      source->metadata ? g_hash_table_lookup (source->metadata, "pooling") : NULL;
  GArray *entries;
  gboolean ok;

  memset (report, 0, sizeof *report);
  if (!layers_find (&layers, source, options, error)
      || !preprocess_choose (&preprocess, source, &layers, known, options->preprocess, error))
    return FALSE;
  tell (report, &layers, &preprocess);
  describe (metadata, &layers, &preprocess, g_strcmp0 (pooling, "average") ? NULL : pooling);
  if (!check_poolings (source, metadata, error))
    return FALSE;
  entries = make_entries (&layers, options->half);
  ok = nst_safetensors_write (stream, metadata, entries, make_values, &work, error);
  g_array_unref (entries);
  return ok;
}
