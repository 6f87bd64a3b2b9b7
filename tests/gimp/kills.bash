# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Sourced by gimp2-kills.sh and gimp3-kills.sh: the filter is cancelled or killed at random
# moments, and its image closed meanwhile in some runs, first in a GIMP without a window, then
# on a virtual screen.
#
#     NST_KILLS   how many runs of each, 5 by default
#     NST_SEED    of the moments and of what happens then
#     NST_SIDE    pixels, the side of the picture, 128 by default
#     NST_LATEST  seconds, the last moment, where a run takes longer; then none is waited for
#
# start_gimp SCRIPT ARGUMENT... is the sourcing script's: what begins with kills.scm is run.

count=${NST_KILLS:-5} side=${NST_SIDE:-128} latest=${NST_LATEST:-30}
RANDOM=${NST_SEED:-1}
export NST_CLOSE=$home/close TMPDIR=$home/tmp
mkdir "$TMPDIR" "$home/gimp/plug-ins/closer"
cp "$NST_BUILD/tests/gimp/closer/closer$generation" "$home/gimp/plug-ins/closer/closer"
convert "$here/../data/samples/china.jpg" -strip -resize "${side}x$side!" "$home/photo.png"
delays=()

# The words behind "NAME RUN" in what the script says; fails as long as it has not said so.
told ()
{
  sed -n "s/^script-fu-Warning: $1 $2 \(.*\)/\1/p" "$home/log" | grep .
}

# wait_told SECONDS NAME RUN
wait_told ()
{
  local end=$((SECONDS + $1))
  until told "$2" "$3" > /dev/null; do
    [ $SECONDS -lt $end ] && kill -0 "$gimp" 2> /dev/null || return 1
    sleep 0.05
  done
}

process ()
{
  pgrep -f "^$home/gimp/plug-ins/neural-style-transfer/"
}

# Where it has a window, the run is under way once that is there: until then OK is pressed.
wait_begun ()
{
  local end=$((SECONDS + 60))
  until [ "$where" = headless ] && process > /dev/null || { [ "$where" = window ] && has_window "$run_title"; } \
    || told back "$1" > /dev/null; do
    [ $SECONDS -lt $end ] && kill -0 "$gimp" 2> /dev/null || return 1
    [ "$where" = headless ] || ! has_window "$title" \
      || xdo windowfocus "$(window_called "$title")" key alt+o 2> /dev/null
    sleep 0.02
  done
}

# A random moment of the run, of which all that is known is how long others took.
wait_moment ()
{
  sleep "$(awk -v r=$RANDOM -v l="$length" -v m="$latest" 'BEGIN { l = l < m ? l : m; print l * r / 32768 }')"
}

# act WHAT RUN: sets $acted, seconds, where that ends the run.
act ()
{
  local image display window
  read -r image display <<< "$(told at "$2")"
  case $1 in
    close)
      ! told back "$2" > /dev/null || return 0
      [ "$where" = headless ] && echo "image $image" > "$home/close.part" || echo "display $display" > "$home/close.part"
      mv "$home/close.part" "$home/close" ;;
    kill) acted=$EPOCHREALTIME; [ -z "$pid" ] || kill -KILL "$pid" 2> /dev/null ;;
    term) acted=$EPOCHREALTIME; [ -z "$pid" ] || kill -TERM "$pid" 2> /dev/null ;;
    cancel) # the window may just be going: a key that means nothing to GIMP
      window=$(window_called "$run_title")
      [ -n "$window" ] || return 0
      acted=$EPOCHREALTIME
      xdo windowfocus "$window" key Escape 2> /dev/null ;;
  esac
}

# The image as the file $1 has it, but for how many tattoos were given away.
without_count ()
{
  perl -0777 -pe 's/\0\0\0\x14\0\0\0\x04.{4}//s' "$1"
}

same ()
{
  cmp -s <(without_count "$home/$1-$3.xcf") <(without_count "$home/$2-$3.xcf")
}

# The image after run $1 is as it was, or has one whole layer more (the run was over before), which
# one Undo takes back, and another what was done before.
look ()
{
  local layer layers dirty
  read -r _ layer <<< "$(told back "$1")"
  read -r layers dirty <<< "$(told state "$1")"
  [ "$layers" = closed ] && return
  if [ "$layers" = 2 ]; then
    [ "$dirty" = clean ] && [ "$layer" = none ]
  else
    [ "$layers" = 3 ] && [ "$dirty" = dirty ] && finished=$((finished + 1))
  fi || return 1
  [ "$where" = headless ] || undo "$1" || return 1
  same before after "$1"
}

