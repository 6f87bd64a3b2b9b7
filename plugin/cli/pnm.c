/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The netpbm formats P1 to P6 and PFM.  libvips takes a maximum other than 255 and
 * 65535 for one of these, text that is cut off for black, and digits without
 * spaces between them for one number.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cli.h"
#include "picture-private.h"
#include "streams.h"

typedef struct
{
  FILE *file;
  gchar kind; /* after the P */
  gint width, height, n_channels;
  gint most;       /* that a number can be */
  gboolean little; /* PFM: the byte order */
  guint8 *bytes;   /* of a row */
  gfloat *row;
  GString *comment; /* that stands in the header; NULL after it */
} Pnm;

/* The next character that is no comment. */
static gint
next_char (Pnm *pnm)
{
  gint c = getc (pnm->file);
  GString *text = pnm->comment;
  gboolean is_first = TRUE;

  if (c != '#')
    return c;
  if (text && text->len > 0 && text->len <= CLI_COMMENT_MAX)
    g_string_append_c (text, '\n');
  while ((c = getc (pnm->file)) != '\n' && c != '\r' && c != EOF)
    {
      if (text && text->len <= CLI_COMMENT_MAX && !(is_first && c == ' '))
        g_string_append_c (text, (gchar) c);
      is_first = FALSE;
    }
  return c;
}

static gint
skip_space (Pnm *pnm)
{
  gint c;

  do
    c = next_char (pnm);
  while (c != EOF && g_ascii_isspace (c));
  return c;
}

/* A whole number, and the one character after it; -1: there is none, or it is too large. */
static gint
read_number (Pnm *pnm)
{
  gint c = skip_space (pnm);
  gint number = 0;

  if (!g_ascii_isdigit (c))
    return -1;
  for (; g_ascii_isdigit (c); c = getc (pnm->file))
    if (number <= G_MAXINT / 20)
      number = 10 * number + (c - '0');
  if (c == '#')
    ungetc (c, pnm->file);
  return number;
}

/* PFM's scale, whose sign tells the byte order; its amount is left aside, as nobody agrees on it. */
static gboolean
read_scale (Pnm *pnm)
{
  gchar text[40] = {0};
  gdouble scale;

  if (fscanf (pnm->file, "%39s", text) != 1 || !g_ascii_isspace (getc (pnm->file)))
    return FALSE;
  scale = g_ascii_strtod (text, NULL);
  pnm->little = scale < 0.0;
  return scale != 0.0 && isfinite (scale);
}

static gboolean
read_header (Pnm *pnm)
{
  if (getc (pnm->file) != 'P')
    return FALSE;
  pnm->kind = (gchar) getc (pnm->file);
  pnm->n_channels = strchr ("36F", pnm->kind) ? 3 : 1;
  pnm->width = read_number (pnm);
  pnm->height = read_number (pnm);
  pnm->most = 1;
  if (strchr ("fF", pnm->kind))
    return pnm->width > 0 && pnm->height > 0 && read_scale (pnm);
  if (!strchr ("14", pnm->kind))
    pnm->most = read_number (pnm);
  return pnm->width > 0 && pnm->height > 0 && pnm->most >= 1 && pnm->most <= 65535;
}

static gsize
row_size (const Pnm *pnm)
{
  const gsize n = (gsize) pnm->width * (gsize) pnm->n_channels;

  switch (pnm->kind)
    {
    case '4':
      return (n + 7) / 8;
    case 'f':
    case 'F':
      return 4 * n;
    default:
      return pnm->most > 255 ? 2 * n : n;
    }
}

static gboolean
read_text_row (Pnm *pnm)
{
  for (gsize i = 0; i < (gsize) pnm->width * (gsize) pnm->n_channels; i++)
    {
      /* ones and zeros need no space between them, and 1 is black */
      const gint number = pnm->kind == '1' ? '1' - skip_space (pnm) : read_number (pnm);

      if (number < 0 || number > pnm->most)
        return FALSE;
      pnm->row[i] = (gfloat) number / (gfloat) pnm->most;
    }
  return TRUE;
}

static gfloat
read_float (const guint8 *bytes, gboolean little)
{
  guint32 bits;
  gfloat value;

  memcpy (&bits, bytes, sizeof bits);
  bits = little ? GUINT32_FROM_LE (bits) : GUINT32_FROM_BE (bits);
  memcpy (&value, &bits, sizeof value);
  return value;
}

static gboolean
read_row (Pnm *pnm)
{
  const gsize n = (gsize) pnm->width * (gsize) pnm->n_channels;
  const guint8 *bytes = pnm->bytes;

  if (strchr ("123", pnm->kind))
    return read_text_row (pnm);
  if (fread (pnm->bytes, row_size (pnm), 1, pnm->file) != 1)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (pnm->kind == '4')
      pnm->row[i] = bytes[i / 8] >> (7 - i % 8) & 1 ? 0.0f : 1.0f;
    else if (strchr ("fF", pnm->kind))
      pnm->row[i] = read_float (bytes + 4 * i, pnm->little);
    else
      pnm->row[i] = (gfloat) (pnm->most > 255 ? bytes[2 * i] << 8 | bytes[2 * i + 1] : bytes[i])
                    / (gfloat) pnm->most;
  return TRUE;
}

