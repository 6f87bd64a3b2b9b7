/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a preview is asked for.
 */
#ifndef NST_PREVIEW_REQUEST_H
#define NST_PREVIEW_REQUEST_H

#include <nst.h>

#include "params.h"

G_BEGIN_DECLS

typedef struct
{
  NstParams params;
  NstSettings settings; /* of the run itself; its strings are those of params */
  gint width, height;   /* of the run's content */
  gboolean enlarged;    /* content is a part of that at full size; else all of it, smaller */
  NstImage content;
  GArray *styles;
} PreviewRequest;

PreviewRequest *
request_new (const NstParams *params, const NstImage *content, const GArray *styles);
void request_free (PreviewRequest *request);
void request_reduce (const PreviewRequest *request, const NstPlan *plan, NstSettings *settings);

G_END_DECLS

#endif
