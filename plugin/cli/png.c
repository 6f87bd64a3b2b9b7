/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG's colours where no profile tells them: its chunks gAMA and cHRM, which libvips
 * leaves aside.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "picture-private.h"

#define UNIT 100000.0 /* of the numbers in both chunks */

/* Of sRGB, as far as one exponent can tell; it is written for sRGB everywhere. */
#define SRGB_GAMMA 0.45455

typedef struct
{
  gdouble gamma;       /* 0: not said */
  gdouble xy[8];       /* of red, green, blue and white */
  gboolean has_better; /* a chunk that goes before these */
} Colours;

static guint32
get (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8
         | bytes[3];
}

static gboolean
is_chunk (const guint8 *head, const gchar *name, guint32 length)
{
  return memcmp (head + 4, name, 4) == 0 && get (head) == length;
}

/* @head: length and name.
 *
 * Returns: FALSE if it cannot be read */
static gboolean
read_chunk (FILE *file, const guint8 *head, Colours *colours)
{
  guint8 data[32];
  const gboolean is_gamma = is_chunk (head, "gAMA", 4), is_xy = is_chunk (head, "cHRM", 32);
  const guint32 length = get (head);

  colours->has_better = colours->has_better || memcmp (head + 4, "sRGB", 4) == 0
                        || memcmp (head + 4, "iCCP", 4) == 0
                        || memcmp (head + 4, "cICP", 4) == 0;
  if (!is_gamma && !is_xy)
    return fseek (file, (glong) length + 4, SEEK_CUR) == 0;
  if (fread (data, length, 1, file) != 1)
    return FALSE;
  if (is_gamma)
    colours->gamma = get (data) / UNIT;
  for (gint i = 0; is_xy && i < 8; i++) /* white comes first there */
    colours->xy[i] = get (data + 4 * ((i + 2) % 8)) / UNIT;
  return fseek (file, 4, SEEK_CUR) == 0;
}

static Colours
read_colours (const gchar *path)
{
  Colours colours = {0};
  guint8 head[8];
  FILE *file = g_fopen (path, "rb");

  nst_space_primaries (NST_SPACE_SRGB, colours.xy);
  if (!file)
    return colours;
  if (fread (head, sizeof head, 1, file) == 1)
    while (fread (head, sizeof head, 1, file) == 1 && memcmp (head + 4, "IDAT", 4) != 0)
      if (!read_chunk (file, head, &colours))
        break;
  fclose (file);
  return colours;
}

static gboolean
are_srgb (const Colours *colours)
{
  gdouble srgb_xy[8];

  nst_space_primaries (NST_SPACE_SRGB, srgb_xy);
  for (gint i = 0; i < 8; i++)
    if (fabs (colours->xy[i] - srgb_xy[i]) > 0.002)
      return FALSE;
  return colours->gamma == 0.0 || fabs (colours->gamma / SRGB_GAMMA - 1.0) < 0.01;
}

/**
 * cli_png_profile:
 *
 * Returns: (nullable): of colours other than sRGB, if the file at @path says that it has such
 */
NstProfile *
cli_png_profile (const gchar *path)
{
  const Colours colours = read_colours (path);

  NstProfile *profile = NULL;

  if (colours.has_better || are_srgb (&colours))
    return NULL;
  if (colours.gamma == 0.0 || (colours.gamma >= 0.1 && colours.gamma <= 5.0))
    profile = nst_profile_new_rgb (colours.xy, colours.gamma > 0.0 ? 1.0 / colours.gamma : 0.0);
  if (!profile)
    cli_picture_say_unused (path);
  return profile;
}
