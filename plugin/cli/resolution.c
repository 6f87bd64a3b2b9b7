/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many pixels lie on a length.  Formats say it in a field of their own, in EXIF,
 * in XMP, or in several of these, and in inches or metres: one number here, which
 * goes to all places that the output has.
 */
#include <math.h>

#include "picture-private.h"

#define RATIO_MAX                                                                              \
  1000 /* of a pixel's sides; what is beyond is no picture's, and EXR refuses it */

enum
{
  EXIF_NONE = 1,
  EXIF_INCH,
  EXIF_CENTIMETRE,
};

/**
 * cli_resolution_length:
 *
 * Returns: of @unit, in millimetres; 1 for none
 */
gdouble
cli_resolution_length (CliUnit unit)
{
  static const gdouble lengths[] = {1.0, 25.4, 10.0};

  return lengths[unit];
}

/* "300/1" or "300", as XMP has it. */
static gdouble
parse (const gchar *text)
{
  gchar *end = NULL;
  const gdouble value = text ? g_ascii_strtod (text, &end) : 0.0;
  const gdouble part = end && *end == '/' ? g_ascii_strtod (end + 1, NULL) : 1.0;

  return part > 0.0 && isfinite (value) ? value / part : 0.0;
}

static gdouble
get (GExiv2Metadata *metadata, const gchar *group, const gchar *name)
{
  g_autofree gchar *tag = g_strconcat (group, name, NULL);
  g_autofree gchar *text = gexiv2_metadata_try_get_tag_string (metadata, tag, NULL);

  return parse (text);
}

/**
 * cli_resolution_set:
 * @x: pixels a centimetre, or an inch; without a unit, what with @y tells the ratio of a pixel's sides
 *
 * To be called for what the format's own field says; 0, what can be no picture's, and 1 to 1 without a
 * unit say nothing.
 */
void
cli_resolution_set (CliPicture *picture, gdouble x, gdouble y, CliUnit unit)
{
  const gdouble length = cli_resolution_length (unit);

  if (!(x > 0.0 && y > 0.0 && isfinite (x) && isfinite (y) && x / y <= RATIO_MAX
        && y / x <= RATIO_MAX)
      || (unit == CLI_UNIT_NONE && x == 1.0 && y == 1.0))
    return;
  picture->unit = unit;
  picture->xres = x / length;
  picture->yres = y / length;
}

static void
read_from (CliPicture *picture, const gchar *group)
{
  const gdouble x = get (picture->metadata, group, "XResolution");
  const gdouble y = get (picture->metadata, group, "YResolution");
  const gdouble said = get (picture->metadata, group, "ResolutionUnit");
  const CliUnit unit = said == EXIF_NONE         ? CLI_UNIT_NONE
                       : said == EXIF_CENTIMETRE ? CLI_UNIT_CENTIMETRE
                                                 : CLI_UNIT_INCH;

  if (unit != CLI_UNIT_NONE || picture->xres <= 0.0)
    cli_resolution_set (picture, x, y > 0.0 ? y : x, unit);
}

/**
 * cli_resolution_read:
 * @picture: read but for this, its resolution what the format's own field says
 *
 * Asks EXIF and XMP where there is no such field, or it has no unit.  All of them tell of the file's
 * rows and columns; here it is the upright picture's.
 */
void
cli_resolution_read (CliPicture *picture)
{
  if (picture->metadata && picture->unit == CLI_UNIT_NONE)
    read_from (picture, "Exif.Image.");
  if (picture->metadata && picture->unit == CLI_UNIT_NONE)
    read_from (picture, "Xmp.tiff.");
  if (picture->is_turned)
    {
      const gdouble across = picture->xres;

      picture->xres = picture->yres;
      picture->yres = across;
    }
}

static gboolean
is_whole (gdouble value)
{
  return value >= 1.0 && value == rint (value);
}

/**
 * cli_resolution_get_ratio:
 * @content: its resolution has no unit
 * @most: that a number can be
 * @x: (out): with @y, as whole numbers; 1 to 1 where nothing is said
 */
void
cli_resolution_get_ratio (const CliPicture *content, guint most, guint *x, guint *y)
{
  const gdouble across = content->xres > 0.0 ? content->xres : 1.0;
  const gdouble down = content->xres > 0.0 ? content->yres : 1.0;
  gdouble scale = 1.0;

  while (scale < 10000.0 && !(is_whole (across * scale) && is_whole (down * scale)))
    scale *= 10.0;
  scale = MIN (scale, most / MAX (across, down));
  *x = (guint) MAX (rint (across * scale), 1.0);
  *y = (guint) MAX (rint (down * scale), 1.0);
}

/* The fraction whose denominator is the smallest power of 10 that says @value. */
static void
find_fraction (gdouble value, gint *numerator, gint *denominator)
{
  for (*denominator = 1; *denominator < 10000; *denominator *= 10)
    if (fabs (value * *denominator - round (value * *denominator))
            <= 1e-6 * value * *denominator
        || value * *denominator * 10 > G_MAXINT)
      break;
  *numerator = (gint) CLAMP (round (value * *denominator), 1, G_MAXINT);
}

/* As text, from which exiv2 makes what the tag is to be. */
static void
set (GExiv2Metadata *metadata, gboolean in_exif, const gchar *name, const gchar *text)
{
  g_autofree gchar *exif = g_strconcat ("Exif.Image.", name, NULL);
  g_autofree gchar *xmp = g_strconcat ("Xmp.tiff.", name, NULL);

  if (in_exif)
    gexiv2_metadata_try_set_tag_string (metadata, exif, text, NULL);
  if (gexiv2_metadata_try_has_tag (metadata, xmp, NULL))
    gexiv2_metadata_try_set_tag_string (metadata, xmp, text, NULL);
}

static void
set_fraction (GExiv2Metadata *metadata, gboolean in_exif, const gchar *name, gdouble value)
{
  g_autofree gchar *text = NULL;
  gint numerator, denominator;

  find_fraction (value, &numerator, &denominator);
  text = g_strdup_printf ("%d/%d", numerator, denominator);
  set (metadata, in_exif, name, text);
}

/* EXIF knows but inches and centimetres. */
static void
unsay (GExiv2Metadata *metadata)
{
  static const gchar *const tags[] = {
      "Exif.Image.XResolution", "Exif.Image.YResolution", "Exif.Image.ResolutionUnit",
      "Xmp.tiff.XResolution",   "Xmp.tiff.YResolution",   "Xmp.tiff.ResolutionUnit",
  };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    gexiv2_metadata_try_clear_tag (metadata, tags[i], NULL);
}

/**
 * cli_resolution_write:
 * @metadata: of the output
 */
void
cli_resolution_write (const CliPicture *content, GExiv2Metadata *metadata,
                      const CliPlaces *places)
{
  static const gchar *const units[] = {"1", "2", "3"};
  const gdouble length = cli_resolution_length (content->unit);
  const gboolean in_exif =
      places->resolution_in_exif
      || gexiv2_metadata_try_has_tag (metadata, "Exif.Image.XResolution", NULL);

  if (content->unit == CLI_UNIT_NONE && !places->exif_is_tags)
    unsay (metadata);
  else if (content->xres > 0.0)
    {
      set_fraction (metadata, in_exif, "XResolution", content->xres * length);
      set_fraction (metadata, in_exif, "YResolution", content->yres * length);
      set (metadata, in_exif, "ResolutionUnit", units[content->unit]);
    }
}
