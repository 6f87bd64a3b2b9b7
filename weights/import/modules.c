/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes the names of tensors apart, as PyTorch, Keras and Caffe make them, or as the user
 * maps them to others.
 */
#include "modules.h"
#include "memory.h"
#include "network/safetensors.h"

#include <glib/gi18n.h>
#include <string.h>

#define PCRE2_MIB 20 /* that it takes for a match at most */

/* How a tensor's name ends in each program's files; the group is the part. */
static const struct
{
  const gchar *pattern;
  gboolean keras;
} name_patterns[] = {
    {"^(.+)\\.(weight|bias|running_mean|running_var)$", FALSE},
    {"^(.+)_(W|b)(?:_\\d+)?(?::0)?$", TRUE},
    {"^(.+)/(kernel|bias|gamma|beta|moving_mean|moving_variance)(?::0)?$", TRUE},
    {"^(.+)/vars/([0-3])$", TRUE},
};

static const struct
{
  const gchar *word;
  Part part;
} part_words[] = {
    {"weight", PART_WEIGHT},
    {"bias", PART_BIAS},
    {"running_mean", PART_MEAN},
    {"running_var", PART_VARIANCE},
    {"W", PART_WEIGHT},
    {"b", PART_BIAS},
    {"kernel", PART_WEIGHT},
    {"gamma", PART_GAMMA},
    {"beta", PART_BETA},
    {"moving_mean", PART_MEAN},
    {"0", PART_WEIGHT},
    {"moving_variance", PART_VARIANCE},
    {"1", PART_BIAS},
    {"2", PART_MEAN},
    {"3", PART_VARIANCE},
};

static Part
find_part (const gchar *word)
{
  gsize i = 0;

  while (strcmp (part_words[i].word, word) != 0)
    i++;
  return part_words[i].part;
}

static gboolean
say_no_memory (GError **error)
{
  g_set_error_literal (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                       _ ("There is not enough memory."));
  return FALSE;
}

/* GLib says of a pattern what only programmers understand.  This may be one that is not found to
 * fit or not to fit, as it can do so in too many ways. */
static gboolean
say_bad_rule (const gchar *rule, GError **error)
{
  if (nst_memory_is_short (PCRE2_MIB))
    return say_no_memory (error);
  g_set_error (error, NST_ERROR, NST_ERROR_BAD_ARGUMENT,
               _ ("--map takes NAME=LAYER, NAME perhaps a regular expression, not "
                  "“%s”."),
               rule);
  return FALSE;
}

static const GRegex *
name_regex (gsize i)
{
  static GRegex *regexes[G_N_ELEMENTS (name_patterns)];

  if (!regexes[i])
    regexes[i] = g_regex_new (name_patterns[i].pattern, 0, 0, NULL);
  return regexes[i];
}

/* @regex: NULL: it could not be made; @rule: that it is of, or NULL */
static gboolean
matches (Modules *modules, const GRegex *regex, const gchar *rule, const gchar *name,
         GMatchInfo **match)
{
  g_autoptr (GError) problem = NULL;
  const gboolean fits =
      regex && !modules->problem && g_regex_match_full (regex, name, -1, 0, 0, match, &problem);

  if (modules->problem || (regex && !problem))
    return fits;
  return rule ? say_bad_rule (rule, &modules->problem) : say_no_memory (&modules->problem);
}

/* Into module and part; FALSE for a name of another kind. */
static gboolean
split_name (Modules *modules, const gchar *name, gchar **module, Part *part, gboolean *keras)
{
  for (gsize i = 0; i < G_N_ELEMENTS (name_patterns); i++)
    {
      g_autoptr (GMatchInfo) match = NULL;
      g_autofree gchar *word = NULL;

      if (!matches (modules, name_regex (i), NULL, name, &match))
        continue;
      *module = g_match_info_fetch (match, 1);
      word = g_match_info_fetch (match, 2);
      *part = find_part (word);
      *keras = name_patterns[i].keras;
      return TRUE;
    }
  return FALSE;
}

