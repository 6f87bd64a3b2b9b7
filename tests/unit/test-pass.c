/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pass through a whole network, forward and backward, against plain loops, for pictures of any
 * shape, whole and in strips; and to the bit the same on any number of threads.
 */
#include "fixture.h"
#include "network/pass.h"

#include <math.h>
#include <string.h>

#define FLOAT_LIMIT 2e-6 /* relative; float's own 6e-8, over sums of up to 9 * 80 products */
#define N_LAYERS    5

/* A whole network, the gradient put in at the layers that are kept: a layer before
 * a pooling is so pooled apart or together with its convolution. */
typedef struct
{
  OracleNet net;
  const gboolean *keep;
  OracleMap image, relu[N_LAYERS], put[N_LAYERS], grad;
  gdouble largest[N_LAYERS]; /* activation */
  gsize seen[N_LAYERS];      /* activations that were handed out */
} PassCase;

/* The oracle's own backward: with the content loss's target at f - put / 2, its
 * gradient at each layer is what is put in. */
static void
pass_case_init (PassCase *it, gint round, gint h, gint w, const gboolean *keep)
{
  OracleTerm term[N_LAYERS];
  OracleObjective objective = {&it->net, term, N_LAYERS, ORACLE_TV_NONE, 0, 0, 255};

  memset (it, 0, sizeof *it);
  it->net = test_net ("6 9 | 11 | 8 10", 900);
  it->keep = keep;
  it->net.average = round % 2;
  it->net.bgr = round % 3 == 0;
  it->image = test_map (3, h, w, 910 + round);
  for (gsize i = 0; i < oracle_map_size (&it->image); i++)
    it->image.v[i] = (gfloat) (127.5 * (it->image.v[i] + 1));
  it->grad = oracle_map_new (3, h, w);
  oracle_net_forward (&it->net, &it->image, 255, N_LAYERS, it->relu);
  for (gint i = 0; i < N_LAYERS; i++)
    {
      it->put[i] = test_map (it->relu[i].c, it->relu[i].h, it->relu[i].w, 920 + i);
      for (gsize k = 0; k < oracle_map_size (&it->relu[i]); k++)
        it->largest[i] = MAX (it->largest[i], it->relu[i].v[k]);
      term[i] = (OracleTerm){ORACLE_CONTENT, i, keep[i], NULL, NULL};
      term[i].target = oracle_target (ORACLE_CONTENT, &it->relu[i], NULL);
      for (gsize k = 0; k < oracle_map_size (&it->put[i]); k++)
        term[i].target[k] -= it->put[i].v[k] / 2;
    }
  oracle_objective (&objective, &it->image, &it->grad);
  for (gint i = 0; i < N_LAYERS; i++)
    g_free (term[i].target);
}

static void
pass_case_clear (PassCase *it)
{
  for (gint i = 0; i < N_LAYERS; i++)
    {
      oracle_map_clear (&it->relu[i]);
      oracle_map_clear (&it->put[i]);
    }
  oracle_map_clear (&it->image);
  oracle_map_clear (&it->grad);
  oracle_net_clear (&it->net);
}

/* The piece's place in a map of the whole layer. */
static gsize
place (const OracleMap *map, const NstPiece *piece, gint c, gint row)
{
  return ((gsize) c * map->h + piece->y + row) * map->w + piece->x;
}

/* Each cell has to come once, with the oracle's activation. */
static void
compare_piece (const NstPiece *piece, gpointer data)
{
  PassCase *it = data;
  const OracleMap *relu = &it->relu[piece->layer];
  gdouble worst = 0;

  g_assert_cmpint (piece->full_w, ==, relu->w);
  g_assert_cmpint (piece->c, ==, relu->c);
  for (gint c = 0; c < piece->c; c++)
    for (gint row = 0; row < piece->h; row++)
      for (gint x = 0; x < piece->w; x++)
        {
          gdouble f = piece->f[c * piece->f_plane + (gsize) row * piece->line + x];

          worst = MAX (worst, fabs (f - relu->v[place (relu, piece, c, row) + x]));
        }
  /* the limit is one of the root mean square; this is the worst of thousands */
  test_at_most (worst, 4 * FLOAT_LIMIT * it->largest[piece->layer]);
  it->seen[piece->layer] += (gsize) piece->c * piece->h * piece->w;
}

