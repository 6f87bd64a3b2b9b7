/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fuzz target of settings and presets: whatever a file says, it is taken or refused with
 * a readable error; what was taken comes back as it is from a file of its own.  The same text
 * is the note of a layer, since an image may come from anybody, and the list of styles that a
 * preset keeps.
 */
#include "fake-host.h"
#include "fuzz.h"
#include "kept.h"
#include "record.h"
#include "task-parts.h"

#define PHOTO 0

static const GeglRectangle extent = {0, 0, 4, 4};
static Task task = TASK_INIT;

/* An image with a layer, once. */
static void
start (void)
{
  if (task.content != HOST_NONE)
    return;
  /* GLib warns of itself where a value has two wrong escapes, and refuses it all the same */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  gegl_init (NULL, NULL);
  fake_init ();
  fake.images[PHOTO].open = TRUE;
  fake.images[PHOTO].format = "R'G'B' u8";
  fake.images[PHOTO].selection = fake_add (HOST_KIND_SELECTION, PHOTO, HOST_NONE, &extent);
  task.image = PHOTO;
  task.content = fake_add (HOST_KIND_LAYER, PHOTO, HOST_NONE, &extent);
}

static void
check_ranges (NstParams *params)
{
  guint n_params;
  const NstParam *table = nst_param_table (&n_params);

  for (guint i = 0; i < n_params; i++)
    if (table[i].type == NST_PARAM_DOUBLE)
      {
        const gdouble value = *nst_params_double (params, &table[i]);

        g_assert_true (value >= table[i].minimum && value <= table[i].maximum);
      }
    else if (table[i].type == NST_PARAM_INT && !(table[i].flags & NST_PARAM_OF_MACHINE))
      {
        const gint value = *nst_params_int (params, &table[i]);

        g_assert_true (value >= table[i].minimum && value <= table[i].maximum);
      }
}

/* What was taken comes back. */
static void
use (NstParams *params)
{
  g_autofree gchar *words = nst_record_differences (params);

  check_ranges (params);
  g_assert_true (g_utf8_validate (words, -1, NULL));
  fuzz_check_kept (params);
}

static void
as_note (const uint8_t *data, size_t size)
{
  g_autofree gchar *text = g_strndup ((const gchar *) data, size), *style = NULL;
  TaskStyles styles = {.n = 0};
  NstParams params;
  GError *error = NULL;

  host_item_set_note (task.content, RESULT_NOTE, text);
  nst_params_init (&params);
  if (!task_read_result (task.content, &params, &style, &error))
    fuzz_check_error (error);
  g_clear_error (&error);
  task_styles_recall (&task, task.content, "/nowhere", &styles);
  g_assert_cmpuint (styles.n, <=, TASK_STYLES);
  task_styles_recall_kept (&task, fuzz_file (data, size), "/nowhere", &styles);
  g_assert_cmpuint (styles.n, <=, TASK_STYLES);
  task_styles_parse (&styles, text);
  g_assert_cmpuint (styles.n, <=, TASK_STYLES);
  nst_params_clear (&params);
}

static gboolean
load (const gchar *path, GError **error)
{
  NstParams params;
  gboolean opens;

  nst_params_init (&params);
  opens = nst_record_load (path, &params, error);
  if (opens)
    use (&params);
  nst_params_clear (&params);
  return opens;
}

gboolean
fuzz_opens (const gchar *path, GError **error)
{
  start ();
  return load (path, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;

  start ();
  if (!load (fuzz_file (data, size), &error))
    fuzz_check_error (error);
  g_clear_error (&error);
  as_note (data, size);
  return 0;
}
