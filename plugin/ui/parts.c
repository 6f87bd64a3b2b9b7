/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several parts of the dialogs need: a size that goes with the text's, a message.
 */
#include "ui/parts.h"

/**
 * ui_scaled:
 * @pixels: of something that stands beside text
 *
 * Returns: as many as go with the size of the text, which a fine screen may have larger
 */
gint
ui_scaled (gint pixels)
{
  gdouble resolution = gdk_screen_get_resolution (gdk_screen_get_default ());

  return (gint) (pixels * CLAMP (resolution / 96, 1.0, 4.0) + 0.5);
}

/**
 * ui_complain:
 * @widget: in the window that the message belongs to
 * @text: what went wrong
 *
 * Returns once the user has read it.
 */
void
ui_complain (GtkWidget *widget, const gchar *text)
{
  GtkWidget *message =
      gtk_message_dialog_new (GTK_WINDOW (gtk_widget_get_toplevel (widget)), GTK_DIALOG_MODAL,
                              GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s", text);

  gtk_dialog_run (GTK_DIALOG (message));
  gtk_widget_destroy (message);
}
