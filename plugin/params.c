/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameter table and what is read off it.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "params.h"

#define DIALOG   (NST_PARAM_IN_DIALOG | NST_PARAM_IN_PROCEDURE)
#define EXPANDER (NST_PARAM_IN_EXPANDER | NST_PARAM_IN_PROCEDURE)

#define VALUE(member)     G_STRUCT_OFFSET (NstParams, member)
#define SETTING(member)   VALUE (settings.member) /* the engine's */
#define CHOICE(list)      .type = NST_PARAM_CHOICE, .choices = list
#define STRING            .type = NST_PARAM_STRING
#define INT(low, high)    .type = NST_PARAM_INT, .minimum = low, .maximum = high
#define DOUBLE(low, high) .type = NST_PARAM_DOUBLE, .minimum = low, .maximum = high

static const NstChoice presets[] = {
    {NST_PRESET_DRAFT, "draft", N_ ("Draft")},
    {NST_PRESET_NORMAL, "normal", N_ ("Normal")},
    {NST_PRESET_FINE, "fine", N_ ("Fine")},
    {0},
};

static const NstChoice colours[] = {
    {NST_COLOUR_STYLE, "style", N_ ("From the style")},
    {NST_COLOUR_CONTENT, "content", N_ ("Keep the picture's own")},
    {NST_COLOUR_MATCH, "match", N_ ("From the style, matched to the picture's")},
    {0},
};

static const NstChoice recipes[] = {
    {NST_RECIPE_DEFAULT, "default", N_ ("Coarse to fine")},
    {NST_RECIPE_GATYS, "gatys", N_ ("Gatys, Ecker and Bethge")},
    {NST_RECIPE_KERAS, "keras", N_ ("Keras example")},
    {0},
};

static const NstChoice optimizers[] = {
    {NST_OPTIMIZER_LBFGS, "l-bfgs", N_ ("L-BFGS")},
    {NST_OPTIMIZER_ADAM, "adam", N_ ("Adam")},
    {NST_OPTIMIZER_SGD, "sgd", N_ ("Gradient descent")},
    {NST_OPTIMIZER_RECIPE, "recipe", N_ ("The recipe's own")},
    {0},
};

static const NstChoice starts[] = {
    {NST_START_CONTENT, "content", N_ ("The picture")},
    {NST_START_NOISE, "noise", N_ ("Noise")},
    {NST_START_RESULT, "result", N_ ("The last result, if there is one"), .of_layers = TRUE},
    {0},
};

static const NstChoice poolings[] = {
    {NST_POOLING_MAX, "max", N_ ("Maximum")},
    {NST_POOLING_AVERAGE, "average", N_ ("Average")},
    {NST_POOLING_NETWORK, "network", N_ ("The network's own")},
    {0},
};

/* Mnemonics stay off L S H R C O, the letters of GIMP's dialog buttons. */
static const NstParam table[] = {
    {"preset", N_ ("_Preset"), N_ ("How much work to put in: draft is fast, fine is detailed"),
     CHOICE (presets), .flags = DIALOG, .value = NST_PRESET_NORMAL, .offset = SETTING (preset)},
    {"strength", N_ ("Stren_gth"),
     N_ ("How much style: 0 stays close to the picture, 100 is almost pure style"),
     DOUBLE (0, 100), .flags = DIALOG, .value = 50, .offset = SETTING (strength)},
    {"style-scale", N_ ("Style sc_ale (%)"),
     N_ ("Size of the style's brush strokes and shapes, in per cent"), DOUBLE (25, 400),
     .flags = DIALOG, .value = 100, .offset = SETTING (style_scale)},
    {"colour", N_ ("_Use colors"),
     N_ ("Whose colors the result has: the style's, the picture's, or the style's after they "
         "were matched to the picture's"),
     CHOICE (colours), .flags = DIALOG, .value = NST_COLOUR_STYLE, .offset = SETTING (colour)},
    {"smoothness", N_ ("S_moothness"),
     N_ ("How strongly fine grain is smoothed away, 0 to 100"), DOUBLE (0, 100),
     .flags = DIALOG, .value = 50, .offset = SETTING (smoothness)},
    {"size", N_ ("_Working size"),
     N_ ("Long side in pixels to work at, at least 16 (recipe keras: the height); 0 is the "
         "picture's own, -1 the preset's"),
     INT (NST_SIZE_PRESET, NST_SIZE_MAX), .flags = EXPANDER, .value = NST_SIZE_PRESET,
     .offset = SETTING (size)},
    {"iterations", N_ ("_Iterations"),
     N_ ("Steps of the optimizer at the last and largest size; 0 is the preset's number"),
     INT (0, 100000), .flags = EXPANDER, .offset = SETTING (iterations)},
    {"network", N_ ("_Network"),
     N_ ("A .safetensors file or the name of an installed network; empty is the built-in one"),
     STRING, .flags = EXPANDER, .offset = VALUE (network)},
    {"recipe", N_ ("R_ecipe"),
     N_ ("The way to compute: the project's own, or a published one to the letter"),
     CHOICE (recipes), .flags = EXPANDER, .value = NST_RECIPE_DEFAULT,
     .offset = SETTING (recipe)},
    {"optimizer", N_ ("Optimi_zer"), N_ ("The method that improves the picture step by step"),
     CHOICE (optimizers), .flags = EXPANDER, .value = NST_OPTIMIZER_RECIPE,
     .offset = SETTING (optimizer)},
    {"start", N_ ("Start _from"),
     N_ ("What the first picture is: the content, random noise, or an earlier result, which is "
         "improved"),
     CHOICE (starts), .flags = EXPANDER, .value = NST_START_CONTENT, .offset = VALUE (start)},
    {"seed", N_ ("See_d"), N_ ("The same number gives the same noise again"), INT (0, G_MAXINT),
     .flags = EXPANDER, .offset = SETTING (seed)},

    /* The command line's only. */
    {"content-layer", NULL, N_ ("The network's layer that keeps the content, such as relu4_2"),
     STRING, .offset = VALUE (content_layer)},
    {"style-layers", NULL,
     N_ ("The network's layers that carry the style, with commas between"), STRING,
     .offset = VALUE (style_layers)},
    {"pooling", NULL, N_ ("How the network shrinks its layers"), CHOICE (poolings),
     .value = NST_POOLING_NETWORK, .offset = SETTING (pooling)},
    {"memory", NULL,
     N_ ("Limit for the computation's memory in MiB; 0 is no limit, -1 half of the machine's "
         "memory or what GEGL_CACHE_SIZE says"),
     INT (NST_MEMORY_GEGL, 1 << 24), .flags = NST_PARAM_OF_MACHINE, .value = NST_MEMORY_GEGL,
     .offset = VALUE (memory)},
    {"threads", NULL, N_ ("Processors to use, at most 64; 0 follows GEGL's setting"),
     INT (0, 64), .flags = NST_PARAM_OF_MACHINE, .offset = SETTING (threads)},
};

