/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line: GOption's entries are made from the parameter table.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "picture.h"
#include "record.h"

static gchar *
join_choices (const NstParam *param, const gchar *separator)
{
  GString *names = g_string_new (NULL);

  for (const NstChoice *choice = param->choices; choice->name; choice++)
    if (!choice->of_layers)
      g_string_append_printf (names, "%s%s", names->len ? separator : "", choice->name);
  return g_string_free (names, FALSE);
}

static gboolean
parse_choice (const NstParam *param, const gchar *text, gint *value, GError **error)
{
  const NstChoice *choice = nst_param_find_choice (param, text);
  g_autofree gchar *names = NULL;

  if (choice && !choice->of_layers)
    {
      *value = choice->value;
      return TRUE;
    }
  names = join_choices (param, ", ");
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("--%s takes one of %s, not “%s”."), param->name, names, text);
  return FALSE;
}

static gboolean
is_start (const NstParam *param)
{
  return strcmp (param->name, "start") == 0;
}

/* One of the choices, or else a picture to go on from. */
static gboolean
parse_start (CliOptions *options, const NstParam *param, const gchar *text, GError **error)
{
  g_autofree gchar *names = NULL;
  g_autofree gchar *shown = NULL;

  g_clear_pointer (&options->start, g_free);
  if (parse_choice (param, text, &options->params.start, NULL))
    return TRUE;
  if (g_file_test (text, G_FILE_TEST_EXISTS))
    {
      options->start = g_strdup (text);
      return TRUE;
    }
  names = join_choices (param, ", ");
  shown = nst_display_name (text);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("--%s takes one of %s or a picture's file; there is no file “%s”."),
               param->name, names, shown);
  return FALSE;
}

/* Whether @text is a number with a comma, as many write it, with @error then. */
static gboolean
has_comma (const gchar *option, const gchar *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  g_autofree gchar *number = NULL;
  gchar *end;

  if (g_strv_length (parts) != 2)
    return FALSE;
  number = g_strconcat (parts[0], ".", parts[1], NULL);
  g_ascii_strtod (number, &end);
  if (end == number || *end)
    return FALSE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("%s takes a decimal point, not a comma: “%s” instead of “%s”."), option,
               number, text);
  return TRUE;
}

static gboolean
parse_int (const NstParam *param, const gchar *text, gint *value, GError **error)
{
  gint64 number;

  if (g_ascii_string_to_signed (text, 10, (gint64) param->minimum, (gint64) param->maximum,
                                &number, NULL))
    {
      *value = (gint) number;
      return TRUE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("--%s takes a whole number from %d to %d, not “%s”."), param->name,
               (gint) param->minimum, (gint) param->maximum, text);
  return FALSE;
}

static gboolean
parse_double (const gchar *option, const NstParam *param, const gchar *text, gdouble *value,
              GError **error)
{
  gchar *end;
  gdouble number = g_ascii_strtod (text, &end);

  if (end != text && !*end && number >= param->minimum && number <= param->maximum)
    {
      *value = number;
      return TRUE;
    }
  if (has_comma (option, text, error))
    return FALSE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("--%s takes a number from %g to %g, not “%s”."), param->name, param->minimum,
               param->maximum, text);
  return FALSE;
}

