/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's settings in a plug-in, where GEGL has GIMP's preferences.
 */
#include <gegl.h>

#include "job.h"

/**
 * nst_job_settings:
 * @params: owns the strings of @settings
 * @settings: (out): what the engine takes
 *
 * As nst_params_to_settings(), with GEGL's number of threads and limit of memory, which are GIMP's in
 * a plug-in, where @params leave them open.  To be called after GEGL's, in a plug-in libgimp's, start.
 */
void
nst_job_settings (const NstParams *params, NstSettings *settings)
{
  guint64 tile_cache;

  nst_params_to_settings (params, settings);
  if (params->settings.threads == 0)
    g_object_get (gegl_config (), "threads", &settings->threads, NULL);
  /* preferences know nothing of affinity and of control groups */
  settings->threads = MIN (settings->threads, nst_machine_processors ());
  if (params->memory == NST_MEMORY_GEGL)
    {
      g_object_get (gegl_config (), "tile-cache-size", &tile_cache, NULL);
      settings->memory_mib = nst_job_memory_limit (tile_cache);
    }
}
