/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Named settings as files: presets/NAME.ini and recent/NUMBER.ini.
 */
#include "presets.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "files.h"
#include "record.h"

#define SUFFIX      ".ini"
#define NAME_LENGTH 60 /* characters */

static gchar *
folder (const gchar *name)
{
  return g_build_filename (g_get_user_config_dir (), GETTEXT_PACKAGE, name, NULL);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const gchar *const *) a, *(const gchar *const *) b);
}

/**
 * nst_presets_list:
 *
 * Returns: (transfer full): the names, sorted
 */
gchar **
nst_presets_list (void)
{
  g_autofree gchar *path = folder ("presets");
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GPtrArray *names = g_ptr_array_new ();
  const gchar *file;

  while (dir && (file = g_dir_read_name (dir)))
    {
      g_autofree gchar *base = g_str_has_suffix (file, SUFFIX)
                                   ? g_strndup (file, strlen (file) - strlen (SUFFIX))
                                   : NULL;
      gchar *name = base ? g_uri_unescape_string (base, NULL) : NULL;

      if (name)
        g_ptr_array_add (names, name);
    }
  g_ptr_array_sort (names, compare);
  g_ptr_array_add (names, NULL);
  return (gchar **) g_ptr_array_free (names, FALSE);
}

/**
 * nst_presets_file:
 * @name: whatever the user wants to call it
 *
 * Returns: the file that these settings are in, or would be
 */
gchar *
nst_presets_file (const gchar *name)
{
  g_autofree gchar *path = folder ("presets");
  g_autofree gchar *escaped = g_uri_escape_string (name, " ", FALSE);
  g_autofree gchar *base = g_strconcat (escaped, SUFFIX, NULL);

  return g_build_filename (path, base, NULL);
}

static gboolean
make_folder (const gchar *name, GError **error)
{
  g_autofree gchar *path = folder (name);

  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               _ ("The folder “%s” cannot be made: %s."), path, g_strerror (errno));
  return FALSE;
}

/**
 * nst_presets_save:
 * @name: those that have it are replaced
 * @more: further groups of the file, or ""
 *
 * Returns: %FALSE with @error, and what was there is as it was
 */
gboolean
nst_presets_save (const gchar *name, const NstParams *params, const gchar *more, GError **error)
{
  g_autofree gchar *path = NULL;
  g_autofree gchar *settings = NULL;
  g_autofree gchar *text = NULL;

  if (!*name || g_utf8_strlen (name, -1) > NAME_LENGTH)
    {
      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                   _ ("A name has from 1 to %d characters."), NAME_LENGTH);
      return FALSE;
    }
  path = nst_presets_file (name);
  settings = nst_record_text (params);
  text = g_strconcat (settings, *more ? "\n" : "", more, NULL);
  return make_folder ("presets", error) && nst_file_save (path, text, error);
}

/**
 * nst_presets_load:
 * @params: changed on success only
 */
gboolean
nst_presets_load (const gchar *name, NstParams *params, GError **error)
{
  g_autofree gchar *path = nst_presets_file (name);

  return nst_record_load (path, params, error);
}

/**
 * nst_presets_delete:
 * @name: of settings that are kept
 *
 * Returns: %FALSE with @error if their file is not there or stays
 */
gboolean
nst_presets_delete (const gchar *name, GError **error)
{
  g_autofree gchar *path = nst_presets_file (name);

  if (g_unlink (path) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               _ ("The settings “%s” cannot be deleted: %s."), name, g_strerror (errno));
  return FALSE;
}

static gchar *
recent_file (guint number)
{
  g_autofree gchar *path = folder ("recent");
  g_autofree gchar *base = g_strdup_printf ("%u" SUFFIX, number);

  return g_build_filename (path, base, NULL);
}

/* The number of the recent settings in the words of @words, or the oldest place. */
static guint
place_of (const gchar *words)
{
  for (guint i = 0; i + 1 < NST_PRESETS_RECENT; i++)
    {
      NstParams params;
      g_autofree gchar *there = NULL;

      nst_params_init (&params);
      if (nst_presets_load_recent (i, &params))
        there = nst_record_differences (&params);
      nst_params_clear (&params);
      if (!there || strcmp (there, words) == 0)
        return i;
    }
  return NST_PRESETS_RECENT - 1;
}

/**
 * nst_presets_remember:
 * @params: what was just used; it becomes number 0, and the same of before goes
 */
void
nst_presets_remember (const NstParams *params)
{
  g_autofree gchar *words = nst_record_differences (params);
  g_autofree gchar *first = recent_file (0);

  if (!make_folder ("recent", NULL))
    return;
  for (guint i = place_of (words); i > 0; i--)
    {
      g_autofree gchar *from = recent_file (i - 1);
      g_autofree gchar *to = recent_file (i);

      g_rename (from, to);
    }
  nst_record_save (first, params, NULL);
}

/**
 * nst_presets_load_recent:
 * @number: 0 is the last
 * @params: changed on success only
 *
 * Returns: %FALSE if there are none
 */
gboolean
nst_presets_load_recent (guint number, NstParams *params)
{
  g_autofree gchar *path = recent_file (number);

  return nst_record_load (path, params, NULL);
}
