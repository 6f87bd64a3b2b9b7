/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Planar float arrays and the engine's one allocator.
 */
#include "base/tensor.h"
#include "base/system.h"

#include <glib/gi18n-lib.h>
#include <math.h>

gpointer
nst_alloc (guint64 count, gsize element, GError **error)
{
  gsize bytes;
  gpointer memory = NULL;

  if (count > G_MAXSIZE || !g_size_checked_mul (&bytes, count, element)
      || !g_size_checked_add (&bytes, bytes, NST_ALLOC_ROOM)
      || !(memory = nst_system_alloc (bytes)))
    {
      g_set_error (error, NST_ERROR, NST_ERROR_NO_MEMORY,
                   _ ("There is not enough memory for %.0f MiB; choose a smaller working size"),
                   ceil ((gdouble) count * (gdouble) element / (1024 * 1024)));
      return NULL;
    }
  return memory;
}

void
nst_free (gpointer memory)
{
  nst_system_free (memory);
}

gboolean
nst_tensor_alloc (NstTensor *tensor, gint c, gint h, gint w, GError **error)
{
  guint64 plane = (guint64) h * w;

  g_return_val_if_fail (c > 0 && h > 0 && w > 0, FALSE);
  *tensor = (NstTensor){c, h, w, NULL};
  if (plane > G_MAXUINT64 / c)
    plane = G_MAXUINT64 / c;
  tensor->data = nst_alloc (plane * c, sizeof (gfloat), error);
  return tensor->data != NULL;
}

void
nst_tensor_clear (NstTensor *tensor)
{
  g_clear_pointer (&tensor->data, nst_free);
}

/* Rows that lie together are one long run. */
static gint
run_length (const NstPiece *piece)
{
  return piece->w == piece->line ? piece->w * piece->h : piece->w;
}

gint
nst_piece_count_runs (const NstPiece *piece, gint longest)
{
  gint length = run_length (piece);
  gint rows = piece->w == piece->line ? 1 : piece->h;

  return nst_divide_up (length, longest) * rows;
}

NstCells
nst_piece_cells (const NstPiece *piece, gint longest, gint index)
{
  gint length = run_length (piece), in_row = nst_divide_up (length, longest);
  gint row = index / in_row, start = index % in_row * longest;

  return (NstCells){(gsize) row * piece->line + start,
                    (gsize) (piece->y + row) * piece->full_w + piece->x + start,
                    MIN (longest, length - start)};
}
