/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter's values: read from the procedure's arguments; and the styles of the last
 * time, for GIMP keeps no drawables in a procedure's last values.
 */
#include "gimp3.h"

/* A global parasite with the styles' numbers; it ends with the session, as the numbers do. */
#define PARASITE PROCEDURE "-styles"

static void
read_param (GimpProcedureConfig *config, const NstParam *param, NstParams *params)
{
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
      if (*nst_params_string (params, param) == NULL) /* as GIMP has "" from its cache */
        *nst_params_string (params, param) = g_strdup ("");
      break;
    }
}

/**
 * values_read:
 * @task: its parameters are set
 */
void
values_read (GimpProcedureConfig *config, Task *task)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (table[i].flags & NST_PARAM_IN_PROCEDURE)
      read_param (config, &table[i], &task->params);
}

/**
 * values_read_style:
 * @task: its style is set, where @config has one
 */
void
values_read_style (GimpProcedureConfig *config, Task *task)
{
  g_autoptr (GimpDrawable) style = NULL;

  g_object_get (config, "style", &style, NULL);
  if (style != NULL)
    task_styles_set (&task->styles, gimp_item_get_id (GIMP_ITEM (style)));
}

/**
 * values_recall_styles:
 * @task: its styles become those of the last time in this session, which may be gone by
 *   now, if there were any
 */
void
values_recall_styles (Task *task)
{
  g_autofree gchar *text = take_text (gimp_get_parasite (PARASITE));

  if (text)
    task_styles_parse (&task->styles, text);
}

/**
 * values_remember_styles:
 *
 * Keeps them for as long as GIMP runs, for values_recall_styles().
 */
void
values_remember_styles (const Task *task)
{
  g_autofree gchar *text = task_styles_text (&task->styles);
  GimpParasite *parasite = gimp_parasite_new (PARASITE, 0, (guint32) strlen (text) + 1, text);

  gimp_attach_parasite (parasite);
  gimp_parasite_free (parasite);
}
