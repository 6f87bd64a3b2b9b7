/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours of the cells that the picture's are to become, for it to begin with: what is all
 * dark or all pale the network hardly tells apart, so that the loss alone would not lead there.
 */
#include "losses/match-colour.h"

/* The mean of channel @c over a cell of @image. */
static gdouble
mean_of_cell (const NstTensor *image, gint c, gint x, gint y, gint shift)
{
  gint side = 1 << shift;
  gdouble sum = 0;

  for (gint row = 0; row < side; row++)
    {
      const gfloat *p = image->data + c * nst_tensor_plane (image)
                        + (gsize) ((y << shift) + row) * image->w + (x << shift);

      for (gint i = 0; i < side; i++)
        sum += p[i];
    }
  return sum / (side * side);
}

gboolean
nst_match_take_colours (NstMatch *match, const NstTensor *style, GError **error)
{
  NstMatchStyle *it = &match->styles[match->n_styles - 1];

  it->colours = nst_alloc (nst_match_cells (&it->grid) * 3, sizeof (gfloat), error);
  if (!it->colours)
    return FALSE;
  for (gint y = 0; y < it->grid.h; y++)
    for (gint x = 0; x < it->grid.w; x++)
      for (gint c = 0; c < 3; c++)
        it->colours[3 * ((gsize) y * it->grid.w + x) + c] =
            (gfloat) mean_of_cell (style, c, x, y, match->shift);
  return TRUE;
}

guint64
nst_match_colours_memory (gint w, gint h)
{
  return nst_alloc_size ((guint64) w * h * 3, sizeof (gfloat));
}

/* From 1 to n - 2 where there is such a one. */
static gint
inside (gint i, gint n)
{
  return n < 3 ? i : CLAMP (i, 1, n - 2);
}

/* What the colours of each cell of @image lack, as planes; at the border what those beside lack,
 * as the outermost cells of styles are not to be taken. */
static void
find_differences (const NstMatch *match, const NstTensor *image, gint shift, NstTensor *lack)
{
  for (gint i = 0; i < match->w * match->h; i++)
    {
      gint x = inside (i % match->w, match->w), y = inside (i / match->w, match->h);
      gint32 number = match->index[(gsize) y * match->w + x];
      const NstMatchStyle *style = nst_match_style_of (match, number);
      const gfloat *colours = style->colours + 3 * (gsize) (number - style->grid.first);

      for (gint c = 0; c < 3; c++)
        lack->data[c * nst_tensor_plane (lack) + i] =
            (gfloat) (colours[c] - mean_of_cell (image, c, x, y, shift));
    }
}

/* Only what many cells lack is of use: with what each lacks, the photo's forms are lost. */
#define SMOOTHINGS 2

/* Of @n values half each, and a quarter of either neighbour. */
static void
smooth (gfloat *values, gint n, gsize stride)
{
  gfloat before = values[0];

  for (gint i = 0; i < n; i++)
    {
      gfloat now = values[i * stride], next = values[MIN (i + 1, n - 1) * stride];

      values[i * stride] = (before + 2 * now + next) / 4;
      before = now;
    }
}

static void
smooth_plane (gint index, gint thread, gpointer data)
{
  NstTensor *lack = data;
  gfloat *plane = lack->data + index * nst_tensor_plane (lack);

  for (gint round = 0; round < SMOOTHINGS; round++)
    {
      for (gint y = 0; y < lack->h; y++)
        smooth (plane + (gsize) y * lack->w, lack->w, 1);
      for (gint x = 0; x < lack->w; x++)
        smooth (plane + x, lack->h, lack->w);
    }
}

typedef struct
{
  const NstTensor *lack;
  NstTensor *image;
  const gfloat *weights;
  gint shift;
  gdouble amount;
} ColourJob;

/* The two cells that a pixel is between, and how near it is to the second. */
static inline gfloat
between (gint pixel, gint shift, gint n, gint *first, gint *second)
{
  gfloat side = (gfloat) (1 << shift), last = (gfloat) (n - 1);
  gfloat at = CLAMP (((gfloat) pixel + 0.5f) / side - 0.5f, 0, last);

  *first = (gint) at;
  *second = MIN (*first + 1, n - 1);
  return at - (gfloat) *first;
}

static void
add_row (gint y, gint thread, gpointer data)
{
  const ColourJob *job = data;
  const NstTensor *lack = job->lack;
  NstTensor *image = job->image;
  gint upper, lower, left, right;
  gfloat down = between (y, job->shift, lack->h, &upper, &lower);

  for (gint x = 0; x < image->w; x++)
    {
      gfloat on = between (x, job->shift, lack->w, &left, &right);
      gsize at = (gsize) y * image->w + x;
      gfloat amount = (gfloat) (job->amount * (job->weights ? job->weights[at] : 1));

      for (gint c = 0; c < 3; c++)
        {
          const gfloat *d = lack->data + c * nst_tensor_plane (lack);
          const gfloat *a = d + (gsize) upper * lack->w, *b = d + (gsize) lower * lack->w;

          image->data[c * nst_tensor_plane (image) + at] +=
              amount
              * ((1 - down) * ((1 - on) * a[left] + on * a[right])
                 + down * ((1 - on) * b[left] + on * b[right]));
        }
    }
}

gboolean
nst_match_start (NstMatch *match, NstPool *pool, const gfloat *weights, gdouble amount,
                 NstTensor *image, GError **error)
{
  NstTensor lack;
  ColourJob job = {&lack, image, weights, match->shift, amount};

  if (!nst_tensor_alloc (&lack, 3, match->h, match->w, error))
    return FALSE;
  find_differences (match, image, match->shift, &lack);
  nst_pool_run (pool, 3, smooth_plane, &lack);
  nst_pool_run (pool, image->h, add_row, &job);
  nst_tensor_clear (&lack);
  for (gint i = 0; i < match->n_styles; i++)
    g_clear_pointer (&match->styles[i].colours, nst_free);
  return TRUE;
}
