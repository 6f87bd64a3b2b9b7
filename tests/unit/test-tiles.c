/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * However an image is cut, the loss and its gradient are those of the whole one, on any
 * number of threads; and the widest strips that fit are taken.
 */
#include "fixture.h"
#include "network/pass-cut.h"
#include "run/objective.h"
#include "run/recipe.h"

#include <math.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
/* each of the networks with and without masks; one takes ten times as long */
#define N_CASES 36
#else
#define N_CASES 200
#endif
#define VALUE_LIMIT    1e-5
#define GRADIENT_LIMIT 1e-5 /* relative to the whole gradient, 32-bit floats */
#define MAX_THREADS    4

/* Widths of the layers; | is a pooling. */
static const gchar *const nets[] = {
    "8 | 9 | 10 | 11 | 12",  "6 9 | 11 | 8 10",     "16 16 | 20 20 | 24",
    "7 | 8 9 10 | 12",       "8 8 | 8 8 | 8 8 | 8", "9 9 9",
    "17 | 33 | 16 16 | 8 8", "12 | 24 | 36",        "10 | 12 12 | 70 9 | 24 6",
};

typedef struct
{
  guint64 seed;
  OracleNet oracle;
  NstNetwork *network;
  NstSettings settings;
  NstRecipeSpec recipe;
  NstTensor content, style, image;
  NstTensor mask; /* of the content; without data in most cases */
} Case;

static NstTensor
random_image (guint64 seed, gint w, gint h)
{
  NstTensor image = test_tensor_new (3, h, w);

  for (gsize i = 0; i < nst_tensor_size (&image); i++)
    image.data[i] = test_uniform (seed, i) * 0.5f + 0.5f;
  return image;
}

static void
case_init (Case *it, gint index)
{
  guint64 seed = it->seed = 7000 + index;
  gint least, w, h;
  GError *error = NULL;

  memset (it, 0, sizeof *it);
  it->seed = seed;
  it->oracle = test_net (nets[index % G_N_ELEMENTS (nets)], seed);
  it->oracle.average = index % 3 == 0;
  it->network = test_net_open (&it->oracle, 0);
  nst_settings_init (&it->settings);
  it->settings.strength = 45; /* content and matches */
  /* any layer for content, so that layers before a pooling are tapped too */
  it->settings.content_layer =
      it->network->layers[test_int (seed, 0, 0, it->network->n_layers - 1)].name;
  nst_recipe_make (&it->recipe, it->network, &it->settings, &error);
  g_assert_no_error (error);
  least = 1 << nst_network_shift (it->network, it->network->n_layers - 1);
  w = test_int (seed, 1, least, 300);
  h = test_int (seed, 2, least, 200);
  it->content = random_image (seed, w, h);
  it->image = random_image (seed + 1000, w, h);
  it->style = random_image (seed + 2000, test_int (seed, 3, least, 250),
                            test_int (seed, 4, least, 100));
  if (index % 4 == 1)
    {
      it->mask = test_tensor_new (1, h, w);
      for (gint i = 0; i < w * h; i++)
        it->mask.data[i] = MAX (test_uniform (seed + 3000, i), 0);
    }
}

static void
case_clear (Case *it)
{
  nst_tensor_clear (&it->content);
  nst_tensor_clear (&it->style);
  nst_tensor_clear (&it->image);
  nst_tensor_clear (&it->mask);
  nst_network_free (it->network);
  oracle_net_clear (&it->oracle);
}

/* Loss and gradient as an image that is cut like that gives them. */
static NstLosses
evaluate (Case *it, NstTiling tiling, gint threads, NstTensor *gradient)
{
  NstPool *pool = nst_pool_new (threads);
  NstObjectiveSpec of = {it->network, pool, &it->recipe, tiling};
  NstObjective objective;
  NstLosses losses;
  GError *error = NULL;

  *gradient = test_tensor_new (3, it->image.h, it->image.w);
  g_assert_true (nst_objective_init (&objective, &of, &it->content, it->mask.data, &error));
  g_assert_true (
      nst_objective_add_style (&objective, (NstTiling){0, 0}, &it->style, NULL, 1, &error));
  g_assert_true (nst_objective_match (&objective, it->content.data, NULL, &error));
  g_assert_true (
      nst_objective_evaluate (&objective, it->image.data, gradient->data, &losses, &error));
  nst_objective_clear (&objective);
  nst_pool_free (pool);
  return losses;
}

