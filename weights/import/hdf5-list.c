/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists an HDF5 file's data sets.  Soft and external links are not followed,
 * and no data is read.
 */
#include "hdf5-list.h"

#include <hdf5.h>
#include <string.h>
#include <unistd.h>

#define MAX_ROWS 1000
#define BLOCK    65536 /* bytes by which a file in memory would grow */

typedef struct
{
  GByteArray *list;
  guint n_rows;
} Listing;

/* What is missing in a damaged file has a handle that every function of libhdf5 refuses. */

/* IEEE's formats in little-endian order, or HDF5_OTHER. */
static gint
number_type (hid_t set)
{
  hid_t type = H5Dget_type (set);
  gint found = HDF5_OTHER;

  if (H5Tget_class (type) == H5T_FLOAT && H5Tget_order (type) == H5T_ORDER_LE)
    {
      if (H5Tequal (type, H5T_IEEE_F32LE) > 0)
        found = HDF5_F32;
      else if (H5Tequal (type, H5T_IEEE_F64LE) > 0)
        found = HDF5_F64;
      else if (H5Tget_size (type) == 2 && H5Tget_precision (type) == 16)
        found = HDF5_F16;
    }
  H5Tclose (type);
  return found;
}

static gboolean
read_shape (hid_t set, Hdf5Row *row)
{
  hid_t space = H5Dget_space (set);
  hsize_t shape[HDF5_MAX_RANK];
  gint rank = H5Sget_simple_extent_ndims (space);
  gboolean ok = rank >= 0 && rank <= HDF5_MAX_RANK
                && H5Sget_simple_extent_dims (space, shape, NULL) == rank;

  for (gint i = 0; ok && i < rank; i++)
    row->shape[i] = shape[i];
  row->rank = MAX (rank, 0);
  H5Sclose (space);
  return ok;
}

/* Whether the numbers lie in one piece in this very file. */
static gboolean
is_one_piece (hid_t set)
{
  hid_t plist = H5Dget_create_plist (set);
  gboolean ok = H5Pget_layout (plist) == H5D_CONTIGUOUS && H5Pget_external_count (plist) == 0;

  H5Pclose (plist);
  return ok;
}

static void
add_row (Listing *listing, hid_t set, const gchar *name)
{
  Hdf5Row row = {0};
  haddr_t begin = H5Dget_offset (set);

  if (!read_shape (set, &row) || row.rank == 0)
    return;
  row.type = number_type (set);
  if (row.type == HDF5_OTHER)
    row.rank = 0;
  else if (is_one_piece (set) && begin != HADDR_UNDEF)
    {
      row.begin = begin;
      row.end = begin + H5Dget_storage_size (set);
    }
  else
    row.type = HDF5_PACKED;
  row.length = strlen (name);
  g_byte_array_append (listing->list, (const guint8 *) &row, sizeof row);
  g_byte_array_append (listing->list, (const guint8 *) name, row.length);
  listing->n_rows++;
}

static herr_t
visit (hid_t file, const char *name, const H5O_info_t *info, void *data)
{
  Listing *listing = data;
  hid_t set;

  if (info->type != H5O_TYPE_DATASET || strlen (name) > HDF5_MAX_NAME)
    return 0;
  set = H5Dopen2 (file, name, H5P_DEFAULT);
  if (set < 0)
    return -1;
  add_row (listing, set, name);
  H5Dclose (set);
  return listing->n_rows < MAX_ROWS ? 0 : 1;
}

/* The file at @path, or one that lies in memory. */
static hid_t
open_file (const gchar *path, const guint8 *data, gsize size)
{
  hid_t plist = H5Pcreate (H5P_FILE_ACCESS), file = -1;

  if (path
      || (H5Pset_fapl_core (plist, BLOCK, FALSE) >= 0
          && H5Pset_file_image (plist, (gpointer) data, size) >= 0))
    file = H5Fopen (path ? path : "image", H5F_ACC_RDONLY, plist);
  H5Pclose (plist);
  return file;
}

/**
 * hdf5_list:
 * @path: (nullable): a file, or %NULL for the @size bytes @data, which are then copied
 *
 * Returns: (transfer full): #Hdf5Row after #Hdf5Row, each with its name, or %NULL
 */
GByteArray *
hdf5_list (const gchar *path, const guint8 *data, gsize size)
{
  Listing listing = {NULL, 0};
  hid_t file;

  H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
  file = open_file (path, data, size);
  if (file < 0)
    return NULL;
  listing.list = g_byte_array_new ();
  if (H5Ovisit (file, H5_INDEX_NAME, H5_ITER_INC, visit, &listing) < 0)
    g_clear_pointer (&listing.list, g_byte_array_unref);
  H5Fclose (file);
  return listing.list;
}

/**
 * hdf5_list_to:
 * @file: an open file, such as a pipe
 * @path: (nullable): as for hdf5_list()
 *
 * Returns: whether there was a list, and all of it is written now
 */
gboolean
hdf5_list_to (gint file, const gchar *path, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) list = hdf5_list (path, data, size);
  gsize written = 0;
  gssize n = 1;

  while (list && n > 0 && written < list->len)
    {
      n = write (file, list->data + written, list->len - written);
      written += (gsize) MAX (n, 0);
    }
  return list && written == list->len;
}
