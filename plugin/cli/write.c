/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing through libvips, which asks for the result's pixels when it wants them.
 */
#include <string.h>

#include "picture-private.h"

#define BIG_TIFF G_GUINT64_CONSTANT (4000000000) /* bytes; TIFF's own limit is 2^32 */
#define USUAL    (72 / 25.4) /* pixels a millimetre, where nothing is said */

typedef struct
{
  const CliResult *result;
  CliDepth depth;
} Source;

static gpointer
start_source (VipsImage *image, gpointer source, gpointer nothing)
{
  gpointer values = g_try_new (gfloat, (gsize) image->Xsize * (gsize) image->Bands);

  if (!values)
    vips_error ("nst", "out of memory");
  return values;
}

static gint
stop_source (gpointer values, gpointer source, gpointer nothing)
{
  g_free (values);
  return 0;
}

static gint
generate (VipsRegion *region, gpointer values, gpointer data, gpointer nothing, gboolean *stop)
{
  const Source *source = data;
  const VipsRect *wanted = &region->valid;

  for (gint y = wanted->top; y < wanted->top + wanted->height; y++)
    {
      cli_result_get (source->result, wanted->left, y, wanted->width, values);
      cli_store (source->depth, values, (gsize) wanted->width * (gsize) region->im->Bands,
                 VIPS_REGION_ADDR (region, wanted->left, y));
    }
  return 0;
}

static void
add_header (VipsImage *image, const CliPicture *content)
{
  if (content->says_so)
    {
      GBytes *icc = nst_profile_get_icc (content->output);

      vips_image_set_blob_copy (image, VIPS_META_ICC_NAME, g_bytes_get_data (icc, NULL),
                                g_bytes_get_size (icc));
    }
  vips_image_set_string (image, VIPS_META_RESOLUTION_UNIT, content->is_metric ? "cm" : "in");
}

static VipsImage *
make_image (Source *source)
{
  static const VipsBandFormat formats[] = {VIPS_FORMAT_UCHAR, VIPS_FORMAT_USHORT,
                                           VIPS_FORMAT_USHORT, VIPS_FORMAT_FLOAT};
  const NstImage *rgb = source->result->image;
  const CliPicture *content = source->result->content;
  const VipsBandFormat format = formats[source->depth];
  VipsImage *image = vips_image_new ();

  vips_image_init_fields (
      image, rgb->width, rgb->height, source->result->has_alpha ? 4 : 3, format,
      VIPS_CODING_NONE,
      format == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB,
      content->xres > 0.0 ? content->xres : USUAL, content->yres > 0.0 ? content->yres : USUAL);
  add_header (image, content);
  if (vips_image_pipelinev (image, VIPS_DEMAND_STYLE_THINSTRIP, NULL) == 0
      && vips_image_generate (image, start_source, generate, stop_source, source, NULL) == 0)
    return image;
  g_object_unref (image);
  return NULL;
}

static gint
save_tiff (VipsImage *image, const gchar *path)
{
  const guint64 n_bytes = VIPS_IMAGE_SIZEOF_IMAGE (image);

  return vips_tiffsave (
      image, path, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
      image->BandFmt == VIPS_FORMAT_FLOAT ? VIPS_FOREIGN_TIFF_PREDICTOR_FLOAT
                                          : VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL,
      "bigtiff", n_bytes > BIG_TIFF, NULL);
}

static gint
save (VipsImage *image, const gchar *saver, const gchar *path)
{
  if (strcmp (saver, "tiffsave") == 0)
    return save_tiff (image, path);
  if (strcmp (saver, "jpegsave") == 0)
    return vips_jpegsave (image, path, "Q", 95, "optimize_coding", TRUE, NULL);
  if (strcmp (saver, "webpsave") == 0)
    return vips_webpsave (image, path, "Q", 95, NULL);
  return vips_call (saver, image, path, NULL);
}

/* Whether the file at @path has the profile that it was given: libpng leaves one out for which it
 * has no memory. */
static gboolean
has_profile (const CliPicture *content, const gchar *path)
{
  VipsImage *image;
  gboolean good;

  if (!content->says_so)
    return TRUE;
  image = vips_image_new_from_file (path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
  good = image && vips_image_get_typeof (image, VIPS_META_ICC_NAME);
  g_clear_object (&image);
  return good;
}

/**
 * cli_write_vips:
 * @saver: "pngsave"
 *
 * Returns: whether all of it was written
 */
gboolean
cli_write_vips (const CliResult *result, const gchar *saver, CliDepth depth, const gchar *path)
{
  Source source = {result, depth};
  VipsImage *image = make_image (&source);
  gboolean good =
      image && save (image, saver, path) == 0 && has_profile (result->content, path);

  g_clear_object (&image);
  vips_error_clear ();
  return good && (depth != CLI_DEPTH_HALF || cli_tiff_mark_half (path));
}
