/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of a run of recipe gatys, for comparison with other programs:
 *
 *     steps NETWORK WIDTH HEIGHT CONTENT STYLE adam|l-bfgs STEPS OUT
 *
 * CONTENT and STYLE hold float32 RGB, row by row, both of that size.  OUT gets the picture after
 * each step, red's, green's and blue's numbers one after the other; the losses before each step
 * are printed, a line each.
 */
#include "run/level.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static NstImage
read_picture (const gchar *path, gint width, gint height)
{
  NstImage image = {.width = width, .height = height};
  gsize length;

  if (!g_file_get_contents (path, (gchar **) &image.rgb, &length, NULL)
      || length != (gsize) width * (gsize) height * 3 * sizeof (gfloat))
    g_error ("%s cannot be read", path);
  return image;
}

static void
write_planes (const gfloat *values, gsize n, FILE *file)
{
  if (fwrite (values, sizeof (gfloat), n, file) != n)
    g_error ("a step cannot be written");
}

static NstAction
on_step (const NstProgress *progress, gpointer file)
{
  NstTensor planes;

  if (!nst_level_planes (progress->run, ((const NstLevel *) progress->run)->minimizer.x,
                         &planes, NULL))
    g_error ("no memory");
  write_planes (planes.data, 3 * (gsize) planes.w * (gsize) planes.h, file);
  nst_tensor_clear (&planes);
  printf ("%.9g %.9g %.9g\n", progress->content, progress->style, progress->total);
  return NST_ACTION_GO_ON;
}

int
main (int argc, char **argv)
{
  gint width = argc == 9 ? atoi (argv[2]) : 0, height = argc == 9 ? atoi (argv[3]) : 0;
  GError *error = NULL;
  NstNetwork *network = width > 0 && height > 0 ? nst_network_open (argv[1], &error) : NULL;
  NstImage content, result = {0};
  NstStyle style = {.weight = 1};
  NstInputs inputs = {network, &content, &style, 1};
  NstSettings settings;
  FILE *file;

  if (!network)
    g_error ("%s", error ? error->message : "usage: steps NETWORK WIDTH HEIGHT ...");
  content = read_picture (argv[4], width, height);
  style.image = read_picture (argv[5], width, height);
  nst_settings_init (&settings);
  settings.recipe = NST_RECIPE_GATYS;
  settings.optimizer = strcmp (argv[6], "adam") == 0 ? NST_OPTIMIZER_ADAM : NST_OPTIMIZER_LBFGS;
  settings.size = MAX (width, height);
  settings.iterations = atoi (argv[7]);
  file = fopen (argv[8], "wb");
  if (!file || !nst_stylise (&inputs, &settings, on_step, file, &result, &error)
      || fclose (file) != 0)
    g_error ("%s", error ? error->message : "the steps cannot be written");
  nst_image_clear (&result);
  g_free (content.rgb);
  g_free (style.image.rgb);
  nst_network_free (network);
  return EXIT_SUCCESS;
}
