/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a preview is asked for, and what it does of the run.
 */
#include "preview-request.h"

#include <math.h>
#include <string.h>

#include "job.h"
#include "styles.h"

/* At the last size.  At 400 pixels (2 pairs, one thread) a preview takes 2.3 s and is 0.025 (RMSE)
 * from the whole run, which takes 3.4.  When levels before the last took more steps, it was 3.6 s
 * and 0.027 of 5.3 s; with 20 steps 3.1 s and 0.040, with a draft's 2.3 s and 0.079, another picture. */
#define STEPS       30
#define STEPS_OTHER 60 /* of a published recipe, all of which are at one size */
#define LEAST_SIZE  16 /* see NstSettings.size */

/**
 * request_free:
 * @request: (nullable)
 */
void
request_free (PreviewRequest *request)
{
  if (!request)
    return;
  nst_params_clear (&request->params);
  nst_image_clear (&request->content);
  g_array_unref (request->styles);
  g_free (request);
}

static gboolean
copy_image (const NstImage *from, NstImage *to)
{
  gsize n = (gsize) from->width * from->height;

  if (!nst_image_alloc (to, from->width, from->height, from->mask != NULL, NULL))
    return FALSE;
  memcpy (to->rgb, from->rgb, 3 * n * sizeof (gfloat));
  if (from->mask)
    memcpy (to->mask, from->mask, n * sizeof (gfloat));
  return TRUE;
}

/**
 * request_new:
 * @params: copied, as all else
 * @content: (nullable): sRGB-encoded
 * @styles: (nullable) (element-type NstStyle)
 *
 * Returns: (nullable): the sizes are still to be set; %NULL if there is no memory for it
 */
PreviewRequest *
request_new (const NstParams *params, const NstImage *content, const GArray *styles)
{
  PreviewRequest *request = g_new0 (PreviewRequest, 1);
  gboolean ok;

  nst_params_copy (params, &request->params);
  nst_job_settings (&request->params, &request->settings);
  request->styles = nst_styles_new ();
  ok = !content || copy_image (content, &request->content);
  for (guint i = 0; ok && styles && i < styles->len; i++)
    {
      const NstStyle *style = &g_array_index (styles, NstStyle, i);
      NstStyle copy = {.weight = style->weight};

      ok = copy_image (&style->image, &copy.image);
      if (ok)
        g_array_append_val (request->styles, copy);
    }
  if (!ok)
    g_clear_pointer (&request, request_free);
  return request;
}

static gint
longest (const NstImage *image)
{
  return MAX (image->width, image->height);
}

/* A part at full size is seen as the run will have it: reduced to the working size. */
static void
reduce_part (const PreviewRequest *request, const NstPlan *plan, NstSettings *settings)
{
  gint last = plan->n_levels - 1, native = 1;
  gdouble scale = (gdouble) plan->width[last] / request->width;

  for (guint i = 0; i < request->styles->len; i++)
    native = MAX (native, longest (&g_array_index (request->styles, NstStyle, i).image));
  settings->size = MAX (LEAST_SIZE, (gint) lrint (longest (&request->content) * scale));
  /* the style is measured against the whole picture */
  settings->style_scale *= MIN ((gdouble) MAX (plan->width[last], plan->height[last]), native)
                           / MIN (settings->size, native);
  settings->style_scale = CLAMP (settings->style_scale, 25, 400);
}

/**
 * request_reduce:
 * @plan: of the run itself
 * @settings: (out): what the preview does of it: less, and smaller; their strings are @request's
 */
void
request_reduce (const PreviewRequest *request, const NstPlan *plan, NstSettings *settings)
{
  gint last = plan->n_levels - 1;
  gint steps = request->settings.recipe == NST_RECIPE_DEFAULT ? STEPS : STEPS_OTHER;

  *settings = request->settings;
  settings->preset = MIN (settings->preset, NST_PRESET_NORMAL);
  settings->iterations = MIN (plan->iterations[last], steps);
  if (request->enlarged)
    reduce_part (request, plan, settings);
  else if (settings->recipe == NST_RECIPE_KERAS)
    settings->size = MAX (LEAST_SIZE, MIN (request->content.height, plan->height[last]));
  else
    settings->size = MAX (LEAST_SIZE, MIN (longest (&request->content),
                                           MAX (plan->width[last], plan->height[last])));
}
