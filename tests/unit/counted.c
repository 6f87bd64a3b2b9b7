/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's allocator, counted: it is the only one that calls posix_memalign(), which the linker
 * gives a program with this file in place of the system's, with free().
 */
#include "counted.h"

#include <errno.h>
#include <malloc.h>

static GMutex lock;
static GHashTable *blocks; /* address -> bytes */
static GHashTable *lone;   /* the same of those that lie by themselves; NULL: nobody looks */
static guint64 lone_bytes;

Counted counted;

int __wrap_posix_memalign (void **memory, size_t alignment, size_t bytes);
int __real_posix_memalign (void **memory, size_t alignment, size_t bytes);
void __wrap_free (void *memory);
void __real_free (void *memory);

/* After an allocation while @n_lone blocks lay by themselves. */
static void
watch (gpointer memory, gsize bytes, gsize n_lone)
{
  const struct mallinfo2 all = mallinfo2 ();

  if (all.hblks > n_lone)
    {
      g_hash_table_insert (lone, memory, GSIZE_TO_POINTER (bytes));
      lone_bytes += bytes;
    }
  counted.most_kept = MAX (counted.most_kept, all.arena + lone_bytes);
}

int
__wrap_posix_memalign (void **memory, size_t alignment, size_t bytes)
{
  const gsize n_lone = lone ? mallinfo2 ().hblks : 0;
  int status;

  if (g_atomic_int_add (&counted.asked, 1) + 1 == g_atomic_int_get (&counted.refused))
    return ENOMEM;
  status = __real_posix_memalign (memory, alignment, bytes);
  g_mutex_lock (&lock);
  if (!blocks)
    blocks = g_hash_table_new (NULL, NULL);
  if (status == 0)
    {
      g_hash_table_insert (blocks, *memory, GSIZE_TO_POINTER (bytes));
      counted.held += bytes;
      counted.most = MAX (counted.most, counted.held);
      if (lone)
        watch (*memory, bytes, n_lone);
    }
  g_mutex_unlock (&lock);
  return status;
}

void
__wrap_free (void *memory)
{
  g_mutex_lock (&lock);
  if (blocks && memory)
    {
      counted.held -= GPOINTER_TO_SIZE (g_hash_table_lookup (blocks, memory));
      g_hash_table_remove (blocks, memory);
      if (lone)
        {
          lone_bytes -= GPOINTER_TO_SIZE (g_hash_table_lookup (lone, memory));
          g_hash_table_remove (lone, memory);
        }
    }
  g_mutex_unlock (&lock);
  __real_free (memory);
}

void
counted_watch (void)
{
  lone = g_hash_table_new (NULL, NULL);
  lone_bytes = counted.most_kept = 0;
}

guint64
counted_most_kept (void)
{
  g_clear_pointer (&lone, g_hash_table_unref);
  return counted.most_kept;
}
