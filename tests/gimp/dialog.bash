#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by the tests of the dialogs with what isolate takes: what they do on a virtual
# screen.  Looks at $home/log, what the GIMP of the process $gimp says.

if [ -z "${DISPLAY-}" ]; then
  # Two folders' systems may share the network, in which displays have their names.
  exec xvfb-run -a -n $((100 + $$ % 900)) -s '-screen 0 1280x1024x24 -noreset' bash "$0" "${@:2}"
fi
here=$(cd "$(dirname "$0")" && pwd)
. "$here/isolated.bash"
isolate "$@"
if [ ! -x "${NST_BUILD:?}/tests/gimp/settled/settled" ]; then
  echo "not ok - tests/gimp/settled is not built: it needs libx11-dev"
  exit 1
fi
shots=${NST_SHOTS:-$home}
title='^Neural Style Transfer$'
run_title='^Painting “'
presets=$XDG_CONFIG_HOME/neural-style-transfer/presets

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
  local end=$((SECONDS + $1))
  shift
  while ! "$@" > /dev/null 2>&1; do
    [ $SECONDS -le $end ] && kill -0 "$gimp" 2>/dev/null || return 1
    sleep 0.05
  done
}

# settled WINDOW: it has dealt with what was pressed and clicked, and has been drawn since.
settled ()
{
  timeout 90 "$NST_BUILD/tests/gimp/settled/settled" "$1"
}

# press WINDOW KEY...: not for what closes it, which nobody would answer for.
press ()
{
  xdo windowfocus --sync "$1" key --delay 0 "${@:2}" && settled "$1"
}

# wait_window SECONDS TITLE: sets $found to the window, once it can be used.
wait_window ()
{
  until_true "$1" has_window "$2" && found=$(window_called "$2") && settled "$found"
}

window_called ()
{
  xdo search --onlyvisible --name "$1" | tail -n 1
}

has_window ()
{
  [ -n "$(window_called "$1")" ]
}

window_gone ()
{
  ! xdo search --onlyvisible --name '' | grep -qx "$1"
}

lacks_window ()
{
  ! has_window "$1"
}

# answer SCREENSHOT KEY...: waits for the dialog, presses each KEY, and takes the
# dialog's picture before the last one.
answer ()
{
  local window shot=$1
  shift
  wait_window 90 "$title" && window=$found || return 1
  while [ $# -gt 1 ]; do
    press "$window" "$1" || return 1
    shift
  done
  import -window "$window" "$shots/$shot" \
    && xdo windowfocus --sync "$window" key "$1" && until_true 20 window_gone "$window"
}

# is_drawn SCREENSHOT [COLOURS]: there are more than a few in it; words alone have some
# hundred of them.
is_drawn ()
{
  [ "$(identify -format %k "$shots/$1")" -gt "${2-50}" ]
}

is_taller ()
{
  [ "$(identify -format %h "$shots/$1")" -gt "$(($(identify -format %h "$shots/$2") + 50))" ]
}

plug_in_runs ()
{
  pgrep -f "^$home/gimp/plug-ins/neural-style-transfer/"
}

# keep_as NAME: the name that the dialog's window asks for; the settings are a file then.
keep_as ()
{
  wait_window 20 '^Save Settings$' || return 1
  xdo windowfocus --sync "$found" type --delay 0 "$1"
  xdo windowfocus --sync "$found" key Return
  until_true 20 test -s "$presets/$1.ini" && until_true 20 lacks_window '^Save Settings$'
}

# keep_settings NAME: in the dialog, which stays.
keep_settings ()
{
  wait_window 90 "$title" && press "$found" alt+k && keep_as "$1" \
    && grep -qx 'preset=normal' "$presets/$1.ini"
}

# shows SCREENSHOT: takes the picture of the run's window; the painting is in it.
shows ()
{
  local window
  window=$(window_called "$run_title")
  [ -n "$window" ] && import -window "$window" "$shots/$1" && is_drawn "$1" 1000
}

# watch SCREENSHOT KEY: OK in the dialog, a picture of the run once it is drawn, then
# the KEY in its window, which goes.
watch ()
{
  answer "dialog-$1" alt+o && until_true 60 has_window "$run_title" \
    && until_true 60 shows "$1" \
    && xdo windowfocus --sync "$(window_called "$run_title")" key "$2" \
    && until_true 30 lacks_window "$run_title"
}

# Once the script in GIMP has said that it is time, and GIMP shows that there is something to undo.
undo_once ()
{
  until_true 90 said 'at undo' && wait_window 60 'GIMP' || return 1
  import -window root "$shots/styled.png"
  xdo windowfocus --sync "$found" key ctrl+z
}

# What this user reads pages with keeps in $home/page where the last one is.
keep_pages ()
{
  mkdir -p "$XDG_DATA_HOME/applications" "$XDG_CONFIG_HOME"
  printf '%s\n' '#!/bin/sh' "echo \"\$1\" > '$home/page'" > "$home/reader"
  chmod +x "$home/reader"
  printf '%s\n' '[Desktop Entry]' Type=Application Name=Reader "Exec=$home/reader %u" \
    > "$XDG_DATA_HOME/applications/reader.desktop"
  printf '%s\n' '[Default Applications]' text/html=reader.desktop \
    x-scheme-handler/file=reader.desktop > "$XDG_CONFIG_HOME/mimeapps.list"
}

# page_is_read LANGUAGE TITLE
page_is_read ()
{
  until_true 20 test -s "$home/page" && [[ $(< "$home/page") == */help/$1/index.html ]] \
    && grep -q "<h1>$2" "$(sed 's,^file://,,' "$home/page")"
}

# What is the same in both, with the script of dialog2.scm or dialog3.scm.
dialog_checks ()
{
  check 'the dialog opens; OK' answer dialog.png alt+o
  check 'the dialog is drawn' is_drawn dialog.png
  check 'Undo is pressed once' undo_once
  check 'settings are kept under a name' keep_settings look
  check 'the dialog opens again, with the advanced options; Cancel' answer advanced.png alt+v alt+c
  check 'a run is watched; Keep This' watch keep.png alt+k
  check 'a run is watched; Cancel' watch cancel.png alt+c
  check 'a run is watched; its window is closed' watch close.png Escape
  check 'the advanced options add to the dialog' is_taller advanced.png dialog.png
}

# What the script found.
script_checks ()
{
  sed -n 's/^script-fu-Warning: \(\(not \)\{0,1\}ok - \)/\1/p' "$home/log"
  grep -q '^script-fu-Warning: not ok' "$home/log" && failed=1
  check 'all checks ran to the end' said 'all checks done'
}

convert "$here/../data/samples/china.jpg" -strip -resize 64x48! "$home/photo.png"
convert "$here/../data/samples/GreatWave.jpg" -strip -resize 64x48! "$home/wave.png"
# so large that no machine is done with it before a key is pressed
convert "$here/../data/samples/china.jpg" -strip -resize 1600x "$home/large.png"
gimp=
trap 'kill -KILL $gimp 2>/dev/null; rm -rf "$home"' EXIT
