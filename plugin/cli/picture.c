/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Image files, through GEGL's loaders and savers.  The loader is chosen by the
 * file's first bytes, the saver by the extension.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gexiv2/gexiv2.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli.h"
#include "pixels.h"

#define MAGIC_LENGTH 12

typedef struct
{
  const gchar *operation;
  const gchar *magic; /* a dot is any byte */
  gsize length;
} Loader;

#define LOADER(operation, magic)                                                               \
  {                                                                                            \
    operation, magic, sizeof magic - 1                                                         \
  }

static const Loader loaders[] = {
    LOADER ("gegl:png-load", "\x89PNG\r\n\x1a\n"),
    LOADER ("gegl:jpg-load", "\xff\xd8\xff"),
    LOADER ("gegl:tiff-load", "II*\0"),
    LOADER ("gegl:tiff-load", "MM\0*"),
    LOADER ("gegl:tiff-load", "II+\0"),
    LOADER ("gegl:tiff-load", "MM\0+"),
    LOADER ("gegl:exr-load", "\x76\x2f\x31\x01"),
    LOADER ("gegl:webp-load", "RIFF....WEBP"),
    LOADER ("gegl:gif-load", "GIF8"),
    LOADER ("gegl:rgbe-load", "#?RADIANCE"),
    LOADER ("gegl:ppm-load", "P2"),
    LOADER ("gegl:ppm-load", "P3"),
    LOADER ("gegl:ppm-load", "P5"),
    LOADER ("gegl:ppm-load", "P6"),
};

typedef enum
{
  ALPHA_NEVER,
  ALPHA_KEPT,
  ALPHA_ALWAYS, /* else the saver adds it, and babl makes tables for that */
} Alpha;

typedef struct
{
  const gchar *extension;
  const gchar *operation;
  const gchar *precision;
  Alpha alpha;
  gint least_bytes;      /* of a pixel, if nothing is compressed */
  const gchar *property; /* and its value, or NULL */
  gint value;
} Saver;

/* 16 bits for a PNG only if the content has so many: see cli_picture_save(). */
static const Saver savers[] = {
    {"png", "gegl:png-save", "u8", ALPHA_KEPT, 0, "bitdepth", 8},
    {"jpg", "gegl:jpg-save", "u8", ALPHA_NEVER, 0, "quality", 95},
    {"jpeg", "gegl:jpg-save", "u8", ALPHA_NEVER, 0, "quality", 95},
    {"tif", "gegl:tiff-save", "float", ALPHA_KEPT, 0, NULL, 0},
    {"tiff", "gegl:tiff-save", "float", ALPHA_KEPT, 0, NULL, 0},
    {"exr", "gegl:exr-save", "float", ALPHA_KEPT, 0, NULL, 0},
    {"webp", "gegl:webp-save", "u8", ALPHA_ALWAYS, 0, "quality", 95},
    {"ppm", "gegl:ppm-save", "u8", ALPHA_NEVER, 3, "bitdepth", 8},
};

static const Saver *
find_saver (const gchar *path)
{
  const gchar *dot = strrchr (path, '.');

  for (guint i = 0; dot && i < G_N_ELEMENTS (savers); i++)
    if (g_ascii_strcasecmp (dot + 1, savers[i].extension) == 0)
      return &savers[i];
  return NULL;
}

/* @format's first %s is the name of the file @path; errno is kept for the others. */
#define SET_ERROR(error, path, format, ...)                                                    \
  G_STMT_START                                                                                 \
  {                                                                                            \
    gint number = errno;                                                                       \
    g_autofree gchar *path_name = g_filename_display_name (path);                              \
                                                                                               \
    errno = number;                                                                            \
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, format, path_name, ##__VA_ARGS__);  \
  }                                                                                            \
  G_STMT_END

/**
 * cli_picture_check_format:
 * @path: of the output
 *
 * Returns: %FALSE with @error if no saver has this extension
 */
gboolean
cli_picture_check_format (const gchar *path, GError **error)
{
  if (find_saver (path))
    return TRUE;
  SET_ERROR (error, path,
             _ ("The output “%s” must end in .png, .jpg, .tif, .exr, .webp or .ppm."));
  return FALSE;
}

