/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameter table: each of the filter's settings stated once.  The command
 * line, both GIMP procedures and their dialogs are generated from it.
 */
#ifndef NST_PARAMS_H
#define NST_PARAMS_H

#include <nst.h>

G_BEGIN_DECLS

/* The icon's name, and the software centres' for the filter. */
#define NST_ICON "org.gimp.GIMP.Plugin.NeuralStyleTransfer"

/* What the filter is, in one line and at length; untranslated. */
#define NST_BLURB N_ ("Paint the layer in the style of another picture")
#define NST_HELP                                                                               \
  N_ ("The layer is painted anew in the manner of a painting or any other picture, with a "    \
      "neural network. Open the painting as an image or a layer and choose it as the style. "  \
      "Only the selection is styled, if there is one, and a selection in the style's image "   \
      "says which part of it is the style. A layer group is a mixture of styles, weighted by " \
      "the opacity of its visible layers. The result is a new layer above the old one.")

typedef enum
{
  NST_PARAM_CHOICE, /* gint in NstParams, one of choices[].value */
  NST_PARAM_INT,    /* gint */
  NST_PARAM_DOUBLE, /* gdouble */
  NST_PARAM_STRING, /* gchar *, owned, "" by default */
} NstParamType;

typedef enum
{
  NST_PARAM_IN_DIALOG = 1 << 0,    /* shown at once in the dialogs */
  NST_PARAM_IN_EXPANDER = 1 << 1,  /* shown under the dialogs' expander */
  NST_PARAM_IN_PROCEDURE = 1 << 2, /* an argument of the GIMP procedure, in table order */
  NST_PARAM_OF_MACHINE = 1 << 3,   /* an integer: a limit that the result does not depend on */
} NstParamFlags;

typedef struct
{
  gint value;         /* as GIMP 2.10 passes it */
  const gchar *name;  /* as the command line and GIMP 3 spell it */
  const gchar *label; /* for people; N_() */
  gboolean of_layers; /* GIMP's only: the command line knows no layers */
} NstChoice;

/* NstParams.start beside the engine's: the layer that an earlier run made. */
#define NST_START_RESULT (NST_START_NOISE + 1)

/* NstParams.memory: the limit that GEGL's configuration makes, see nst_job_settings(). */
#define NST_MEMORY_GEGL (-1)

typedef struct
{
  const gchar *name;  /* "style-scale": option, argument, property */
  const gchar *label; /* N_(), with a mnemonic; NULL if no dialog shows it */
  const gchar *blurb; /* N_(), one sentence; also the option's help */
  NstParamType type;
  NstParamFlags flags;
  gdouble minimum, maximum, value; /* numbers; choice: value = default */
  const NstChoice *choices;        /* ends with a NULL name */
  gsize offset;                    /* within NstParams */
} NstParam;

/**
 * NstParams:
 * @settings: the engine's, but for those that follow, which say more
 * @start: an #NstStart, or %NST_START_RESULT
 * @memory: MiB, 0: no limit; or %NST_MEMORY_GEGL
 * @network: "": built in; or a name or a file
 * @content_layer: "": the recipe's
 * @style_layers: likewise
 *
 * The values, with the defaults by nst_params_init(); the strings are its own.
 */
typedef struct
{
  NstSettings settings;
  gint start;
  gint memory;
  gchar *network;
  gchar *content_layer;
  gchar *style_layers;
} NstParams;

const NstParam *nst_param_table (guint *n_params);
void nst_params_init (NstParams *params);
void nst_params_copy (const NstParams *params, NstParams *copy);
void nst_params_clear (NstParams *params);
gint *nst_params_int (NstParams *params, const NstParam *param);
gdouble *nst_params_double (NstParams *params, const NstParam *param);
gchar **nst_params_string (NstParams *params, const NstParam *param);
const NstChoice *nst_params_choice (NstParams *params, const NstParam *param);
const NstParam *nst_param_find (const gchar *name);
const NstChoice *nst_param_find_choice (const NstParam *param, const gchar *name);
void nst_params_to_settings (const NstParams *params, NstSettings *settings);

G_END_DECLS

#endif
