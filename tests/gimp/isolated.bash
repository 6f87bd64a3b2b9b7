# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Sourced by the tests of GIMP 2.10 and 3: a home folder of its own with the
# plug-in and the few others that the tests need, so that GIMP starts fast and
# nothing of the user's is touched.  Sets $home, which goes when the script ends.

. "$(dirname "${BASH_SOURCE[0]}")/../../plugin/readme.sh"

# isolate VERSION [BINARY]: GIMP's, 2 or 3, and the plug-in, that of the build folder
# NST_BUILD by default; its catalogues are in the same build folder.
isolate ()
{
  local plug_in=${2:-${NST_BUILD:?}/plugin/gimp$1/neural-style-transfer} plug_ins system folder name
  [ -x "$plug_in" ] || { echo "no plug-in at $plug_in" >&2; exit 1; }
  home=$(mktemp -d)
  trap 'rm -rf "$home"' EXIT
  export HOME=$home XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache
  export XDG_DATA_HOME=$home/data "GIMP$1_DIRECTORY=$home/gimp" LC_ALL=C.UTF-8
  unset LANGUAGE
  # Otherwise babl picks its conversions by timing them, and a run is like the next but for rounding.
  export BABL_TOLERANCE=0

  plug_ins=$home/gimp/plug-ins
  mkdir -p "$plug_ins/neural-style-transfer" \
    "$home/gimp"/{brushes,dynamics,gradients,palettes,patterns,tool-presets}
  cp "$plug_in" "$plug_ins/neural-style-transfer/neural-style-transfer"
  cp -r "$(dirname "${BASH_SOURCE[0]}")/../../plugin/"{styles,help,*.svg} "$plug_ins/neural-style-transfer/"
  system=$(pkg-config --variable gimplibdir "gimp-$1.0")/plug-ins
  for name in script-fu file-jpeg file-png file-pnm file-tiff; do
    ln -s "$system/$name" "$plug_ins/$name"
  done
  for folder in "$(dirname "$plug_in")"/../../po/*/LC_MESSAGES; do
    [ -d "$folder" ] || continue
    name=$plug_ins/neural-style-transfer/locale/$(basename "$(dirname "$folder")")
    mkdir -p "$name"
    cp -r "$folder" "$name/"
  done
  {
    [ "$1" = 2 ] || printf '(%s)\n' 'config-version "99.0.0"' 'show-welcome-dialog no'
    printf '(%s)\n' 'check-updates no' 'color-profile-policy keep' 'tile-cache-size 1200M' \
      "plug-in-path \"\${gimp_dir}/plug-ins\""
  } > "$home/gimp/gimprc"
}

# scheme NAME...: those scripts of this folder.
scheme ()
{
  local name
  for name in "$@"; do
    cat "$(dirname "${BASH_SOURCE[0]}")/$name.scm"
  done
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

# A tile cache of next to nothing leaves the filter 1 GiB all the same: SCRIPT tries 32768
# pixels, then 512.
small_tile_cache ()
{
  sed -i 's/(tile-cache-size .*)/(tile-cache-size 1M)/' "$home/gimp/gimprc"
  gimp_batch 60 "$1" > "$home/small.log" 2>&1
  grep -q 'the 1024 MiB' "$home/small.log" && grep -q '512 pixels fit' "$home/small.log" && return
  cat "$home/small.log"
  return 1
}

# The README's commands that follow the line beginning with $1, word for word, in a folder that
# holds photo.jpg and painting.jpg, of which the second is missing at first.
readme_example ()
{
  local here=$home/example commands said
  commands=$(readme_commands "$samples/../../../README.md" "$1")
  mkdir "$here"
  convert "$samples/china.jpg" -resize 96x96 "$here/photo.jpg"
  convert "$samples/GreatWave.jpg" -resize 96x96 "$here/painting-to-be.jpg"
  cd "$here" || return 1
  said=$(timeout --kill-after=5 60 env -u DISPLAY bash -c "$commands" < /dev/null 2>&1)
  example_status=$?
  [[ $said == *[Ee]rror:*painting.jpg* ]] && [ ! -e painted.png ]
  check 'the example of the README says that a picture is missing' [ $? = 0 ]
  mv painting-to-be.jpg painting.jpg
  timeout --kill-after=5 60 env -u DISPLAY bash -c "$commands" < /dev/null > "$home/example.log" 2>&1 \
    && [ "$(identify -format '%w %h' painted.png)" = "$(identify -format '%w %h' photo.jpg)" ] \
    && [ "$(compare -metric RMSE photo.jpg painted.png null: 2>&1 \
            | sed 's/.*(\(.*\))/\1/' | awk '{ print ($1 > 0.02) }')" = 1 ]
  check 'the example of the README' [ $? = 0 ]
  cd - > /dev/null || return 1
  [ -s "$here/painted.png" ] || { echo "$said"; cat "$home/example.log"; }
}

# The example GENERATION that paints every picture of a folder in the style of every one of
# another: it tells of each, of one that is no picture why, and goes on; the second time mends
# what was cut short and no more.
folders ()
{
  local script old examples=$here/../../plugin/examples photos=$home/folders/photos
  mkdir -p "$home"/folders/{photos,paintings,results}
  cp "$home/content.png" "$photos/"
  echo 'no picture' > "$photos/a.png"
  cp "$home/wave.png" "$home/poppies.png" "$home/folders/paintings/"
  script="(define photos \"$photos\") (define paintings \"$home/folders/paintings\")
    (define results \"$home/folders/results\") $(cat "$examples/folders-gimp$1.scm" "$examples/folders.scm")"
  gimp_batch 120 "$script" > "$home/folders.log" 2>&1
  folders_status=$?
  check 'what cannot be painted is told of with the reason' \
    grep -q "a.png-wave.png.png failed: .*$photos/a.png" "$home/folders.log"
  cd "$home/folders/results" || return 1
  rm "$photos/a.png"
  old=$(stat -c %y content.png-wave.png.png)
  : > content.png-poppies.png.png
  touch content.png-poppies.png.png.part
  gimp_batch 120 "$script" >> "$home/folders.log" 2>&1
  [ "$(ls -A | wc -l)" = 2 ] && [ -s content.png-poppies.png.png ] \
    && [ "$(stat -c %y content.png-wave.png.png)" = "$old" ] \
    && grep -q '2 of 2: .*is there already' "$home/folders.log" \
    && grep -q 'all done' "$home/folders.log"
  check 'every picture of a folder in every style of another' [ $? = 0 ]
  [ $failed = 0 ] || { ls -lA; cat "$home/folders.log"; }
  cd - > /dev/null || return 1
}
