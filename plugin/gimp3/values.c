/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter's values: read from the procedure's arguments; and the style of the last
 * time, for GIMP keeps no drawables in a procedure's last values.
 */
#include "gimp3.h"

/* A global parasite with the style's number; it ends with the session, as the number does. */
#define PARASITE PROCEDURE "-style"

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
 * @task: its parameters are set, and its style where @config has one
 */
void
values_read (GimpProcedureConfig *config, Task *task)
{
  g_autoptr (GimpDrawable) style = NULL;
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  g_object_get (config, "style", &style, NULL);
  if (style != NULL)
    task->style = gimp_item_get_id (GIMP_ITEM (style));
  for (guint i = 0; i < n_params; i++)
    if (table[i].flags & NST_PARAM_IN_PROCEDURE)
      read_param (config, &table[i], &task->params);
}

/**
 * values_recall_style:
 * @task: its style becomes that of the last time in this session, which may be gone by
 *   now, if there was one
 */
void
values_recall_style (Task *task)
{
  GimpParasite *parasite = gimp_get_parasite (PARASITE);
  g_autofree gchar *text = NULL;
  guint32 size;
  gconstpointer data;
  gint64 id;

  if (parasite == NULL)
    return;
  data = gimp_parasite_get_data (parasite, &size);
  text = g_strndup (data, size);
  gimp_parasite_free (parasite);
  id = g_ascii_strtoll (text, NULL, 10);
  if (id > 0 && id <= G_MAXINT)
    task->style = (gint) id;
}

void
values_remember_style (const Task *task)
{
  g_autofree gchar *text = g_strdup_printf ("%d", task->style);
  GimpParasite *parasite = gimp_parasite_new (PARASITE, 0, (guint32) strlen (text) + 1, text);

  gimp_attach_parasite (parasite);
  gimp_parasite_free (parasite);
}
