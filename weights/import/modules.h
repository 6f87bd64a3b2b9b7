/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file's tensors by modules: a tensor's name is taken apart into a module ("features.0",
 * "block1_conv1") and a part of it (weight, bias ...).
 */
#ifndef MODULES_H
#define MODULES_H

#include "import.h"

typedef struct
{
  const SourceTensor *part[N_PARTS];
  gboolean twice; /* some part, of two modules that are called alike */
  gboolean used;
} Module;

typedef struct
{
  const Source *source;
  GHashTable *table; /* name -> Module */
  gboolean keras;    /* some tensor is named as Keras does */
  GError *problem;   /* of memory, or of a rule of the user's */
} Modules;

gboolean modules_find (Modules *modules, const Source *source, const gchar *const *rules,
                       GError **error);
void modules_clear (Modules *modules);
Module *modules_get (const Modules *modules, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
gboolean module_is_norm (const Module *module);

#endif
