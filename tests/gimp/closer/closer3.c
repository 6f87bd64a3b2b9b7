/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For kills.sh: a plug-in that starts with GIMP 3 and closes what it is told to.
 */
#include <libgimp/gimp.h>

#include "order.h"

#define PROCEDURE "extension-nst-closer"

G_DECLARE_FINAL_TYPE (Closer, closer, NST, CLOSER, GimpPlugIn)

struct _Closer
{
  GimpPlugIn parent;
};

G_DEFINE_TYPE (Closer, closer, GIMP_TYPE_PLUG_IN)

static GList *
query (GimpPlugIn *plug_in)
{
  return g_list_append (NULL, g_strdup (PROCEDURE));
}

/* Until GIMP goes: libgimp ends the process then. */
static GimpValueArray *
run (GimpProcedure *procedure, GimpProcedureConfig *config, gpointer data)
{
  gboolean display;
  gint id;

  gimp_procedure_persistent_ready (procedure);
  for (;;)
    {
      gimp_plug_in_persistent_process (gimp_procedure_get_plug_in (procedure), 5);
      if (!order_take (&id, &display))
        continue;
      if (display && gimp_display_id_is_valid (id))
        gimp_display_delete (gimp_display_get_by_id (id));
      else if (!display && gimp_image_id_is_valid (id))
        gimp_image_delete (gimp_image_get_by_id (id));
    }
  return NULL;
}

static GimpProcedure *
create (GimpPlugIn *plug_in, const gchar *name)
{
  return gimp_procedure_new (plug_in, name, GIMP_PDB_PROC_TYPE_PERSISTENT, run, NULL, NULL);
}

static void
closer_class_init (CloserClass *class)
{
  GimpPlugInClass *plug_in = GIMP_PLUG_IN_CLASS (class);

  plug_in->query_procedures = query;
  plug_in->create_procedure = create;
}

static void
closer_init (Closer *closer)
{
}

GIMP_MAIN (closer_get_type ())
