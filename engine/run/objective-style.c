/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the styles make of the loss: their statistics, cells and shades.
 */
#include "run/objective-style.h"
#include "base/vector.h"
#include "losses/match-candidates.h"
#include "losses/match-colour.h"
#include "losses/stripes.h"
#include "run/layer-weights.h"

#include <string.h>

/* |cov*| relative to |mean*|^2 counts as this much at least; pictures have 0.02 and
 * more. */
#define LEAST_COVARIANCE 0.01

/* The recipes' style weight as the k's of a target.  Statistics are divided by
 * the number of positions M throughout, which Keras' are not. */
static gboolean
style_coefficients (const NstObjective *objective, gdouble weight, gdouble positions,
                    NstStyleTarget *target, GError **error)
{
  const NstPassSpec *spec = &objective->pass.spec;
  gint n = target->stats.n;
  gdouble pixels = (gdouble) spec->width * spec->height, norm;

  target->k_mean = 0;
  switch (objective->recipe->style_form)
    {
    case NST_STYLE_KERAS:
      target->k_second = weight * positions * positions / (4 * 9 * pixels * pixels);
      break;
    case NST_STYLE_GATYS:
      target->k_second = weight / ((gdouble) n * n);
      break;
    case NST_STYLE_MEAN_COV:
      norm = nst_sum_squares (n, target->stats.mean);
      target->k_mean = norm > 0 ? weight / norm : 0;
      /* a flat style, or one of few positions, has no covariance but rounding's */
      if (!nst_metric_init (&target->metric, objective->pass.pool, n, target->stats.second,
                            LEAST_COVARIANCE * norm, error))
        return FALSE;
      norm = target->metric.norm;
      target->k_second = norm > 0 ? weight / norm : 0;
      break;
    }
  return TRUE;
}

static void
measure_piece (const NstPiece *piece, gpointer data)
{
  NstMeasurement *it = data;
  NstObjective *objective = it->objective;

  if (it->stats[piece->layer] && !objective->error)
    nst_stats_add (it->stats[piece->layer], it->pass->pool, piece, it->weights[piece->layer],
                   &objective->error);
  for (gint i = 0; it->take && i < objective->n_match; i++)
    if (objective->match[i].layer == piece->layer)
      nst_match_take (&objective->match[i], it->pass->pool, piece);
}

gboolean
nst_measure (NstMeasurement *it, const gfloat *image, GError **error)
{
  for (gint i = 0; i < it->pass->depth; i++)
    if (it->stats[i])
      nst_stats_begin (it->stats[i]);
  nst_pass_forward (it->pass, image, measure_piece, it);
  if (it->objective->error)
    {
      g_propagate_error (error, g_steal_pointer (&it->objective->error));
      return FALSE;
    }
  if (!nst_pool_check (it->pass->pool, error))
    return FALSE;
  for (gint i = 0; i < it->pass->depth; i++)
    if (it->stats[i])
      nst_stats_end (it->stats[i], it->pass->pool);
  return TRUE;
}

/* Makes room for a further style. */
static gboolean
add_target (NstStyleTap *tap, GError **error)
{
  NstStyleTarget *target;

  tap->targets = g_renew (NstStyleTarget, tap->targets, tap->n_targets + 1);
  target = &tap->targets[tap->n_targets];
  memset (target, 0, sizeof *target);
  if (!nst_stats_init (&target->stats, tap->now.n, tap->now.centred, error))
    return FALSE;
  tap->n_targets++;
  return TRUE;
}

/* And for its cells. */
static gboolean
add_cells (NstObjective *objective, const NstPass *pass, gdouble weight, GError **error)
{
  for (gint i = 0; i < objective->n_match; i++)
    {
      const NstPassLayer *layer = &pass->layer[objective->match[i].layer];

      if (!nst_match_add_style (&objective->match[i], pass->spec.width >> layer->shift,
                                layer->h, weight, error))
        return FALSE;
    }
  return TRUE;
}

/* What is hidden has the colours beside it, without stripes: the rest's are so many times more. */
static gdouble
seen_share (const NstTensor *style, const gfloat *mask)
{
  gsize n = nst_tensor_plane (style);

  return mask ? MAX (nst_sum (n, mask) / (gdouble) n, 1e-6) : 1;
}

gboolean
nst_objective_add_style (NstObjective *objective, NstTiling tiling, const NstTensor *style,
                         const gfloat *mask, gdouble weight, GError **error)
{
  const NstRecipeSpec *recipe = objective->recipe;
  NstPassSpec spec =
      nst_recipe_pass (recipe, objective->pass.spec.network, FALSE, style->w, style->h);
  NstPass pass;
  gfloat *weights[NST_MAX_LAYERS] = {NULL};
  NstMeasurement it = {objective, &pass, weights, {NULL}, TRUE};
  gboolean ok;

  spec.tiling = tiling;
  if (!nst_pass_init (&pass, &spec, objective->pass.pool, error))
    return FALSE;
  ok = !mask || nst_layer_weights (&pass, mask, weights, error);
  for (gint i = 0; ok && i < objective->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];

      ok = add_target (tap, error);
      it.stats[tap->layer] = ok ? &tap->targets[tap->n_targets - 1].stats : NULL;
    }
  ok = ok && add_cells (objective, &pass, weight, error)
       && nst_measure (&it, style->data, error);
  if (ok && objective->n_match > 0 && recipe->start_matched > 0)
    ok = nst_match_take_colours (&objective->match[0], style, error);
  if (ok && recipe->palette_weight > 0)
    nst_palette_add (&objective->palette, objective->pass.pool, style, weights[0], weight);
  if (ok && recipe->stripe_weight > 0)
    objective->stripes += weight * nst_stripes_loss (objective->pass.pool, 1, style, NULL)
                          / seen_share (style, mask);
  for (gint i = 0; ok && i < objective->n_match; i++)
    ok = nst_match_end_style (&objective->match[i], weights[objective->match[i].layer], error);
  for (gint i = 0; ok && i < objective->n_style; i++)
    {
      NstStyleTap *tap = &objective->style[i];
      gint shift = pass.layer[tap->layer].shift;
      gdouble positions = (gdouble) (style->w >> shift) * (style->h >> shift);

      ok = style_coefficients (objective, weight * recipe->style_weight[i], positions,
                               &tap->targets[tap->n_targets - 1], error);
      nst_stats_trim (&tap->targets[tap->n_targets - 1].stats);
    }
  for (gint i = 0; i < NST_MAX_LAYERS; i++)
    nst_free (weights[i]);
  nst_pass_clear (&pass);
  return ok;
}
