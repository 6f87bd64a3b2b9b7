#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The filter cancelled, killed and its image closed at random moments in a real GIMP 3: GIMP
# goes on, the image and what can be undone are as before, and no file is left.
#
#     gimp3-kills.sh [PLUG-IN]
#
# as gimp3-dialog.sh has it; kills.bash has what more can be asked for.

set -uo pipefail
. "$(dirname "$0")/dialog.bash" 3 "$@"
generation=3

start_gimp ()
{
  local script=(--batch-interpreter plug-in-script-fu-eval -b "(script-fu-use-v3) $1")
  if [ "$where" = headless ]; then
    env -u DISPLAY gimp-console -i -d -f "${script[@]}" < /dev/null >> "$home/log" 2>&1 &
  else
    gimp --no-splash --new-instance "${script[@]}" < /dev/null >> "$home/log" 2>&1 &
  fi
  gimp=$!
  disown
}

. "$here/kills.bash"
# Not `close' alone, whose run goes on to its end: GIMP 3.0 keeps an image that was closed until the
# script's call returns, and may crash when Script-Fu then asks about the layer that was returned,
# which went with the image.
kills headless kill term 'close kill'
# By hand only: what the test takes back by Ctrl+Z on the screen is at times not what it had done.
[ -z "${NST_KILLS-}" ] || kills window cancel kill 'close cancel'
exit $failed
