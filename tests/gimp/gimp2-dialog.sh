#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The plug-in's dialog in a real GIMP 2.10 on a virtual screen: what is set by keys and mouse is
# what is run, and a run can be seen, kept and cancelled.
#
#     gimp2-dialog.sh [PLUG-IN]
#
# where PLUG-IN is the binary, that of the build folder NST_BUILD by default, whose programs for
# tests are used in any case.
# One line for each check, and a non-zero exit status when one failed.  With
# NST_SHOTS, a folder, the screenshots stay there.

set -uo pipefail
. "$(dirname "$0")/dialog.bash" 2 "$@"

# A script's run shows a progress window, whose Cancel has the focus.
cancel_run ()
{
  until_true 90 said 'at long run' && until_true 90 plug_in_runs \
    && wait_window 30 '^Progress$' || return 1
  import -window root "$shots/running.png"
  xdo windowfocus --sync "$found" key alt+c
  until_true 20 said 'all checks done' && ! plug_in_runs
}

# What the catalogue makes of the title is the title of the dialog, and of its help.
zh_TW_dialog ()
{
  local name script='(plug-in-neural-style-transfer 0 i l 0 0 50 100 0 50 64 4 "" 0 -1 0 0)'
  name=$(sed -n '/^msgid "Neural Style Transfer"/,/^$/s/^msgstr "\(.*\)"/\1/p' \
    "$here/../../po/zh_TW.po")
  script="(let* ((i (car (gimp-file-load 1 \"$home/photo.png\" \"\")))
    (l (car (gimp-image-get-active-drawable i)))) $script)"
  kill -KILL "$gimp"
  LANGUAGE=zh_TW gimp --no-splash --new-instance -b "$script" < /dev/null > "$home/zh_TW.log" 2>&1 &
  gimp=$!
  disown
  [ -n "$name" ] && wait_window 90 "^$name\$" || { cat "$home/zh_TW.log"; return 1; }
  import -window "$found" "$shots/zh_TW.png"
  keep_pages
  xdo windowfocus --sync "$found" key F1
  page_is_read zh_TW "$name"
}

gimp --no-splash --new-instance -b "(define folder \"$home/\") $(cat "$here"/{wait,dialog2}.scm)" \
  < /dev/null > "$home/log" 2>&1 &
gimp=$!
disown

dialog_checks
check 'Cancel ends a run' cancel_run
script_checks
check 'the dialog in zh_TW' zh_TW_dialog

[ $failed = 0 ] || { echo "---- GIMP said:"; grep -v 'theme engine' "$home/log"; }
exit $failed
