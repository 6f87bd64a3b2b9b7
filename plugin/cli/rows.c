/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a file's rows to the picture: upright, the alpha apart, RGB.
 */
#include <string.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "picture-private.h"

struct _CliRows
{
  CliPicture *picture;
  CliLayout layout;
  NstProfile *taker; /* of colours that are no RGB, or NULL */
  gboolean is_wide;  /* it is nst_profile_new_wide(), as sRGB is not enough for them */
  gfloat *colours;   /* of a row */
  gfloat *rgb;       /* the same, or their RGB */
  gsize n_above;     /* pixels brighter than white */
  gsize n_outside;   /* pixels of colours that cannot be kept */
};

static gboolean
is_turned (const CliLayout *layout)
{
  return layout->orientation >= 5;
}

/* Where in the upright picture the first pixel of row @y lies, and how far the next is from it. */
static gsize
locate (const CliLayout *layout, gint y, gssize *step)
{
  const gssize last_x = layout->width - 1, last_y = layout->height - 1;
  const gssize width = is_turned (layout) ? layout->height : layout->width;

  switch (layout->orientation)
    {
    case 2:
      *step = -1;
      return (gsize) (y * width + last_x);
    case 3:
      *step = -1;
      return (gsize) ((last_y - y) * width + last_x);
    case 4:
      *step = 1;
      return (gsize) ((last_y - y) * width);
    case 5:
      *step = width;
      return (gsize) y;
    case 6:
      *step = width;
      return (gsize) (last_y - y);
    case 7:
      *step = -width;
      return (gsize) (last_x * width + last_y - y);
    case 8:
      *step = -width;
      return (gsize) (last_x * width + y);
    default:
      *step = 1;
      return (gsize) (y * width);
    }
}

static gboolean
alloc (CliRows *rows, GError **error)
{
  const CliLayout *layout = &rows->layout;
  const gsize n = (gsize) layout->width;

  if (!nst_image_alloc (
          &rows->picture->image, is_turned (layout) ? layout->height : layout->width,
          is_turned (layout) ? layout->width : layout->height, layout->has_alpha, error))
    return FALSE;
  rows->colours = g_try_new (gfloat, 4 * n);
  rows->rgb = g_try_new (gfloat, 3 * n);
  if (rows->colours && rows->rgb)
    return TRUE;
  g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                       _ ("There is not enough memory."));
  return FALSE;
}

/**
 * cli_rows_new:
 * @picture: gets its image and the profile of that
 * @layout: copied; the profile, which is %NULL where memory was short, is the rows' now
 *
 * Returns: for cli_rows_put() and cli_rows_free(), or %NULL if memory is short or the size out of
 *   range
 */
CliRows *
cli_rows_new (CliPicture *picture, const CliLayout *layout, GError **error)
{
  CliRows *rows = g_new0 (CliRows, 1);
  NstProfile *profile = layout->profile;
  gboolean needs_taker =
      profile
      && (!nst_profile_is_output (profile) || nst_profile_get_n_channels (profile) != 3);

  rows->picture = picture;
  rows->layout = *layout;
  picture->has_alpha = layout->has_alpha;
  picture->is_turned = is_turned (layout);
  rows->is_wide = needs_taker && nst_profile_get_limit (profile) != NST_SPACE_SRGB;
  if (needs_taker)
    rows->taker =
        rows->is_wide ? nst_profile_new_wide () : nst_profile_new_space (NST_SPACE_SRGB);
  g_clear_pointer (&picture->profile, nst_profile_unref);
  if (!profile || !picture->output || (needs_taker && !rows->taker))
    g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                         _ ("There is not enough memory."));
  else
    {
      picture->profile = nst_profile_ref (rows->taker ? rows->taker : profile);
      if (alloc (rows, error))
        return rows;
    }
  cli_rows_free (rows);
  return NULL;
}

/* What is no number becomes 0. */
static gfloat
clean (gfloat value)
{
  return value >= 0.0f ? MIN (value, 1.0f) : 0.0f;
}

/* Colours and alpha apart; a grey one of an RGB profile thrice. */
static void
split (CliRows *rows, const gfloat *values, gsize first, gssize step)
{
  const CliLayout *layout = &rows->layout;
  const gint n_channels = nst_profile_get_n_channels (layout->profile);
  gfloat *mask = rows->picture->image.mask;

  for (gint x = 0; x < layout->width; x++, values += layout->n_values)
    {
      for (gint c = 0; c < n_channels; c++)
        {
          rows->colours[x * n_channels + c] = values[MIN (c, layout->n_colours - 1)];
        }
      if (mask)
        mask[first + (gsize) (x * step)] = clean (values[layout->n_colours]);
    }
  rows->n_above +=
      nst_profile_count_above (layout->profile, rows->colours, (gsize) layout->width);
  rows->n_outside +=
      nst_profile_count_outside (layout->profile, rows->colours, (gsize) layout->width);
}

/**
 * cli_rows_put:
 * @y: the file's row
 * @values: the layout's @width times @n_values; colours nominally [0,1]
 */
void
cli_rows_put (CliRows *rows, gint y, const gfloat *values)
{
  const CliLayout *layout = &rows->layout;
  gssize step;
  const gsize first = locate (layout, y, &step);
  const gfloat *rgb = rows->colours;
  gfloat *to = rows->picture->image.rgb;

  split (rows, values, first, step);
  if (rows->taker)
    rgb = rows->rgb;
  if (rows->is_wide)
    nst_profile_to_wide (layout->profile, rows->colours, rows->rgb, (gsize) layout->width);
  else if (rows->taker)
    nst_profile_to_working (layout->profile, NST_SPACE_SRGB, rows->colours, rows->rgb,
                            (gsize) layout->width);
  for (gint x = 0; x < layout->width; x++)
    for (gint c = 0; c < 3; c++)
      to[3 * (first + (gsize) (x * step)) + (gsize) c] =
          rows->is_wide ? rgb[3 * x + c] : clean (rgb[3 * x + c]);
}

/**
 * cli_rows_warn:
 *
 * Says how many pixels were brighter than white, if any, which they became, and how many have another
 * colour than that in the file.
 */
void
cli_rows_warn (const CliRows *rows)
{
  const gchar *path = rows->picture->path;
  const gsize n = (gsize) rows->layout.width * (gsize) rows->layout.height;
  gint n_digits;
  gdouble share = nst_profile_share (rows->n_above, n, &n_digits);

  if (rows->n_above > 0)
    cli_notice (path,
                _ ("%.*f %% of its pixels are brighter than white; they are taken as white"),
                n_digits, share);
  share = nst_profile_share (rows->n_outside, n, &n_digits);
  if (rows->n_outside > 0)
    cli_notice (
        path,
        _ ("%.*f %% of its pixels have colors too strong to be kept; the nearest are taken"),
        n_digits, share);
}

/**
 * cli_rows_free:
 * @rows: (nullable)
 */
void
cli_rows_free (CliRows *rows)
{
  if (!rows)
    return;
  g_free (rows->colours);
  g_free (rows->rgb);
  g_clear_pointer (&rows->taker, nst_profile_unref);
  nst_profile_unref (rows->layout.profile);
  g_free (rows);
}
