/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a JPEG's pixels are as they were written.  libjpeg makes a picture of corrupt
 * data, too, and warns; libvips tells how often, if it looks at all: what is left over at the
 * end it does not read.  So the data are decoded once more, at an eighth of the size.
 */
#include <setjmp.h>
#include <stdio.h>

#include <glib/gstdio.h>
#include <jpeglib.h>

#include <jerror.h>

#include "cli.h"
#include "picture-private.h"

typedef struct
{
  struct jpeg_error_mgr errors; /* first, as libjpeg knows this only */
  jmp_buf failed;
  gboolean is_cut_off;
  gchar corrupt[JMSG_LENGTH_MAX]; /* the first of libjpeg's words about it */
} Check;

/* Warnings have level -1.  Those not named here are about what is written beside the pixels. */
static void
on_message (j_common_ptr jpeg, int level)
{
  Check *check = (Check *) jpeg->err;

  if (level >= 0)
    return;
  switch (check->errors.msg_code)
    {
    case JWRN_JPEG_EOF:
      check->is_cut_off = TRUE;
      return;
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      if (!*check->corrupt)
        check->errors.format_message (jpeg, check->corrupt);
      return;
    default:
      return;
    }
}

static void
on_error (j_common_ptr jpeg)
{
  longjmp (((Check *) jpeg->err)->failed, 1);
}

/* What libjpeg refuses here it has read for libvips: memory may be short, which costs but the check. */
static void
decode (FILE *file, Check *check)
{
  struct jpeg_decompress_struct jpeg = {.err = jpeg_std_error (&check->errors)};

  check->errors.emit_message = on_message;
  check->errors.error_exit = on_error;
  if (setjmp (check->failed) == 0)
    {
      JSAMPARRAY row;

      jpeg_create_decompress (&jpeg);
      jpeg_stdio_src (&jpeg, file);
      jpeg_read_header (&jpeg, TRUE);
      jpeg.scale_denom = 8;
      jpeg.out_color_space = jpeg.jpeg_color_space;
      jpeg_start_decompress (&jpeg);
      row = jpeg.mem->alloc_sarray ((j_common_ptr) &jpeg, JPOOL_IMAGE,
                                    jpeg.output_width * (JDIMENSION) jpeg.output_components, 1);
      while (jpeg.output_scanline < jpeg.output_height)
        jpeg_read_scanlines (&jpeg, row, 1);
      jpeg_finish_decompress (&jpeg);
    }
  jpeg_destroy_decompress (&jpeg);
}

/**
 * cli_jpeg_check:
 * @path: a JPEG file that libvips has read
 *
 * Says what is corrupt.
 *
 * Returns: %FALSE with @error if the end is missing
 */
gboolean
cli_jpeg_check (const gchar *path, GError **error)
{
  Check check = {0};
  FILE *file = g_fopen (path, "rbe");

  if (!file)
    return cli_picture_cannot_open (path, errno, error);
  decode (file, &check);
  fclose (file);
  if (check.is_cut_off)
    return cli_picture_error (path, "", error);
  if (*check.corrupt)
    cli_notice_corrupt (path, check.corrupt);
  return TRUE;
}
