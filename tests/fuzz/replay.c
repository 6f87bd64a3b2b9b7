/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the fuzz target without libFuzzer:
 *
 *     replay FOLDER [MUTATIONS [SEED]]
 *
 * First every file of FOLDER: good-* must open, bad-* must be refused, and the
 * others, which once were a fault, must do no harm.  Then so many mutations of them, or
 * NST_FUZZ_TIMES times as many; one that makes the program abort is left in fuzz-crash (with ASan,
 * set ASAN_OPTIONS=abort_on_error=1).
 */
#include "fuzz.h"

#include <fcntl.h>
#include <nst.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static GByteArray *current; /* what the target is looking at */

static void
keep_crash (int number)
{
  int file = open ("fuzz-crash", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ssize_t written = write (file, current->data, current->len);

  _exit (written == (ssize_t) current->len ? 134 : 135);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

static void
set_current (const gchar *path)
{
  gchar *content = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_byte_array_set_size (current, 0);
  g_byte_array_append (current, (guint8 *) content, length);
  g_free (content);
}

static GPtrArray *
list_files (const gchar *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (*name != '.')
      g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names);
  g_clear_pointer (&dir, g_dir_close);
  return names;
}

static gboolean
check_seed (const gchar *path, guint number)
{
  GError *error = NULL;
  gchar *name = g_path_get_basename (path);
  gboolean opens = fuzz_opens (path, &error), right = TRUE;
  /* nst escapes what it shows; here it must be a valid line */
  gchar *said =
      error ? g_utf8_make_valid (error->message, -1) : g_strdup_printf ("%s: opens", name);

  if (g_str_has_prefix (name, "good-") || g_str_has_prefix (name, "bad-"))
    right = opens == g_str_has_prefix (name, "good-");

  set_current (path);
  LLVMFuzzerTestOneInput (current->data, current->len);

  g_print ("%s %u - %s\n", right ? "ok" : "not ok", number, g_strdelimit (said, "\n\r", ' '));
  g_clear_error (&error);
  g_free (said);
  g_free (name);
  return right;
}

/* A number that size arithmetic trips over, in place of a run of digits. */
static void
mutate_number (GByteArray *input, GRand *rand)
{
  static const gchar *const numbers[] = {"0",
                                         "-1",
                                         "1",
                                         "3",
                                         "4294967296",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "18446744073709551615",
                                         "18446744073709551616",
                                         "2.5",
                                         "1e999",
                                         "null",
                                         "[]",
                                         ""};
  const gchar *number = numbers[g_rand_int_range (rand, 0, G_N_ELEMENTS (numbers))];
  guint begin = g_rand_int_range (rand, 0, input->len), end;
  GByteArray *tail;

  while (begin < input->len && !g_ascii_isdigit (input->data[begin]))
    begin++;
  for (end = begin; end < input->len && g_ascii_isdigit (input->data[end]);)
    end++;
  tail = g_byte_array_append (g_byte_array_new (), input->data + end, input->len - end);
  g_byte_array_set_size (input, begin);
  g_byte_array_append (input, (const guint8 *) number, strlen (number));
  g_byte_array_append (input, tail->data, tail->len);
  g_byte_array_unref (tail);
}

/* A piece of the input copied to elsewhere in it. */
static void
mutate_splice (GByteArray *input, GRand *rand)
{
  guint at = g_rand_int_range (rand, 0, input->len);
  guint from = g_rand_int_range (rand, 0, input->len);
  guint length = g_rand_int_range (rand, 1, MIN (200, input->len - from + 1));
  GByteArray *tail =
      g_byte_array_append (g_byte_array_new (), input->data + at, input->len - at);
  guint8 *piece = g_memdup2 (input->data + from, length);

  g_byte_array_set_size (input, at);
  g_byte_array_append (input, piece, length);
  g_byte_array_append (input, tail->data, tail->len);
  g_byte_array_unref (tail);
  g_free (piece);
}

/* A pooling more, or one less, before some layer: the shape stays legal. */
static void
mutate_poolings (GByteArray *input, GRand *rand)
{
  GString *text = g_string_new_len ((const gchar *) input->data, input->len);
  const gchar *layers = g_strstr_len (text->str, text->len, "\"layers\": \"");
  gsize at = layers ? layers - text->str + strlen ("\"layers\": \"") : 0, end = at, skip;

  while (layers && end < text->len && text->str[end] != '"')
    end++;
  if (end > at)
    {
      skip = g_rand_int_range (rand, at, end);
      while (skip < end && text->str[skip] != ' ')
        skip++;
      if (skip < end && strncmp (text->str + skip, " pool", 5) == 0)
        g_string_erase (text, skip, 5);
      else if (skip < end)
        g_string_insert (text, skip, " pool");
    }
  g_byte_array_set_size (input, 0);
  g_byte_array_append (input, (const guint8 *) text->str, text->len);
  g_string_free (text, TRUE);
}

static void
mutate (GByteArray *input, GRand *rand)
{
  static const gchar bytes[] = "{}[]\",:\\0-9eE._ \t\n/'u\x80\xff";
  guint at = g_rand_int_range (rand, 0, input->len);

  switch (g_rand_int_range (rand, 0, 8))
    {
    case 0:
      input->data[at] ^= 1 << g_rand_int_range (rand, 0, 8);
      break;
    case 1:
      input->data[at] = bytes[g_rand_int_range (rand, 0, sizeof bytes)];
      break;
    case 2:
      g_byte_array_remove_range (input, at,
                                 g_rand_int_range (rand, 1, MIN (100, input->len - at + 1)));
      break;
    case 3:
      g_byte_array_set_size (input, at);
      break;
    case 4:
      mutate_splice (input, rand);
      break;
    case 5:
    case 6:
      mutate_poolings (input, rand);
      break;
    default:
      mutate_number (input, rand);
      break;
    }
}

/* Mends the header's length, so that the mutation gets past the first check. */
static void
mend_length (GByteArray *input)
{
  const guint8 *brace = input->len > 8 ? memchr (input->data + 8, '}', input->len - 8) : NULL;

  for (const guint8 *p = brace; p && p < input->data + input->len; p++)
    if (*p == '}' && p + 1 < input->data + input->len && p[1] == '}')
      {
        guint64 length = GUINT64_TO_LE (p + 2 - (input->data + 8));

        memcpy (input->data, &length, 8);
        return;
      }
}

static void
fuzz (GPtrArray *names, guint runs, guint32 seed)
{
  GRand *rand = g_rand_new_with_seed (seed);

  for (guint i = 0; i < runs; i++)
    {
      set_current (names->pdata[g_rand_int_range (rand, 0, names->len)]);
      for (gint n = g_rand_int_range (rand, 1, 5); n > 0 && current->len > 0; n--)
        mutate (current, rand);
      if (g_rand_int_range (rand, 0, 8))
        mend_length (current);
      LLVMFuzzerTestOneInput (current->data, current->len);
    }
  g_rand_free (rand);
}

/* By what the environment multiplies the mutations. */
static guint
times_as_many (void)
{
  const gchar *text = g_getenv ("NST_FUZZ_TIMES");
  guint64 times = 1;
  GError *error = NULL;

  if (text && !g_ascii_string_to_unsigned (text, 10, 1, 10000, &times, &error))
    {
      g_printerr ("NST_FUZZ_TIMES: %s\n", error->message);
      exit (2);
    }
  return times;
}

int
main (int argc, char **argv)
{
  GPtrArray *names = list_files (argc > 1 ? argv[1] : ".");
  guint runs = argc > 2 ? strtoul (argv[2], NULL, 10) * times_as_many () : 0;
  guint32 seed = argc > 3 ? strtoul (argv[3], NULL, 10) : 1;
  gboolean right = names->len > 0;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  g_print ("1..%u\n", names->len + 1);
  current = g_byte_array_new ();
  signal (SIGABRT, keep_crash);
  for (guint i = 0; i < names->len; i++)
    right = check_seed (names->pdata[i], i + 1) && right;
  if (names->len)
    fuzz (names, runs, seed);
  g_print ("%s %u - %u mutations, seed %u\n", names->len ? "ok" : "not ok", names->len + 1,
           runs, seed);
  g_byte_array_unref (current);
  g_ptr_array_unref (names);
  return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
