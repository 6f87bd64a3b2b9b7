/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 3: registers the procedure from the parameter table and
 * leads through one run of it.
 */
#include <glib/gi18n.h>

#include "gimp3.h"
#include "presets.h"
#include "ui/run-window.h"

#define NST_TYPE_PLUG_IN (nst_plug_in_get_type ())
G_DECLARE_FINAL_TYPE (NstPlugIn, nst_plug_in, NST, PLUG_IN, GimpPlugIn)

struct _NstPlugIn
{
  GimpPlugIn parent_instance;
};

G_DEFINE_TYPE (NstPlugIn, nst_plug_in, GIMP_TYPE_PLUG_IN)

/* Exactly one layer can be styled, though several can be selected. */
static gboolean
take_content (Task *task, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
              GError **error)
{
  if (drawables[0] == NULL || drawables[1] != NULL)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("Exactly one layer can be styled at a time. Select one layer, "
                              "then try again."));
      return FALSE;
    }
  task->image = gimp_image_get_id (image);
  task->content = gimp_item_get_id (GIMP_ITEM (drawables[0]));
  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    task_take_photo (task);
  return task_check (task, error);
}

/* FALSE: the user thought better of it. */
static gboolean
ask (GimpProcedure *procedure, GimpProcedureConfig *config, Task *task)
{
  task_suggest_styles (task);
  if (!dialog_run (procedure, config, task))
    return FALSE;
  values_remember_styles (task);
  nst_presets_remember (&task->params);
  task->run = ui_run;
  return TRUE;
}

/* The new layer; or NULL, without @error where the user thought better of it. */
static GimpLayer *
run_task (GimpProcedure *procedure, GimpRunMode run_mode, GimpProcedureConfig *config,
          Task *task, GError **error)
{
  values_read (config, task);
  values_read_style (config, task);
  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    values_recall_styles (task);
  if (run_mode == GIMP_RUN_INTERACTIVE && !ask (procedure, config, task))
    return NULL;
  return gimp_layer_get_by_id (task_run (task, error));
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
     GimpProcedureConfig *config, gpointer data)
{
  Task task = TASK_INIT;
  GimpLayer *layer = NULL;
  GimpValueArray *values;
  GError *error = NULL;
  GimpPDBStatusType status = GIMP_PDB_CANCEL;

  nst_return_freed_memory ();
  gegl_init (NULL, NULL);
  nst_params_init (&task.params);
  if (take_content (&task, run_mode, image, drawables, &error))
    layer = run_task (procedure, run_mode, config, &task, &error);
  nst_params_clear (&task.params);
  if (g_error_matches (error, NST_ERROR, NST_ERROR_CANCELLED))
    g_clear_error (&error);
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
  g_autofree gchar *folder = g_path_get_dirname (gimp_get_progname ());
  g_autoptr (GFile) icon = g_file_new_build_filename (folder, NST_ICON ".svg", NULL);

  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, _ ("_Neural Style Transfer..."));
  gimp_procedure_add_menu_path (procedure, "<Image>/Filters/Artistic");
  gimp_procedure_set_icon_file (procedure, icon);
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
