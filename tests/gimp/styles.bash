# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Sourced by gimp2-styles.sh and gimp3-styles.sh after dialog.bash: what a user does with
# styles and settings, by keys and mouse, one dialog after the other; styles2.scm and
# styles3.scm look at each result.  GIMP runs as the process $gimp.

nst=${NST_BUILD:?}/plugin/cli/nst

# In the dialog.
keys ()
{
  press "$window" "$@"
}

# dialog_is_there NAME: the one of this step.
dialog_is_there ()
{
  until_true 90 said "at $1" && wait_window 60 "$title" || return 1
  window=$found
  xdo windowfocus --sync "$window"
}

# shot NAME WINDOW: a picture to look at.
shot ()
{
  [ -z "${NST_SHOTS-}" ] || import -window "$2" "$shots/$1.png"
}

# finish NAME: OK.
finish ()
{
  settled "$window"
  shot "$1" "$window"
  xdo windowfocus --sync "$window" key alt+o
  until_true 60 said "done $1"
}

# Help opens the page in what this user reads pages with.
help_page ()
{
  dialog_is_there mix || return 1
  keys alt+h
  page_is_read en 'Neural Style Transfer'
}

# The first painting of the shelf by keys (it comes before a button and the box that is ticked
# first), the second by mouse.
mix ()
{
  dialog_is_there mix || return 1
  keys alt+x shift+Tab shift+Tab ctrl+Home Return
  # shellcheck disable=SC2086
  xdo mousemove --window "$window" $second_painting click 1
  settled "$window"
  # the first weight; then the last of three is taken out
  keys Tab Tab Tab ctrl+a 2 0 Tab Tab Tab Tab Tab space
  finish mix
}

as_in_the_result ()
{
  dialog_is_there as-in || return 1
  keys alt+x alt+t End
  finish as-in
}

on_a_result ()
{
  dialog_is_there on-result || return 1
  finish on-result
}

# choose_file TITLE FILE: its name is pasted into the chooser, for what is typed is mixed up with the
# chooser's own proposals.
choose_file ()
{
  local chooser copied
  wait_window 20 "$1" && chooser=$found || return 1
  rm -f "$home/copied"
  "${NST_BUILD:?}/tests/gimp/dragged/copied" "$2" > "$home/copied" 2>/dev/null &
  copied=$!
  disown
  until_true 60 grep -qx copied "$home/copied" || return 1
  press "$chooser" slash && press "$chooser" ctrl+a ctrl+v \
    && until_true 60 grep -qx asked "$home/copied" && xdo windowfocus --sync "$chooser" key Return || return 1
  until_true 60 lacks_window "$1" && xdo windowfocus --sync "$window" && kill $copied
}

browse ()
{
  dialog_is_there browse || return 1
  keys alt+b
  choose_file '^Open a Painting$' "$home/poppies.png" || return 1
  finish browse
}

# over_style: the pointer moves above the shelf until what is dragged may be dropped there.
over_style ()
{
  xdo mousemove_relative 3 0 mousemove_relative -- -3 0
  dragged_said accepted
}

dragged_said ()
{
  grep -qx "$1" "$home/dragged"
}

# A file from another window, by mouse.
drop_file ()
{
  local source x
  dialog_is_there drop || return 1
  keys alt+x # no mixture
  "${NST_BUILD:?}/tests/gimp/dragged/dragged" "$home/renoir.png" > "$home/dragged" 2>/dev/null &
  dragged=$!
  disown
  xdo windowmove --sync "$window" 0 0
  until_true 60 has_window '^Files to be dragged$' || return 1
  source=$(window_called '^Files to be dragged$')
  xdo windowmove --sync "$source" 1100 20 windowraise "$source"
  settled "$source"
  xdo mousemove 1130 50 mousedown 1
  for x in 1125 1118 1110 1100 1090; do
    sleep 0.2
    xdo mousemove $x 55
  done
  until_true 60 dragged_said begun || return 1
  # shellcheck disable=SC2086
  xdo mousemove --window "$window" $second_painting
  until_true 60 over_style || return 1
  shot dropping root
  xdo mouseup 1
  until_true 60 dragged_said ended || return 1
  finish drop
}

# Kept, deleted, exported, imported; the order of the buttons is that of their names.
settings ()
{
  dialog_is_there settings || return 1
  keys alt+k
  keep_as look || return 1
  keys alt+t Tab Tab space
  until_true 20 test ! -e "$presets/look.ini" || return 1
  keys alt+t Tab Tab Tab space # without a name there is nothing to delete
  choose_file '^Export Settings$' "$home/exported.ini" || return 1
  grep -qx 'strength=50' "$home/exported.ini" || return 1
  sed 's/^strength=.*/strength=80/' "$home/exported.ini" > "$home/imported.ini"
  keys alt+t Tab Tab space
  choose_file '^Import Settings$' "$home/imported.ini" || return 1
  finish settings
}

