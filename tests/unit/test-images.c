/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Images: sizes that cannot be are refused, scaling and margins are their definitions, in plain
 * loops, with the same bytes on any number of threads, and colours become what they are matched to.
 */
#include "images/colour.h"
#include "fixture.h"
#include "images/resample.h"

#include <math.h>
#include <string.h>

static NstPool *pool;

static void
test_alloc (void)
{
  static const gint bad[][2] = {
      {0, 1}, {1, 0}, {-1, 5}, {NST_SIZE_MAX + 1, 1}, {1, G_MAXINT}, {G_MININT, G_MININT}};
  NstImage image;
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (nst_image_alloc (&image, bad[i][0], bad[i][1], TRUE, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
      g_assert_true (image.rgb == NULL && image.mask == NULL);
      g_clear_error (&error);
    }
  g_assert_true (nst_image_alloc (&image, 3, 5, TRUE, &error));
  memset (image.rgb, 0, 3 * 5 * 3 * sizeof (gfloat));
  memset (image.mask, 0, 3 * 5 * sizeof (gfloat));
  nst_image_clear (&image);
  g_assert_true (image.rgb == NULL && image.mask == NULL);
  nst_image_clear (&image);
}

static NstTensor
resample (NstResample kind, const NstTensor *from, gint h, gint w)
{
  NstTensor to;
  GError *error = NULL;

  nst_resize (pool, kind, from, (NstSize){w, h}, &to, &error);
  g_assert_no_error (error);
  return to;
}

/* A constant stays one at every size, up and down. */
static void
test_constant (void)
{
  for (gint round = 0; round < 60; round++)
    {
      NstResample kind = round % 2 ? NST_RESAMPLE_CUBIC : NST_RESAMPLE_NEAREST;
      NstTensor from = test_tensor_new (2, test_int (5000, round, 1, 40),
                                        test_int (5001, round, 1, 40)),
                to;

      for (gsize i = 0; i < nst_tensor_size (&from); i++)
        from.data[i] = i < nst_tensor_plane (&from) ? 0.25 : 0.75;
      to = resample (kind, &from, test_int (5002, round, 1, 60), test_int (5003, round, 1, 60));
      for (gsize i = 0; i < nst_tensor_size (&to); i++)
        test_at_most (fabs (to.data[i] - (i < nst_tensor_plane (&to) ? 0.25 : 0.75)), 1e-6);
      nst_tensor_clear (&from);
      nst_tensor_clear (&to);
    }
}

/* A ramp, enlarged by a cubic that keeps straight lines, is a ramp: pixel
 * centres lie where they should.  Shrunk too.  (Not at the edges, which are
 * extended.) */
static void
test_ramp (void)
{
  static const gint sizes[][2] = {{40, 80}, {40, 57}, {40, 20}, {40, 13}, {41, 39}};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gint n = sizes[i][0], m = sizes[i][1], edge;
      gdouble ratio = (gdouble) n / m;
      NstTensor from = test_tensor_new (1, n, n), to;

      for (gint y = 0; y < n; y++)
        for (gint x = 0; x < n; x++)
          from.data[y * n + x] = 3 * y + x;
      to = resample (NST_RESAMPLE_CUBIC, &from, m, m);
      edge = ceil (2 * MAX (ratio, 1) / ratio) + 1;
      for (gint y = edge; y < m - edge; y++)
        for (gint x = edge; x < m - edge; x++)
          {
            gdouble at_y = (y + 0.5) * ratio - 0.5, at_x = (x + 0.5) * ratio - 0.5;

            test_at_most (fabs (to.data[y * m + x] - (3 * at_y + at_x)),
                          ratio > 1 ? 0.1 : 1e-3);
          }
      nst_tensor_clear (&from);
      nst_tensor_clear (&to);
    }
}

/* Shrinking averages: pixel-wide stripes become their mean, not an alias. */
static void
test_smooth_when_shrinking (void)
{
  NstTensor from = test_tensor_new (1, 8, 120), to;

  for (gint i = 0; i < 8 * 120; i++)
    from.data[i] = i % 2;
  to = resample (NST_RESAMPLE_CUBIC, &from, 8, 40);
  for (gint y = 0; y < 8; y++)
    for (gint x = 3; x < 37; x++)
      test_at_most (fabs (to.data[y * 40 + x] - 0.5), 0.03);
  nst_tensor_clear (&from);
  nst_tensor_clear (&to);
}

