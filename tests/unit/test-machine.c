/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the machine gives: control groups of both versions, nested and in containers, from
 * copies of the system's files, and the limits of this very process.
 */
#define _GNU_SOURCE /* sched_setaffinity */
#include "common.h"
#include "base/machine.h"

#include <glib/gstdio.h>
#include <nst.h>
#include <sched.h>
#include <sys/resource.h>

#define MIB ((guint64) 1 << 20)

/* A system's files under a folder of their own: paths and texts in turn, then NULL. */
static gchar *make_root (const gchar *path, ...) G_GNUC_NULL_TERMINATED;

static gchar *
make_root (const gchar *path, ...)
{
  gchar *root = g_dir_make_tmp ("nst-machine-XXXXXX", NULL);
  va_list rest;

  va_start (rest, path);
  for (; path; path = va_arg (rest, const gchar *))
    {
      gchar *file = g_build_filename (root, path, NULL), *folder = g_path_get_dirname (file);

      g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
      g_assert_true (g_file_set_contents (file, va_arg (rest, const gchar *), -1, NULL));
      g_free (file);
      g_free (folder);
    }
  va_end (rest);
  return root;
}

static void
remove_tree (const gchar *path)
{
  GDir *folder = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (folder && (name = g_dir_read_name (folder)))
    {
      gchar *inner = g_build_filename (path, name, NULL);

      remove_tree (inner);
      g_free (inner);
    }
  if (folder)
    g_dir_close (folder);
  g_remove (path);
}

static void
check (gchar *root, guint64 memory, guint64 processors)
{
  g_assert_cmpuint (nst_machine_group_memory (root), ==, memory);
  g_assert_cmpuint (nst_machine_group_processors (root), ==, processors);
  remove_tree (root);
  g_free (root);
}

#define V2 "31 24 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"

static void
test_v2 (void)
{
  check (make_root ("proc/self/mountinfo", V2, "proc/self/cgroup", "0::/a/b\n",
                    "sys/fs/cgroup/a/b/memory.max", "max\n", "sys/fs/cgroup/a/b/cpu.max",
                    "max 100000\n", NULL),
         G_MAXUINT64, G_MAXUINT64);
  /* the limit above holds, too; what is cached makes room */
  check (make_root ("proc/self/mountinfo", V2, "proc/self/cgroup", "0::/a/b\n",
                    "sys/fs/cgroup/a/b/memory.max", "max\n", "sys/fs/cgroup/a/memory.max",
                    "104857600\n", "sys/fs/cgroup/a/memory.current", "31457280\n",
                    "sys/fs/cgroup/a/memory.stat",
                    "anon 20971520\nactive_file 3145728\ninactive_file 7340032\n",
                    "sys/fs/cgroup/a/b/cpu.max", "max 100000\n", "sys/fs/cgroup/a/cpu.max",
                    "250000 100000\n", NULL),
         80 * MIB, 3);
  check (make_root ("proc/self/mountinfo", V2, "proc/self/cgroup", "0::/a/b\n",
                    "sys/fs/cgroup/a/b/memory.max", "52428800\n",
                    "sys/fs/cgroup/a/b/memory.high", "41943040\n", "sys/fs/cgroup/a/memory.max",
                    "104857600\n", "sys/fs/cgroup/a/b/cpu.max", "5000 100000\n", NULL),
         40 * MIB, 1);
  /* taken more than there is */
  check (make_root ("proc/self/mountinfo", V2, "proc/self/cgroup", "0::/\n",
                    "sys/fs/cgroup/memory.max", "52428800\n", "sys/fs/cgroup/memory.current",
                    "62428800\n", NULL),
         0, G_MAXUINT64);
}

#define V1(of)                                                                                 \
  "40 34 0:33 " of " /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"           \
  "41 34 0:34 " of " /sys/fs/cgroup/memory rw shared:3 - cgroup cgroup rw,memory\n"

