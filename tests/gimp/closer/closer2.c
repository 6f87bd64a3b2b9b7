/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For kills.sh: a plug-in that starts with GIMP 2.10 and closes what it is told to.
 */
#include <libgimp/gimp.h>

#include "order.h"

#define PROCEDURE "extension-nst-closer"

static void
query (void)
{
  gimp_install_procedure (PROCEDURE, "Closes images", "For the tests", "", "", "2026", NULL,
                          NULL, GIMP_EXTENSION, 0, 0, NULL, NULL);
}

/* Until GIMP goes: libgimp ends the process then. */
static void
run (const gchar *name, gint n_values, const GimpParam *values, gint *n_results,
     GimpParam **results)
{
  static GimpParam result = {.type = GIMP_PDB_STATUS, .data.d_status = GIMP_PDB_SUCCESS};
  gboolean display;
  gint id;

  gimp_extension_ack ();
  for (;;)
    {
      gimp_extension_process (5);
      if (order_take (&id, &display))
        (display ? gimp_display_delete : gimp_image_delete) (id);
    }
  *n_results = 1;
  *results = &result;
}

const GimpPlugInInfo PLUG_IN_INFO = {NULL, NULL, query, run};

MAIN ()
