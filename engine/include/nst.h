/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libnst: neural style transfer on the CPU.
 *
 * The whole public interface: open a VGG-shaped network, fill in settings,
 * call nst_stylise().  Plain GLib; nothing here knows about GIMP or GEGL.
 */
#ifndef NST_H
#define NST_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * NST_ERROR: the error domain of everything here.
 */
#define NST_ERROR (nst_error_quark ())
GQuark nst_error_quark (void);

gchar *nst_display_name (const gchar *name);

typedef enum
{
  NST_ERROR_CANCELLED,    /* the callback asked for it */
  NST_ERROR_NO_MEMORY,    /* an allocation failed, or would pass the limit */
  NST_ERROR_BAD_ARGUMENT, /* a setting or image is out of range */
  NST_ERROR_BAD_NETWORK,  /* the weight file is not one that can be used */
  NST_ERROR_DIVERGED,     /* the loss became infinite or NaN */
} NstError;

typedef enum
{
  NST_PRESET_DRAFT,
  NST_PRESET_NORMAL,
  NST_PRESET_FINE,
} NstPreset;

typedef enum
{
  NST_RECIPE_DEFAULT, /* coarse to fine, mean + covariance style loss */
  NST_RECIPE_GATYS,   /* the released code of Gatys, Ecker and Bethge */
  NST_RECIPE_KERAS,   /* the Keras example */
} NstRecipe;

typedef enum
{
  NST_OPTIMIZER_RECIPE = -1, /* the recipe's own */
  NST_OPTIMIZER_LBFGS,
  NST_OPTIMIZER_ADAM,
  NST_OPTIMIZER_SGD,
} NstOptimizer;

typedef enum
{
  NST_COLOUR_STYLE,   /* as the style has them */
  NST_COLOUR_CONTENT, /* the content's, by luminance transfer */
  NST_COLOUR_MATCH,   /* the style's, after they were matched to the content's */
} NstColour;

typedef enum
{
  NST_START_CONTENT,
  NST_START_NOISE,
} NstStart;

typedef enum
{
  NST_POOLING_NETWORK = -1, /* as the weight file says */
  NST_POOLING_MAX,
  NST_POOLING_AVERAGE,
} NstPooling;

#define NST_SIZE_PRESET  (-1)  /* NstSettings.size: the preset's or recipe's */
#define NST_SIZE_CONTENT 0     /* NstSettings.size: the content's own */
#define NST_SIZE_MAX     32768 /* pixels, the longest side of any image */

/**
 * NstImage:
 * @width: pixels, 1 to %NST_SIZE_MAX
 * @height: pixels, 1 to %NST_SIZE_MAX
 * @rgb: width * height * 3 floats, interleaved, sRGB-encoded, nominally [0,1]
 * @mask: width * height floats in [0,1], how much each pixel counts as
 *   content or style; %NULL: all of them do
 *
 * Images given to the engine are the caller's.  Images that the engine gives
 * back own their memory and are freed with nst_image_clear().
 */
typedef struct
{
  gint width;
  gint height;
  gfloat *rgb;
  gfloat *mask;
} NstImage;

/**
 * NstSettings:
 * @start_image: what to go on from, of any size, such as an earlier result; the
 *   run is then the last level only.  %NULL: @start says where to begin
 * @size: working size: the long side (recipe keras: the height) in pixels,
 *   16 to %NST_SIZE_MAX, or %NST_SIZE_PRESET or %NST_SIZE_CONTENT
 * @iterations: steps of the optimiser at the last level; 0: the preset's
 * @strength: 0 (almost the content) to 100 (almost pure style)
 * @style_scale: size of the style's features, 25 to 400 per cent
 * @smoothness: 0 to 100; the weight of total variation
 * @content_layer: a layer such as "relu4_2", or %NULL for the recipe's
 * @style_layers: layers separated by commas, or %NULL for the recipe's
 * @memory_mib: limit in MiB for what the engine allocates, the network and the result included,
 *   the images that it is given not; OpenBLAS and the threads' stacks take a MiB each thread
 *   beside it.  0: nst_machine_memory()'s alone
 * @threads: 1 to 64; 0: nst_machine_processors()
 * @stop: (nullable): another thread may put an #NstAction here, with g_atomic_int_set(), and
 *   leave it there: the run ends in less than a step, as after a callback that returns it;
 *   but where no step has been done yet, %NST_ACTION_FINISH is %NST_ACTION_CANCEL
 *
 * Plain data; nst_settings_init() gives the defaults.  The strings and
 * the image are the caller's and must live as long as the settings are in use.
 */
