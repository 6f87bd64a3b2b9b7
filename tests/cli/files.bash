# SPDX-License-Identifier: GPL-3.0-or-later
#
# What run.sh asks of the files that nst writes: they are replaced whole or not at all, keep their
# mode and owner, and those of a run that ends early are gone; many with one start-up; settings as files.

test_settings ()
{
  check "--save-settings" small --strength 77 --save-settings s.ini photo.png out/a.png
  check "--settings" "$nst" --style style.png --settings s.ini photo.png out/b.png
  check "they give the same picture" cmp out/a.png out/b.png
  check "an option after them" "$nst" --style style.png --settings s.ini --strength 10 photo.png out/c.png
  check "gives another" differ out/a.png out/c.png
  printf '[settings]\nstrength=1e9\n' > bad.ini
  check "settings out of range" refuses 2 "from 0 to 100" --style style.png --settings bad.ini photo.png out/a.png
  check "a file of no settings" refuses 2 "no file of settings" --style style.png --settings photo.png photo.png out/a.png
  check "no file" refuses 2 "“nowhere.ini” cannot be opened: No such file or directory." --style style.png --settings nowhere.ini photo.png out/a.png
  printf '\xef\xbb\xbf[settings]\r\nstrength=77\r\n' > windows.ini
  check "settings as Windows writes them" "$nst" --style style.png --size 48 --iterations 2 --settings windows.ini photo.png out/d.png
  check "they are the same" "$nst" --style style.png --settings windows.ini --save-settings w.ini --size 48 --iterations 2 photo.png out/e.png
  check "... to the last setting" cmp s.ini w.ini
  check "settings to the standard output" eval 'small --strength 77 --save-settings - photo.png out/f.png > stdout && cmp s.ini stdout && [ ! -e ./- ]'
  mkdir -p elsewhere
  echo old > elsewhere/s.ini
  chmod 640 elsewhere/s.ini
  ln -s elsewhere/s.ini link.ini
  ln -s elsewhere/new.ini dangling.ini
  check "settings over a link" small --strength 77 --save-settings link.ini photo.png out/g.png
  check "the link stays" [ -L link.ini ]
  check "what it names is written" cmp s.ini elsewhere/s.ini
  check "its mode is kept" [ "$(stat -c %a elsewhere/s.ini)" = 640 ]
  check "settings over a link to nothing" small --strength 77 --save-settings dangling.ini photo.png out/g.png
  check "... are what it names" eval '[ -L dangling.ini ] && cmp s.ini elsewhere/new.ini'
  check "nothing else is left there" [ "$(ls -A elsewhere | tr '\n' ' ')" = "new.ini s.ini " ]
  check "settings of a run that fails" refuses 1 "none.png" --save-settings out/failed.ini --style style.png none.png out/a.png
  echo old > old.ini
  check "... stay what they were" eval '! small --save-settings old.ini none.png out/a.png && [ "$(cat old.ini)" = old ]'
  check "settings of many pictures" "$nst" --size 16 --iterations 1 --style style.png --save-settings all.ini --output-dir many photo.png grey.png
  check "... are written" grep -q "^size=16" all.ini
  check "... but not when one of them fails" eval '! "$nst" --size 16 --iterations 1 --style style.png --save-settings some.ini --output-dir many photo.png none.png && [ ! -e some.ini ]'
  mkfifo pipe
  check "settings over what is no file" refuses 2 "“pipe” is no file" --style style.png --save-settings pipe photo.png out/a.png
  check "it stays" [ -p pipe ]
  check "settings that cannot be written" refuses 2 "nowhere" --style style.png --save-settings nowhere/s.ini photo.png out/a.png
}

