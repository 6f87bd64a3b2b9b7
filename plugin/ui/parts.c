/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several parts of the dialogs need: a size that goes with the text's, a message, what
 * an expander does.
 */
#include "ui/parts.h"

#include "ui/toolkit.h"

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

static void
expanded (GtkWidget *expander)
{
  if (gtk_expander_get_expanded (GTK_EXPANDER (expander)))
    gtk_widget_grab_focus (expander);
}

/**
 * ui_show_opened:
 *
 * Where the settings are scrolled, as on a low screen, the key of @expander would open it out of
 * sight: it gets the focus, which comes into view.
 */
void
ui_show_opened (GtkWidget *expander)
{
  if (ui_screen_height () < UI_HIGH_SCREEN)
    g_signal_connect (expander, "notify::expanded", G_CALLBACK (expanded), NULL);
}