typedef struct
{
  NstPreset preset;
  NstRecipe recipe;
  NstOptimizer optimizer;
  NstColour colour;
  NstStart start;
  const NstImage *start_image;
  NstPooling pooling;
  gint size;
  gint iterations;
  gdouble strength;
  gdouble style_scale;
  gdouble smoothness;
  guint seed;
  const gchar *content_layer;
  const gchar *style_layers;
  gint memory_mib;
  gint threads;
  const gint *stop;
} NstSettings;

guint64 nst_machine_memory (void);
gint nst_machine_processors (void);

void nst_settings_init (NstSettings *settings);
gboolean nst_settings_validate (const NstSettings *settings, GError **error);

gboolean
nst_image_alloc (NstImage *image, gint width, gint height, gboolean with_mask, GError **error);
gboolean nst_image_scale (const NstImage *image, gint width, gint height, NstImage *scaled,
                          GError **error);
void nst_image_clear (NstImage *image);

/**
 * NstStyle:
 * @weight: relative to the other styles, above 0
 */
typedef struct
{
  NstImage image;
  gdouble weight;
} NstStyle;

/**
 * NstNetwork: a VGG-shaped network, immutable once open, so that several
 * threads may use it at once.  It has at most 64 layers of at most 4096 channels, and at most
 * 15 poolings, after which one cell is left of a picture of %NST_SIZE_MAX.
 */
typedef struct _NstNetwork NstNetwork;

NstNetwork *nst_network_open (const gchar *path, GError **error);
NstNetwork *nst_network_open_bytes (GBytes *bytes, const gchar *name, GError **error);
const gchar *nst_network_get_name (const NstNetwork *network);
void nst_network_free (NstNetwork *network);

/**
 * NstProgress:
 * @level: counted from 0
 * @iteration: counted from 0 within the level
 * @width: of the level's image, pixels
 * @content: content loss, weighted, so that @content + @match + @style + @tv = @total
 * @match: matched loss
 * @total: the loss before this step of the optimiser
 * @seconds: since the run began
 * @fraction: of the whole run's work that is done, [0,1]
 *
 * What the callback learns after each step.
 */
typedef struct
{
  gint level, n_levels;
  gint iteration, n_iterations;
  gint width, height;
  gdouble content, match, style, tv, total;
  gdouble seconds;
  gdouble fraction;

  /*< private >*/
  gconstpointer run;
} NstProgress;

typedef enum
{
  NST_ACTION_GO_ON,
  NST_ACTION_FINISH, /* stop here and keep what there is */
  NST_ACTION_CANCEL, /* stop here; the run fails with NST_ERROR_CANCELLED */
} NstAction;

/* Called from the thread that called nst_stylise(). */
typedef NstAction (*NstCallback) (const NstProgress *progress, gpointer user_data);

/* The current image, in progress->width x progress->height; for use within the callback. */
gboolean nst_progress_get_image (const NstProgress *progress, NstImage *image, GError **error);

#define NST_MAX_LEVELS 24

/**
 * NstPlan:
 * @width: of each level, coarse to fine; the last is the result's size
 * @memory: bytes that the run will allocate at most at a time, the network's included; a
 *   preview (nst_progress_get_image()) takes 24 bytes a pixel more
 * @notice: what the run does differently from what was asked, for the user to
 *   read in one line or several, or %NULL; an interned string
 */
typedef struct
{
  gint n_levels;
  gint width[NST_MAX_LEVELS];
  gint height[NST_MAX_LEVELS];
  gint iterations[NST_MAX_LEVELS];
  guint64 memory;
  const gchar *notice;
} NstPlan;

gboolean nst_plan (const NstNetwork *network, const NstSettings *settings,
                   const NstImage *content, const NstStyle *styles, guint n_styles,
                   NstPlan *plan, GError **error);

gboolean nst_stylise (const NstNetwork *network, const NstSettings *settings,
                      const NstImage *content, const NstStyle *styles, guint n_styles,
                      NstCallback callback, gpointer user_data, NstImage *result,
                      GError **error);

G_END_DECLS

#endif /* NST_H */
