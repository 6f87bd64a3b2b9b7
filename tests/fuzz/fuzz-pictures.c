/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fuzz target of nst's reader of pictures: whatever a file's bytes are, it is read or
 * refused with a readable error; what was read is a picture of finite numbers, and can be
 * brought into the space of a run and, with all that stands beside it, into another file.
 */
#include "cli.h"
#include "fuzz.h"
#include "picture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST    (1u << 20) /* bytes of one piece of a picture; more is refused */
#define SMALL   4096       /* pixels of what is written again, which takes longest */
#define WRITTEN 30         /* of 256 choices */

/* Linked in place of the engine's: a few bytes may say that they are a picture of gigabytes. */
int __real_posix_memalign (void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign (void **memory, size_t alignment, size_t size);

int
__wrap_posix_memalign (void **memory, size_t alignment, size_t size)
{
  return size > MOST ? ENOMEM : __real_posix_memalign (memory, alignment, size);
}

/* Linked in place of nst's, which asks for memory to see: a sanitizer marks each page of it. */
gboolean __wrap_nst_memory_is_short (guint mib);

gboolean
__wrap_nst_memory_is_short (guint mib)
{
  return FALSE;
}

static void
say_nothing (const gchar *text)
{
}

static void
start (void)
{
  static gboolean started;

  if (started)
    return;
  started = TRUE;
  g_set_printerr_handler (say_nothing);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL); /* libvips warns */
  cli_notices_start ();
  cli_pictures_start (1);
}

static void
check (const NstImage *image)
{
  const gsize n = (gsize) image->width * (gsize) image->height;

  g_assert_true (image->width > 0 && image->height > 0);
  for (gsize i = 0; i < 3 * n; i++)
    g_assert_true (isfinite (image->rgb[i]));
  for (gsize i = 0; image->mask && i < n; i++)
    g_assert_true (image->mask[i] >= 0.0f && image->mask[i] <= 1.0f);
}

/* In a format that the bytes choose. */
static void
write_again (CliPicture *picture, guint choice)
{
  static const gchar *const formats[] = {"png", "jpg", "tif", "webp", "exr", "ppm"};
  g_autofree gchar *folder = g_dir_make_tmp ("nst-fuzz-XXXXXX", NULL);
  g_autofree gchar *path = NULL;
  NstImage result = {picture->image.width, picture->image.height,
                     g_steal_pointer (&picture->image.rgb), NULL};
  GError *error = NULL;

  path = g_strdup_printf ("%s/out.%s", folder, formats[choice % G_N_ELEMENTS (formats)]);
  if (!cli_picture_keep_alpha (picture, result.width, result.height, &error)
      || !cli_picture_save (&result, picture, path, &error))
    fuzz_check_error (error);
  nst_image_clear (&result);
  g_clear_error (&error);
  g_unlink (path);
  g_rmdir (folder);
}

static gboolean
load (const gchar *path, guint choice, GError **error)
{
  CliPicture picture, *all = &picture;
  gboolean good;

  start ();
  good = cli_picture_load (path, &picture, error);
  if (good)
    {
      g_assert_nonnull (picture.profile);
      g_assert_nonnull (picture.output);
      check (&picture.image);
      cli_pictures_convert (&all, 1, cli_picture_get_limit (&picture, "out.png"));
      check (&picture.image);
      if (picture.width * picture.height <= SMALL && choice < WRITTEN)
        write_again (&picture, choice);
    }
  cli_picture_clear (&picture);
  return good;
}

gboolean
fuzz_opens (const gchar *path, GError **error)
{
  return load (path, 0, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;

  if (!load (fuzz_file (data, size), size > 0 ? data[size / 2] : 0, &error))
    fuzz_check_error (error);
  g_clear_error (&error);
  return 0;
}
