# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Sourced by the tests of GIMP 3: a home folder of its own with the plug-in and
# the few others that the tests need, so that GIMP starts fast and nothing of
# the user's is touched.  Sets $home, which goes when the script ends.

# isolate BINARY: the plug-in; its catalogues are in the same build folder.
isolate ()
{
  local plug_ins catalogues system
  [ -x "$1" ] || { echo "no plug-in at $1" >&2; exit 1; }
  home=$(mktemp -d)
  trap 'rm -rf "$home"' EXIT
  export HOME=$home XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache
  export XDG_DATA_HOME=$home/data GIMP3_DIRECTORY=$home/gimp
  unset LANGUAGE
  # Otherwise babl picks its conversions by timing them, and a run is like the next but for rounding.
  export BABL_TOLERANCE=0

  plug_ins=$GIMP3_DIRECTORY/plug-ins
  mkdir -p "$plug_ins/neural-style-transfer"
  cp "$1" "$plug_ins/neural-style-transfer/neural-style-transfer"
  system=$(pkg-config --variable gimplibdir gimp-3.0)/plug-ins
  for name in script-fu file-jpeg file-png file-pnm; do
    ln -s "$system/$name" "$plug_ins/$name"
  done
  catalogues=$(dirname "$1")/../../po
  for folder in "$catalogues"/*/LC_MESSAGES; do
    [ -d "$folder" ] || continue
    name=$plug_ins/neural-style-transfer/locale/$(basename "$(dirname "$folder")")
    mkdir -p "$name"
    cp -r "$folder" "$name/"
  done
  cat > "$GIMP3_DIRECTORY/gimprc" <<GIMPRC
(config-version "99.0.0")
(show-welcome-dialog no)
(check-updates no)
(color-profile-policy keep)
(tile-cache-size 1200M)
(plug-in-path "\${gimp_dir}/plug-ins")
GIMPRC
}

# gimp_batch SECONDS SCRIPT [NAME=VALUE...]: runs SCRIPT, Script-Fu version 3,
# without a window.
gimp_batch ()
{
  local seconds=$1 script=$2
  shift 2
  env "$@" timeout --kill-after=5 "$seconds" gimp-console -i -d -f \
    --batch-interpreter plug-in-script-fu-eval -b "(script-fu-use-v3) $script" --quit
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
