#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# nst-import from end to end: what other programs wrote becomes a network that computes what
# PyTorch computes, what cannot be one is refused in a sentence, and nothing is left over.
#
#     NST_BUILD=BUILD-FOLDER tests/import/run.sh
#
# One line for each check; fails if one fails.  `compare.py features BUILD
# --full` and `compare.py recipes BUILD --full` beside it do the same with
# VGG-19 as it is, in half an hour.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "${NST_BUILD:?}")
import=$build/weights/import/nst-import
nst=$build/plugin/cli/nst
data=$here/data
photo=$(realpath "$here/../../plugin/styles/durer-lion.jpg")
python=/usr/bin/python3
folder=$(mktemp -d)
server=
trap 'kill $server 2> /dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir home served
export HOME=$folder/home XDG_DATA_HOME=$folder/home/data XDG_CACHE_HOME=$folder/home/cache
export LC_ALL=C.UTF-8 NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
unset LANGUAGE
networks=$XDG_DATA_HOME/neural-style-transfer/networks
downloads=$XDG_CACHE_HOME/neural-style-transfer/downloads
. "$here/../check.bash"

# nst-import "$3"... must end with status $1 and say $2 on stderr in one line (two, with a
# hint, for wrong usage), and leave all networks as they were.
refuses ()
{
  local status=$1 words=$2 lines said ended before after
  shift 2
  lines=$((status == 2 ? 2 : 1))
  before=$(find "$networks" -type f -exec sha256sum {} + 2> /dev/null | sort)
  said=$("$import" "$@" 2>&1 > stdout)
  ended=$?
  after=$(find "$networks" -type f -exec sha256sum {} + 2> /dev/null | sort)
  echo "status $ended: $said"
  [ "$ended" = "$status" ] && [ "$(wc -l <<< "$said")" = "$lines" ] \
    && [[ $said == "nst-import: "*"$words"* ]] && [ ! -s stdout ] && [ "$before" = "$after" ]
}

test_usage ()
{
  check "--help" says "$("$import" --help)" "--preprocess"
  check "--help names what can be fetched" says "$("$import" --help)" "vgg19-keras"
  check "--version" says "$("$import" --version)" "nst-import 0."
  check "no file is wrong usage" refuses 2 "One weight file"
  check "two files are wrong usage" refuses 2 "One weight file" a b
  check "a file beside --fetch is wrong usage" refuses 2 "--fetch" --fetch vgg19 a
  check "an unknown option is wrong usage" refuses 2 "--bogus" --bogus a
  check "an unknown precision is wrong usage" refuses 2 "float16" --precision half a
  check "a file that is not there" refuses 1 "none.pth" none.pth
  check "a folder" refuses 1 "directory" "$folder"
  mkfifo pipe
  check "a pipe is not waited for" timeout 60 "$BASH" -c '! "$0" pipe' "$import"
  check "... and told of" refuses 1 "pipe: It is not a file." pipe
  check "an unknown preprocessing" refuses 1 "torchvision, caffe" --preprocess x "$data/good-zip.pth"
  check "an unknown layer" refuses 1 "relu9_1" --until relu9_1 "$data/good-zip.pth"
  check "a bad rule" refuses 1 "--map" --map '(=x' "$data/good-zip.pth"
  check "a rule that can fit in too many ways" refuses 1 "--map takes" --map '(.*.*.*.*.*)*(.*.*.*.*)*[!?]=x' \
    "$data/good-zip.pth"
  for name in .hidden a/b '' $'two\nlines' "$(printf 'x%.0s' {1..101})"; do
    check "no network is called “$(tr '\n' ' ' <<< "${name:0:20}")”" \
      refuses 1 "--name" --name "$name" "$data/good-zip.pth"
  done
}

