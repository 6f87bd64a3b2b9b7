# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What the tests of nst share.  To be read first, with the script's own arguments:
#
#     [NST [SAMPLES]]
#
# NST is that of the build folder NST_BUILD by default, SAMPLES the sample
# pictures in tests/data.  The script is in a folder of its own afterwards, with a HOME of its own.

set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nst=$(realpath "${1:-${NST_BUILD:?}/plugin/cli/nst}")
samples=$(realpath "${2:-$here/../data/samples}")
network=$(realpath "$here/../../weights/default.safetensors")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir home
export HOME=$folder/home XDG_DATA_HOME=$folder/home/data XDG_CACHE_HOME=$folder/home/cache
export LC_ALL=C.UTF-8
unset LANGUAGE
. "$here/../check.bash"

pictures () { python3 "$here/pictures.py" "$@"; }

# nst with small work: the options come first so that "$@" may have others.
small () { "$nst" --size 48 --iterations 2 --style style.png "$@"; }

# Nothing is to be done: $2 is the picture $1 as it is read.
probe ()
{
  "$nst" --style "$1" --start "$1" --size 0 --iterations 1 --smoothness 0 --strength 0 "$1" "$2"
}

less () { awk -v a="$1" -v b="$2" 'BEGIN { print a, b; exit !(a < b) }'; }
differ () { ! cmp -s "$1" "$2"; }
# What nst "$@" says on stderr, but for the lines of its progress.
sentences () { "$@" 2>&1 > /dev/null | grep -vE '^nst: [0-9]+ %'; return "${PIPESTATUS[0]}"; }

# nst "$3"... must end with status $1, say $2 on stderr in one line (two, with a hint, for
# wrong usage), and leave no file in out/.
refuses ()
{
  local status=$1 words=$2 lines said ended
  shift 2
  lines=$((status == 2 ? 2 : 1))
  rm -rf out && mkdir out
  said=$("$nst" "$@" 2>&1 > stdout)
  ended=$?
  said=$(grep -vE '^nst: [0-9]+ %' <<< "$said")
  echo "status $ended: $said"
  [ "$ended" = "$status" ] && [ "$(wc -l <<< "$said")" = "$lines" ] \
    && [[ $said == "nst: "*"$words"* ]] && [ ! -s stdout ] && [ -z "$(ls -A out)" ]
}

# Runs the parts "$@", each in a folder of its own with fresh pictures.
lane ()
{
  local part
  for part in "$@"; do
    mkdir -p "$part/out" && pictures make "$part" && cd "$part" || return 1
    declare -F "test_$part" > /dev/null || check "there is a part $part" false
    "test_$part"
    cd ..
  done
  return $failed
}

