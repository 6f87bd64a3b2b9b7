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
  UNIT_NONE = 1, /* EXIF's; the numbers are but the ratio of a pixel's sides */
  UNIT_CENTIMETRE = 3,
};

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
 * @x: pixels a centimetre, or an inch
 *
 * To be called for what the format's own field says; 0, or what can be no picture's, says nothing.
 */
void
cli_resolution_set (CliPicture *picture, gdouble x, gdouble y, gboolean is_metric)
{
  if (!(x > 0.0 && y > 0.0 && isfinite (x) && isfinite (y) && x / y <= RATIO_MAX
        && y / x <= RATIO_MAX))
    return;
  picture->is_metric = is_metric;
  picture->xres = x / (is_metric ? CLI_CENTIMETRE : CLI_INCH);
  picture->yres = y / (is_metric ? CLI_CENTIMETRE : CLI_INCH);
}

static void
read_from (CliPicture *picture, const gchar *group)
{
  const gdouble x = get (picture->metadata, group, "XResolution");
  const gdouble y = get (picture->metadata, group, "YResolution");
  const gdouble unit = get (picture->metadata, group, "ResolutionUnit");

  if (unit != UNIT_NONE)
    cli_resolution_set (picture, x, y > 0.0 ? y : x, unit == UNIT_CENTIMETRE);
}

/**
 * cli_resolution_read:
 * @picture: read but for this, its resolution what the format's own field says
 *
 * Asks EXIF and XMP where there is no such field, or it says nothing.
 */
void
cli_resolution_read (CliPicture *picture)
{
  if (!picture->metadata)
    return;
  if (picture->xres <= 0.0)
    read_from (picture, "Exif.Image.");
  if (picture->xres <= 0.0)
    read_from (picture, "Xmp.tiff.");
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

/**
 * cli_resolution_write:
 * @metadata: of the output
 * @needs_exif: whether its format has no other place, or this is that place
 */
void
cli_resolution_write (const CliPicture *content, GExiv2Metadata *metadata, gboolean needs_exif)
{
  const gdouble length = content->is_metric ? CLI_CENTIMETRE : CLI_INCH;
  const gboolean in_exif =
      needs_exif || gexiv2_metadata_try_has_tag (metadata, "Exif.Image.XResolution", NULL);

  if (content->xres <= 0.0)
    return;
  set_fraction (metadata, in_exif, "XResolution", content->xres * length);
  set_fraction (metadata, in_exif, "YResolution", content->yres * length);
  set (metadata, in_exif, "ResolutionUnit", content->is_metric ? "3" : "2");
}
