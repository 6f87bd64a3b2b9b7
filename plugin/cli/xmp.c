/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * XMP that is too long for one segment of JPEG.  Such a file has it in two parts; here
 * they are one, and become two again when JPEG is written.  XMP is taken apart and put
 * together by gexiv2 alone, which reads it from a file only: so small ones are made in
 * memory, a sidecar or a WebP without a picture.
 */
#include <string.h>

#include "picture-private.h"

#define LONG_XMP   "Xmp.xmpNote.HasExtendedXMP"
#define END        "</rdf:RDF>"
#define PACKET_MAX 60000 /* bytes, of 65502 that a segment holds */
#define SHORT_MAX  1000

/* The text of @main with what @more says, too; NULL if one is not as it is written everywhere. */
static gchar *
join (const gchar *main, const gchar *more)
{
  const gchar *end = main ? g_strrstr (main, END) : NULL;
  const gchar *from = strstr (more, "<rdf:RDF"), *to = g_strrstr (more, END);

  from = from ? strchr (from, '>') : NULL;
  if (!end || !from || !to || to < from)
    return NULL;
  return g_strdup_printf ("%.*s%.*s%s", (gint) (end - main), main, (gint) (to - from - 1),
                          from + 1, end);
}

static void
append_chunk (GByteArray *file, const gchar *name, gconstpointer data, gsize n)
{
  const guint32 size = GUINT32_TO_LE ((guint32) n);

  g_byte_array_append (file, (const guint8 *) name, 4);
  g_byte_array_append (file, (const guint8 *) &size, sizeof size);
  g_byte_array_append (file, data, (guint) n);
  if (n % 2)
    g_byte_array_append (file, (const guint8 *) "", 1);
}

static void
copy_iptc (GExiv2Metadata *from, GExiv2Metadata *to)
{
  g_auto (GStrv) tags = gexiv2_metadata_get_iptc_tags (from);

  for (guint i = 0; tags && tags[i]; i++)
    {
      g_auto (GStrv) values = gexiv2_metadata_try_get_tag_multiple (from, tags[i], NULL);

      gexiv2_metadata_try_set_tag_multiple (to, tags[i], (const gchar **) values, NULL);
    }
}

/* @metadata with @text instead of their XMP, or NULL. */
static GExiv2Metadata *
replace (GExiv2Metadata *metadata, const gchar *text)
{
  static const guint8 canvas[10] = {0x08 | 0x04}; /* has EXIF, has XMP */
  g_autoptr (GExiv2Metadata) changed = gexiv2_metadata_new ();
  g_autoptr (GByteArray) chunks = g_byte_array_new (), file = g_byte_array_new ();
  g_autoptr (GBytes) exif = NULL;

  if (gexiv2_metadata_has_exif (metadata))
    exif = gexiv2_metadata_get_exif_data (metadata, GEXIV2_BYTE_ORDER_LITTLE, NULL);
  g_byte_array_append (chunks, (const guint8 *) "WEBP", 4);
  append_chunk (chunks, "VP8X", canvas, sizeof canvas);
  if (exif)
    append_chunk (chunks, "EXIF", g_bytes_get_data (exif, NULL), g_bytes_get_size (exif));
  append_chunk (chunks, "XMP ", text, strlen (text));
  append_chunk (file, "RIFF", chunks->data, chunks->len);
  if (!gexiv2_metadata_open_buf (changed, file->data, file->len, NULL)
      || !gexiv2_metadata_has_xmp (changed))
    return NULL;
  copy_iptc (metadata, changed);
  return g_steal_pointer (&changed);
}

/**
 * cli_xmp_set:
 * @picture: its metadata, which are there, get @text for their XMP, unless that cannot be read
 */
void
cli_xmp_set (CliPicture *picture, const gchar *text)
{
  GExiv2Metadata *changed = replace (picture->metadata, text);

  if (!changed)
    return;
  g_object_unref (picture->metadata);
  picture->metadata = changed;
}

/**
 * cli_xmp_add:
 * @picture: its metadata get what @more says, too
 * @more: (nullable): XMP's long part
 *
 * Returns: %FALSE if it cannot be read
 */
