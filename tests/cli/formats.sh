#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Picture files of every kind, made by other programs: nst sees the pixels that they see, writes
# what they read again with depth, profile and metadata kept, and refuses in one sentence what is
# cut off or cannot be.
#
#     tests/cli/formats.sh [NST]
#
# NST is that of the build folder NST_BUILD by default.  The work is done by formats.py.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
nst=$(realpath "${1:-${NST_BUILD:?}/plugin/cli/nst}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
export HOME=$folder LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
unset LANGUAGE
/usr/bin/python3 "$here/formats.py" "$nst" "$here/../data"
