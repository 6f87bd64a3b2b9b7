/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The help page that lies beside the plug-in: the GIMP manual knows nothing of this filter.
 */
#include "ui/help.h"

#include <glib/gi18n-lib.h>

#include "params.h"

/* The page in the first of the user's languages that there is one in; or NULL. */
static gchar *
find_page (const gchar *folder)
{
  for (const gchar *const *name = g_get_language_names (); *name; name++)
    {
      g_autofree gchar *path = g_build_filename (folder, *name, "index.html", NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return g_build_filename (folder, "en", "index.html", NULL);
}

static void
show_text (GtkWindow *window)
{
  GtkWidget *message =
      gtk_message_dialog_new (window, GTK_DIALOG_MODAL, GTK_MESSAGE_INFO, GTK_BUTTONS_CLOSE,
                              "%s", _ ("Neural Style Transfer"));

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (message), "%s", _ (NST_HELP));
  gtk_dialog_run (GTK_DIALOG (message));
  gtk_widget_destroy (message);
}

/**
 * ui_help_show:
 * @window: asks for help
 * @folder: where the pages are, each in a folder of its language
 *
 * Opens the page in what the user reads pages with; where there is no such program, a few
 * words must do.
 */
void
ui_help_show (GtkWindow *window, const gchar *folder)
{
  g_autofree gchar *page = find_page (folder);
  g_autofree gchar *uri = g_filename_to_uri (page, NULL, NULL);

  if (!uri || !g_file_test (page, G_FILE_TEST_IS_REGULAR)
      || !g_app_info_launch_default_for_uri (uri, NULL, NULL))
    show_text (window);
}
