/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nst: neural style transfer from the command line.
 */
#include <locale.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "networks.h"
#include "streams.h"

static void
list_networks (void)
{
  g_auto (GStrv) names = nst_networks_list ();

  for (gchar **name = names; *name; name++)
    g_print ("%s\n", *name);
}

int
main (int argc, char **argv)
{
  CliOptions options;
  g_autoptr (GError) error = NULL;
  NstNetwork *network = NULL;
  gint status = EXIT_DONE;

  nst_return_freed_memory ();
  nst_streams_start ("nst");
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, NST_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (!cli_options_parse (&options, argv, &error))
    {
      g_autofree gchar *text = nst_streams_printable (error->message);

      g_printerr (_ ("nst: %s\nTry “nst --help”.\n"), text);
      status = EXIT_USAGE;
    }
  else if (options.version)
    g_print ("nst %s\n", NST_VERSION);
  else if (options.list_networks)
    list_networks ();
  else
    {
      cli_guard_start ();
      cli_notices_start ();
      status = options.output_dir ? cli_batch (&options) : cli_stylise (&options, &network);
    }
  nst_network_free (network);
  cli_options_clear (&options);
  return status;
}
