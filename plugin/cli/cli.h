/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the `nst` command share.
 */
#ifndef NST_CLI_H
#define NST_CLI_H

#include <stdio.h>

#include "job.h"
#include "params.h"

G_BEGIN_DECLS

/* The program's exit statuses. */
enum
{
  EXIT_DONE = 0,
  EXIT_FAILED = 1,
  EXIT_USAGE = 2,
  EXIT_INTERRUPTED = 130, /* by Ctrl-C; other signals end it as cli_guard_start() says */
};

/* options.c: the command line */

typedef struct
{
  gchar *file;
  gdouble weight;
} CliStyle;

typedef struct
{
  NstParams params;
  GArray *styles; /* of CliStyle */
  gchar *content;
  gchar *output;
  gchar *output_dir; /* or NULL: then content and output are none, but these: */
  gchar **contents;
  gboolean each_style;
  gchar *report;        /* or NULL */
  gchar *settings;      /* the last file of --settings, or NULL */
  gchar *save_settings; /* or NULL */
  gchar *start;         /* the picture to go on from, or NULL */
  gboolean version, list_networks;
} CliOptions;

gboolean cli_options_parse (CliOptions *options, gchar **arguments, GError **error);
void cli_options_clear (CliOptions *options);

/* stylise.c: one picture; the network of @network is used, or else put there */

gint cli_stylise (const CliOptions *options, NstNetwork **network);

/* batch.c: many pictures */

gint cli_batch (const CliOptions *options);

/* settings.c: what the engine takes, and what is kept of it */

void cli_settings (const NstParams *params, NstSettings *settings);
gboolean cli_settings_save (const CliOptions *options, GError **error);

/* notice.c: what the user should know though nothing failed */

void cli_notices_start (void);
void cli_notice (const gchar *path, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
void cli_notice_corrupt (const gchar *path, const gchar *words);
gboolean cli_notices_tell_of (const gchar *words);
void cli_notices_show (const gchar *path);

/* guard.c: what must hold however the program ends */

void cli_guard_start (void);
void cli_guard_worth_saving (void);
gboolean cli_guard_interrupted (void);
gboolean cli_guard_make_folder (gchar *template);
gboolean cli_guard_put_in_place (const gchar *file, const gchar *target);
gint cli_guard_begin_picture (void);
void cli_guard_remove_temporary (void);
FILE *cli_guard_open_report (const gchar *path);
void cli_guard_remove_report (void);
void cli_guard_keep_report (void);

/* same.c */

gboolean cli_is_stdout (const gchar *path);
gboolean cli_report_check (const CliOptions *options, GError **error);
gboolean cli_settings_check (const CliOptions *options, GError **error);

/* report.c: the JSON lines of --report */

typedef struct _CliReport CliReport;

CliReport *cli_report_open (const gchar *path, GError **error);
void
cli_report_start (CliReport *report, const gchar *network, gint threads, const NstPlan *plan);
void cli_report_iteration (CliReport *report, const NstProgress *progress);
void cli_report_end (CliReport *report, gdouble seconds);
gboolean cli_report_close (CliReport *report, GError **error);

/* bar.c: the progress bar, or lines */

void cli_bar_show (const NstProgress *progress, gdouble seconds);
void cli_bar_clear (void);
void cli_bar_log (const NstProgress *progress, gdouble seconds);

G_END_DECLS

#endif