/* The file behind a link, as the link itself is to stay. */
static gchar *
real_output (const gchar *path)
{
  g_autofree gchar *absolute = g_canonicalize_filename (path, NULL);
  g_autofree gchar *target = NULL;

  if (!g_file_test (absolute, G_FILE_TEST_IS_SYMLINK))
    return g_steal_pointer (&absolute);
  target = realpath (absolute, NULL);
  return g_strdup (target ? target : absolute);
}

/**
 * cli_picture_check_output:
 * @path: of the output
 *
 * Returns: %FALSE with @error if it is clear already that it cannot be written
 */
gboolean
cli_picture_check_output (const gchar *path, GError **error)
{
  g_autofree gchar *target = real_output (path);
  g_autofree gchar *folder = g_path_get_dirname (target);

  if (!cli_start_has_operation (find_saver (path)->operation))
    {
      SET_ERROR (error, path,
                 _ ("“%s” cannot be written: this GEGL does not know the format."));
      return FALSE;
    }
  if (access (folder, W_OK | X_OK) != 0)
    {
      SET_ERROR (error, folder, _ ("The folder “%s” cannot be written to: %s."),
                 g_strerror (errno));
      return FALSE;
    }
  if (!g_file_test (target, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_file_test (target, G_FILE_TEST_IS_REGULAR))
    {
      SET_ERROR (error, path,
                 _ ("“%s” is no file that could be replaced: choose another name."));
      return FALSE;
    }
  if (access (target, W_OK) == 0)
    return TRUE;
  SET_ERROR (error, path, _ ("“%s” cannot be replaced: %s."), g_strerror (errno));
  return FALSE;
}

static gboolean
matches (const Loader *loader, const gchar *bytes, gsize n_bytes)
{
  if (n_bytes < loader->length)
    return FALSE;
  for (gsize i = 0; i < loader->length; i++)
    if (loader->magic[i] != '.' && loader->magic[i] != bytes[i])
      return FALSE;
  return TRUE;
}

static const gchar *
find_loader (const gchar *path, GError **error)
{
  gchar bytes[MAGIC_LENGTH];
  gsize n_bytes;
  FILE *file;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      SET_ERROR (error, path, _ ("“%s” is not a file: choose a picture."));
      return NULL;
    }
  file = g_fopen (path, "rb");
  if (!file)
    {
      SET_ERROR (error, path, _ ("“%s” cannot be opened: %s."), g_strerror (errno));
      return NULL;
    }
  n_bytes = fread (bytes, 1, sizeof bytes, file);
  fclose (file);
  if (n_bytes == 0)
    {
      SET_ERROR (error, path, _ ("“%s” is empty: choose a picture."));
      return NULL;
    }

  for (guint i = 0; i < G_N_ELEMENTS (loaders); i++)
    if (matches (&loaders[i], bytes, n_bytes) && cli_start_has_operation (loaders[i].operation))
      return loaders[i].operation;
  SET_ERROR (error, path,
             _ ("“%s” is not a picture that can be read here: save it as PNG, JPEG, TIFF, EXR, "
                "WebP, GIF or PPM."));
  return NULL;
}

/* NULL if the file says an impossible size or GEGL finds nothing. */
static GeglBuffer *
load (const gchar *operation, const gchar *path)
{
  g_autofree gchar *absolute = g_canonicalize_filename (path, NULL);
  g_autoptr (GeglNode) graph = gegl_node_new ();
  GeglBuffer *buffer = NULL;
  GeglNode *source =
      gegl_node_new_child (graph, "operation", operation, "path", absolute, NULL);
  GeglNode *sink =
      gegl_node_new_child (graph, "operation", "gegl:buffer-sink", "buffer", &buffer, NULL);
  GeglRectangle box = gegl_node_get_bounding_box (source);

  gegl_node_link (source, sink);
  if (box.width >= 1 && box.height >= 1 && box.width <= NST_SIZE_MAX
      && box.height <= NST_SIZE_MAX)
    gegl_node_process (sink);
  return buffer;
}

