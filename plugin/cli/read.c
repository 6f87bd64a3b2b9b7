/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading through libvips: its loaders are called by their names, row after row.
 */
#include <math.h>
#include <string.h>

#include "picture-private.h"

#define BAND_ROWS 16

/* Adobe RGB (1998), which cameras name in EXIF instead of embedding it. */
static const gdouble adobe_xy[] = {0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290};
#define ADOBE_GAMMA (563.0 / 256.0)

/* Fails in the words of libvips. */
static gboolean
vips_failed (const gchar *path, GError **error)
{
  g_autofree gchar *words = vips_error_buffer_copy ();

  return cli_picture_error (path, words, error);
}

/* @rare: (out): whether @depth is said already */
static VipsImage *
open_image (const gchar *loader, const gchar *path, gboolean *rare, CliDepth *depth)
{
  VipsImage *image = NULL;

  *rare = strcmp (loader, "tiffload") == 0 && cli_tiff_is_rare (path);
  if (*rare)
    return cli_tiff_open_rare (path, depth);
  if (strcmp (loader, "pngload") == 0)
    return cli_png_open_image (path);
  vips_call (loader, path, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
             VIPS_FAIL_ON_TRUNCATED, NULL);
  return image;
}

typedef gint (*Operation) (VipsImage *in, VipsImage **out, ...);

static gboolean
change (VipsImage **image, Operation operation)
{
  VipsImage *changed = NULL;

  if (operation (*image, &changed, NULL) != 0)
    return FALSE;
  g_object_unref (*image);
  *image = changed;
  return TRUE;
}

/* Radiance's packed floats become floats. */
static gboolean
unpack (VipsImage **image)
{
  return (*image)->Coding != VIPS_CODING_RAD || change (image, vips_rad2float);
}

static gint
count_colours (const VipsImage *image)
{
  switch (image->Type)
    {
    case VIPS_INTERPRETATION_CMYK:
      return 4;
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
      return 1;
    default:
      return image->Bands >= 3 ? 3 : 1;
    }
}

static gboolean
is_linear (const gchar *loader)
{
  return strcmp (loader, "radload") == 0;
}

/* The profile of what has none. */
static NstProfile *
usual_profile (const VipsImage *image, const gchar *loader, const CliPicture *picture)
{
  const gint n = count_colours (image);

  if (image->Type == VIPS_INTERPRETATION_LAB)
    return nst_profile_new_lab ();
  if (is_linear (loader))
    return nst_profile_new_linear ();
  if (n == 3 && cli_metadata_is_adobe (picture))
    return nst_profile_new_rgb (adobe_xy, ADOBE_GAMMA);
  return n == 4   ? nst_profile_new_cmyk ()
         : n == 1 ? nst_profile_new_grey ()
                  : nst_profile_new_space (NST_SPACE_SRGB);
}

static NstProfile *
embedded_profile (VipsImage *image, gboolean *is_said)
{
  gconstpointer icc;
  gsize n_bytes;

  *is_said = vips_image_get_typeof (image, VIPS_META_ICC_NAME)
             && image->Type != VIPS_INTERPRETATION_LAB
             && vips_image_get_blob (image, VIPS_META_ICC_NAME, &icc, &n_bytes) == 0;
  return *is_said ? cli_picture_open_profile (icc, n_bytes, count_colours (image)) : NULL;
}

/* What the result is written in: the profile itself where it is RGB. */
static void
choose_output (CliPicture *picture, NstProfile *profile, gboolean says_so)
{
  picture->says_so = says_so;
  if (nst_profile_is_output (profile) && nst_profile_get_n_channels (profile) == 3)
    picture->output = nst_profile_ref (profile);
  else
    picture->output = nst_profile_new_space (NST_SPACE_SRGB);
}