/* By the user's rules, each of which is for a whole name; NULL when none fits. */
static gchar *
map_name (Modules *modules, const gchar *name, const gchar *const *rules)
{
  for (; rules && *rules; rules++)
    {
      const gchar *to = strrchr (*rules, '=');
      g_autofree gchar *from = g_strndup (*rules, to - *rules);
      g_autofree gchar *whole = g_strconcat ("^(?:", from, ")$", NULL);
      g_autoptr (GRegex) regex = g_regex_new (whole, 0, 0, NULL);
      gchar *mapped;

      if (!matches (modules, regex, *rules, name, NULL))
        continue;
      mapped = g_regex_replace (regex, name, -1, 0, to + 1, 0, NULL);
      if (!mapped)
        say_bad_rule (*rules, &modules->problem);
      return mapped;
    }
  return NULL;
}

/* "vgg.features.0" to "features.0", "model_weights/block1_conv1" to "block1_conv1". */
static const gchar *
shorten (const gchar *module)
{
  const gchar *features = g_strrstr (module, "features.");
  const gchar *slash = strrchr (module, '/'), *dot = strrchr (module, '.');

  if (features && (features == module || features[-1] == '.'))
    return features;
  if (slash)
    return slash + 1;
  return dot ? dot + 1 : module;
}

static gboolean
check_rules (const gchar *const *rules, GError **error)
{
  for (; rules && *rules; rules++)
    {
      const gchar *to = strrchr (*rules, '=');
      g_autofree gchar *from = g_strndup (*rules, to ? to - *rules : 0);
      g_autoptr (GRegex) regex = to && *from ? g_regex_new (from, 0, 0, NULL) : NULL;

      if (!regex || !g_regex_check_replacement (to + 1, NULL, NULL))
        return say_bad_rule (*rules, error);
    }
  return TRUE;
}

/* @rules: see import.h */
static void
take_tensor (Modules *modules, const SourceTensor *tensor, const gchar *const *rules)
{
  g_autofree gchar *module = NULL;
  g_autofree gchar *mapped = NULL;
  const gchar *name;
  gboolean keras;
  Module *found;
  Part part;

  if (!split_name (modules, tensor->name, &module, &part, &keras))
    return;
  mapped = map_name (modules, module, rules);
  if (!mapped)
    mapped = map_name (modules, shorten (module), rules);
  name = mapped ? mapped : shorten (module);
  found = g_hash_table_lookup (modules->table, name);
  if (!found)
    {
      found = g_new0 (Module, 1);
      g_hash_table_insert (modules->table, g_strdup (name), found);
    }
  found->twice = found->twice || found->part[part];
  found->part[part] = tensor;
  modules->keras = modules->keras || keras;
}

/**
 * modules_get:
 *
 * Returns: (nullable): the module of this name
 */
Module *
modules_get (const Modules *modules, const gchar *format, ...)
{
  va_list arguments;
  g_autofree gchar *name = NULL;

  va_start (arguments, format);
  name = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_hash_table_lookup (modules->table, name);
}

/**
 * module_is_norm:
 * @module: (nullable)
 *
 * Returns: whether it normalises batches
 */
gboolean
module_is_norm (const Module *module)
{
  return module && module->part[PART_MEAN] && module->part[PART_VARIANCE];
}

/**
 * modules_find:
 * @modules: (out): to be cleared with modules_clear(), on failure, too
 * @rules: (nullable): ImportOptions.map
 *
 * Fails with %NST_ERROR_BAD_ARGUMENT for @rules.
 */
gboolean
modules_find (Modules *modules, const Source *source, const gchar *const *rules, GError **error)
{
  *modules = (Modules){.source = source};
  modules->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!check_rules (rules, error))
    return FALSE;
  for (guint i = 0; i < source->tensors->len; i++)
    take_tensor (modules, source->tensors->pdata[i], rules);
  if (!modules->problem)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&modules->problem));
  return FALSE;
}

/**
 * modules_clear:
 * @modules: of modules_find()
 */
void
modules_clear (Modules *modules)
{
  g_hash_table_unref (modules->table);
}
