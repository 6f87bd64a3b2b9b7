#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The nst command where something is short or ends it: memory, processors, room for files, closed
# streams, signals at every moment.  It ends well or in one sentence, what was there stays, and
# nothing is left over.  And networks from anywhere.
#
#     tests/cli/limits.sh [NST [SAMPLES]]
#
# As tests/cli/run.sh.

. "$(dirname "$0")/common.bash"

now () { date +%s%N; }

# Hundredths of a second of processor time: process $1's, and those of its children that ended.
ticks () { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat" 2> /dev/null || echo 0; }
childrens_ticks () { awk '{ sub(/.*\) /, ""); print $14 + $15 }' "/proc/$1/stat"; }

# Of what nst says in $1 but for notices there is one sentence.
one_sentence ()
{
  ! grep -qvE '^nst: .' "$1" && [ "$(grep -vcE 'pixels, the content|threads are asked for|are rounded' "$1")" = 1 ]
}

# nst "$@" ends within $limit seconds in a picture, or in one sentence with status 1; at the first
# that does not it is told which.  Counts them.
limit=300
ends_well ()
{
  local status
  rm -rf out && mkdir out
  sentences timeout -s KILL $limit "$@" > said
  status=$?
  runs=$((runs + 1))
  if [ $status = 0 ] && [ -s "${*: -1}" ] && [ "$(ls -A out | wc -l)" = 1 ]; then
    pictures_made=$((pictures_made + 1))
    return
  fi
  [ $status = 1 ] && one_sentence said && [ -z "$(ls -A out)" ] && return
  echo "status $status of $*: $(cat said); left: $(ls -A out)"
  return 1
}

# Programs that run "$2"... in $1 KiB of address space, in the control group $1, and where a file has
# at most $1 KiB.
in_space=(bash -c 'ulimit -c 0; ulimit -v "$0"; exec "$@"')
in_group=(bash -c 'echo $$ > "$0/cgroup.procs" && exec "$@"')
short_files=(bash -c 'ulimit -f "$0"; exec "$@"')

little_address_space ()
{
  local mib runs=0 pictures_made=0 work
  for mib in 180 {200..1000..100}; do
    for work in "1 128 png" "2 128 jpg" "2 1000 png"; do
      read -r threads side kind <<< "$work"
      ends_well "${in_space[@]}" $((mib * 1024)) "$nst" --size "$side" --iterations 1 --preset draft \
        --threads "$threads" --start photo.png --style "$samples/GreatWave.jpg" "$samples/china.jpg" \
        out/a."$kind" || return 1
    done
  done
  echo "$runs runs, $pictures_made pictures"
  [ $pictures_made -ge $((runs / 2)) ]
}

# What memory is too short for is neither called damaged, nor a profile that cannot be used.
blames_no_file ()
{
  local kib name
  cp "$here/../data/cases/icc_p3.png" "$here/../data/cases/icc_p3.webp" "$here/../data/cases/cmyk.jpg" .
  cp icc_p3.png long_icc.png && pictures swell long_icc.png 24 || return 1
  for name in icc_p3.png icc_p3.webp cmyk.jpg long_icc.png; do
    for kib in 118000 130000 140000 150000 165000 180000 205000 240000 250000 330000 340000; do
      [ $name = long_icc.png ] || [ $kib -le 205000 ] || continue
      "${in_space[@]}" $kib timeout -s KILL $limit "$nst" --size 16 --iterations 1 --threads 1 --style $name \
        $name out/a.png > said 2>&1
      [ -s said ] && ! grep -E 'damaged|cannot be used|rare kind' said || return 1
    done
  done
}

# The whole of a run, threads as many as can be asked for.
whole_run_in_little_space ()
{
  local mib runs=0 pictures_made=0
  for mib in 200 300 400 800; do
    ends_well "${in_space[@]}" $((mib * 1024)) "$nst" --size 160 --iterations 2 --preset draft \
      --style style.png "$samples/china.jpg" out/a.png || return 1
  done
  echo "$runs runs, $pictures_made pictures"
  [ $pictures_made -ge 2 ]
}

# A control group's folder for $1 (memory, cpu), in $group; fails where none can be made.
make_group ()
{
  local top
  for top in "/sys/fs/cgroup/$1" /sys/fs/cgroup /sys/fs/cgroup/unified; do
    group=$top/nst-test-$$
    mkdir "$group" 2> /dev/null || continue
    [ -e "$group/$2" ] || [ -e "$group/$3" ] && return
    rmdir "$group"
  done
  return 1
}

little_memory ()
{
  local mib runs=0 pictures_made=0 side
  for mib in 80 120 200 300 500; do
    for side in 128 512 1000; do
      if [ -e "$group/memory.max" ]; then
        echo $((mib << 20)) > "$group/memory.max"
      else
        echo $((mib << 20)) > "$group/memory.limit_in_bytes"
      fi
      ends_well "${in_group[@]}" "$group" "$nst" --size $side --iterations 1 --memory 0 --start photo.png \
        --style "$samples/GreatWave.jpg" "$samples/china.jpg" out/a.png || return 1
    done
  done
  echo "$runs runs, $pictures_made pictures"
  [ $pictures_made -ge 5 ]
}

test_memory ()
{
  local group
  check "address space from 180 to 1000 MiB" little_address_space
  check "little address space is no fault of a file" blames_no_file
  check "... a run from the coarsest level on" whole_run_in_little_space
  if make_group memory memory.max memory.limit_in_bytes; then
    check "a control group of 80 to 500 MiB" little_memory
    rmdir "$group"
  else
    echo "ok a control group with little memory # SKIP none can be made here"
  fi
}

# The threads that nst "$@" reports to have taken.
threads_of ()
{
  "$@" --report r --size 48 --iterations 1 --style style.png photo.png out/t.png > said 2>&1
  grep -o '"threads":[0-9]*' r | cut -d: -f2
}

test_threads ()
{
  local n group
  n=$(nproc)
  check "as many threads as processors" [ "$(threads_of "$nst")" = "$n" ]
  check "64 asked for are as many" [ "$(threads_of "$nst" --threads 64)" = "$(( n < 64 ? n : 64 ))" ]
  [ "$n" -ge 64 ] || check "... which is said" grep -q "^nst: 64 threads" said
  check "one processor by affinity" [ "$(threads_of taskset -c "$(first_processor)" "$nst")" = 1 ]
  check "... and two asked for" [ "$(threads_of taskset -c "$(first_processor)" "$nst" --threads 2)" = 1 ]
  check "... which is said" grep -q "^nst: 2 threads" said
  if [ "$n" -ge 2 ] && make_group cpu cpu.max cpu.cfs_quota_us; then
    if [ -e "$group/cpu.max" ]; then
      echo "100000 100000" > "$group/cpu.max"
    else
      echo 100000 > "$group/cpu.cfs_quota_us"
    fi
    check "one processor by a control group's quota" [ "$(threads_of "${in_group[@]}" "$group" "$nst")" = 1 ]
    rmdir "$group"
  else
    echo "ok one processor by a control group's quota # SKIP none can be made here"
  fi
}

first_processor () { taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/'; }

# A picture .$2 where a file may have $1 KiB.
written_to_limit ()
{
  local ended
  rm -rf out && mkdir out
  sentences "${short_files[@]}" "$1" "$nst" --size 400 --start photo.png --iterations 1 --style style.png \
    photo.png out/a."$2" > said
  ended=$?
  echo "status $ended: $(cat said); left: $(ls -A out)"
  [ $ended = 1 ] && one_sentence said && grep -q "cannot be written: File too large" said && [ -z "$(ls -A out)" ]
}

# nst with the streams that "$1" closes makes the picture that it makes with them.
with_streams_closed ()
{
  rm -f out/closed.png
  bash -c "exec \"\$@\" $1" closed "$nst" --size 48 --iterations 2 --style style.png photo.png out/closed.png
  echo "status $?"
  cmp out/closed.png out/open.png
}

test_files ()
{
  local kind streams
  for kind in png jpg tif exr webp ppm; do
    check "a limit to a file's size, .$kind" written_to_limit 1 $kind
  done
  check "a picture with all streams" small photo.png out/open.png
  for streams in '2>&-' '>&-' '<&-' '>&- 2>&-' '<&- >&- 2>&-' '2> /dev/full' '> /dev/full'; do
    check "the same with $streams" with_streams_closed "$streams"
  done
  check "... the same when nobody reads what it says" with_streams_closed '2> >(exec true)'
  exec 3> >(exec true)
  wait $!  # whoever reads has gone
  small --report - photo.png out/pipe.png 2> said >&3
  exec 3>&-
  check "a report that nobody reads is said to be cut off" \
    grep -q "^nst: The report .* cannot be written: Broken pipe" said
  check "... and the picture is there" cmp out/pipe.png out/open.png
}

# Starts "${run[@]}" as $pid, with the signals as a shell at a terminal has them.
start_run ()
{
  local name
  rm -rf out && mkdir out
  env --default-signal=INT,QUIT,HUP "${run[@]}" > stdout 2> said &
  pid=$!
  while { read -r name < /proc/$pid/comm; } 2> /dev/null && [ "$name" != nst ]; do sleep 0.005; done
}

# Sends it each of the signals "$@", a few milliseconds apart, as equal ones at once are one.
send ()
{
  local signal
  for signal in "$@"; do
    kill "-$signal" $pid 2> /dev/null
    [ $# = 1 ] || sleep 0.003
  done
}

# Waits until the report of process $2 has $1 lines.
reported ()
{
  local lines=()
  while [ ${#lines[@]} -lt "$1" ] && kill -0 "$2" 2> /dev/null; do
    sleep 0.01
    [ ! -e out/report ] || mapfile -t lines < out/report
  done
}

# Sends the signals "$3"... once there are $2 lines in the report, and $1 seconds later.
# $took: hundredths of a second of the run's processor time up to its end; $status
signalled ()
{
  local wait=$1 lines=$2 shell=$BASHPID pid ended used
  shift 2
  start_run
  ended=$(childrens_ticks "$shell")
  reported "$lines" $pid
  sleep "$wait"
  used=$(ticks $pid)
  send "$@"
  wait $pid
  status=$?
  took=$(($(childrens_ticks "$shell") - ended - used))
}

# $1 moments of the run, at each "$3"...; afterwards the check $2 must hold.  By turns they are
# spread over the time that it took and over the lines that it reported.
at_moments ()
{
  local moments=$1 holds=$2 begun lasts lines i
  shift 2
  rm -rf out && mkdir out
  begun=$(now)
  "${run[@]}" > /dev/null 2>&1
  lasts=$(($(now) - begun))
  lines=$(wc -l < out/report)
  kept=0 nothing=0 ended=0
  for ((i = 0; i < moments; i++)); do
    if [ $((i % 2)) = 0 ]; then
      signalled "$(awk -v t=$lasts -v i=$i -v n="$moments" 'BEGIN { print t * i / n / 1e9 }')" 0 "$@"
    else
      signalled 0 $((lines * i / moments)) "$@"
    fi
    if ! $holds; then
      echo "moment $i of $moments, $*: status $status after ${took}0 ms; left: $(ls -A out); $(cat said)"
      return 1
    fi
  done
  echo "$moments moments: $kept left a picture, $nothing nothing, $ended had ended"
}

had_ended () { [ $status = 0 ] && [ -s out/a.png ] && ended=$((ended + 1)); }

# Where the first of two Ctrl-C had its effect before the second, that is as with one.
left_at_once ()
{
  had_ended && return
  [ "$expected" = 130 ] && grep -q Stopped said && { stopped; return; }
  nothing=$((nothing + 1))
  [ $status = "$expected" ] && [ $took -lt 100 ] && [ -z "$(ls -A out)" ]
}

# Ctrl-C once: the picture, and a report that ends, or nothing where there is none yet.
stopped ()
{
  had_ended && return
  [ $status = 130 ] && [ $took -lt 500 ] || return 1
  if [ -e out/a.png ]; then
    kept=$((kept + 1))
    grep -q "^nst: Stopped; “out/a.png”" said && [ "$(pictures size out/a.png)" = "$size" ] \
      && [ "$(ls -A out | tr '\n' ' ')" = "a.png report " ] && tail -n 1 out/report | grep -q '"end"'
  else
    nothing=$((nothing + 1))
    [ -z "$(ls -A out)" ] && { [ ! -s said ] || grep -q "nothing was written" said; }
  fi
}

kept_some () { at_moments "$@" && [ $kept -gt 0 ]; }

# Waits until the run writes its picture, then lets $1 seconds go by.
signal_while_saving ()
{
  local wait=$1 pid tries=0
  shift
  start_run
  until compgen -G 'out/.nst-*' > /dev/null || ! kill -0 $pid 2> /dev/null || ((++tries > 3000)); do
    sleep 0.01
  done
  sleep "$wait"
  send "$@"
  wait $pid
  status=$?
  [ -e out/a.png ] && [ $status = 0 ] && return
  echo "$*: status $status; left: $(ls -A out)"
  case "$*" in
    INT) [ $status = 130 ] && [ "$(pictures size out/a.png)" = "$size" ] ;;
    "INT INT") [ $status = 130 ] && [ -z "$(ls -A out | grep -v '^a.png$')" ] ;;
    *) [ $status = 143 ] && [ -z "$(ls -A out)" ] ;;
  esac
}

while_saving ()
{
  local wait
  for wait in 0 0.05 0.2; do
    signal_while_saving $wait "$@" || return 1
  done
}

test_signals ()
{
  local run=("$nst" --size 160 --preset draft --report out/report --style style.png photo.png out/a.png)
  local size="160 120 3 8" expected
  expected=143 check "SIGTERM at 12 moments" at_moments 12 left_at_once TERM
  expected=131 check "Ctrl-\\ at 4 moments" at_moments 4 left_at_once QUIT
  expected=152 check "the end of its processor time at 4 moments" at_moments 4 left_at_once XCPU
  expected=129 check "SIGHUP at 6 moments" at_moments 6 left_at_once HUP
  expected=130 check "Ctrl-C twice at 12 moments" at_moments 12 left_at_once INT INT
  check "Ctrl-C once at 18 moments" kept_some 18 stopped INT

  # steps of a second each
  run=("$nst" --size 1000 --iterations 3 --start photo.png --report out/report --style style.png photo.png out/a.png)
  size="1000 750 3 8"
  expected=143 check "SIGTERM at 4 moments of slow steps" at_moments 4 left_at_once TERM
  check "Ctrl-C once at 4 moments of slow steps" at_moments 4 stopped INT

  run=("$nst" --size 1600 --iterations 1 --start photo.png --recipe gatys --optimizer sgd --style-layers relu1_1
       --content-layer relu1_1 --style style.png photo.png out/a.png)
  size="1600 1200 3 8"
  check "Ctrl-C once while saving" while_saving INT
  check "Ctrl-C twice while saving" while_saving INT INT
  check "SIGTERM while saving" while_saving TERM
}

# A log has a line for each level, and at every ten per cent.
test_log ()
{
  local percent
  small --size 256 --preset draft photo.png out/a.png 2> said
  check "a log has a line for each level" [ "$(grep -oE 'size [0-9]+ of [0-9]+' said | sort -u | wc -l)" = 3 ]
  for percent in {1..9}; do
    check "a log has a line at ${percent}0 per cent" grep -qE "^nst: ($percent[0-9]|100) %, size [123] of 3" said
  done
  check "a log has not many lines" [ "$(wc -l < said)" -le 14 ]
  check "a log has no codes of terminals" [ -z "$(tr -d '[:print:]\n×“”' < said)" ]
  small --size 48 --optimizer adam --iterations 2400 photo.png out/a.png 2> said # some seconds
  check "a log has the time left" grep -qE ', [0-9]+:[0-9]{2} left$' said
}

# The most MiB that nst "$@" has resident, whether it succeeds or not.
resident ()
{
  python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)' "$nst" "$@"
}

# Networks from anywhere, their names too; and a limit on memory is one for the process.
test_networks ()
{
  local cases=$here/../data/cases good=(--style style.png photo.png out/a.png) name limit loaded
  check "31 poolings" refuses 1 "more than 15 times" --network "$cases/poolings_31.safetensors" "${good[@]}"
  check "11 poolings and little memory" refuses 1 "no working size fits" \
    --recipe gatys --network "$cases/poolings_11.safetensors" --memory 60 "${good[@]}"
  check "strips that are mostly what they share" timeout 300 "$nst" --network "$cases/overlap.safetensors" \
    --memory 60 --size 64 --iterations 1 --start photo.png "${good[@]}"
  name=$'two\nlines.safetensors'
  cp text.png "$name"
  check "a network's name of two lines" refuses 1 'two\nlines' --network "./$name" "${good[@]}"
  check "such a name of no file" refuses 1 'no\nfile' --network $'./no\nfile.safetensors' "${good[@]}"
  cp text.png $'latin\xe4.safetensors'
  check "a network's name in another encoding" refuses 1 'latin\xe4' --network $'./latin\xe4.safetensors' "${good[@]}"
  mkfifo pipe.safetensors
  check "a network that is a pipe" refuses 1 "pipe.safetensors" --network ./pipe.safetensors "${good[@]}"

  good=(--style "$samples/china.jpg" --size 0 --iterations 2 --start photo.png "$samples/china.jpg" out/a.png)
  loaded=$(resident --memory 1 "${good[@]}")
  for limit in 95 120 250; do
    check "the process stays below --memory $limit and what loading takes" \
      less "$(resident --memory $limit "${good[@]}")" "$(awk -v a="$loaded" -v b=$limit 'BEGIN { print a + b }')"
    check "... in a run that was made" [ -s out/a.png ]
    rm -f out/a.png
  done
}

{ lane memory threads networks && touch second.passed; } > second.log 2>&1 &
lane files log signals || failed=1
wait
[ -e second.passed ] || failed=1
cat second.log
exit $failed
