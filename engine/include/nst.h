/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libnst: neural style transfer on the CPU.
 *
 * The whole public interface: open a VGG-shaped network, fill in settings,
 * name the inputs, call nst_stylise().  Plain GLib; nothing here knows about GIMP or
 * GEGL.  An example stands at nst_stylise().
 *
 * Errors are of %NST_ERROR or, where a file is opened, of #GFileError; their messages are
 * for people, in the user's language, one line each.  Functions may be called from any thread, and
 * runs may go on side by side; a network is shared by them, all else is one run's own.
 */
#ifndef NST_H
#define NST_H

#include <glib.h>

G_BEGIN_DECLS

/* What the shared library exports. */
#define NST_API __attribute__ ((visibility ("default")))

/**
 * NST_ERROR:
 *
 * The error domain of everything here; its codes are #NstError.
 */
#define NST_ERROR (nst_error_quark ())

/**
 * nst_error_quark:
 *
 * What %NST_ERROR stands for.
 *
 * Returns: the domain
 */
NST_API GQuark nst_error_quark (void);

/**
 * NstError:
 * @NST_ERROR_CANCELLED: the callback or @stop asked for it
 * @NST_ERROR_NO_MEMORY: an allocation failed, or would pass the limit
 * @NST_ERROR_BAD_ARGUMENT: a setting or an image is out of range
 * @NST_ERROR_BAD_NETWORK: the weight file is not one that can be used
 * @NST_ERROR_DIVERGED: the loss became infinite or NaN
 *
 * Why something failed.
 */
typedef enum
{
  NST_ERROR_CANCELLED,
  NST_ERROR_NO_MEMORY,
  NST_ERROR_BAD_ARGUMENT,
  NST_ERROR_BAD_NETWORK,
  NST_ERROR_DIVERGED,
} NstError;

/**
 * nst_display_name:
 * @name: a file name, or another text that was not written here, in any encoding
 *
 * Makes of @name what can stand in a message: one line of UTF-8 in which two names never look
 * alike for what cannot be seen.  Line breaks and other control characters, what turns the
 * writing's direction or has no glyph, spaces but the common and the ideographic one, the
 * backslash, and bytes that are not UTF-8 are written as in C: "\n", "\x1b", "\u202e", "\u200b",
 * "\u00a0", "\\", "\xe4".
 *
 * Returns: (transfer full): free with g_free()
 */
NST_API gchar *nst_display_name (const gchar *name);

/**
 * NstPreset:
 * @NST_PRESET_DRAFT: fast; the long side is 512 pixels
 * @NST_PRESET_NORMAL: 1024 pixels
 * @NST_PRESET_FINE: the content's own size
 *
 * How much work to put in, where neither @size nor @iterations say so; the default recipe's.
 */
typedef enum
{
  NST_PRESET_DRAFT,
  NST_PRESET_NORMAL,
  NST_PRESET_FINE,
} NstPreset;

/**
 * NstRecipe:
 * @NST_RECIPE_DEFAULT: coarse to fine; matched activations, mean and covariance
 * @NST_RECIPE_GATYS: the released code of Gatys, Ecker and Bethge (2016) to the letter
 * @NST_RECIPE_KERAS: Chollet's Keras example to the letter
 *
 * Which losses with which weights, from what size to what size.
 */
typedef enum
{
  NST_RECIPE_DEFAULT,
  NST_RECIPE_GATYS,
  NST_RECIPE_KERAS,
} NstRecipe;

/**
 * NstOptimizer:
 * @NST_OPTIMIZER_RECIPE: the recipe's own
 * @NST_OPTIMIZER_LBFGS: L-BFGS with a line search
 * @NST_OPTIMIZER_ADAM: Adam
 * @NST_OPTIMIZER_SGD: gradient descent with a decaying rate
 *
 * What takes the steps.
 */
