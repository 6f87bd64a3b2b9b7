#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The plug-in in a real GIMP 2.10 without a window: whatever layer, mask, selection and style it
# is called with, there is the right layer in the right place, or one sentence and an image as it
# was.
#
#     gimp2.sh [PLUG-IN]
#
# where PLUG-IN is the binary, that of the build folder NST_BUILD by default.
# One line for each check, and a non-zero exit status when one failed.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
samples=$here/../data/samples
. "$here/isolated.bash"
isolate 2 "${1-}"

# gimp_batch SECONDS SCRIPT: runs SCRIPT without a window.
gimp_batch ()
{
  timeout --kill-after=5 "$1" env -u DISPLAY gimp -i -d -f -b "$2" -b '(gimp-quit 1)' < /dev/null
}

# A float TIFF, 16 x 16, in which some pixels are NaN and some infinite.
nan_picture ()
{
  python3 - "$1" <<'PYTHON'
import struct, sys
nan, inf = float("nan"), float("inf")
odd = {3: (nan, nan, nan), 7: (inf, -inf, 0.5)}
data = b"".join(struct.pack("<3f", *odd.get(i % 16, (0.25, 0.5, 0.75))) for i in range(256))
tags = [(256, 3, 1, 16), (257, 3, 1, 16), (258, 3, 3, 158), (259, 3, 1, 1), (262, 3, 1, 2),
        (273, 4, 1, 170), (277, 3, 1, 3), (278, 3, 1, 16), (279, 4, 1, len(data)),
        (284, 3, 1, 1), (339, 3, 3, 164)]
head = struct.pack("<2sHIH", b"II", 42, 8, len(tags))
head += b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
head = head.ljust(158, b"\0") + struct.pack("<3H", 32, 32, 32) + struct.pack("<3H", 3, 3, 3)
open(sys.argv[1], "wb").write(head + data)
PYTHON
}

# Every number in the uncompressed float TIFF $1 is finite.
finite ()
{
  python3 - "$1" <<'PYTHON'
import math, struct, sys
data = open(sys.argv[1], "rb").read()
size = {3: "H", 4: "I"}
def values(kind, count, entry):
    form = "<%d%s" % (count, size[kind])
    at = entry if struct.calcsize(form) <= 4 else struct.unpack_from("<I", data, entry)[0]
    return struct.unpack_from(form, data, at)
first = struct.unpack_from("<I", data, 4)[0]
tags = {}
for i in range(struct.unpack_from("<H", data, first)[0]):
    tag, kind, count = struct.unpack_from("<HHI", data, first + 2 + 12 * i)
    if kind in size:
        tags[tag] = values(kind, count, first + 2 + 12 * i + 8)
assert data[:2] == b"II" and tags[258][0] == 32 and tags[339][0] == 3
numbers = [x for at, n in zip(tags[273], tags[279])
           for x in struct.unpack_from("<%df" % (n // 4), data, at)]
sys.exit(not (len(numbers) == 768 and all(map(math.isfinite, numbers))))
PYTHON
}

# What GIMP remembers of the procedure: label and path are there, and the folder of
# the catalogues with which it translates the label.
registered ()
{
  grep -A 20 '(proc-def "plug-in-neural-style-transfer"' "$GIMP2_DIRECTORY/pluginrc" \
    | grep -qF "$1"
}

catalogues_registered ()
{
  grep -qF '(locale-def "neural-style-transfer" "${gimp_dir}/plug-ins/neural-style-transfer/locale")' \
    "$GIMP2_DIRECTORY/pluginrc"
}

# zh_TW TEXT: as the installed catalogue has it; fails where that is TEXT itself.
zh_TW ()
{
  python3 - "$GIMP2_DIRECTORY/plug-ins/neural-style-transfer/locale" "$1" <<'PYTHON'
import gettext, sys
text = gettext.translation("neural-style-transfer", sys.argv[1], ["zh_TW"]).gettext(sys.argv[2])
sys.stdout.buffer.write(text.encode())
sys.exit(text == sys.argv[2])
PYTHON
}

label_in_zh_TW ()
{
  zh_TW '_Neural Style Transfer...' | grep -q '(_N)\.\.\.$\|(_N)…$'
}

# A refusal, which the running plug-in translates itself.
sentence_in_zh_TW ()
{
  local sentence
  sentence=$(zh_TW 'A channel cannot be styled. Choose a layer, then try again.') || return 1
  LANGUAGE=zh_TW gimp_batch 60 "$(cat << 'SCHEME'
(let* ((image (car (gimp-image-new 8 8 RGB)))
       (channel (car (gimp-channel-new image 8 8 "c" 50 '(0 0 0)))))
  (gimp-image-insert-channel image channel 0 0)
  (catch #f (plug-in-neural-style-transfer 1 image channel channel 0 50 100 0 50 64 4 "" 0 -1 0 1))
  (gimp-image-delete image))
SCHEME
)" > "$home/zh_TW.log" 2>&1
  grep -qF "$sentence" "$home/zh_TW.log" || { cat "$home/zh_TW.log"; return 1; }
}

small_sizes=$(cat << 'SCHEME'
(let* ((image (car (gimp-image-new 8 8 RGB)))
       (layer (car (gimp-layer-new image 8 8 RGB-IMAGE "l" 100 LAYER-MODE-NORMAL)))
       (run (lambda (size)
              (catch #f (plug-in-neural-style-transfer 1 image layer layer 0 50 100 0 50 size 1 ""
                          0 -1 0 1)))))
  (gimp-image-insert-layer image layer 0 0)
  (gimp-drawable-fill layer FILL-WHITE)
  (run 32768)
  (if (run 512) (gimp-message "512 pixels fit"))
  (gimp-image-delete image))
SCHEME
)

no_warnings ()
{
  ! grep -E '\(neural-style-transfer:[0-9]+\).*(WARNING|CRITICAL)|EEEEeEeek' "$home/log"
}

convert "$samples/china.jpg" -strip -resize 64x48! "$home/content.png"
convert "$samples/GreatWave.jpg" -strip -resize 64x48! "$home/wave.png"
convert "$samples/HokusaiPoppies.jpg" -strip -resize 64x48! "$home/poppies.png"
nan_picture "$home/nan.tif"
"$NST_BUILD/tests/profiles" "$home"
echo 'no network' > "$home/bad.safetensors"

gimp_batch 420 "(define folder \"$home/\") $(scheme tools tools2 layer choices2 images images2 refusals2 checks)" > "$home/log" 2>&1
sed -n 's/^script-fu-Warning: \(\(not \)\{0,1\}ok - \)/\1/p' "$home/log"
grep -q '^script-fu-Warning: not ok' "$home/log" && failed=1
check 'all checks ran to the end' grep -qx 'script-fu-Warning: all checks done' "$home/log"
check 'the menu label' registered '"_Neural Style Transfer..."'
check 'the menu path' registered '(menu-path "<Image>/Filters/Artistic")'
check 'NaN and infinite pixels give finite ones' finite "$home/nan-out.tif"
check 'GIMP and the plug-in warn of nothing' no_warnings
check 'a recipe that knows no strength says so' grep -q 'change nothing' "$home/log"
readme_example '**Batch, GIMP 2.10'
check 'the catalogues are registered' catalogues_registered
check 'the menu label in zh_TW' label_in_zh_TW
check 'a refusal in zh_TW' sentence_in_zh_TW
folders 2
check 'a small tile cache forbids nothing' small_tile_cache "$small_sizes"

[ $failed = 0 ] || { echo "---- GIMP said:"; cat "$home/log"; }
exit $failed
