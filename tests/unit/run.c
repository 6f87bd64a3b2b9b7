/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small run of the engine through its public interface.
 */
#include "run.h"

#include <math.h>
#include <string.h>

void
run_case_init (RunCase *it)
{
  OracleNet net = test_net ("6 6 | 8 8 | 8 8 | 10 10 | 12", 3000);

  memset (it, 0, sizeof (*it));
  it->network = test_net_open (&net, 0);
  oracle_net_clear (&net);
  nst_settings_init (&it->settings);
  it->settings.size = RUN_WIDTH;
  it->settings.iterations = 5;
  it->settings.threads = 1;
  it->content = test_image (3010, RUN_WIDTH, RUN_HEIGHT);
  it->style[0] = (NstStyle){test_image (3020, 50, 37), 1};
  it->style[1] = (NstStyle){test_image (3030, 20, 64), 2.5};
  it->n_styles = 1;
}

void
run_case_clear (RunCase *it)
{
  nst_network_free (it->network);
  nst_image_clear (&it->content);
  for (gint s = 0; s < 2; s++)
    nst_image_clear (&it->style[s].image);
}

NstInputs
run_case_inputs (const RunCase *it)
{
  return (NstInputs){it->network, &it->content, it->style, it->n_styles, it->start};
}

NstImage
run_case_run (RunCase *it, NstCallback callback, gpointer data)
{
  NstInputs inputs = run_case_inputs (it);
  NstImage result;
  GError *error = NULL;

  nst_stylise (&inputs, &it->settings, callback, data, &result, &error);
  g_assert_no_error (error);
  return result;
}

static gsize
bytes_of (const NstImage *image)
{
  return (gsize) image->width * image->height * 3 * sizeof (gfloat);
}

gboolean
run_same (const NstImage *a, const NstImage *b)
{
  return a->width == b->width && a->height == b->height
         && memcmp (a->rgb, b->rgb, bytes_of (a)) == 0;
}

void
run_check_pixels (const NstImage *image, gint width, gint height)
{
  g_assert_cmpint (image->width, ==, width);
  g_assert_cmpint (image->height, ==, height);
  g_assert_null (image->mask);
  for (gsize i = 0; i < bytes_of (image) / sizeof (gfloat); i++)
    g_assert_true (image->rgb[i] >= 0 && image->rgb[i] <= 1);
}

gdouble
run_farthest (const NstImage *a, const NstImage *b)
{
  gdouble most = 0;

  for (gsize i = 0; i < bytes_of (a) / sizeof (gfloat); i++)
    most = MAX (most, fabs (a->rgb[i] - b->rgb[i]));
  return most;
}

NstAction
run_watch (const NstProgress *p, gpointer data)
{
  Watch *it = data;
  GError *error = NULL;
  NstAction action = it->steps == it->at ? it->action : NST_ACTION_GO_ON;

  g_assert_cmpint (p->level, <, p->n_levels);
  g_assert_cmpint (p->iteration, <, p->n_iterations);
  if (p->level == it->level)
    g_assert_cmpint (p->iteration, ==, it->iteration);
  else
    g_assert_true (p->level == it->level + 1 && p->iteration == 0);
  g_assert_true (p->fraction > it->fraction && p->fraction <= 1);
  g_assert_true (p->seconds >= it->seconds);
  test_at_most (fabs (p->content + p->match + p->style + p->palette + p->tv - p->total),
                1e-9 * p->total);
  if (it->steps == it->at)
    {
      nst_image_clear (&it->preview);
      g_assert_true (nst_progress_get_image (p, &it->preview, &error));
      run_check_pixels (&it->preview, p->width, p->height);
    }
  if (p->iteration == 0)
    it->first_total = p->total;
  it->last_total = p->total;
  it->level = p->level;
  it->iteration = p->iteration + 1;
  it->fraction = p->fraction;
  it->seconds = p->seconds;
  it->steps++;
  return action;
}

gdouble
run_first_loss (RunCase *it)
{
  Watch seen = {NST_ACTION_FINISH, 0};
  NstImage result = run_case_run (it, run_watch, &seen);

  nst_image_clear (&result);
  nst_image_clear (&seen.preview);
  return seen.first_total;
}
