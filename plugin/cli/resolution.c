/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many pixels lie on a length.  Formats say it in a field of their own, in EXIF,
 * in XMP, or in several of these, and in inches or metres: one number here, which
 * goes to all places that the output has.
 */
#include <math.h>

#include "picture-private.h"

#define CENTIMETRE 10.0 /* mm */

enum
{
  UNIT_NONE = 1, /* EXIF's; the numbers are but the ratio of a pixel's sides */
  UNIT_INCH,
  UNIT_CENTIMETRE,
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

static void
read_from (CliPicture *picture, const gchar *group)
{
  const gdouble x = get (picture->metadata, group, "XResolution");
  const gdouble y = get (picture->metadata, group, "YResolution");
  const gint unit = (gint) get (picture->metadata, group, "ResolutionUnit");

  if (x <= 0.0 || unit == UNIT_NONE)
    return;
  picture->is_metric = unit == UNIT_CENTIMETRE;
  picture->xres = x / (picture->is_metric ? CENTIMETRE : CLI_INCH);
  picture->yres = y > 0.0 ? picture->xres * y / x : picture->xres;
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
  /* libvips takes numbers without a unit for pixels a millimetre */
  if ((gint) get (picture->metadata, "Exif.Image.", "ResolutionUnit") == UNIT_NONE)
    picture->xres = 0.0;
  if (picture->xres <= 0.0)
    read_from (picture, "Exif.Image.");
  if (picture->xres <= 0.0)
    read_from (picture, "Xmp.tiff.");
}

/* The fraction with the smallest denominator that says @value. */
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

static void
set (GExiv2Metadata *metadata, gboolean in_exif, const gchar *name, gdouble value)
{
  g_autofree gchar *exif = g_strconcat ("Exif.Image.", name, NULL);
  g_autofree gchar *xmp = g_strconcat ("Xmp.tiff.", name, NULL);
  g_autofree gchar *text = NULL;
  gint numerator, denominator;

  find_fraction (value, &numerator, &denominator);
  if (in_exif)
    gexiv2_metadata_try_set_exif_tag_rational (metadata, exif, numerator, denominator, NULL);
  text = g_strdup_printf ("%d/%d", numerator, denominator);
  if (gexiv2_metadata_try_has_tag (metadata, xmp, NULL))
    gexiv2_metadata_try_set_tag_string (metadata, xmp, text, NULL);
}

/**
 * cli_resolution_write:
 * @metadata: of the output
 * @needs_exif: whether its format has no other place, or this is that place
 */
void
cli_resolution_write (const CliPicture *content, GExiv2Metadata *metadata, gboolean needs_exif)
{
  const gdouble length = content->is_metric ? CENTIMETRE : CLI_INCH;
  const glong unit = content->is_metric ? UNIT_CENTIMETRE : UNIT_INCH;
  const gboolean in_exif =
      needs_exif || gexiv2_metadata_try_has_tag (metadata, "Exif.Image.XResolution", NULL);

  if (content->xres <= 0.0)
    return;
  set (metadata, in_exif, "XResolution", content->xres * length);
  set (metadata, in_exif, "YResolution", content->yres * length);
  if (in_exif)
    gexiv2_metadata_try_set_tag_long (metadata, "Exif.Image.ResolutionUnit", unit, NULL);
  if (gexiv2_metadata_try_has_tag (metadata, "Xmp.tiff.ResolutionUnit", NULL))
    gexiv2_metadata_try_set_tag_long (metadata, "Xmp.tiff.ResolutionUnit", unit, NULL);
}