static gboolean
on_param (const gchar *option, const gchar *text, gpointer data, GError **error)
{
  NstParams *params = &((CliOptions *) data)->params;
  const NstParam *param = nst_param_find (option + strlen ("--"));
  gchar **string;

  switch (param->type)
    {
    case NST_PARAM_CHOICE:
      if (is_start (param))
        return parse_start (data, param, text, error);
      return parse_choice (param, text, nst_params_int (params, param), error);
    case NST_PARAM_INT:
      return parse_int (param, text, nst_params_int (params, param), error);
    case NST_PARAM_DOUBLE:
      return parse_double (option, param, text, nst_params_double (params, param), error);
    case NST_PARAM_STRING:
      string = nst_params_string (params, param);
      g_free (*string);
      *string = g_strdup (text);
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

/* FILE or FILE:WEIGHT; a file that is really called so goes before a weight. */
static gboolean
on_style (const gchar *option, const gchar *text, gpointer data, GError **error)
{
  CliOptions *options = data;
  CliStyle style = {NULL, 1.0};
  const gchar *colon = strrchr (text, ':');
  gchar *end = NULL;
  gdouble weight = colon ? g_ascii_strtod (colon + 1, &end) : 0.0;

  if (colon && colon != text && !g_file_test (text, G_FILE_TEST_EXISTS)
      && has_comma (option, colon + 1, error))
    return FALSE;
  if (!colon || colon == text || end == colon + 1 || *end
      || g_file_test (text, G_FILE_TEST_EXISTS))
    style.file = g_strdup (text);
  else if (weight > 0.0 && isfinite (weight))
    {
      style.file = g_strndup (text, (gsize) (colon - text));
      style.weight = weight;
    }
  else
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("A style's weight is a number above 0, not “%s”."), colon + 1);
      return FALSE;
    }
  g_array_append_val (options->styles, style);
  return TRUE;
}

/* What stands after it changes single settings. */
static gboolean
on_settings (const gchar *option, const gchar *text, gpointer data, GError **error)
{
  CliOptions *options = data;

  g_free (options->settings);
  options->settings = g_strdup (text);
  return nst_record_load (text, &options->params, error);
}

static const gchar *
argument_name (const NstParam *param, GStringChunk *texts)
{
  g_autofree gchar *names = NULL;

  switch (param->type)
    {
    case NST_PARAM_CHOICE:
      names = join_choices (param, "|");
      if (is_start (param))
        {
          g_autofree gchar *choices = g_steal_pointer (&names);

          names = g_strconcat (choices, "|", _ ("FILE"), NULL);
        }
      return g_string_chunk_insert (texts, names);
    case NST_PARAM_STRING:
      return _ ("NAME");
    default:
      return _ ("N");
    }
}

static const gchar *
description (const NstParam *param, GStringChunk *texts)
{
  g_autofree gchar *value = g_strdup_printf ("%g", param->value);
  g_autofree gchar *text = NULL;

  if (param->type == NST_PARAM_STRING)
    return _ (param->blurb);
  if (param->type == NST_PARAM_CHOICE)
    for (const NstChoice *choice = param->choices; choice->name; choice++)
      if (choice->value == (gint) param->value)
        {
          g_free (value);
          value = g_strdup (choice->name);
        }
  text = g_strdup_printf (_ ("%s (default: %s)"), _ (param->blurb), value);
  return g_string_chunk_insert (texts, text);
}

static void
add_params (GOptionGroup *group, GStringChunk *texts)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);
  g_autofree GOptionEntry *entries = g_new0 (GOptionEntry, n_params + 1);

  for (guint i = 0; i < n_params; i++)
    {
      entries[i].long_name = table[i].name;
      entries[i].arg = G_OPTION_ARG_CALLBACK;
      entries[i].arg_data = on_param;
      entries[i].arg_description = argument_name (&table[i], texts);
      entries[i].description = description (&table[i], texts);
      /* Some may be files, whose names are in no known encoding, and what is wrong is shown. */
      entries[i].flags = G_OPTION_FLAG_FILENAME;
    }
  g_option_group_add_entries (group, entries);
}