typedef enum
{
  NST_OPTIMIZER_RECIPE = -1,
  NST_OPTIMIZER_LBFGS,
  NST_OPTIMIZER_ADAM,
  NST_OPTIMIZER_SGD,
} NstOptimizer;

/**
 * NstColour:
 * @NST_COLOUR_STYLE: the style's
 * @NST_COLOUR_CONTENT: the content's, by luminance transfer
 * @NST_COLOUR_MATCH: the style's, after they were matched to the content's
 *
 * Whose colours the result has.
 */
typedef enum
{
  NST_COLOUR_STYLE,
  NST_COLOUR_CONTENT,
  NST_COLOUR_MATCH,
} NstColour;

/**
 * NstStart:
 * @NST_START_CONTENT: the content
 * @NST_START_NOISE: noise, which @seed chooses
 *
 * What the first level begins with.
 */
typedef enum
{
  NST_START_CONTENT,
  NST_START_NOISE,
} NstStart;

/**
 * NstPooling:
 * @NST_POOLING_NETWORK: as the weight file says
 * @NST_POOLING_MAX: the maximum
 * @NST_POOLING_AVERAGE: the mean
 *
 * What the network makes of 2x2 activations where it halves its layers.
 */
typedef enum
{
  NST_POOLING_NETWORK = -1,
  NST_POOLING_MAX,
  NST_POOLING_AVERAGE,
} NstPooling;

/**
 * NST_SIZE_PRESET:
 *
 * #NstSettings.size: the preset's or the recipe's.
 */
#define NST_SIZE_PRESET (-1)

/**
 * NST_SIZE_CONTENT:
 *
 * #NstSettings.size: the content's own.
 */
#define NST_SIZE_CONTENT 0

/**
 * NST_SIZE_MAX:
 *
 * Pixels, the longest side of any image.
 */
#define NST_SIZE_MAX 32768

/**
 * NstImage:
 * @width: pixels, 1 to %NST_SIZE_MAX
 * @height: pixels, 1 to %NST_SIZE_MAX
 * @rgb: (array): width * height * 3 floats, interleaved, row by row from the top, sRGB-encoded,
 *   nominally [0,1]
 * @mask: (nullable) (array): width * height floats in [0,1], how much each pixel counts as
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
 * @preset: how much work to put in
 * @recipe: which losses, and how they are minimised
 * @optimizer: what takes the steps
 * @colour: whose colours the result has
 * @start: what the first level begins with, where #NstInputs.start does not say so
 * @pooling: what the network makes of 2x2 activations
 * @size: working size: the long side (recipe keras: the height) in pixels,
 *   16 to %NST_SIZE_MAX, or %NST_SIZE_PRESET or %NST_SIZE_CONTENT
 * @iterations: steps of the optimiser at the last level; 0: the preset's
 * @strength: 0 (almost the content) to 100 (almost pure style)
 * @style_scale: size of the style's features, 25 to 400 per cent
 * @smoothness: 0 to 100; the weight of total variation
 * @seed: of the noise; the same seed gives the same bytes
 * @content_layer: (nullable): a layer such as "relu4_2", or %NULL for the recipe's
 * @style_layers: (nullable): layers separated by commas, or %NULL for the recipe's
 * @memory_mib: limit in MiB for what the engine allocates, the network and the result included,
 *   the images that it is given not; OpenBLAS and the threads' stacks take a MiB each thread
 *   beside it, and the C library what it keeps of freed memory, for which see
 *   nst_return_freed_memory().  0: nst_machine_memory()'s alone
 * @threads: 1 to 64; 0: nst_machine_processors()
 * @stop: (nullable): another thread may put an #NstAction here, with g_atomic_int_set(), and
 *   leave it there: the run ends in less than a step, as after a callback that returns it;
 *   but where no step has been done yet, %NST_ACTION_FINISH is %NST_ACTION_CANCEL
 *
 * Plain data; nst_settings_init() gives the defaults.  The strings are the caller's and must
 * live as long as the settings are in use.
 */
