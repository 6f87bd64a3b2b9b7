/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The netpbm formats' headers: numbers one after the other in P1 to P6 and PFM, lines that name them
 * in PAM.
 */
#include "pnm-header.h"

#include <math.h>
#include <string.h>

#include "picture-private.h"

#define PAM_LINE_MAX   512 /* bytes, of PAM; netpbm's own readers take 256 */
#define PAM_VALUES_MAX 4   /* of PAM's pixels */

/* The next character that is no comment. */
static gint
next_char (CliPnm *pnm)
{
  gint c = getc (pnm->file);
  GString *text = pnm->comment;
  gboolean is_first = TRUE;

  if (c != '#')
    return c;
  if (text && text->len > 0 && text->len <= CLI_COMMENT_MAX)
    g_string_append_c (text, '\n');
  while ((c = getc (pnm->file)) != '\n' && c != '\r' && c != EOF)
    {
      if (text && text->len <= CLI_COMMENT_MAX && !(is_first && c == ' '))
        g_string_append_c (text, (gchar) c);
      is_first = FALSE;
    }
  return c;
}

/**
 * cli_pnm_skip_space:
 *
 * Returns: the first character after space and comments, or EOF
 */
gint
cli_pnm_skip_space (CliPnm *pnm)
{
  gint c;

  do
    c = next_char (pnm);
  while (c != EOF && g_ascii_isspace (c));
  return c;
}

/**
 * cli_pnm_read_number:
 *
 * Reads the one character after it, too.
 *
 * Returns: a whole number, or -1 where there is none; what is too large stays too large
 */
gint
cli_pnm_read_number (CliPnm *pnm)
{
  gint c = cli_pnm_skip_space (pnm);
  gint number = 0;

  if (!g_ascii_isdigit (c))
    return -1;
  for (; g_ascii_isdigit (c); c = getc (pnm->file))
    if (number <= G_MAXINT / 20)
      number = 10 * number + (c - '0');
  if (c == '#')
    ungetc (c, pnm->file);
  return number;
}

/* PFM's scale, whose sign tells the byte order; its amount is left aside, as nobody agrees on it. */
static gboolean
read_scale (CliPnm *pnm)
{
  gchar text[40] = {0};
  gdouble scale;

  if (fscanf (pnm->file, "%39s", text) != 1 || !g_ascii_isspace (getc (pnm->file)))
    return FALSE;
  scale = g_ascii_strtod (text, NULL);
  pnm->little = scale < 0.0;
  return scale != 0.0 && isfinite (scale);
}

static gboolean
read_numbers (CliPnm *pnm)
{
  pnm->n_colours = pnm->n_values = strchr ("36F", pnm->kind) ? 3 : 1;
  pnm->width = cli_pnm_read_number (pnm);
  pnm->height = cli_pnm_read_number (pnm);
  pnm->most = 1;
  if (strchr ("fF", pnm->kind))
    return read_scale (pnm);
  if (!strchr ("14", pnm->kind))
    pnm->most = cli_pnm_read_number (pnm);
  return TRUE;
}

/* A comment is an empty one. */
static gboolean
read_line (CliPnm *pnm, gchar *line)
{
  gsize n = 0;
  gint c;

  for (c = next_char (pnm); c != '\n' && c != EOF && n + 1 < PAM_LINE_MAX; c = getc (pnm->file))
    line[n++] = (gchar) c;
  line[n] = '\0';
  return c == '\n' && strlen (line) == n;
}

/* @field: 0 as long as it is not said */
static gboolean
take_number (const gchar *text, gint *field)
{
  guint64 number;

  if (*field != 0 || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT64, &number, NULL))
    return FALSE;
  *field = (gint) MIN (number, G_MAXINT);
  return TRUE;
}

