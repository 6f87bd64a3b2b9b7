/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a network expects as its input.  The numbers in a weight file do not
 * say: it is known by the file's hash, by our own metadata, by a convolution
 * that does it, or by whose names the layers have.
 */
#include "import.h"
#include "network/safetensors.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static const Preprocess presets[] = {
    /* RGB in [0,1], normalised */
    {"torchvision", {0, 1, 2}, {0.485, 0.456, 0.406}, {1 / 0.229, 1 / 0.224, 1 / 0.225}},
    /* BGR in 0..255 minus the mean, as Caffe and Keras have it */
    {"caffe", {2, 1, 0}, {103.939 / 255, 116.779 / 255, 123.68 / 255}, {255, 255, 255}},
    /* RGB in [-1,1] */
    {"symmetric", {0, 1, 2}, {0.5, 0.5, 0.5}, {2, 2, 2}},
    /* RGB in [0,1] */
    {"plain", {0, 1, 2}, {0, 0, 0}, {1, 1, 1}},
};

/**
 * preprocess_find:
 *
 * Returns: (transfer none) (nullable): the preset of that name
 */
const Preprocess *
preprocess_find (const gchar *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++)
    if (strcmp (name, presets[i].name) == 0)
      return &presets[i];
  return NULL;
}

/* "torchvision, caffe, ..."; to be freed */
gchar *
preprocess_names (void)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "", presets[i].name);
  return g_string_free (names, FALSE);
}

static gdouble
determinant (gdouble m[3][3])
{
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
         - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
         + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/* The @column-th unknown of m x = right, by Cramer's rule. */
static gdouble
solve (gdouble m[3][3], const gdouble right[3], gint column)
{
  gdouble replaced[3][3];

  memcpy (replaced, m, sizeof replaced);
  for (gint i = 0; i < 3; i++)
    replaced[i][column] = right[i];
  return determinant (replaced) / determinant (m);
}

/* A 1x1 convolution A x + b of the colours is A (x - m) with the mean m = -A^-1 b; A goes
 * into the first layer's kernels.  So that stays exact at the border, too: zeros behind it
 * are zeros before it. */
static gboolean
take_convolution (Preprocess *chosen, const Source *source, Layers *layers, GError **error)
{
  gdouble *weight = source_read (source, layers->input[0], error);
  gdouble *bias = weight ? source_read (source, layers->input[1], error) : NULL;
  gboolean ok = bias != NULL;

  *chosen = (Preprocess){"convolution", {0, 1, 2}, {0, 0, 0}, {255, 255, 255}};
  if (ok)
    memcpy (layers->mix, weight, sizeof layers->mix);
  for (gint i = 0; ok && i < 3; i++)
    {
      chosen->mean[i] = -solve (layers->mix, bias, i);
      if (!(fabs (chosen->mean[i]) < 1e6))
        ok = nst_bad_network (error, _ ("its first convolution, of 1x1, cannot be undone"));
    }
  for (gint i = 0; i < 9; i++)
    layers->mix[i / 3][i % 3] /= 255;
  layers->mixes = ok;
  nst_free (weight);
  nst_free (bias);
  return ok;
}

static gboolean
read_numbers (const gchar *text, gdouble values[3])
{
  gchar *end = (gchar *) text;

  for (gint i = 0; end && i < 3; i++)
    {
      gchar *start = end;

      values[i] = g_ascii_strtod (start, &end);
      if (end == start || !isfinite (values[i]))
        return FALSE;
    }
  return end && !*end;
}

/* As the engine's own networks say it. */
static gboolean
take_metadata (Preprocess *chosen, GHashTable *metadata)
{
  const gchar *order = metadata ? g_hash_table_lookup (metadata, "input_order") : NULL;
  gboolean bgr = g_strcmp0 (order, "BGR") == 0;

  if (!order || !read_numbers (g_hash_table_lookup (metadata, "mean"), chosen->mean)
      || !read_numbers (g_hash_table_lookup (metadata, "scale"), chosen->scale))
    return FALSE;
  for (gint i = 0; i < 3; i++)
    chosen->order[i] = bgr ? 2 - i : i;
  chosen->name = "metadata";
  return TRUE;
}

/**
 * preprocess_choose:
 * @known: (nullable): the published file that the source is
 * @wanted: (nullable): the name that the user gave
 *
 * Fails with %NST_ERROR_BAD_ARGUMENT for a name that is not known, and with
 * %NST_ERROR_BAD_NETWORK.
 */
gboolean
preprocess_choose (Preprocess *chosen, const Source *source, Layers *layers,
                   const KnownFile *known, const gchar *wanted, GError **error)
{
  const Preprocess *preset;
  g_autofree gchar *names = NULL;

  if (!wanted && layers->input[0])
    return take_convolution (chosen, source, layers, error);
  if (!wanted && take_metadata (chosen, source->metadata))
    return TRUE;
  if (!wanted)
    wanted = known                                ? known->preprocess
             : layers->style == NAMES_TORCHVISION ? "torchvision"
                                                  : "caffe";
  preset = preprocess_find (wanted);
  if (preset)
    {
      *chosen = *preset;
      return TRUE;
    }
  names = preprocess_names ();
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("--preprocess takes one of %s, not “%s”."), names, wanted);
  return FALSE;
}