/* NULL: memory is short. */
static NstProfile *
find_profile (VipsImage *image, const gchar *loader, CliPicture *picture)
{
  const guint shortages = nst_profile_shortages ();
  const gint n = count_colours (image);
  gboolean says_so;
  NstProfile *profile = strcmp (loader, "pngload") == 0
                            ? cli_png_profile (picture->path, n, &says_so)
                            : embedded_profile (image, &says_so);

  if (!profile)
    {
      if (says_so && !cli_picture_say_unused (picture->path, n, shortages))
        return NULL;
      profile = usual_profile (image, loader, picture);
      says_so = cli_metadata_is_adobe (picture) && n == 3;
    }
  if (!profile)
    return NULL;
  if (is_linear (loader) && !says_so)
    picture->output = nst_profile_new_space (NST_SPACE_SRGB);
  else
    choose_output (picture, profile, says_so);
  return profile;
}

static gboolean
find_depth (const VipsImage *image, CliDepth *depth)
{
  switch (image->BandFmt)
    {
    case VIPS_FORMAT_UCHAR:
      *depth = CLI_DEPTH_8;
      return TRUE;
    case VIPS_FORMAT_USHORT:
      *depth = CLI_DEPTH_16;
      return TRUE;
    case VIPS_FORMAT_UINT:
    case VIPS_FORMAT_FLOAT:
    case VIPS_FORMAT_DOUBLE:
      *depth = CLI_DEPTH_FLOAT;
      return TRUE;
    default:
      return FALSE;
    }
}

static gfloat
to_float (const VipsImage *image, gconstpointer row, gsize i)
{
  switch (image->BandFmt)
    {
    case VIPS_FORMAT_UCHAR:
      return ((const guint8 *) row)[i] / 255.0f;
    case VIPS_FORMAT_USHORT:
      return ((const guint16 *) row)[i] / 65535.0f;
    case VIPS_FORMAT_UINT:
      return (gfloat) (((const guint32 *) row)[i] / 4294967295.0);
    case VIPS_FORMAT_FLOAT:
      return ((const gfloat *) row)[i];
    default:
      return (gfloat) ((const gdouble *) row)[i];
    }
}

/* The encoding of nst_profile_new_lab(). */
static void
scale_lab (gfloat *values, gint width, gint n_values)
{
  for (gint x = 0; x < width; x++, values += n_values)
    {
      values[0] /= 100.0f;
      values[1] = (values[1] + 128.0f) / 255.0f;
      values[2] = (values[2] + 128.0f) / 255.0f;
    }
}

/* Radiance's number for white is one of a range, the middle of which libvips takes. */
static void
settle_white (gfloat *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (values[i] > 1.0f && values[i] <= 1.0f + 0.5f / 128.0f)
      values[i] = 1.0f;
}

static gboolean
read_rows (VipsImage *image, CliRows *rows)
{
  const gsize n = (gsize) image->Xsize * (gsize) image->Bands;
  g_autofree gfloat *values = g_try_new (gfloat, n);
  VipsRegion *region = vips_region_new (image);
  gboolean good = values != NULL;

  if (!good)
    vips_error ("nst", "out of memory");
  for (gint y = 0; good && y < image->Ysize; y++)
    {
      const VipsRect band = {0, y, image->Xsize, MIN (BAND_ROWS, image->Ysize - y)};
      gconstpointer row;

      if (y % BAND_ROWS == 0 && vips_region_prepare (region, &band) != 0)
        {
          good = FALSE;
          break;
        }
      row = VIPS_REGION_ADDR (region, 0, y);
      for (gsize i = 0; i < n; i++)
        values[i] = to_float (image, row, i);
      if (image->Type == VIPS_INTERPRETATION_LAB)
        scale_lab (values, image->Xsize, image->Bands);
      else if (image->Type == VIPS_INTERPRETATION_scRGB)
        settle_white (values, n);
      cli_rows_put (rows, y, values);
    }
  g_object_unref (region);
  return good;
}

