/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the controls do to a result of the built-in network, by its statistics.
 */
#include "run.h"

#include <math.h>

#define SIDE 128

/* @it with the built-in network, a content of blocks and a style of spots, each SIDE wide. */
static void
controls_init (RunCase *it)
{
  NstImage *style = &it->style[0].image;

  run_case_init (it);
  nst_network_free (it->network);
  it->network = nst_network_open (NULL, NULL);
  nst_image_clear (&it->content);
  nst_image_clear (style);
  it->content = test_image (3010, SIDE, SIDE);
  *style = test_image (3020, SIDE, SIDE);
  for (gint i = 0; i < SIDE * SIDE; i++)
    {
      gdouble spot = sin (i % SIDE * G_PI / 8) * sin (i / SIDE * G_PI / 8);

      for (gint c = 0; c < 3; c++)
        style->rgb[3 * i + c] = CLAMP (0.5 + (c < 2 ? 0.8 : -0.8) * spot, 0, 1);
    }
  it->settings.preset = NST_PRESET_DRAFT;
  it->settings.size = SIDE;
  it->settings.threads = 2;
}

/* Red, blurred over 3 x 3, less its mean; 0 at the borders. */
static gdouble *
blurred (const NstImage *image)
{
  gint w = image->width, h = image->height;
  gdouble *blur = g_new0 (gdouble, w * h), mean = 0;

  for (gint y = 1; y < h - 1; y++)
    for (gint x = 1; x < w - 1; x++)
      {
        for (gint k = 0; k < 9; k++)
          blur[y * w + x] += image->rgb[3 * ((y - 1 + k / 3) * w + x - 1 + k % 3)] / 9;
        mean += blur[y * w + x] / ((w - 2) * (h - 2));
      }
  for (gint y = 1; y < h - 1; y++)
    for (gint x = 1; x < w - 1; x++)
      blur[y * w + x] -= mean;
  return blur;
}

/* How many pixels apart the pixels of @image are half as much alike as with themselves. */
static gdouble
feature_length (const NstImage *image)
{
  gint w = image->width, h = image->height, d;
  gdouble *v = blurred (image), before = 1, now = 1, variance = 0;

  for (gint i = 0; i < w * h; i++)
    variance += v[i] * v[i];
  for (d = 1; d < w / 2; d++)
    {
      now = 0;
      for (gint y = 0; y < h - d; y++)
        for (gint x = 0; x < w - d; x++)
          now += v[y * w + x] * (v[y * w + x + d] + v[(y + d) * w + x]) / (2 * variance);
      if (now < 0.5)
        break;
      before = now;
    }
  g_free (v);
  return d - 1 + (before - 0.5) / (before - now);
}

/* The result's features grow as the style's are scaled, also beyond the style's own pixels. */
static void
test_style_scale (void)
{
  RunCase it;
  gdouble length = 0, least = 0;

  controls_init (&it);
  it.settings.start = NST_START_NOISE;
  it.settings.strength = 100;
  it.settings.iterations = 30;
  for (gdouble scale = 50; scale <= 400; scale *= 2)
    {
      NstImage result;

      it.settings.style_scale = scale;
      result = run_case_run (&it, NULL, NULL);
      length = feature_length (&result);
      g_test_message ("%g %%: %g", scale, length);
      g_assert_cmpfloat (length, >, least);
      least = 1.3 * length;
      nst_image_clear (&result);
    }
  run_case_clear (&it);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/controls/style-scale", test_style_scale);
  return g_test_run ();
}
