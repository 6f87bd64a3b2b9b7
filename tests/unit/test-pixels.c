/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels between GEGL's buffers and plain images: every precision, alpha,
 * transparent and impossible pixels, sizes.
 */
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "buffers.h"
#include "common.h"
#include "pixels.h"

static const gchar *const precisions[] = {
    "R'G'B'A u8",     "R'G'B'A u16", "R'G'B'A u32",      "R'G'B'A half", "R'G'B'A float",
    "R'G'B'A double", "RGBA u8",     "RGBA u16",         "RGBA half",    "RGBA float",
    "R'G'B' u8",      "RGB float",   "R'aG'aB'aA float",
};

static void
read_precisions (void)
{
  const gfloat rgba[] = {0.2f, 0.4f, 0.8f, 1, 0.6f, 1, 0, 1};

  for (guint i = 0; i < G_N_ELEMENTS (precisions); i++)
    {
      g_autoptr (GeglBuffer) buffer = buffer_of (precisions[i], 2, 1, rgba);
      NstImage image;

      g_assert_true (nst_pixels_read (buffer, GEGL_RECTANGLE (0, 0, 2, 1), &image, NULL));
      /* Linear 8-bit is coarse in the darks. */
      assert_pixel (image.rgb, 0.2, 0.4, 0.8, 0.02);
      assert_pixel (image.rgb + 3, 0.6, 1, 0, 0.02);
      g_assert_null (image.mask);
      nst_image_clear (&image);
    }
}

static void
read_grey (void)
{
  const gfloat rgba[] = {0.5f, 0.5f, 0.5f, 0.25f};
  g_autoptr (GeglBuffer) grey = buffer_of ("Y' u8", 1, 1, rgba);
  g_autoptr (GeglBuffer) grey_alpha = buffer_of ("YA float", 1, 1, rgba);
  NstImage image;

  g_assert_true (nst_pixels_read (grey, GEGL_RECTANGLE (0, 0, 1, 1), &image, NULL));
  assert_pixel (image.rgb, 0.5, 0.5, 0.5, 0.01);
  g_assert_null (image.mask);
  nst_image_clear (&image);

  g_assert_true (nst_pixels_read (grey_alpha, GEGL_RECTANGLE (0, 0, 1, 1), &image, NULL));
  assert_pixel (image.rgb, 0.5, 0.5, 0.5, 0.001);
  g_assert_cmpfloat_with_epsilon (image.mask[0], 0.25, 1e-6);
  nst_image_clear (&image);
}

/* Rows and columns keep their places over several bands, at an offset. */
static void
read_part (void)
{
  const GeglRectangle all = {-3, 5, 70, 200}, part = {2, 10, 33, 150};
  g_autoptr (GeglBuffer) buffer = gegl_buffer_new (&all, babl_format ("R'G'B' float"));
  g_autofree gfloat *rgb = g_new (gfloat, 70 * 200 * 3);
  NstImage image;

  for (gint i = 0; i < 70 * 200; i++)
    {
      rgb[3 * i] = (gfloat) (i % 70) / 256;
      rgb[3 * i + 1] = (gfloat) (i / 70) / 256;
      rgb[3 * i + 2] = 0.5f;
    }
  gegl_buffer_set (buffer, &all, 0, NULL, rgb, GEGL_AUTO_ROWSTRIDE);

  g_assert_true (nst_pixels_read (buffer, &part, &image, NULL));
  g_assert_cmpint (image.width, ==, 33);
  g_assert_cmpint (image.height, ==, 150);
  for (gint y = 0; y < 150; y++)
    for (gint x = 0; x < 33; x++)
      assert_pixel (image.rgb + 3 * (y * 33 + x), (x + 5) / 256.0, (y + 5) / 256.0, 0.5, 1e-6);
  nst_image_clear (&image);
}

static void
read_impossible (void)
{
  const gfloat rgba[] = {NAN, INFINITY, -INFINITY, 1, 5, -3, 1e30f, NAN, 0.5f, 0.5f, 0.5f, 1};
  g_autoptr (GeglBuffer) buffer = buffer_of ("R'G'B'A float", 3, 1, rgba);
  NstImage image;

  g_assert_true (nst_pixels_read (buffer, GEGL_RECTANGLE (0, 0, 3, 1), &image, NULL));
  assert_pixel (image.rgb, 0, 1, 0, 1e-6);
  assert_pixel (image.rgb + 6, 0.5, 0.5, 0.5, 1e-6);
  g_assert_cmpfloat (image.mask[1], ==, 0);
  for (gint i = 0; i < 9; i++)
    g_assert_true (image.rgb[i] >= 0 && image.rgb[i] <= 1);
  nst_image_clear (&image);
}