# Settings under a name hold the styles, too: another painting is mixed in, and gone again.
named_styles ()
{
  dialog_is_there named || return 1
  keys alt+k
  keep_as poppies || return 1
  keys alt+x shift+Tab shift+Tab ctrl+Home Return
  shot named-mixed "$window"
  keys alt+t Home End
  finish named
  "$nst" --settings "$presets/poppies.ini" --size 48 --iterations 1 --style "$home/wave.png" \
    "$home/photo.png" "$home/out.png" && rm "$presets/poppies.ini"
}

# The defaults, then the last ones.
last_settings ()
{
  dialog_is_there last || return 1
  keys alt+t Home Down Down
  finish last
}

# The one that is installed, by its name; any other file; one that is imported now.  The
# advanced options are opened first.
networks ()
{
  dialog_is_there network || return 1
  keys alt+v # what it shows can be pressed then
  keys alt+n Home Down
  finish network
  dialog_is_there network-file || return 1
  keys alt+v # what it shows can be pressed then
  keys alt+n End
  choose_file '^Choose a Network$' "$home/other.safetensors" || return 1
  finish network-file
  dialog_is_there network-import || return 1
  keys alt+v # what it shows can be pressed then
  keys alt+n Tab space
  choose_file '^Import a Network$' "$home/imported.h5" || return 1
  # another window of that title shows the import
  until_true 60 test -s "$networks/imported.safetensors" && until_true 60 lacks_window '^Import a Network$' || return 1
  finish network-import
}

# The plug-in's own window that has no title.
message_window ()
{
  xdo search --all --onlyvisible --pid "$(plug_in_runs)" --name '^$' | tail -n 1
}

has_message ()
{
  [ -n "$(message_window)" ]
}

# What cannot be imported is told of, and the network stays as it was.
bad_import ()
{
  local message
  dialog_is_there network-bad || return 1
  keys alt+v # what it shows can be pressed then
  keys alt+n Tab space
  choose_file '^Import a Network$' "$home/poppies.png" || return 1
  until_true 60 has_message || return 1
  message=$(message_window)
  settled "$message"
  shot import-failed root
  xdo windowfocus --sync "$message" key Escape && until_true 20 window_gone "$message" || return 1
  finish network-bad
}

undo_and_redo ()
{
  until_true 60 said 'at undo' && wait_window 60 'GIMP' || return 1
  xdo windowfocus --sync "$found" key ctrl+z
  until_true 60 said 'at redo' && settled "$found" || return 1
  xdo windowfocus --sync "$found" key ctrl+y
}

convert "$here/../../plugin/styles/hokusai-poppies.jpg" -strip -resize 64x48! "$home/poppies.png"
convert "$here/../../plugin/styles/renoir-moulin.jpg" -strip -resize 64x48! "$home/renoir.png"

networks=$XDG_DATA_HOME/neural-style-transfer/networks
mkdir -p "$networks" "$home/bin"
cp "$here/../data/cases/poolings_11.safetensors" "$networks/installed.safetensors"
cp "$here/../data/cases/poolings_11.safetensors" "$home/other.safetensors"
cp "$here/../import/data/good-keras.h5" "$home/imported.h5"
export PATH=$home/bin:$PATH
if [ -x "${NST_BUILD:?}/weights/import/nst-import" ]; then
  ln -s "$NST_BUILD/weights/import/nst-import" "$home/bin/"
elif ! command -v nst-import > /dev/null; then # where its libraries are not: as it answers
  cat > "$home/bin/nst-import" << END
#!/bin/sh
[ "\$3" = '$home/imported.h5' ] || { echo 'nst-import: no weights' >&2; exit 1; }
cp '$home/other.safetensors' '$networks/imported.safetensors' && echo imported
END
  chmod +x "$home/bin/nst-import"
fi

keep_pages

styles_checks ()
{
  check 'Help opens the page' help_page
  check 'a mixture: from the shelf by mouse and keys, weighed, one taken out' mix
  check 'the settings and styles of a result' as_in_the_result
  check 'a run on a result' on_a_result
  check 'a file is dropped on the paintings' drop_file
  [ -z "${dragged-}" ] || kill "$dragged" # it lies above what follows
  check 'a painting from a file' browse
  check 'styles are kept with settings' named_styles
  check 'settings are kept, deleted, exported and imported' settings
  check 'the last settings' last_settings
  check 'networks: installed, from a file, imported' networks
  check 'what is no network is told of' bad_import
  check 'Undo and Redo' undo_and_redo
  until_true 60 said 'all checks done'
  sed -n 's/^script-fu-Warning: \(\(not \)\{0,1\}ok - \)/\1/p' "$home/log"
  grep -q '^script-fu-Warning: not ok' "$home/log" && failed=1
  check 'all checks ran to the end' said 'all checks done'
  [ $failed = 0 ] || { echo "---- GIMP said:"; grep -v 'theme engine' "$home/log"; }
  exit $failed
}
