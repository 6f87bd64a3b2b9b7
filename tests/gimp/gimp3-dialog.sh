#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The plug-in's dialog in a real GIMP 3 on a virtual screen: what is set by keys and mouse is
# what is run, and a run can be seen, kept and cancelled.
#
#     gimp3-dialog.sh [PLUG-IN]
#
# where PLUG-IN is the binary, that of the build folder NST_BUILD by default, whose programs for
# tests are used in any case.
# One line for each check, and a non-zero exit status when one failed.  With
# NST_SHOTS, a folder, the screenshots stay there.

set -uo pipefail
. "$(dirname "$0")/dialog.bash" 3 "$@"

click_until_done ()
{
  xdo mousemove "$1" "$2" click 1
  sleep 0.3
  said 'all checks done'
}

# Without the docks, which Tab hides, the button is in the corner of the window once the run has told
# of its progress.
cancel_run ()
{
  local window WIDTH HEIGHT
  until_true 90 said 'at long run' && until_true 90 plug_in_runs || return 1
  window=$(window_called 'GIMP')
  xdo windowmove --sync "$window" 0 0 windowfocus --sync "$window" key Tab
  settled "$window"
  import -window root "$shots/running.png"
  eval "$(xdo getwindowgeometry --shell "$window" | grep -x '\(WIDTH\|HEIGHT\)=[0-9]*')"
  until_true 60 click_until_done $((WIDTH - 60)) $((HEIGHT - 20))
}

gimp --no-splash --new-instance --batch-interpreter plug-in-script-fu-eval \
  -b "(script-fu-use-v3) (define folder \"$home/\") $(cat "$here"/{wait,dialog3}.scm)" --quit \
  < /dev/null > "$home/log" 2>&1 &
gimp=$!

dialog_checks
check 'Cancel in the status bar ends a run' cancel_run
script_checks

[ $failed = 0 ] || { echo "---- GIMP said:"; cat "$home/log"; }
exit $failed
