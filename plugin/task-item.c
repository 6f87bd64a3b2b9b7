/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all parts of a run ask of the host's items and images.
 */
#include "task-parts.h"

/**
 * task_is_attached:
 * @item: a layer, mask, channel or selection
 *
 * Returns: whether @item is part of its image; a layer that was deleted is there
 *   as long as the deletion can be undone
 */
gboolean
task_is_attached (gint item)
{
  HostKind kind = host_item_kind (item);
  gint image = host_item_image (item), parent = host_item_parent (item);
  g_autofree gint *items = NULL;
  guint n_items = 0;

  if (kind == HOST_KIND_NONE || kind == HOST_KIND_SELECTION)
    return kind == HOST_KIND_SELECTION;
  if (parent != HOST_NONE)
    return task_is_attached (parent);
  items = kind == HOST_KIND_CHANNEL ? host_channels (image, &n_items)
                                    : host_layers (image, HOST_NONE, &n_items);
  for (guint i = 0; i < n_items; i++)
    if (items[i] == item)
      return TRUE;
  return FALSE;
}

/**
 * task_item_name:
 *
 * Returns: (transfer full): what people call @item; "" where the host has no name for it
 */
gchar *
task_item_name (gint item)
{
  gchar *name = host_item_name (item);

  return name ? name : g_strdup ("");
}

/**
 * task_profile:
 *
 * Returns: (transfer full) (nullable): what the numbers of @image mean; %NULL: as in sRGB, as there
 *   is no profile that can be used
 */
NstProfile *
task_profile (gint image)
{
  g_autoptr (GBytes) icc = host_image_profile (image);
  gsize size = 0;
  gconstpointer data = icc ? g_bytes_get_data (icc, &size) : NULL;

  return data ? nst_profile_new (data, size) : NULL;
}
