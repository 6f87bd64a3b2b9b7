/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fuzz target of nst's command line, an argument a line: it is understood or refused with
 * a readable error; what was understood can be planned for, and its settings come back as they
 * are from a file.
 */
#include "cli.h"
#include "fuzz.h"
#include "kept.h"
#include "networks.h"
#include "streams.h"

#include <string.h>

#define LEAST_SIDE 8

/* GLib would show the help and exit. */
static gboolean
asks_for_help (const gchar *argument)
{
  return g_str_has_prefix (argument, "--help")
         || (argument[0] == '-' && argument[1] != '-' && strpbrk (argument, "h?"));
}

static gchar **
split (const uint8_t *data, size_t size)
{
  g_autofree gchar *text = g_strndup ((const gchar *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GPtrArray *arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, g_strdup ("nst"));
  for (gchar **line = lines; *line; line++)
    if ((**line || line[1]) && !asks_for_help (*line)) /* a text ends with a line's end */
      g_ptr_array_add (arguments, g_strdup (*line));
  g_ptr_array_add (arguments, NULL);
  return (gchar **) g_ptr_array_free (arguments, FALSE);
}

/* As main() shows it; it may be as long as what was typed. */
static void
check (const GError *error)
{
  g_autofree gchar *text = NULL;

  g_assert_nonnull (error);
  text = nst_streams_printable (error->message);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strchr (text, '\n'));
}

static gboolean
plan (const NstNetwork *network, const CliOptions *options, size_t size)
{
  const NstImage content = {.width = LEAST_SIDE + (gint) size, .height = 480};
  g_autofree NstStyle *styles = g_new0 (NstStyle, options->styles->len);
  const NstInputs inputs = {network, &content, styles, options->styles->len};
  NstSettings settings;
  NstPlan found;
  GError *error = NULL;
  gboolean good;

  for (guint i = 0; i < options->styles->len; i++)
    {
      styles[i].image.width = styles[i].image.height = 320;
      styles[i].weight = g_array_index (options->styles, CliStyle, i).weight;
      g_assert_true (styles[i].weight > 0.0);
    }
  cli_settings (&options->params, &settings);
  g_assert_true (nst_settings_validate (&settings, NULL));
  good = nst_plan (&inputs, &settings, &found, &error);
  if (!good)
    check (error);
  g_clear_error (&error);
  return good;
}

/* As a run has it. */
static void
use (CliOptions *options, size_t size)
{
  static NstNetwork *built_in;
  NstNetwork *network = NULL;
  GError *error = NULL;
  gboolean is_planned;

  if (options->version || options->list_networks)
    return;
  if (!built_in)
    built_in = nst_network_open (NULL, NULL);
  g_assert_nonnull (built_in);
  cli_report_check (options, NULL);
  is_planned = plan (built_in, options, size);
  if (*options->params.network)
    network = nst_networks_open (options->params.network, &error);
  if (error)
    check (error);
  else if (is_planned)
    fuzz_check_kept (&options->params);
  nst_network_free (network);
  g_clear_error (&error);
}

static gboolean
parse (const uint8_t *data, size_t size, GError **error)
{
  g_auto (GStrv) arguments = split (data, size);
  CliOptions options;
  gboolean good;

  good = cli_options_parse (&options, arguments, error);
  if (good)
    use (&options, size);
  cli_options_clear (&options);
  return good;
}

gboolean
fuzz_opens (const gchar *path, GError **error)
{
  g_autofree gchar *text = NULL;
  gsize length;

  return g_file_get_contents (path, &text, &length, error)
         && parse ((const uint8_t *) text, length, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;

  if (!parse (data, size, &error))
    check (error);
  g_clear_error (&error);
  return 0;
}
