/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What pictures say in words, PNG's texts and comments: where they go in other formats,
 * and what finds no place there.
 */
#include <string.h>

#include "picture-private.h"

#define DESCRIPTION  "Exif.Image.ImageDescription"
#define USER_COMMENT "Exif.Photo.UserComment"
#define NAMES_MAX    8

/* Where the keys that PNG's standard names have a place of the same meaning. */
static const struct
{
  const gchar *key, *tag;
} tags[] = {
    {"Description", DESCRIPTION},
    {"Author", "Exif.Image.Artist"},
    {"Copyright", "Exif.Image.Copyright"},
    {"Software", "Exif.Image.Software"},
    {"Title", "Xmp.dc.title"},
};

/* What Exiv2 writes before a text: EXIF's comment says its encoding, XMP's texts their languages. */
static const gchar *
find_prefix (const gchar *tag, const gchar *text)
{
  if (strcmp (tag, USER_COMMENT) == 0)
    return g_str_is_ascii (text) ? "charset=Ascii " : "charset=Unicode ";
  return g_str_has_prefix (tag, "Xmp.") ? "lang=\"x-default\" " : "";
}

/* @text without such a prefix. */
static gchar *
skip_prefix (gchar *text)
{
  const gchar *end = g_str_has_prefix (text, "charset=")  ? " "
                     : g_str_has_prefix (text, "lang=\"") ? "\" "
                                                          : NULL;
  gchar *at = end ? strstr (text, end) : NULL;

  return at ? at + strlen (end) : text;
}

