/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is the same with both GIMPs' libraries; each plug-in compiles it for its own.
 */
#include "alike.h"
#include "host.h"

GBytes *
host_take_profile (GimpColorProfile *profile)
{
  const guint8 *icc;
  gsize size;
  GBytes *bytes;

  if (!profile)
    return NULL;
  icc = gimp_color_profile_get_icc_profile (profile, &size);
  bytes = g_bytes_new (icc, size);
  g_object_unref (profile);
  return bytes;
}

void
host_progress_start (const gchar *text)
{
  gimp_progress_init (text);
}

void
host_progress_show (gdouble fraction, const gchar *text)
{
  if (text)
    gimp_progress_set_text (text);
  gimp_progress_update (fraction);
}

void
host_progress_end (void)
{
  gimp_progress_end ();
}

void
host_message (const gchar *text)
{
  gimp_message (text);
}