typedef struct
{
  NstPreset preset;
  NstRecipe recipe;
  NstOptimizer optimizer;
  NstColour colour;
  NstStart start;
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

/**
 * nst_machine_memory:
 *
 * Asks what is left of the machine's memory for this process.
 *
 * Returns: bytes that this process can still take: the least of nine tenths of the machine's
 *   memory, of what its control groups leave, and of its limit of address space.  What it has
 *   taken is not counted again, so ask once, before a run.
 */
NST_API guint64 nst_machine_memory (void);

/**
 * nst_return_freed_memory:
 *
 * Makes large blocks that are freed the system's again at once, with the C libraries that else keep
 * them, so that #NstSettings.memory_mib bounds what the process takes, too.  It holds for all of the
 * process and its allocations, not for the engine's alone, and so is for the program to choose: call
 * it first, before there are other threads.
 */
NST_API void nst_return_freed_memory (void);

/**
 * nst_machine_processors:
 *
 * Counts processors.
 *
 * Returns: processors that this process may use, at least 1: as its affinity (taskset) and
 *   its control groups' quota of time allow
 */
NST_API gint nst_machine_processors (void);

/**
 * nst_settings_init:
 * @settings: (out caller-allocates): every field becomes its default
 *
 * To be called before anything else is done with @settings.
 */
NST_API void nst_settings_init (NstSettings *settings);

/**
 * nst_settings_validate:
 * @settings: looked at by themselves; which layers a network has, nst_plan() checks
 * @error: %NST_ERROR_BAD_ARGUMENT, with the field's name, its value and its range
 *
 * nst_plan() and nst_stylise() do this first.
 *
 * Returns: whether each field is in its range
 */
NST_API gboolean nst_settings_validate (const NstSettings *settings, GError **error);

/**
 * nst_image_alloc:
 * @image: (out caller-allocates): free with nst_image_clear(); its pixels are not initialised
 * @width: pixels, 1 to %NST_SIZE_MAX
 * @height: pixels, 1 to %NST_SIZE_MAX
 * @with_mask: whether it gets a mask
 * @error: %NST_ERROR_BAD_ARGUMENT or %NST_ERROR_NO_MEMORY
 *
 * Makes room for an image.
 *
 * Returns: whether there was any; otherwise @image is clear
 */
NST_API gboolean nst_image_alloc (NstImage *image, gint width, gint height, gboolean with_mask,
                                  GError **error);

/**
 * nst_image_scale:
 * @image: with its mask, if it has one; its pixels may be missing, and are in @scaled then, too
 * @width: pixels, 1 to %NST_SIZE_MAX
 * @height: pixels, 1 to %NST_SIZE_MAX
 * @scaled: (out caller-allocates): free with nst_image_clear()
 * @error: as nst_image_alloc()'s
 *
 * Bicubic scaling, smoothed when shrinking; values are clamped to [0,1].
 *
 * Returns: whether there was room; otherwise @scaled is clear
 */
NST_API gboolean nst_image_scale (const NstImage *image, gint width, gint height,
                                  NstImage *scaled, GError **error);

/**
 * nst_image_clear:
 * @image: one that the engine allocated, or that is all zero
 *
 * Frees its pixels and mask; it is all zero then, and may be cleared again.
 */
NST_API void nst_image_clear (NstImage *image);

/**
 * NstStyle:
 * @image: of any size; its mask says which part of it is the style
 * @weight: relative to the other styles, above 0
 *
 * One of the pictures whose style is taken.
 */
typedef struct
{
  NstImage image;
  gdouble weight;
} NstStyle;

/**
 * NstNetwork:
 *
 * A VGG-shaped network, immutable once open, so that several threads may use it at once.  It
 * has at most 64 layers of at most 4096 channels, and at most 15 poolings, after which one cell
 * is left of a picture of %NST_SIZE_MAX.
 */
typedef struct _NstNetwork NstNetwork;

/**
 * nst_network_open:
 * @path: (nullable): a safetensors file, as for nst_network_open_bytes(); %NULL: the built-in
 *   network
 * @error: %NST_ERROR_BAD_NETWORK, %NST_ERROR_NO_MEMORY or a #GFileError
 *
 * Reads a network and prepares its weights, for both directions.
 *
 * Returns: (transfer full) (nullable): the network, to be freed with nst_network_free()
 */
NST_API NstNetwork *nst_network_open (const gchar *path, GError **error);

/**
 * nst_network_open_bytes:
 * @bytes: the contents of a safetensors file; not needed any more afterwards
 * @name: what to call it in messages and reports; shown as by nst_display_name()
 * @error: %NST_ERROR_BAD_NETWORK or %NST_ERROR_NO_MEMORY
 *
 * Understands this project's own metadata, and files without any whose tensors
 * are named as torchvision's VGG-16 and VGG-19 (features.N.weight).
 *
 * Returns: (transfer full) (nullable): the network, to be freed with nst_network_free()
 */
NST_API NstNetwork *nst_network_open_bytes (GBytes *bytes, const gchar *name, GError **error);

/**
 * nst_network_get_name:
 * @network: an open one
 *
 * What messages and reports call it.
 *
 * Returns: the file's name, or "default" for the built-in network, as one line of UTF-8
 *   (see nst_display_name()); the network's
 */
NST_API const gchar *nst_network_get_name (const NstNetwork *network);

/**
 * nst_network_free:
 * @network: (nullable) (transfer full): no run may be using it any more
 *
 * Frees it; does nothing with %NULL.
 */
NST_API void nst_network_free (NstNetwork *network);

/**
 * NstInputs:
 * @network: what looks at the images; other runs may use it at the same time
 * @content: what to style; its mask says where the style is to be matched
 * @styles: (nullable) (array length=n_styles): what to take the style from; their masks say what
 *   of them is style
 * @n_styles: at least 1; nst_plan() takes 0 for one of the content's size
 * @start: (nullable): what to go on from, of any size, such as an earlier result; the run is then
 *   the last level only.  %NULL: #NstSettings.start says where to begin
 *
 * What a run is made from.  All of it is the caller's, and neither changed nor kept.
 */
typedef struct
{
  const NstNetwork *network;
  const NstImage *content;
  const NstStyle *styles;
  guint n_styles;
  const NstImage *start;
} NstInputs;

/**
 * NstProgress:
 * @level: counted from 0, the coarsest
 * @n_levels: how many there are
 * @iteration: counted from 0 within the level
 * @n_iterations: how many the level has, unless it converges before
 * @width: of the level's image, pixels
 * @height: likewise
 * @content: content loss, weighted, so that @content + @match + @style + @palette + @tv = @total
 * @match: matched loss, weighted
 * @style: style loss, weighted
 * @palette: how far shades are from being as frequent as the styles', weighted
 * @tv: total variation and stripes, weighted
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
  gdouble content, match, style, palette, tv, total;
  gdouble seconds;
  gdouble fraction;

  /*< private >*/
  gconstpointer run;
} NstProgress;

