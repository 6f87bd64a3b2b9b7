/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row for each style of a mixture: thumbnail, name, weight, and a button that takes it out.
 */
#include "ui/style-list.h"

#include <glib/gi18n-lib.h>

#include "ui/parts.h"
#include "ui/surface.h"
#include "ui/toolkit.h"

#define THUMBNAIL 28 /* pixels */
#define ROW       38 /* with the space between two */
#define ROWS      3  /* that are seen at once */

typedef struct
{
  TaskStyles *styles;
  UiStylesChanged changed;
  gpointer data;
  GtkWidget *rows, *scrolled;
} List;

static gint
item_of (gpointer widget)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (widget), "item"));
}

static void
set_item (gpointer widget, gint item)
{
  g_object_set_data (G_OBJECT (widget), "item", GINT_TO_POINTER (item));
}

static void
weight_changed (GtkSpinButton *spin, gpointer data)
{
  List *list = data;

  task_styles_add (list->styles, item_of (spin), gtk_spin_button_get_value (spin) / 100.0);
  list->changed (list->data);
}

static void
remove_clicked (GtkButton *button, gpointer data)
{
  List *list = data;

  task_styles_remove (list->styles, item_of (button));
  gtk_widget_destroy (gtk_widget_get_parent (GTK_WIDGET (button)));
  list->changed (list->data);
}

static GtkWidget *
thumbnail_of (gint item)
{
  GtkWidget *widget = gtk_image_new ();
  NstImage image;

  gtk_widget_set_size_request (widget, ui_scaled (THUMBNAIL), ui_scaled (THUMBNAIL));
  if (task_thumbnail (item, ui_scaled (THUMBNAIL), &image))
    {
      g_autoptr (GdkPixbuf) pixbuf = ui_pixbuf_new (&image);

      gtk_image_set_from_pixbuf (GTK_IMAGE (widget), pixbuf);
      nst_image_clear (&image);
    }
  return widget;
}

static GtkWidget *
weight_spin (List *list, const TaskStyle *style, const gchar *name, GtkWidget *row)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (1.0, 100.0, 1.0);
  /* Translators: %s is a painting's name */
  g_autofree gchar *title = g_strdup_printf (_ ("Weight of “%s” (%%)"), name);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), 100.0 * style->weight);
  atk_object_set_name (gtk_widget_get_accessible (spin), title);
  g_object_set_data (G_OBJECT (row), "spin", spin);
  gtk_widget_set_tooltip_text (spin,
                               _ ("How much this style counts beside the others, in per cent"));
  set_item (spin, style->item);
  g_signal_connect (spin, "value-changed", G_CALLBACK (weight_changed), list);
  return spin;
}

static GtkWidget *
remove_button (List *list, const TaskStyle *style, const gchar *name)
{
  GtkWidget *button = gtk_button_new_with_label ("\303\227");
  /* Translators: %s is a painting's name */
  g_autofree gchar *title = g_strdup_printf (_ ("Take “%s” out of the mixture"), name);

  atk_object_set_name (gtk_widget_get_accessible (button), title);
  gtk_widget_set_tooltip_text (button, title);
  set_item (button, style->item);
  g_signal_connect (button, "clicked", G_CALLBACK (remove_clicked), list);
  return button;
}

static void
add_row (List *list, const TaskStyle *style)
{
  GtkWidget *row = ui_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label;
  g_autofree gchar *name = task_style_name (style->item);

  label = gtk_label_new (name);
  ui_label_align (label, 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_pack_start (GTK_BOX (row), thumbnail_of (style->item), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), label, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), weight_spin (list, style, name, row), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), remove_button (list, style, name), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (list->rows), row, FALSE, FALSE, 0);
  set_item (row, style->item);
  gtk_widget_show_all (row);
}

/**
 * ui_style_list_new:
 * @styles: shown, and changed by the user
 * @changed: told of each such change
 *
 * Returns: the list; ui_style_list_update() fills it
 */
GtkWidget *
ui_style_list_new (TaskStyles *styles, UiStylesChanged changed, gpointer data)
{
  List *list = g_new0 (List, 1);

  list->styles = styles;
  list->changed = changed;
  list->data = data;
  list->rows = ui_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_show (list->rows);
  list->scrolled = ui_scrolled_new (list->rows, ui_scaled (ROW));
  g_object_set_data_full (G_OBJECT (list->scrolled), "list", list, g_free);
  return list->scrolled;
}

/* Whether the rows are those of the styles, whose weights are shown then. */
static gboolean
show_weights (List *list)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (list->rows));
  const TaskStyles styles = *list->styles;
  guint i = 0;

  if (g_list_length (rows) != styles.n)
    return FALSE;
  for (GList *row = rows; row; row = row->next)
    if (item_of (row->data) != styles.list[i++].item)
      return FALSE;
  i = 0;
  for (GList *row = rows; row; row = row->next)
    gtk_spin_button_set_value (g_object_get_data (row->data, "spin"),
                               100.0 * styles.list[i++].weight);
  return TRUE;
}

static void
remove_row (GtkWidget *row, gpointer data)
{
  gtk_widget_destroy (row);
}

/**
 * ui_style_list_update:
 * @widget: of ui_style_list_new(), whose styles may be others now
 */
void
ui_style_list_update (GtkWidget *widget)
{
  List *list = g_object_get_data (G_OBJECT (widget), "list");

  gtk_widget_set_size_request (list->scrolled, -1,
                               ui_scaled (ROW) * (gint) CLAMP (list->styles->n, 1, ROWS));
  if (show_weights (list))
    return;
  gtk_container_foreach (GTK_CONTAINER (list->rows), remove_row, NULL);
  for (guint i = 0; i < list->styles->n; i++)
    add_row (list, &list->styles->list[i]);
}
