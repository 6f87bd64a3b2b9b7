/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One picture: read, planned, painted while the terminal shows how far it is, and saved.
 */
#include <string.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "files.h"
#include "networks.h"
#include "picture.h"
#include "streams.h"

/* All that a run holds, so that it is freed in one place. */
typedef struct
{
  const CliOptions *options;
  NstSettings settings;
  GThread *opening; /* the network; until joined, the next two are its */
  NstNetwork *network;
  GError *problem;
  CliPicture content;
  CliPicture first;     /* to go on from */
  CliPicture *pictures; /* the styles' */
  GArray *styles;       /* of NstStyle: the same, in the engine's words */
  NstPlan plan;
  NstClock clock; /* the worker's */
  CliReport *report;
  NstImage result;
  gint64 started;
} Run;

static gboolean
read_pictures (Run *run, GError **error)
{
  const CliOptions *options = run->options;

  if (!cli_picture_load (options->content, &run->content, error))
    return FALSE;
  for (guint i = 0; i < options->styles->len; i++)
    if (!cli_picture_load (g_array_index (options->styles, CliStyle, i).file, &run->pictures[i],
                           error))
      return FALSE;
  return !options->start || cli_picture_load (options->start, &run->first, error);
}

/* All pictures come into one space, and the styles to the engine. */
static void
convert_pictures (Run *run)
{
  const guint n_styles = run->options->styles->len;
  g_autofree CliPicture **all = g_new0 (CliPicture *, n_styles + 2);
  guint n = 0;

  all[n++] = &run->content;
  for (guint i = 0; i < n_styles; i++)
    all[n++] = &run->pictures[i];
  if (run->options->start)
    all[n++] = &run->first;
  cli_pictures_convert (all, n, cli_picture_get_limit (&run->content, run->options->output));
  for (guint i = 0; i < n_styles; i++)
    {
      NstStyle style = {run->pictures[i].image,
                        g_array_index (run->options->styles, CliStyle, i).weight};

      memset (&run->pictures[i].image, 0, sizeof style.image);
      g_array_append_val (run->styles, style);
    }
}

static NstInputs
inputs_of (const Run *run)
{
  return (NstInputs){run->network, &run->content.image, (const NstStyle *) run->styles->data,
                     run->styles->len, run->options->start ? &run->first.image : NULL};
}

static gpointer
open_network (gpointer data)
{
  Run *run = data;

  run->network = nst_networks_open (run->options->params.network, &run->problem);
  return NULL;
}

/* The network is opened while the pictures are read, if there is a thread for it. */
static void
start (Run *run)
{
  run->opening = g_thread_try_new ("nst-open", open_network, run, NULL);
  if (!run->opening)
    open_network (run);
}

static gboolean
has_network (Run *run, GError **error)
{
  if (run->opening)
    g_thread_join (g_steal_pointer (&run->opening));
  if (run->problem)
    g_propagate_error (error, g_steal_pointer (&run->problem));
  return run->network != NULL;
}

static gboolean
make_plan (Run *run, GError **error)
{
  const CliPicture *content = &run->content;
  const NstInputs inputs = inputs_of (run);
  gint width, height;

  if (!nst_plan (&inputs, &run->settings, &run->plan, error))
    return FALSE;
  width = run->plan.width[run->plan.n_levels - 1];
  height = run->plan.height[run->plan.n_levels - 1];
  if (!cli_picture_check_size (run->options->output, width, height, error))
    return FALSE;
  if (run->plan.notice)
    cli_notice (NULL, "%s", run->plan.notice);
  if (width != content->width || height != content->height)
    cli_notice (NULL, _ ("the output has %d × %d pixels, the content %d × %d (see --size)"),
                width, height, content->width, content->height);
  return TRUE;
}

/* More threads than processors only take turns. */
static void
limit_threads (Run *run)
{
  gint most = nst_machine_processors ();

  if (run->options->params.settings.threads > most)
    cli_notice (
        NULL,
        ngettext ("%d threads are asked for; the %d processor that nst may use takes one",
                  "%d threads are asked for; the %d processors that nst may use take "
                  "as many",
                  (gulong) most),
        run->options->params.settings.threads, most);
  run->settings.threads = MIN (run->settings.threads, most);
}

/* What the engine cannot know, and the GIMP procedure, which wants all arguments, does not say. */
static void
say_what_is_vain (const CliOptions *options)
{
  const CliStyle *style = (const CliStyle *) options->styles->data;

  if (options->styles->len == 1 && style->weight != 1.0)
    cli_notice (style->file,
                _ ("its weight changes nothing, as there is no other style beside it"));
  if (options->params.settings.seed != 0
      && (options->params.start != NST_START_NOISE || options->start))
    cli_notice (NULL, _ ("The seed changes nothing, as the run does not begin with noise"));
}

