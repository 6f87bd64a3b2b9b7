# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Sourced by the tests of GIMP 2.10: a home folder of its own with the plug-in
# and the few others that the tests need, so that GIMP starts fast and nothing
# of the user's is touched.  Sets $home, which goes when the script ends.

# isolate BINARY: the plug-in; its catalogues are in the same build folder.
isolate ()
{
  local plug_ins system folder name
  [ -x "$1" ] || { echo "no plug-in at $1" >&2; exit 1; }
  home=$(mktemp -d)
  trap 'rm -rf "$home"' EXIT
  export HOME=$home XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache
  export XDG_DATA_HOME=$home/data GIMP2_DIRECTORY=$home/gimp LC_ALL=C.UTF-8
  unset LANGUAGE

  plug_ins=$GIMP2_DIRECTORY/plug-ins
  mkdir -p "$plug_ins/neural-style-transfer" \
    "$GIMP2_DIRECTORY"/{brushes,dynamics,gradients,palettes,patterns,tool-presets}
  cp "$1" "$plug_ins/neural-style-transfer/neural-style-transfer"
  system=$(pkg-config --variable gimplibdir gimp-2.0)/plug-ins
  for name in script-fu file-jpeg file-png file-pnm file-tiff; do
    ln -s "$system/$name" "$plug_ins/$name"
  done
  for folder in "$(dirname "$1")"/../../po/*/LC_MESSAGES; do
    [ -d "$folder" ] || continue
    name=$plug_ins/neural-style-transfer/locale/$(basename "$(dirname "$folder")")
    mkdir -p "$name"
    cp -r "$folder" "$name/"
  done
  cat > "$GIMP2_DIRECTORY/gimprc" <<GIMPRC
(check-updates no)
(color-profile-policy keep)
(tile-cache-size 1200M)
(plug-in-path "\${gimp_dir}/plug-ins")
GIMPRC
}

# gimp_batch SECONDS SCRIPT: runs SCRIPT without a window.
gimp_batch ()
{
  timeout --kill-after=5 "$1" env -u DISPLAY gimp -i -d -f -b "$2" -b '(gimp-quit 1)' < /dev/null
}

# check NAME COMMAND...: one line that says whether COMMAND succeeds.
failed=0
check ()
{
  local name=$1
  shift
  if "$@"; then
    echo "ok - $name"
  else
    echo "not ok - $name"
    failed=1
  fi
}