/**
 * NstAction:
 * @NST_ACTION_GO_ON: take the next step
 * @NST_ACTION_FINISH: stop here and keep what there is: the run succeeds
 * @NST_ACTION_CANCEL: stop here; the run fails with %NST_ERROR_CANCELLED
 *
 * What the callback wants.
 */
typedef enum
{
  NST_ACTION_GO_ON,
  NST_ACTION_FINISH,
  NST_ACTION_CANCEL,
} NstAction;

/**
 * NstCallback:
 * @progress: of the step that was taken; for use within the callback only
 * @user_data: (closure): as given to nst_stylise()
 *
 * Called after each step, from the thread that called nst_stylise(); the run waits meanwhile.
 *
 * Returns: whether to go on
 */
typedef NstAction (*NstCallback) (const NstProgress *progress, gpointer user_data);

/**
 * nst_progress_get_image:
 * @progress: the callback's
 * @image: (out caller-allocates): progress->width x progress->height, without a mask; free
 *   with nst_image_clear()
 * @error: %NST_ERROR_NO_MEMORY
 *
 * The image as it is now.  To be called within the callback only.  It takes 24 bytes a pixel that
 * #NstPlan.memory does not count.
 *
 * Returns: whether there was room; otherwise there is nothing to free
 */
NST_API gboolean nst_progress_get_image (const NstProgress *progress, NstImage *image,
                                         GError **error);

