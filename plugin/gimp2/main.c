/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 2.10: registers the procedure from the parameter table
 * and turns a call of it into a task.
 */
#include <gegl.h>

#include "gimp2.h"
#include "presets.h"
#include "ui/run-window.h"

/* The catalogues lie in the plug-in's own folder, so that it can be installed anywhere. */
static gchar *
locale_folder (void)
{
  g_autofree gchar *folder = g_path_get_dirname (gimp_get_progname ());

  return g_build_filename (folder, "locale", NULL);
}

static void
describe (const NstParam *param, GimpParamDef *argument)
{
  GString *text = g_string_new (param->blurb);

  argument->name = g_strdup (param->name);
  if (param->type == NST_PARAM_STRING)
    argument->type = GIMP_PDB_STRING;
  else if (param->type == NST_PARAM_DOUBLE)
    argument->type = GIMP_PDB_FLOAT;
  else
    argument->type = GIMP_PDB_INT32;

  if (param->type == NST_PARAM_CHOICE)
    {
      g_string_append (text, " {");
      for (const NstChoice *choice = param->choices; choice->name; choice++)
        g_string_append_printf (text, "%s %s (%d)", choice == param->choices ? "" : ",",
                                choice->name, choice->value);
      g_string_append (text, " }");
    }
  argument->description = g_string_free (text, FALSE);
}

static void
query (void)
{
  static const GimpParamDef first[] = {
      {GIMP_PDB_INT32, "run-mode",
       "The run mode { RUN-INTERACTIVE (0), RUN-NONINTERACTIVE (1) }"},
      {GIMP_PDB_IMAGE, "image", "The image"},
      {GIMP_PDB_DRAWABLE, "drawable", "The layer to be styled"},
      {GIMP_PDB_DRAWABLE, "style", "The layer or layer group that gives the style"},
  };
  static const GimpParamDef results[] = {
      {GIMP_PDB_LAYER, "layer", "The new, styled layer"},
  };
  g_autofree gchar *folder = locale_folder ();
  g_autofree GimpParamDef *arguments = g_new0 (GimpParamDef, values_count ());
  guint n_params, n_arguments = G_N_ELEMENTS (first);
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    arguments[i] = first[i];
  for (guint i = 0; i < n_params; i++)
    if (table[i].flags & NST_PARAM_IN_PROCEDURE)
      describe (&table[i], &arguments[n_arguments++]);

  gimp_plugin_domain_register (GETTEXT_PACKAGE, folder);
  gimp_install_procedure (PROCEDURE, NST_BLURB, NST_HELP, "Neural Style Transfer contributors",
                          "GPL-3.0-or-later", "2026", N_ ("_Neural Style Transfer..."),
                          "RGB*, GRAY*", GIMP_PLUGIN, (gint) n_arguments,
                          G_N_ELEMENTS (results), arguments, results);
  gimp_plugin_menu_register (PROCEDURE, "<Image>/Filters/Artistic");
  gimp_plugin_icon_register (PROCEDURE, GIMP_ICON_TYPE_ICON_NAME, (const guint8 *) NST_ICON);
}

static void
start_translations (void)
{
  g_autofree gchar *folder = locale_folder ();

  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

/* Fills in @task as the run mode wants it; FALSE without @error: the user thought better
 * of it. */
static gboolean
prepare (Task *task, gint n_values, const GimpParam *values, GError **error)
{
  GimpRunMode mode = n_values > 0 ? values[0].data.d_int32 : GIMP_RUN_NONINTERACTIVE;
  gint n_needed = mode == GIMP_RUN_NONINTERACTIVE ? (gint) values_count () : VALUES_FROM_MENU;

  if (n_values < n_needed)
    {
      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                   _ ("%s takes %d arguments, not %d. The procedure browser lists them."),
                   PROCEDURE, n_needed, n_values);
      return FALSE;
    }
  task->image = values[1].data.d_image;
  task->content = values[2].data.d_drawable;
  if (mode == GIMP_RUN_NONINTERACTIVE)
    return values_from_call (task, values, error) && task_check (task, error);

  task_take_photo (task);
  values_load_last (task);
  if (!task_check (task, error))
    return FALSE;
  if (mode == GIMP_RUN_INTERACTIVE)
    {
      if (!dialog_run (task))
        return FALSE;
      values_save_last (task);
      nst_presets_remember (&task->params);
      task->run = ui_run;
    }
  return TRUE;
}

static void
run (const gchar *name, gint n_values, const GimpParam *values, gint *n_results,
     GimpParam **results)
{
  static GimpParam result[2];
  Task task = TASK_INIT;
  g_autoptr (GError) error = NULL;
  gint32 layer = HOST_NONE;

  nst_return_freed_memory ();
  start_translations ();
  gimp_plugin_enable_precision ();
  gegl_init (NULL, NULL);
  nst_params_init (&task.params);

  result[0].type = GIMP_PDB_STATUS;
  result[0].data.d_status = GIMP_PDB_CANCEL;
  *n_results = 1;
  *results = result;

  if (prepare (&task, n_values, values, &error))
    layer = task_run (&task, &error);
  if (layer != HOST_NONE)
    {
      gimp_displays_flush ();
      result[0].data.d_status = GIMP_PDB_SUCCESS;
      result[1].type = GIMP_PDB_LAYER;
      result[1].data.d_layer = layer;
      *n_results = 2;
    }
  if (error && !g_error_matches (error, NST_ERROR, NST_ERROR_CANCELLED))
    {
      result[0].data.d_status = GIMP_PDB_EXECUTION_ERROR;
      result[1].type = GIMP_PDB_STRING;
      result[1].data.d_string = g_strdup (error->message);
      *n_results = 2;
    }
  nst_params_clear (&task.params);
  gegl_exit ();
}

const GimpPlugInInfo PLUG_IN_INFO = {NULL, NULL, query, run};

MAIN ()