# Where a folder has the sticky bit, as /tmp has, another user's file is not replaced, which is said
# before the run.
test_sticky ()
{
  local as_root=() as_user=()
  if [ "$(id -u)" = 0 ]; then
    as_user=(setpriv --reuid 65534 --clear-groups env HOME=/nonexistent)
    chmod 711 "$folder"
  else
    as_root=(sudo -n)
  fi
  if ! "${as_root[@]}" install -d -m 1777 sticky 2> log || ! "${as_user[@]}" "$nst" --version >> log 2>&1; then
    echo "ok another user's file # SKIP there is no other user here"
    return
  fi
  "${as_root[@]}" cp photo.png sticky/theirs.png
  "${as_root[@]}" chmod 666 sticky/theirs.png
  check "another user's file in a folder like /tmp" eval \
    '! "${as_user[@]}" "$nst" --size 16 --iterations 1 --report sticky/r --style style.png photo.png sticky/theirs.png 2> said'
  check "... is said not to be replaceable" says "$(cat said)" "“sticky/theirs.png” cannot be replaced"
  check "... before the run" eval '[ ! -e sticky/r ] && [ "$(wc -l < said)" = 1 ]'
  check "nor is it by settings" eval \
    '! "${as_user[@]}" "$nst" --size 16 --iterations 1 --save-settings sticky/theirs.png --style style.png photo.png sticky/a.png 2> said'
  check "... said likewise" says "$(cat said)" "“sticky/theirs.png” cannot be replaced"
  check "a new one is made" "${as_user[@]}" "$nst" --size 16 --iterations 1 --style style.png photo.png sticky/mine.png
  check "nothing else is left" [ "$(ls -A sticky | tr '\n' ' ')" = "mine.png theirs.png " ]
  "${as_root[@]}" rm -rf sticky
}

# The words of "$@" that cannot be said are an error, in one sentence.
unheard ()
{
  local said ended
  said=$(bash -c 'exec "$@" > /dev/full' unheard "$@" 2>&1)
  ended=$?
  echo "status $ended: $said"
  [ $ended = 1 ] && [[ $said == "nst: The standard output"* ]] && [ "$(wc -l <<< "$said")" = 1 ]
}

# nst "$2"..., ended once there is something in the file $1.
stopped_early ()
{
  local file=$1 pid tries=3000
  shift
  "$nst" --iterations 100000 "$@" --style style.png photo.png out/e.png & pid=$!
  until [ -s "$file" ] || [ $((tries--)) = 0 ]; do
    sleep 0.1
  done
  kill -TERM $pid
  ! wait $pid && [ $tries -ge 0 ]
}

# "$2"..., which waits, is ended by SIGTERM with the status $1.
ends_by_signal ()
{
  local expected=$1 ended
  shift
  timeout -k 3 --preserve-status 1 "$@"
  ended=$?
  echo "status $ended"
  [ $ended = "$expected" ]
}

