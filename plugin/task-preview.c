/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pictures of a run, small, for the dialog's preview.
 */
#include <glib/gi18n-lib.h>

#include "region.h"
#include "styles.h"
#include "task-parts.h"

/* @rect of @buffer, scaled, from 0, 0; in the same format. */
static GeglBuffer *
reduce_buffer (GeglBuffer *buffer, const GeglRectangle *rect, gdouble scale,
               const GeglRectangle *reduced)
{
  const Babl *format = gegl_buffer_get_format (buffer);
  gsize row = (gsize) reduced->width * (gsize) babl_format_get_bytes_per_pixel (format);
  GeglRectangle from = {(gint) (rect->x * scale), (gint) (rect->y * scale), reduced->width,
                        reduced->height};
  guchar *pixels = g_try_malloc (row * (gsize) reduced->height);
  GeglBuffer *small;

  if (!pixels)
    return NULL;
  gegl_buffer_get (buffer, &from, scale, format, pixels, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_CLAMP);
  small = gegl_buffer_new (reduced, format);
  gegl_buffer_set (small, reduced, 0, format, pixels, GEGL_AUTO_ROWSTRIDE);
  g_free (pixels);
  return small;
}

/* What @source gives within @part, no longer than @longest. */
static gboolean
read_reduced (const NstSource *source, const GeglRectangle *part, gint longest, NstImage *image,
              GError **error)
{
  gdouble scale = MIN (1.0, (gdouble) longest / MAX (part->width, part->height));
  GeglRectangle reduced = {0, 0, MAX (1, (gint) (part->width * scale)),
                           MAX (1, (gint) (part->height * scale))};
  NstSource small = {reduce_buffer (source->buffer, part, scale, &reduced), reduced};
  gboolean done;

  if (source->mask)
    small.mask = reduce_buffer (source->mask, part, scale, &reduced);
  if (source->selection)
    small.selection = reduce_buffer (source->selection, part, scale, &reduced);
  if (source->profile)
    small.profile = nst_profile_ref (source->profile);
  done = small.buffer && nst_source_read (&small, NST_SPACE_SRGB, image, error);
  nst_source_clear (&small);
  return done;
}

static void
limit_part (TaskPart *part, const Content *content)
{
  GeglRectangle *rect = &part->rect;

  part->width = content->kept.width;
  part->height = content->kept.height;
  part->run_width = content->source.rect.width;
  part->run_height = content->source.rect.height;
  if (rect->width == 0 || rect->height == 0)
    *rect = *GEGL_RECTANGLE (0, 0, part->width, part->height);
  rect->width = MIN (rect->width, part->width);
  rect->height = MIN (rect->height, part->height);
  rect->x = CLAMP (rect->x, 0, part->width - rect->width);
  rect->y = CLAMP (rect->y, 0, part->height - rect->height);
}

/**
 * task_preview_content:
 * @part: (inout): its rectangle is limited to what there is, the rest set
 * @longest: pixels, of the image's sides
 * @image: (out): that part; freed with nst_image_clear()
 *
 * Returns: %FALSE with @error if there is nothing to be seen
 */
gboolean
task_preview_content (const Task *task, TaskPart *part, gint longest, NstImage *image,
                      GError **error)
{
  Content content = {0};
  GeglRectangle there;
  gboolean done;

  image->rgb = image->mask = NULL;
  done = task_check (task, error) && content_measure (task, &content, error);
  if (done)
    {
      limit_part (part, &content);
      there = part->rect;
      there.x += content.kept.x;
      there.y += content.kept.y;
      done = read_reduced (&content.source, &there, longest, image, error);
    }
  content_clear (&content);
  return done;
}

/**
 * task_preview_styles:
 * @longest: pixels, of the images' sides
 *
 * Returns: (element-type NstStyle) (transfer full): or %NULL with @error
 */
GArray *
task_preview_styles (const Task *task, gint longest, GError **error)
{
  g_autoptr (GArray) sources = NULL;
  g_autoptr (GArray) styles = nst_styles_new ();
  g_autofree gchar *name = styles_name (&task->styles);

  if (!style_check (task, error))
    return NULL;
  sources = style_find (task);
  for (guint i = 0; i < sources->len; i++)
    {
      const StyleSource *source = &g_array_index (sources, StyleSource, i);
      NstStyle style = {.weight = source->weight};

      if (read_reduced (&source->source, &source->source.rect, longest, &style.image, NULL))
        g_array_append_val (styles, style);
    }
  return nst_styles_check (styles, name, error) ? g_steal_pointer (&styles) : NULL;
}

/**
 * task_thumbnail:
 * @item: a layer, group or channel
 *
 * Returns: %FALSE if there is nothing to be seen
 */
gboolean
task_thumbnail (gint item, gint longest, NstImage *image)
{
  NstSource source = {host_item_buffer (item)};
  GeglRectangle extent;
  gboolean done = FALSE;

  image->rgb = NULL;
  if (source.buffer && host_item_extent (item, &extent))
    {
      source.rect = *GEGL_RECTANGLE (0, 0, extent.width, extent.height);
      source.profile = task_profile (host_item_image (item));
      done = read_reduced (&source, &source.rect, longest, image, NULL);
    }
  nst_source_clear (&source);
  return done;
}
