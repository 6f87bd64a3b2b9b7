/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File names as they can be shown: they may hold any bytes but 0 and '/'.
 */
#include <nst.h>

#include <string.h>

/* Characters that end a line, steer a terminal or turn the writing's direction. */
static gboolean
is_shown_as_it_is (gunichar c)
{
  static const gunichar marks[] = {0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff};

  if (g_unichar_iscntrl (c) || c == '\\' || (c >= 0x202a && c <= 0x202e)
      || (c >= 0x2066 && c <= 0x2069))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (c == marks[i])
      return FALSE;
  return TRUE;
}

static void
escape (GString *shown, gunichar c)
{
  switch (c)
    {
    case '\\':
      g_string_append (shown, "\\\\");
      break;
    case '\n':
      g_string_append (shown, "\\n");
      break;
    case '\r':
      g_string_append (shown, "\\r");
      break;
    case '\t':
      g_string_append (shown, "\\t");
      break;
    default:
      g_string_append_printf (shown, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
    }
}

gchar *
nst_display_name (const gchar *name)
{
  GString *shown = g_string_new (NULL);
  const gchar *end = name + strlen (name);

  while (name < end)
    {
      gunichar c = g_utf8_get_char_validated (name, end - name);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (shown, "\\x%02x", (guchar) *name++);
          continue;
        }
      if (is_shown_as_it_is (c))
        g_string_append_unichar (shown, c);
      else
        escape (shown, c);
      name = g_utf8_next_char (name);
    }
  return g_string_free (shown, FALSE);
}
