/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading OpenEXR by its own library: linear floats, the first part, in lines or
 * tiles, as RGB or Y, perhaps with alpha, by which the colours are multiplied.
 */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "exr-private.h"
#include "picture-private.h"

#define HEADER_SIZE 65536 /* bytes that are looked at */

typedef struct
{
  exr_context_t context;
  exr_decode_pipeline_t decoder;
  gboolean has_decoder, has_routines;
  exr_result_t result; /* of the last call */
  exr_attr_box2i_t window;
  exr_storage_t storage;
  const exr_attr_chlist_t *channels;
  gint picked[4]; /* of @channels: colours, then alpha */
  gint n_colours, n_values;
  gint step; /* from a pixel in the band to the next; see pick_channels() */
  gint width, height;
  gint tile_width, tile_height; /* lines: as wide as the picture */
  gfloat *band;                 /* tile_height rows of pixels */
} Exr;

static void
ignore (exr_const_context_t context, exr_result_t code, const char *message)
{
}

/**
 * cli_exr_settings:
 *
 * Returns: the library's usual ones, but that it says nothing
 */
exr_context_initializer_t
cli_exr_settings (void)
{
  exr_context_initializer_t settings = EXR_DEFAULT_CONTEXT_INITIALIZER;

  settings.error_handler_fn = ignore;
  return settings;
}

static gboolean
works (Exr *exr, exr_result_t result)
{
  exr->result = result;
  return result == EXR_ERR_SUCCESS;
}

/* Fails with what the library said last. */
static gboolean
exr_failed (const Exr *exr, const gchar *path, GError **error)
{
  switch (exr->result)
    {
    case EXR_ERR_OUT_OF_MEMORY:
      return cli_picture_error (path, "out of memory", error);
    case EXR_ERR_FEATURE_NOT_IMPLEMENTED:
      return cli_picture_error (path, "unsupported", error);
    case EXR_ERR_FILE_ACCESS:
      return cli_picture_cannot_open (path, errno ? errno : EIO, error);
    default:
      return cli_picture_error (path, "", error);
    }
}

static gint
find_channel (const exr_attr_chlist_t *channels, const gchar *name)
{
  for (gint i = 0; i < channels->num_channels; i++)
    if (strcmp (channels->entries[i].name.str, name) == 0)
      return i;
  return -1;
}

static gboolean
pick (Exr *exr, const gchar *const *names, gint n)
{
  for (gint i = 0; i < n; i++)
    if ((exr->picked[i] = find_channel (exr->channels, names[i])) < 0)
      return FALSE;
  exr->n_colours = exr->n_values = n;
  return TRUE;
}

static gboolean
is_simple (const exr_attr_chlist_entry_t *channel)
{
  return channel->pixel_type != EXR_PIXEL_UINT && channel->x_sampling == 1
         && channel->y_sampling == 1;
}

/* Colours at half the size, whole numbers and depth are rare.  Where four values of a pixel follow each
 * other without a gap, OpenEXR 3.1 takes a short way for half floats, by which red and alpha, and green and
 * blue are each other's: there are two places more than values, so that one stays empty in any case. */
static gboolean
pick_channels (Exr *exr)
{
  static const gchar *const rgb[] = {"R", "G", "B"}, *const grey[] = {"Y"};
  const gint alpha = find_channel (exr->channels, "A");

  if (!pick (exr, rgb, 3) && (find_channel (exr->channels, "RY") >= 0 || !pick (exr, grey, 1)))
    return FALSE;
  if (alpha >= 0)
    exr->picked[exr->n_values++] = alpha;
  exr->step = exr->n_values + 2;
  for (gint i = 0; i < exr->n_values; i++)
    if (!is_simple (&exr->channels->entries[exr->picked[i]]))
      return FALSE;
  return exr->storage == EXR_STORAGE_SCANLINE || exr->storage == EXR_STORAGE_TILED;
}

static gboolean
open_exr (Exr *exr, const gchar *path)
{
  exr_context_initializer_t settings = cli_exr_settings ();

  errno = 0;
  settings.max_image_width = settings.max_image_height = G_MAXINT / 4;
  return works (exr, exr_start_read (&exr->context, path, &settings))
         && works (exr, exr_get_storage (exr->context, 0, &exr->storage))
         && works (exr, exr_get_data_window (exr->context, 0, &exr->window))
         && works (exr, exr_get_channels (exr->context, 0, &exr->channels));
}

static gint
length (gint32 first, gint32 last)
{
  return (gint) CLAMP ((gint64) last - first + 1, 0, G_MAXINT);
}

/* Whether it is, with @error then: the library calls such a window invalid, so it is looked for where
 * the header is, as far as that has text of usual length. */