# Keys go to GIMP's window: not to that which says that the plug-in crashed.
focus_gimp ()
{
  local window
  window=$(window_called 'GIMP$')
  xdo windowfocus "$window" 2> /dev/null && [ "$(xdo getwindowfocus)" = "$window" ]
}

# Ctrl+Z for each step that the script waits for, and again where GIMP was not yet ready for it.
undo ()
{
  local step=0 now pressed=$SECONDS end=$((SECONDS + 150))
  until told undone "$1" > /dev/null || [ $SECONDS -ge $end ]; do
    now=$(told step "$1" | wc -l)
    if [ "$now" != $step ] || [ $((SECONDS - pressed)) -gt 9 ]; then
      sleep 0.2
      focus_gimp && xdo key ctrl+z && step=$now pressed=$SECONDS
    fi
    sleep 0.05
  done
  same edited undone "$1"
}

files ()
{
  find "$TMPDIR" -type f
}

# Nothing is left of a run: process, window, file.
gone ()
{
  for _ in $(seq 100); do
    process > /dev/null || [ -n "$(files)" ] || [ -e "$home/close" ] || return 0
    sleep 0.05
  done
  return 1
}

# one_run RUN ACTION...
one_run ()
{
  local run=$1 what acted='' begun pid back layer
  shift
  : > "$home/go-$run"
  wait_told 180 at "$run" && wait_begun "$run" || return 1
  begun=$EPOCHREALTIME
  pid=$(process)
  wait_moment
  for what; do
    act "$what" "$run"
  done
  wait_told $((30 + 3 * latest)) state "$run" && look "$run" && gone || { process; files; return 1; }
  read -r back layer <<< "$(told back "$run")"
  if [ "$layer" = layer ]; then
    length=$(awk "BEGIN { l = $back - $begun; if (l <= 0 || l > $length) l = $length; print l }")
  elif [ -n "$acted" ]; then
    delays+=("$(awk "BEGIN { if ($back > $acted) print 1000 * ($back - $acted), \"$what\" }")")
  fi
}

# kills headless|window ACTIONS...
kills ()
{
  where=$1
  shift
  local actions=("$@") done=0 bad=0 finished=0 words
  delays=()
  rm -f "$home"/*.xcf "$home"/go-*
  : > "$home/log"
  start_gimp "(define folder \"$home/\") (define where \"$where\") (define n-runs $((count + 1)))
    $(cat "$here/wait.scm" "$here/kills$generation.scm" "$here/kills.scm")"
  length=$latest
  # how long one takes, unless that is too long
  # shellcheck disable=SC2086
  if one_run 0 ${NST_LATEST:+${actions[0]}}; then
    finished=0
    while [ $done -lt "$count" ]; do
      done=$((done + 1)) words=${actions[$((RANDOM % ${#actions[@]}))]}
      # shellcheck disable=SC2086
      one_run $done $words || { [ -z "${NST_SHOTS-}" ] || cp "$home"/*-$done.xcf "$shots"; import -window root "$shots/bad-$where-$done.png" 2> /dev/null; bad=$((bad + 1)); echo "# run $done: $words: $(grep " $done " "$home/log" | tr '\n' ' ')"; }
      rm -f "$home"/*-$done.xcf "$home/go-$done"
      kill -0 "$gimp" 2> /dev/null || break
    done
  else
    [ -z "${NST_SHOTS-}" ] || cp "$home"/*-0.xcf "$shots"; import -window root "$shots/bad-$where-0.png"
    echo "# the first run: $(tail -n 5 "$home/log")"
  fi
  check "$where: $count runs cancelled, killed, closed: images, files, GIMP as before" \
    eval "[ $done = $count ] && [ $bad = 0 ]"
  check "$where: all ran to the end" until_true 20 said 'all checks done'
  echo "# $where: $finished of $done were over before; from the cancel to the return, in ms:" \
    "$(printf '%s\n' "${delays[@]}" | grep . | sort -n | awk '{ d[NR] = $1 } END { if (NR) printf "median %.0f, nine in ten %.0f, longest %.0f (%s) of %d", d[int((NR + 1) / 2)], d[int(NR * 0.9 + 0.999)], d[NR], $2, NR }')"
  printf '%s\n' "${delays[@]}" | awk -v w="$where" '$1 > 250 { print "# " w ": longer than 250 ms: " $0 }'
  kill -KILL "$gimp" 2> /dev/null
}