/* PFM's first row is the lowest. */
static gboolean
read_rows (Pnm *pnm, CliRows *rows)
{
  const gboolean upwards = strchr ("fF", pnm->kind) != NULL;

  for (gint i = 0; i < pnm->height; i++)
    {
      if (!read_row (pnm))
        return FALSE;
      cli_rows_put (rows, upwards ? pnm->height - 1 - i : i, pnm->row);
    }
  return TRUE;
}

static NstProfile *
choose_profile (const Pnm *pnm)
{
  if (strchr ("fF", pnm->kind))
    return nst_profile_new_linear ();
  return pnm->n_channels == 1 ? nst_profile_new_grey ()
                              : nst_profile_new_space (NST_SPACE_SRGB);
}

static gboolean
read_pixels (Pnm *pnm, CliPicture *picture, GError **error)
{
  CliLayout layout = {.width = pnm->width,
                      .height = pnm->height,
                      .profile = choose_profile (pnm),
                      .n_colours = pnm->n_channels,
                      .n_values = pnm->n_channels,
                      .orientation = 1};
  CliRows *rows;
  gboolean good;

  picture->depth = strchr ("fF", pnm->kind) ? CLI_DEPTH_FLOAT
                   : pnm->most > 255        ? CLI_DEPTH_16
                                            : CLI_DEPTH_8;
  picture->output = nst_profile_new_space (NST_SPACE_SRGB);
  pnm->bytes = g_try_malloc (row_size (pnm));
  pnm->row = g_try_new (gfloat, (gsize) pnm->width * (gsize) pnm->n_channels);
  if (!pnm->bytes || !pnm->row)
    {
      g_clear_pointer (&layout.profile, nst_profile_unref);
      return cli_picture_error (picture->path, "out of memory", error);
    }
  rows = cli_rows_new (picture, &layout, error);
  if (!rows)
    return FALSE;
  good = read_rows (pnm, rows) || cli_picture_error (picture->path, "", error);
  if (good)
    cli_rows_warn (rows);
  cli_rows_free (rows);
  return good;
}

/**
 * cli_pnm_read:
 * @picture: its path is there, the rest is read
 */
gboolean
cli_pnm_read (CliPicture *picture, GError **error)
{
  g_autoptr (GString) comment = g_string_new (NULL);
  Pnm pnm = {.file = g_fopen (picture->path, "rb"), .comment = comment};
  const gboolean has_header = pnm.file && read_header (&pnm);
  gboolean good = FALSE;

  pnm.comment = NULL;
  picture->comment = cli_text_to_utf8 (comment->str, comment->len);
  if (!has_header)
    cli_picture_error (picture->path, "", error);
  else if (!cli_picture_is_too_large (picture->path, pnm.width, pnm.height, error))
    good = read_pixels (&pnm, picture, error);
  if (pnm.file)
    fclose (pnm.file);
  g_free (pnm.bytes);
  g_free (pnm.row);
  return good;
}

/* Each line of the comment is one of the header's. */
static gboolean
write_header (FILE *file, const CliResult *result, gint most)
{
  g_autofree gchar *comment = cli_words_comment (result->content);
  g_auto (GStrv) lines = g_strsplit (comment ? comment : "", "\n", -1);

  fprintf (file, "P6\n");
  for (gchar **line = lines; *line; line++)
    fprintf (file, "# %s\n", g_strdelimit (*line, "\r", ' '));
  return fprintf (file, "%d %d\n%d\n", result->image->width, result->image->height, most) > 0;
}

/**
 * cli_ppm_write:
 * @result: without alpha
 * @depth: 8 or 16 bits
 *
 * Writes P6; libvips would add the time, and no two runs would give the same bytes.
 *
 * Returns: whether all of it was written
 */
gboolean
cli_ppm_write (const CliResult *result, CliDepth depth, const gchar *path)
{
  const gint width = result->image->width, height = result->image->height;
  const gsize n = 3 * (gsize) width, size = depth == CLI_DEPTH_8 ? 1 : 2;
  g_autofree gfloat *values = g_try_new (gfloat, n);
  g_autofree guint8 *bytes = g_try_malloc (n * size);
  FILE *file = values && bytes ? g_fopen (path, "wb") : NULL;
  gboolean good = file != NULL;

  if (good)
    good = write_header (file, result, size == 1 ? 255 : 65535);
  for (gint y = 0; good && y < height; y++)
    {
      cli_result_get (result, 0, y, width, values);
      cli_store (depth, values, n, bytes);
      for (gsize i = 0; size == 2 && i < n; i++)
        ((guint16 *) (gpointer) bytes)[i] = GUINT16_TO_BE (((guint16 *) (gpointer) bytes)[i]);
      good = fwrite (bytes, size, n, file) == n;
    }
  return file && cli_file_close (file) && good;
}
