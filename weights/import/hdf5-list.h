/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one file that knows libhdf5 says where the numbers in a file lie.  The
 * library was not made for files from strangers, so source-hdf5.c has it run
 * in a process of its own and checks what it says.
 */
#ifndef HDF5_LIST_H
#define HDF5_LIST_H

#include <glib.h>

#define HDF5_MAX_RANK 8
#define HDF5_MAX_NAME 500

typedef enum
{
  HDF5_F16,
  HDF5_F32,
  HDF5_F64,
  HDF5_PACKED, /* floating-point numbers, but not in one piece in this file */
  HDF5_OTHER,  /* other numbers */
} Hdf5Type;

/* A row of the list; @length bytes of the name follow it. */
typedef struct
{
  guint32 type, rank, length;
  guint64 shape[HDF5_MAX_RANK];
  guint64 begin, end; /* within the file */
} Hdf5Row;

/* The data sets; NULL if the library cannot read the file. */
GByteArray *hdf5_list (const gchar *path, const guint8 *data, gsize size);
gboolean hdf5_list_to (gint file, const gchar *path, const guint8 *data, gsize size);

#endif
