/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why a picture file is not read, in one sentence, whichever library found it out.
 */
#include <string.h>

#include <glib/gi18n.h>

#include "memory.h"
#include "picture-private.h"

#define READER_MIB 64 /* that a reader may have wanted */

/**
 * cli_picture_cannot_open:
 * @problem: an errno
 *
 * Returns: %FALSE, with @error
 */
gboolean
cli_picture_cannot_open (const gchar *path, gint problem, GError **error)
{
  CLI_SET_ERROR (error, path, _ ("“%s” cannot be opened: %s."), g_strerror (problem));
  return FALSE;
}

static gboolean
has_any (const gchar *text, const gchar *const *words)
{
  g_autofree gchar *lower = g_ascii_strdown (text, -1);

  for (; *words; words++)
    if (strstr (lower, *words))
      return TRUE;
  return FALSE;
}

/**
 * cli_picture_error:
 * @words: of the library that could not read it
 *
 * Returns: %FALSE, with @error
 */
gboolean
cli_picture_error (const gchar *path, const gchar *words, GError **error)
{
  static const gchar *const memory[] = {"out of memory",
                                        "malloc",
                                        "unable to allocate",
                                        "insufficient memory",
                                        "no space for",
                                        "failed to allocate",
                                        "cannot allocate",
                                        "not enough memory",
                                        NULL};
  static const gchar *const kind[] = {"unsupported",
                                      "not supported",
                                      "not implemented",
                                      "unimplemented",
                                      "not configured",
                                      "unknown compression",
                                      "can not handle",
                                      "cannot handle",
                                      "cache limits",
                                      "sorry",
                                      NULL};
  /* libjpeg's, of bytes amid the data, and libtiff's, of a directory that is empty */
  static const gchar *const damage[] = {"unsupported marker", "(0 elements", NULL};

  const gboolean is_damaged = has_any (words, damage);
  const gboolean is_rare = !is_damaged && has_any (words, kind);
  const gchar *named = strstr (words, CLI_RARE);

  if (named) /* which can have the file's own words */
    {
      named += strlen (CLI_RARE);
      CLI_SET_ERROR (
          error, path,
          _ ("“%s” is of a rare kind that is not read here (%.*s): save it anew with "
             "another program."),
          (gint) strcspn (named, "\n"), named);
    }
  else if ((!is_damaged && has_any (words, memory))
           || (!is_rare && nst_memory_is_short (READER_MIB)))
    CLI_SET_ERROR (error, path,
                   _ ("There is not enough memory to read “%s”: close other programs or take a "
                      "smaller picture."));
  else if (is_rare)
    CLI_SET_ERROR (error, path,
                   _ ("“%s” is of a rare kind that is not read here: save it anew with another "
                      "program."));
  else
    CLI_SET_ERROR (error, path,
                   _ ("“%s” is damaged or cut off: take another copy, or save it anew with a "
                      "program that still opens it."));
  return FALSE;
}

/**
 * cli_picture_is_too_large:
 *
 * Returns: whether it is, with @error then
 */
gboolean
cli_picture_is_too_large (const gchar *path, gint width, gint height, GError **error)
{
  if (width <= NST_SIZE_MAX && height <= NST_SIZE_MAX)
    return FALSE;
  CLI_SET_ERROR (error, path, _ ("“%s” has %d × %d pixels; each side must have from 1 to %d."),
                 width, height, NST_SIZE_MAX);
  return TRUE;
}
