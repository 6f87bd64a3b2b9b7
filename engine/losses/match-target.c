/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each of the picture's cells is to become: the style's that it takes, and a part of its own.
 */
#include "losses/match-target.h"

#include <math.h>
#include <string.h>

#define BLOCKS   64 /* of cells, that have sums of their own */
#define TILE     16 /* cells and */
#define CHANNELS 64 /* channels that are turned at a time */

/* Of a channel: weighted sums over some cells. */
typedef struct
{
  gdouble taken, taken_squares; /* of R_j(i) */
  gdouble query, query_squares; /* of Q */
  gfloat most, query_most;      /* the largest of each that counts at all */
} Sums;

static gsize
value_size (gboolean narrow)
{
  return narrow ? sizeof (guint8) : sizeof (guint16);
}

guint64
nst_match_targets_memory (gint n, guint64 cells, gboolean narrow)
{
  return nst_alloc_size (cells * n, value_size (narrow));
}

guint64
nst_match_making_memory (gint n)
{
  return nst_alloc_size ((guint64) BLOCKS * n, sizeof (Sums));
}

gboolean
nst_match_begin_targets (NstMatch *match, GError **error)
{
  match->targets =
      nst_alloc ((guint64) match->w * match->h * match->n, value_size (match->narrow), error);
  if (!match->targets)
    return FALSE;
  match->target_sums = nst_alloc ((guint64) BLOCKS * match->n, sizeof (Sums), error);
  return match->target_sums != NULL;
}

/* The scale in which @most is the largest value. */
static gfloat
scale_for (const NstMatch *match, gdouble most)
{
  return (gfloat) (sqrt (most) / (match->narrow ? G_MAXUINT8 : G_MAXUINT16));
}

void
nst_match_fit_scale (NstMatch *match, gint c, gint count, const gfloat *values)
{
  gfloat most = 0;

  for (gint i = 0; i < count; i++)
    most = MAX (most, values[i]);
  match->scale[c] = MAX (match->scale[c], scale_for (match, most));
}

void
nst_match_write_targets (const NstMatch *match, gint c, gsize cell, gint count, gfloat scale,
                         const gfloat *values)
{
  gsize at = (gsize) c * match->w * match->h + cell;
  gfloat inverse = scale > 0 ? 1 / scale : 0;

  for (gint i = 0; i < count; i++)
    {
      gfloat q = sqrtf (values[i]) * inverse + 0.5f;

      if (match->narrow)
        ((guint8 *) match->targets)[at + i] = (guint8) MIN (q, G_MAXUINT8);
      else
        ((guint16 *) match->targets)[at + i] = (guint16) MIN (q, G_MAXUINT16);
    }
}

void
nst_match_read_targets (const NstMatch *match, gint c, gsize cell, gint count, gfloat *values)
{
  gsize at = (gsize) c * match->w * match->h + cell;
  gfloat scale = match->scale[c];

  if (match->narrow)
    for (gint i = 0; i < count; i++)
      values[i] = scale * ((const guint8 *) match->targets)[at + i];
  else
    for (gint i = 0; i < count; i++)
      values[i] = scale * ((const guint16 *) match->targets)[at + i];
  for (gint i = 0; i < count; i++)
    values[i] *= values[i];
}

/* P = gain Q + shift, and the scale of T. */
typedef struct
{
  gfloat gain, shift, scale;
} Fit;

typedef struct
{
  const NstMatch *match;
  const gfloat *weights;
  Sums *sums;    /* n of each block */
  Fit *fit;      /* of each channel */
  gfloat *share; /* of each cell: a_i */
} TargetJob;

/* Some cells' values of a channel. */
typedef struct
{
  gint block, c, count;
  gsize cell;          /* the first one */
  const gfloat *taken; /* R_j(i) */
  const gfloat *query; /* Q */
} Values;

typedef void (*Visit) (const TargetJob *job, const Values *values);

/* Channels @from to @to of what some cells take, as planes. */
static void
gather (const NstMatch *match, const gint32 *index, gint count, gint from, gint to,
        gfloat planes[CHANNELS][TILE])
{
  for (gint i = 0; i < count; i++)
    {
      const guint16 *cell = nst_match_cell (match, index[i]);

      for (gint c = from; c < to; c++)
        planes[c - from][i] = nst_match_widen (cell[c]);
    }
}

static void
visit_tile (const TargetJob *job, gint block, gsize cell, gint count, Visit visit)
{
  gfloat planes[CHANNELS][TILE], query[TILE];
  gint n = job->match->n;

  for (gint from = 0; from < n; from += CHANNELS)
    {
      gint to = MIN (from + CHANNELS, n);

      gather (job->match, job->match->index + cell, count, from, to, planes);
      for (gint c = from; c < to; c++)
        {
          nst_match_read_targets (job->match, c, cell, count, query);
          visit (job, &(Values){block, c, count, cell, planes[c - from], query});
        }
    }
}