/* NULL where nothing is said; cameras fill fields with spaces. */
static gchar *
get (GExiv2Metadata *metadata, const gchar *tag)
{
  g_autofree gchar *all =
      metadata ? gexiv2_metadata_try_get_tag_string (metadata, tag, NULL) : NULL;
  gchar *text = all ? g_strdup (*find_prefix (tag, all) ? skip_prefix (all) : all) : NULL;

  if (text && *g_strstrip (text) == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

/* But for the spaces around it; XMP's goes on with other languages. */
static gboolean
is_said (const gchar *there, const gchar *text)
{
  g_autofree gchar *plain = g_strstrip (g_strdup (text));
  const gsize n = strlen (plain);

  return there && strncmp (there, plain, n) == 0
         && (there[n] == '\0' || g_str_has_prefix (there + n, ", lang=\""));
}

static gboolean
has (GExiv2Metadata *metadata, const gchar *tag, const gchar *text)
{
  g_autofree gchar *there = get (metadata, tag);

  return is_said (there, text);
}

/* Returns: FALSE if something else is said there */
static gboolean
put (GExiv2Metadata *metadata, const gchar *tag, const gchar *text)
{
  g_autofree gchar *there = get (metadata, tag);
  g_autofree gchar *coded = g_strconcat (find_prefix (tag, text), text, NULL);

  if (!there)
    gexiv2_metadata_try_set_tag_string (metadata, tag, coded, NULL);
  return !there || is_said (there, text);
}

/* Returns: (nullable): as PNG says it */
static const gchar *
get_word (const CliPicture *content, const gchar *key)
{
  const GString *word = g_hash_table_lookup (content->words, key);

  return word ? word->str : NULL;
}

/**
 * cli_words_put:
 * @metadata: get @content's words, but what PNG has texts or JPEG a segment for; what they say
 *   already they go on to say
 */
void
cli_words_put (const CliPicture *content, GExiv2Metadata *metadata, const CliPlaces *places)
{
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      const gchar *word = get_word (content, tags[i].key);

      if (word)
        put (metadata, tags[i].tag, word);
    }
  if (content->comment && !places->has_comment
      && !put (metadata, DESCRIPTION, content->comment))
    put (metadata, USER_COMMENT, content->comment);
}

/**
 * cli_words_comment:
 * @content: for a format that has but a comment
 *
 * Returns: (nullable): the comment, or else what describes the picture; in UTF-8, and no longer than
 *   %CLI_COMMENT_MAX
 */
gchar *
cli_words_comment (const CliPicture *content)
{
  g_autofree gchar *described = NULL;

  if (content->comment)
    return g_strdup (content->comment);
  described = get (content->metadata, DESCRIPTION);
  return described ? cli_text_to_utf8 (described, strlen (described))
                   : g_strdup (get_word (content, "Description"));
}

/* Whether the description has become the comment, all of it. */
static gboolean
is_comment (const CliPicture *content)
{
  g_autofree gchar *described = get (content->metadata, DESCRIPTION);

  return !content->comment && described && strlen (described) <= CLI_COMMENT_MAX;
}

/* Whether something is said in @tags, but for what has become the comment. */
static gboolean
say_something (const CliPicture *content, gchar **names)
{
  for (; names && *names; names++)
    if (cli_tag_is_worth (*names)
        && (strcmp (*names, DESCRIPTION) != 0 || !is_comment (content)))
      return TRUE;
  return FALSE;
}

static gboolean
is_kept (const CliPicture *content, const CliPlaces *places, const gchar *key,
         const gchar *text)
{
  g_autofree gchar *comment = NULL;

  if (strchr (key, ':')) /* a program's notes on the file */
    return TRUE;
  if (strcmp (key, CLI_COMMENT) == 0)
    return places->has_comment || has (content->metadata, DESCRIPTION, text)
           || has (content->metadata, USER_COMMENT, text);
  for (guint i = 0; places->has_exif && i < G_N_ELEMENTS (tags); i++)
    if (strcmp (key, tags[i].key) == 0)
      return has (content->metadata, tags[i].tag, text);
  if (places->has_exif)
    return FALSE;
  comment = cli_words_comment (content);
  return g_strcmp0 (comment, text) == 0;
}

static void
add_lost_metadata (const CliPicture *content, const CliPlaces *places, GPtrArray *names)
{
  GExiv2Metadata *metadata = content->metadata;
  g_auto (GStrv) exif = metadata ? gexiv2_metadata_get_exif_tags (metadata) : NULL;
  g_auto (GStrv) xmp = metadata ? gexiv2_metadata_get_xmp_tags (metadata) : NULL;

  if (!places->has_exif && say_something (content, exif))
    g_ptr_array_add (names, g_strdup ("EXIF"));
  if (!places->has_exif && say_something (content, xmp))
    g_ptr_array_add (names, g_strdup ("XMP"));
  if (!places->has_iptc && metadata && gexiv2_metadata_has_iptc (metadata))
    g_ptr_array_add (names, g_strdup ("IPTC"));
}

static void
add_lost_words (const CliPicture *content, const CliPlaces *places, GPtrArray *names)
{
  GList *keys = g_list_sort (g_hash_table_get_keys (content->words), (GCompareFunc) strcmp);

  for (GList *key = keys; key; key = key->next)
    if (!is_kept (content, places, key->data, get_word (content, key->data)))
      g_ptr_array_add (names, nst_display_name (key->data));
  g_list_free (keys);
  if (content->comment && !get_word (content, CLI_COMMENT)
      && !is_kept (content, places, CLI_COMMENT, content->comment))
    g_ptr_array_add (names, g_strdup (CLI_COMMENT));
}

/**
 * cli_words_lost:
 * @content: written to a format that has @places
 *
 * Returns: (nullable): the names of what had no place, in the formats' own words
 */
gchar *
cli_words_lost (const CliPicture *content, const CliPlaces *places)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  add_lost_metadata (content, places, names);
  if (!places->has_texts)
    add_lost_words (content, places, names);
  if (names->len == 0)
    return NULL;
  if (names->len > NAMES_MAX)
    {
      g_ptr_array_set_size (names, NAMES_MAX);
      g_ptr_array_add (names, g_strdup ("…"));
    }
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (gchar **) names->pdata);
}