static void
test_v1 (void)
{
  const gchar *groups = "9:memory:/m/n\n3:cpu,cpuacct:/c/d\n0::/x\n";

  check (make_root ("proc/self/mountinfo", V1 ("/"), "proc/self/cgroup", groups,
                    "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n",
                    "sys/fs/cgroup/cpu,cpuacct/c/d/cpu.cfs_quota_us", "-1\n",
                    "sys/fs/cgroup/cpu,cpuacct/c/d/cpu.cfs_period_us", "100000\n", NULL),
         G_MAXUINT64, G_MAXUINT64);
  check (make_root ("proc/self/mountinfo", V1 ("/"), "proc/self/cgroup", groups,
                    "sys/fs/cgroup/memory/m/memory.limit_in_bytes", "209715200\n",
                    "sys/fs/cgroup/memory/m/memory.usage_in_bytes", "157286400\n",
                    "sys/fs/cgroup/memory/m/memory.stat",
                    "cache 1\ntotal_active_file 0\ntotal_inactive_file 52428800\n",
                    "sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "200000\n",
                    "sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n", NULL),
         100 * MIB, 2);
  /* a container that sees its own group as the root */
  check (make_root ("proc/self/mountinfo", V1 ("/docker/1"), "proc/self/cgroup",
                    "9:memory:/docker/1\n3:cpu,cpuacct:/docker/1/in\n",
                    "sys/fs/cgroup/memory/memory.limit_in_bytes", "104857600\n",
                    "sys/fs/cgroup/cpu,cpuacct/in/cpu.cfs_quota_us", "150000\n",
                    "sys/fs/cgroup/cpu,cpuacct/in/cpu.cfs_period_us", "50000\n", NULL),
         100 * MIB, 3);
}

static void
test_odd (void)
{
  check (make_root ("nothing", "", NULL), G_MAXUINT64, G_MAXUINT64);
  check (make_root ("proc/self/mountinfo", "\n1 2\nx - cgroup2\n - \n", "proc/self/cgroup",
                    "\n:\n0::\n::::\n", NULL),
         G_MAXUINT64, G_MAXUINT64);
  check (make_root ("proc/self/mountinfo", V2, "proc/self/cgroup", "0::/../..\n",
                    "sys/fs/cgroup/memory.max", "\n", "sys/fs/cgroup/cpu.max", "0 0", NULL),
         G_MAXUINT64, G_MAXUINT64);
}

/* This process, with one processor, and with little address space. */
static void
test_process (void)
{
  cpu_set_t all, one;
  struct rlimit old, less, stack;
  guint64 before = nst_machine_memory (), space, stacks;
  gint cpu = 0;

  g_assert_cmpint (nst_machine_processors (), >=, 1);
  g_assert_cmpint (sched_getaffinity (0, sizeof all, &all), ==, 0);
  while (!CPU_ISSET (cpu, &all))
    cpu++;
  CPU_ZERO (&one);
  CPU_SET (cpu, &one);
  g_assert_cmpint (sched_setaffinity (0, sizeof one, &one), ==, 0);
  g_assert_cmpint (nst_machine_processors (), ==, 1);
  sched_setaffinity (0, sizeof all, &all);

  g_assert_cmpuint (before, >, 0);
  if (!test_limits_memory ())
    return;
  getrlimit (RLIMIT_AS, &old);
  getrlimit (RLIMIT_STACK, &stack);
  stacks = stack.rlim_cur == RLIM_INFINITY ? 8 * MIB : stack.rlim_cur;
  less = old;
  less.rlim_cur = MIN (old.rlim_max, 16384 * MIB);
  g_assert_cmpint (setrlimit (RLIMIT_AS, &less), ==, 0);
  space = nst_machine_address_space ();
  less.rlim_cur -= 100 * MIB;
  setrlimit (RLIMIT_AS, &less);
  g_assert_cmpuint (nst_machine_address_space (), <=, space - 99 * MIB);
  g_assert_cmpuint (nst_machine_memory (), <=, nst_machine_address_space () / 10 * 9);
  /* a stack for each thread that may come is not counted as room */
  g_assert_cmpuint (space, <=,
                    MIN (old.rlim_max, 16384 * MIB) - stacks * (nst_machine_processors () + 1));
  setrlimit (RLIMIT_AS, &old);
  g_assert_cmpuint (nst_machine_memory (), >=, before / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine/v2", test_v2);
  g_test_add_func ("/machine/v1", test_v1);
  g_test_add_func ("/machine/odd", test_odd);
  g_test_add_func ("/machine/process", test_process);
  return g_test_run ();
}
