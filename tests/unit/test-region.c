/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of a picture that is painted: how far around it is looked, what is cut out of the
 * whole, what masks and selections leave, and what lies over what.
 */
#include "buffers.h"
#include "pixels.h"
#include "region.h"

static void
region_limit (void)
{
  const gfloat one[] = {0, 0.5f, 1, 0.25f, 1}, two[] = {0.5f, 0.5f, 0.25f, 0, 1};
  const GeglRectangle rect = {1, 0, 3, 1};
  g_autoptr (GeglBuffer) first =
      gegl_buffer_new (GEGL_RECTANGLE (0, 0, 5, 1), babl_format ("Y float"));
  g_autoptr (GeglBuffer) second =
      gegl_buffer_new (GEGL_RECTANGLE (0, 0, 5, 1), babl_format ("Y u8"));
  g_autoptr (GeglBuffer) cover = NULL;
  gfloat left[3];

  gegl_buffer_set (first, NULL, 0, NULL, one, GEGL_AUTO_ROWSTRIDE);
  gegl_buffer_set (second, NULL, 0, babl_format ("Y float"), two, GEGL_AUTO_ROWSTRIDE);
  nst_region_limit (&cover, second, &rect, -1, 0);
  g_assert_true (gegl_buffer_get_format (cover) == babl_format ("Y u8"));
  g_clear_object (&cover);
  nst_region_limit (&cover, first, &rect, 0, 0);  /* 0.5 1 0.25 */
  nst_region_limit (&cover, second, &rect, 2, 0); /* 0 1, and nothing there */
  g_assert_true (gegl_rectangle_equal (gegl_buffer_get_extent (cover), &rect));
  gegl_buffer_get (cover, &rect, 1.0, babl_format ("Y float"), left, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  g_assert_cmpfloat (left[0], ==, 0);
  g_assert_cmpfloat (left[1], ==, 1);
  g_assert_cmpfloat (left[2], ==, 0);
}

static void
region_around (void)
{
  static const GeglRectangle whole = {0, 0, 1000, 800};
  static const GeglRectangle cases[][2] = {
      {{400, 300, 160, 80}, {380, 280, 200, 120}}, /* an eighth */
      {{400, 300, 10, 10}, {384, 284, 42, 42}},    /* at least 16 */
      {{2, 790, 160, 10}, {0, 770, 182, 30}},      /* as far as there is something */
      {{0, 0, 1000, 800}, {0, 0, 1000, 800}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GeglRectangle around = nst_region_around (&cases[i][0], &whole);

      g_assert_true (gegl_rectangle_equal (&around, &cases[i][1]));
    }
}

/* A picture whose red is its column and whose green is its row, in hundredths. */
static NstImage
columns_and_rows (gint width, gint height)
{
  NstImage image;

  g_assert_true (nst_image_alloc (&image, width, height, FALSE, NULL));
  for (gint i = 0; i < width * height; i++)
    {
      image.rgb[3 * i] = (gfloat) (i % width) / 100;
      image.rgb[3 * i + 1] = (gfloat) (i / width) / 100;
      image.rgb[3 * i + 2] = 0.5f;
    }
  return image;
}

/* What shows the part stays, exactly at the same size and nearly at another. */
static void
region_cut (void)
{
  static const GeglRectangle whole = {10, 20, 50, 40}, part = {17, 25, 30, 20};

  for (gint scaled = 0; scaled < 2; scaled++)
    {
      NstImage image = columns_and_rows (50, 40), larger;

      if (scaled)
        {
          g_assert_true (nst_image_scale (&image, 100, 80, &larger, NULL));
          nst_image_clear (&image);
          image = larger;
        }
      g_assert_true (nst_region_cut (&image, &whole, &part, NULL));
      g_assert_cmpint (image.width, ==, 30);
      g_assert_cmpint (image.height, ==, 20);
      for (gint y = 0; y < 20; y++)
        for (gint x = 0; x < 30; x++)
          assert_pixel (image.rgb + 3 * (y * 30 + x), (7 + x) / 100.0, (5 + y) / 100.0, 0.5,
                        scaled ? 3e-3 : 1e-7);
      nst_image_clear (&image);
    }
}

/* The upper one lies over the lower one, where it is and where that is read. */
static void
region_overlay (void)
{
  gfloat lower[8 * 6 * 4], upper[5 * 4 * 4];
  g_autoptr (GeglBuffer) below = NULL;
  g_autoptr (GeglBuffer) above = NULL;
  g_autoptr (GeglBuffer) both = NULL;
  NstImage image;

  for (guint i = 0; i < G_N_ELEMENTS (lower); i++)
    lower[i] = i % 4 == 3 ? 1 : 0.25f;
  for (guint i = 0; i < G_N_ELEMENTS (upper); i++)
    upper[i] = i % 4 == 3 ? 1 : 0.75f;
  below = buffer_of ("R'G'B' u16", 8, 6, lower);
  above = buffer_of ("R'G'B'A float", 5, 4, upper);
  both = nst_region_overlay (below, GEGL_RECTANGLE (2, 1, 5, 5), above, -1, 3);
  g_assert_true (nst_pixels_read (both, GEGL_RECTANGLE (2, 1, 5, 5), &image, NULL));
  g_assert_cmpint (image.width, ==, 5);
  g_assert_null (image.mask);
  for (gint y = 0; y < 5; y++)
    for (gint x = 0; x < 5; x++)
      {
        gdouble want = x + 2 < 4 && y + 1 >= 3 ? 0.75 : 0.25;

        assert_pixel (image.rgb + 3 * (y * 5 + x), want, want, want, 1e-4);
      }
  nst_image_clear (&image);
}

int
main (int argc, char **argv)
{
  gint status;

  g_test_init (&argc, &argv, NULL);
  gegl_init (NULL, NULL);
  g_test_add_func ("/region/around", region_around);
  g_test_add_func ("/region/limit", region_limit);
  g_test_add_func ("/region/cut", region_cut);
  g_test_add_func ("/region/overlay", region_overlay);
  status = g_test_run ();
  gegl_exit ();
  return status;
}
