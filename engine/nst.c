/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings, images, the error domain.
 */
#include <nst.h>

#include "resample.h"
#include "stylise.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* clang-format off */
G_DEFINE_QUARK (nst-error-quark, nst_error)
/* clang-format on */

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
             || check_range ("size", s->size, 16, NST_SIZE_MAX, error))
         && check_range ("iterations", s->iterations, 0, 100000, error)
         && check_range ("strength", s->strength, 0, 100, error)
         && check_range ("style-scale", s->style_scale, 25, 400, error)
         && check_range ("smoothness", s->smoothness, 0, 100, error)
         && check_range ("memory", s->memory_mib, 0, G_MAXINT, error)
         && check_range ("threads", s->threads, 0, 64, error);
}

gboolean
nst_image_alloc (NstImage *image, gint width, gint height, gboolean with_mask, GError **error)
{
  *image = (NstImage){width, height, NULL, NULL};
  if (!nst_size_is_valid (width, height))
    {
      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                   _ ("An image of %d x %d pixels cannot be used; each side goes from 1 to %d"),
                   width, height, NST_SIZE_MAX);
      return FALSE;
    }
  image->rgb = nst_alloc ((guint64) width * height, 3 * sizeof (gfloat), error);
  if (image->rgb && with_mask)
    image->mask = nst_alloc ((guint64) width * height, sizeof (gfloat), error);
  if (image->rgb && (image->mask || !with_mask))
    return TRUE;
  nst_image_clear (image);
  return FALSE;
}

static void
to_interleaved (const NstTensor *from, gint channels, gfloat *to)
{
  gsize plane = nst_tensor_plane (from);

  for (gint c = 0; c < channels; c++)
    for (gsize i = 0; i < plane; i++)
      to[i * channels + c] = CLAMP (from->data[c * plane + i], 0, 1);
}

static gboolean
scale_floats (const gfloat *from, gint channels, gint w, gint h, gfloat *to, gint to_w,
              gint to_h, GError **error)
{
  NstPool *pool = nst_pool_new (1);
  NstTensor scaled = {0};
  gboolean ok;

  ok = nst_tensor_alloc (&scaled, channels, to_h, to_w, error)
       && nst_resample_pixels (pool, NST_RESAMPLE_CUBIC, from, w, h, FALSE, &scaled, error);
  if (ok)
    to_interleaved (&scaled, channels, to);
  nst_tensor_clear (&scaled);
  nst_pool_free (pool);
  return ok;
}

gboolean
nst_image_scale (const NstImage *image, gint width, gint height, NstImage *scaled,
                 GError **error)
{
  if (!nst_image_alloc (scaled, width, height, image->mask != NULL, error))
    return FALSE;
  if (scale_floats (image->rgb, 3, image->width, image->height, scaled->rgb, width, height,
                    error)
      && (!image->mask
          || scale_floats (image->mask, 1, image->width, image->height, scaled->mask, width,
                           height, error)))
    return TRUE;
  nst_image_clear (scaled);
  return FALSE;
}

void
nst_image_clear (NstImage *image)
{
  g_clear_pointer (&image->rgb, nst_free);
  g_clear_pointer (&image->mask, nst_free);
}

static gboolean
check_image (const NstImage *image, GError **error)
{
  if (image->rgb && nst_size_is_valid (image->width, image->height))
    return TRUE;
  g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       _ ("An image is empty or too large"));
  return FALSE;
}

/* Whether a run can be made of these. */
gboolean
nst_check_images (const NstSettings *settings, const NstImage *content, const NstStyle *styles,
                  guint n_styles, GError **error)
{
  if (n_styles == 0)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                           _ ("There is no style; choose an image to take the style from"));
      return FALSE;
    }
  if (!check_image (content, error)
      || (settings->start_image && !check_image (settings->start_image, error)))
    return FALSE;
  for (guint i = 0; i < n_styles; i++)
    {
      if (!check_image (&styles[i].image, error))
        return FALSE;
      if (!(styles[i].weight > 0 && isfinite (styles[i].weight)))
        {
          g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                       _ ("A style's weight is %g; it must be above 0"), styles[i].weight);
          return FALSE;
        }
    }
  return TRUE;
}
