/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of the matched loss search in, and the search itself.
 */
#ifndef NST_TESTS_MATCH_CASE_H
#define NST_TESTS_MATCH_CASE_H

#include "fixture.h"
#include "losses/match-search.h"

#define MATCH_ALL (1 << 20) /* room for every cell */

/* A picture's activations, two search images' and two styles'. */
typedef struct
{
  NstPool *pool;
  OracleMap now, grad, query, style[3];
  NstTensor features, gradient, queries, styles[3];
  gfloat *weights, *style_weights[3]; /* or NULL */
  gdouble *oracle_weights, *oracle_style_weights[3];
  gint n_styles;
  gdouble own;     /* how much of the targets is the search image's, */
  gboolean narrow; /* and whether 8 bits do for them */
} MatchCase;

/* Activations: none below 0, and neighbours alike as far as @smooth says. */
OracleMap match_activations (gint c, gint h, gint w, guint64 seed, gint smooth);
/* Of one of four shapes, a third of the targets the picture's own; @masked: with weights of the
 * picture and of each style. */
void match_case_init (MatchCase *it, gint round, gint n_styles, gboolean masked);
void match_case_clear (MatchCase *it);
/* From nst_match_init() to nst_match_end(), in pieces of @rows rows; the styles' weights are as 1, 2, 3. */
void match_case_search (MatchCase *it, NstMatch *match, gint64 room, gint rows,
                        const NstMatchMap *coarse);
/* What its cells are to become, as planes to be freed by g_free(). */
gdouble *match_targets (const NstMatch *match);

#endif /* NST_TESTS_MATCH_CASE_H */
