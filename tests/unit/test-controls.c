/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each control does to a result of the built-in network what its name says, and the more of it the
 * further it is turned, by the result's statistics.
 */
#include "pixels.h"
#include "run.h"

#include <math.h>

#define SIDE 128

/* A sample picture, in the size that it is worked at. */
static NstImage
sample (const gchar *name)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "..", "data", "samples", name, NULL);
  g_autoptr (GeglNode) graph = gegl_node_new ();
  g_autoptr (GeglBuffer) buffer = NULL;
  GeglNode *source =
      gegl_node_new_child (graph, "operation", "gegl:jpg-load", "path", path, NULL);
  GeglNode *sink =
      gegl_node_new_child (graph, "operation", "gegl:buffer-sink", "buffer", &buffer, NULL);
  NstImage image, scaled;
  gint width, height;
  GError *error = NULL;

  gegl_node_link (source, sink);
  gegl_node_process (sink);
  g_assert_nonnull (buffer);
  nst_pixels_read (buffer, gegl_buffer_get_extent (buffer), &image, &error);
  g_assert_no_error (error);
  width = SIDE * image.width / MAX (image.width, image.height);
  height = SIDE * image.height / MAX (image.width, image.height);
  nst_image_scale (&image, width, height, &scaled, &error);
  g_assert_no_error (error);
  nst_image_clear (&image);
  return scaled;
}

/* A draft of a photo in the style of a painting, with the built-in network. */
static void
controls_init (RunCase *it, const gchar *photo, const gchar *painting)
{
  run_case_init (it);
  nst_network_free (it->network);
  it->network = nst_network_open (NULL, NULL);
  nst_image_clear (&it->content);
  nst_image_clear (&it->style[0].image);
  it->content = sample (photo);
  it->style[0].image = sample (painting);
  it->settings.preset = NST_PRESET_DRAFT;
  it->settings.size = SIDE;
  it->settings.iterations = 40;
  it->settings.threads = 2;
}

static NstAction
take_losses (const NstProgress *progress, gpointer data)
{
  *(NstProgress *) data = *progress;
  return NST_ACTION_FINISH;
}

/* What @image's losses are nearly at the settings' defaults: with content's, too. */
static NstProgress
losses_of (const RunCase *it, const NstImage *image)
{
  RunCase measure = *it;
  NstProgress losses;
  NstImage unused;

  measure.settings.strength = 49;
  measure.settings.smoothness = 50;
  measure.start = image;
  unused = run_case_run (&measure, take_losses, &losses);
  nst_image_clear (&unused);
  return losses;
}

static gdouble
apart (const NstImage *a, const NstImage *b)
{
  gdouble sum = 0;
  gint n = 3 * a->width * a->height;

  for (gint i = 0; i < n; i++)
    sum += pow (a->rgb[i] - b->rgb[i], 2);
  return sqrt (sum / n);
}

#define N_SETTINGS 6

/* Each step goes up, and none by more than @most of the mean. */
static void
check_steps (const gchar *name, const gdouble way[N_SETTINGS], gdouble most)
{
  gdouble mean = (way[N_SETTINGS - 1] - way[0]) / (N_SETTINGS - 1);

  for (gint i = 0; i < N_SETTINGS; i++)
    g_test_message ("%s at %d: %g", name, i * 100 / (N_SETTINGS - 1), way[i]);
  for (gint i = 1; i < N_SETTINGS; i++)
    {
      g_assert_cmpfloat (way[i], >, way[i - 1]);
      test_at_most (way[i] - way[i - 1], most * mean);
    }
}

/* Adds what the results for one pair of pictures are at each strength. */
static void
measure_strength (RunCase *it, gdouble *way, gdouble *style, gdouble *pixels)
{
  gdouble content[N_SETTINGS], now[N_SETTINGS], moved[N_SETTINGS];
  gdouble own = losses_of (it, &it->content).style;

  for (gint i = 0; i < N_SETTINGS; i++)
    {
      NstImage result;
      NstProgress losses;

      it->settings.strength = i * 100 / (N_SETTINGS - 1);
      result = run_case_run (it, NULL, NULL);
      losses = losses_of (it, &result);
      content[i] = sqrt (losses.content);
      now[i] = losses.style / own;
      moved[i] = apart (&result, &it->content);
      nst_image_clear (&result);
    }
  for (gint i = 0; i < N_SETTINGS; i++)
    {
      if (i > 0)
        g_assert_cmpfloat (content[i], >, content[i - 1]);
      way[i] += content[i] / content[N_SETTINGS - 1] / 2
                + (moved[i] / moved[N_SETTINGS - 1] + 1 - now[i]) / 4;
      style[i] += now[i];
      pixels[i] += moved[i];
    }
}

