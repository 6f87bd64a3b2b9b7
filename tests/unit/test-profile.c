/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour profiles: against littleCMS's own transforms in 8 bits, there and back,
 * which space pictures ask for, and what cannot be used.
 */
#include <math.h>
#include <string.h>

#include "common.h"
#include "icc.h"
#include "profile.h"

#define N 4096 /* pixels: 16 x 16 x 16 */

/* Closes @handle. */
static NstProfile *
profile_of (cmsHPROFILE handle)
{
  cmsUInt32Number n = 0;
  g_autofree guint8 *bytes = NULL;
  NstProfile *profile;

  g_assert_true (cmsSaveProfileToMem (handle, NULL, &n));
  bytes = g_malloc (n);
  g_assert_true (cmsSaveProfileToMem (handle, bytes, &n));
  cmsCloseProfile (handle);
  profile = nst_profile_new (bytes, n);
  g_assert_nonnull (profile);
  return profile;
}

static cmsHPROFILE
handle_of (const NstProfile *profile)
{
  gsize n;
  gconstpointer bytes = g_bytes_get_data (nst_profile_get_icc (profile), &n);

  return cmsOpenProfileFromMem (bytes, (cmsUInt32Number) n);
}

/* 8-bit values in @bytes and the same in @floats. */
static void
fill (gint n_channels, guint8 *bytes, gfloat *floats)
{
  for (gint i = 0; i < N; i++)
    for (gint c = 0; c < n_channels; c++)
      {
        gint value = n_channels == 1 ? i % 256 : 17 * (i >> 4 * (c % 3) & 15);

        bytes[i * n_channels + c] = c == 3 ? (guint8) (i * 7) : (guint8) value;
        floats[i * n_channels + c] = bytes[i * n_channels + c] / 255.0f;
      }
}

static gdouble
worst_level (const guint8 *bytes, const gfloat *floats, gsize n)
{
  gdouble worst = 0.0;

  for (gsize i = 0; i < n; i++)
    worst = MAX (worst, fabs (bytes[i] - 255.0 * floats[i]));
  return worst;
}

/* To each space as littleCMS does it without shortcuts, in levels of 8 bits. */
static void
as_littlecms (NstProfile *profile)
{
  const gint n = nst_profile_get_n_channels (profile);
  const cmsUInt32Number format = n == 1 ? TYPE_GRAY_8 : n == 3 ? TYPE_RGB_8 : TYPE_CMYK_8;
  g_autofree guint8 *bytes = g_malloc (4 * N);
  g_autofree guint16 *expected = g_new (guint16, 3 * N);
  g_autofree gfloat *floats = g_new (gfloat, 4 * N), *rgb = g_new (gfloat, 3 * N);

  fill (n, bytes, floats);
  for (gint s = 0; s < NST_N_SPACES; s++)
    {
      g_autoptr (NstProfile) space = nst_profile_new_space (s);
      cmsHPROFILE from = handle_of (profile), to = handle_of (space);
      gdouble worst = 0.0;
      cmsHTRANSFORM transform =
          cmsCreateTransform (from, format, to, TYPE_RGB_16, INTENT_RELATIVE_COLORIMETRIC,
                              cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOOPTIMIZE);

      cmsDoTransform (transform, bytes, expected, N);
      nst_profile_to_working (profile, s, floats, rgb, N);
      for (gint i = 0; i < 3 * N; i++)
        worst = MAX (worst, fabs (expected[i] / 65535.0 - rgb[i]));
      test_at_most (255.0 * worst, 0.25);
      cmsDeleteTransform (transform);
      cmsCloseProfile (from);
      cmsCloseProfile (to);
    }
  nst_profile_unref (profile);
}

static void
matches_littlecms (void)
{
  as_littlecms (nst_profile_new_space (NST_SPACE_SRGB));
  as_littlecms (nst_profile_new_space (NST_SPACE_P3));
  as_littlecms (nst_profile_new_grey ());
  as_littlecms (profile_of (gamma_profile (&d65, &adobe, 2.2)));
  as_littlecms (profile_of (gamma_profile (&d50, &prophoto, 1.8)));
  as_littlecms (profile_of (gamma_profile (&d65, &swapped, 2.2)));
  as_littlecms (profile_of (grey_profile (1.8)));
  as_littlecms (profile_of (lut_profile ()));
  as_littlecms (profile_of (cmyk_profile ()));
}

