/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 3 as the host of the filter: its images, and the files that it opens.
 */
#include <string.h>

#include <glib/gi18n.h>

#include "gimp3.h"
#include "gimp/alike.h"

#define OPENED                                                                                 \
  PROCEDURE "-opened" /* marks images that this filter opened; where they are from */

gint *
host_images (guint *n)
{
  return numbers_of ((gpointer *) gimp_get_images (), n);
}

gboolean
host_image_is_valid (gint image)
{
  return image_of (image) != NULL;
}

gboolean
host_image_is_indexed (gint image)
{
  GimpImage *it = image_of (image);

  return it && gimp_image_get_base_type (it) == GIMP_INDEXED;
}

gboolean
host_image_has_floating (gint image)
{
  GimpImage *it = image_of (image);

  return it && gimp_image_get_floating_sel (it);
}

gint
host_image_active (gint image)
{
  GimpImage *it = image_of (image);
  g_autofree GimpLayer **layers = it ? gimp_image_get_selected_layers (it) : NULL;

  return layers ? number_of (layers[0]) : HOST_NONE;
}

/* GIMP 3 does not say from which file a plug-in loaded an image. */
static GFile *
opened_file (GimpImage *image)
{
  g_autofree gchar *uri = take_text (gimp_image_get_parasite (image, OPENED));

  return uri ? g_file_new_for_uri (uri) : NULL;
}

GFile *
host_image_file (gint image)
{
  GimpImage *it = image_of (image);
  GFile *file = it ? gimp_image_get_file (it) : NULL;

  if (it && !file)
    file = gimp_image_get_imported_file (it);
  return it && !file ? opened_file (it) : file;
}

GBytes *
host_image_profile (gint image)
{
  GimpImage *it = image_of (image);

  return it ? host_take_profile (gimp_image_get_effective_color_profile (it)) : NULL;
}

/* The image of @file that a former call opened; others may have been changed. */
static gint
find_opened (GFile *file)
{
  guint n = 0;
  g_autofree gint *images = host_images (&n);

  for (guint i = 0; i < n; i++)
    {
      GimpImage *image = image_of (images[i]);
      g_autoptr (GFile) there = image ? opened_file (image) : NULL;

      if (there && g_file_equal (there, file))
        return images[i];
    }
  return HOST_NONE;
}

static gint
open_image (GFile *file)
{
  GimpImage *image = gimp_file_load (GIMP_RUN_NONINTERACTIVE, file);
  g_autofree gchar *uri = g_file_get_uri (file);
  GimpParasite *mark;
  g_autofree GimpLayer **layers = NULL;

  if (!image)
    return HOST_NONE;
  mark = gimp_parasite_new (OPENED, 0, (guint32) strlen (uri) + 1, uri);
  gimp_image_attach_parasite (image, mark);
  gimp_parasite_free (mark);
  layers = gimp_image_get_layers (image);
  if (layers && layers[0] && layers[1])
    gimp_image_merge_visible_layers (image, GIMP_CLIP_TO_IMAGE);
  gimp_image_clean_all (image);
  return gimp_image_get_id (image);
}

gint
host_open (const gchar *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree gchar *name = g_filename_display_basename (path);
  gint image = find_opened (file), layer;

  if (image == HOST_NONE)
    image = open_image (file);
  layer = host_image_active (image);
  if (layer == HOST_NONE)
    g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                 _ ("GIMP cannot open “%s” as a picture."), name);
  return layer;
}

gint
host_image_selection (gint image)
{
  GimpImage *it = image_of (image);

  return it && !gimp_selection_is_empty (it) ? number_of (gimp_image_get_selection (it))
                                             : HOST_NONE;
}