/* What hides under transparent pixels is not seen; between two colours they blend. */
static void
fill_transparent (void)
{
  enum
  {
    W = 37,
    H = 21
  };
  g_autofree gfloat *rgba = g_new (gfloat, W * H * 4);
  g_autoptr (GeglBuffer) buffer = NULL;
  NstImage image;

  for (gint i = 0; i < W * H; i++)
    {
      gint x = i % W;
      const gfloat left[] = {0, 1, 0, 1}, right[] = {0, 0, 1, 1}, hidden[] = {1, 0, 0, 0};

      memcpy (rgba + 4 * i, x < 8 ? left : x >= W - 8 ? right : hidden, sizeof left);
    }
  buffer = buffer_of ("R'G'B'A float", W, H, rgba);

  g_assert_true (nst_pixels_read (buffer, GEGL_RECTANGLE (0, 0, W, H), &image, NULL));
  for (gint i = 0; i < W * H; i++)
    {
      gint x = i % W;
      const gfloat *rgb = image.rgb + 3 * i;

      g_assert_cmpfloat (image.mask[i], ==, x < 8 || x >= W - 8);
      g_assert_cmpfloat (rgb[0], ==, 0);
      g_assert_cmpfloat_with_epsilon (rgb[1] + rgb[2], 1, 1e-5);
      if (x < 8 || x >= W - 8)
        g_assert_cmpfloat (rgb[1], ==, x < 8);
      else if (i % W < W - 1)
        g_assert_cmpfloat (fabs (rgb[1] - rgb[4]), <, 0.4);
    }
  g_assert_cmpfloat (image.rgb[3 * 10 + 1], >, 0.6);
  g_assert_cmpfloat (image.rgb[3 * (W - 11) + 2], >, 0.6);
  nst_image_clear (&image);
}

/* One visible pixel colours all, in shapes of every kind. */
static void
fill_from_one_pixel (void)
{
  static const gint sizes[][2] = {{1, 2}, {2, 1},   {1, 65},  {65, 1},
                                  {3, 5}, {64, 64}, {129, 66}};

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (gint corner = 0; corner <= 1; corner++)
      {
        gint w = sizes[k][0], h = sizes[k][1];
        g_autofree gfloat *rgba = g_new0 (gfloat, w * h * 4);
        const gfloat colour[] = {0.25f, 0.5f, 0.75f, 0.01f};
        g_autoptr (GeglBuffer) buffer = NULL;
        NstImage image;

        memcpy (rgba + 4 * (corner ? w * h - 1 : 0), colour, sizeof colour);
        buffer = buffer_of ("R'G'B'A float", w, h, rgba);
        g_assert_true (nst_pixels_read (buffer, GEGL_RECTANGLE (0, 0, w, h), &image, NULL));
        for (gint i = 0; i < w * h; i++)
          assert_pixel (image.rgb + 3 * i, 0.25, 0.5, 0.75, 1e-5);
        nst_image_clear (&image);
      }
}

