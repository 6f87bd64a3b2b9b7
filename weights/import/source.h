/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A weight file's tensors, whatever its format: their names, shapes and where
 * in the file their numbers lie.  The files come from anywhere: each format's
 * reader only says what it found, and source_add() is where all of it is
 * checked against the file.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <nst.h>

#define SOURCE_MAX_RANK    8
#define SOURCE_MAX_TENSORS 1000

typedef enum
{
  SOURCE_F16,
  SOURCE_BF16,
  SOURCE_F32,
  SOURCE_F64,
  SOURCE_OTHER, /* there, but no weights */
} SourceType;

typedef struct
{
  gchar *name; /* as the file has it */
  SourceType type;
  gint rank;
  guint64 shape[SOURCE_MAX_RANK];
  guint64 stride[SOURCE_MAX_RANK]; /* elements */
  guint64 count;                   /* elements: the shape's product */
  guint64 begin;                   /* bytes from the file's beginning to the first element */
} SourceTensor;

typedef struct
{
  const gchar *format; /* for people: "PyTorch" */
  GBytes *bytes;
  const guint8 *data; /* the whole file */
  gsize size;
  gboolean mapped;      /* its pages can be given back */
  gint file;            /* what it was read from, or -1 */
  GPtrArray *tensors;   /* of SourceTensor, in the file's order */
  GHashTable *names;    /* name -> SourceTensor */
  GHashTable *metadata; /* text -> text, of a safetensors file; or NULL */
} Source;

/* source.c */
Source *source_open (const gchar *path, GError **error);
Source *source_open_bytes (GBytes *bytes, GError **error);
void source_free (Source *source);

/* source-tensors.c */
gboolean source_add (Source *source, const gchar *name, const SourceTensor *tensor, guint64 end,
                     GError **error);
gboolean source_add_dense (Source *source, const gchar *name, SourceTensor *tensor, guint64 end,
                           GError **error);
const SourceTensor *source_find (const Source *source, const gchar *name);
gsize source_type_size (SourceType type);
gdouble *source_read (const Source *source, const SourceTensor *tensor, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Source, source_free)

/* Each format's: does it look like one; what is in it. */
gboolean source_is_torch (const Source *source);
gboolean source_read_torch (Source *source, GError **error);
gboolean source_is_safetensors (const Source *source);
gboolean source_read_safetensors (Source *source, GError **error);
gboolean source_is_hdf5 (const Source *source);
gboolean source_read_hdf5 (Source *source, GError **error);
gboolean source_take_hdf5 (Source *source, const GByteArray *list, GError **error);
extern gboolean source_hdf5_apart;
gboolean source_is_onnx (const Source *source);
gboolean source_read_onnx (Source *source, GError **error);
gboolean source_is_caffe (const Source *source);
gboolean source_read_caffe (Source *source, GError **error);

#endif
