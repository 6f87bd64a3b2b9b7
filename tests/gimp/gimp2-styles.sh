#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Styles and settings in the dialog of a real GIMP 2.10 on a virtual screen: what is chosen, kept
# under a name and taken from a result is what the picture is painted with.
#
#     gimp2-styles.sh [PLUG-IN]
#
# as gimp2-dialog.sh has it.

set -uo pipefail
. "$(dirname "$0")/dialog.bash" 2 "$@"
second_painting='628 200'
. "$here/styles.bash"

gimp --no-splash --new-instance -b "(define folder \"$home/\") $(cat "$here"/{wait,styles2,styles}.scm)" \
  < /dev/null > "$home/log" 2>&1 &
gimp=$!
disown
styles_checks
