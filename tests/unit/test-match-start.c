/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours that the picture begins with are those of the cells that its own are to become: in
 * plain words where there are two of them, and in each pixel as the oracle computes it.
 */
#include "match-case.h"
#include "losses/match-colour.h"

#include <math.h>
#include <string.h>

/* Cells of two colours of two styles: far from where they meet, and from what does not count, the
 * picture has these colours, and its own detail. */
static void
test_cells (void)
{
  enum
  {
    SHIFT = 2,
    CELLS_W = 12,
    CELLS_H = 6,
    W = CELLS_W * 4 + 3,
    H = CELLS_H * 4 + 1
  };
  NstMatchLayer layer = {0, 5, SHIFT, CELLS_W, CELLS_H, 0, 0, FALSE};
  NstMatch match;
  NstPool *pool = nst_pool_new (2);
  NstTensor style = {3, 4, 8, NULL}, image = {3, H, W, NULL};
  gfloat pixels[3 * 4 * 8], picture[3 * H * W], weights[H * W];
  GError *error = NULL;

  style.data = pixels;
  image.data = picture;
  nst_match_init (&match, &layer, MATCH_ALL, &error);
  for (gint s = 0; s < 2; s++)
    {
      /* of channel c the cell k has s / 2 + k / 4 + c / 8 on average */
      for (gint i = 0; i < 3 * 4 * 8; i++)
        pixels[i] = s * 0.5f + i % 8 / 4 * 0.25f + i / 32 * 0.125f + (i % 2 ? 0.1f : -0.1f);
      nst_match_add_style (&match, 2, 1, 0.5, &error);
      nst_match_take_colours (&match, &style, &error);
      g_assert_no_error (error);
    }
  for (gint i = 0; i < CELLS_W * CELLS_H; i++)
    match.index[i] = i % CELLS_W < 6 ? 1 : 2;
  for (gint i = 0; i < H * W; i++)
    {
      weights[i] = i / W < H - 2;
      for (gint c = 0; c < 3; c++)
        picture[c * H * W + i] = 0.3f + (i % W % 2 ? 0.05f : -0.05f);
    }
  nst_match_start (&match, pool, weights, 1, &image, &error);
  g_assert_no_error (error);
  for (gint i = 0; i < 3 * H * W; i++)
    {
      gint x = i % W, y = i / W % H, c = i / W / H;
      gdouble colour = x < W / 2 ? 0.25 + c * 0.125 : 0.5 + c * 0.125;

      if (ABS (x - 6 * 4) > 3 * 4)
        test_at_most (fabs (picture[i] - (y < H - 2 ? colour : 0.3) - (x % 2 ? 0.05 : -0.05)),
                      1e-6);
    }
  g_assert_null (match.styles[0].colours);
  nst_match_clear (&match);
  nst_pool_free (pool);
}

enum
{
  SIDE = 4,
  SHIFT = 2
};

/* Of the cell at @x, @y the mean of channel @c. */
static gdouble
cell_mean (const OracleMap *map, gint c, gint x, gint y)
{
  gdouble sum = 0;

  for (gint i = 0; i < SIDE * SIDE; i++)
    sum += map->v[((gsize) c * map->h + y * SIDE + i / SIDE) * map->w + x * SIDE + i % SIDE];
  return sum / (SIDE * SIDE);
}

/* What the cells of @image lack to have those of @style that @index names, those at the border
 * as the next ones within. */
static OracleMap
lack (const OracleMap *image, const OracleMap *style, const gint32 *index, gint w, gint h)
{
  OracleMap map = oracle_map_new (3, h, w);

  for (gint i = 0; i < 3 * w * h; i++)
    {
      gint c = i / (w * h), x = CLAMP (i % w, 1, w - 2), y = CLAMP (i / w % h, 1, h - 2);
      gint number = index[y * w + x], cells = style->w / SIDE;

      map.v[i] =
          cell_mean (style, c, number % cells, number / cells) - cell_mean (image, c, x, y);
    }
  return map;
}

