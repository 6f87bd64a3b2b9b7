/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The netpbm formats' headers, and the numbers and comments that they are made of.
 */
#ifndef NST_PNM_HEADER_H
#define NST_PNM_HEADER_H

#include <stdio.h>

#include <glib.h>

G_BEGIN_DECLS

/**
 * CliPnm:
 * @kind: after the P; 7 is PAM
 * @n_values: of a pixel: colours, alpha, and what is left aside
 * @most: that a number can be
 * @little: PFM: the byte order
 * @bytes: of a row
 * @comment: that stands in the header; %NULL after it
 */
typedef struct
{
  FILE *file;
  gchar kind;
  gint width, height;
  gint n_colours, n_values;
  gboolean has_alpha;
  gint most;
  gboolean little;
  guint8 *bytes;
  gfloat *row;
  GString *comment;
} CliPnm;

gboolean cli_pnm_read_header (CliPnm *pnm, const gchar *path, GError **error);
gint cli_pnm_skip_space (CliPnm *pnm);
gint cli_pnm_read_number (CliPnm *pnm);

G_END_DECLS

#endif
