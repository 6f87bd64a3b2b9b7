/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose colours a result has: the content's, kept; the style's; the style's after they were matched
 * to the content's, by mean and covariance.
 */
#include "images/colour.h"
#include "run.h"

#include <math.h>
#include <string.h>

static gdouble
luma (const gfloat *rgb)
{
  return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
}

/* With the content's colours kept, each pixel differs from the content's in
 * luma only (where nothing had to be clipped). */
static void
test_keep_colours (void)
{
  RunCase it;
  NstImage result;
  gint kept = 0;

  run_case_init (&it);
  it.settings.colour = NST_COLOUR_CONTENT;
  result = run_case_run (&it, NULL, NULL);
  run_check_pixels (&result, RUN_WIDTH, RUN_HEIGHT);
  for (gint i = 0; i < RUN_WIDTH * RUN_HEIGHT; i++)
    {
      const gfloat *was = it.content.rgb + i * 3, *is = result.rgb + i * 3;
      gboolean clipped = FALSE;

      for (gint c = 0; c < 3; c++)
        clipped |= is[c] <= 0 || is[c] >= 1;
      for (gint c = 0; c < 3 && !clipped; c++)
        test_at_most (fabs (is[c] - luma (is) - (was[c] - luma (was))), 1e-5);
      kept += !clipped;
    }
  g_assert_cmpint (kept, >, RUN_WIDTH * RUN_HEIGHT / 2);
  g_assert_cmpfloat (run_farthest (&result, &it.content), >, 0.01);
  nst_image_clear (&result);
  run_case_clear (&it);
}

/* With the content's colours kept, how bright and contrasty the style is does
 * not matter: its grey is matched to the content's. */
static void
test_keep_colours_grey (void)
{
  RunCase it;
  NstImage *style;
  gdouble loss;

  run_case_init (&it);
  it.settings.colour = NST_COLOUR_CONTENT;
  style = &it.style[0].image;
  loss = run_first_loss (&it);
  for (gint i = 0; i < style->width * style->height * 3; i++)
    style->rgb[i] = 0.2 + 0.4 * style->rgb[i];
  test_at_most (fabs (run_first_loss (&it) - loss), 1e-4 * loss);
  run_case_clear (&it);
}

/* The mean colour and the covariance of n colours, one after the other. */
static void
colour_statistics (const gfloat *rgb, gint n, gdouble mean[3], gdouble covariance[9])
{
  for (gint a = 0; a < 3; a++)
    {
      mean[a] = 0;
      for (gint i = 0; i < n; i++)
        mean[a] += rgb[3 * i + a] / n;
    }
  for (gint a = 0; a < 9; a++)
    {
      covariance[a] = 0;
      for (gint i = 0; i < n; i++)
        covariance[a] +=
            (rgb[3 * i + a / 3] - mean[a / 3]) * (rgb[3 * i + a % 3] - mean[a % 3]) / n;
    }
}

/* A copy of @image's colours after matching to @content's. */
static gfloat *
matched_colours (const NstImage *image, const NstImage *content)
{
  gint n = image->width * image->height;
  NstTensor planes = test_tensor_new (3, image->height, image->width);
  NstColourMap map;
  gfloat *rgb = g_new (gfloat, 3 * n);

  for (gint i = 0; i < 3 * n; i++)
    planes.data[i % 3 * n + i / 3] = image->rgb[i];
  nst_colour_match (image, content, &map);
  nst_colour_apply (&map, &planes, NULL);
  nst_colour_clip (&planes);
  for (gint i = 0; i < 3 * n; i++)
    rgb[i] = planes.data[i % 3 * n + i / 3];
  nst_tensor_clear (&planes);
  return rgb;
}

/* Pale enough that nothing is clipped. */
static NstImage
pale_image (guint64 seed, gint width, gint height)
{
  NstImage image = test_image (seed, width, height);

  for (gint i = 0; i < width * height * 3; i++)
    image.rgb[i] = 0.4 + 0.1 * image.rgb[i] + 0.05 * image.rgb[i / 3 * 3];
  return image;
}

