/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings as text, and back with every value checked, since files come from
 * anywhere.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "files.h"
#include "record.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* Windows' editors begin UTF-8 with it */
#define FILE_LIMIT      65536          /* bytes; settings take less than one thousand */
#define SHOWN_LIMIT     200            /* bytes of a file's text in a message */

/* As short as it is read back the same: 33.3, where all digits are 33.299999999999997. */
static void
put_double (GKeyFile *file, const gchar *group, const gchar *name, gdouble value)
{
  static const gchar *const formats[] = {"%.15g", "%.16g", "%.17g"};
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, sizeof text, formats[i], value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_key_file_set_string (file, group, name, text);
}

/* A file is named so that it is found from every folder; one in another encoding by its URI, as
 * text is UTF-8. */
static void
put_network (GKeyFile *file, const gchar *group, const NstParam *param, const gchar *text)
{
  g_autofree gchar *path = NULL;
  g_autofree gchar *uri = NULL;

  if (!strchr (text, G_DIR_SEPARATOR) && !g_file_test (text, G_FILE_TEST_IS_REGULAR))
    {
      g_key_file_set_string (file, group, param->name, text);
      return;
    }
  path = g_canonicalize_filename (text, NULL);
  if (!g_utf8_validate (path, -1, NULL))
    uri = g_filename_to_uri (path, NULL, NULL);
  g_key_file_set_string (file, group, param->name, uri ? uri : path);
}

static gboolean
is_network (const NstParam *param)
{
  return strcmp (param->name, "network") == 0;
}

static void
put (GKeyFile *file, const gchar *group, const NstParam *param, NstParams *params)
{
  switch (param->type)
    {
    case NST_PARAM_CHOICE:
      g_key_file_set_string (file, group, param->name, nst_params_choice (params, param)->name);
      break;
    case NST_PARAM_INT:
      g_key_file_set_integer (file, group, param->name, *nst_params_int (params, param));
      break;
    case NST_PARAM_DOUBLE:
      put_double (file, group, param->name, *nst_params_double (params, param));
      break;
    case NST_PARAM_STRING:
      if (is_network (param))
        put_network (file, group, param, *nst_params_string (params, param));
      else
        g_key_file_set_string (file, group, param->name, *nst_params_string (params, param));
      break;
    }
}

/**
 * nst_record_put:
 * @group: where in @file all the settings go that decide what the result looks like
 */
void
nst_record_put (GKeyFile *file, const gchar *group, const NstParams *params)
{
  NstParams copy = *params;
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (!(table[i].flags & NST_PARAM_OF_MACHINE))
      put (file, group, &table[i], &copy);
}

/* As much of a file's @text as a message has room for. */
static gchar *
show (const gchar *text)
{
  gchar *shown = nst_display_name (text);

  if (strlen (shown) > SHOWN_LIMIT)
    strcpy (g_utf8_find_prev_char (shown, shown + SHOWN_LIMIT - 2), "...");
  return shown;
}

/* @problem: (transfer full): in the words of a library; @shown: (transfer full): these on a line */
static gboolean
fail_as (GError **error, GError *problem, gchar *shown)
{
  g_free (problem->message);
  problem->message = shown;
  g_propagate_error (error, problem);
  return FALSE;
}

static gboolean
fail (GError **error, const NstParam *param, const gchar *value)
{
  g_autofree gchar *shown = show (value);
  g_autoptr (GString) names = g_string_new (NULL);

  if (param->type == NST_PARAM_CHOICE)
    {
      for (const NstChoice *choice = param->choices; choice->name; choice++)
        g_string_append_printf (names, "%s%s", names->len ? ", " : "", choice->name);
      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                   _ ("“%s” is “%s”; it must be one of %s."), param->name, shown, names->str);
    }
  else
    g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                 _ ("“%s” is “%s”; it must be a number from %.10g to %.10g."), param->name,
                 shown, param->minimum, param->maximum);
  return FALSE;
}

static gboolean
take_number (const NstParam *param, const gchar *text, NstParams *params, GError **error)
{
  gchar *end;
  gdouble value = g_ascii_strtod (text, &end);

  if (end == text || *end || !(value >= param->minimum && value <= param->maximum))
    return fail (error, param, text);
  if (param->type == NST_PARAM_DOUBLE)
    *nst_params_double (params, param) = value;
  else if (value == (gint) value)
    *nst_params_int (params, param) = (gint) value;
  else
    return fail (error, param, text);
  return TRUE;
}

static gboolean
take (GKeyFile *file, const gchar *group, const gchar *key, NstParams *params, GError **error)
{
  const NstParam *param = nst_param_find (key);
  const NstChoice *choice;
  g_autofree gchar *name = show (key);
  GError *problem = NULL;
  g_autofree gchar *text = g_key_file_get_string (file, group, key, &problem);

  if (problem) /* there may be a text all the same, of what could be understood */
    return fail_as (error, problem, show (problem->message));
  if (!param || (param->flags & NST_PARAM_OF_MACHINE))
    {
      g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, _ ("There is no setting “%s”."),
                   name);
      return FALSE;
    }
  if (param->type == NST_PARAM_STRING)
    {
      gchar *path = is_network (param) ? g_filename_from_uri (text, NULL, NULL) : NULL;

      g_free (*nst_params_string (params, param));
      *nst_params_string (params, param) = path ? path : g_steal_pointer (&text);
      return TRUE;
    }
  if (param->type != NST_PARAM_CHOICE)
    return take_number (param, text, params, error);
  choice = nst_param_find_choice (param, text);
  if (!choice)
    return fail (error, param, text);
  *nst_params_int (params, param) = choice->value;
  return TRUE;
}