/* Several lines' types are one, says the format. */
static gboolean
take_field (CliPnm *pnm, const gchar *name, const gchar *value, GString *type)
{
  if (strcmp (name, "WIDTH") == 0)
    return take_number (value, &pnm->width);
  if (strcmp (name, "HEIGHT") == 0)
    return take_number (value, &pnm->height);
  if (strcmp (name, "DEPTH") == 0)
    return take_number (value, &pnm->n_values);
  if (strcmp (name, "MAXVAL") == 0)
    return take_number (value, &pnm->most);
  if (strcmp (name, "TUPLTYPE") != 0 || type->len > PAM_LINE_MAX)
    return FALSE;
  g_string_append_printf (type, type->len > 0 ? " %s" : "%s", value);
  return TRUE;
}

static gboolean
read_fields (CliPnm *pnm, GString *type)
{
  gchar line[PAM_LINE_MAX];

  while (read_line (pnm, line))
    {
      gchar *value = g_strstrip (line) + strcspn (line, " \t");

      if (*value != '\0')
        *value++ = '\0';
      if (strcmp (line, "ENDHDR") == 0)
        return TRUE;
      if (*line != '\0' && !take_field (pnm, line, g_strstrip (value), type))
        return FALSE;
    }
  return FALSE;
}

/* Types that say nothing leave it to the number of values. */
static gboolean
find_colours (CliPnm *pnm, const gchar *type)
{
  static const struct
  {
    const gchar *name;
    gint n_colours;
    gboolean has_alpha;
  } types[] = {{"BLACKANDWHITE", 1, FALSE}, {"BLACKANDWHITE_ALPHA", 1, TRUE},
               {"GRAYSCALE", 1, FALSE},     {"GRAYSCALE_ALPHA", 1, TRUE},
               {"RGB", 3, FALSE},           {"RGB_ALPHA", 3, TRUE}};

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (type, types[i].name) == 0
        || (*type == '\0' && pnm->n_values == types[i].n_colours + types[i].has_alpha))
      {
        pnm->n_colours = types[i].n_colours;
        pnm->has_alpha = types[i].has_alpha;
        return pnm->n_values <= PAM_VALUES_MAX;
      }
  return FALSE;
}

/* The type is the file's own word, and shown where it can be one. */
static gboolean
say_rare (const CliPnm *pnm, const gchar *type, const gchar *path, GError **error)
{
  const gboolean is_word =
      strlen (type) <= 40 && type[strspn (type, G_CSET_A_2_Z G_CSET_DIGITS "_")] == '\0';
  g_autofree gchar *words = g_strdup_printf (CLI_RARE "PAM: %s%sDEPTH %d", is_word ? type : "",
                                             is_word && *type ? ", " : "", pnm->n_values);

  return cli_picture_error (path, words, error);
}

static gboolean
is_whole (const CliPnm *pnm)
{
  return pnm->width > 0 && pnm->height > 0 && pnm->most >= 1 && pnm->most <= 65535
         && pnm->n_values > 0;
}

static gboolean
read_pam (CliPnm *pnm, const gchar *path, GError **error)
{
  g_autoptr (GString) type = g_string_new (NULL);

  if (!read_fields (pnm, type) || !is_whole (pnm))
    return cli_picture_error (path, "", error);
  if (!find_colours (pnm, type->str))
    return say_rare (pnm, type->str, path, error);
  return pnm->n_values >= pnm->n_colours + pnm->has_alpha
         || cli_picture_error (path, "", error);
}

/**
 * cli_pnm_read_header:
 * @pnm: its file is open, at the start
 * @path: of that
 *
 * Leaves the file at the pixels.
 *
 * Returns: %FALSE with @error if it is damaged, or of a kind that is not read
 */
gboolean
cli_pnm_read_header (CliPnm *pnm, const gchar *path, GError **error)
{
  getc (pnm->file); /* P */
  pnm->kind = (gchar) getc (pnm->file);
  if (pnm->kind == '7')
    return read_pam (pnm, path, error);
  return (read_numbers (pnm) && is_whole (pnm)) || cli_picture_error (path, "", error);
}
