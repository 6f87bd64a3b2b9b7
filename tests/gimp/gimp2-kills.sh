#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The filter cancelled, killed and its image closed at random moments in a real GIMP 2.10: GIMP
# goes on, the image and what can be undone are as before, and no file is left.
#
#     gimp2-kills.sh [PLUG-IN]
#
# as gimp2-dialog.sh has it; kills.bash has what more can be asked for.

set -uo pipefail
. "$(dirname "$0")/dialog.bash" 2 "$@"
generation=2

start_gimp ()
{
  if [ "$where" = headless ]; then
    env -u DISPLAY gimp -i -d -f -b "$1" < /dev/null >> "$home/log" 2>&1 &
  else
    gimp --no-splash --new-instance -b "$1" < /dev/null >> "$home/log" 2>&1 &
  fi
  gimp=$!
  disown
}

. "$here/kills.bash"
kills headless kill term close 'close kill'
kills window cancel kill close 'close cancel'
exit $failed