/* @to gets @from's limits that are the machine's. */
static void
keep_machines (NstParams *from, NstParams *to)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (table[i].flags & NST_PARAM_OF_MACHINE)
      *nst_params_int (to, &table[i]) = *nst_params_int (from, &table[i]);
}

/**
 * nst_record_take:
 * @group: as nst_record_put() wrote it, or by hand; what it leaves out is the default
 * @params: changed on success only; but its limits that are the machine's never
 *
 * Returns: %FALSE with @error if @file has no @group, or one with a setting that is not
 *   known or out of its range
 */
gboolean
nst_record_take (GKeyFile *file, const gchar *group, NstParams *params, GError **error)
{
  GError *problem = NULL;
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, &problem);
  NstParams taken;
  gboolean good = keys != NULL || fail_as (error, problem, show (problem->message));

  nst_params_init (&taken);
  for (guint i = 0; good && keys[i]; i++)
    good = take (file, group, keys[i], &taken, error);
  if (good)
    {
      NstParams old = *params;

      keep_machines (&old, &taken);
      *params = taken;
      taken = old;
    }
  nst_params_clear (&taken);
  return good;
}

static void
set_cannot_open (GError **error, const gchar *path, gint problem)
{
  g_autofree gchar *name = nst_display_name (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (problem),
               _ ("“%s” cannot be opened: %s."), name, g_strerror (problem));
}

/* As g_file_get_contents(), but not of what has no end.  Fails as G_FILE_ERROR, in a whole sentence,
 * where nothing is read. */
static gchar *
read_file (const gchar *path, gsize *length, GError **error)
{
  g_autoptr (GFile) named = g_file_new_for_path (path);
  g_autofree gchar *text = g_malloc0 (FILE_LIMIT + 2);
  gint problem = 0;
  FILE *file;

  if (g_file_query_file_type (named, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_SPECIAL)
    {
      g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT, _ ("It is not a file."));
      return NULL;
    }
  file = g_fopen (path, "rbe");
  if (file)
    *length = fread (text, 1, FILE_LIMIT + 1, file);
  if (!file || ferror (file))
    problem = errno;
  g_clear_pointer (&file, fclose);
  if (problem == 0 && *length <= FILE_LIMIT)
    return g_steal_pointer (&text);
  if (problem != 0)
    set_cannot_open (error, path, problem);
  else
    g_set_error_literal (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                         _ ("It is much too large to be one."));
  return NULL;
}

/**
 * nst_record_open_text:
 * @text: of a file of settings, or what a layer tells
 *
 * Returns: (transfer full): its groups, or %NULL with @error in one line
 */
GKeyFile *
nst_record_open_text (const gchar *text, gsize length, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  const gsize skip = g_str_has_prefix (text, BYTE_ORDER_MARK) ? strlen (BYTE_ORDER_MARK) : 0;
  GError *problem = NULL;

  if (g_key_file_load_from_data (file, text + skip, length - skip, G_KEY_FILE_NONE, &problem))
    return g_steal_pointer (&file);
  fail_as (error, problem, show (problem->message));
  return NULL;
}

/**
 * nst_record_open:
 * @path: a file of settings
 *
 * Returns: (transfer full): its groups, or %NULL with @error in one line if it cannot be read
 */
GKeyFile *
nst_record_open (const gchar *path, GError **error)
{
  gsize length = 0;
  g_autofree gchar *text = read_file (path, &length, error);

  return text ? nst_record_open_text (text, length, error) : NULL;
}

/**
 * nst_record_load:
 * @path: a file of settings
 * @params: changed on success only
 *
 * Returns: %FALSE with @error in one line if it cannot be read or is none
 */
gboolean
nst_record_load (const gchar *path, NstParams *params, GError **error)
{
  g_autofree gchar *name = nst_display_name (path);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GKeyFile) file = nst_record_open (path, &problem);

  if (file && nst_record_take (file, NST_RECORD_GROUP, params, &problem))
    return TRUE;
  if (problem->domain == G_FILE_ERROR)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
                 _ ("“%s” is no file of settings: %s"), name, problem->message);
  return FALSE;
}

/**
 * nst_record_text:
 *
 * Returns: (transfer full): what a file of these settings has in it
 */
gchar *
nst_record_text (const NstParams *params)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  nst_record_put (file, NST_RECORD_GROUP, params);
  g_key_file_set_comment (file, NULL, NULL, " Neural Style Transfer " NST_VERSION, NULL);
  return g_key_file_to_data (file, NULL, NULL);
}

/**
 * nst_record_save:
 * @path: becomes a file of settings, or stays what it was
 *
 * Returns: %FALSE with @error if it cannot be written
 */
gboolean
nst_record_save (const gchar *path, const NstParams *params, GError **error)
{
  g_autofree gchar *text = nst_record_text (params);

  return nst_file_save (path, text, error);
}
