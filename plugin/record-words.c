/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tells settings from the defaults, in words.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "record.h"

/* A label as it stands in a sentence: without mnemonic. */
static gchar *
plain_label (const gchar *label)
{
  const gchar *mark = strstr (label, "(_");
  g_auto (GStrv) parts = NULL;

  /* "Label(_L)" or "Label(_L) (%)", as Chinese and Japanese have it */
  if (mark && mark[2] && mark[3] == ')')
    return g_strchomp (g_strdup_printf ("%.*s%s", (gint) (mark - label), label, mark + 4));
  parts = g_strsplit (label, "_", -1);
  return g_strjoinv (NULL, parts);
}

static void
add_number (GString *words, const NstParam *param, gdouble value)
{
  g_autofree gchar *label = plain_label (_ (param->label));
  gboolean in_per_cent = g_str_has_suffix (label, " (%)");
  g_autofree gchar *number = g_strdup_printf (in_per_cent ? "%g %%" : "%g", value);

  if (in_per_cent)
    label[strlen (label) - strlen (" (%)")] = '\0';
  /* Translators: a setting and its number, such as "Strength 80" */
  g_string_append_printf (words, _ ("%s %s"), label, number);
}

static void
add_words (GString *words, const NstParam *param, NstParams *params)
{
  g_autofree gchar *base = NULL;

  if (words->len > 0)
    g_string_append (words, ", ");
  switch (param->type)
    {
    case NST_PARAM_CHOICE:
      g_string_append (words, _ (nst_params_choice (params, param)->label));
      break;
    case NST_PARAM_INT:
      add_number (words, param, *nst_params_int (params, param));
      break;
    case NST_PARAM_DOUBLE:
      add_number (words, param, *nst_params_double (params, param));
      break;
    case NST_PARAM_STRING:
      base = g_filename_display_basename (*nst_params_string (params, param));
      g_string_append (words, base);
      break;
    }
}

static gboolean
is_default (const NstParam *param, NstParams *params)
{
  if (param->type == NST_PARAM_STRING)
    return **nst_params_string (params, param) == '\0';
  if (param->type == NST_PARAM_DOUBLE)
    return *nst_params_double (params, param) == param->value;
  return *nst_params_int (params, param) == (gint) param->value;
}

/**
 * nst_record_differences:
 *
 * Returns: the settings of the dialogs that are not the defaults, in words with commas
 *   between, such as "Fine, Strength 80"; "" if there are none
 */
gchar *
nst_record_differences (const NstParams *params)
{
  NstParams copy = *params;
  g_autoptr (GString) words = g_string_new (NULL);
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if ((table[i].flags & NST_PARAM_IN_PROCEDURE) && !is_default (&table[i], &copy))
      add_words (words, &table[i], &copy);
  return g_string_free (g_steal_pointer (&words), FALSE);
}
