/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that stand for something else, shown as words, and understood as such.
 */
#include "ui/words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CHARACTERS 16

static const struct
{
  const gchar *param;
  gint value;
  const gchar *text;
} words[] = {
    {"size", NST_SIZE_PRESET, N_ ("From the preset")},
    {"size", NST_SIZE_CONTENT, N_ ("The picture's own")},
    {"iterations", 0, N_ ("From the preset")},
};

static gboolean
show_word (GtkSpinButton *spin, gpointer param)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].param, ((const NstParam *) param)->name) == 0
        && words[i].value == gtk_spin_button_get_value_as_int (spin))
      {
        gtk_entry_set_text (GTK_ENTRY (spin), _ (words[i].text));
        return TRUE;
      }
  return FALSE;
}

static gint
read_word (GtkSpinButton *spin, gdouble *value, gpointer param)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].param, ((const NstParam *) param)->name) == 0
        && strcmp (_ (words[i].text), gtk_entry_get_text (GTK_ENTRY (spin))) == 0)
      {
        *value = words[i].value;
        return TRUE;
      }
  return FALSE;
}

/**
 * ui_words_attach:
 * @spin: shows the number @param
 *
 * Shows the numbers that mean "the preset's" and the like as words.
 */
void
ui_words_attach (GtkSpinButton *spin, const NstParam *param)
{
  g_signal_connect (spin, "output", G_CALLBACK (show_word), (gpointer) param);
  g_signal_connect (spin, "input", G_CALLBACK (read_word), (gpointer) param);
  gtk_entry_set_width_chars (GTK_ENTRY (spin), CHARACTERS);
  gtk_spin_button_set_numeric (spin, FALSE);
  gtk_spin_button_update (spin);
}
