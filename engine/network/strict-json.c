/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON of files that come from anywhere, by json-glib.
 */
#include "network/strict-json.h"
#include "network/bad-network.h"

#include <glib/gi18n-lib.h>

#define MAX_DEPTH 4

/* json-glib recurses, and keeps the last of two members of one name: both are
 * looked at before it and while it parses. */
static gboolean
check_depth (const gchar *text, gsize length, GError **error)
{
  gint depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length; i++)
    if (quoted)
      {
        if (text[i] == '\\')
          i++;
        else if (text[i] == '"')
          quoted = FALSE;
      }
    else if (text[i] == '"')
      quoted = TRUE;
    else if (text[i] == '{' || text[i] == '[')
      {
        if (++depth > MAX_DEPTH)
          return nst_bad_network (
              error, _ ("the header is nested deeper than %d; it is not a network file"),
              MAX_DEPTH);
      }
    else if (text[i] == '}' || text[i] == ']')
      depth--;
    else if (text[i] == '/' || text[i] == '\'')
      return nst_bad_network (error, _ ("the header is not strict JSON"));
  return TRUE;
}

typedef struct
{
  GHashTable *seen; /* "object address" + name */
  gboolean duplicate;
} Members;

static void
on_member (JsonParser *parser, JsonObject *object, const gchar *name, gpointer data)
{
  Members *members = data;

  if (!g_hash_table_add (members->seen, g_strdup_printf ("%p %s", (gpointer) object, name)))
    members->duplicate = TRUE;
}

JsonParser *
nst_json_parse (const gchar *text, gsize length, GError **error)
{
  JsonParser *parser;
  Members members = {NULL, FALSE};
  GError *json_error = NULL;

  if (!check_depth (text, length, error))
    return NULL;
  parser = json_parser_new_immutable ();
  members.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (parser, "object-member", G_CALLBACK (on_member), &members);
  if (!json_parser_load_from_data (parser, text, length, &json_error))
    {
      nst_bad_network (error, _ ("the header is not valid JSON (%s)"), json_error->message);
      g_error_free (json_error);
      g_clear_object (&parser);
    }
  else if (members.duplicate)
    {
      nst_bad_network (error, _ ("the header names something twice"));
      g_clear_object (&parser);
    }
  g_hash_table_destroy (members.seen);
  return parser;
}