/* There and back is the same, where the space holds all of it. */
static void
round_trip (NstProfile *profile, gdouble limit)
{
  const gint n = nst_profile_get_n_channels (profile);
  const NstSpace space = nst_profile_get_limit (profile);
  g_autofree guint8 *bytes = g_malloc (3 * N);
  g_autofree gfloat *floats = g_new (gfloat, 3 * N), *rgb = g_new (gfloat, 3 * N);

  fill (n, bytes, floats);
  g_assert_true (nst_profile_is_output (profile));
  nst_profile_to_working (profile, space, floats, rgb, N);
  nst_profile_from_working (profile, space, rgb, rgb, N);
  test_at_most (worst_level (bytes, rgb, (gsize) n * N), limit);
  nst_profile_unref (profile);
}

static void
goes_back (void)
{
  for (gint s = 0; s < NST_N_SPACES; s++)
    round_trip (nst_profile_new_space (s), 1e-4);
  round_trip (nst_profile_new_grey (), 0.02);
  round_trip (profile_of (gamma_profile (&d65, &adobe, 2.2)), 0.2);
  round_trip (profile_of (gamma_profile (&d50, &prophoto, 1.8)), 0.5);
  /* ICC rounds a matrix to 16 bits, and the power curve is steep at 0. */
  round_trip (profile_of (gamma_profile (&d65, &swapped, 2.2)), 2.0);
  round_trip (profile_of (grey_profile (1.8)), 0.02);
}

static void
knows_itself (void)
{
  const NstSpace limits[] = {NST_SPACE_SRGB, NST_SPACE_P3, NST_SPACE_REC2020,
                             NST_SPACE_PROPHOTO};
  g_autoptr (NstProfile) again = NULL;

  for (gint s = 0; s < NST_N_SPACES; s++)
    {
      g_autoptr (NstProfile) profile = nst_profile_new_space (s);
      gfloat pixel[3] = {0.1f, 0.2f, 0.7f}, out[3];

      g_assert_cmpint (nst_profile_get_limit (profile), ==, limits[s]);
      for (gint other = 0; other < NST_N_SPACES; other++)
        g_assert_cmpint (nst_profile_is_space (profile, other), ==, other == s);
      nst_profile_to_working (profile, s, pixel, out, 1);
      g_assert_cmpmem (pixel, sizeof pixel, out, sizeof out);
      nst_profile_from_working (profile, s, pixel, out, 1);
      g_assert_cmpmem (pixel, sizeof pixel, out, sizeof out);
    }
  again = profile_of (cmsCreate_sRGBProfile ());
  g_assert_true (nst_profile_is_space (again, NST_SPACE_SRGB));
}

static void
limits (void)
{
  g_autoptr (NstProfile) grey = nst_profile_new_grey (), cmyk = profile_of (cmyk_profile ());
  g_autoptr (NstProfile) naive = nst_profile_new_cmyk ();
  g_autoptr (NstProfile) wide = profile_of (gamma_profile (&d65, &adobe, 2.2));

  g_assert_cmpint (nst_profile_get_limit (grey), ==, NST_SPACE_SRGB);
  g_assert_cmpint (nst_profile_get_limit (naive), ==, NST_SPACE_SRGB);
  g_assert_cmpint (nst_profile_get_limit (wide), ==, NST_SPACE_REC2020);
  g_assert_cmpint (nst_profile_get_limit (cmyk), >=, NST_SPACE_SRGB);
  g_assert_false (nst_profile_is_output (cmyk));
  g_assert_false (nst_profile_is_output (naive));
}

static NstSpace
measured (const NstProfile *profile, const gfloat *pixels, gsize n, NstSpace limit)
{
  NstSpace space = NST_SPACE_SRGB;

  nst_profile_measure (profile, pixels, n, limit, &space);
  return space;
}

