/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run is asked for: the settings' defaults and ranges, and whether its images will do.
 */
#include "run/settings.h"
#include "base/tensor.h"

#include <glib/gi18n-lib.h>
#include <math.h>

void
nst_settings_init (NstSettings *settings)
{
  *settings = (NstSettings){
      .preset = NST_PRESET_NORMAL,
      .recipe = NST_RECIPE_DEFAULT,
      .optimizer = NST_OPTIMIZER_RECIPE,
      .colour = NST_COLOUR_STYLE,
      .start = NST_START_CONTENT,
      .pooling = NST_POOLING_NETWORK,
      .size = NST_SIZE_PRESET,
      .strength = 50,
      .style_scale = 100,
      .smoothness = 50,
  };
}

static gboolean
check_range (const gchar *name, gdouble value, gdouble low, gdouble high, GError **error)
{
  if (value >= low && value <= high)
    return TRUE;
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, _ ("%s is %g; it goes from %g to %g"),
               name, value, low, high);
  return FALSE;
}

gboolean
nst_settings_validate (const NstSettings *settings, GError **error)
{
  const NstSettings *s = settings;

  return check_range ("preset", s->preset, NST_PRESET_DRAFT, NST_PRESET_FINE, error)
         && check_range ("recipe", s->recipe, NST_RECIPE_DEFAULT, NST_RECIPE_KERAS, error)
         && check_range ("optimizer", s->optimizer, NST_OPTIMIZER_RECIPE, NST_OPTIMIZER_SGD,
                         error)
         && check_range ("colour", s->colour, NST_COLOUR_STYLE, NST_COLOUR_MATCH, error)
         && check_range ("start", s->start, NST_START_CONTENT, NST_START_NOISE, error)
         && check_range ("pooling", s->pooling, NST_POOLING_NETWORK, NST_POOLING_AVERAGE, error)
         && (s->size == NST_SIZE_PRESET || s->size == NST_SIZE_CONTENT
             || check_range ("size", s->size, NST_LEAST_SIZE, NST_SIZE_MAX, error))
         && check_range ("iterations", s->iterations, 0, 100000, error)
         && check_range ("strength", s->strength, 0, 100, error)
         && check_range ("style-scale", s->style_scale, 25, 400, error)
         && check_range ("smoothness", s->smoothness, 0, 100, error)
         && check_range ("memory", s->memory_mib, 0, G_MAXINT, error)
         && check_range ("threads", s->threads, 0, NST_MAX_THREADS, error);
}

static gboolean
fail (GError **error, const gchar *problem)
{
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, problem);
  return FALSE;
}

static gboolean
fail_image (GError **error)
{
  return fail (error, _ ("An image is empty or too large"));
}

gboolean
nst_check_sizes (const NstInputs *inputs, GError **error)
{
  const NstImage *content = inputs->content, *start = inputs->start;
  gboolean valid = nst_size_is_valid (content->width, content->height)
                   && (!start || nst_size_is_valid (start->width, start->height));

  for (guint i = 0; valid && i < inputs->n_styles; i++)
    valid = nst_size_is_valid (inputs->styles[i].image.width, inputs->styles[i].image.height);
  return valid || fail_image (error);
}

gboolean
nst_check_inputs (const NstInputs *inputs, GError **error)
{
  if (inputs->n_styles == 0)
    return fail (error, _ ("There is no style; choose an image to take the style from"));
  if (!inputs->content->rgb || (inputs->start && !inputs->start->rgb))
    return fail_image (error);
  for (guint i = 0; i < inputs->n_styles; i++)
    {
      gdouble weight = inputs->styles[i].weight;

      if (!inputs->styles[i].image.rgb)
        return fail_image (error);
      if (!(weight > 0 && isfinite (weight)))
        {
          g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       _ ("A style's weight is %g; it must be above 0"), weight);
          return FALSE;
        }
    }
  return TRUE;
}
