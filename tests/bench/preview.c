/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How soon the dialogs' preview shows something, and how soon all it will: asked are half
 * a second and 3 seconds for 400 pixels on 2 cores.  On 2 cores without other work it was 0.03 s and
 * 1.93 s (2.17 s with two styles).
 */
#include "bench.h"

#include "preview.h"
#include "styles.h"

#include <stdio.h>

#define REPEATS 5

typedef struct
{
  gdouble first, first_cpu, last, last_cpu; /* seconds since the request */
} Sight;

/* One request, as the dialog makes it: the network is open after the first. */
static Sight
look_once (NstPreview *preview, const NstParams *params, gint side, const GArray *styles)
{
  Sight it = {0};
  NstPreviewState state = {.running = TRUE};
  NstImage content, picture;
  gdouble begun, cpu;

  bench_image (&content, side, side * 2 / 3, 1);
  begun = bench_now ();
  cpu = bench_cpu_now ();
  nst_preview_start (preview, params, 4 * side, 4 * content.height, &content, styles, FALSE);
  while (state.running)
    {
      g_usleep (2000);
      nst_preview_state (preview, &state);
      if (state.problem)
        bench_fail ("%s", state.problem);
      if (it.first == 0 && nst_preview_take (preview, &picture))
        {
          it.first = bench_now () - begun;
          it.first_cpu = bench_cpu_now () - cpu;
          nst_image_clear (&picture);
        }
    }
  it.last = bench_now () - begun;
  it.last_cpu = bench_cpu_now () - cpu;
  nst_image_clear (&content);
  return it;
}

static void
measure (Bench *bench, NstPreview *preview, const NstParams *params, gint side,
         const GArray *styles)
{
  gdouble first[REPEATS], last[REPEATS], first_cpu[REPEATS], last_cpu[REPEATS];

  for (gint i = 0; i < REPEATS; i++)
    {
      Sight it = look_once (preview, params, side, styles);

      first[i] = it.first;
      last[i] = it.last;
      first_cpu[i] = it.first_cpu;
      last_cpu[i] = it.last_cpu;
    }
  printf ("%4d %6u %11.3f %8.3f %8.3f %8.3f\n", side, styles->len,
          bench_median (first, REPEATS), bench_median (first_cpu, REPEATS),
          bench_median (last, REPEATS), bench_median (last_cpu, REPEATS));
  bench_line (bench, "preview",
              "\"side\":%d,\"styles\":%u,\"threads\":%d,\"first_seconds\":%.3f,"
              "\"first_cpu_seconds\":%.3f,\"seconds\":%.3f,\"cpu_seconds\":%.3f",
              side, styles->len, bench->threads, bench_median (first, REPEATS),
              bench_median (first_cpu, REPEATS), bench_median (last, REPEATS),
              bench_median (last_cpu, REPEATS));
}

void
bench_preview (Bench *bench)
{
  NstPreview *preview = nst_preview_new ();
  GArray *styles = nst_styles_new ();
  NstParams params;

  if (!preview)
    bench_fail ("no thread");
  nst_params_init (&params);
  params.settings.threads = bench->threads;
  printf ("side styles  first wall      CPU last wall      CPU\n");
  for (guint n = 1; n <= 2; n++)
    {
      NstStyle style = {.weight = 1};

      bench_image (&style.image, 1024, 700, n + 1);
      g_array_append_val (styles, style);
      measure (bench, preview, &params, 240, styles);
      measure (bench, preview, &params, 400, styles);
    }
  nst_params_clear (&params);
  nst_preview_free (preview);
  g_array_unref (styles);
}