/* All of a space, rounded to 8 bits of ProPhoto, asks for no more than that space. */
static void
measures (void)
{
  g_autoptr (NstProfile) store = profile_of (gamma_profile (&d50, &prophoto, 1.8));
  g_autofree guint8 *bytes = g_malloc (3 * N);
  g_autofree gfloat *colours = g_new (gfloat, 3 * N), *stored = g_new (gfloat, 3 * N);

  fill (3, bytes, colours);
  for (gint s = 0; s < NST_N_SPACES; s++)
    {
      g_autoptr (NstProfile) space = nst_profile_new_space (s);
      NstSpace start = NST_SPACE_P3;

      nst_profile_to_working (space, NST_SPACE_PROPHOTO, colours, stored, N);
      nst_profile_from_working (store, NST_SPACE_PROPHOTO, stored, stored, N);
      for (gint i = 0; i < 3 * N; i++)
        stored[i] = roundf (stored[i] * 255.0f) / 255.0f;
      g_assert_cmpint (measured (store, stored, N, NST_SPACE_PROPHOTO), ==, s);
      g_assert_cmpint (measured (space, colours, N, NST_SPACE_PROPHOTO), ==, s);
      g_assert_cmpint (measured (store, stored, N, NST_SPACE_P3), ==, MIN (s, NST_SPACE_P3));
      nst_profile_measure (store, stored, N, NST_SPACE_PROPHOTO, &start);
      g_assert_cmpint (start, ==, MAX (s, NST_SPACE_P3));
    }
}

static void
odd_values (void)
{
  g_autoptr (NstProfile) wide = profile_of (gamma_profile (&d50, &prophoto, 1.8));
  const gfloat odd[] = {NAN, -1, 2, INFINITY, -INFINITY, 1e30f};
  gfloat rgb[6], back[6];

  for (gint s = 0; s < NST_N_SPACES; s++)
    {
      nst_profile_to_working (wide, s, odd, rgb, 2);
      nst_profile_from_working (wide, s, odd, back, 2);
      for (gint i = 0; i < 6; i++)
        g_assert_true (rgb[i] >= 0 && rgb[i] <= 1 && back[i] >= 0 && back[i] <= 1);
    }
}

static void
naive_cmyk (void)
{
  g_autoptr (NstProfile) naive = nst_profile_new_cmyk ();
  const gfloat ink[] = {0.2f, 0.4f, 1.0f, 0.5f};
  gfloat rgb[3];

  nst_profile_to_working (naive, NST_SPACE_SRGB, ink, rgb, 1);
  g_assert_cmpfloat_with_epsilon (rgb[0], 0.4f, 1e-6);
  g_assert_cmpfloat_with_epsilon (rgb[1], 0.3f, 1e-6);
  g_assert_cmpfloat_with_epsilon (rgb[2], 0.0f, 1e-6);
}

