/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File names as they can be shown: they may hold any bytes but 0 and '/'.
 */
#include <nst.h>

#include <string.h>

typedef struct
{
  gunichar first, last;
} Range;

static gboolean
is_among (gunichar c, const Range *ranges, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (c >= ranges[i].first && c <= ranges[i].last)
      return TRUE;
  return FALSE;
}

/* Without a glyph, though Unicode counts them among letters, marks or symbols; the last range are
 * the tags and variation selectors, and what is not assigned between them. */
static gboolean
is_empty (gunichar c)
{
  static const Range ranges[] = {{0x034f, 0x034f}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
                                 {0x180b, 0x180f}, {0x2800, 0x2800}, {0x3164, 0x3164},
                                 {0xfe00, 0xfe0f}, {0xffa0, 0xffa0}, {0xe0000, 0xe0fff}};

  return is_among (c, ranges, G_N_ELEMENTS (ranges));
}

/* Signs that lie around or under digits and text, and are seen, though Unicode counts them among what
 * formats. */
static gboolean
is_visible_format (gunichar c)
{
  static const Range ranges[] = {{0x0600, 0x0605},  {0x06dd, 0x06dd}, {0x070f, 0x070f},
                                 {0x0890, 0x0891},  {0x08e2, 0x08e2}, {0x110bd, 0x110bd},
                                 {0x110cd, 0x110cd}};

  return is_among (c, ranges, G_N_ELEMENTS (ranges));
}

/* Not what ends a line, steers a terminal, turns the writing's direction, cannot be seen or looks like
 * the common space; the ideographic one is as wide as a letter. */
static gboolean
is_shown_as_it_is (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_FORMAT:
      return is_visible_format (c);
    case G_UNICODE_SPACE_SEPARATOR:
      return c == ' ' || c == 0x3000;
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return c != '\\' && !is_empty (c);
    }
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