/* Of TIFF; for other formats libvips lets EXIF go before their own field. */
static void
read_resolution (VipsImage *image, CliPicture *picture)
{
  const gchar *name;
  CliUnit unit = CLI_UNIT_NONE; /* which has no name */
  gdouble length;

  if (vips_image_get_typeof (image, VIPS_META_RESOLUTION_UNIT)
      && vips_image_get_string (image, VIPS_META_RESOLUTION_UNIT, &name) == 0)
    unit = g_str_has_prefix (name, "in") ? CLI_UNIT_INCH : CLI_UNIT_CENTIMETRE;
  length = cli_resolution_length (unit);
  cli_resolution_set (picture, image->Xres * length, image->Yres * length, unit);
}

/* 0 with @error where it is not read. */
static gint
find_orientation (VipsImage *image, const gchar *loader, const CliPicture *picture,
                  GError **error)
{
  if (strcmp (loader, "radload") == 0)
    return cli_radiance_orientation (picture->path, error);
  return vips_image_get_typeof (image, VIPS_META_ORIENTATION)
             ? vips_image_get_orientation (image)
             : cli_metadata_orientation (picture);
}

static gboolean
read_pixels (VipsImage *image, const CliLayout *layout, CliPicture *picture, GError **error)
{
  CliRows *rows = cli_rows_new (picture, layout, error);
  gboolean good;

  if (!rows)
    return FALSE;
  good = read_rows (image, rows);
  if (good)
    cli_rows_warn (rows);
  else
    vips_failed (picture->path, error);
  cli_rows_free (rows);
  return good;
}

static gboolean
read_image (VipsImage *image, gboolean rare, const gchar *loader, CliPicture *picture,
            GError **error)
{
  CliLayout layout = {.width = image->Xsize,
                      .height = image->Ysize,
                      .n_colours = count_colours (image),
                      .n_values = image->Bands};

  if (!rare && !find_depth (image, &picture->depth))
    return cli_picture_error (picture->path, "unsupported", error);
  layout.has_alpha = image->Bands > layout.n_colours;
  layout.profile = find_profile (image, loader, picture);
  layout.orientation = find_orientation (image, loader, picture, error);
  if (layout.orientation == 0)
    return FALSE;
  if (strcmp (loader, "tiffload") == 0)
    read_resolution (image, picture);
  return read_pixels (image, &layout, picture, error);
}

/* Whether the file has its end, which the library does not look for in these formats. */
static gboolean
check (const gchar *loader, const gchar *path, GError **error)
{
  static const struct
  {
    const gchar *loader;
    gboolean (*check) (const gchar *path, GError **error);
  } checks[] = {
      {"jpegload", cli_jpeg_check}, {"pngload", cli_png_check}, {"tiffload", cli_tiff_check}};

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (strcmp (loader, checks[i].loader) == 0)
      return checks[i].check (path, error);
  return TRUE;
}

/**
 * cli_read_vips:
 * @loader: "pngload"
 * @picture: its path and metadata are there, the rest is read
 */
gboolean
cli_read_vips (const gchar *loader, CliPicture *picture, GError **error)
{
  const gboolean is_gif = strcmp (loader, "gifload") == 0;
  const CliGif gif = is_gif ? cli_gif_read (picture) : (CliGif){0};
  gboolean rare, good;
  VipsImage *image = open_image (loader, picture->path, &rare, &picture->depth);

  if (!image)
    return vips_failed (picture->path, error);
  if (cli_picture_is_too_large (picture->path, image->Xsize, image->Ysize, error))
    good = FALSE;
  else if (!unpack (&image) || (is_gif && !cli_gif_clear (&gif, &image)))
    good = vips_failed (picture->path, error);
  else if (gif.is_cut_off)
    good = cli_picture_error (picture->path, "", error);
  else
    good = read_image (image, rare, loader, picture, error)
           && check (loader, picture->path, error);
  g_object_unref (image);
  return good;
}