static gdouble
difference (const NstTensor *a, const NstTensor *b)
{
  gdouble sum = 0, size = 0;

  for (gsize i = 0; i < nst_tensor_size (a); i++)
    {
      gdouble d = (gdouble) a->data[i] - b->data[i];

      sum += d * d;
      size += (gdouble) b->data[i] * b->data[i];
    }
  return sqrt (sum / size);
}

static void
test_exact (void)
{
  for (gint index = 0; index < N_CASES; index++)
    {
      Case it;
      NstTensor whole, cut;
      NstTiling tiling;
      NstLosses one, other;

      case_init (&it, index);
      tiling.columns = test_int (it.seed, 5, 1, it.image.w + 40);
      tiling.rows = test_int (it.seed, 6, 1, it.image.h + 40);
      one = evaluate (&it, (NstTiling){0, 0}, 1, &whole);
      other = evaluate (&it, tiling, 1 + index % 2, &cut);
      test_at_most (fabs (other.content / one.content - 1), VALUE_LIMIT);
      test_at_most (fabs (other.match / one.match - 1), VALUE_LIMIT);
      test_at_most (fabs (other.style / one.style - 1), VALUE_LIMIT);
      test_at_most (fabs (other.tv / one.tv - 1), VALUE_LIMIT);
      test_at_most (difference (&cut, &whole), GRADIENT_LIMIT);
      nst_tensor_clear (&whole);
      nst_tensor_clear (&cut);
      case_clear (&it);
    }
}

/* Every number of threads gives the same bytes. */
static void
test_threads (void)
{
  for (gint index = 0; index < 6; index++)
    {
      Case it;
      NstTensor gradient[MAX_THREADS];
      NstTiling tiling;
      NstLosses losses[MAX_THREADS];

      case_init (&it, index);
      tiling = (NstTiling){it.image.w / 2, it.image.h / 3};
      for (gint i = 0; i < MAX_THREADS; i++)
        {
          losses[i] = evaluate (&it, tiling, i + 1, &gradient[i]);
          g_assert_cmpmem (&losses[i], sizeof losses[i], &losses[0], sizeof losses[0]);
          g_assert_cmpmem (gradient[i].data, sizeof (gfloat) * nst_tensor_size (&gradient[i]),
                           gradient[0].data, sizeof (gfloat) * nst_tensor_size (&gradient[0]));
        }
      for (gint i = 0; i < MAX_THREADS; i++)
        nst_tensor_clear (&gradient[i]);
      case_clear (&it);
    }
}

static guint64
pass_memory (const NstPassSpec *spec)
{
  NstPass pass;

  nst_pass_shape (&pass, spec);
  return nst_pass_lay_out (&pass, nst_pass_widest_block (&pass));
}

static gboolean
fits_into (const NstPassSpec *spec, gpointer data)
{
  return pass_memory (spec) <= *(const guint64 *) data;
}

/* What a pass allocates is what it said, and the widest strips that fit are taken. */
static void
test_fit (void)
{
  Case it;
  NstPassSpec spec;
  guint64 whole, least, none = 0;
  gint last = G_MAXINT;

  case_init (&it, 0);
  spec = nst_recipe_pass (&it.recipe, it.network, TRUE, 5000, 3000);
  whole = pass_memory (&spec);
  nst_pass_cut (&spec, fits_into, &whole);
  g_assert_cmpint (spec.tiling.columns, ==, 0);
  nst_pass_cut (&spec, fits_into, &none);
  least = pass_memory (&spec);
  g_assert_cmpuint (least, <, whole / 20);
  for (guint64 room = whole - 1; room > least; room = room * 4 / 5)
    {
      nst_pass_cut (&spec, fits_into, &room);
      g_assert_cmpuint (pass_memory (&spec), <=, room);
      g_assert_cmpint (spec.tiling.columns, >, 0);
      g_assert_cmpint (spec.tiling.columns, <=, last);
      last = spec.tiling.columns;
    }
  case_clear (&it);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiles/exact", test_exact);
  g_test_add_func ("/tiles/threads", test_threads);
  g_test_add_func ("/tiles/fit", test_fit);
  return g_test_run ();
}