/* Nearest neighbour: floor ((i + 1/2) ratio), as PIL's. */
static void
test_nearest (void)
{
  static const gint sizes[][2] = {{7, 3}, {3, 7}, {5, 5}, {10, 4}, {1, 6}};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gint n = sizes[i][0], m = sizes[i][1];
      NstTensor from = test_tensor_new (1, 1, n), to;

      for (gint x = 0; x < n; x++)
        from.data[x] = x;
      to = resample (NST_RESAMPLE_NEAREST, &from, 2, m);
      for (gint x = 0; x < 2 * m; x++)
        g_assert_cmpfloat (to.data[x], ==, (2 * (x % m) + 1) * n / (2 * m));
      nst_tensor_clear (&from);
      nst_tensor_clear (&to);
    }
}

/* Keys' cubic with a = -1/2, made wider for shrinking, at distance @x. */
static gdouble
keys (gdouble x, gdouble stretch)
{
  x = fabs (x) / stretch;
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/* One pixel of @from, scaled to h x w, straight from the definition. */
static gdouble
plain_pixel (const NstTensor *from, gint c, gint y, gint x, gint h, gint w)
{
  gdouble at_y = (y + 0.5) * from->h / h - 0.5, at_x = (x + 0.5) * from->w / w - 0.5;
  gdouble stretch_y = MAX ((gdouble) from->h / h, 1),
          stretch_x = MAX ((gdouble) from->w / w, 1);
  gdouble sum = 0, weights = 0;

  for (gint r = floor (at_y - 2 * stretch_y); r <= ceil (at_y + 2 * stretch_y); r++)
    for (gint s = floor (at_x - 2 * stretch_x); s <= ceil (at_x + 2 * stretch_x); s++)
      {
        gdouble weight = keys (r - at_y, stretch_y) * keys (s - at_x, stretch_x);
        gint row = CLAMP (r, 0, from->h - 1), column = CLAMP (s, 0, from->w - 1);

        weights += weight;
        sum += weight * from->data[((gsize) c * from->h + row) * from->w + column];
      }
  return sum / weights;
}

/* Against the definition; interleaved pixels give the same bytes, and so do all
 * numbers of threads. */
static void
test_plain (void)
{
  for (gint round = 0; round < 60; round++)
    {
      gint h = test_int (5010, round, 1, 40), w = test_int (5011, round, 1, 40);
      gint to_h = test_int (5012, round, 1, 50), to_w = test_int (5013, round, 1, 50);
      NstTensor from = test_tensor_new (3, h, w), to, other;
      gsize plane = nst_tensor_plane (&from);
      gfloat *pixels = g_new (gfloat, 3 * plane);
      NstPixels plain = {pixels, w, h, FALSE}, clamped = {pixels, w, h, TRUE};
      NstPool *few = nst_pool_new (1 + round % 2);

      if (round % 10 == 0)
        to_h = h, to_w = w;
      for (gsize i = 0; i < 3 * plane; i++)
        {
          from.data[i] = test_uniform (5014 + round, i);
          pixels[i % plane * 3 + i / plane] = from.data[i];
        }
      to = resample (NST_RESAMPLE_CUBIC, &from, to_h, to_w);
      other = test_tensor_new (3, to_h, to_w);
      for (gsize i = 0; i < nst_tensor_size (&to); i++)
        test_at_most (fabs (to.data[i]
                            - plain_pixel (&from, i / to_w / to_h, i / to_w % to_h, i % to_w,
                                           to_h, to_w)),
                      2e-6);
      g_assert_true (nst_resample_pixels (few, NST_RESAMPLE_CUBIC, &plain, &other, NULL));
      g_assert_cmpmem (to.data, nst_tensor_size (&to) * 4, other.data,
                       nst_tensor_size (&to) * 4);

      for (gsize i = 0; i < 3 * plane; i++)
        from.data[i] = CLAMP (from.data[i], 0, 1);
      nst_tensor_clear (&to);
      g_assert_true (
          nst_resize (few, NST_RESAMPLE_CUBIC, &from, (NstSize){to_w, to_h}, &to, NULL));
      g_assert_true (nst_resample_pixels (pool, NST_RESAMPLE_CUBIC, &clamped, &other, NULL));
      g_assert_cmpmem (to.data, nst_tensor_size (&to) * 4, other.data,
                       nst_tensor_size (&to) * 4);
      nst_pool_free (few);
      nst_tensor_clear (&from);
      nst_tensor_clear (&to);
      nst_tensor_clear (&other);
      g_free (pixels);
    }
}

/* The public scaling: the same size is the same picture; a mask comes along;
 * nothing leaves [0,1]. */
static void
test_scale (void)
{
  NstImage image = test_image (5100, 23, 17), alone = {23, 17, NULL, NULL}, same, other;
  GError *error = NULL;

  g_assert_true (nst_image_scale (&image, 23, 17, &same, &error));
  g_assert_null (same.mask);
  g_assert_cmpmem (same.rgb, 23 * 17 * 3 * sizeof (gfloat), image.rgb,
                   23 * 17 * 3 * sizeof (gfloat));
  nst_image_clear (&same);
  image.mask = nst_alloc (23 * 17, sizeof (gfloat), NULL);
  for (gint i = 0; i < 23 * 17; i++)
    image.mask[i] = i % 23 < 11;
  alone.mask = image.mask;
  g_assert_true (nst_image_scale (&image, 46, 50, &other, &error));
  g_assert_cmpint (other.width, ==, 46);
  g_assert_cmpint (other.height, ==, 50);
  for (gint i = 0; i < 46 * 50 * 3; i++)
    g_assert_true (other.rgb[i] >= 0 && other.rgb[i] <= 1);
  test_at_most (fabs (other.mask[20 * 46 + 5] - 1), 1e-6);
  test_at_most (fabs (other.mask[20 * 46 + 40]), 1e-6);
  g_assert_true (nst_image_scale (&alone, 46, 50, &same, &error)); /* a mask without colours */
  g_assert_null (same.rgb);
  g_assert_cmpmem (same.mask, 46 * 50 * sizeof (gfloat), other.mask, 46 * 50 * sizeof (gfloat));
  nst_image_clear (&same);
  nst_image_clear (&other);
  g_assert_false (nst_image_scale (&image, 0, 5, &other, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  nst_image_clear (&image);
}

static gdouble
luma (const NstTensor *image, gint p)
{
  gsize plane = nst_tensor_plane (image);

  return 0.299 * image->data[p] + 0.587 * image->data[plane + p]
         + 0.114 * image->data[2 * plane + p];
}

static NstTensor
random_planes (guint64 seed)
{
  OracleMap map = test_map (3, 9, 8, seed);
  NstTensor tensor = test_tensor (&map);

  oracle_map_clear (&map);
  return tensor;
}

static void
test_chroma (void)
{
  NstTensor content = random_planes (5200), result = random_planes (5201), was;

  was = random_planes (5201);
  nst_colour_take_chroma (&result, &content);
  for (gint p = 0; p < 72; p++)
    {
      test_at_most (fabs (luma (&result, p) - luma (&was, p)), 1e-6);
      for (gint c = 0; c < 3; c++)
        test_at_most (fabs ((result.data[c * 72 + p] - luma (&result, p))
                            - (content.data[c * 72 + p] - luma (&content, p))),
                      1e-6);
    }
  nst_tensor_clear (&content);
  nst_tensor_clear (&result);
  nst_tensor_clear (&was);
}

static void
moments (const NstTensor *image, gdouble *mean, gdouble *deviation)
{
  gdouble sum = 0, squares = 0;

  for (gsize p = 0; p < nst_tensor_plane (image); p++)
    sum += image->data[p];
  *mean = sum / nst_tensor_plane (image);
  for (gsize p = 0; p < nst_tensor_plane (image); p++)
    squares += (image->data[p] - *mean) * (image->data[p] - *mean);
  *deviation = sqrt (squares / nst_tensor_plane (image));
}

/* A grey style gets the content's mean and deviation; a flat one its mean. */
static void
test_match_grey (void)
{
  for (gint flat = 0; flat < 2; flat++)
    {
      NstTensor content = random_planes (5300), style = random_planes (5301), was;
      gdouble mean, deviation, want_mean, want_deviation;

      was = random_planes (5301);
      nst_colour_to_grey (&content);
      nst_colour_to_grey (&style);
      for (gint p = 0; p < 72; p++)
        test_at_most (fabs (style.data[72 + p] - luma (&was, p)), 1e-6);
      for (gsize i = 0; flat && i < nst_tensor_size (&style); i++)
        style.data[i] = 0.3;
      nst_colour_match_grey (&style, &content);
      moments (&style, &mean, &deviation);
      moments (&content, &want_mean, &want_deviation);
      test_at_most (fabs (mean - want_mean), 1e-5);
      test_at_most (fabs (deviation - (flat ? 0 : want_deviation)), 1e-5);
      nst_tensor_clear (&content);
      nst_tensor_clear (&style);
      nst_tensor_clear (&was);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/images/alloc", test_alloc);
  g_test_add_func ("/images/resample/constant", test_constant);
  g_test_add_func ("/images/resample/ramp", test_ramp);
  g_test_add_func ("/images/resample/smooth", test_smooth_when_shrinking);
  g_test_add_func ("/images/resample/nearest", test_nearest);
  g_test_add_func ("/images/resample/plain", test_plain);
  g_test_add_func ("/images/scale", test_scale);
  g_test_add_func ("/images/chroma", test_chroma);
  g_test_add_func ("/images/match-grey", test_match_grey);
  pool = nst_pool_new (3);
  status = g_test_run ();
  nst_pool_free (pool);
  return status;
}