/* From almost the photo to almost pure style, evenly: see tests/bench/controls.  Pictures
 * differ in how soon they change, so it holds for two pairs together. */
static void
test_strength (void)
{
  static const gchar *const pairs[][2] = {{"china.jpg", "VanGoghVillageStreetAuvers.jpg"},
                                          {"flower.jpg", "GreatWave.jpg"}};
  gdouble style[N_SETTINGS] = {0}, pixels[N_SETTINGS] = {0}, way[N_SETTINGS] = {0};

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      RunCase it;

      controls_init (&it, pairs[i][0], pairs[i][1]);
      measure_strength (&it, way, style, pixels);
      run_case_clear (&it);
    }
  check_steps ("strength", way, 2);
  for (gint i = 0; i < N_SETTINGS; i++)
    g_test_message ("style %g, pixels %g", style[i] / 2, pixels[i] / 2);
  /* at the end it is as near as it comes: two equal runs may be 3 % apart */
  for (gint i = 1; i < N_SETTINGS; i++)
    test_at_most (style[i], i < N_SETTINGS - 1 ? style[i - 1] : 1.03 * style[i - 1]);
  test_at_most (pixels[0] / 2, 0.05);
  g_assert_cmpfloat (style[0] / 2, <, 0.97); /* something was done */
  test_at_most (style[N_SETTINGS - 1] / 2, 0.02);
}

static gdouble
variation (const NstImage *image)
{
  gdouble sum = 0;
  gint w = image->width;

  for (gint y = 1; y < image->height; y++)
    for (gint i = 3; i < 3 * w; i++)
      sum += fabs (image->rgb[3 * y * w + i] - image->rgb[3 * y * w + i - 3])
             + fabs (image->rgb[3 * y * w + i] - image->rgb[3 * (y - 1) * w + i]);
  return sum;
}

/* Smoother and smoother, evenly, and still a painting at the end. */
static void
test_smoothness (void)
{
  gdouble way[N_SETTINGS];
  RunCase it;
  NstProgress losses;

  controls_init (&it, "china.jpg", "VanGoghVillageStreetAuvers.jpg");
  for (gint i = 0; i < N_SETTINGS; i++)
    {
      NstImage result;

      it.settings.smoothness = i * 100 / (N_SETTINGS - 1);
      result = run_case_run (&it, NULL, NULL);
      way[i] = -log (variation (&result));
      losses = losses_of (&it, &result);
      nst_image_clear (&result);
    }
  check_steps ("smoothness", way, 3);
  g_assert_cmpfloat (way[N_SETTINGS - 1] - way[0], >, 0.3);
  test_at_most (losses.style, 0.2 * losses_of (&it, &it.content).style);
  run_case_clear (&it);
}

/* A style of spots, 16 pixels apart. */
static void
make_spots (NstImage *style)
{
  nst_image_clear (style);
  g_assert_true (nst_image_alloc (style, SIDE, SIDE, FALSE, NULL));
  for (gint i = 0; i < SIDE * SIDE; i++)
    {
      gdouble spot = sin (i % SIDE * G_PI / 8) * sin (i / SIDE * G_PI / 8);

      for (gint c = 0; c < 3; c++)
        style->rgb[3 * i + c] = CLAMP (0.5 + (c < 2 ? 0.8 : -0.8) * spot, 0, 1);
    }
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

  controls_init (&it, "china.jpg", "VanGoghVillageStreetAuvers.jpg");
  make_spots (&it.style[0].image);
  it.settings.start = NST_START_NOISE;
  it.settings.strength = 100;
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
  gint status;

  g_test_init (&argc, &argv, NULL);
  gegl_init (NULL, NULL);
  g_test_add_func ("/controls/strength", test_strength);
  g_test_add_func ("/controls/smoothness", test_smoothness);
  g_test_add_func ("/controls/style-scale", test_style_scale);
  status = g_test_run ();
  gegl_exit ();
  return status;
}
