/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run minimises, whole, in the engine's form and in the oracle's.
 */
#ifndef NST_TESTS_WHOLE_CASE_H
#define NST_TESTS_WHOLE_CASE_H

#include "fixture.h"
#include "run/objective.h"
#include "run/recipe.h"

#define WHOLE_LAYERS 7
#define WHOLE_STYLES 2
#define WHOLE_W      38
#define WHOLE_H      45

/* A run's ingredients in both forms: content, two styles of other sizes, the
 * image now; masks, or none. */
typedef struct
{
  OracleNet net;
  NstNetwork *network;
  NstPool *pool;
  NstSettings settings;
  gdouble pixel_max;
  OracleMap content, style[WHOLE_STYLES], image;
  gfloat *content_mask, *style_mask[WHOLE_STYLES];

  OracleTerm term[2 + 2 + 5 * WHOLE_STYLES];
  OracleObjective oracle;
  OracleMap at_content[WHOLE_LAYERS];
  gdouble *layer_mask[1 + WHOLE_STYLES][WHOLE_LAYERS];
} WholeCase;

void whole_case_init (WholeCase *it, NstRecipe recipe, gboolean masked);
void whole_case_clear (WholeCase *it);
/* A made-up picture, its values up to @pixel_max and floats. */
OracleMap whole_case_picture (gint h, gint w, guint64 seed, gdouble pixel_max);
/* The recipe, the engine's objective of @it, and it->oracle, by the published coefficients. */
void whole_case_make (WholeCase *it, const gchar *content_layer, NstRecipeSpec *spec,
                      NstObjective *objective);

#endif /* NST_TESTS_WHOLE_CASE_H */