/* Lab of D50: its white is white, its greys are grey, and sRGB's red is where it should be. */
static void
lab (void)
{
  g_autoptr (NstProfile) profile = nst_profile_new_lab ();
  const gfloat values[] = {1,
                           128 / 255.0f,
                           128 / 255.0f, /* white, */
                           0.5354f,
                           128 / 255.0f,
                           128 / 255.0f, /* middle grey, red */
                           0.5429f,
                           (80.81f + 128) / 255.0f,
                           (69.89f + 128) / 255.0f};
  const gfloat expected[] = {1, 1, 1, 0.5f, 0.5f, 0.5f, 1, 0, 0};
  gfloat rgb[9];

  g_assert_false (nst_profile_is_output (profile));
  g_assert_cmpint (nst_profile_get_n_channels (profile), ==, 3);
  nst_profile_to_working (profile, NST_SPACE_SRGB, values, rgb, 3);
  for (gint i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (rgb[i], expected[i], 0.02);
}

static void
by_primaries (void)
{
  const gdouble xy[] = {0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290};
  const gdouble nothing[8] = {0};
  const gdouble turned[] = {0.30, 0.60, 0.15, 0.06, 0.64, 0.33, 0.3127, 0.3290};
  g_autoptr (NstProfile) same = nst_profile_new_rgb (xy, 0.0), none = NULL;
  g_autoptr (NstProfile) linear = nst_profile_new_rgb (xy, 1.0);
  g_autoptr (NstProfile) again = nst_profile_new_rgb (xy, 1.0);
  g_autoptr (NstProfile) other = nst_profile_new_rgb (turned, 1.0);
  const gfloat half[] = {0.5f, 0.5f, 0.5f};
  gfloat rgb[3];

  g_assert_true (nst_profile_is_space (same, NST_SPACE_SRGB));
  g_assert_false (nst_profile_is_space (linear, NST_SPACE_SRGB));
  nst_profile_to_working (linear, NST_SPACE_SRGB, half, rgb, 1);
  g_assert_cmpfloat_with_epsilon (rgb[1], 0.7354f, 1e-3);
  g_assert_true (again == linear); /* kept */
  g_assert_false (g_bytes_equal (nst_profile_get_icc (other), nst_profile_get_icc (linear)));
  none = nst_profile_new_rgb (nothing, 1.0);
  g_assert_null (none);
}

static void
unusable (void)
{
  g_autoptr (NstProfile) good = nst_profile_new_space (NST_SPACE_SRGB);
  cmsHPROFILE lab = cmsCreateLab4Profile (NULL), incomplete = cmsCreate_sRGBProfile ();
  cmsHPROFILE handles[] = {lab, incomplete};
  gsize n;
  const guint8 *bytes = g_bytes_get_data (nst_profile_get_icc (good), &n);

  g_assert_null (nst_profile_new (NULL, 0));
  g_assert_null (nst_profile_new ("no profile", 10));
  for (gsize cut = 0; cut < n; cut += 40)
    {
      g_autofree guint8 *part = g_memdup2 (bytes, cut);
      NstProfile *profile = nst_profile_new (part, cut);

      /* What is lost at the end may not be needed. */
      g_assert_true (cut > n / 2 || !profile);
      g_clear_pointer (&profile, nst_profile_unref);
    }
  cmsWriteTag (incomplete, cmsSigRedColorantTag, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (handles); i++)
    {
      cmsUInt32Number size = 0;
      g_autofree guint8 *saved = NULL;

      cmsSaveProfileToMem (handles[i], NULL, &size);
      saved = g_malloc (size);
      cmsSaveProfileToMem (handles[i], saved, &size);
      g_assert_null (nst_profile_new (saved, size));
      cmsCloseProfile (handles[i]);
    }
}

static void
same_bytes (void)
{
  g_autoptr (NstProfile) one = nst_profile_new_space (NST_SPACE_P3), two = NULL;

  g_usleep (1100 * 1000);
  two = nst_profile_new_space (NST_SPACE_P3);
  g_assert_true (g_bytes_equal (nst_profile_get_icc (one), nst_profile_get_icc (two)));
}

static gpointer
convert (gpointer profile)
{
  g_autofree guint8 *bytes = g_malloc (3 * N);
  gfloat *floats = g_new (gfloat, 3 * N);

  fill (3, bytes, floats);
  for (gint i = 0; i < 20; i++)
    {
      nst_profile_to_working (profile, NST_SPACE_PROPHOTO, floats, floats, N);
      nst_profile_from_working (profile, NST_SPACE_PROPHOTO, floats, floats, N);
    }
  return floats;
}

static void
threads (void)
{
  g_autoptr (NstProfile) profile = profile_of (lut_profile ());
  g_autofree gfloat *expected = convert (profile);
  GThread *workers[4];

  for (gint i = 0; i < 4; i++)
    workers[i] = g_thread_new ("convert", convert, profile);
  for (gint i = 0; i < 4; i++)
    {
      g_autofree gfloat *result = g_thread_join (workers[i]);

      g_assert_cmpmem (result, 3 * N * sizeof *result, expected, 3 * N * sizeof *result);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile/matches-littlecms", matches_littlecms);
  g_test_add_func ("/profile/goes-back", goes_back);
  g_test_add_func ("/profile/knows-itself", knows_itself);
  g_test_add_func ("/profile/limits", limits);
  g_test_add_func ("/profile/measures", measures);
  g_test_add_func ("/profile/odd-values", odd_values);
  g_test_add_func ("/profile/naive-cmyk", naive_cmyk);
  g_test_add_func ("/profile/lab", lab);
  g_test_add_func ("/profile/by-primaries", by_primaries);
  g_test_add_func ("/profile/unusable", unusable);
  g_test_add_func ("/profile/same-bytes", same_bytes);
  g_test_add_func ("/profile/threads", threads);
  return g_test_run ();
}