static gboolean
is_too_large (const gchar *path, GError **error)
{
  static const gchar name[] = "dataWindow\0box2i\0\x10\0\0"; /* and a zero */
  gchar header[HEADER_SIZE];
  FILE *file = g_fopen (path, "rbe");
  const gsize n = file ? fread (header, 1, sizeof header, file) : 0;
  const gchar *at = memmem (header, n, name, sizeof name);
  gint32 ends[4];

  g_clear_pointer (&file, fclose);
  if (!at || n - (gsize) (at - header) < sizeof name + sizeof ends)
    return FALSE;
  memcpy (ends, at + sizeof name, sizeof ends);
  for (gint i = 0; i < 4; i++)
    ends[i] = GINT32_FROM_LE (ends[i]);
  return length (ends[0], ends[2]) > 0 && length (ends[1], ends[3]) > 0
         && cli_picture_is_too_large (path, length (ends[0], ends[2]),
                                      length (ends[1], ends[3]), error);
}

static gboolean
find_tiles (Exr *exr)
{
  exr->tile_width = exr->width;
  if (exr->storage == EXR_STORAGE_TILED)
    return works (
        exr, exr_get_tile_sizes (exr->context, 0, 0, 0, &exr->tile_width, &exr->tile_height));
  return works (exr, exr_get_scanlines_per_chunk (exr->context, 0, &exr->tile_height));
}

static gboolean
find_size (Exr *exr)
{
  exr->width = length (exr->window.min.x, exr->window.max.x);
  exr->height = length (exr->window.min.y, exr->window.max.y);
  return find_tiles (exr) && exr->width > 0 && exr->height > 0 && exr->tile_width > 0
         && exr->tile_height > 0;
}

/* Where in a pixel of the band the channel is put: what is not wanted, behind them, as OpenEXR 3.1 goes
 * astray where one of four has no place. */
static gint
find_place (const Exr *exr, gint channel)
{
  gint i = 0;

  while (i < exr->n_values && exr->picked[i] != channel)
    i++;
  return i;
}

/* Where the decoder is to put the chunk that it has been told of, which begins at @x of the band. */
static void
aim (Exr *exr, gint x)
{
  gfloat *first = exr->band + (gsize) x * (gsize) exr->step;

  for (gint i = 0; i < exr->decoder.channel_count; i++)
    {
      exr_coding_channel_info_t *channel = &exr->decoder.channels[i];
      const gboolean is_whole = channel->data_type == EXR_PIXEL_UINT;

      channel->decode_to_ptr = (guint8 *) (first + find_place (exr, i));
      channel->user_bytes_per_element = sizeof (gfloat);
      channel->user_data_type = is_whole ? EXR_PIXEL_UINT : EXR_PIXEL_FLOAT;
      channel->user_pixel_stride = exr->step * (gint) sizeof (gfloat);
      channel->user_line_stride = exr->width * exr->step * (gint) sizeof (gfloat);
    }
}

static gboolean
decode (Exr *exr, const exr_chunk_info_t *chunk, gint x)
{
  if (!works (exr, exr->has_decoder
                       ? exr_decoding_update (exr->context, 0, chunk, &exr->decoder)
                       : exr_decoding_initialize (exr->context, 0, chunk, &exr->decoder)))
    return FALSE;
  exr->has_decoder = TRUE;
  aim (exr, x);
  /* The routines that were chosen for a chunk are those of all. */
  if (!exr->has_routines
      && !works (exr, exr_decoding_choose_default_routines (exr->context, 0, &exr->decoder)))
    return FALSE;
  exr->has_routines = TRUE;
  return chunk->height <= MIN (exr->tile_height, exr->height) && chunk->width <= exr->width - x
         && works (exr, exr_decoding_run (exr->context, 0, &exr->decoder));
}

/* Fills the band with the rows from @y on. */
static gboolean
read_band (Exr *exr, gint y)
{
  exr_chunk_info_t chunk;

  if (exr->storage == EXR_STORAGE_SCANLINE)
    return works (exr,
                  exr_read_scanline_chunk_info (exr->context, 0, exr->window.min.y + y, &chunk))
           && decode (exr, &chunk, 0);
  for (gint x = 0; x < exr->width; x += exr->tile_width)
    if (!works (exr, exr_read_tile_chunk_info (exr->context, 0, x / exr->tile_width,
                                               y / exr->tile_height, 0, 0, &chunk))
        || !decode (exr, &chunk, x))
      return FALSE;
  return TRUE;
}

/* The colours were multiplied by alpha. */
static void
divide (const Exr *exr, gfloat *row)
{
  const gint alpha = exr->n_colours;

  for (gint x = 0; x < exr->width; x++, row += exr->step)
    for (gint c = 0; c < exr->n_colours; c++)
      row[c] = row[alpha] > 0.0f ? row[c] / row[alpha] : 0.0f;
}