/**
 * NST_MAX_LEVELS:
 *
 * More levels than any run has.
 */
#define NST_MAX_LEVELS 24

/**
 * NstPlan:
 * @n_levels: 1 to %NST_MAX_LEVELS
 * @width: of each level, pixels, coarse to fine; the last is the result's size
 * @height: likewise
 * @iterations: steps of each level at most
 * @memory: bytes that the run will allocate at most at a time, the network's included; a
 *   preview (nst_progress_get_image()) takes 24 bytes a pixel more
 * @notice: (nullable): what the run does differently from what was asked, for the user to
 *   read in one line or several, or %NULL; an interned string
 *
 * What nst_stylise() will do.
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

/**
 * nst_plan:
 * @inputs: as for nst_stylise(), but that no pixel is looked at: #NstImage.rgb may be %NULL, of a
 *   mask only whether there is one counts, and styles may be missing
 * @settings: likewise
 * @plan: (out caller-allocates): what nst_stylise() will do
 * @error: %NST_ERROR_BAD_ARGUMENT; or %NST_ERROR_NO_MEMORY when the run would not fit, naming a
 *   working size that would, or saying that none does
 *
 * Takes some milliseconds, whatever the network.
 *
 * Returns: whether the run can be done
 */
NST_API gboolean nst_plan (const NstInputs *inputs, const NstSettings *settings, NstPlan *plan,
                           GError **error);

/**
 * nst_stylise:
 * @inputs: not to be changed during the run
 * @settings: likewise, but for what @stop points to
 * @callback: (nullable) (scope call): called after each step, in this thread
 * @user_data: the callback's
 * @result: (out caller-allocates): at the working size, without a mask; free with
 *   nst_image_clear(), also when this fails
 * @error: %NST_ERROR_CANCELLED, %NST_ERROR_NO_MEMORY, %NST_ERROR_BAD_ARGUMENT or
 *   %NST_ERROR_DIVERGED; with the last, @result holds the last good image
 *
 * Paints the content in the style of the styles.  Blocks until that is done.  The same input gives the
 * same bytes, whatever the number of threads.
 *
 * ```c
 * static gboolean
 * paint (const NstImage *content, const NstImage *painting, NstImage *result, GError **error)
 * {
 *   NstNetwork *network = nst_network_open (NULL, error);
 *   NstStyle style = { *painting, 1.0 };
 *   NstInputs inputs = { network, content, &style, 1, NULL };
 *   NstSettings settings;
 *   gboolean ok;
 *
 *   if (!network)
 *     return FALSE;
 *   nst_settings_init (&settings);
 *   settings.preset = NST_PRESET_DRAFT;
 *   settings.size = NST_SIZE_CONTENT;
 *   ok = nst_stylise (&inputs, &settings, NULL, NULL, result, error);
 *   nst_network_free (network);
 *   return ok;
 * }
 * ```
 *
 * Returns: whether @result is finished, or was ended by %NST_ACTION_FINISH
 */
NST_API gboolean nst_stylise (const NstInputs *inputs, const NstSettings *settings,
                              NstCallback callback, gpointer user_data, NstImage *result,
                              GError **error);

G_END_DECLS

#endif /* NST_H */
