/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What this machine gives the process: the system's figures, the process's own limits and
 * those of its control groups, of both versions and at every level above it.
 */
#include <nst.h>

#include "base/machine.h"
#include "base/system.h"

#include <stdio.h>
#include <string.h>

#define NO_LIMIT G_MAXUINT64

/* MIN() would look twice at what is the less. */
static guint64
less (guint64 a, guint64 b)
{
  return MIN (a, b);
}

/* A file of the system's as text, or NULL. */
static gchar *
read_text (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  gchar *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/* The number that a file begins with; @otherwise if there is none, as in "max". */
static guint64
read_number (const gchar *folder, const gchar *name, guint64 otherwise)
{
  g_autofree gchar *text = read_text (folder, name);
  gchar *end = NULL;
  guint64 number = text && *text != '-' ? g_ascii_strtoull (text, &end, 10) : 0;

  return end && end != text ? number : otherwise;
}

/* The number behind @name in a file of lines like "name 123", or 0. */
static guint64
read_entry (const gchar *folder, const gchar *file, const gchar *name)
{
  g_autofree gchar *text = read_text (folder, file);
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

  for (gchar **line = lines; *line; line++)
    if (g_str_has_prefix (*line, name) && (*line)[strlen (name)] == ' ')
      return g_ascii_strtoull (*line + strlen (name), NULL, 10);
  return 0;
}

/* The group's path in the hierarchy of @controller, "" that of version 2, or NULL. */
static gchar *
find_path (const gchar *root, const gchar *controller)
{
  g_autofree gchar *text = read_text (root, "proc/self/cgroup");
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

  for (gchar **line = lines; *line; line++)
    {
      g_auto (GStrv) fields = g_strsplit (*line, ":", 3);
      g_auto (GStrv) names = NULL;

      if (g_strv_length (fields) != 3)
        continue;
      names = g_strsplit (fields[1], ",", -1);
      if (*controller ? g_strv_contains ((const gchar *const *) names, controller)
                      : !*fields[1])
        return g_strdup (fields[2]);
    }
  return NULL;
}

/* Where the hierarchy of @controller is mounted, and what of it: fields 5 and 4 of its line
 * in mountinfo, see proc(5). */
static gboolean
find_mount (const gchar *root, const gchar *controller, gchar **mount, gchar **of)
{
  g_autofree gchar *text = read_text (root, "proc/self/mountinfo");
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

  for (gchar **line = lines; *line; line++)
    {
      const gchar *type = strstr (*line, " - ");
      g_auto (GStrv) fields = g_strsplit (*line, " ", 6);
      g_auto (GStrv) source = g_strsplit (type ? type + 3 : "", " ", 3);
      g_auto (GStrv) options = NULL;

      if (g_strv_length (fields) < 6 || g_strv_length (source) < 3)
        continue;
      options = g_strsplit (source[2], ",", -1);
      if (*controller ? strcmp (source[0], "cgroup") != 0
                            || !g_strv_contains ((const gchar *const *) options, controller)
                      : strcmp (source[0], "cgroup2") != 0)
        continue;
      *mount = g_build_filename (root, fields[4], NULL);
      *of = g_strdup (fields[3]);
      return TRUE;
    }
  return FALSE;
}

/* The process's group in the hierarchy of a controller. */
typedef struct
{
  gchar *mount, *folder; /* the hierarchy and the group within; NULL: there is none */
} Group;

static Group *
find_group (const gchar *root, const gchar *controller)
{
  g_autofree gchar *path = find_path (root, controller), *of = NULL;
  Group *group = g_new0 (Group, 1);
  const gchar *below = path;

  if (!path || !find_mount (root, controller, &group->mount, &of))
    return group;
  /* within a container the mount shows the container's group as its root */
  if (strcmp (of, "/") != 0 && g_str_has_prefix (path, of))
    below = path + strlen (of);
  group->folder = g_build_filename (group->mount, below, NULL);
  return group;
}

/* Found once: each plan asks, and a process is hardly ever moved once it runs. */
static const Group *
get_group (const gchar *root, const gchar *controller)
{
  static GHashTable *groups;
  static GMutex lock;
  g_autofree gchar *key = g_strconcat (root, ":", controller, NULL);
  Group *group;

  g_mutex_lock (&lock);
  if (!groups)
    groups = g_hash_table_new (g_str_hash, g_str_equal);
  group = g_hash_table_lookup (groups, key);
  if (!group)
    {
      group = find_group (root, controller);
      g_hash_table_insert (groups, g_steal_pointer (&key), group);
    }
  g_mutex_unlock (&lock);
  return group;
}

typedef guint64 (*Limit) (const gchar *folder);

/* The least limit of the group and all above it that can be seen from here. */
static guint64
least_limit (const gchar *root, const gchar *controller, Limit limit)
{
  const Group *group = get_group (root, controller);
  gchar *folder = g_strdup (group->folder);
  guint64 least = NO_LIMIT;

  while (folder && g_str_has_prefix (folder, group->mount))
    {
      gchar *parent = g_path_get_dirname (folder);

      least = less (least, limit (folder));
      g_free (folder);
      folder = parent;
    }
  g_free (folder);
  return least;
}

/* Bytes up to @most; files that are only cached make room. */
static guint64
room (const gchar *folder, guint64 most, const gchar *usage, const gchar *const *cached)
{
  guint64 used, files;

  if (most == NO_LIMIT)
    return NO_LIMIT;
  used = read_number (folder, usage, 0);
  files = read_entry (folder, "memory.stat", cached[0])
          + read_entry (folder, "memory.stat", cached[1]);
  used -= MIN (used, files);
  return most - MIN (most, used);
}

static guint64
memory_of_v2 (const gchar *folder)
{
  static const gchar *const cached[] = {"active_file", "inactive_file"};
  guint64 most = less (read_number (folder, "memory.max", NO_LIMIT),
                       read_number (folder, "memory.high", NO_LIMIT));

  return room (folder, most, "memory.current", cached);
}

static guint64
memory_of_v1 (const gchar *folder)
{
  static const gchar *const cached[] = {"total_active_file", "total_inactive_file"};
  guint64 most = read_number (folder, "memory.limit_in_bytes", NO_LIMIT);

  /* version 1 writes no limit as a very large one */
  return room (folder, most < G_MAXINT64 / 2 ? most : NO_LIMIT, "memory.usage_in_bytes",
               cached);
}

static guint64
processors_of (guint64 quota, guint64 period)
{
  if (quota == NO_LIMIT || period == 0)
    return NO_LIMIT;
  return MAX (quota / period + (quota % period != 0), 1);
}

static guint64
processors_of_v2 (const gchar *folder)
{
  g_autofree gchar *text = read_text (folder, "cpu.max");
  guint64 quota, period = 100000;

  /* "max 100000" is no limit */
  if (!text || sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &quota, &period) < 1)
    return NO_LIMIT;
  return processors_of (quota, period);
}

