/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the filter needs of the program that it runs in: images, items, pixels,
 * the new layer, progress.  gimp2/host.c and gimp3/host.c implement it for the two
 * GIMPs, and tests/unit/test-task.c for the tests.
 *
 * Images and items (layers, groups, masks, channels) are the program's numbers.  The
 * user may close or delete any of them at any moment, so every function takes a number
 * that is no longer anything, and then returns %HOST_NONE, %NULL, %FALSE or 0.  All are
 * called on the main thread.
 */
#ifndef NST_HOST_H
#define NST_HOST_H

#include <gegl.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define HOST_NONE (-1)

typedef enum
{
  HOST_KIND_NONE, /* nothing, no longer, or nothing with pixels */
  HOST_KIND_LAYER,
  HOST_KIND_GROUP,
  HOST_KIND_MASK, /* a layer's */
  HOST_KIND_CHANNEL,
  HOST_KIND_SELECTION,
} HostKind;

/* The program's process. */
gint host_process (void);
/* The images that are open; @n may be 0. */
gint *host_images (guint *n);
/* FALSE once it was closed. */
gboolean host_image_is_valid (gint image);
/* Its colours are numbers of a palette. */
gboolean host_image_is_indexed (gint image);
/* It has a floating selection, which has to be anchored before anything else. */
gboolean host_image_has_floating (gint image);
/* The layer that is worked on there. */
gint host_image_active (gint image);
/* The file that it was read from or written to; the caller's. */
GFile *host_image_file (gint image);
/* The ICC profile that says what the image's numbers mean, with the program's settings for it
 * respected; the caller's. */
GBytes *host_image_profile (gint image);
/* The layer that the picture in the file @path is, which is opened for it without a window
 * unless it is open; of several layers, what is seen of them. */
gint host_open (const gchar *path, GError **error);
/* The selection, as an item of the image's size; HOST_NONE where nothing is selected. */
gint host_image_selection (gint image);

/* What is in the group @parent, or HOST_NONE for the top level, from the top down. */
gint *host_layers (gint image, gint parent, guint *n);
/* Those beside the colours' own, from the top down. */
gint *host_channels (gint image, guint *n);

/* An item that was deleted has its kind, and all else, as long as that can be undone. */
HostKind host_item_kind (gint item);
/* The image that it is or was of; HOST_NONE where there is no such item. */
gint host_item_image (gint item);
/* The group that it lies in, or a mask's layer. */
gint host_item_parent (gint item);
/* What people call it, or NULL; the caller's. */
gchar *host_item_name (gint item);
/* Its own eye is open, whatever that of a group around it says. */
gboolean host_item_is_visible (gint item);
/* A number that stays with the item when its image is saved. */
guint host_item_tattoo (gint item);
/* Where it lies in its image. */
gboolean host_item_extent (gint item, GeglRectangle *extent);
/* The bounds of what is selected of it, in its own coordinates: all of it where nothing
 * is selected in the image; FALSE where all that is selected lies beside it. */
gboolean host_item_selected (gint item, GeglRectangle *rect);
/* Its pixels from 0, 0, with its filters, but without its mask, opacity and mode; the caller's.  Those of a layer are
 * what host_image_profile() is about once babl has given them, within the buffer's own space,
 * that space's curve ("R'G'B'", "Y'"). */
GeglBuffer *host_item_buffer (gint item);
/* A short text that is saved with the item, or NULL; the caller's. */
gchar *host_item_get_note (gint item, const gchar *name);
/* Puts such a text there, over one that is there. */
void host_item_set_note (gint item, const gchar *name, const gchar *text);

/* [0,1] */
gdouble host_layer_opacity (gint layer);
/* The mask that hides parts of it, or HOST_NONE where there is none or it is switched off. */
gint host_layer_mask (gint layer);

/* A layer of the kind of @like, which is not yet part of @image, at @where in it. */
gint host_layer_new (gint image, gint like, const gchar *name, const GeglRectangle *where);
/* The new mask of a layer that has none. */
gint host_layer_add_mask (gint layer);
/* Makes it part of its image, in one step of Undo; @active is the layer worked on then. */
gboolean host_layer_insert (gint layer, gint parent, gint position, gint active);
/* For a layer that was not inserted. */
void host_layer_delete (gint layer);

/* Shows a bar, empty, and @text. */
void host_progress_start (const gchar *text);
/* [0,1]; @text: (nullable): what to say from now on */
void host_progress_show (gdouble fraction, const gchar *text);
/* Takes the bar away. */
void host_progress_end (void);
/* Something that the user should know, and no error. */
void host_message (const gchar *text);

G_END_DECLS

#endif