/* Everything that can fail for a reason the user can change, before the long wait. */
static gboolean
prepare (Run *run, GError **error)
{
  const CliOptions *options = run->options;

  cli_settings (&options->params, &run->settings);
  say_what_is_vain (options);
  limit_threads (run);
  cli_pictures_start (run->settings.threads);
  if (!cli_report_check (options, error) || !nst_file_check (options->output, error)
      || !read_pictures (run, error) || !has_network (run, error))
    return FALSE;
  convert_pictures (run);
  if (!make_plan (run, error))
    return FALSE;

  if (!options->report)
    return TRUE;
  run->report = cli_report_open (options->report, error);
  return run->report != NULL;
}

static NstAction
on_step (const NstProgress *progress, gpointer data)
{
  Run *run = data;

  nst_clock_tick (&run->clock, progress);
  cli_report_iteration (run->report, progress);
  cli_bar_log (progress, nst_clock_left (&run->clock));
  return NST_ACTION_GO_ON;
}

static gdouble
seconds_since (gint64 start)
{
  return (gdouble) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

/* Shows how far @job is until it ends. */
static void
watch (Run *run, NstJob *job)
{
  NstProgress progress;
  NstClock clock;

  while (nst_job_poll (job, &progress))
    {
      /* of many pictures, one that is cut short would be taken for done the next time */
      if (progress.n_levels > 0 && !run->options->output_dir)
        cli_guard_worth_saving ();
      if (cli_guard_interrupted ())
        nst_job_finish_early (job);
      nst_job_clock (job, &clock);
      cli_bar_show (&progress, nst_clock_left (&clock));
      nst_job_wait (job);
    }
  cli_bar_clear ();
}

static gboolean
compute (Run *run, GError **error)
{
  const NstInputs inputs = inputs_of (run);
  NstJob *job = nst_job_new (&inputs, &run->settings, on_step, run);
  gboolean done;

  nst_clock_init (&run->clock, &run->plan);
  nst_job_start (job);
  watch (run, job);
  done = nst_job_finish (job, &run->result, error);
  if (done && !run->options->output_dir)
    cli_guard_worth_saving (); /* a run of one step may never have been seen on its way */
  nst_job_free (job);
  /* room for what saving takes */
  nst_image_clear (&run->first.image);
  g_array_set_size (run->styles, 0);
  return done
         && cli_picture_keep_alpha (&run->content, run->result.width, run->result.height,
                                    error);
}

static gboolean
run_all (Run *run, GError **error)
{
  if (!prepare (run, error))
    return FALSE;

  cli_report_start (run->report, nst_network_get_name (run->network), run->settings.threads,
                    &run->plan);
  if (!compute (run, error)
      || !cli_picture_save (&run->result, &run->content, run->options->output, error))
    return FALSE;
  cli_report_end (run->report, seconds_since (run->started));
  if (!cli_report_close (g_steal_pointer (&run->report), error)
      || (!run->options->output_dir && !cli_settings_save (run->options, error)))
    return FALSE;
  if (cli_guard_interrupted ())
    {
      g_autofree gchar *name = nst_display_name (run->options->output);

      g_printerr (_ ("nst: Stopped; “%s” is the picture as far as it had come.\n"), name);
    }
  return TRUE;
}

static void
run_clear (Run *run)
{
  cli_report_close (run->report, NULL);
  cli_picture_clear (&run->content);
  cli_picture_clear (&run->first);
  for (guint i = 0; i < run->options->styles->len; i++)
    cli_picture_clear (&run->pictures[i]);
  g_free (run->pictures);
  nst_image_clear (&run->result);
  g_array_unref (run->styles);
}

/**
 * cli_stylise:
 * @network: (inout): what an earlier picture was painted with, or %NULL; to be freed with
 *   nst_network_free()
 *
 * Paints one picture, and says why if that fails.
 *
 * Returns: the program's exit status
 */
gint
cli_stylise (const CliOptions *options, NstNetwork **network)
{
  Run run = {.options = options, .started = g_get_monotonic_time ()};
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  gint status = EXIT_FAILED;

  run.styles = nst_styles_new ();
  run.pictures = g_new0 (CliPicture, options->styles->len);
  run.network = g_steal_pointer (network);
  if (!run.network)
    start (&run);
  if (run_all (&run, &error))
    status = cli_guard_interrupted () ? EXIT_INTERRUPTED : EXIT_DONE;
  else
    {
      cli_guard_remove_report ();
      if (g_error_matches (error, NST_ERROR, NST_ERROR_CANCELLED))
        status = EXIT_INTERRUPTED;
      text = nst_streams_printable (
          status == EXIT_INTERRUPTED ? _ ("Cancelled; nothing was written.") : error->message);
      g_printerr ("nst: %s\n", text);
    }
  has_network (&run, NULL);
  *network = g_steal_pointer (&run.network);
  run_clear (&run);
  return status;
}
