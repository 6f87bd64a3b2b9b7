/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the dialogs' tests: what is on its command line can be pasted for as long as it runs.  Where a
 * path is typed instead, a file chooser puts its own proposals in between.  With GTK 2 or 3.
 */
#include <gtk/gtk.h>
#include <stdio.h>

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  if (argc != 2)
    {
      fputs ("usage: copied TEXT\n", stderr);
      return 2;
    }
  gtk_clipboard_set_text (gtk_clipboard_get (GDK_SELECTION_CLIPBOARD), argv[1], -1);
  gdk_display_sync (gdk_display_get_default ());
  puts ("copied");
  fflush (stdout);
  gtk_main ();
  return 0;
}
