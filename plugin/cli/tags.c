/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tags of EXIF and XMP: which say something that a result has to say, too.
 */
#include <string.h>

#include "picture-private.h"

/* What describes how the pixels lie in the content's file, and is not so in the result's. */
static const gchar *const structure[] = {
    "Exif.Image.NewSubfileType",
    "Exif.Image.SubfileType",
    "Exif.Image.ImageWidth",
    "Exif.Image.ImageLength",
    "Exif.Image.BitsPerSample",
    "Exif.Image.Compression",
    "Exif.Image.PhotometricInterpretation",
    "Exif.Image.Thresholding",
    "Exif.Image.FillOrder",
    "Exif.Image.StripOffsets",
    "Exif.Image.SamplesPerPixel",
    "Exif.Image.RowsPerStrip",
    "Exif.Image.StripByteCounts",
    "Exif.Image.PlanarConfiguration",
    "Exif.Image.PageNumber",
    "Exif.Image.GrayResponseUnit",
    "Exif.Image.GrayResponseCurve",
    "Exif.Image.T4Options",
    "Exif.Image.T6Options",
    "Exif.Image.TransferFunction",
    "Exif.Image.Predictor",
    "Exif.Image.WhitePoint",
    "Exif.Image.PrimaryChromaticities",
    "Exif.Image.ColorMap",
    "Exif.Image.HalftoneHints",
    "Exif.Image.TileWidth",
    "Exif.Image.TileLength",
    "Exif.Image.TileOffsets",
    "Exif.Image.TileByteCounts",
    "Exif.Image.SubIFDs",
    "Exif.Image.InkSet",
    "Exif.Image.InkNames",
    "Exif.Image.NumberOfInks",
    "Exif.Image.DotRange",
    "Exif.Image.ExtraSamples",
    "Exif.Image.SampleFormat",
    "Exif.Image.SMinSampleValue",
    "Exif.Image.SMaxSampleValue",
    "Exif.Image.JPEGTables",
    "Exif.Image.YCbCrCoefficients",
    "Exif.Image.YCbCrSubSampling",
    "Exif.Image.YCbCrPositioning",
    "Exif.Image.ReferenceBlackWhite",
    "Exif.Image.XMLPacket",
    "Exif.Image.InterColorProfile",
    "Exif.Image.IPTCNAA",
    "Exif.Image.ImageResources",
    "Exif.Photo.ComponentsConfiguration",
    "Exif.Photo.CompressedBitsPerPixel",
    "Xmp.tiff.BitsPerSample",
    "Xmp.tiff.Compression",
    "Xmp.tiff.PhotometricInterpretation",
    "Xmp.tiff.SamplesPerPixel",
    "Xmp.tiff.PlanarConfiguration",
    "Xmp.tiff.YCbCrSubSampling",
    "Xmp.tiff.YCbCrPositioning",
    "Xmp.tiff.TransferFunction",
    "Xmp.tiff.WhitePoint",
    "Xmp.tiff.PrimaryChromaticities",
    "Xmp.tiff.YCbCrCoefficients",
    "Xmp.tiff.ReferenceBlackWhite",
    "Xmp.exif.ComponentsConfiguration",
    "Xmp.exif.CompressedBitsPerPixel",
    "Xmp.photoshop.ColorMode",
    "Xmp.photoshop.ICCProfile",
    NULL,
};

/* What goes without saying, or is said of the pixels by the result's format as well. */
static const gchar *const plain[] = {
    "Exif.Image.ExifTag",         "Exif.Image.GPSTag",
    "Exif.Image.XResolution",     "Exif.Image.YResolution",
    "Exif.Image.ResolutionUnit",  "Exif.Image.Orientation",
    "Exif.Photo.ExifVersion",     "Exif.Photo.FlashpixVersion",
    "Exif.Photo.ColorSpace",      "Exif.Photo.PixelXDimension",
    "Exif.Photo.PixelYDimension", "Xmp.tiff.XResolution",
    "Xmp.tiff.YResolution",       "Xmp.tiff.ResolutionUnit",
    "Xmp.tiff.Orientation",       "Xmp.tiff.ImageWidth",
    "Xmp.tiff.ImageLength",       "Xmp.exif.PixelXDimension",
    "Xmp.exif.PixelYDimension",   NULL,
};

/* Whether it is XMP's of phones' gain maps and short films, which lie behind the picture.  Its prefix is
 * whatever the file has for the namespace. */
static gboolean
is_of_what_follows (const gchar *tag)
{
  static const struct
  {
    const gchar *space, *name; /* the beginning of it */
  } names[] = {{"http://ns.adobe.com/hdr-gain-map/1.0/", ""},
               {"http://ns.apple.com/HDRGainMap/1.0/", ""},
               {"http://ns.google.com/photos/1.0/container/", ""},
               {"http://ns.google.com/photos/dd/1.0/container/", ""},
               {"http://ns.google.com/photos/1.0/camera/", "MicroVideo"},
               {"http://ns.google.com/photos/1.0/camera/", "MotionPhoto"}};
  const gchar *name = g_str_has_prefix (tag, "Xmp.") ? strchr (tag + 4, '.') : NULL;
  g_autofree gchar *space =
      name ? gexiv2_metadata_try_get_xmp_namespace_for_tag (tag, NULL) : NULL;

  for (guint i = 0; space && i < G_N_ELEMENTS (names); i++)
    if (strcmp (space, names[i].space) == 0 && g_str_has_prefix (name + 1, names[i].name))
      return TRUE;
  return FALSE;
}

/**
 * cli_tag_is_of_file:
 * @tag: of EXIF or XMP
 *
 * Returns: whether it is true of the content's file alone: of its pixels, or of its further pictures.
 *   Of their list in XMP the empty items stay, as gexiv2 does not reach them.
 */
gboolean
cli_tag_is_of_file (const gchar *tag)
{
  static const gchar *const others[] = {"Exif.Thumbnail.", "Exif.Image2.", "Exif.Image3.",
                                        "Exif.SubImage", "Exif.SubThumb"};

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_has_prefix (tag, others[i]))
      return TRUE;
  return g_strv_contains (structure, tag) || is_of_what_follows (tag);
}

/**
 * cli_tag_is_worth:
 * @tag: likewise
 *
 * Returns: %FALSE where nothing is lost with it
 */
gboolean
cli_tag_is_worth (const gchar *tag)
{
  return !cli_tag_is_of_file (tag) && !g_strv_contains (plain, tag);
}
