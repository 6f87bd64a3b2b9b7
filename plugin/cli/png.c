/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which colours PNG's are: of its chunks cICP goes first, as the specification has it, then a profile,
 * sRGB, and gAMA with cHRM.  libvips knows the profile only, and libpng, where
 * it reads by that, refuses more of these than littleCMS.
 */
#include <math.h>
#include <string.h>

#include "memory.h"
#include "picture-private.h"
#include "png-chunks.h"

#define UNIT    100000.0   /* of the numbers in gAMA and cHRM */
#define MIB     (1 << 20)  /* bytes */
#define ICC_MAX (64 * MIB) /* likewise */

/* Of sRGB, as far as one exponent can tell; it is written for sRGB everywhere. */
#define SRGB_GAMMA 0.45455

/**
 * Colours:
 * @gamma: 0: not said
 * @xy: of red, green, blue and white
 * @code: what cICP says: primaries, transfer, matrix, and whether the whole range is used
 * @icc: (nullable): the profile
 */
typedef struct
{
  gdouble gamma;
  gdouble xy[8];
  gboolean is_srgb, has_code, has_icc;
  guint8 code[4];
  guint8 *icc;
  gsize n_icc;
} Colours;

/* A name, a zero, how it is packed, and that. */
static void
take_icc (Colours *colours, const guint8 *data, gsize n)
{
  const guint8 *end = memchr (data, 0, n);
  const gsize start = end ? (gsize) (end - data) + 2 : n;
  guint8 size[4];
  gsize length;

  if (start >= n || cli_png_unpack (data + start, n - start, size, sizeof size) != sizeof size)
    return;
  length = cli_png_number (size);
  if (length == 0 || length > ICC_MAX)
    return;
  colours->icc = g_try_malloc (length);
  if (!colours->icc)
    {
      nst_profile_add_shortage ();
      return;
    }
  colours->n_icc = cli_png_unpack (data + start, n - start, colours->icc, length);
}

static void
take (Colours *colours, const CliPng *png, const guint8 *data)
{
  if (cli_png_is (png, "cICP") && png->length == sizeof colours->code)
    {
      memcpy (colours->code, data, sizeof colours->code);
      colours->has_code = TRUE;
    }
  if (cli_png_is (png, "iCCP") && !colours->icc)
    take_icc (colours, data, png->length);
  if (cli_png_is (png, "gAMA") && png->length == 4)
    colours->gamma = cli_png_number (data) / UNIT;
  for (gint i = 0; cli_png_is (png, "cHRM") && png->length == 32 && i < 8; i++)
    colours->xy[i] = cli_png_number (data + 4 * ((i + 2) % 8)) / UNIT; /* white comes first */
}

static Colours
read_colours (const gchar *path)
{
  Colours colours = {0};
  CliPng png;

  nst_space_primaries (NST_SPACE_SRGB, colours.xy);
  if (!cli_png_open (&png, path, "rbe"))
    return colours;
  while (cli_png_next (&png) && !cli_png_is (&png, "IDAT"))
    {
      g_autofree guint8 *chunk = cli_png_get (&png, ICC_MAX);

      colours.is_srgb = colours.is_srgb || cli_png_is (&png, "sRGB");
      colours.has_icc = colours.has_icc || cli_png_is (&png, "iCCP");
      if (chunk)
        take (&colours, &png, chunk + CLI_PNG_HEAD);
      else if (png.length <= ICC_MAX && nst_memory_is_short (png.length / MIB + 1))
        nst_profile_add_shortage ();
    }
  fclose (png.file);
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

/* By the numbers of ITU-T H.273.  NULL also for what needs more than a curve, such as HDR. */
static NstProfile *
coded_profile (const guint8 *code)
{
  static const struct
  {
    guint8 number;
    gdouble xy[8];
  } primaries[] = {
      {1, {0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290}},
      {5, {0.64, 0.33, 0.29, 0.60, 0.15, 0.06, 0.3127, 0.3290}},
      {6, {0.63, 0.34, 0.31, 0.595, 0.155, 0.07, 0.3127, 0.3290}},
      {7, {0.63, 0.34, 0.31, 0.595, 0.155, 0.07, 0.3127, 0.3290}},
      {9, {0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290}},
      {11, {0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351}},
      {12, {0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290}},
  };
  static const gdouble gammas[] = {[1] = NST_GAMMA_REC709,
                                   [4] = 2.2,
                                   [5] = 2.8,
                                   [6] = NST_GAMMA_REC709,
                                   [8] = 1.0,
                                   [13] = NST_GAMMA_SRGB,
                                   [14] = NST_GAMMA_REC709,
                                   [15] = NST_GAMMA_REC709};
  const guint8 transfer = code[1];

  if (code[2] != 0 || code[3] != 1 || transfer >= G_N_ELEMENTS (gammas)
      || (gammas[transfer] == 0.0 && transfer != 13))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (primaries); i++)
    if (primaries[i].number == code[0])
      return nst_profile_new_rgb (primaries[i].xy, gammas[transfer]);
  return NULL;
}

/* By gAMA and cHRM, which say something else than sRGB. */
static NstProfile *
measured_profile (const Colours *colours)
{
  if (colours->gamma != 0.0 && (colours->gamma < 0.1 || colours->gamma > 5.0))
    return NULL;
  return nst_profile_new_rgb (colours->xy,
                              colours->gamma > 0.0 ? 1.0 / colours->gamma : NST_GAMMA_SRGB);
}

static NstProfile *
find_profile (const Colours *colours, gint n_colours, gboolean *is_said)
{
  NstProfile *profile = NULL;

  *is_said = colours->has_code || colours->has_icc;
  if (colours->has_code)
    profile = coded_profile (colours->code);
  if (!profile && colours->icc)
    profile = cli_picture_open_profile (colours->icc, colours->n_icc, n_colours);
  if (profile || *is_said || colours->is_srgb || are_srgb (colours))
    return profile;
  *is_said = TRUE;
  return measured_profile (colours);
}

/**
 * cli_png_profile:
 * @n_colours: of a pixel
 * @is_said: (out): whether the file says of its colours something else than sRGB
 *
 * Returns: (nullable): of these colours
 */
NstProfile *
cli_png_profile (const gchar *path, gint n_colours, gboolean *is_said)
{
  Colours colours = read_colours (path);
  NstProfile *profile = find_profile (&colours, n_colours, is_said);

  g_free (colours.icc);
  return profile;
}
