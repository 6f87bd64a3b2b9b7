/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing through libvips, which asks for the result's pixels when it wants them.
 */
#include <string.h>

#include "picture-private.h"

#define BIG_TIFF G_GUINT64_CONSTANT (4000000000) /* bytes; TIFF's own limit is 2^32 */
#define USUAL                                                                                  \
  (72 / 25.4) /* pixels a millimetre; taken back later, as libvips writes some always */

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

/* An intent that there is not, as some of sRGB's profiles have it, makes libpng leave all of it out,
 * where libvips writes by that; pictures of RGB have no other than the first to begin with. */
static void
repair_profile (guint8 *icc, gsize n)
{
  enum
  {
    INTENT = 64,
    INTENTS = 4
  };

  if (n >= INTENT + 4
      && (icc[INTENT] || icc[INTENT + 1] || icc[INTENT + 2] || icc[INTENT + 3] >= INTENTS))
    memset (icc + INTENT, 0, 4);
}

static void
add_header (VipsImage *image, const CliResult *result)
{
  const CliPicture *content = result->content;

  if (content->says_so && result->profile == content->output)
    {
      gsize n;
      gconstpointer icc = g_bytes_get_data (nst_profile_get_icc (content->output), &n);
      g_autofree guint8 *bytes = g_memdup2 (icc, n);

      repair_profile (bytes, n);
      vips_image_set_blob_copy (image, VIPS_META_ICC_NAME, bytes, n);
    }
  vips_image_set_string (image, VIPS_META_RESOLUTION_UNIT,
                         content->unit == CLI_UNIT_CENTIMETRE ? "cm" : "in");
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
      content->unit ? content->xres : USUAL, content->unit ? content->yres : USUAL);
  add_header (image, source->result);
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

/**
 * cli_write_has_profile:
 *
 * Returns: %FALSE where the file at @path, which can be read, has no colour profile: libpng leaves
 *   one out that it takes for damaged, or for which it has no memory
 */
gboolean
cli_write_has_profile (const gchar *path)
{
  VipsImage *image = vips_image_new_from_file (path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
  gboolean has = !image || vips_image_get_typeof (image, VIPS_META_ICC_NAME);

  g_clear_object (&image);
  vips_error_clear ();
  return has;
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
  gboolean good = image && save (image, saver, path) == 0;

  g_clear_object (&image);
  vips_error_clear ();
  if (good && strcmp (saver, "tiffsave") == 0)
    good =
        (result->content->unit != CLI_UNIT_NONE || cli_tiff_take_unit (result->content, path))
        && (depth != CLI_DEPTH_HALF || cli_tiff_mark_half (path));
  return good;
}
