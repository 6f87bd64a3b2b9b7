#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What one GIMP 2.10 without a window holds in memory from run to run of the filter, and beside
# it from run to run of a blur and a file plug-in, which is GIMP's own growth:
#
#     NST_BUILD=BUILD-FOLDER tests/gimp/memory-gimp2.sh [RUNS]
#
# RUNS is 300; by hand, some minutes.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/isolated.bash"
isolate 2
runs=${1:-300}
convert "$here/../data/samples/china.jpg" -strip -resize 256x192! "$home/photo.png"

# measure NAME EXPRESSION: of `image' and `layer'.
measure ()
{
  : > "$home/log"
  env -u DISPLAY gimp -i -d -f -b "(gimp-message-set-handler CONSOLE)
    (define photo (car (gimp-file-load RUN-NONINTERACTIVE \"$home/photo.png\" \"\")))
    (define (run n)
      (let* ((image (car (gimp-image-duplicate photo)))
             (layer (car (gimp-image-get-active-drawable image))))
        $2
        (gimp-image-delete image)
        (if (= 0 (modulo n 50))
          (begin (gimp-message (string-append \"run \" (number->string n))) (usleep 2000000)))
        (if (< n $runs) (run (+ n 1)))))
    (run 1)" -b '(gimp-quit 1)' < /dev/null >> "$home/log" 2>&1 &
  local gimp=$! n kib first=''
  for ((n = 50; n <= runs; n += 50)); do
    until grep -q "run $n\$" "$home/log"; do
      kill -0 $gimp 2> /dev/null || { tail -n 3 "$home/log"; return 1; }
      sleep 0.2
    done
    sleep 0.5
    kib=$(awk '/^VmRSS/ { print $2 }' /proc/$gimp/status)
    first=${first:-$kib}
    echo "# $1: $n runs, $((kib / 1024)).$((kib % 1024 * 10 / 1024)) MiB," \
      "$(awk -v a="$first" -v b="$kib" 'BEGIN { printf "%+.2f", (b / a - 1) * 100 }') % since the fiftieth"
  done
  wait $gimp
}

measure filter '(plug-in-neural-style-transfer 1 image layer layer 0 50 100 0 50 64 4 "" 0 -1 0 1)'
measure control "(let ((copy (car (gimp-layer-new-from-drawable layer image))))
  (gimp-image-insert-layer image copy 0 -1)
  (plug-in-gauss 1 image copy 5 5 0)
  (file-png-save 1 image copy \"$home/out.png\" \"out.png\" 0 6 0 0 0 0 0))"
