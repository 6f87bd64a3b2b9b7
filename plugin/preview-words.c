/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run will do and need, in words.
 */
#include "preview.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
add_size (GString *text, const NstPlan *plan, gint width, gint height)
{
  gint w = plan->width[plan->n_levels - 1], h = plan->height[plan->n_levels - 1];

  if (w == width && h == height)
    g_string_append_printf (text, _ ("Works at the full size, %d × %d pixels."), w, h);
  else if (w < width || h < height)
    g_string_append_printf (
        text, _ ("Works at %d × %d pixels, then enlarges %.1f times to %d × %d."), w, h,
        MAX ((gdouble) width / w, (gdouble) height / h), width, height);
  else
    g_string_append_printf (text, _ ("Works at %d × %d pixels, then reduces to %d × %d."), w, h,
                            width, height);
}

/**
 * nst_preview_words:
 * @state: of a preview
 * @width: of what the run will compute
 *
 * Returns: the size that it works at, time and memory, in two sentences; or the problem;
 *   "" as long as nothing is known
 */
gchar *
nst_preview_words (const NstPreviewState *state, gint width, gint height)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *time = NULL;
  g_autofree gchar *memory = NULL;

  if (state->problem)
    return g_strdup (state->problem);
  if (!state->planned)
    return g_strdup ("");
  add_size (text, &state->plan, width, height);
  memory = g_format_size_full (state->plan.memory, G_FORMAT_SIZE_DEFAULT);
  g_string_append_c (text, '\n');
  if (state->speed > 0)
    {
      time = nst_clock_words (nst_plan_work (&state->plan) * state->speed);
      /* Translators: a duration, and an amount of memory */
      g_string_append_printf (text, _ ("About %s and %s of memory on this machine."), time,
                              memory);
    }
  else
    g_string_append_printf (text, _ ("About %s of memory."), memory);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
