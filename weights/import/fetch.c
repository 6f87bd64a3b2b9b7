/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Downloads a published weight file, by libcurl: goes on where an earlier try
 * broke off, and keeps only what has the published hash.
 */
#include "tool.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_SIZE        ((curl_off_t) 4 << 30)
#define STALLED_SECONDS 60L

typedef struct
{
  const gchar *url;
  GChecksumType type;
  gchar *hash;
  gchar *part; /* the file */
  FILE *file;
  gint64 before; /* bytes that were there */
  gboolean bar;
} Download;

/* "vgg19, vgg16, ..."; to be freed */
gchar *
fetch_names (void)
{
  guint n;
  const KnownFile *known = known_table (&n);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    if (known[i].url)
      g_string_append_printf (names, "%s%s", names->len ? ", " : "", known[i].name);
  return g_string_free (names, FALSE);
}

/* The hash that the download must have: the published one, the user's, or the one in the
 * file's name, where PyTorch puts it. */
static gboolean
find_hash (Download *download, const KnownFile *known, const gchar *sha256, GError **error)
{
  g_autoptr (GRegex) regex = g_regex_new ("-([0-9a-f]{8,64})\\.[a-z0-9]+$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  download->type = known ? known->type : G_CHECKSUM_SHA256;
  if (sha256 && strlen (sha256) >= 8)
    download->hash = g_ascii_strdown (sha256, -1);
  else if (known)
    download->hash = g_strdup (known->hash);
  else if (g_regex_match (regex, download->url, 0, &match))
    download->hash = g_match_info_fetch (match, 1);
  else
    g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                         _ ("What is downloaded must be known by its hash: give it with "
                            "--sha256."));
  return download->hash != NULL;
}

/* Whether what is there is the whole file, by its hash; @found: the hash */
static gboolean
has_hash (const Download *download, gchar **found, GError **error)
{
  gint file = g_open (download->part, O_RDONLY | O_CLOEXEC, 0);

  if (file < 0)
    return FALSE;
  *found = hash_file (file, download->type, error);
  close (file);
  return *found && g_str_has_prefix (*found, download->hash);
}

static int
on_progress (void *data, curl_off_t total, curl_off_t now, curl_off_t up, curl_off_t up_now)
{
  const Download *download = data;
  gdouble part =
      total > 0 ? (gdouble) (download->before + now) / (download->before + total) : 0;
  gint done = (gint) (40 * part);

  if (download->bar && total > 0)
    g_printerr ("\r[%-*.*s] %3.0f %% %5.0f MB", 40, done,
                "########################################", 100 * part,
                (gdouble) (download->before + now) / 1e6);
  return download->before + now > MAX_SIZE;
}

static gboolean
explain (const Download *download, CURLcode code, long status, const gchar *words,
         GError **error)
{
  const gchar *file = strrchr (download->url, '/') + 1;

  switch (code)
    {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      g_set_error (
          error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE,
          _ ("%s cannot be reached (%s); without a network, get the file elsewhere and "
             "import it with nst-import FILE."),
          download->url, words);
      break;
    case CURLE_HTTP_RETURNED_ERROR:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _ ("%s is not to be had: the server answers %ld."), download->url, status);
      break;
    case CURLE_WRITE_ERROR:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _ ("“%s” cannot be written: %s."),
                   download->part, g_strerror (errno));
      break;
    default:
      g_set_error (
          error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
          _ ("The download of %s broke off (%s); the same command goes on from there."), file,
          words);
    }
  return FALSE;
}

static void
set_options (CURL *curl, Download *download, gchar *words)
{
  curl_easy_setopt (curl, CURLOPT_URL, download->url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt (curl, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt (curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt (curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt (curl, CURLOPT_LOW_SPEED_TIME, STALLED_SECONDS);
  curl_easy_setopt (curl, CURLOPT_USERAGENT, "nst-import/" NST_VERSION);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, download->file);
  curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, words);
  curl_easy_setopt (curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t) download->before);
  curl_easy_setopt (curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt (curl, CURLOPT_XFERINFODATA, download);
  curl_easy_setopt (curl, CURLOPT_NOPROGRESS, 0L);
}

/* @again: (out): what is there cannot be gone on with */
static gboolean
transfer (Download *download, gboolean *again, GError **error)
{
  gchar words[CURL_ERROR_SIZE] = "";
  CURL *curl = curl_easy_init ();
  CURLcode code;
  long status = 0;

  fseeko (download->file, 0, SEEK_END);
  download->before = ftello (download->file);
  set_options (curl, download, words);
  code = curl_easy_perform (curl);
  curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_cleanup (curl);
  if (download->bar)
    g_printerr ("\r\033[K");
  if (code == CURLE_OK && fflush (download->file) != 0)
    code = CURLE_WRITE_ERROR;
  /* To libcurl a range behind the end is the end; here it is a file that is another. */
  if (code == CURLE_OK && status == 416)
    code = CURLE_RANGE_ERROR;
  *again =
      download->before > 0 && (code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME);
  return code == CURLE_OK
         || explain (download, code, status, *words ? words : curl_easy_strerror (code), error);
}

static gboolean
check (Download *download, GError **error)
{
  g_autofree gchar *found = NULL;

  if (has_hash (download, &found, error))
    return TRUE;
  if (!found)
    return FALSE;
  g_unlink (download->part);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _ ("%s is not the published file (its %s is %.16s..., not %.16s...) and was "
                  "removed."),
               download->url, hash_name (download->type), found, download->hash);
  return FALSE;
}

static gboolean
run (Download *download, GError **error)
{
  g_autofree gchar *found = NULL;
  GError *problem = NULL;
  gboolean again, ok;

  if (has_hash (download, &found, NULL))
    return TRUE;
  download->file = fopen (download->part, "a+be");
  if (!download->file)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   _ ("“%s” cannot be written: %s."), download->part, g_strerror (errno));
      return FALSE;
    }
  ok = transfer (download, &again, &problem);
  if (!ok && again && ftruncate (fileno (download->file), 0) == 0)
    {
      g_clear_error (&problem);
      ok = transfer (download, &again, &problem);
    }
  fclose (download->file);
  if (!ok)
    g_propagate_error (error, problem);
  return ok && check (download, error);
}

/**
 * fetch_file:
 * @known: (nullable): the published file, or %NULL for any other at @url
 *
 * Returns: (transfer full): where the file lies now, in the user's cache; the caller
 *   removes it after its use
 */
gchar *
fetch_file (const ToolOptions *options, const KnownFile *known, const gchar *url,
            GError **error)
{
  Download download = {.url = url, .bar = isatty (STDERR_FILENO)};
  g_autofree gchar *folder =
      g_build_filename (g_get_user_cache_dir (), GETTEXT_PACKAGE, "downloads", NULL);
  g_autofree gchar *name = g_path_get_basename (url);
  g_autofree gchar *file = g_strconcat (name, ".part", NULL);
  gchar *path = NULL;

  if (!find_hash (&download, known, options->sha256, error))
    return NULL;
  g_mkdir_with_parents (folder, 0755);
  download.part = g_build_filename (folder, file, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  if (run (&download, error))
    path = g_steal_pointer (&download.part);
  curl_global_cleanup ();
  g_free (download.part);
  g_free (download.hash);
  return path;
}
