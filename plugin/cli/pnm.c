/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The netpbm formats P1 to P6, PAM and PFM.  libvips takes a maximum other than 255 and
 * 65535 for one of these, text that is cut off for black, and digits without
 * spaces between them for one number, and knows no PAM.
 */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cli.h"
#include "picture-private.h"
#include "pnm-header.h"
#include "streams.h"

static gsize
row_size (const CliPnm *pnm)
{
  const gsize n = (gsize) pnm->width * (gsize) pnm->n_values;

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
read_text_row (CliPnm *pnm)
{
  for (gsize i = 0; i < (gsize) pnm->width * (gsize) pnm->n_values; i++)
    {
      /* ones and zeros need no space between them, and 1 is black */
      const gint number =
          pnm->kind == '1' ? '1' - cli_pnm_skip_space (pnm) : cli_pnm_read_number (pnm);

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
read_row (CliPnm *pnm)
{
  const gsize n = (gsize) pnm->width * (gsize) pnm->n_values;
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
read_rows (CliPnm *pnm, CliRows *rows)
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
choose_profile (const CliPnm *pnm)
{
  if (strchr ("fF", pnm->kind))
    return nst_profile_new_linear ();
  return pnm->n_colours == 1 ? nst_profile_new_grey () : nst_profile_new_space (NST_SPACE_SRGB);
}

static gboolean
read_pixels (CliPnm *pnm, CliPicture *picture, GError **error)
{
  CliLayout layout = {.width = pnm->width,
                      .height = pnm->height,
                      .profile = choose_profile (pnm),
                      .n_colours = pnm->n_colours,
                      .n_values = pnm->n_values,
                      .has_alpha = pnm->has_alpha,
                      .orientation = 1};
  CliRows *rows;
  gboolean good;

  picture->depth = strchr ("fF", pnm->kind) ? CLI_DEPTH_FLOAT
                   : pnm->most > 255        ? CLI_DEPTH_16
                                            : CLI_DEPTH_8;
  picture->output = nst_profile_new_space (NST_SPACE_SRGB);
  pnm->bytes = g_try_malloc (row_size (pnm));
  pnm->row = g_try_new (gfloat, (gsize) pnm->width * (gsize) pnm->n_values);
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
  CliPnm pnm = {.file = g_fopen (picture->path, "rb"), .comment = comment};
  const gboolean has_header = pnm.file ? cli_pnm_read_header (&pnm, picture->path, error)
                                       : cli_picture_cannot_open (picture->path, errno, error);
  gboolean good = FALSE;

  pnm.comment = NULL;
  picture->comment = cli_text_to_utf8 (comment->str, comment->len);
  if (has_header && !cli_picture_is_too_large (picture->path, pnm.width, pnm.height, error))
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
  return file && nst_file_close (file) && good;
}
