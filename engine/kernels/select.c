/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which build of the kernels runs.
 */
#include "kernels/kernels.h"
#include "kernels-needs.h"

/* Whether the processor has every extension that the build is compiled for, as meson.build lists
 * them. */
static gboolean
supported (const NstKernels *kernels)
{
#ifdef NST_HAVE_X86_KERNELS
  if (kernels == &nst_kernels_avx512)
    return NST_CPU_HAS_AVX512;
  if (kernels == &nst_kernels_avx2)
    return NST_CPU_HAS_AVX2;
#endif
  return TRUE;
}

static const NstKernels *const builds[] = {
#ifdef NST_HAVE_X86_KERNELS
    &nst_kernels_avx512,
    &nst_kernels_avx2,
#endif
#ifdef __aarch64__
    &nst_kernels_neon,
#else
    &nst_kernels_baseline,
#endif
};

const NstKernels *
nst_kernels_named (const gchar *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (builds); i++)
    if (g_str_equal (builds[i]->name, name) && supported (builds[i]))
      return builds[i];
  return NULL;
}

const NstKernels *
nst_kernels (void)
{
  static gsize chosen = 0;

  if (g_once_init_enter (&chosen))
    {
      const gchar *name = g_getenv ("NST_SIMD");
      const NstKernels *kernels = name ? nst_kernels_named (name) : NULL;

      if (!kernels && g_strcmp0 (name, "baseline") == 0)
        kernels = builds[G_N_ELEMENTS (builds) - 1];
      if (name && !kernels)
        g_warning ("NST_SIMD=%s is not to be had on this processor", name);
      for (gsize i = 0; !kernels; i++)
        if (supported (builds[i]))
          kernels = builds[i];
      g_once_init_leave (&chosen, (gsize) kernels);
    }
  return (const NstKernels *) chosen;
}
