/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 3: registers the procedure from the parameter table and
 * leads through one run of it.
 */
#include <glib/gi18n.h>

#include "gimp3.h"
#include "job.h"

#define NST_TYPE_PLUG_IN (nst_plug_in_get_type ())
G_DECLARE_FINAL_TYPE (NstPlugIn, nst_plug_in, NST, PLUG_IN, GimpPlugIn)

struct _NstPlugIn
{
  GimpPlugIn parent_instance;
};

G_DEFINE_TYPE (NstPlugIn, nst_plug_in, GIMP_TYPE_PLUG_IN)

/* Reads the arguments that the parameter table stands for. */
static void
read_params (GimpProcedureConfig *config, NstParams *params)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  nst_params_init (params);
  for (guint i = 0; i < n_params; i++)
    {
      const NstParam *param = &table[i];

      if (!(param->flags & NST_PARAM_IN_PROCEDURE))
        continue;
      switch (param->type)
        {
        case NST_PARAM_CHOICE:
          *nst_params_int (params, param) =
              gimp_procedure_config_get_choice_id (config, param->name);
          break;
        case NST_PARAM_INT:
          g_object_get (config, param->name, nst_params_int (params, param), NULL);
          break;
        case NST_PARAM_DOUBLE:
          g_object_get (config, param->name, nst_params_double (params, param), NULL);
          break;
        case NST_PARAM_STRING:
          g_clear_pointer (nst_params_string (params, param), g_free);
          g_object_get (config, param->name, nst_params_string (params, param), NULL);
          break;
        }
    }
}

static void
show_progress (gdouble fraction, const gchar *text)
{
  if (text)
    gimp_progress_set_text (text);
  gimp_progress_update (fraction);
}

/* Says what a run would do differently from what was asked. */
static gboolean
plan (const NstNetwork *network, const NstSettings *settings, const Content *content,
      GError **error)
{
  NstPlan found;

  if (!nst_plan (network, settings, content->computed.width, content->computed.height, &found,
                 error))
    return FALSE;
  if (found.notice != NULL)
    gimp_message (found.notice);
  return TRUE;
}

static gboolean
compute (NstParams *params, const Content *content, GimpDrawable *style, NstImage *result,
         GError **error)
{
  NstNetwork *network = nst_job_open_network (params->network, error);
  NstImage pixels = {0}, start = {0};
  g_autoptr (GArray) styles = NULL;
  NstSettings settings;
  gboolean done = FALSE;

  if (network == NULL)
    return FALSE;
  nst_job_settings (params, &settings);
  if (params->start == NST_START_RESULT && !content_read_start (content, &start, error))
    {
      nst_network_free (network);
      return FALSE;
    }
  if (start.rgb != NULL)
    settings.start_image = &start;
  if (plan (network, &settings, content, error)
      && (styles = style_read (style, content, error)) != NULL
      && content_read (content, &pixels, error))
    {
      NstJob *job = nst_job_new (network, &settings, &pixels, styles, NULL, NULL);

      done = nst_job_run (job, show_progress, result, error)
             && nst_region_cut (result, &content->computed, &content->kept, error);
      nst_job_free (job);
    }
  nst_image_clear (&pixels);
  nst_image_clear (&start);
  nst_network_free (network);
  return done;
}

/* Computes, and adds the new layer above the content.  Its name comes first: the
 * user may close the style's image meanwhile. */
static GimpLayer *
stylise (GimpProcedureConfig *config, const Content *content, GError **error)
{
  g_autoptr (GimpDrawable) style = NULL;
  g_autofree gchar *name = NULL;
  NstImage result = {0};
  GimpLayer *layer = NULL;
  NstParams params;

  g_object_get (config, "style", &style, NULL);
  if (!style_check (style, error))
    return NULL;
  name = layer_name (style);
  read_params (config, &params);
  gimp_progress_init (_ ("Neural Style Transfer"));
  if (compute (&params, content, style, &result, error) && content_check (content, error))
    layer = layer_insert (content, name, &result, error);
  gimp_progress_end ();
  nst_image_clear (&result);
  nst_params_clear (&params);
  return layer;
}

/* Sets the style argument: the last one, or for the dialog also a guess. */
static void
preset_style (GimpProcedureConfig *config, GimpRunMode run_mode, const Content *content)
{
  g_autoptr (GimpDrawable) style = NULL;
  GimpDrawable *better = style_recall ();

  g_object_get (config, "style", &style, NULL);
  if (better == NULL && style == NULL && run_mode == GIMP_RUN_INTERACTIVE)
    better = style_suggest (content);
  if (better != NULL)
    g_object_set (config, "style", better, NULL);
}

