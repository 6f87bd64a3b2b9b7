/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the `nst` command share.
 */
#ifndef NST_CLI_H
#define NST_CLI_H

#include <gegl.h>

#include "job.h"
#include "params.h"

G_BEGIN_DECLS

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
  gchar *report; /* or NULL */
  gchar *start;  /* the picture to go on from, or NULL */
  gboolean version, list_networks;
} CliOptions;

gboolean cli_options_parse (CliOptions *options, gchar **arguments, GError **error);
void cli_options_clear (CliOptions *options);

/* start.c: GEGL with only the operations that are needed */

void cli_start_prepare (void);
void cli_start_gegl (void);
void cli_start_end_gegl (void);
gboolean cli_start_has_operation (const gchar *name);

/* picture.c: image files, through GEGL */

gboolean cli_picture_check_format (const gchar *path, GError **error);
gboolean cli_picture_check_output (const gchar *path, GError **error);
GeglBuffer *cli_picture_load (const gchar *path, GError **error);
gboolean cli_picture_save (const NstImage *image, GeglBuffer *content, const gchar *path,
                           GError **error);

/* guard.c: what must hold however the program ends */

void cli_guard_start (void);
gint cli_guard_signal (void);
void cli_guard_quiet (const gchar *problem);
gboolean cli_guard_loud (void);
void cli_guard_temporary (const gchar *folder, const gchar *file);
void cli_guard_remove_temporary (void);

/* report.c: the JSON lines of --report */

typedef struct _CliReport CliReport;

CliReport *cli_report_open (const gchar *path, GError **error);
void
cli_report_start (CliReport *report, const gchar *network, gint threads, const NstPlan *plan);
void cli_report_iteration (CliReport *report, const NstProgress *progress);
void cli_report_end (CliReport *report, gdouble seconds);
void cli_report_remove (CliReport *report);
gboolean cli_report_close (CliReport *report, GError **error);

/* bar.c: the progress bar */

void cli_bar_show (const NstProgress *progress, gdouble seconds);
void cli_bar_clear (void);

G_END_DECLS

#endif
