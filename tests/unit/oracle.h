/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tests' oracle: the whole of style transfer again, in double precision
 * and in the most obvious loops, sharing no code with the engine.  What the
 * engine computes fast is compared with what is computed plainly here, and
 * what is computed here is compared with central differences.
 *
 * Everything is planar: value[(c * h + y) * w + x].
 */
#ifndef NST_TESTS_ORACLE_H
#define NST_TESTS_ORACLE_H

#include <glib.h>

#define ORACLE_MAX_LAYERS 24

typedef struct
{
  gint c, h, w;
  gdouble *v;
} OracleMap;

OracleMap oracle_map_new (gint c, gint h, gint w);
void oracle_map_clear (OracleMap *map);
gsize oracle_map_size (const OracleMap *map);

/* 3x3, stride 1, zero padding 1; weight is OIHW, bias may be NULL.  No ReLU. */
OracleMap
oracle_conv (const OracleMap *in, const gdouble *weight, const gdouble *bias, gint c_out);
/* The gradient to the input, given that to the output. */
OracleMap oracle_conv_backward (const OracleMap *out_grad, const gdouble *weight, gint c_in);
void oracle_relu (OracleMap *map);
/* @out is what oracle_relu() gave; @grad becomes the gradient to its input. */
void oracle_relu_backward (const OracleMap *out, OracleMap *grad);
/* 2x2, stride 2; an odd last row or column is dropped. */
OracleMap oracle_pool (const OracleMap *in, gboolean average);
OracleMap
oracle_pool_backward (const OracleMap *in, const OracleMap *out_grad, gboolean average);

/* A convolution with its ReLU, and whether a pool stands before it. */
typedef struct
{
  gchar name[16]; /* "relu1_1" */
  gboolean pool_before;
  gint c_in, c_out;
  gdouble *weight; /* OIHW */
  gdouble *bias;
} OracleLayer;

/* Input: pixels / @pixel_max, in RGB or BGR order, minus mean, times scale. */
typedef struct
{
  gint n_layers;
  OracleLayer layer[ORACLE_MAX_LAYERS];
  gboolean average;
  gboolean bgr;
  gdouble mean[3], scale[3]; /* in the network's own order */
} OracleNet;

void oracle_net_clear (OracleNet *net);
gint oracle_net_find (const OracleNet *net, const gchar *name);
/* The ReLU outputs of the first @n layers, for an RGB image. */
void oracle_net_forward (const OracleNet *net, const OracleMap *image, gdouble pixel_max,
                         gint n, OracleMap *relu);

typedef enum
{
  ORACLE_CONTENT,  /* sum (F - P)^2; target: F's own layout */
  ORACLE_GRAM,     /* sum (G - A)^2, G = sum_p w_p f_p f_p^T / sum_p w_p; target: c x c */
  ORACLE_MEAN_COV, /* |m - m*|^2 / |m*|^2 + |C - C*|^2 / |C*|^2, |X|^2 = tr (X Q X Q) with
                      Q = (C* / |C*|_F + 0.03)^(-1/2); target: c, then c x c */
} OracleKind;

/* One loss at one layer; several styles are several terms. */
typedef struct
{
  OracleKind kind;
  gint layer;
  gdouble coefficient;
  gdouble *target;
  const gdouble *position_weight; /* h x w of the layer; NULL: all 1 */
} OracleTerm;

typedef enum
{
  ORACLE_TV_NONE,
  ORACLE_TV_KERAS, /* sum over c and (h-1)(w-1) of (dx^2 + dy^2)^1.25 */
  ORACLE_TV_MEAN,  /* mean dx^2 + mean dy^2 of pixels / pixel_max, and tv_chroma times the same
                      of each channel less the channels' mean */
} OracleTv;

#define ORACLE_MAX_STYLES 2

/* How far shades are from being as frequent as the styles', along light, red against green and
 * blue against both, the squares relative to the variance of all; pixels in [0,1]. */
typedef struct
{
  gdouble coefficient; /* 0: none */
  gint n_styles;
  const OracleMap *style[ORACLE_MAX_STYLES];
  const gfloat *style_mask[ORACLE_MAX_STYLES], *mask; /* or NULL */
  gdouble weight[ORACLE_MAX_STYLES];
} OraclePalette;

typedef struct
{
  const OracleNet *net;
  const OracleTerm *term;
  gint n_terms;
  OracleTv tv;
  gdouble tv_coefficient, tv_chroma;
  gdouble pixel_max; /* 1 or 255: what white is in the image */
  OraclePalette palette;
  gdouble stripe_coefficient;
} OracleObjective;

/* The target that makes the term zero at @features, to be freed by g_free(). */
gdouble *
oracle_target (OracleKind kind, const OracleMap *features, const gdouble *position_weight);
/* The value; adds the gradient to @grad when that is not NULL. */
gdouble oracle_term (const OracleTerm *term, const OracleMap *features, OracleMap *grad);
/* For each position of @q that of @r whose vector has the most similar direction, both less
 * their means (@q's weighted by @q_weight, @r's by @r_weight; NULL: all 1); the first of equal
 * ones.  Only those of @r whose weight is at least half the largest, and the outermost only where
 * there are no others.
 * @similarity: what their cosines are, or NULL.  To be freed by g_free(). */
gint *oracle_nearest (const OracleMap *q, const gdouble *q_weight, const OracleMap *r,
                      const gdouble *r_weight, gdouble *similarity);
/* The cosines of each position i of @q and @index[i] of @r, less their means, added up */
gdouble oracle_cosine_sum (const OracleMap *q, const OracleMap *r, const gint *index);
/* @value with 8 bits of mantissa */
gdouble oracle_upper_half (gdouble value);
/* What the positions of @taken are to become, planes of it to be freed by g_free(): a part of @q's,
 * each channel with the mean and deviation of @taken's, and the rest @taken's; none below 0.
 * The latter are had with 8 bits of mantissa.  The part is @own where @similarity is what it is on
 * average, and goes with the third power of how far that is from 1; it is 1 at most. */
gdouble *oracle_mixed (const OracleMap *taken, const OracleMap *q, const gdouble *weight,
                       const gdouble *similarity, gdouble own);
/* Q, c x c, of the covariance C* */
gdouble *oracle_metric (const gdouble *covariance, gint c);
gdouble oracle_tv (OracleTv kind, gdouble coefficient, gdouble chroma, gdouble pixel_max,
                   const OracleMap *image, OracleMap *grad);
/* Of stripes upright and level, pixels in [0,1]: the mean squares of what (-1 2 -1) / 4 across them
 * and (1 2 1) / 4 along them make of the image; beyond its border stands what is there. */
gdouble oracle_stripes (gdouble coefficient, const OracleMap *image, OracleMap *grad);
gdouble oracle_palette (const OraclePalette *palette, const OracleMap *image, OracleMap *grad);
/* The whole loss; @grad (of the image's shape, or NULL) is overwritten. */
gdouble
oracle_objective (const OracleObjective *objective, const OracleMap *image, OracleMap *grad);

#endif /* NST_TESTS_ORACLE_H */