test_import ()
{
  local file
  for file in "$data"/good-*; do
    check "${file##*/} is imported" "$import" --replace "$file"
  done
  for file in "$data"/bad-*; do
    check "${file##*/} is refused" refuses 1 "$file: " --name bad "$file"
  done
  check "HDF5 is imported where a caller ignores what becomes of processes" \
    env --ignore-signal=CHLD "$import" --replace "$data/good-keras.h5"
  check "nothing of a pickle is run" test ! -e /tmp/nst-import-executed
  check "nothing but networks is left" test -z "$(find "$networks" ! -name '*.safetensors' -type f)"
  check "the name is the file's" test -s "$networks/good-keras.safetensors"
  check "--quiet prints the name" test \
    "$("$import" --quiet --name mine "$data/good-zip.pth")" = mine
  check "a network is not replaced" refuses 1 "--replace" --name mine "$data/good-legacy.pth"
  check "unless it is asked for" "$import" --replace --name mine "$data/good-legacy.pth"
  ln -s round.safetensors "$networks/circle.safetensors"
  ln -s circle.safetensors "$networks/round.safetensors"
  check "links in a circle are not replaced" refuses 1 "circle.safetensors” cannot be replaced" --replace --name circle "$data/good-legacy.pth"
  check "they stay" [ -L "$networks/circle.safetensors" -a -L "$networks/round.safetensors" ]
  rm "$networks/circle.safetensors" "$networks/round.safetensors"
  check "--show has all" says "$("$import" --show)" good-zip
  check "--show NAME has the source" says "$("$import" --show mine)" "source: good-legacy.pth"
  check "its hash" says "$("$import" --show mine)" \
    "SHA-256: $(sha256sum < "$data/good-legacy.pth" | cut -d' ' -f1)"
  check "its preprocessing" says "$("$import" --show mine)" "preprocessing: torchvision"
  "$import" --replace --quiet --name mine --licence "CC BY 4.0" "$data/good-zip.pth" > /dev/null
  check "its licence" says "$("$import" --show mine)" "license: CC BY 4.0"
  check "--show FILE" says "$("$import" --show "$networks/mine.safetensors")" "conv2_1"
  check "--show of none" refuses 1 "nobody" --show nobody
  check "--show of a pipe, which is not waited for" timeout 60 "$BASH" -c '! "$0" --show pipe' "$import"
  check "--show of a folder" refuses 1 "“.” cannot be opened: Is a directory." --show .
  check "--show of no file in another encoding" refuses 1 'no\xe4' --show $'no\xe4'
  check "nst lists them" says "$("$nst" --list-networks)" mine
  check "nst names them" says "$("$nst" --network nobody --style "$photo" "$photo" c.png 2>&1)" mine
  "$import" --replace --quiet --precision float16 --name half "$data/good-zip.pth" > /dev/null
  check "float16 takes half the place" test \
    "$(stat -c %s "$networks/half.safetensors")" -lt "$(stat -c %s "$networks/mine.safetensors")"
  check "equal weights make equal files" same_bytes
  check "a link to a network" eval 'mkdir -p far && mv "$networks/same.safetensors" far && ln -s "$folder/far/same.safetensors" "$networks"'
  check "... is replaced" "$import" --replace --quiet --name same "$data/good-legacy.pth"
  check "... where it leads to" eval '[ -L "$networks/same.safetensors" ] && [ "$(ls -A far)" = same.safetensors ] && ! cmp -s a far/same.safetensors'
  for words in --help --version --show; do
    check "$words on a full disk" eval '! "$import" $words 2>&1 > /dev/full | grep -vq "^nst-import: The standard output" && ! "$import" $words > /dev/full'
  done
  check "the answer to closed streams is no part of a network" eval \
    '"$import" --replace --name closed "$data/good-zip.pth" <&- >&- 2>&-; "$import" --show closed'
  check "a folder that cannot be written" no_folder
  check "a full disk" full_disk
}

same_bytes ()
{
  "$import" --replace --quiet --name same "$data/good-zip.pth" && cp "$networks/same.safetensors" a \
    && "$import" --replace --quiet --name same "$data/good-zip.pth" \
    && cmp a "$networks/same.safetensors"
}

no_folder ()
{
  local said
  echo > file
  said=$(XDG_DATA_HOME=$folder/file "$import" "$data/good-zip.pth" 2>&1)
  [ $? = 1 ] && says "$said" "cannot be written"
}

