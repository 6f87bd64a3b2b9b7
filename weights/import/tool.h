/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the command nst-import share.
 */
#ifndef TOOL_H
#define TOOL_H

#include "import.h"

/* Exit statuses. */
enum
{
  EXIT_DONE = 0,
  EXIT_FAILED = 1, /* with one line on stderr */
  EXIT_USAGE = 2,
  EXIT_SIGNAL = 128,
};

typedef struct
{
  gchar **files; /* the arguments that are no options */
  gchar *name, *until, *precision, *preprocess, *licence;
  gchar **map;
  gchar *fetch, *base_url, *sha256;
  gboolean replace, show, quiet, version;
} ToolOptions;

/* options.c */
gboolean tool_options_parse (ToolOptions *options, gchar **arguments, GError **error);
void tool_options_clear (ToolOptions *options);

/* folder.c: where networks lie */
gchar *folder_networks (void);
gchar *folder_path (const gchar *name);
gchar *folder_choose_name (const gchar *wanted, const KnownFile *known, const gchar *file,
                           gboolean replace, GError **error);
GOutputStream *folder_create (const gchar *name, GError **error);
gboolean folder_commit (GOutputStream *stream, const gchar *name, GError **error);
void folder_discard (void);

/* hash.c */
gchar *hash_file (gint file, GChecksumType type, GError **error);
const gchar *hash_name (GChecksumType type);

/* fetch.c */
gchar *fetch_file (const ToolOptions *options, const KnownFile *known, const gchar *url,
                   GError **error);
gchar *fetch_names (void);

/* show.c */
gboolean show_networks (gchar **names, GError **error);

/* stop.c: SIGINT, SIGTERM and SIGHUP leave no temporary file */
void stop_prepare (void);
void stop_remove (const gchar *path);

#endif
