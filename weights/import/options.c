/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line of nst-import.
 */
#include "tool.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
check (const ToolOptions *options, GError **error)
{
  gint n = options->files ? g_strv_length (options->files) : 0;
  const gchar *wrong = NULL;

  if (options->version || options->show)
    return TRUE;
  if (options->fetch && n > 0)
    wrong = _ ("--fetch takes no file beside it.");
  else if (!options->fetch && n != 1)
    wrong = _ ("One weight file is needed.");
  else if (options->precision && strcmp (options->precision, "float32") != 0
           && strcmp (options->precision, "float16") != 0)
    wrong = _ ("--precision takes one of float32, float16.");
  if (wrong)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, wrong);
  return wrong == NULL;
}

static gboolean
parse (ToolOptions *options, gchar ***arguments, const gchar *fetch, const gchar *preprocess,
       GError **error)
{
  ToolOptions *o = options;
  const GOptionEntry entries[] = {
      {"name", 0, 0, G_OPTION_ARG_STRING, &o->name, N_ ("What nst is to call it"), N_ ("NAME")},
      {"until", 0, 0, G_OPTION_ARG_STRING, &o->until,
       N_ ("The last layer that is kept; relu5_2 if there is one"), N_ ("LAYER")},
      {"precision", 0, 0, G_OPTION_ARG_STRING, &o->precision, N_ ("float32 (default), float16"),
       N_ ("TYPE")},
      {"preprocess", 0, 0, G_OPTION_ARG_STRING, &o->preprocess, preprocess, N_ ("NAME")},
      {"map", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->map,
       N_ ("What layers are called here; a NAME may be a regular expression, as in "
           "'conv(\\d)(\\d)=conv\\1_\\2'"),
       N_ ("NAME=LAYER,...")},
      {"licence", 0, 0, G_OPTION_ARG_STRING, &o->licence,
       N_ ("The weights' license, to be kept with them"), N_ ("TEXT")},
      {"replace", 0, 0, G_OPTION_ARG_NONE, &o->replace,
       N_ ("Replace a network of the same name"), NULL},
      {"fetch", 0, 0, G_OPTION_ARG_STRING, &o->fetch, fetch, N_ ("NAME|URL")},
      {"base-url", 0, 0, G_OPTION_ARG_STRING, &o->base_url,
       N_ ("Where else --fetch finds the file"), N_ ("URL")},
      {"sha256", 0, 0, G_OPTION_ARG_STRING, &o->sha256,
       N_ ("What --fetch of another URL must be"), N_ ("HEX")},
      {"show", 0, 0, G_OPTION_ARG_NONE, &o->show,
       N_ ("Show networks (all that are installed, or those named) and where they are from"),
       NULL},
      {"quiet", 0, 0, G_OPTION_ARG_NONE, &o->quiet, N_ ("Print the network's name only"), NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &o->version, N_ ("Print the version"), NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->files, NULL, NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("FILE"));

  g_option_context_set_summary (
      context, _ ("Imports the weights of a VGG network for nst and the GIMP filter:\n"
                  "PyTorch's .pth, Keras' .h5, .safetensors, Caffe's .caffemodel, .onnx."));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse_strv (context, arguments, error) && check (options, error);
}

/* --map may be given several times, and have several rules each time. */
static void
split_rules (ToolOptions *options)
{
  g_autofree gchar *all = options->map ? g_strjoinv (",", options->map) : NULL;

  g_clear_pointer (&options->map, g_strfreev);
  if (all)
    options->map = g_strsplit (all, ",", -1);
}

/**
 * tool_options_parse:
 * @options: (out): to be cleared with tool_options_clear(), on failure, too
 *
 * Fails with #GOptionError.
 */
gboolean
tool_options_parse (ToolOptions *options, gchar **arguments, GError **error)
{
  g_auto (GStrv) copy = g_strdupv (arguments);
  g_autofree gchar *published = fetch_names ();
  g_autofree gchar *fetch =
      g_strdup_printf (_ ("Download a published file and import it: %s"), published);
  g_autofree gchar *presets = preprocess_names ();
  g_autofree gchar *preprocess = g_strdup_printf (
      _ ("What the network expects: %s; otherwise as the file tells"), presets);

  memset (options, 0, sizeof *options);
  if (!parse (options, &copy, fetch, preprocess, error))
    return FALSE;
  split_rules (options);
  return TRUE;
}

/**
 * tool_options_clear:
 * @options: of tool_options_parse(), also of one that failed
 */
void
tool_options_clear (ToolOptions *options)
{
  g_strfreev (options->files);
  g_strfreev (options->map);
  g_free (options->name);
  g_free (options->until);
  g_free (options->precision);
  g_free (options->preprocess);
  g_free (options->licence);
  g_free (options->fetch);
  g_free (options->base_url);
  g_free (options->sha256);
}
