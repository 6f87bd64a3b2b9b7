/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing OpenEXR: linear, in lines, ZIP-compressed, the colours multiplied by alpha.
 */
#include <string.h>

#include "exr-private.h"
#include "picture-private.h"

typedef struct
{
  const CliResult *result;
  exr_context_t context;
  exr_encode_pipeline_t encoder;
  gboolean has_encoder, has_routines;
  exr_pixel_type_t type;
  gint n_values;
  gint n_lines; /* of a chunk */
  gfloat *band; /* so many rows */
} Exr;

static gboolean
add_channels (Exr *exr)
{
  static const gchar *const names[] = {"A", "B", "G",
                                       "R"}; /* sorted, as they lie in the file */

  for (gint i = exr->n_values == 4 ? 0 : 1; i < 4; i++)
    if (exr_add_channel (exr->context, 0, names[i], exr->type, EXR_PERCEPTUALLY_LOGARITHMIC, 1,
                         1)
        != EXR_ERR_SUCCESS)
      return FALSE;
  return TRUE;
}

/**
 * cli_exr_primaries:
 * @xy: (out): those that a result is written with, as nst_profile_new_rgb() takes them: the content's,
 *   or those of the space that holds its colours
 *
 * Returns: %FALSE if nothing is to be said of them, as they are OpenEXR's own
 */
gboolean
cli_exr_primaries (const CliPicture *content, gdouble *xy)
{
  if (content->has_xy)
    memcpy (xy, content->xy, sizeof content->xy);
  else
    nst_space_primaries (content->space, xy);
  return content->has_xy || content->space != NST_SPACE_SRGB;
}

static gboolean
add_primaries (Exr *exr)
{
  gdouble xy[8];
  exr_attr_chromaticities_t c;

  if (!cli_exr_primaries (exr->result->content, xy))
    return TRUE;
  c = (exr_attr_chromaticities_t){(gfloat) xy[0], (gfloat) xy[1], (gfloat) xy[2],
                                  (gfloat) xy[3], (gfloat) xy[4], (gfloat) xy[5],
                                  (gfloat) xy[6], (gfloat) xy[7]};
  return exr_attr_set_chromaticities (exr->context, 0, "chromaticities", &c) == EXR_ERR_SUCCESS;
}

static gboolean
add_resolution (Exr *exr)
{
  const CliPicture *content = exr->result->content;
  const gfloat density = (gfloat) (content->xres * cli_resolution_length (CLI_UNIT_INCH));
  const gfloat ratio = (gfloat) (content->yres / content->xres);

  return content->xres <= 0.0
         || ((content->unit == CLI_UNIT_NONE
              || exr_attr_set_float (exr->context, 0, "xDensity", density) == EXR_ERR_SUCCESS)
             && exr_set_pixel_aspect_ratio (exr->context, 0, ratio) == EXR_ERR_SUCCESS);
}

static gboolean
add_comment (Exr *exr)
{
  g_autofree gchar *text = cli_words_comment (exr->result->content);

  return !text || exr_attr_set_string (exr->context, 0, "comments", text) == EXR_ERR_SUCCESS;
}

static gboolean
begin (Exr *exr, const gchar *path)
{
  const exr_context_initializer_t settings = cli_exr_settings ();
  const NstImage *image = exr->result->image;
  gint part;

  return exr_start_write (&exr->context, path, EXR_WRITE_FILE_DIRECTLY, &settings)
             == EXR_ERR_SUCCESS
         && exr_add_part (exr->context, "image", EXR_STORAGE_SCANLINE, &part) == EXR_ERR_SUCCESS
         && exr_initialize_required_attr_simple (exr->context, 0, image->width, image->height,
                                                 EXR_COMPRESSION_ZIP)
                == EXR_ERR_SUCCESS
         && add_channels (exr) && add_primaries (exr) && add_resolution (exr)
         && add_comment (exr) && exr_write_header (exr->context) == EXR_ERR_SUCCESS
         && exr_get_scanlines_per_chunk (exr->context, 0, &exr->n_lines) == EXR_ERR_SUCCESS;
}

static void
fill_band (Exr *exr, gint y, gint n_lines)
{
  const gsize width = (gsize) exr->result->image->width;

  for (gint line = 0; line < n_lines; line++)
    {
      gfloat *row = exr->band + (gsize) line * width * (gsize) exr->n_values;

      cli_result_get (exr->result, 0, y + line, (gint) width, row);
      for (gsize x = 0; exr->n_values == 4 && x < width; x++)
        for (gsize c = 0; c < 3; c++)
          row[4 * x + c] *= row[4 * x + 3];
    }
}

/* The file's channels are A, B, G, R, the band's R, G, B, A. */
static void
aim (Exr *exr)
{
  for (gint i = 0; i < exr->encoder.channel_count; i++)
    {
      exr_coding_channel_info_t *channel = &exr->encoder.channels[i];

      channel->encode_from_ptr = (const guint8 *) (exr->band + (exr->n_values - 1 - i));
      channel->user_bytes_per_element = sizeof (gfloat);
      channel->user_data_type = EXR_PIXEL_FLOAT;
      channel->user_pixel_stride = exr->n_values * (gint) sizeof (gfloat);
      channel->user_line_stride =
          exr->result->image->width * exr->n_values * (gint) sizeof (gfloat);
    }
}

static gboolean
write_chunk (Exr *exr, gint y)
{
  exr_chunk_info_t chunk;
  exr_result_t result;

  if (exr_write_scanline_chunk_info (exr->context, 0, y, &chunk) != EXR_ERR_SUCCESS)
    return FALSE;
  result = exr->has_encoder ? exr_encoding_update (exr->context, 0, &chunk, &exr->encoder)
                            : exr_encoding_initialize (exr->context, 0, &chunk, &exr->encoder);
  if (result != EXR_ERR_SUCCESS)
    return FALSE;
  exr->has_encoder = TRUE;
  fill_band (exr, y, chunk.height);
  aim (exr);
  if (!exr->has_routines
      && exr_encoding_choose_default_routines (exr->context, 0, &exr->encoder)
             != EXR_ERR_SUCCESS)
    return FALSE;
  exr->has_routines = TRUE;
  return exr_encoding_run (exr->context, 0, &exr->encoder) == EXR_ERR_SUCCESS;
}

/**
 * cli_exr_write:
 * @result: its profile is linear
 * @depth: half or float
 *
 * Returns: whether all of it was written
 */
gboolean
cli_exr_write (const CliResult *result, CliDepth depth, const gchar *path)
{
  Exr exr = {.result = result,
             .n_values = result->has_alpha ? 4 : 3,
             .type = depth == CLI_DEPTH_HALF ? EXR_PIXEL_HALF : EXR_PIXEL_FLOAT};
  gboolean good = begin (&exr, path);

  if (good)
    exr.band = g_try_malloc_n ((gsize) exr.n_lines * (gsize) exr.n_values,
                               sizeof (gfloat) * (gsize) result->image->width);
  good = good && exr.band;
  for (gint y = 0; good && y < result->image->height; y += exr.n_lines)
    good = write_chunk (&exr, y);
  if (exr.has_encoder)
    exr_encoding_destroy (exr.context, &exr.encoder);
  good = exr_finish (&exr.context) == EXR_ERR_SUCCESS && good;
  g_free (exr.band);
  return good;
}
