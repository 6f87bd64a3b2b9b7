/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's settings on the command line, where GEGL's variables say what
 * GIMP's preferences say in a plug-in; and as they are kept.
 */
#include "cli.h"
#include "files.h"
#include "record.h"

/* @name's number from 1 to @most, or else @otherwise. */
static guint64
environment_number (const gchar *name, guint64 most, guint64 otherwise)
{
  const gchar *text = g_getenv (name);
  guint64 number;

  return text && g_ascii_string_to_unsigned (text, 10, 1, most, &number, NULL) ? number
                                                                               : otherwise;
}

/**
 * cli_settings:
 * @params: owns the strings of @settings
 * @settings: (out): what the engine takes
 */
void
cli_settings (const NstParams *params, NstSettings *settings)
{
  nst_params_to_settings (params, settings);
  if (params->settings.threads == 0)
    settings->threads =
        (gint) environment_number ("GEGL_THREADS", 64, (guint64) nst_machine_processors ());
  if (params->memory == NST_MEMORY_GEGL)
    settings->memory_mib = nst_job_memory_limit (
        environment_number ("GEGL_CACHE_SIZE", G_MAXUINT32, nst_job_half_memory () >> 20)
        << 20);
}

/**
 * cli_settings_save:
 *
 * To be called when all is painted.
 *
 * Returns: %FALSE with @error if the file that is asked for, if any, cannot be written
 */
gboolean
cli_settings_save (const CliOptions *options, GError **error)
{
  g_autofree gchar *text = NULL;

  if (!options->save_settings)
    return TRUE;
  text = nst_record_text (&options->params);
  if (!cli_is_stdout (options->save_settings))
    return nst_file_save (options->save_settings, text, error);
  g_print ("%s", text);
  return TRUE;
}
