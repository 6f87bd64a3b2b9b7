/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nst-import: makes a network for nst and the GIMP filter of a VGG's weights as
 * other programs keep them.
 */
#include "streams.h"
#include "tool.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

/* Where the weights are from, as is kept with them. */
typedef struct
{
  const gchar *path;
  const gchar *source; /* the URL, or the file's name */
} Origin;

/* Whether it is one of the published files: PyTorch's are known by their SHA-256, Caffe's by
 * SHA-1 and Keras' by MD5. */
static const KnownFile *
recognise (const Source *source, const gchar *sha256)
{
  g_autofree gchar *sha1 =
      source_is_caffe (source) ? hash_file (source->file, G_CHECKSUM_SHA1, NULL) : NULL;
  g_autofree gchar *md5 =
      source_is_hdf5 (source) ? hash_file (source->file, G_CHECKSUM_MD5, NULL) : NULL;

  return known_find_bytes (sha256, sha1, md5);
}

static GHashTable *
make_metadata (const gchar *name, const Origin *origin, const gchar *sha256,
               const gchar *licence)
{
  GHashTable *metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree gchar *shown = nst_display_name (origin->source);
  const gchar *const pairs[][2] = {
      {"name", name},
      {"source", shown},
      {"source_sha256", sha256},
      {"licence", licence},
      {"importer", "nst-import " NST_VERSION},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_hash_table_insert (metadata, g_strdup (pairs[i][0]), g_strdup (pairs[i][1]));
  return metadata;
}

/* The file's own metadata, or the published file's. */
static const gchar *
find_licence (const ToolOptions *options, const Source *source, const KnownFile *known)
{
  const gchar *own =
      source->metadata ? g_hash_table_lookup (source->metadata, "licence") : NULL;

  return options->licence ? options->licence : known ? known->licence : own ? own : "unknown";
}

static void
tell (const ToolOptions *options, const gchar *name, const ImportReport *report)
{
  if (options->quiet)
    g_print ("%s\n", name);
  else
    g_print (_ ("Imported as %s: %s, preprocessing %s%s. Use it with nst --network %s.\n"),
             name, report->layers, report->preprocess,
             report->folded ? _ (", batch normalization folded") : "", name);
}

static gboolean
write_network (const ToolOptions *options, const Source *source, const KnownFile *known,
               const gchar *name, GHashTable *metadata, GError **error)
{
  ImportOptions wanted = {options->until, options->preprocess,
                          (const gchar *const *) options->map,
                          g_strcmp0 (options->precision, "float16") == 0};
  ImportReport report = {0};
  g_autoptr (GOutputStream) stream = folder_create (name, error);
  gboolean ok = stream
                && import_write (source, &wanted, known, metadata, stream, &report, error)
                && folder_commit (stream, name, error);

  folder_discard ();
  if (ok)
    tell (options, name, &report);
  import_report_clear (&report);
  return ok;
}

static gboolean
import_file (const ToolOptions *options, const Origin *origin, GError **error)
{
  g_autoptr (Source) source = source_open (origin->path, error);
  g_autofree gchar *sha256 = source ? hash_file (source->file, G_CHECKSUM_SHA256, error) : NULL;
  g_autofree gchar *name = NULL;
  g_autofree gchar *shown = NULL;
  g_autoptr (GHashTable) metadata = NULL;
  const KnownFile *known;
  GError *problem = NULL;

  if (!sha256)
    return FALSE;
  known = recognise (source, sha256);
  name = folder_choose_name (options->name, known, origin->path, options->replace, error);
  if (!name)
    return FALSE;
  metadata = make_metadata (name, origin, sha256, find_licence (options, source, known));
  if (write_network (options, source, known, name, metadata, &problem))
    return TRUE;
  shown = nst_display_name (origin->path);
  if (g_error_matches (problem, NST_ERROR, NST_ERROR_BAD_NETWORK))
    g_propagate_prefixed_error (error, problem, "%s: ", shown);
  else
    g_propagate_error (error, problem);
  return FALSE;
}

static gboolean
find_url (const ToolOptions *options, const KnownFile *known, gchar **url, GError **error)
{
  g_autofree gchar *names = NULL;

  if (known && options->base_url)
    *url = g_strconcat (options->base_url, strrchr (known->url, '/'), NULL);
  else if (known)
    *url = g_strdup (known->url);
  else if (g_str_has_prefix (options->fetch, "http://")
           || g_str_has_prefix (options->fetch, "https://"))
    *url = g_strdup (options->fetch);
  if (*url)
    return TRUE;
  names = fetch_names ();
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("--fetch takes one of %s, or an address, not “%s”."), names, options->fetch);
  return FALSE;
}

static gboolean
fetch_and_import (ToolOptions *options, GError **error)
{
  const KnownFile *known = known_find_name (options->fetch);
  g_autofree gchar *url = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *name = NULL;

  if (!find_url (options, known, &url, error))
    return FALSE;
  /* before the long wait */
  name = folder_choose_name (options->name, known, url, options->replace, error);
  path = name ? fetch_file (options, known, url, error) : NULL;
  if (!path)
    return FALSE;
  g_free (options->name);
  options->name = g_steal_pointer (&name);
  if (!import_file (options, &(Origin){path, url}, error))
    return FALSE;
  g_unlink (path);
  return TRUE;
}

static gboolean
run (ToolOptions *options, GError **error)
{
  g_autofree gchar *base = NULL;

  if (options->version)
    {
      g_print ("nst-import %s\n", NST_VERSION);
      return TRUE;
    }
  if (options->show)
    return show_networks (options->files, error);
  if (options->fetch)
    return fetch_and_import (options, error);
  base = g_path_get_basename (options->files[0]);
  return import_file (options, &(Origin){options->files[0], base}, error);
}

int
main (int argc, char **argv)
{
  ToolOptions options;
  g_autoptr (GError) error = NULL;
  gint status = EXIT_DONE;

  nst_streams_start ("nst-import");
  /* where a caller ignores it, nobody hears how libhdf5's process ended */
  signal (SIGCHLD, SIG_DFL);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, NST_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (!tool_options_parse (&options, argv, &error))
    {
      g_autofree gchar *text = nst_streams_printable (error->message);

      g_printerr (_ ("nst-import: %s\nTry “nst-import --help”.\n"), text);
      status = EXIT_USAGE;
    }
  else
    {
      stop_prepare ();
      if (!run (&options, &error))
        {
          g_autofree gchar *text = nst_streams_printable (error->message);

          g_printerr ("nst-import: %s\n", text);
          status = EXIT_FAILED;
        }
    }
  tool_options_clear (&options);
  return status;
}
