/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program with images and layers that is none: host.h for the tests, with a user who does
 * something right before any of the calls.
 */
#ifndef NST_TESTS_FAKE_HOST_H
#define NST_TESTS_FAKE_HOST_H

#include "host.h"

typedef struct
{
  gboolean open, unsaved, indexed, floating, selected;
  gboolean namesake; /* its file is called as the first image's */
  gboolean twin;     /* its file is the first image's */
  gint selection;    /* an item, also while nothing is selected */
  const gchar *format;
  GBytes *icc;
} FakeImage;

typedef struct
{
  HostKind kind;
  gint image, parent, mask;
  gboolean attached, mask_is_on, visible, inserted;
  GeglRectangle extent;
  GeglBuffer *buffer; /* NULL: the item is gone for good */
  gchar *name;
  GHashTable *notes; /* or NULL */
  gdouble opacity;
} FakeItem;

#define FAKE_IMAGES  2
#define FAKE_PROCESS 4711

typedef struct
{
  FakeImage images[FAKE_IMAGES]; /* by their numbers */
  GArray *items;                 /* of FakeItem, by their numbers */
  GArray *stack;                 /* the attached layers, from the top down */
  guint calls, undo_steps, messages;
  guint inserted_at; /* the new layer, by this call */
  gint active;
  gint shelved;         /* the layer that any file is once opened, or HOST_NONE */
  void (*event) (void); /* the user's, or NULL */
  guint event_at;       /* right before this call, counted from 0 */
  gboolean event_at_progress;
  GString *said; /* all texts for the user, a line each */
} Fake;

extern Fake fake;

void fake_init (void);
void fake_clear (void);
FakeItem *fake_item (gint item);
/* A layer, mask or channel of one value everywhere, in the image's format; below all others. */
gint fake_add (HostKind kind, gint image, gint parent, const GeglRectangle *extent);
void fake_fill (gint item, const GeglRectangle *rect, gdouble r, gdouble g, gdouble b);
void fake_select (gint image, const GeglRectangle *rect);
void fake_delete (gint item); /* can be undone */
void fake_close (gint image);
void fake_resize (gint item, const GeglRectangle *extent);
/* All its layers get @format. */
void fake_convert (gint image, const gchar *format);

#endif /* NST_TESTS_FAKE_HOST_H */
