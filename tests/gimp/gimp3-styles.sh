#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Styles and settings in the dialog of a real GIMP 3 on a virtual screen: what is chosen, kept
# under a name and taken from a result is what the picture is painted with.
#
#     gimp3-styles.sh [PLUG-IN]
#
# as gimp3-dialog.sh has it.

set -uo pipefail
. "$(dirname "$0")/dialog.bash" 3 "$@"
second_painting='503 140'
. "$here/styles.bash"

gimp --no-splash --new-instance --batch-interpreter plug-in-script-fu-eval \
  -b "(script-fu-use-v3) (define folder \"$home/\") $(cat "$here"/{wait,styles3,styles}.scm)" --quit \
  < /dev/null > "$home/log" 2>&1 &
gimp=$!
styles_checks