/* Matched colours have the content's mean and covariance. */
static void
test_match_statistics (void)
{
  NstImage content = pale_image (3010, 40, 31), style = test_image (3020, 50, 37);
  gdouble mean[3], covariance[9], want_mean[3], want_covariance[9];
  gfloat *rgb = matched_colours (&style, &content);

  colour_statistics (content.rgb, 40 * 31, want_mean, want_covariance);
  colour_statistics (rgb, 50 * 37, mean, covariance);
  test_at_most (test_relative (mean, want_mean, 3), 1e-4);
  test_at_most (test_relative (covariance, want_covariance, 9), 0.02);
  g_free (rgb);
  nst_image_clear (&content);
  nst_image_clear (&style);
}

/* Neither a grey nor a flat style or content is blown up: colours are finite, have the
 * content's mean, and vary no more than the content's. */
static void
test_match_flat (void)
{
  for (gint kind = 0; kind < 4; kind++)
    {
      NstImage content = pale_image (3010, 40, 31), style = test_image (3020, 40, 31);
      NstImage *changed = kind < 2 ? &style : &content;
      gdouble mean[3], covariance[9], want_mean[3], want_covariance[9];
      gfloat *rgb;

      for (gint i = 0; i < 3 * 40 * 31; i++)
        changed->rgb[i] = kind % 2 == 0 ? changed->rgb[i / 3 * 3] : 0.5;
      rgb = matched_colours (&style, &content);
      colour_statistics (content.rgb, 40 * 31, want_mean, want_covariance);
      colour_statistics (rgb, 40 * 31, mean, covariance);
      test_at_most (test_relative (mean, want_mean, 3), 1e-4);
      for (gint a = 0; a < 9; a += 4)
        test_at_most (covariance[a], 1.05 * want_covariance[a] + 2e-5);
      g_free (rgb);
      nst_image_clear (&content);
      nst_image_clear (&style);
    }
}

/* The content follows the mean and covariance of the styles together, as far as it is to. */
static void
test_follow (void)
{
  enum
  {
    N = 40 * 31
  };
  NstImage content = test_image (3010, 40, 31);
  NstStyle styles[] = {{pale_image (3020, 40, 31), 3}, {pale_image (3030, 40, 31), 1}};
  gfloat *mixed = g_new (gfloat, 3 * 4 * N), rgb[3 * N];
  gdouble mean[3], covariance[9], want_mean[3], want_covariance[9];
  NstColourMap map;

  for (gint i = 0; i < 4; i++)
    memcpy (mixed + i * 3 * N, styles[i == 3].image.rgb, 3 * N * sizeof (gfloat));
  colour_statistics (mixed, 4 * N, want_mean, want_covariance);
  for (gint half = 0; half < 3; half++)
    {
      nst_colour_follow (&content, styles, 2, half / 2.0, &map);
      for (gint i = 0; i < 3 * N; i++)
        {
          const gdouble *row = map.matrix[i % 3];
          const gfloat *was = content.rgb + i / 3 * 3;

          rgb[i] = row[0] * was[0] + row[1] * was[1] + row[2] * was[2] + map.shift[i % 3];
        }
      if (half == 0)
        g_assert_cmpmem (rgb, sizeof rgb, content.rgb, sizeof rgb);
    }
  colour_statistics (rgb, N, mean, covariance);
  test_at_most (test_relative (mean, want_mean, 3), 1e-4);
  /* 0.04 by what is added, 0.01 by what counts as flat */
  test_at_most (test_relative (covariance, want_covariance, 9), 0.06);
  nst_image_clear (&content);
  nst_image_clear (&styles[0].image);
  nst_image_clear (&styles[1].image);
  g_free (mixed);
}

