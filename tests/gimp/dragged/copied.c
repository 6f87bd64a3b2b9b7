/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the dialogs' tests: what is on its command line can be pasted for as long as it runs.  Where a
 * path is typed instead, a file chooser puts its own proposals in between.  With GTK 2 or 3.
 */
#include <gtk/gtk.h>
#include <stdio.h>

static gboolean
tell (gpointer data)
{
  gdk_display_sync (gdk_display_get_default ());
  puts ("asked");
  fflush (stdout);
  return FALSE;
}

/* Once this has returned, GTK hands it over. */
static void
give (GtkClipboard *clipboard, GtkSelectionData *selection, guint info, gpointer text)
{
  gtk_selection_data_set_text (selection, text, -1);
  g_idle_add (tell, NULL);
}

int
main (int argc, char **argv)
{
  GtkTargetList *list;
  GtkTargetEntry *targets;
  gint n_targets;

  gtk_init (&argc, &argv);
  if (argc != 2)
    {
      fputs ("usage: copied TEXT\n", stderr);
      return 2;
    }
  list = gtk_target_list_new (NULL, 0);
  gtk_target_list_add_text_targets (list, 0);
  targets = gtk_target_table_new_from_list (list, &n_targets);
  gtk_clipboard_set_with_data (gtk_clipboard_get (GDK_SELECTION_CLIPBOARD), targets,
                               (guint) n_targets, give, NULL, argv[1]);
  gtk_target_table_free (targets, n_targets);
  gtk_target_list_unref (list);
  gdk_display_sync (gdk_display_get_default ());
  puts ("copied");
  fflush (stdout);
  gtk_main ();
  return 0;
}