/* Each value becomes the mean of nine, weighted 1 2 1 either way; beyond the border is as at it. */
static void
soften (OracleMap *map)
{
  OracleMap before = *map;

  *map = oracle_map_new (map->c, map->h, map->w);
  for (gsize i = 0; i < oracle_map_size (map); i++)
    for (gint k = 0; k < 9; k++)
      {
        gint dx = k % 3 - 1, dy = k / 3 - 1, c = (gint) i / (map->w * map->h);
        gint x = CLAMP ((gint) i % map->w + dx, 0, map->w - 1);
        gint y = CLAMP ((gint) i / map->w % map->h + dy, 0, map->h - 1);

        map->v[i] += (2 - abs (dx)) * (2 - abs (dy)) / 16.0
                     * before.v[((gsize) c * map->h + y) * map->w + x];
      }
  oracle_map_clear (&before);
}

/* How much cell @k of @n has to say about a pixel: its middle all, the next ones' nothing. */
static gdouble
share (gint pixel, gint k, gint n)
{
  gdouble at = CLAMP ((pixel + 0.5) / SIDE - 0.5, 0, n - 1);

  return MAX (0, 1 - fabs (at - k));
}

static gdouble
interpolate (const OracleMap *map, gint c, gint x, gint y)
{
  gdouble sum = 0;

  for (gint i = 0; i < map->w * map->h; i++)
    sum += share (x, i % map->w, map->w) * share (y, i / map->w, map->h)
           * map->v[c * map->w * map->h + i];
  return sum;
}

/* Random pictures that are no whole number of cells, random choices and weights. */
static void
check_pixels (gint w, gint h, gboolean weighted)
{
  NstMatchLayer layer = {0, 5, SHIFT, w, h, 0, 0, FALSE};
  gint image_w = w * SIDE + 3, image_h = h * SIDE + 1;
  OracleMap image = test_map (3, image_h, image_w, 1700),
            style = test_map (3, 5 * SIDE, 6 * SIDE, 1701), less;
  NstTensor pixels = test_tensor (&image), painting = test_tensor (&style);
  gfloat *weights = g_new (gfloat, image_w * image_h);
  NstPool *pool = nst_pool_new (2);
  NstMatch match;

  for (gint i = 0; i < image_w * image_h; i++)
    weights[i] = 0.5f + 0.5f * test_uniform (1702, i);
  g_assert_true (nst_match_init (&match, &layer, MATCH_ALL, NULL));
  g_assert_true (nst_match_add_style (&match, 6, 5, 1, NULL));
  g_assert_true (nst_match_take_colours (&match, &painting, NULL));
  for (gint i = 0; i < w * h; i++)
    match.index[i] = test_int (1703, i, 0, 29);
  less = lack (&image, &style, match.index, w, h);
  soften (&less);
  soften (&less);
  g_assert_true (nst_match_start (&match, pool, weighted ? weights : NULL, 0.7, &pixels, NULL));
  for (gsize i = 0; i < oracle_map_size (&image); i++)
    {
      gsize plane = (gsize) image_w * image_h;
      gint x = (gint) (i % plane) % image_w, y = (gint) (i % plane) / image_w;
      gdouble amount = 0.7 * (weighted ? weights[i % plane] : 1);

      image.v[i] += amount * interpolate (&less, (gint) (i / plane), x, y);
      test_at_most (fabs (pixels.data[i] - image.v[i]), 1e-5);
    }
  nst_match_clear (&match);
  nst_pool_free (pool);
  nst_tensor_clear (&pixels);
  nst_tensor_clear (&painting);
  oracle_map_clear (&image);
  oracle_map_clear (&style);
  oracle_map_clear (&less);
  g_free (weights);
}

static void
test_pixels (void)
{
  check_pixels (7, 5, FALSE);
  check_pixels (3, 8, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match-start/cells", test_cells);
  g_test_add_func ("/match-start/pixels", test_pixels);
  return g_test_run ();
}
