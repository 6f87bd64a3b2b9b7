/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine asks the system for beside GLib.
 */
#ifndef NST_SYSTEM_H
#define NST_SYSTEM_H

#include <glib.h>

/**
 * nst_system_alloc:
 * @bytes: above 0
 *
 * Returns: (nullable): memory that begins at a cache line, in huge pages where that pays, as the
 *   system hands out fresh pages one by one; free with nst_system_free()
 */
gpointer nst_system_alloc (gsize bytes);

/**
 * nst_system_free:
 * @memory: (nullable): of nst_system_alloc()
 */
void nst_system_free (gpointer memory);

/**
 * nst_system_can_map:
 *
 * Returns: whether the system gives @bytes of memory now; they are given back at once
 */
gboolean nst_system_can_map (gsize bytes);

/**
 * nst_system_load:
 * @name: a shared library's file name, looked for where the system does
 *
 * Returns: (nullable): it, for nst_system_find(); it stays until the program ends
 */
gpointer nst_system_load (const gchar *name);

/**
 * nst_system_find:
 *
 * Returns: (nullable): where @library has @symbol
 */
gpointer nst_system_find (gpointer library, const gchar *symbol);

/**
 * nst_system_open_file:
 * @path: of a regular file; a pipe or device is not waited for
 * @number: (out): why not, an errno
 *
 * Returns: for reading; to be closed with nst_system_close_file(); below 0 if it cannot be
 */
gint nst_system_open_file (const gchar *path, gint *number);

/**
 * nst_system_close_file:
 * @file: of nst_system_open_file()
 */
void nst_system_close_file (gint file);

/**
 * nst_system_page:
 *
 * Returns: bytes of a page
 */
guint64 nst_system_page (void);

/**
 * nst_system_memory:
 *
 * Returns: bytes that the machine has
 */
guint64 nst_system_memory (void);

/**
 * nst_system_processors:
 *
 * Returns: those that this thread may run on, at least 1; GLib counts all of the machine's
 */
guint nst_system_processors (void);

/* Bytes that the process may take, or %G_MAXUINT64 for no limit. */
typedef struct
{
  guint64 space, data; /* address space; data and stack in it */
  guint64 stack;       /* of a thread, as far as is known */
} NstSystemLimits;

/**
 * nst_system_limits:
 *
 * Returns: those that are set (ulimit -v, -d, -s)
 */
NstSystemLimits nst_system_limits (void);

#endif