/* How the camera was held, which GEGL's loaders leave aside; what cannot be read says nothing. */
static GExiv2Orientation
read_orientation (const gchar *path)
{
  g_autoptr (GExiv2Metadata) metadata = gexiv2_metadata_new ();

  gexiv2_log_set_level (GEXIV2_LOG_LEVEL_MUTE);
  if (!gexiv2_metadata_open_path (metadata, path, NULL))
    return GEXIV2_ORIENTATION_UNSPECIFIED;
  return gexiv2_metadata_try_get_orientation (metadata, NULL);
}

/* The picture upright, line by line: a line of it is a row or a column of @buffer. */
static GeglBuffer *
turn (GeglBuffer *buffer, GExiv2Orientation orientation)
{
  const gboolean columns = orientation >= GEXIV2_ORIENTATION_ROT_90_HFLIP;
  /* whether the last line comes first, and in each line the last pixel */
  const gboolean lines_back = strchr ("\3\4\7\10", orientation) != NULL;
  const gboolean pixels_back = strchr ("\2\3\6\7", orientation) != NULL;
  const Babl *format = gegl_buffer_get_format (buffer);
  const gsize size = babl_format_get_bytes_per_pixel (format);
  const GeglRectangle box = *gegl_buffer_get_extent (buffer);
  const gint width = columns ? box.height : box.width,
             height = columns ? box.width : box.height;
  const GeglRectangle turned_box = {0, 0, width, height};
  GeglBuffer *turned = gegl_buffer_new (&turned_box, format);
  g_autofree guint8 *from = g_malloc_n (width, size), *to = g_malloc_n (width, size);

  for (gint y = 0; y < height; y++)
    {
      const gint line = lines_back ? height - 1 - y : y;
      const GeglRectangle source = {box.x + (columns ? line : 0), box.y + (columns ? 0 : line),
                                    columns ? 1 : width, columns ? width : 1};
      const GeglRectangle target = {0, y, width, 1};

      gegl_buffer_get (buffer, &source, 1, format, from, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (gint x = 0; x < width; x++)
        memcpy (to + x * size, from + (pixels_back ? width - 1 - x : x) * size, size);
      gegl_buffer_set (turned, &target, 0, format, to, GEGL_AUTO_ROWSTRIDE);
    }
  return turned;
}

/**
 * cli_picture_load:
 * @path: a file
 *
 * Returns: the picture, upright, or %NULL with @error
 */
GeglBuffer *
cli_picture_load (const gchar *path, GError **error)
{
  const gchar *operation = find_loader (path, error);
  g_autofree gchar *name = g_filename_display_name (path);
  g_autofree gchar *problem = NULL;
  GExiv2Orientation orientation;
  GeglBuffer *buffer, *turned;

  if (!operation)
    return NULL;
  problem = g_strdup_printf (_ ("“%s” is damaged or too large to be read (at most %d pixels a "
                                "side): save it anew with another program."),
                             name, NST_SIZE_MAX);
  cli_guard_quiet (problem);
  buffer = load (operation, path);
  if (!cli_guard_loud ())
    g_clear_object (&buffer);
  if (!buffer)
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, problem);
      return NULL;
    }
  orientation = read_orientation (path);
  if (orientation <= GEXIV2_ORIENTATION_NORMAL)
    return buffer;
  turned = turn (buffer, orientation);
  g_object_unref (buffer);
  return turned;
}

static gboolean
is_8_bit (GeglBuffer *buffer)
{
  const Babl *format = gegl_buffer_get_format (buffer);

  return babl_format_get_type (format, 0) == babl_type ("u8");
}

static void
save (const Saver *saver, gboolean deep, GeglBuffer *buffer, const gchar *path)
{
  g_autoptr (GeglNode) graph = gegl_node_new ();
  GeglNode *source =
      gegl_node_new_child (graph, "operation", "gegl:buffer-source", "buffer", buffer, NULL);
  GeglNode *sink =
      gegl_node_new_child (graph, "operation", saver->operation, "path", path, NULL);

  if (saver->property)
    gegl_node_set (sink, saver->property, deep ? 16 : saver->value, NULL);
  gegl_node_link (source, sink);
  gegl_node_process (sink);
}