/* What the masks leave out has no part in the matching. */
static void
test_match_mask (void)
{
  NstImage content = pale_image (3010, 40, 31), style = test_image (3020, 40, 31);
  gint n = 40 * 31;
  gfloat *plain = matched_colours (&style, &content), *masked;

  style.mask = g_new0 (gfloat, n);
  for (gint i = 0; i < n; i++)
    if (i % 3)
      style.mask[i] = 1;
  masked = matched_colours (&style, &content);
  g_assert_false (memcmp (plain, masked, 3 * n * sizeof (gfloat)) == 0);
  for (gint i = 0; i < n; i += 3)
    style.rgb[3 * i] = 1 - style.rgb[3 * i];
  g_free (plain);
  plain = matched_colours (&style, &content);
  for (gint i = 0; i < 3 * n; i++)
    if (i / 3 % 3)
      g_assert_cmpfloat (plain[i], ==, masked[i]);
  g_free (plain);
  g_free (masked);
  g_clear_pointer (&style.mask, g_free);
  nst_image_clear (&content);
  nst_image_clear (&style);
}

/* How far apart the mean chromas are: the mean colours less their lumas. */
static gdouble
chroma_distance (const NstImage *a, const NstImage *b)
{
  gdouble mean[2][3], unused[9], most = 0;
  gfloat rgb[3];

  colour_statistics (a->rgb, a->width * a->height, mean[0], unused);
  colour_statistics (b->rgb, b->width * b->height, mean[1], unused);
  for (gint c = 0; c < 3; c++)
    rgb[c] = mean[0][c] - mean[1][c];
  for (gint c = 0; c < 3; c++)
    most = MAX (most, fabs (rgb[c] - luma (rgb)));
  return most;
}

/* A red style reddens the result, but not where its colours are matched first. */
static void
test_match_colours (void)
{
  RunCase it;
  NstImage plain, matched;
  NstImage *style;

  run_case_init (&it);
  it.settings.strength = 100;
  it.settings.iterations = 30;
  style = &it.style[0].image;
  for (gint i = 0; i < style->width * style->height; i++)
    {
      style->rgb[3 * i] = 0.7 + 0.3 * style->rgb[3 * i];
      style->rgb[3 * i + 1] *= 0.3;
      style->rgb[3 * i + 2] *= 0.3;
    }
  plain = run_case_run (&it, NULL, NULL);
  it.settings.colour = NST_COLOUR_MATCH;
  matched = run_case_run (&it, NULL, NULL);
  g_assert_cmpfloat (chroma_distance (&plain, &it.content), >, 0.2);
  test_at_most (chroma_distance (&matched, &it.content), 0.03);
  nst_image_clear (&plain);
  nst_image_clear (&matched);
  run_case_clear (&it);
}

/* Into [0,1], and not what lies behind. */
static void
test_clip (void)
{
  gfloat values[] = {-0.5f, 0, 0.25f, 1, 1.5f, 2, 2};
  NstTensor image = {3, 1, 2, values};

  nst_colour_clip (&image);
  g_assert_cmpfloat (values[0], ==, 0);
  g_assert_cmpfloat (values[2], ==, 0.25);
  g_assert_cmpfloat (values[4], ==, 1);
  g_assert_cmpfloat (values[5], ==, 1);
  g_assert_cmpfloat (values[6], ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/style-colours/follow", test_follow);
  g_test_add_func ("/style-colours/clip", test_clip);
  g_test_add_func ("/style-colours/keep-colours", test_keep_colours);
  g_test_add_func ("/style-colours/keep-colours/grey", test_keep_colours_grey);
  g_test_add_func ("/style-colours/match-colours", test_match_colours);
  g_test_add_func ("/style-colours/match-colours/statistics", test_match_statistics);
  g_test_add_func ("/style-colours/match-colours/flat", test_match_flat);
  g_test_add_func ("/style-colours/match-colours/mask", test_match_mask);
  return g_test_run ();
}
