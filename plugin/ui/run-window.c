/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shows a run until it ends, or the user keeps what there is, or cancels.
 */
#include "ui/run-window.h"

#include <glib/gi18n-lib.h>

#include "ui/parts.h"
#include "ui/plot.h"
#include "ui/surface.h"
#include "ui/toolkit.h"

#define PICTURE_WIDTH  420 /* pixels, at least */
#define PICTURE_HEIGHT 280
#define PLOT_HEIGHT    110
#define PAUSE          50 /* milliseconds */

typedef struct
{
  const Task *task;
  NstJob *job;
  NstWatch *watch;
  GMainLoop *loop;

  GtkWidget *window, *picture, *plot, *bar, *label;
  cairo_surface_t *surface; /* or NULL */
  GArray *losses;
  NstClock clock;
  gchar *text; /* of the label */
  guint n_refreshed;
} Window;

static void
draw_picture (cairo_t *cr, gint width, gint height, gpointer data)
{
  Window *window = data;
  gdouble x, y, scale;

  cairo_set_source_rgb (cr, 0.15, 0.15, 0.15);
  cairo_paint (cr);
  if (!window->surface)
    return;
  ui_surface_fit (window->surface, width, height, &x, &y, &scale);
  ui_surface_paint (window->surface, cr, x, y, scale);
}

static void
draw_plot (cairo_t *cr, gint width, gint height, gpointer data)
{
  Window *window = data;

  ui_plot_draw (cr, width, height, window->losses, &window->clock);
}

static void
show_picture (Window *window)
{
  NstImage image;

  if (!nst_watch_take_picture (window->watch, &image))
    return;
  g_clear_pointer (&window->surface, cairo_surface_destroy);
  window->surface = ui_surface_new (&image);
  nst_image_clear (&image);
  gtk_widget_queue_draw (window->picture);
}

/* The status bar of GIMP tells the same, for those whose window is elsewhere. */
static void
show_text (Window *window)
{
  gdouble fraction = nst_clock_fraction (&window->clock);
  g_autofree gchar *text = nst_job_text (window->job);
  gboolean is_new = text && g_strcmp0 (text, window->text) != 0;

  if (is_new)
    {
      gtk_label_set_text (GTK_LABEL (window->label), text);
      g_free (window->text);
      window->text = g_strdup (text);
    }
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (window->bar), fraction);
  host_progress_show (fraction, is_new ? text : NULL);
}

static gboolean
refresh (gpointer data)
{
  Window *window = data;
  NstProgress progress;

  if (!nst_job_poll (window->job, &progress))
    {
      g_main_loop_quit (window->loop);
      return G_SOURCE_CONTINUE; /* removed by its number */
    }
  /* once a second: it asks GIMP several things */
  if (window->n_refreshed++ % (1000 / PAUSE) == 0 && !task_is_wanted (window->task))
    nst_job_cancel (window->job);
  nst_job_clock (window->job, &window->clock);
  show_picture (window);
  if (nst_watch_take_losses (window->watch, window->losses))
    gtk_widget_queue_draw (window->plot);
  show_text (window);
  return G_SOURCE_CONTINUE;
}

/* Closing the window is a cancel, too. */
static void
respond (GtkDialog *dialog, gint response, gpointer data)
{
  Window *window = data;

  if (response == GTK_RESPONSE_OK)
    nst_job_finish_early (window->job);
  else
    nst_job_cancel (window->job);
  gtk_widget_set_sensitive (GTK_WIDGET (dialog), FALSE);
}

/* It stays until the run has ended. */
static gboolean
stay (GtkWidget *widget, GdkEvent *event, gpointer data)
{
  return TRUE;
}

static void
name_widget (GtkWidget *widget, const gchar *name)
{
  atk_object_set_name (gtk_widget_get_accessible (widget), name);
}

static void
add_widgets (Window *window)
{
  GtkWidget *box = ui_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *area = gtk_dialog_get_content_area (GTK_DIALOG (window->window));

  window->picture = ui_canvas_new (PICTURE_WIDTH, PICTURE_HEIGHT, draw_picture, window);
  window->plot = ui_canvas_new (PICTURE_WIDTH, ui_scaled (PLOT_HEIGHT), draw_plot, window);
  window->bar = gtk_progress_bar_new ();
  window->label = gtk_label_new (_ ("Preparing"));
  ui_label_align (window->label, 0);
  gtk_widget_set_tooltip_text (
      window->plot, _ ("How far the result is from the picture (content) and from the style, "
                       "and how grainy it is, over the steps; each curve has its own scale"));
  name_widget (window->picture, _ ("The picture as it develops"));
  name_widget (window->plot, _ ("Content, style and smoothness over the steps"));
  gtk_container_set_border_width (GTK_CONTAINER (box), 12);
  gtk_box_pack_start (GTK_BOX (area), box, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), window->picture, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), window->plot, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), window->bar, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), window->label, FALSE, FALSE, 0);
  gtk_widget_show_all (box);
}

static void
open_window (Window *window, const gchar *title)
{
  GtkWidget *keep;

  window->window = gtk_dialog_new ();
  gtk_window_set_title (GTK_WINDOW (window->window), title);
  gtk_window_set_role (GTK_WINDOW (window->window), "neural-style-transfer-run");
  gtk_dialog_add_button (GTK_DIALOG (window->window), _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  keep = gtk_dialog_add_button (GTK_DIALOG (window->window), _ ("_Keep This"), GTK_RESPONSE_OK);
  gtk_widget_set_tooltip_text (
      keep, _ ("Stop here, and make the picture as it is now the new layer"));
  add_widgets (window);
  g_signal_connect (window->window, "response", G_CALLBACK (respond), window);
  g_signal_connect (window->window, "delete-event", G_CALLBACK (stay), NULL);
  ui_window_attach (GTK_WINDOW (window->window));
  gtk_widget_show (window->window);
}

/**
 * ui_run:
 * @job: of @task; new, with @watch as its callback
 * @title: of the window
 * @result: (out): as nst_job_finish() gives it
 *
 * Runs @job to its end in a window; a #TaskRun.
 *
 * Returns: whether there is a result
 */
gboolean
ui_run (const Task *task, NstJob *job, NstWatch *watch, const gchar *title, NstImage *result,
        GError **error)
{
  Window window = {.task = task, .job = job, .watch = watch};
  guint timeout;

  window.loop = g_main_loop_new (NULL, FALSE);
  window.losses = g_array_new (FALSE, FALSE, sizeof (NstLossPoint));
  open_window (&window, title);
  nst_job_start (job);
  timeout = g_timeout_add (PAUSE, refresh, &window);
  g_main_loop_run (window.loop);
  g_source_remove (timeout);
  gtk_widget_destroy (window.window);
  g_clear_pointer (&window.surface, cairo_surface_destroy);
  g_array_unref (window.losses);
  g_free (window.text);
  g_main_loop_unref (window.loop);
  return nst_job_finish (job, result, error);
}