static void
read_refused (void)
{
  static const gint sizes[][2] = {
      {0, 5}, {5, 0}, {-1, 5}, {NST_SIZE_MAX + 1, 1}, {1, G_MAXINT}};
  const gfloat rgba[8] = {1, 1, 1, 0, 1, 0, 0, 0};
  g_autoptr (GeglBuffer) buffer = buffer_of ("R'G'B'A u8", 2, 1, rgba);
  NstImage image;
  GError *error = NULL;

  g_assert_false (nst_pixels_read (buffer, GEGL_RECTANGLE (0, 0, 2, 1), &image, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_assert_null (image.rgb);
  g_clear_error (&error);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const GeglRectangle rect = {0, 0, sizes[i][0], sizes[i][1]};

      g_assert_false (nst_pixels_read (buffer, &rect, &image, &error));
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
      g_assert_null (image.rgb);
      g_clear_error (&error);
    }
}

/* A smaller working size would not help a picture that is too large to be read: it takes 12 GiB, which
 * many machines promise, so that the limit makes them all alike. */
static void
read_too_large (void)
{
  g_autoptr (GeglBuffer) buffer =
      gegl_buffer_new (GEGL_RECTANGLE (0, 0, 1, 1), babl_format ("R'G'B' u8"));
  g_autoptr (GError) error = NULL;
  struct rlimit old, less;
  gboolean is_read;
  NstImage image;

  if (!test_limits_memory ())
    return;
  getrlimit (RLIMIT_AS, &old);
  less = old;
  less.rlim_cur = MIN (old.rlim_max, (rlim_t) 8 << 30);
  g_assert_cmpint (setrlimit (RLIMIT_AS, &less), ==, 0);
  is_read = nst_pixels_read (buffer, GEGL_RECTANGLE (0, 0, NST_SIZE_MAX, NST_SIZE_MAX), &image,
                             &error);
  setrlimit (RLIMIT_AS, &old);
  g_assert_false (is_read);
  g_assert_null (image.rgb);
  g_assert_error (error, NST_ERROR, NST_ERROR_NO_MEMORY);
  g_assert_nonnull (strstr (error->message, "take a smaller one"));
}

/* What @mask and @selection, of the numbers 0 to 1 or NULL, leave of a row of three pixels,
 * @problem where they leave nothing. */
static void
check_limits (const gchar *format, const gfloat *mask, const gfloat *selection,
              const gfloat *left, const gchar *problem)
{
  const gfloat rgba[] = {1, 0, 0, 1, 0, 1, 0, 0.5f, 0, 0, 1, 1};
  const GeglRectangle rect = {0, 0, 3, 1};
  NstSource source = {buffer_of (format, 3, 1, rgba), rect};
  NstImage image;
  g_autoptr (GError) error = NULL;
  gboolean done;

  for (gint i = 0; i < 2; i++)
    {
      const gfloat *from = i ? selection : mask;
      GeglBuffer **to = i ? &source.selection : &source.mask;

      if (!from)
        continue;
      *to = gegl_buffer_new (&rect, babl_format ("Y float"));
      gegl_buffer_set (*to, NULL, 0, NULL, from, GEGL_AUTO_ROWSTRIDE);
    }
  done = nst_source_read (&source, NST_SPACE_SRGB, &image, &error);
  if (problem)
    {
      g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
      g_assert_nonnull (strstr (error->message, problem));
    }
  g_assert_cmpint (done, ==, !problem);
  g_assert_cmpint (left != NULL, ==, done && image.mask);
  for (gint i = 0; left && i < 3; i++)
    g_assert_cmpfloat (image.mask[i], ==, left[i]);
  /* what the mask hides has no colour of its own */
  if (done && mask && mask[0] == 0)
    g_assert_cmpfloat (image.rgb[0], ==, 0);
  nst_image_clear (&image);
  nst_source_clear (&source);
}

static void
limits (void)
{
  static const gfloat all[] = {1, 1, 1}, none[] = {0, 0, 0}, half[] = {0.5f, 0, 1},
                      last[] = {0, 0.5f, 1}, both[] = {0, 0, 1}, first[] = {1, 0, 0},
                      alpha[] = {1, 0.5f, 1}, last_alpha[] = {0, 0.25f, 1};

  check_limits ("R'G'B' float", NULL, NULL, NULL, NULL);
  check_limits ("R'G'B' float", all, all, NULL, NULL);
  check_limits ("R'G'B' float", NULL, half, half, NULL);
  check_limits ("R'G'B' float", last, NULL, last, NULL);
  check_limits ("R'G'B' float", last, half, both, NULL);
  check_limits ("R'G'B'A float", NULL, NULL, alpha, NULL);
  check_limits ("R'G'B'A float", last, all, last_alpha, NULL);
  check_limits ("R'G'B'A float", none, NULL, NULL, "layer mask");
  check_limits ("R'G'B'A float", last, first, NULL, "selection");
}

/* A single limit is copied, several are multiplied; each lies somewhere else. */
static void
write_precisions (void)
{
  const gfloat alphas[] = {1, 1, 1, 0.5f, 0, 0, 0, 0.25f};
  gfloat rgb[] = {0.2f, 0.4f, 0.8f, 0.6f, 1, 0};
  const NstImage image = {2, 1, rgb, NULL};
  g_autoptr (GeglBuffer) from = buffer_of ("R'G'B'A float", 2, 1, alphas);

  for (guint i = 0; i < G_N_ELEMENTS (precisions); i++)
    {
      const Babl *format = babl_format (precisions[i]);
      g_autoptr (GeglBuffer) buffer = gegl_buffer_new (GEGL_RECTANGLE (0, 0, 4, 3), format);
      gfloat out[4 * 4 * 3];
      gboolean alpha = babl_format_has_alpha (format);

      g_assert_true (nst_pixels_write (&image, buffer, GEGL_RECTANGLE (1, 2, 2, 1), from,
                                       GEGL_RECTANGLE (0, 0, 2, 1), NULL));
      buffer_get (buffer, out);
      assert_pixel (out + 4 * 9, 0.2, 0.4, 0.8, 0.02);
      assert_pixel (out + 4 * 10, 0.6, 1, 0, 0.02);
      g_assert_cmpfloat_with_epsilon (out[4 * 9 + 3], alpha ? 0.5 : 1, 0.005);
      g_assert_cmpfloat_with_epsilon (out[4 * 10 + 3], alpha ? 0.25 : 1, 0.005);
      assert_pixel (out + 4 * 8, 0, 0, 0, 1e-6);
      assert_pixel (out + 4 * 11, 0, 0, 0, 1e-6);
    }
}

/* A picture of the working size comes back at the layer's, alpha too. */
static void
write_scaled (void)
{
  g_autoptr (GeglBuffer) from =
      gegl_buffer_new (GEGL_RECTANGLE (0, 0, 50, 40), babl_format ("R'G'B'A float"));
  g_autoptr (GeglBuffer) buffer =
      gegl_buffer_new (GEGL_RECTANGLE (0, 0, 100, 80), babl_format ("R'G'B'A u8"));
  g_autofree gfloat *out = g_new (gfloat, 100 * 80 * 4);
  g_autofree gfloat *half = g_new0 (gfloat, 25 * 40 * 4);
  NstImage image;

  for (gint i = 0; i < 25 * 40; i++)
    half[4 * i + 3] = 1;
  gegl_buffer_set (from, GEGL_RECTANGLE (25, 0, 25, 40), 0, NULL, half, GEGL_AUTO_ROWSTRIDE);
  g_assert_true (nst_image_alloc (&image, 20, 16, FALSE, NULL));
  for (gint i = 0; i < 20 * 16; i++)
    for (gint c = 0; c < 3; c++)
      image.rgb[3 * i + c] = i / 20 < 8 ? 0.25f : 0.75f;

  g_assert_true (nst_pixels_write (&image, buffer, GEGL_RECTANGLE (0, 0, 100, 80), from,
                                   GEGL_RECTANGLE (0, 0, 50, 40), NULL));
  buffer_get (buffer, out);
  assert_pixel (out + 4 * (5 * 100 + 90), 0.25, 0.25, 0.25, 0.03);
  assert_pixel (out + 4 * (75 * 100 + 90), 0.75, 0.75, 0.75, 0.03);
  g_assert_cmpfloat_with_epsilon (out[4 * (40 * 100 + 10) + 3], 0, 0.03);
  g_assert_cmpfloat_with_epsilon (out[4 * (40 * 100 + 90) + 3], 1, 0.03);
  nst_image_clear (&image);
}

static void
write_refused (void)
{
  gfloat rgb[] = {1, 1, 1};
  const NstImage image = {1, 1, rgb, NULL};
  const gfloat before[] = {0.5f, 0.5f, 0.5f, 1};
  g_autoptr (GeglBuffer) buffer = buffer_of ("R'G'B'A float", 1, 1, before);
  gfloat after[4];
  GError *error = NULL;

  g_assert_false (nst_pixels_write (&image, buffer, GEGL_RECTANGLE (0, 0, NST_SIZE_MAX + 1, 1),
                                    NULL, NULL, &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (nst_pixels_write (&image, buffer, GEGL_RECTANGLE (0, 0, 1, 1), buffer,
                                    GEGL_RECTANGLE (0, 0, 0, 1), &error));
  g_assert_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT);
  g_clear_error (&error);
  buffer_get (buffer, after);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
}

int
main (int argc, char **argv)
{
  gint status;

  g_test_init (&argc, &argv, NULL);
  gegl_init (NULL, NULL);
  g_test_add_func ("/pixels/read/precisions", read_precisions);
  g_test_add_func ("/pixels/read/grey", read_grey);
  g_test_add_func ("/pixels/read/part", read_part);
  g_test_add_func ("/pixels/read/impossible", read_impossible);
  g_test_add_func ("/pixels/read/fill-transparent", fill_transparent);
  g_test_add_func ("/pixels/read/fill-from-one-pixel", fill_from_one_pixel);
  g_test_add_func ("/pixels/read/refused", read_refused);
  g_test_add_func ("/pixels/read/too-large", read_too_large);
  g_test_add_func ("/pixels/limits", limits);
  g_test_add_func ("/pixels/write/precisions", write_precisions);
  g_test_add_func ("/pixels/write/scaled", write_scaled);
  g_test_add_func ("/pixels/write/refused", write_refused);
  status = g_test_run ();
  gegl_exit ();
  return status;
}
