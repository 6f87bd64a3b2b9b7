/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user should know though nothing failed, a line each on stderr: our own
 * notices, and libvips's warnings about the picture at hand.  Other libraries'
 * warnings are for programmers.
 */
#include <string.h>

#include <glib/gi18n.h>

#include "cli.h"

static GMutex lock;
static GPtrArray *warnings; /* under the lock */
static GHashTable *said;    /* so that nothing is said twice */

static void
on_log (const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
  if (g_strcmp0 (domain, "VIPS") != 0 || !(level & G_LOG_LEVEL_WARNING))
    return;
  g_mutex_lock (&lock);
  g_ptr_array_add (warnings, g_strdup (message));
  g_mutex_unlock (&lock);
}

/**
 * cli_notices_start:
 *
 * From now on libraries' warnings wait for cli_notices_show().
 */
void
cli_notices_start (void)
{
  said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  warnings = g_ptr_array_new_with_free_func (g_free);
  g_log_set_default_handler (on_log, NULL);
}

/**
 * cli_notice:
 * @path: (nullable): the file that it is about
 *
 * Says it once.
 */
void
cli_notice (const gchar *path, const gchar *format, ...)
{
  g_autofree gchar *name = path ? nst_display_name (path) : NULL;
  g_autofree gchar *text = NULL;
  gchar *line;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  line = name ? g_strdup_printf (_ ("nst: “%s”: %s."), name, text)
              : g_strdup_printf ("nst: %s", text);
  if (g_hash_table_add (said, line))
    g_printerr ("%s\n", line);
}

/**
 * cli_notice_corrupt:
 * @words: of the library that delivered a picture all the same
 */
void
cli_notice_corrupt (const gchar *path, const gchar *words)
{
  cli_notice (path, _ ("its data are corrupt, and parts of the picture may be wrong (%s)"),
              words);
}

/* TIFF files are full of private tags, and libtiff guesses; a module that does not load is for other
 * formats; what libvips counts in JPEG is told by cli_jpeg_check(), and what libpng finds wrong with
 * colours, by cli_png_profile() where it matters. */
static gboolean
is_noise (const gchar *warning)
{
  static const gchar *const noise[] = {"nable to load \"",
                                       "nknown field with tag",
                                       "ASCII value for tag",
                                       "Sum of Photometric",
                                       "assuming 8-bit palette",
                                       "VipsJpeg:",
                                       "iCCP:",
                                       "gAMA:",
                                       "cHRM:",
                                       "sRGB:",
                                       "cICP:"};

  for (gsize i = 0; i < G_N_ELEMENTS (noise); i++)
    if (strstr (warning, noise[i]))
      return TRUE;
  return g_str_has_prefix (warning, "read gave ") && g_str_has_suffix (warning, " warnings");
}

/**
 * cli_notices_tell_of:
 *
 * Returns: whether libraries warned with these @words since cli_notices_show()
 */
gboolean
cli_notices_tell_of (const gchar *words)
{
  gboolean do_they = FALSE;

  g_mutex_lock (&lock);
  for (guint i = 0; i < warnings->len; i++)
    do_they = do_they || strstr (g_ptr_array_index (warnings, i), words);
  g_mutex_unlock (&lock);
  return do_they;
}

/**
 * cli_notices_show:
 * @path: (nullable): the file that libraries warned of; %NULL: forget it
 */
void
cli_notices_show (const gchar *path)
{
  g_mutex_lock (&lock);
  for (guint i = 0; path && i < warnings->len; i++)
    {
      g_autofree gchar *text = g_strstrip (g_strdup (g_ptr_array_index (warnings, i)));
      const gsize n = strlen (text);
      g_autofree gchar *line = NULL;

      if (is_noise (text))
        continue;
      if (n > 0 && text[n - 1] == '.')
        text[n - 1] = '\0';
      line = nst_display_name (text);
      if (strstr (line, "orrupt"))
        cli_notice_corrupt (path, line);
      else
        cli_notice (path, "%s", line);
      break; /* one tells it */
    }
  g_ptr_array_set_size (warnings, 0);
  g_mutex_unlock (&lock);
}