/* The cells of a block. */
static void
visit_block (const TargetJob *job, gint block, Visit visit)
{
  guint64 cells = (guint64) job->match->w * job->match->h;
  gsize end = cells * (block + 1) / BLOCKS;

  for (gsize cell = cells * block / BLOCKS; cell < end; cell += TILE)
    visit_tile (job, block, cell, (gint) MIN (TILE, end - cell), visit);
}

static gdouble
weight_at (const TargetJob *job, gsize cell)
{
  return job->weights ? job->weights[cell] : 1;
}

static void
add_values (const TargetJob *job, const Values *values)
{
  Sums *sums = job->sums + (gsize) values->block * job->match->n + values->c;

  for (gint i = 0; i < values->count; i++)
    {
      gdouble w = weight_at (job, values->cell + i), q = values->query[i], r = values->taken[i];

      sums->taken += w * r;
      sums->taken_squares += w * r * r;
      sums->query += w * q;
      sums->query_squares += w * q * q;
      /* beside those that count others may be beyond all bounds, as gains do not know of them */
      sums->most = MAX (sums->most, w > 0 ? values->taken[i] : 0);
      sums->query_most = MAX (sums->query_most, w > 0 ? values->query[i] : 0);
    }
}

static void
measure_block (gint block, gint thread, gpointer data)
{
  visit_block (data, block, add_values);
}

static void
mix_values (const TargetJob *job, const Values *values)
{
  const gfloat *share = job->share + values->cell;
  const Fit *fit = job->fit + values->c;
  gfloat target[TILE];

  for (gint i = 0; i < values->count; i++)
    {
      gfloat taken = values->taken[i], p = fit->gain * values->query[i] + fit->shift;

      target[i] = MAX (taken + share[i] * (p - taken), 0);
    }
  nst_match_write_targets (job->match, values->c, values->cell, values->count, fit->scale,
                           target);
}

static void
mix_block (gint block, gint thread, gpointer data)
{
  visit_block (data, block, mix_values);
}

static gdouble
deviation (gdouble sum, gdouble squares, gdouble total)
{
  gdouble mean = sum / total;

  return sqrt (MAX (squares / total - mean * mean, 0));
}

/* A channel that varies less, in parts of its root mean square, has but little else than the
 * rounding of what is kept. */
#define LEAST_DEVIATION (1.0 / 32)

/* Of all blocks. */
static Sums
add_sums (const TargetJob *job, gint c)
{
  Sums all = {0};

  for (gint block = 0; block < BLOCKS; block++)
    {
      const Sums *sums = job->sums + (gsize) block * job->match->n + c;

      all.taken += sums->taken;
      all.taken_squares += sums->taken_squares;
      all.query += sums->query;
      all.query_squares += sums->query_squares;
      all.most = MAX (all.most, sums->most);
      all.query_most = MAX (all.query_most, sums->query_most);
    }
  return all;
}

/* How channel @c of the picture becomes as the styles' cells are that it takes; returns
 * sum w R^2. */
static gdouble
fit_channel (const TargetJob *job, gint c, gdouble total)
{
  Sums all = add_sums (job, c);
  gdouble least = MAX (LEAST_DEVIATION * sqrt (all.query_squares / total), 1e-12);
  gdouble gain = deviation (all.taken, all.taken_squares, total)
                 / MAX (deviation (all.query, all.query_squares, total), least);
  gdouble shift = (all.taken - gain * all.query) / total;

  job->fit[c] = (Fit){(gfloat) gain, (gfloat) shift,
                      scale_for (job->match, MAX (all.most, gain * all.query_most + shift))};
  return all.taken_squares;
}

/* Each cell's share of its own, in place of its similarity. */
static void
find_shares (const TargetJob *job, gdouble total)
{
  const NstMatch *match = job->match;
  gsize cells = (gsize) match->w * match->h;
  gdouble mean = 0;

  for (gsize i = 0; i < cells; i++)
    mean += weight_at (job, i) * (1 - match->similarity[i]) / total;
  for (gsize i = 0; i < cells; i++)
    {
      gdouble d = mean > 0 ? (1 - match->similarity[i]) / mean : 0;

      match->similarity[i] = (gfloat) CLAMP (match->own * d * d * d, 0, 1);
    }
}

gdouble
nst_match_make_targets (NstMatch *match, NstPool *pool, const gfloat *weights)
{
  gint n = match->n;
  gdouble total = MAX (match->total, 1e-12), squares = 0;
  TargetJob job = {match, weights, match->target_sums, g_new (Fit, n), match->similarity};

  memset (job.sums, 0, sizeof (Sums) * BLOCKS * n);
  nst_pool_run (pool, BLOCKS, measure_block, &job);
  for (gint c = 0; c < n; c++)
    squares += fit_channel (&job, c, total);
  find_shares (&job, total);
  nst_pool_run (pool, BLOCKS, mix_block, &job);
  for (gint c = 0; c < n; c++)
    match->scale[c] = job.fit[c].scale;
  g_free (job.fit);
  return squares;
}
