/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the pictures' numbers mean: the profile that a file has, if it can be used, and one space for
 * all pictures of a run.
 */
#include <glib/gi18n.h>

#include "cli.h"
#include "memory.h"
#include "picture-private.h"

#define PROFILE_MIB   16
#define CONVERT_BLOCK 65536 /* pixels between two looks at the signals */

/**
 * cli_picture_open_profile:
 * @n_colours: of a pixel; a grey one may have a profile of RGB
 *
 * Returns: (nullable): the profile, if it can be used
 */
NstProfile *
cli_picture_open_profile (gconstpointer icc, gsize n_bytes, gint n_colours)
{
  NstProfile *profile = nst_profile_new (icc, n_bytes);
  const gint n = profile ? nst_profile_get_n_channels (profile) : 0;

  if (profile && n != n_colours && !(n_colours == 1 && n == 3))
    g_clear_pointer (&profile, nst_profile_unref);
  return profile;
}

/**
 * cli_picture_say_unused:
 * @n_colours: of a pixel
 * @shortages: nst_profile_shortages() before the profile was made
 *
 * To be called where no colours follow from a profile, or from what stands for one.
 *
 * Returns: %FALSE, and nothing is said, if there was not enough memory to know
 */
gboolean
cli_picture_say_unused (const gchar *path, gint n_colours, guint shortages)
{
  if (nst_profile_shortages () != shortages || nst_memory_is_short (PROFILE_MIB))
    return FALSE;
  cli_notice (
      path, n_colours == 4
                ? _ ("the color profile in it cannot be used; its inks are taken as GIMP shows "
                     "them")
                : _ ("the color profile in it cannot be used; its colors are taken for sRGB"));
  return TRUE;
}

static void
convert (CliPicture *picture, NstSpace space)
{
  gfloat *rgb = picture->image.rgb;
  const gsize n = (gsize) picture->width * picture->height;

  picture->space = space;
  for (gsize i = 0; i < n; i += CONVERT_BLOCK)
    nst_profile_to_working (picture->profile, space, rgb + 3 * i, rgb + 3 * i,
                            MIN (CONVERT_BLOCK, n - i));
}

/**
 * cli_pictures_convert:
 * @pictures: of a run; the first is its content
 * @n_pictures: at least 1
 * @limit: what the output can hold
 *
 * Brings all into the smallest space that holds them, which they say afterwards.
 */
void
cli_pictures_convert (CliPicture **pictures, guint n_pictures, NstSpace limit)
{
  NstSpace space = NST_SPACE_SRGB;

  for (guint i = 0; i < n_pictures; i++)
    nst_profile_measure (pictures[i]->profile, pictures[i]->image.rgb,
                         (gsize) pictures[i]->width * pictures[i]->height, limit, &space);
  for (guint i = 0; i < n_pictures; i++)
    convert (pictures[i], space);
}
