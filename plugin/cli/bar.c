/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The progress bar with the time left, if stderr is a terminal; else lines, so that a log
 * shows life.
 */
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "cli.h"

#define BAR_WIDTH 30
#define CLEAR     "\r\033[K"

static gint
terminal_columns (void)
{
  struct winsize size;

  if (!isatty (STDERR_FILENO))
    return 0;
  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

/* "1:02:03" or "2:03"; nothing as long as it would be a wild guess. */
static gchar *
time_left (gdouble seconds)
{
  gint64 left = (gint64) (seconds + 0.5);

  if (seconds < 0)
    return g_strdup ("");
  if (left >= 3600)
    return g_strdup_printf (_ (", %d:%02d:%02d left"), (gint) (left / 3600),
                            (gint) (left / 60 % 60), (gint) (left % 60));
  return g_strdup_printf (_ (", %d:%02d left"), (gint) (left / 60), (gint) (left % 60));
}

/* What bar and lines say. */
static gchar *
progress_text (const NstProgress *progress, gdouble seconds)
{
  gdouble fraction = CLAMP (progress->fraction, 0.0, 1.0);
  g_autofree gchar *left = time_left (seconds);

  return g_strdup_printf (_ ("%3d %%, size %d of %d (%d × %d)%s"), (gint) (fraction * 100),
                          progress->level + 1, progress->n_levels, progress->width,
                          progress->height, left);
}

/**
 * cli_bar_show:
 * @progress: the newest
 * @seconds: left, or below 0 if that is not known yet
 */
void
cli_bar_show (const NstProgress *progress, gdouble seconds)
{
  gint columns = terminal_columns ();
  gdouble fraction = CLAMP (progress->fraction, 0.0, 1.0);
  gint n_full = (gint) (fraction * BAR_WIDTH);
  g_autofree gchar *text = NULL;
  g_autofree gchar *line = NULL;

  if (columns == 0 || progress->n_levels == 0)
    return;
  text = progress_text (progress, seconds);
  if (columns > BAR_WIDTH + 4 + g_utf8_strlen (text, -1))
    line = g_strdup_printf ("[%.*s%.*s] %s", n_full, "##############################",
                            BAR_WIDTH - n_full, "..............................", text);
  else
    line = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX (columns - 1, 0)));
  g_printerr (CLEAR "%s", line);
}

/**
 * cli_bar_clear:
 *
 * Leaves the line empty for what is to be said next.
 */
void
cli_bar_clear (void)
{
  if (terminal_columns () > 0)
    g_printerr (CLEAR);
}

/**
 * cli_bar_log:
 * @progress: of a step; all of a run's, one after the other
 * @seconds: left, or below 0 if that is not known yet
 *
 * Without a terminal, writes a line when a level begins and at every ten per cent.
 */
void
cli_bar_log (const NstProgress *progress, gdouble seconds)
{
  static gint level = -1, tenth;
  g_autofree gchar *text = NULL;

  if (terminal_columns () > 0
      || (progress->level == level && (gint) (progress->fraction * 10) == tenth))
    return;
  level = progress->level;
  tenth = (gint) (progress->fraction * 10);
  text = progress_text (progress, seconds);
  g_printerr ("nst: %s\n", g_strchug (text));
}
