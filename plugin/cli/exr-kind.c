/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What kind of OpenEXR is not read here, in the format's own words.
 */
#include "exr-private.h"
#include "picture-private.h"

#define MOST_CHANNELS 8 /* that are named */

static const gchar *
name_storage (exr_storage_t storage)
{
  static const gchar *const names[] = {[EXR_STORAGE_SCANLINE] = "scanlineimage",
                                       [EXR_STORAGE_TILED] = "tiledimage",
                                       [EXR_STORAGE_DEEP_SCANLINE] = "deepscanline",
                                       [EXR_STORAGE_DEEP_TILED] = "deeptile"};

  return (guint) storage < G_N_ELEMENTS (names) ? names[storage] : "?";
}

/* As "RY half 2 × 2": one for so many pixels. */
static void
add_channel (GString *words, const exr_attr_chlist_entry_t *channel)
{
  static const gchar *const types[] = {
      [EXR_PIXEL_UINT] = "uint", [EXR_PIXEL_HALF] = "half", [EXR_PIXEL_FLOAT] = "float"};
  const guint type = (guint) channel->pixel_type;

  g_string_append_printf (words, ", %s %s", channel->name.str,
                          type < G_N_ELEMENTS (types) ? types[type] : "?");
  if (channel->x_sampling != 1 || channel->y_sampling != 1)
    g_string_append_printf (words, " %d × %d", channel->x_sampling, channel->y_sampling);
}

/**
 * cli_exr_say_rare:
 *
 * Returns: %FALSE, with @error, which names how the pixels are stored, and the channels with their
 *   types
 */
gboolean
cli_exr_say_rare (const gchar *path, exr_storage_t storage, const exr_attr_chlist_t *channels,
                  GError **error)
{
  g_autoptr (GString) words = g_string_new (name_storage (storage));
  g_autofree gchar *shown = NULL;
  g_autofree gchar *said = NULL;

  for (gint i = 0; i < MIN (channels->num_channels, MOST_CHANNELS); i++)
    add_channel (words, &channels->entries[i]);
  if (channels->num_channels > MOST_CHANNELS)
    g_string_append (words, ", …");
  shown = nst_display_name (words->str);
  said = g_strconcat (CLI_RARE "OpenEXR: ", shown, NULL);
  return cli_picture_error (path, said, error);
}