static gboolean
read_rows (Exr *exr, CliRows *rows)
{
  const gsize n = (gsize) exr->width * (gsize) exr->step;

  for (gint y = 0; y < exr->height; y++)
    {
      gfloat *row = exr->band + (gsize) (y % exr->tile_height) * n;

      if (y % exr->tile_height == 0 && !read_band (exr, y))
        return FALSE;
      if (exr->n_values > exr->n_colours)
        divide (exr, row);
      cli_rows_put (rows, y, row);
    }
  return TRUE;
}

/* NULL: memory is short. */
static NstProfile *
find_profile (const Exr *exr, CliPicture *picture)
{
  const guint shortages = nst_profile_shortages ();
  exr_attr_chromaticities_t c;
  NstProfile *profile;

  if (exr->n_colours != 3
      || exr_attr_get_chromaticities (exr->context, 0, "chromaticities", &c) != EXR_ERR_SUCCESS)
    return nst_profile_new_linear ();
  memcpy (picture->xy,
          (const gdouble[]){c.red_x, c.red_y, c.green_x, c.green_y, c.blue_x, c.blue_y,
                            c.white_x, c.white_y},
          sizeof picture->xy);
  profile = nst_profile_new_rgb (picture->xy, 1.0);
  picture->has_xy = profile && nst_profile_is_output (profile);
  if (!profile && cli_picture_say_unused (picture->path, exr->n_colours, shortages))
    profile = nst_profile_new_linear ();
  return profile;
}

/* In pixels an inch, or but the ratio of a pixel's sides. */
static void
read_resolution (const Exr *exr, CliPicture *picture)
{
  gfloat density = 0.0f, ratio = 1.0f;
  const gboolean is_said =
      exr_attr_get_float (exr->context, 0, "xDensity", &density) == EXR_ERR_SUCCESS
      && density > 0.0f && density < G_MAXFLOAT;

  exr_get_pixel_aspect_ratio (exr->context, 0, &ratio);
  if (!(ratio > 0.0f && ratio < G_MAXFLOAT))
    ratio = 1.0f;
  if (is_said)
    cli_resolution_set (picture, density, density * ratio, CLI_UNIT_INCH);
  else
    cli_resolution_set (picture, 1.0, ratio, CLI_UNIT_NONE);
}

static void
read_comment (const Exr *exr, CliPicture *picture)
{
  const char *text = NULL;
  gint32 n = 0;

  if (exr_attr_get_string (exr->context, 0, "comments", &n, &text) == EXR_ERR_SUCCESS && n > 0)
    picture->comment = cli_text_to_utf8 (text, (gsize) n);
}

static gboolean
read_exr (Exr *exr, CliPicture *picture, GError **error)
{
  CliLayout layout = {.width = exr->width,
                      .height = exr->height,
                      .profile = find_profile (exr, picture),
                      .n_colours = exr->n_colours,
                      .n_values = exr->step,
                      .has_alpha = exr->n_values > exr->n_colours,
                      .orientation = 1};
  const NstSpace space = layout.profile ? nst_profile_get_limit (layout.profile) : 0;
  CliRows *rows;
  gboolean good;

  picture->depth = exr->channels->entries[exr->picked[0]].pixel_type == EXR_PIXEL_HALF
                       ? CLI_DEPTH_HALF
                       : CLI_DEPTH_FLOAT;
  read_resolution (exr, picture);
  read_comment (exr, picture);
  picture->output = nst_profile_new_space (space);
  picture->says_so = space != NST_SPACE_SRGB;
  exr->band = g_try_malloc_n (MIN (exr->tile_height, exr->height),
                              sizeof (gfloat) * (gsize) exr->width * (gsize) exr->step);
  if (!exr->band)
    {
      g_clear_pointer (&layout.profile, nst_profile_unref);
      return cli_picture_error (picture->path, "out of memory", error);
    }
  rows = cli_rows_new (picture, &layout, error);
  if (!rows)
    return FALSE;
  good = read_rows (exr, rows) || exr_failed (exr, picture->path, error);
  if (good)
    cli_rows_warn (rows);
  cli_rows_free (rows);
  return good;
}

/**
 * cli_exr_read:
 * @picture: its path is there, the rest is read
 */
gboolean
cli_exr_read (CliPicture *picture, GError **error)
{
  Exr exr = {0};
  gboolean good = FALSE;

  if (!open_exr (&exr, picture->path))
    {
      if (exr.result != EXR_ERR_INVALID_ATTR || !is_too_large (picture->path, error))
        exr_failed (&exr, picture->path, error);
    }
  else if (!pick_channels (&exr))
    cli_exr_say_rare (picture->path, exr.storage, exr.channels, error);
  else if (!find_size (&exr))
    exr_failed (&exr, picture->path, error);
  else if (!cli_picture_is_too_large (picture->path, exr.width, exr.height, error))
    good = read_exr (&exr, picture, error);
  if (exr.has_decoder)
    exr_decoding_destroy (exr.context, &exr.decoder);
  exr_finish (&exr.context);
  g_free (exr.band);
  return good;
}