static guint64
processors_of_v1 (const gchar *folder)
{
  return processors_of (read_number (folder, "cpu.cfs_quota_us", NO_LIMIT),
                        read_number (folder, "cpu.cfs_period_us", 0));
}

guint64
nst_machine_group_memory (const gchar *root)
{
  return less (least_limit (root, "", memory_of_v2),
               least_limit (root, "memory", memory_of_v1));
}

guint64
nst_machine_group_processors (const gchar *root)
{
  return less (least_limit (root, "", processors_of_v2),
               least_limit (root, "cpu", processors_of_v1));
}

/* Bytes that @limit leaves, of which @used are taken, beside the stacks of threads that are to
 * come. */
static guint64
room_below (guint64 limit, guint64 used, guint64 stack)
{
  if (limit == NO_LIMIT)
    return NO_LIMIT;
  used += stack * (nst_machine_processors () + 1);
  return limit - MIN (limit, used);
}

guint64
nst_machine_address_space (void)
{
  NstSystemLimits limits = nst_system_limits ();
  guint64 page = nst_system_page (), size = 0, data = 0;
  g_autofree gchar *text = NULL;

  if (limits.space == NO_LIMIT && limits.data == NO_LIMIT)
    return NO_LIMIT;
  /* pages: all, resident, shared, text, unused, data and stack */
  text = read_text ("/", "proc/self/statm");
  if (text)
    sscanf (text, "%" G_GUINT64_FORMAT " %*u %*u %*u %*u %" G_GUINT64_FORMAT, &size, &data);
  return less (room_below (limits.space, size * page, limits.stack),
               room_below (limits.data, data * page, limits.stack));
}

guint64
nst_machine_memory (void)
{
  return less (less (nst_system_memory (), nst_machine_group_memory ("/")),
               nst_machine_address_space ())
         / 10 * 9;
}

gint
nst_machine_processors (void)
{
  return (gint) less (nst_system_processors (), nst_machine_group_processors ("/"));
}
