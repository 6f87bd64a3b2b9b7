/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A weight file of tests/import/data, and what importing it came to.
 */
#ifndef NST_TESTS_IMPORT_CASE_H
#define NST_TESTS_IMPORT_CASE_H

#include "import.h"

typedef struct
{
  GHashTable *metadata;
  ImportReport report;
  GBytes *bytes; /* NULL: refused */
  GError *error;
} Imported;

/* Of that name in tests/import/data; to be freed. */
gchar *import_case_file (const gchar *name);
Imported import_case_path (const gchar *path, const ImportOptions *options);
Imported import_case_with (const gchar *name, const ImportOptions *options);
void imported_clear (Imported *imported);

#endif /* NST_TESTS_IMPORT_CASE_H */