gboolean
cli_xmp_add (CliPicture *picture, const gchar *more)
{
  g_autofree gchar *main = gexiv2_metadata_try_get_xmp_packet (picture->metadata, NULL);
  g_autofree gchar *text = more ? join (main, more) : NULL;
  GExiv2Metadata *changed = text ? replace (picture->metadata, text) : NULL;

  gexiv2_metadata_try_clear_tag (changed ? changed : picture->metadata, LONG_XMP, NULL);
  if (!changed)
    return FALSE;
  g_object_unref (picture->metadata);
  picture->metadata = changed;
  return TRUE;
}

/* What all readers shall find goes into the first part: all that is short, lists too. */
static gboolean
is_short (GExiv2Metadata *metadata, const gchar *tag)
{
  g_autofree gchar *text = gexiv2_metadata_try_get_tag_string (metadata, tag, NULL);

  return !strpbrk (tag, "[/") && text && strlen (text) <= SHORT_MAX;
}

/* With the structures and lists that it is part of, whose own tags are not told.  Cuts @tag. */
static void
clear_whole (GExiv2Metadata *metadata, gchar *tag)
{
  gchar *end = tag;

  while (end)
    {
      gexiv2_metadata_try_clear_tag (metadata, tag, NULL);
      end = tag + strlen (tag);
      while (end > tag && *end != '/' && *end != '[')
        end--;
      end = end > tag ? end : NULL;
      if (end)
        *end = '\0';
    }
}

static gchar *
get_packet (GExiv2Metadata *metadata)
{
  return gexiv2_metadata_try_generate_xmp_packet (
      metadata, GEXIV2_OMIT_PACKET_WRAPPER | GEXIV2_USE_COMPACT_FORMAT, 0, NULL);
}

/* Leaves the short part in @metadata.  Returns: (nullable): the other, if each fits its place */
static gchar *
split (GExiv2Metadata *metadata, const gchar *packet)
{
  g_auto (GStrv) tags = gexiv2_metadata_get_xmp_tags (metadata);
  g_autoptr (GExiv2Metadata) more = gexiv2_metadata_new ();
  g_autofree gchar *short_part = NULL;

  if (!gexiv2_metadata_open_buf (more, (const guint8 *) packet, (glong) strlen (packet), NULL))
    return NULL;
  for (guint i = 0; tags && tags[i]; i++)
    clear_whole (is_short (more, tags[i]) ? more : metadata, tags[i]);
  short_part = get_packet (metadata);
  return short_part && strlen (short_part) <= PACKET_MAX ? get_packet (more) : NULL;
}

/**
 * cli_xmp_split:
 * @metadata: keep of their XMP what fits into a segment of JPEG
 * @rest: (out) (nullable): what does not
 *
 * Returns: %FALSE if they do not fit and cannot be told apart; something may be lost then
 */
gboolean
cli_xmp_split (GExiv2Metadata *metadata, CliLongXmp **rest)
{
  g_autofree gchar *packet = gexiv2_metadata_has_xmp (metadata) ? get_packet (metadata) : NULL;
  g_autofree gchar *text = NULL;
  CliLongXmp *xmp;

  *rest = NULL;
  if (!packet || strlen (packet) <= PACKET_MAX)
    return TRUE;
  text = split (metadata, packet);
  if (!text)
    return FALSE;
  xmp = g_new0 (CliLongXmp, 1);
  xmp->guid = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
  for (gchar *digit = xmp->guid; *digit; digit++)
    *digit = g_ascii_toupper (*digit);
  xmp->text = g_steal_pointer (&text);
  gexiv2_metadata_try_register_xmp_namespace ("http://ns.adobe.com/xmp/note/", "xmpNote", NULL);
  gexiv2_metadata_try_set_tag_string (metadata, LONG_XMP, xmp->guid, NULL);
  *rest = xmp;
  return TRUE;
}

/**
 * cli_long_xmp_free:
 * @xmp: (nullable)
 */
void
cli_long_xmp_free (CliLongXmp *xmp)
{
  if (!xmp)
    return;
  g_free (xmp->text);
  g_free (xmp->guid);
  g_free (xmp);
}
