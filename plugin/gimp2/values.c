/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter's values: from a script's call, and those of the last time, which
 * GIMP keeps for the session as the text of a key file.
 */

#include "gimp2.h"
#include "record.h"

#define GROUP "values"

/**
 * values_count:
 *
 * Returns: how many arguments the procedure takes
 */
guint
values_count (void)
{
  guint n_params, n = VALUES_FROM_MENU + 1; /* the style comes next */
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (table[i].flags & NST_PARAM_IN_PROCEDURE)
      n++;
  return n;
}

static gboolean
check_choice (const NstParam *param, gint value, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (const NstChoice *choice = param->choices; choice->name; choice++)
    {
      if (choice->value == value)
        return TRUE;
      g_string_append_printf (names, "%s%d (%s)", names->len ? ", " : "", choice->value,
                              choice->name);
    }
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("“%s” is %d; it must be one of %s."), param->name, value, names->str);
  return FALSE;
}

static gboolean
check_range (const NstParam *param, gdouble value, GError **error)
{
  if (value >= param->minimum && value <= param->maximum)
    return TRUE;

  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("“%s” is %.10g; it must be from %.10g to %.10g."), param->name, value,
               param->minimum, param->maximum);
  return FALSE;
}

static gboolean
take (NstParams *params, const NstParam *param, const GimpParam *value, GError **error)
{
  switch (param->type)
    {
    case NST_PARAM_CHOICE:
      *nst_params_int (params, param) = value->data.d_int32;
      return check_choice (param, value->data.d_int32, error);
    case NST_PARAM_INT:
      *nst_params_int (params, param) = value->data.d_int32;
      return check_range (param, value->data.d_int32, error);
    case NST_PARAM_DOUBLE:
      *nst_params_double (params, param) = value->data.d_float;
      return check_range (param, value->data.d_float, error);
    case NST_PARAM_STRING:
      g_free (*nst_params_string (params, param));
      *nst_params_string (params, param) =
          g_strdup (value->data.d_string ? value->data.d_string : "");
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

/**
 * values_from_call:
 * @task: its style and parameters are set
 * @values: values_count() arguments of the procedure
 *
 * Returns: %FALSE with @error if one of them is out of range
 */
gboolean
values_from_call (Task *task, const GimpParam *values, GError **error)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);
  const GimpParam *value = &values[VALUES_FROM_MENU + 1];

  task_styles_set (&task->styles, values[VALUES_FROM_MENU].data.d_drawable);
  for (guint i = 0; i < n_params; i++)
    if ((table[i].flags & NST_PARAM_IN_PROCEDURE)
        && !take (&task->params, &table[i], value++, error))
      return FALSE;
  return TRUE;
}

/**
 * values_load_last:
 * @task: its styles and parameters are set to those of the last time in this
 *   session of GIMP, if there was one and as far as they still exist
 */
void
values_load_last (Task *task)
{
  gint size = gimp_get_data_size (PROCEDURE);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree gchar *text = NULL, *styles = NULL;

  if (size <= 0)
    return;
  text = g_malloc0 ((gsize) size);
  if (!gimp_get_data (PROCEDURE, text)
      || !g_key_file_load_from_data (file, text, (gsize) size, G_KEY_FILE_NONE, NULL))
    return;
  styles = g_key_file_get_string (file, GROUP, "styles", NULL);
  task_styles_parse (&task->styles, styles);
  nst_record_take (file, NST_RECORD_GROUP, &task->params, NULL);
}

/**
 * values_save_last:
 * @task: whose styles and parameters "Repeat" shall use
 */
void
values_save_last (const Task *task)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree gchar *text = NULL, *styles = task_styles_text (&task->styles);
  gsize size;

  g_key_file_set_string (file, GROUP, "styles", styles);
  nst_record_put (file, NST_RECORD_GROUP, &task->params);
  text = g_key_file_to_data (file, &size, NULL);
  gimp_set_data (PROCEDURE, text, (guint) size);
}
