/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two images, a photo and a painting, and a run of the filter on them.
 */
#ifndef NST_TESTS_TASK_SCENE_H
#define NST_TESTS_TASK_SCENE_H

#include "fake-host.h"
#include "task.h"

#define PHOTO 0 /* the images */
#define WAVE  1

#define SCENE_SIZE GEGL_RECTANGLE (0, 0, 24, 20) /* of both, and of most layers */

/* Their items: the photo's layers from the top, and the painting's; what is to be run. */
typedef struct
{
  gint selection, above, content, lowest;
  gint style, style_beside;
  Task task;
} Scene;

extern Scene scene;

void scene_set_up (void);
void scene_tear_down (void);

/* What a user may have done to the photo: selected a box, hidden a part of the content, assigned
 * Adobe RGB. */
void scene_select_box (void);
void scene_add_mask (void);
void scene_assign_profile (void);

/* The grey at a place of an item, from its own corner. */
gdouble scene_value_at (gint item, gint x, gint y);
/* The layer, which is looked at, or HOST_NONE with a sentence, and then a document as it was. */
gint scene_run (GError **error);

/* In place of g_test_run(), with GEGL and a network. */
int scene_test_run (void);

#endif /* NST_TESTS_TASK_SCENE_H */
