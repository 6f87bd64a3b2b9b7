/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writes the colour profiles that the checks inside GIMP use:
 *
 *     profiles FOLDER
 */
#include "icc.h"

static void
save (const gchar *folder, const gchar *name, cmsHPROFILE profile)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  cmsMLU *text = cmsMLUalloc (NULL, 1);

  cmsMLUsetASCII (text, "en", "US", name); /* GIMP takes none without a description */
  cmsWriteTag (profile, cmsSigProfileDescriptionTag, text);
  cmsMLUfree (text);
  if (!cmsSaveProfileToFile (profile, path))
    g_error ("%s cannot be written", path);
  cmsCloseProfile (profile);
}

int
main (int argc, char **argv)
{
  if (argc != 2)
    return 2;
  save (argv[1], "srgb.icc", cmsCreate_sRGBProfile ());
  save (argv[1], "linear.icc", gamma_profile (&d65, &srgb, 1.0));
  save (argv[1], "prophoto.icc", gamma_profile (&d50, &prophoto, 1.8));
  save (argv[1], "adobe.icc", gamma_profile (&d65, &adobe, 2.2));
  save (argv[1], "swapped.icc", gamma_profile (&d65, &swapped, 2.2));
  save (argv[1], "tables.icc", lut_profile ());
  save (argv[1], "grey.icc", grey_profile (1.8));
  return 0;
}