/**
 * nst_param_table:
 * @n_params: (out): the table's length
 *
 * Returns: the parameters, in the order of the GIMP procedure's arguments
 */
const NstParam *
nst_param_table (guint *n_params)
{
  *n_params = G_N_ELEMENTS (table);
  return table;
}

/**
 * nst_params_init:
 * @params: (out): the defaults; free them with nst_params_clear()
 */
void
nst_params_init (NstParams *params)
{
  memset (params, 0, sizeof *params);
  nst_settings_init (&params->settings);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const NstParam *param = &table[i];

      switch (param->type)
        {
        case NST_PARAM_CHOICE:
        case NST_PARAM_INT:
          *nst_params_int (params, param) = (gint) param->value;
          break;
        case NST_PARAM_DOUBLE:
          *nst_params_double (params, param) = param->value;
          break;
        case NST_PARAM_STRING:
          *nst_params_string (params, param) = g_strdup ("");
          break;
        }
    }
}

/**
 * nst_params_copy:
 * @copy: (out): free it with nst_params_clear()
 */
void
nst_params_copy (const NstParams *params, NstParams *copy)
{
  *copy = *params;
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].type == NST_PARAM_STRING)
      *nst_params_string (copy, &table[i]) = g_strdup (*nst_params_string (copy, &table[i]));
}

/**
 * nst_params_clear:
 * @params: its strings are freed
 */
void
nst_params_clear (NstParams *params)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].type == NST_PARAM_STRING)
      g_clear_pointer (nst_params_string (params, &table[i]), g_free);
}

/**
 * nst_params_int:
 *
 * Returns: where @params keeps @param, an integer or a choice
 */
gint *
nst_params_int (NstParams *params, const NstParam *param)
{
  return &G_STRUCT_MEMBER (gint, params, param->offset);
}

/**
 * nst_params_double:
 *
 * Returns: where @params keeps @param, a number
 */
gdouble *
nst_params_double (NstParams *params, const NstParam *param)
{
  return &G_STRUCT_MEMBER (gdouble, params, param->offset);
}

/**
 * nst_params_string:
 *
 * Returns: where @params keeps @param, a string that it owns
 */
gchar **
nst_params_string (NstParams *params, const NstParam *param)
{
  return &G_STRUCT_MEMBER (gchar *, params, param->offset);
}

/**
 * nst_params_choice:
 * @param: a choice
 *
 * Returns: that which @params make of it; the first where they have a value that it does not know
 */
const NstChoice *
nst_params_choice (NstParams *params, const NstParam *param)
{
  for (const NstChoice *choice = param->choices; choice->name; choice++)
    if (choice->value == *nst_params_int (params, param))
      return choice;
  return param->choices;
}

/**
 * nst_param_find:
 *
 * Returns: (nullable): the parameter of that name
 */
const NstParam *
nst_param_find (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, name) == 0)
      return &table[i];
  return NULL;
}

/**
 * nst_param_find_choice:
 * @param: a choice
 *
 * Returns: (nullable): the choice of @param that is called @name
 */
const NstChoice *
nst_param_find_choice (const NstParam *param, const gchar *name)
{
  for (const NstChoice *choice = param->choices; choice && choice->name; choice++)
    if (strcmp (choice->name, name) == 0)
      return choice;
  return NULL;
}

static const gchar *
string_or_null (const gchar *string)
{
  return string && *string ? string : NULL;
}

/**
 * nst_params_to_settings:
 * @params: owns the strings of @settings
 * @settings: (out): what the engine takes
 */
void
nst_params_to_settings (const NstParams *params, NstSettings *settings)
{
  *settings = params->settings;
  settings->start = params->start == NST_START_RESULT ? NST_START_CONTENT : params->start;
  settings->content_layer = string_or_null (params->content_layer);
  settings->style_layers = string_or_null (params->style_layers);
  settings->memory_mib = MAX (params->memory, 0);
}
