/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution with zero padding: y[o] = bias[o] + sum over i, ky, kx
 * of weight[o,i,ky,kx] * x[i, y+ky-1, x+kx-1], then ReLU where there is a bias.
 * The gradient to the input is the same with flipped, transposed weights.
 */
#include "conv.h"
#include "blas.h"

#include <string.h>

/**
 * nst_conv_direct:
 *
 * The obvious loop: the oracle of the fast forms.
 */
void
nst_conv_direct (const gfloat *weight, const gfloat *bias, const NstTensor *x, NstTensor *y)
{
  for (gint o = 0; o < y->c; o++)
    for (gint row = 0; row < y->h; row++)
      for (gint col = 0; col < y->w; col++)
        {
          gdouble sum = bias ? bias[o] : 0.0;

          for (gint i = 0; i < x->c; i++)
            for (gint ky = 0; ky < 3; ky++)
              for (gint kx = 0; kx < 3; kx++)
                {
                  gint yy = row + ky - 1, xx = col + kx - 1;

                  if (yy >= 0 && yy < x->h && xx >= 0 && xx < x->w)
                    sum += (gdouble) weight[((o * x->c + i) * 3 + ky) * 3 + kx]
                           * x->data[((gsize) i * x->h + yy) * x->w + xx];
                }
          y->data[((gsize) o * y->h + row) * y->w + col] = bias ? MAX (sum, 0.0) : sum;
        }
}

#define BAND 512 /* output positions of one sgemm: its columns stay in the L2 cache */

static gint
band_rows (gint w)
{
  return MAX (1, BAND / w);
}

/* Floats of scratch for nst_conv_gemm(). */
gsize
nst_conv_gemm_scratch (gint cin, gint w, gint n_threads)
{
  return (gsize) n_threads * 9 * cin * w * band_rows (w);
}

/* Row (i, ky, kx) of the matrix holds x[i] shifted by (ky-1, kx-1) over the band. */
static void
gather_band (const NstTensor *x, gint top, gint rows, gfloat *columns)
{
  gint w = x->w;

  for (gint i = 0; i < x->c; i++)
    for (gint ky = 0; ky < 3; ky++)
      for (gint kx = 0; kx < 3; kx++)
        for (gint r = 0; r < rows; r++, columns += w)
          {
            gint yy = top + r + ky - 1;
            const gfloat *from = x->data + ((gsize) i * x->h + yy) * w;

            if (yy < 0 || yy >= x->h)
              memset (columns, 0, sizeof (gfloat) * w);
            else if (kx == 1)
              memcpy (columns, from, sizeof (gfloat) * w);
            else if (kx == 0)
              {
                columns[0] = 0;
                memcpy (columns + 1, from, sizeof (gfloat) * (w - 1));
              }
            else
              {
                memcpy (columns, from + 1, sizeof (gfloat) * (w - 1));
                columns[w - 1] = 0;
              }
          }
}

typedef struct
{
  const gfloat *weight, *bias;
  const NstTensor *x;
  NstTensor *y;
  gfloat *scratch;
  gsize scratch_size; /* a thread's */
} ConvJob;

static void
conv_band (gint index, gint thread, gpointer data)
{
  ConvJob *job = data;
  NstTensor *y = job->y;
  gint top = index * band_rows (y->w);
  gint rows = MIN (band_rows (y->w), y->h - top);
  gint k = 9 * job->x->c, n = rows * y->w;
  gfloat *columns = job->scratch + job->scratch_size * thread;
  gfloat *out = y->data + (gsize) top * y->w;
  gsize plane = nst_tensor_plane (y);

  gather_band (job->x, top, rows, columns);
  nst_gemm (y->c, n, k, job->weight, k, columns, n, 0.0f, out, plane);
  if (job->bias)
    for (gint o = 0; o < y->c; o++, out += plane)
      for (gint i = 0; i < n; i++)
        out[i] = MAX (out[i] + job->bias[o], 0.0f);
}

/**
 * nst_conv_gemm:
 * @scratch: nst_conv_gemm_scratch() floats
 *
 * nst_conv_direct() as matrix products, a band of rows each.
 */
void
nst_conv_gemm (NstPool *pool, const gfloat *weight, const gfloat *bias, const NstTensor *x,
               NstTensor *y, gfloat *scratch)
{
  ConvJob job = {weight, bias, x, y, scratch, nst_conv_gemm_scratch (x->c, x->w, 1)};
  gint rows = band_rows (y->w);

  nst_pool_run (pool, (y->h + rows - 1) / rows, conv_band, &job);
}