/* What GOption cannot check by itself. */
static gboolean
check (CliOptions *options, gchar **files, GError **error)
{
  NstSettings settings;

  if (options->output_dir)
    options->contents = g_strdupv (files);
  if (options->output_dir ? !files[0] : g_strv_length (files) != 2)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   options->output_dir
                       ? _ ("With --output-dir, contents are wanted, at least one, not %u.")
                       : _ ("Two files are wanted, the content and the output, not %u."),
                   g_strv_length (files));
      return FALSE;
    }
  if (!options->output_dir)
    {
      options->content = g_strdup (files[0]);
      options->output = g_strdup (files[1]);
    }
  if (options->output_dir && !*options->output_dir)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("The folder “%s” cannot be made: %s."), "", g_strerror (ENOENT));
      return FALSE;
    }
  if (options->each_style && !options->output_dir)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _ ("--each-style goes with --output-dir only."));
      return FALSE;
    }
  if (options->output_dir && options->report)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _ ("--report is of one picture and does not go with --output-dir."));
      return FALSE;
    }
  if (options->styles->len == 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _ ("A style is wanted: --style FILE, as often as you like."));
      return FALSE;
    }
  nst_params_to_settings (&options->params, &settings);
  return (options->output_dir || cli_picture_check_format (options->output, error))
         && nst_settings_validate (&settings, error)
         && (!options->save_settings || cli_settings_check (options, error));
}

static void
clear_style (gpointer style)
{
  g_free (((CliStyle *) style)->file);
}

/**
 * cli_options_parse:
 * @options: (out): to be cleared with cli_options_clear(), also on failure
 * @arguments: the program's
 *
 * Shows the help and exits if that is what is asked for.
 *
 * Returns: %FALSE with @error for wrong usage
 */
gboolean
cli_options_parse (CliOptions *options, gchar **arguments, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (arguments);
  g_auto (GStrv) files = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GStringChunk) texts = g_string_chunk_new (4096);
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, options, NULL);
  const GOptionEntry own[] = {
      {"style", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_style,
       _ ("The picture whose style is taken, and its weight; may be repeated"),
       _ ("FILE[:WEIGHT]")},
      {"output-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->output_dir,
       _ ("Paint every CONTENT into this folder; what is there already is left out"),
       _ ("FOLDER")},
      {"each-style", 0, 0, G_OPTION_ARG_NONE, &options->each_style,
       _ ("With --output-dir, paint every CONTENT in each style, not in a mixture"), NULL},
      {"settings", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_settings,
       _ ("Take the settings from a file; options after it change single ones"), _ ("FILE")},
      {"save-settings", 0, 0, G_OPTION_ARG_FILENAME, &options->save_settings,
       _ ("Write the settings to a file, for --settings and for GIMP"), _ ("FILE")},
      {"report", 0, 0, G_OPTION_ARG_FILENAME, &options->report,
       _ ("Write each step's losses as lines of JSON"), _ ("FILE")},
      {"list-networks", 0, 0, G_OPTION_ARG_NONE, &options->list_networks,
       _ ("List the networks that --network knows by name"), NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, _ ("Show the version"), NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL,
       _ ("CONTENT OUTPUT")},
      {NULL},
  };

  memset (options, 0, sizeof *options);
  nst_params_init (&options->params);
  options->styles = g_array_new (FALSE, FALSE, sizeof (CliStyle));
  g_array_set_clear_func (options->styles, clear_style);

  g_option_group_add_entries (group, own);
  add_params (group, texts);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, _ ("Paints CONTENT in the style of other pictures."));
  g_option_context_set_description (context,
                                    _ ("The output's format follows its extension; depth, "
                                       "colors and metadata are the content's."));

  if (!g_option_context_parse_strv (context, &rest, error))
    return FALSE;
  return options->version || options->list_networks
         || check (options, files ? files : (gchar *[]){NULL}, error);
}

/**
 * cli_options_clear:
 * @options: from cli_options_parse()
 */
void
cli_options_clear (CliOptions *options)
{
  nst_params_clear (&options->params);
  g_array_unref (options->styles);
  g_free (options->content);
  g_free (options->output);
  g_free (options->output_dir);
  g_strfreev (options->contents);
  g_free (options->report);
  g_free (options->settings);
  g_free (options->save_settings);
  g_free (options->start);
}
