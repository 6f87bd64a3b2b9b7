#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The plug-in in a real GIMP 3 without a window: whatever layer, mask, selection and style it
# is called with, there is the right layer in the right place, or one sentence and an image as it
# was.
#
#     gimp3.sh [PLUG-IN]
#
# where PLUG-IN is the binary, that of the build folder NST_BUILD by default.
# One line for each check, and a non-zero exit status when one failed.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
samples=$here/../data/samples
. "$here/isolated.bash"
isolate 3 "${1-}"

# gimp_batch SECONDS SCRIPT [NAME=VALUE...]: runs SCRIPT, Script-Fu version 3,
# without a window.
gimp_batch ()
{
  local seconds=$1 script=$2
  shift 2
  env "$@" timeout --kill-after=5 "$seconds" gimp-console -i -d -f \
    --batch-interpreter plug-in-script-fu-eval -b "(script-fu-use-v3) $script" --quit
}

# A float picture, 16 x 16, in which some pixels are NaN and some infinite.
nan_picture ()
{
  printf 'PF\n16 16\n-1.0\n'
  for ((i = 0; i < 256; i++)); do
    case $((i % 16)) in
      3) printf '\x00\x00\xc0\x7f\x00\x00\xc0\x7f\x00\x00\xc0\x7f' ;;
      7) printf '\x00\x00\x80\x7f\x00\x00\x80\xff\x00\x00\x00\x3f' ;;
      *) printf '\x00\x00\x80\x3e\x00\x00\x00\x3f\x00\x00\x40\x3f' ;;
    esac
  done
}

menu_label_is ()
{
  grep -A 20 '"plug-in-neural-style-transfer" 1' "$GIMP3_DIRECTORY/pluginrc" | grep -qF "\"$1\""
}

# Every number in the PFM file $1 is finite.
finite ()
{
  [ -s "$1" ] && ! tail -n +4 "$1" | od -An -v -t f4 | grep -qiE 'nan|inf'
}

# GIMP, not the plug-in, cares about a pipe that it closed itself.
no_warnings ()
{
  ! grep -E '\(neural-style-transfer:[0-9]+\).*(WARNING|CRITICAL)' "$home/log" \
    | grep -v 'gimp_flush'
}

# GIMP looks nothing up in the C locale; a copy of it that bears the name will do.
zh_TW_label ()
{
  local label
  label=$(sed -n '/^msgid "_Neural Style Transfer\.\.\."/,/^$/s/^msgstr "\(.*\)"/\1/p' \
    "$here/../../po/zh_TW.po")
  mkdir "$home/locales"
  cp -r /usr/lib/locale/C.utf8 "$home/locales/zh_TW.UTF-8"
  rm "$GIMP3_DIRECTORY/pluginrc"
  gimp_batch 60 '#t' LOCPATH="$home/locales" LC_ALL=zh_TW.UTF-8 > "$home/zh_TW.log" 2>&1
  [ -n "$label" ] && menu_label_is "$label"
}

# GIMP 3.2 says nothing itself of an error that is caught.
small_sizes=$(cat << 'SCHEME'
(set! *error-hook*
  (lambda x
    (for-each (lambda (part) (if (string? part) (gimp-message part))) x)
    (apply throw x)))
(let* ((image (gimp-image-new 8 8 RGB))
       (layer (gimp-layer-new image "l" 8 8 RGB-IMAGE 100 LAYER-MODE-NORMAL))
       (run (lambda (size)
              (catch #f (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
                          #:drawables (vector layer) #:style layer #:preset "draft" #:size size
                          #:iterations 1)))))
  (gimp-image-insert-layer image layer 0 0)
  (gimp-drawable-fill layer FILL-WHITE)
  (run 32768)
  (if (run 512) (gimp-message "512 pixels fit"))
  (gimp-image-delete image))
SCHEME
)

convert "$samples/china.jpg" -resize 64x48! "$home/content.png"
convert "$samples/GreatWave.jpg" -resize 64x48! "$home/wave.png"
convert "$samples/HokusaiPoppies.jpg" -resize 64x48! "$home/poppies.png"
nan_picture > "$home/nan.pfm"
"$NST_BUILD/tests/profiles" "$home"
echo 'no network' > "$home/bad.safetensors"

gimp_batch 300 "(define folder \"$home/\") $(scheme tools tools3 layer choices3 images images3 refusals3 filters3 checks)" > "$home/log" 2>&1
status=$?
sed -n 's/^script-fu-Warning: \(\(not \)\{0,1\}ok - \)/\1/p' "$home/log"
grep -q '^script-fu-Warning: not ok' "$home/log" && failed=1
check 'all checks ran to the end' grep -qx 'script-fu-Warning: all checks done' "$home/log"
check 'GIMP exits with 0' [ $status = 0 ]
check 'the menu label' menu_label_is '_Neural Style Transfer...'
check 'the menu path' menu_label_is '<Image>/Filters/Artistic'
check 'NaN and infinite pixels give finite ones' finite "$home/nan-out.pfm"
check 'the plug-in itself warns of nothing' no_warnings
check 'a recipe that knows no strength says so' grep -q 'change nothing' "$home/log"
readme_example '**Batch, GIMP 3'
check 'the example of the README fails with the status 70' [ $example_status = 70 ]
check 'the menu label in zh_TW' zh_TW_label
folders 3
check 'and GIMP ends with the status 70 where one failed' [ $folders_status = 70 ]
check 'a small tile cache forbids nothing' small_tile_cache "$small_sizes"

[ $failed = 0 ] || { echo "---- GIMP said:"; cat "$home/log"; }
exit $failed