/* The picture as the saver wants it. */
static GeglBuffer *
make_buffer (const Saver *saver, gboolean deep, const NstImage *image, GeglBuffer *content,
             GError **error)
{
  gboolean has_alpha = saver->alpha == ALPHA_ALWAYS
                       || (saver->alpha == ALPHA_KEPT
                           && babl_format_has_alpha (gegl_buffer_get_format (content)));
  const GeglRectangle rect = {0, 0, image->width, image->height};
  /* OpenEXR is linear, the others are not. */
  gboolean linear = strcmp (saver->extension, "exr") == 0;
  g_autofree gchar *format =
      g_strdup_printf ("%s%s %s", linear ? "RGB" : "R'G'B'", has_alpha ? "A" : "",
                       deep ? "u16" : saver->precision);
  g_autoptr (GeglBuffer) buffer = gegl_buffer_new (&rect, babl_format (format));

  if (!nst_pixels_write (image, buffer, &rect, content, gegl_buffer_get_extent (content),
                         error))
    return NULL;
  return g_steal_pointer (&buffer);
}

/* A saver may fail without a word (gegl:png-save, on a full disk): what was written must be
 * read again, and must be there in full where nothing is compressed. */
static gboolean
is_complete (const Saver *saver, const gchar *path, const NstImage *image)
{
  const gchar *operation = find_loader (path, NULL);
  g_autoptr (GeglBuffer) buffer = operation ? load (operation, path) : NULL;
  GStatBuf info;

  return buffer && gegl_buffer_get_width (buffer) == image->width
         && gegl_buffer_get_height (buffer) == image->height && g_stat (path, &info) == 0
         && info.st_size >= (goffset) image->width * image->height * saver->least_bytes;
}

/* Saves @buffer as @path and moves it to @target. */
static gboolean
save_and_move (const Saver *saver, gboolean deep, const NstImage *image, GeglBuffer *buffer,
               const gchar *path, const gchar *target, GError **error)
{
  g_autofree gchar *name = g_filename_display_name (target);
  g_autofree gchar *problem = g_strdup_printf (
      _ ("“%s” cannot be written: make room on its disk or choose another format."), name);
  gboolean complete;

  cli_guard_quiet (problem);
  save (saver, deep, buffer, path);
  complete = is_complete (saver, path, image);
  if (!cli_guard_loud () || !complete)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, problem);
  else if (cli_guard_signal ())
    g_set_error_literal (error, NST_ERROR, NST_ERROR_CANCELLED, _ ("Cancelled."));
  else if (g_rename (path, target) != 0)
    SET_ERROR (error, target, _ ("“%s” cannot be replaced: %s."), g_strerror (errno));
  else
    return TRUE;
  return FALSE;
}

/**
 * cli_picture_save:
 * @image: the result
 * @content: tells whether there is an alpha channel, which one, and how many bits
 *   a PNG gets
 * @path: replaced only when all is written, in a folder of its own beside it (GEGL's
 *   savers have temporary files too)
 *
 * Returns: %FALSE with @error, and the file at @path as it was
 */
gboolean
cli_picture_save (const NstImage *image, GeglBuffer *content, const gchar *path, GError **error)
{
  const Saver *saver = find_saver (path);
  gboolean deep = strcmp (saver->extension, "png") == 0 && !is_8_bit (content);
  g_autoptr (GeglBuffer) buffer = make_buffer (saver, deep, image, content, error);
  g_autofree gchar *target = real_output (path);
  g_autofree gchar *parent = g_path_get_dirname (target);
  g_autofree gchar *folder = g_build_filename (parent, ".nst-XXXXXX", NULL);
  g_autofree gchar *temporary = NULL;
  gboolean saved;

  if (!buffer)
    return FALSE;
  if (!g_mkdtemp (folder))
    {
      SET_ERROR (error, parent, _ ("The folder “%s” cannot be written to: %s."),
                 g_strerror (errno));
      return FALSE;
    }
  temporary = g_strdup_printf ("%s/picture.%s", folder, saver->extension);
  cli_guard_temporary (folder, temporary);
  saved = save_and_move (saver, deep, image, buffer, temporary, target, error);
  cli_guard_remove_temporary ();
  return saved;
}