# A file may not become larger than 1 KiB: as on a full disk, a write fails.
full_disk ()
{
  local said
  said=$(trap '' XFSZ; ulimit -f 1; "$import" --name full "$data/good-zip.pth" 2>&1)
  [ $? = 1 ] && says "$said" "nst-import: " && [ "$(wc -l <<< "$said")" = 1 ] \
    && [ ! -e "$networks/full.safetensors" ] && [ -z "$(find "$networks" -name '.full*')" ]
}

# A published file's name has its hash in it: serve good-zip.pth so.
test_fetch ()
{
  local hash name base
  hash=$(sha256sum < "$data/good-zip.pth")
  name=vgg-${hash:0:8}.pth
  cp "$data/good-zip.pth" "served/$name"
  cp "$data/good-zip.pth" served/vgg-00000000.pth
  cp "$data/good-zip.pth" served/vgg19-dcbb9e9d.pth
  cp "$data/bad-executes.pth" served/plain.pth
  "$python" "$here/server.py" served port requests &
  server=$!
  for _ in $(seq 600); do [ -s port ] || sleep 0.1; done
  base=http://127.0.0.1:$(cat port)

  check "an address is fetched and imported" "$import" --fetch "$base/plain/$name" --name fetched
  check "its source is the address" says "$("$import" --show fetched)" "source: $base/plain/$name"
  check "the download is removed" test -z "$(ls "$downloads")"
  check "a redirection" "$import" --fetch "$base/to/$name" --name redirected
  check "a name that is taken is told before" refuses 1 "--replace" --fetch "$base/plain/$name" --name fetched
  check "another hash" refuses 1 "not the published file" --fetch "$base/plain/vgg-00000000.pth" --name x
  check "the wrong file is removed" test -z "$(ls "$downloads")"
  check "a published file's hash" refuses 1 "SHA-256" --fetch vgg19 --base-url "$base/plain" --name x
  check "a file that is not there" refuses 1 "404" --fetch vgg16 --base-url "$base/plain"
  check "an address without a hash" refuses 1 "--sha256" --fetch "$base/plain/plain.pth"
  check "a fetched file that is no network" refuses 1 "never run" --fetch "$base/plain/plain.pth" \
    --sha256 "$(sha256sum < served/plain.pth | cut -d' ' -f1)" --name x
  rm -f "$downloads"/*
  check "a download that breaks off" refuses 1 "goes on from there" --fetch "$base/cut/$name" --name cut
  check "its part is kept" test -s "$downloads/$name.part"
  check "the same command goes on" "$import" --fetch "$base/cut/$name" --name cut
  check "from where it was" grep -qE "^/cut/$name bytes=[1-9]" requests
  check "and is the same network" \
    cmp <(tail -c 2000 "$networks/cut.safetensors") <(tail -c 2000 "$networks/fetched.safetensors")
  head -c 1000 "served/$name" > "$downloads/$name.part"
  check "a server without ranges: all of it again" "$import" --fetch "$base/whole/$name" --name whole
  head -c 99999 /dev/zero > "$downloads/$name.part"
  check "a part that is longer than the file" "$import" --fetch "$base/plain/$name" --name long
  cp "served/$name" "$downloads/$name.part"
  : > requests
  check "what is whole is not fetched again" "$import" --fetch "$base/plain/$name" --name again
  check "nothing was asked for" test ! -s requests
  kill $server
  wait $server 2> /dev/null
  check "no server" refuses 1 "cannot be reached" --fetch vgg19 --base-url "$base/plain"
  check "no network" refuses 1 "without a network" --fetch vgg19 --base-url http://nowhere.invalid
  check "an unknown name" refuses 1 "vgg19-caffe" --fetch vgg20
}

# With what PyTorch, Keras and Caffe would have written.
test_compare ()
{
  if ! "$python" -c 'import torch, h5py, PIL' 2> /dev/null; then
    echo "${CI:+not }ok what PyTorch computes # SKIP needs python3-torch, python3-h5py and python3-pil"
    [ -z "${CI-}" ] || failed=1
    return
  fi
  "$python" "$here/compare.py" features "$build" || failed=1
  "$python" "$here/compare.py" recipes "$build" || failed=1
}

if [ ! -x "$import" ]; then
  echo "not ok nst-import is not built: it needs libhdf5 and libcurl"
  exit 1
fi
test_usage
test_import
test_fetch
test_compare
exit $failed