static void
put_in (const NstPiece *piece, gpointer data)
{
  PassCase *it = data;
  const OracleMap *put = &it->put[piece->layer];

  compare_piece (piece, it);
  for (gint c = 0; c < piece->c; c++)
    for (gint row = 0; row < piece->h; row++)
      for (gint x = 0; x < piece->w; x++)
        piece->d[c * piece->d_plane + (gsize) row * piece->line + x] +=
            put->v[place (put, piece, c, row) + x];
}

static void
assert_all_seen (PassCase *it)
{
  for (gint i = 0; i < N_LAYERS; i++)
    {
      g_assert_cmpuint (it->seen[i], ==, it->keep[i] ? oracle_map_size (&it->relu[i]) : 0);
      it->seen[i] = 0;
    }
}

/* Forward, backward; twice, since a pass is used again and again. */
static void
run_pass (PassCase *it, gint threads, const NstTiling *tiling, NstTensor *grad)
{
  NstNetwork *network = test_net_open (&it->net, 0);
  NstPool *pool = nst_pool_new (threads);
  NstTensor image = test_tensor (&it->image);
  NstPassSpec spec = {.network = network,
                      .pooling = NST_POOLING_NETWORK,
                      .backward = TRUE,
                      .width = image.w,
                      .height = image.h,
                      .unit = 255,
                      .tiling = *tiling};
  NstPass pass;
  GError *error = NULL;

  memcpy (spec.keep, it->keep, N_LAYERS * sizeof (gboolean));
  nst_pass_init (&pass, &spec, pool, &error);
  g_assert_no_error (error);
  for (gint time = 0; time < 2; time++)
    {
      nst_pass_forward (&pass, image.data, compare_piece, it);
      assert_all_seen (it);
      nst_pass_backward (&pass, image.data, put_in, it, grad->data);
      assert_all_seen (it);
      test_at_most (test_relative_float (grad->data, it->grad.v, nst_tensor_size (grad)), 1e-5);
    }
  nst_pass_clear (&pass);
  nst_tensor_clear (&image);
  nst_pool_free (pool);
  nst_network_free (network);
}

static void
check_pass (gint round, gint h, gint w, const NstTiling *tiling, const gboolean *keep)
{
  NstTensor grad[2];
  PassCase it;

  pass_case_init (&it, round, h, w, keep);
  for (gint i = 0; i < 2; i++)
    {
      grad[i] = test_tensor_new (3, it.image.h, it.image.w);
      run_pass (&it, i > 0 ? 2 + round % 3 : 1, tiling, &grad[i]);
    }
  g_assert_cmpmem (grad[1].data, nst_tensor_size (&grad[1]) * sizeof (gfloat), grad[0].data,
                   nst_tensor_size (&grad[0]) * sizeof (gfloat));
  for (gint i = 0; i < 2; i++)
    nst_tensor_clear (&grad[i]);
  pass_case_clear (&it);
}

static void
test_pass (void)
{
  static const struct
  {
    gint h, w;
    NstTiling tiling;
  } shape[] = {{4, 4, {0, 0}},     {5, 7, {0, 0}},    {16, 4, {0, 0}},  {33, 21, {0, 0}},
               {14, 48, {0, 0}},   {4, 5, {28, 16}},  {40, 20, {1, 1}}, {30, 75, {48, 16}},
               {21, 101, {1, 32}}, {83, 20, {64, 16}}};
  static const gboolean keep[][N_LAYERS] = {{TRUE, TRUE, TRUE, TRUE, TRUE},
                                            {TRUE, FALSE, FALSE, TRUE, TRUE},
                                            {FALSE, FALSE, FALSE, FALSE, TRUE},
                                            {FALSE, TRUE, FALSE, FALSE, TRUE}};

  for (guint round = 0; round < G_N_ELEMENTS (shape); round++)
    for (guint k = 0; k < G_N_ELEMENTS (keep); k++)
      check_pass (round + k, shape[round].h, shape[round].w, &shape[round].tiling, keep[k]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pass/any-cut", test_pass);
  return g_test_run ();
}