test_output ()
{
  local words
  for words in --help --version --list-networks; do
    mkdir -p "$XDG_DATA_HOME/neural-style-transfer"
    cp "$network" "$XDG_DATA_HOME/neural-style-transfer/mine.safetensors"
    check "$words on a full disk" unheard "$nst" $words
    check "$words where stdout is closed" eval '! "$nst" $words >&- 2> said && grep -q "^nst: The standard output" said'
  done
  check "a report to the standard output" eval 'small --report - photo.png out/a.png > stdout && [ ! -e ./- ]'
  check "... is the report" eval 'head -n 1 stdout | grep -q "\"start\"" && tail -n 1 stdout | grep -q "\"end\""'
  check "a report that cannot be said is told of once" eval '! sentences small --report - photo.png out/b.png > /dev/full 2> said; [ "$(small --report - photo.png out/b.png 2>&1 > /dev/full | grep -vcE "^nst: [0-9]+ %|pixels, the content")" = 1 ]'
  check "a report and settings do not go to one stream" eval '! small --report - --save-settings - photo.png out/c.png > stdout 2> said && grep -q "another name" said'

  mkdir -p elsewhere
  ln -s elsewhere/r link
  mkfifo pipe
  check "a report to a pipe that nobody reads" ends_by_signal 143 "$nst" --report pipe --style style.png photo.png out/p.png
  check "a report to a pipe" eval 'cat pipe > read & small --report pipe photo.png out/p.png && wait $! && grep -q "\"end\"" read'
  ln -s circle.png round.png
  ln -s round.png circle.png
  check "an output that is links in a circle" refuses 1 "“round.png” cannot be replaced" --style style.png photo.png round.png
  check "settings that are links in a circle" refuses 2 "round.png" --save-settings round.png --style style.png photo.png out/p.png
  check "a report that is links in a circle" refuses 1 "round.png" --report round.png --style style.png photo.png out/p.png
  check "they stay" [ "$(readlink round.png circle.png | tr '\n' ' ')" = "circle.png round.png " ]
  check "settings of no name" refuses 2 "no file" --save-settings '' --style style.png photo.png out/p.png
  check "an output folder of no name" refuses 2 "folder “”" --output-dir '' --style style.png photo.png
  check "a report over a link" small --report link photo.png out/d.png
  check "the link stays" [ -L link -a -s elsewhere/r ]
  mkdir -p elsewhere/deep
  ln -s elsewhere/deep hop
  ln -s ../there.png elsewhere/deep/up.png
  check "a link in a linked folder leads on from where it lies" \
    eval 'small photo.png hop/up.png && [ -s elsewhere/there.png ] && [ -L hop/up.png ] && [ ! -e there.png ]'
  check "so does .. after such a folder" \
    eval 'small --save-settings hop/../settings photo.png out/d.png && [ -s elsewhere/settings ] && [ ! -e settings ]'
  echo mine > r
  check "a run that ends early deletes no other file" \
    eval 'stopped_early elsewhere/other --report hop/../other && [ ! -e elsewhere/other ] && cp r other && stopped_early elsewhere/other --report hop/../other && [ -s other ]'
  rm elsewhere/r
  check "settings that are lost are told of beside a report, too" \
    eval '! small --save-settings - --report r.jsonl photo.png out/d.png > /dev/full 2> said && grep -q "standard output" said'
  check "a run that ends early deletes what it names" eval 'stopped_early elsewhere/r --report link && [ -L link ] && [ ! -e elsewhere/r ]'
  check "but not the file that the standard output is" eval 'stopped_early own --report /dev/stdout > own && [ -s own ] && [ -L /dev/stdout ]'
}

# Stopped while the second picture is painted, and started again.
interrupt_batch ()
{
  local pid tries=3000 status=0 batch=("$nst" --size 64 --iterations 400 --style style.png --output-dir stopped)
  cp photo.png second.png
  "${batch[@]}" photo.png second.png & pid=$!
  until [ -e stopped/photo.png ]; do
    sleep 0.1
    [ $((tries--)) -gt 0 ] || break
  done
  kill -INT $pid
  wait $pid || status=$?
  echo "status $status"
  ls -A stopped
  [ $status != 0 ] && [ "$(ls -A stopped)" = photo.png ] && cp -p stopped/photo.png first.png \
    && "${batch[@]}" photo.png second.png && cmp stopped/photo.png first.png \
    && [ "$(ls -A stopped | wc -l)" = 2 ]
}

test_batch ()
{
  local batch=("$nst" --size 48 --iterations 2 --style style.png --style photo.png --output-dir out)
  check "--output-dir with a mixture" "${batch[@]}" photo.png alpha.png
  check "gives one picture each" [ "$(ls out | tr '\n' ' ')" = "alpha.png photo.png " ]
  check "--each-style" "${batch[@]}" --each-style photo.png alpha.png
  check "gives one in each style" [ "$(ls out | wc -l)" = 6 ]
  check "they are those of single runs" small photo.png single.png
  check "byte for byte" cmp single.png out/photo-style.png
  check "what is there is left out" says "$("${batch[@]}" photo.png 2>&1)" "is there already"
  check "a picture that fails does not keep others back" \
    eval '! "${batch[@]}" --each-style nowhere.png style.png && [ -s out/style-photo.png ]'
  check "no content is wrong usage" refuses 2 "at least one" --style style.png --output-dir out
  check "a report is wrong usage" refuses 2 "--report" --report r --style style.png --output-dir out photo.png
  check "two of one name are refused" eval '! "${batch[@]}" photo.png ./photo.png 2> said && grep -q "both become" said'
  check "stopped and started again" interrupt_batch
}