/* FALSE: the user thought better of it. */
static gboolean
ask (GimpProcedure *procedure, GimpRunMode run_mode, GimpProcedureConfig *config,
     const Content *content)
{
  g_autoptr (GimpDrawable) style = NULL;

  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    preset_style (config, run_mode, content);
  if (run_mode != GIMP_RUN_INTERACTIVE)
    return TRUE;
  if (!dialog_run (procedure, config))
    return FALSE;
  g_object_get (config, "style", &style, NULL);
  if (style != NULL)
    style_remember (style);
  return TRUE;
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
     GimpProcedureConfig *config, gpointer data)
{
  Content content;
  GimpLayer *layer = NULL;
  GimpValueArray *values;
  GError *error = NULL;
  GimpPDBStatusType status = GIMP_PDB_CANCEL;

  gegl_init (NULL, NULL);
  if (content_open (&content, image, drawables, &error))
    {
      if (ask (procedure, run_mode, config, &content))
        layer = stylise (config, &content, &error);
      content_close (&content);
    }
  if (layer != NULL)
    status = GIMP_PDB_SUCCESS;
  else if (error != NULL)
    status = GIMP_PDB_EXECUTION_ERROR;
  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    gimp_displays_flush ();
  values = gimp_procedure_new_return_values (procedure, status, error);
  if (layer != NULL)
    GIMP_VALUES_SET_LAYER (values, 1, layer);
  return values;
}

static void
add_choice (GimpProcedure *procedure, const NstParam *param)
{
  GimpChoice *choices = gimp_choice_new ();
  const gchar *value = NULL;

  for (const NstChoice *choice = param->choices; choice->name != NULL; choice++)
    {
      gimp_choice_add (choices, choice->name, choice->value, _ (choice->label), NULL);
      if (choice->value == (gint) param->value)
        value = choice->name;
    }
  gimp_procedure_add_choice_argument (procedure, param->name, _ (param->label),
                                      _ (param->blurb), choices, value, G_PARAM_READWRITE);
}

static void
add_arguments (GimpProcedure *procedure)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  gimp_procedure_add_drawable_argument (
      procedure, "style", _ ("St_yle"),
      _ ("The layer or layer group, of any open image, whose style is painted with"), TRUE,
      G_PARAM_READWRITE | GIMP_PARAM_DONT_SERIALIZE);
  for (guint i = 0; i < n_params; i++)
    {
      const NstParam *param = &table[i];

      if (!(param->flags & NST_PARAM_IN_PROCEDURE))
        continue;
      switch (param->type)
        {
        case NST_PARAM_CHOICE:
          add_choice (procedure, param);
          break;
        case NST_PARAM_INT:
          gimp_procedure_add_int_argument (procedure, param->name, _ (param->label),
                                           _ (param->blurb), param->minimum, param->maximum,
                                           param->value, G_PARAM_READWRITE);
          break;
        case NST_PARAM_DOUBLE:
          gimp_procedure_add_double_argument (procedure, param->name, _ (param->label),
                                              _ (param->blurb), param->minimum, param->maximum,
                                              param->value, G_PARAM_READWRITE);
          break;
        case NST_PARAM_STRING:
          gimp_procedure_add_string_argument (procedure, param->name, _ (param->label),
                                              _ (param->blurb), "", G_PARAM_READWRITE);
          break;
        }
    }
}

static GimpProcedure *
create_procedure (GimpPlugIn *plug_in, const gchar *name)
{
  GimpProcedure *procedure =
      gimp_image_procedure_new (plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, _ ("_Neural Style Transfer..."));
  gimp_procedure_add_menu_path (procedure, "<Image>/Filters/Artistic");
  gimp_procedure_set_documentation (procedure, _ (NST_BLURB), _ (NST_HELP), name);
  gimp_procedure_set_attribution (procedure, "Neural Style Transfer contributors",
                                  "GPL-3.0-or-later", "2026");
  add_arguments (procedure);
  gimp_procedure_add_layer_return_value (procedure, "layer", _ ("New layer"),
                                         _ ("The styled layer"), FALSE, G_PARAM_READWRITE);
  return procedure;
}

static GList *
query_procedures (GimpPlugIn *plug_in)
{
  return g_list_append (NULL, g_strdup (PROCEDURE));
}

static void
nst_plug_in_class_init (NstPlugInClass *klass)
{
  GimpPlugInClass *plug_in_class = GIMP_PLUG_IN_CLASS (klass);

  plug_in_class->query_procedures = query_procedures;
  plug_in_class->create_procedure = create_procedure;
}

static void
nst_plug_in_init (NstPlugIn *plug_in)
{
}

GIMP_MAIN (NST_TYPE_PLUG_IN)
