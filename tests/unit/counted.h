/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's allocator, counted: every byte that it has, and that the system has given for it.
 */
#ifndef NST_TESTS_COUNTED_H
#define NST_TESTS_COUNTED_H

#include <glib.h>

typedef struct
{
  guint64 held, most;  /* bytes, now and at most */
  gint asked, refused; /* allocations, and which of them fails, counted from 1 */
  guint64 most_kept;   /* see counted_most_kept() */
} Counted;

extern Counted counted;

/* From now on looks at what the process has of the system for its allocations: heaps, holes in them
 * and all, and blocks that lie by themselves. */
void counted_watch (void);
/* Looks no longer.  Returns the most bytes that there were. */
guint64 counted_most_kept (void);

#endif /* NST_TESTS_COUNTED_H */
