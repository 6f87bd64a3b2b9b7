# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Sourced by plugin/try and the tests: the commands that README.md shows, word
# for word, so that what is run is what its readers type.

# readme_commands README BEGINNING: the indented lines that follow the line which begins so.
readme_commands ()
{
  awk -v beginning="$2" '
    index ($0, beginning) == 1 { found = 1; next }
    found && /^    / { print substr ($0, 5); shown = 1; next }
    found && shown && NF { exit }' "$1"
}
