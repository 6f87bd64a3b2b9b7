#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The plug-in's dialog in a real GIMP 2.10 on a virtual screen:
#
#     gimp2-dialog.sh [PLUG-IN]
#
# where PLUG-IN is the binary, that of the build folder NST_BUILD by default.
# One line for each check, and a non-zero exit status when one failed.  With
# NST_SHOTS, a folder, the screenshots stay there.

set -uo pipefail
if [ -z "${DISPLAY-}" ]; then
  exec xvfb-run -a -s '-screen 0 1280x900x24' bash "$0" "$@"
fi
here=$(cd "$(dirname "$0")" && pwd)
. "$here/isolated2.bash"
isolate "${1:-${NST_BUILD:?}/plugin/gimp2/neural-style-transfer}"
shots=${NST_SHOTS:-$home}
title='^Neural Style Transfer$'

# xdotool waits for ever for a window that has gone.
xdo ()
{
  timeout 10 xdotool "$@"
}

# What the script in GIMP says, `at NAME' when it is there.
said ()
{
  grep -qx "script-fu-Warning: $1" "$home/log"
}

# until_true SECONDS COMMAND...
until_true ()
{
  local tries=$(($1 * 10))
  shift
  while ! "$@" > /dev/null 2>&1; do
    [ $((tries--)) -gt 0 ] && kill -0 "$gimp" 2>/dev/null || return 1
    sleep 0.1
  done
}

window_called ()
{
  xdo search --onlyvisible --name "$1" | tail -n 1
}

has_window ()
{
  [ -n "$(window_called "$1")" ]
}

# answer SCREENSHOT KEY...: waits for the dialog, presses each KEY, and takes the
# dialog's picture before the last one.
answer ()
{
  local window shot=$1
  shift
  until_true 90 has_window "$title" || return 1
  sleep 1
  window=$(window_called "$title")
  while [ $# -gt 1 ]; do
    xdo windowfocus --sync "$window" key "$1"
    sleep 1
    shift
  done
  import -window "$window" "$shots/$shot" && xdo windowfocus --sync "$window" key "$1"
}

# A picture of more than a few colours: something is drawn in the window.
is_drawn ()
{
  [ "$(identify -format %k "$shots/$1")" -gt 50 ]
}

is_taller ()
{
  [ "$(identify -format %h "$shots/$1")" -gt "$(($(identify -format %h "$shots/$2") + 50))" ]
}

plug_in_runs ()
{
  pgrep -f "^$GIMP2_DIRECTORY/plug-ins/neural-style-transfer/"
}

undo_once ()
{
  until_true 90 said 'at undo' || return 1
  sleep 0.5
  import -window root "$shots/styled.png"
  xdo windowfocus --sync "$(window_called 'GIMP')" key ctrl+z
}

# A script's run shows a progress window, whose Cancel has the focus.
cancel_run ()
{
  until_true 90 said 'at long run' && until_true 90 plug_in_runs \
    && until_true 30 has_window '^Progress$' || return 1
  sleep 2
  import -window root "$shots/running.png"
  xdo windowfocus --sync "$(window_called '^Progress$')" key alt+c
  until_true 20 said 'all checks done' && ! plug_in_runs
}

# What the catalogue makes of the title is the title of the dialog.
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
  [ -n "$name" ] && until_true 90 has_window "^$name\$" || { cat "$home/zh_TW.log"; return 1; }
  sleep 1
  import -window "$(window_called "^$name\$")" "$shots/zh_TW.png"
}

convert "$here/../data/samples/china.jpg" -strip -resize 64x48! "$home/photo.png"
convert "$here/../data/samples/GreatWave.jpg" -strip -resize 64x48! "$home/wave.png"

gimp --no-splash --new-instance -b "(define folder \"$home/\") $(cat "$here/dialog2.scm")" \
  < /dev/null > "$home/log" 2>&1 &
gimp=$!
disown
trap 'kill -KILL $gimp 2>/dev/null; rm -rf "$home"' EXIT

check 'the dialog opens; OK' answer dialog.png alt+o
check 'the dialog is drawn' is_drawn dialog.png
check 'Undo is pressed once' undo_once
check 'the dialog opens again, with the advanced options; Cancel' answer advanced.png alt+v alt+c
check 'the advanced options add to the dialog' is_taller advanced.png dialog.png
check 'Cancel ends a run' cancel_run
sed -n 's/^script-fu-Warning: \(\(not \)\{0,1\}ok - \)/\1/p' "$home/log"
grep -q '^script-fu-Warning: not ok' "$home/log" && failed=1
check 'all checks ran to the end' said 'all checks done'
check 'the dialog in zh_TW' zh_TW_dialog

[ $failed = 0 ] || { echo "---- GIMP said:"; grep -v 'theme engine' "$home/log"; }
exit $failed
