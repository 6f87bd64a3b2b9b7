/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GEGL's start, quick: of its hundreds of operations only the modules of those
 * that are asked for are loaded, and all of them only if that finds one missing.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <gmodule.h>

#include "cli.h"

/* Where GEGL looks for modules, until all that is there has been loaded. */
static gchar **folders;
/* Our part of the user's cache. */
static gchar *cache;

static gchar *
find_module (const gchar *name)
{
  g_autofree gchar *file = g_strconcat (name, "." G_MODULE_SUFFIX, NULL);

  for (guint i = 0; folders && folders[i]; i++)
    {
      g_autofree gchar *path = g_build_filename (folders[i], file, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* Makes @link point to @target, at once also for other runs. */
static gboolean
make_link (const gchar *target, const gchar *link)
{
  g_autofree gchar *now = g_file_read_link (link, NULL);
  g_autofree gchar *fresh = g_strdup_printf ("%s.%d", link, (gint) getpid ());

  if (g_strcmp0 (now, target) == 0)
    return TRUE;
  if (symlink (target, fresh) != 0)
    return FALSE;
  if (g_rename (fresh, link) == 0)
    return TRUE;
  g_unlink (fresh);
  return FALSE;
}

/* GEGL loads folders only, and opens the files there again later: hence a lasting folder for
 * each module, with a link to it. */
static void
load_module (const gchar *name)
{
  g_autofree gchar *path = find_module (name);
  g_autofree gchar *folder = g_build_filename (cache, "gegl", name, NULL);
  g_autofree gchar *base = path ? g_path_get_basename (path) : NULL;
  g_autofree gchar *link = path ? g_build_filename (folder, base, NULL) : NULL;

  if (path && g_mkdir_with_parents (folder, 0700) == 0 && make_link (path, link))
    gegl_load_module_directory (folder);
}

static void
ignore (const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
}

static void
load_all (void)
{
  /* GObject complains of each type that is there already, and keeps it. */
  guint handler = g_log_set_handler ("GLib-GObject", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL,
                                     ignore, NULL);

  for (guint i = 0; folders && folders[i]; i++)
    if (g_file_test (folders[i], G_FILE_TEST_IS_DIR))
      gegl_load_module_directory (folders[i]);
  g_log_remove_handler ("GLib-GObject", handler);
  g_clear_pointer (&folders, g_strfreev);
}

/* babl times its conversions before it uses them and keeps the outcome for all programs; with
 * other programs' among them, babl 0.1.98 would time look-up tables too at each start, for a
 * quarter of a second and 350 MB.  Later versions can be told not to. */
static void
prepare_babl (void)
{
  cache = g_build_filename (g_get_user_cache_dir (), GETTEXT_PACKAGE, NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("BABL_LUT", "0", FALSE);
}

/* GEGL's own folders, its user's one too. */
static gchar **
list_folders (const gchar *gegl_path)
{
  g_autofree gchar *own = NULL;

  if (gegl_path)
    return g_strsplit (gegl_path, G_SEARCHPATH_SEPARATOR_S, -1);
  own = g_build_filename (g_get_user_data_dir (), "gegl-0.4", "plug-ins", NULL);
  return g_strdupv ((gchar *[]){NST_GEGL_MODULES, own, NULL});
}

/**
 * cli_start_prepare:
 *
 * Sets the environment for cli_start_gegl(), while there is one thread only.
 */
void
cli_start_prepare (void)
{
  g_autofree gchar *common = NULL;

  prepare_babl ();
  folders = list_folders (g_getenv ("GEGL_PATH"));
  common = find_module ("gegl-common");
  if (common)
    g_setenv ("GEGL_PATH", "", TRUE);
  else /* GEGL may know where they are */
    g_clear_pointer (&folders, g_strfreev);
}

/**
 * cli_start_gegl:
 *
 * Initialises GEGL, to be ended with cli_start_end_gegl().  Its tile cache is as large as GIMP's
 * is by default; its own default is the same on all machines, and large pictures would go to disk.
 */
void
cli_start_gegl (void)
{
  gegl_init (NULL, NULL);
  if (!g_getenv ("GEGL_CACHE_SIZE"))
    g_object_set (gegl_config (), "tile-cache-size", nst_job_half_memory (), NULL);
  load_module ("gegl-core");
  load_module ("gegl-common");
  if (!gegl_has_operation ("gegl:buffer-source") || !gegl_has_operation ("gegl:buffer-sink"))
    load_all ();
}

/**
 * cli_start_has_operation:
 * @name: "gegl:png-load"
 *
 * Loads what is needed for it.
 */
gboolean
cli_start_has_operation (const gchar *name)
{
  if (!gegl_has_operation (name))
    load_module (strchr (name, ':') + 1);
  if (!gegl_has_operation (name))
    load_all ();
  return gegl_has_operation (name);
}

/**
 * cli_start_end_gegl:
 *
 * Ends GEGL.  babl then writes its cache, in all programs under the same temporary name, and
 * complains at the next start if two have written there at once: hence one run after the other.
 */
void
cli_start_end_gegl (void)
{
  g_autofree gchar *path = g_build_filename (cache, "lock", NULL);
  gint lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (lock >= 0)
    flock (lock, LOCK_EX);
  gegl_exit ();
  if (lock >= 0)
    close (lock);
  g_clear_pointer (&folders, g_strfreev);
  g_clear_pointer (&cache, g_free);
}
