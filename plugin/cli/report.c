/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of a run: one JSON object a line, written as it happens, so that
 * others can follow it.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "cli.h"
#include "streams.h"

struct _CliReport
{
  FILE *file;
  gchar *path;
  gint problem; /* the errno of the first line that could not be written, or 0 */
};

static gboolean
cannot_write (const gchar *path, gint problem, GError **error)
{
  g_autofree gchar *name = nst_display_name (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (problem),
               _ ("The report “%s” cannot be written: %s."), name, g_strerror (problem));
  return FALSE;
}

/**
 * cli_report_open:
 * @path: overwritten if it is there; "-" is the standard output
 *
 * Returns: a report to be closed with cli_report_close(), or %NULL
 */
CliReport *
cli_report_open (const gchar *path, GError **error)
{
  FILE *file = cli_is_stdout (path) ? stdout : cli_guard_open_report (path);
  CliReport *report;

  if (!file)
    {
      cannot_write (path, errno, error);
      return NULL;
    }
  report = g_new0 (CliReport, 1);
  report->file = file;
  report->path = g_strdup (path);
  return report;
}

static void
add_number (JsonBuilder *builder, const gchar *name, gdouble value)
{
  json_builder_set_member_name (builder, name);
  /* JSON knows no infinity. */
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const gchar *name, gint value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_string (JsonBuilder *builder, const gchar *name, const gchar *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static JsonBuilder *
begin_line (const gchar *event)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "event", event);
  return builder;
}

static void
write_line (CliReport *report, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *text = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  if ((fprintf (report->file, "%s\n", text) < 0 || fflush (report->file) != 0)
      && report->problem == 0)
    report->problem = errno;
}

/**
 * cli_report_start:
 * @report: (nullable): nothing is done without one
 */
void
cli_report_start (CliReport *report, const gchar *network, gint threads, const NstPlan *plan)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree gchar *name = nst_display_name (network);

  if (!report)
    return;
  builder = begin_line ("start");
  add_string (builder, "network", name);
  add_int (builder, "threads", threads);
  json_builder_set_member_name (builder, "levels");
  json_builder_begin_array (builder);
  for (gint i = 0; i < plan->n_levels; i++)
    {
      json_builder_begin_array (builder);
      json_builder_add_int_value (builder, plan->width[i]);
      json_builder_add_int_value (builder, plan->height[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  write_line (report, builder);
}

/**
 * cli_report_iteration:
 * @report: (nullable): nothing is done without one
 */
void
cli_report_iteration (CliReport *report, const NstProgress *progress)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!report)
    return;
  builder = begin_line ("iteration");
  add_int (builder, "level", progress->level);
  add_int (builder, "iteration", progress->iteration);
  add_number (builder, "content", progress->content);
  add_number (builder, "match", progress->match);
  add_number (builder, "style", progress->style);
  add_number (builder, "palette", progress->palette);
  add_number (builder, "tv", progress->tv);
  add_number (builder, "total", progress->total);
  add_number (builder, "seconds", progress->seconds);
  write_line (report, builder);
}

/**
 * cli_report_end:
 * @report: (nullable): nothing is done without one
 * @seconds: that the whole run took
 */
void
cli_report_end (CliReport *report, gdouble seconds)
{
  g_autoptr (JsonBuilder) builder = NULL;
  struct rusage usage = {0};

  if (!report)
    return;
  getrusage (RUSAGE_SELF, &usage);
  builder = begin_line ("end");
  add_number (builder, "seconds", seconds);
  add_number (builder, "peak_rss_mib", (gdouble) usage.ru_maxrss / 1024.0);
  write_line (report, builder);
}

/**
 * cli_report_close:
 * @report: (nullable): freed
 *
 * Returns: %FALSE with @error if a part of it could not be written
 */
gboolean
cli_report_close (CliReport *report, GError **error)
{
  gboolean written;

  if (!report)
    return TRUE;
  if (report->file == stdout)
    clearerr (stdout); /* it is told of here */
  else if (!nst_file_close (report->file) && report->problem == 0)
    report->problem = errno;
  cli_guard_keep_report ();
  written = report->problem == 0 || cannot_write (report->path, report->problem, error);
  g_free (report->path);
  g_free (report);
  return written;
}
