#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The nst command from end to end, on pictures of a few pixels: each option does what --help says
# of it, what is wrong is refused in one sentence and with its exit status, and no file is lost or
# left over.
#
#     tests/cli/run.sh [NST [SAMPLES]]
#
# NST is that of the build folder NST_BUILD by default, SAMPLES the sample
# pictures in tests/data.  One line for each check; fails if one fails.

. "$(dirname "$0")/files.bash"
. "$(dirname "$0")/common.bash"

# nst $1=(what changes a terminal's colour and ends a line) "$2"... fails and shows it escaped.
escapes ()
{
  local odd=$'a\e[31m\u202eb\nc/\x9b' said
  said=$("$nst" --size 16 --iterations 1 "$1$([ "$1" = --bogus ] || echo =)$odd" "${@:2}" 2>&1)
  [ $? != 0 ] && ! grep -q $'\e\\|\u202e' <<< "$said" && grep -qF 'a\x1b[31m\u202eb\nc' <<< "$said"
}

test_usage ()
{
  local good=(--style style.png photo.png out/a.png)
  check "--help" says "$("$nst" --help)" "--style-scale"
  check "--version" says "$("$nst" --version)" "nst 0."
  check "no argument is wrong usage" refuses 2 "Two files"
  check "one file is wrong usage" refuses 2 "Two files" --style style.png photo.png
  check "no style is wrong usage" refuses 2 "--style" photo.png out/a.png
  check "an unknown option is wrong usage" refuses 2 "--bogus" --bogus "${good[@]}"
  check "an unknown extension is wrong usage" refuses 2 "out/a.xyz" --style style.png photo.png out/a.xyz
  check "no extension is wrong usage" refuses 2 "must end in" --style style.png photo.png out/a
  for pair in preset=best recipe=x optimizer=x colour=x start=x pooling=x strength=101 \
    strength=-1 strength=nan strength=1,5 style-scale=24 style-scale=401 smoothness=inf \
    size=15 size=40000 size=1e3 iterations=-1 iterations=many seed=-1 seed=99999999999 \
    threads=65 memory=-5; do
    check "--$pair is wrong usage" refuses 2 "${pair%%=*}" "--$pair" "${good[@]}"
  done
  check "a comma is told of" refuses 2 "a decimal point, not a comma: “1.5” instead of “1,5”" --strength 1,5 "${good[@]}"
  check "so it is in a style's weight" refuses 2 "--style takes a decimal point" --style style.png:0,5 photo.png out/a.png
  for option in preset size strength bogus style start style-layers content-layer network settings report save-settings \
    threads seed style-scale; do
    check "what steers a terminal is escaped, --$option" escapes "--$option" "${good[@]}"
  done
  check "a start that is no file is wrong usage" refuses 2 "no file “none.png”" --start none.png "${good[@]}"
  check "GIMP's start is wrong usage" refuses 2 "--start" --start result "${good[@]}"
  check "--each-style alone is wrong usage" refuses 2 "--output-dir" --each-style "${good[@]}"
  check "a weight of one style is said to change nothing" says "$("$nst" --size 16 --iterations 1 --style style.png:3 photo.png a.png 2>&1)" "“style.png”: its weight changes nothing"
  check "a seed without noise is told of" says "$(small --seed 3 photo.png a.png 2>&1)" "seed changes nothing"
  check "a seed with noise is not" eval '! small --seed 3 --start noise photo.png a.png 2>&1 | grep -q seed'
  check "a content layer that counts for nothing is told of" says "$(small --content-layer relu4_1 photo.png a.png 2>&1)" "relu4_1 changes nothing"
  check "a style's weight of 0 is wrong usage" refuses 2 "weight" --style style.png:0 photo.png out/a.png
  check "a style's weight below 0 is wrong usage" refuses 2 "weight" --style style.png:-2 photo.png out/a.png
}

test_bad_files ()
{
  local name
  check "a missing content" refuses 1 "none.png" --style style.png none.png out/a.png
  check "a missing style" refuses 1 "none.png" --style none.png photo.png out/a.png
  check "a folder as content" refuses 1 "..” is not" --style style.png .. out/a.png
  check "a text as start" refuses 1 "text.png" --start text.png --style style.png photo.png out/a.png
  check "a device as content" refuses 1 "/dev/zero" --style style.png /dev/zero out/a.png
  for name in text.png empty.png cut.png broken.jpg huge.png clear.png; do
    check "$name as content" refuses 1 "$name" --style style.png $name out/a.png
  done
  check "text.png as style" refuses 1 "text.png" --style text.png photo.png out/a.png
  check "clear.png as style" refuses 1 "clear.png" --style clear.png photo.png out/a.png
  check "an output folder that is not there" refuses 1 "nowhere" --style style.png photo.png nowhere/a.png
  mkdir -p folder.png
  check "an output that is a folder" refuses 1 "folder.png" --style style.png photo.png folder.png
  check "an output where nobody may write" refuses 1 "/proc" --style style.png photo.png /proc/a.png
  check "a network that is not there" refuses 1 "nobody" --network nobody --style style.png photo.png out/a.png
  check "a network that is a picture" refuses 1 "photo.png" --network photo.png --style style.png photo.png out/a.png
  check "an unknown content layer" refuses 1 "relu9_1" --content-layer relu9_1 --style style.png photo.png out/a.png
  check "an unknown style layer" refuses 1 "conv" --style-layers relu1_1,conv --style style.png photo.png out/a.png
  check "a report that cannot be written" refuses 1 "nowhere" --report nowhere/r --style style.png photo.png out/a.png
  check "too little memory" refuses 1 "memory" --memory 1 --size 0 --style style.png "$samples/china.jpg" out/a.png

  GEGL_CACHE_SIZE=1200 check "GEGL's tile cache is the limit" refuses 1 "1200 MiB" --size 32768 --style style.png photo.png out/a.png
  GEGL_CACHE_SIZE=1 check "... but at least 1 GiB" refuses 1 "1024 MiB" --size 32768 --style style.png photo.png out/a.png
  GEGL_CACHE_SIZE=1200 check "... unless --memory says another" refuses 1 "1300 MiB" --memory 1300 --size 32768 --style style.png photo.png out/a.png

  cp photo.png out/kept.png
  "$nst" --style cut.png photo.png out/kept.png 2> log
  check "an old output stays after a failure" cmp photo.png out/kept.png
}

# A full disk: the saver's failure is found out and cleaned up.  Only root may mount one, if
# only root of a namespace of its own.
test_full_disk ()
{
  local name as_root=()
  if [ "$(id -u)" != 0 ]; then
    if unshare --map-root-user --mount true 2> log; then
      { declare -f; declare -p nst here failed; } > shell
      unshare --map-root-user --mount bash -c '. ./shell; test_full_disk; exit $failed' || failed=1
      return
    fi
    as_root=(sudo -n)
  fi
  mkdir -p full
  if ! "${as_root[@]}" mount -t tmpfs -o size=16k,mode=1777 none full 2> log; then
    echo "ok a full disk # SKIP tmpfs cannot be mounted here"
    return
  fi
  for name in png jpg tif exr webp ppm; do
    check "a full disk, .$name" full_disk $name
  done
  "${as_root[@]}" umount full
}

full_disk ()
{
  local said ended
  said=$(sentences small --size 256 photo.png full/a."$1")
  ended=$?
  echo "status $ended: $said"
  [ $ended = 1 ] && [[ $said == *full/a.$1* ]] \
    && [ "$(grep -vc 'pixels, the content' <<< "$said")" = 1 ] && [ -z "$(ls -A full)" ]
}

test_formats ()
{
  local name
  for name in jpeg PNG tiff; do
    check "writes .$name" small photo.png out/f.$name
  done
  for name in png jpg ppm webp tif exr; do
    check "writes .$name" small photo.png out/f.$name
    check "reads .$name back" small out/f.$name out/back.png
    check ".$name has the working size" says "$(pictures size out/back.png)" "48 36"
  done
  check ".exr has floats" pictures float out/f.exr
  check "floats to .tif" probe out/f.exr out/float.tif
  check ".tif keeps float" pictures float out/float.tif
  for name in f.tif float.tif f.exr; do
    check "$name shows what .ppm shows" near out/$name
  done
  check "8 bits stay 8" says "$(pictures size out/f.png)" "48 36 3 8"
  check "a 16-bit content" small deep.png out/d.png
  check "16 bits stay 16" says "$(pictures size out/d.png)" "48 36 3 16"
  check "a grey content" small grey.png out/g.png
  check "a grey content becomes colour" says "$(pictures size out/g.png)" "48 36 3 8"
  check "a grey content with alpha" small grey-alpha.png out/ga.png
  check "a content with alpha" small alpha.png out/a.png
  check "alpha stays" says "$(pictures size out/a.png)" "48 36 4 8"
  check "what was clear stays clear" [ "$(pictures alpha out/a.png 3 3)" = 0 ]
  check "what was opaque stays opaque" [ "$(pictures alpha out/a.png 44 30)" = 255 ]
  check "wild colours where the content is clear" small wild.png out/w.png
  check "they do not bleed" cmp out/a.png out/w.png
  check "a format without alpha" small alpha.png out/a.jpg
  check "alpha in a style" small --style alpha.png photo.png out/s.png
  check "wild colours where the style is clear" small --style wild.png photo.png out/w.png
  check "they do not bleed" cmp out/s.png out/w.png
  check "a content of one pixel" small dot.png out/dot.png
  check "a style of one pixel" small --style dot.png photo.png out/dot.png
  check "a content one pixel wide" small line.png out/line.png
  check "a sample photo" "$nst" --size 32 --iterations 1 --style "$samples/GreatWave.jpg" \
    "$samples/china.jpg" out/sample.png
  check "the output may be the content" cp photo.png same.png
  check "the output may be the content" small same.png same.png
  check "the content was replaced" differ photo.png same.png
  ln -s f.png out/link.png
  check "an output that is a link" small grey.png out/link.png
  check "the link stays" [ -L out/link.png ]
  ln -s later.png out/dangling.png
  check "an output that is a link to nothing" small photo.png out/dangling.png
  check "the link stays, and what it names is there" [ -L out/dangling.png -a -f out/later.png ]
  check "a folder of photos is not painted over" refuses_itself
  check "no temporary file stays" [ -z "$(find . -name '.nst-*')" ]
}

# $1 is read as what out/f.ppm is: taken as the style of that, it leaves nothing to do.
# Photos in the output folder itself would be taken for done.
refuses_itself ()
{
  ! small --output-dir . photo.png > said 2>&1 && grep -q "both become" said
}

near ()
{
  "$nst" --preset draft --size 48 --iterations 1 --smoothness 0 --strength 100 --report r --style "$1" out/f.ppm \
    out/n.ppm && less "$(pictures losses r)" 0.001
}

# out/held.$1, $2 of EXIF's eight ways to hold a camera: photo.png is stored so that it comes
# out as it was.
hold ()
{
  local names=('' TopLeft TopRight BottomRight BottomLeft LeftTop RightTop RightBottom LeftBottom)
  local stored=('' '' -flop '-rotate 180' -flip -transpose '-rotate 270' -transverse '-rotate 90')
  # shellcheck disable=SC2086
  convert photo.png ${stored[$2]} -orient "${names[$2]}" -type TrueColor -quality 98 \
    -sampling-factor 1x1 -define webp:lossless=true -define png:exclude-chunk=all out/held."$1"
  [ "$1" = tif ] || pictures hold out/held."$1" "$2"
}

# The picture $1 is read as what out/upright.ppm shows (JPEG rounds otherwise when it is turned).
upright ()
{
  probe "$1" out/turned.ppm && [ "$(pictures size out/turned.ppm)" = "48 36 3 8" ] \
    && less "$(pictures distance out/upright.ppm out/turned.ppm)" "$2"
}

test_orientation ()
{
  local kind way limit=1e-9
  probe photo.png out/upright.ppm
  for kind in png tif webp jpg; do
    [ $kind != jpg ] || limit=2
    for way in {1..8}; do
      hold $kind "$way"
      check "a .$kind held in EXIF's way $way" upright out/held.$kind $limit
    done
    check "a .$kind from the last" small out/held.$kind out/o.$kind
    check "... is read" small out/o.$kind out/back.ppm
    check "... and not turned again" says "$(pictures size out/back.ppm)" "48 36"
  done
  check "a style as it was held" small --style out/held.png photo.png out/s.png
  check "a style upright" small --style photo.png photo.png out/u.png
  check "... makes the same" cmp out/s.png out/u.png
  for way in 0 9 65535; do
    cp photo.png out/odd.png
    pictures hold out/odd.png $way
    check "orientation $way is none" upright out/odd.png 1e-9
  done
  cp photo.png out/odd.png
  pictures hold out/odd.png 6 9999
  check "EXIF that ends early says nothing" upright out/odd.png 1e-9
}

run () { check "$1 runs" small --iterations 12 "${@:2}"; }

test_look ()
{
  local photo=(--size 96 --style "$samples/GreatWave.jpg" "$samples/china.jpg")
  check "--strength 0 runs" "$nst" --strength 0 --iterations 40 "${photo[@]}" out/s0.ppm
  check "--strength 100 runs" "$nst" --strength 100 --iterations 40 "${photo[@]}" out/s100.ppm
  check "one step stays at the content" "$nst" --strength 0 --iterations 1 "${photo[@]}" out/c.ppm
  check "less strength is nearer to the content" less \
    "$(pictures distance out/c.ppm out/s0.ppm)" "$(pictures distance out/c.ppm out/s100.ppm)"
  run "--colour style" --colour style photo.png out/cs.ppm
  run "--colour content" --colour content photo.png out/cc.ppm
  check "--colour content keeps the warm colours" less \
    "$(pictures warmth out/cs.ppm)" "$(pictures warmth out/cc.ppm)"
  run "--smoothness 0" --smoothness 0 photo.png out/t0.ppm
  run "--smoothness 100" --smoothness 100 photo.png out/t100.ppm
  check "--smoothness 100 is smoother" less \
    "$(pictures roughness out/t100.ppm)" "$(pictures roughness out/t0.ppm)"
  run "--style-scale 50" --style-scale 50 photo.png out/h.ppm
  run "--style-scale 200" --style-scale 200 photo.png out/d.ppm
  check "--style-scale matters" differ out/h.ppm out/d.ppm
  run "two styles" --style a:2.png:3 photo.png out/two.ppm
  check "a file a:2.png is found, with weight 3" differ out/two.ppm out/cs.ppm
  run "a file a:2.png" --style a:2.png photo.png out/one.ppm
  check "the weight matters" differ out/two.ppm out/one.ppm
}

# The losses before the first and before the last step in the report $1.
first_loss () { sed -n 2p "$1" | grep -o '"total":[^,}]*' | cut -d: -f2; }
last_loss () { tail -n 2 "$1" | head -n 1 | grep -o '"total":[^,}]*' | cut -d: -f2; }

# The result has the loss of the run's end, as nothing is cut off then.
test_resume ()
{
  local photo=(--size 160 --preset draft --iterations 10 --style "$samples/GreatWave.jpg") optimizer
  for optimizer in adam l-bfgs; do
    photo+=(--optimizer $optimizer)
    check "a run of $optimizer" "$nst" "${photo[@]}" --report a "$samples/china.jpg" out/a.exr
    check "the content as the start" "$nst" "${photo[@]}" --start "$samples/china.jpg" --report c \
      "$samples/china.jpg" out/c.png
    check "its result as the start" "$nst" "${photo[@]}" --start out/a.exr --report b \
      "$samples/china.jpg" out/b.png
    check "the loss goes on where it ended" less "$(first_loss b)" "$(last_loss a | awk '{ print $1 * 1.1 }')"
    check "... far below that of the content" less "$(first_loss b)" "$(first_loss c | awk '{ print $1 / 3 }')"
    check "... and falls below" less "$(last_loss b)" "$(last_loss a)"
  done
  check "the coarse levels are left out" pictures report b 10
  check "... all of them" says "$(head -n 1 b)" '"levels":[[160,'
  check "a start of another size, with alpha" small --start alpha.png deep.png out/d.png
  check "the last --start counts" small --start text.png --start content photo.png out/e.png
}

test_work ()
{
  local preset steps=()
  for preset in draft normal fine; do
    check "--preset $preset runs" "$nst" --size 64 --preset $preset --report $preset \
      --style "$samples/GreatWave.jpg" "$samples/china.jpg" out/p.ppm
    steps+=("$(pictures lines $preset)")
  done
  check "draft is less work than normal" less "${steps[0]}" "${steps[1]}"
  check "normal is less work than fine" less "${steps[1]}" "${steps[2]}"
  check "--size 0 runs" small --size 0 photo.png out/own.png
  check "--size 0 is the content's own" says "$(pictures size out/own.png)" "48 36"
  check "--size 150 runs" small --size 150 --iterations 3 --report r photo.png out/big.png
  check "--size 150 holds" says "$(pictures size out/big.png)" "150 112"
  check "the report is good" pictures report r 3
  check "there are several levels" says "$(head -n 1 r)" "[150,112]]"
  check "the report names the network" says "$(head -n 1 r)" '"network":"default"'
  check "--threads is reported" small --threads 1 --report r photo.png out/t.png
  check "--threads 1 it is" says "$(head -n 1 r)" '"threads":1'
  check "GEGL's number of threads" env GEGL_THREADS=1 "$nst" --size 48 --iterations 1 --style style.png \
    --report r photo.png out/t.png
  check "it is followed" says "$(head -n 1 r)" '"threads":1'
  check "a report into a pipe" [ "$(small --report /dev/stdout photo.png out/t.png | wc -l)" = 4 ]
}

test_recipes ()
{
  local name said
  said=$("$nst" --recipe keras --size 40 --iterations 3 --report k --style style.png photo.png \
    out/k.png 2>&1)
  check "keras runs" [ -e out/k.png ]
  check "keras says that it takes relu5_1" says "$said" relu5_1
  check "keras: --size is the height" says "$(pictures size out/k.png)" " 40 "
  check "keras has one level" pictures report k 3
  check "keras with a layer of its own says its size only" says "$(sentences "$nst" --recipe keras \
    --size 40 --iterations 1 --content-layer relu4_2 --style style.png photo.png out/k.png | tr '\n' '|')" \
    "nst: the output has 53 × 40 pixels, the content 48 × 36 (see --size)|"
  check "gatys runs" small --recipe gatys --iterations 3 --report g photo.png out/g.png
  check "gatys says what it does not know" says "$("$nst" --recipe gatys --strength 60 --size 48 --iterations 1 \
    --style style.png photo.png out/g.png 2>&1)" "strength"
  check "gatys has a good report" pictures report g 3
  check "the recipes differ" differ <(pictures losses k) <(pictures losses g)
  for name in l-bfgs adam sgd; do
    check "--optimizer $name" small --recipe gatys --optimizer $name --iterations 3 --report $name \
      photo.png out/o.png
  done
  check "adam is not l-bfgs" differ <(pictures losses adam) <(pictures losses l-bfgs)
  check "sgd is not adam" differ <(pictures losses sgd) <(pictures losses adam)
  small --report base photo.png out/o.png
  small --strength 30 --report weak photo.png out/o.png
  check "--content-layer" small --strength 30 --content-layer relu3_1 --report r photo.png out/o.png
  check "--content-layer matters" differ <(pictures losses weak) <(pictures losses r)
  check "--style-layers" small --style-layers relu1_1,relu2_1 --report r photo.png out/o.png
  check "--style-layers matters" differ <(pictures losses base) <(pictures losses r)
  check "--pooling max" small --pooling max --report max photo.png out/o.png
  check "--pooling average" small --pooling average --report average photo.png out/o.png
  check "--pooling matters" differ <(pictures losses max) <(pictures losses average)
  check "--memory that suffices" small --memory 1000 photo.png out/o.png
  check "little --memory" "$nst" --style style.png --size 1600 --iterations 1 --start photo.png --memory 400 \
    --report r photo.png out/o.png
  check "... is not exceeded" less "$(pictures peak r)" 450 # what loading takes comes on top
}

test_same_again ()
{
  local threads
  for threads in 1 2; do
    check "noise with $threads threads" small --start noise --seed 7 --threads $threads \
      photo.png out/n$threads.png
  done
  check "a seed gives the same bytes with 1 and 2 threads" cmp out/n1.png out/n2.png
  check "another seed" small --start noise --seed 8 photo.png out/n8.png
  check "another seed gives other bytes" differ out/n1.png out/n8.png
  check "noise is not the content" small photo.png out/n0.png
  check "noise gives another picture than the content" differ out/n0.png out/n1.png
  check "--network FILE" small --network "$network" photo.png out/nf.png
  check "the built-in network is that file" cmp out/n0.png out/nf.png
  mkdir -p "$XDG_DATA_HOME/neural-style-transfer"
  cp "$network" "$XDG_DATA_HOME/neural-style-transfer/mine.safetensors"
  check "--network NAME" small --network mine photo.png out/nn.png
  check "the network is found by its name" cmp out/n0.png out/nn.png
}

test_end ()
{
  script -qec "'$nst' --size 48 --optimizer adam --iterations 2400 --style style.png photo.png out/b.png" /dev/null \
    > typescript < /dev/null 2>&1
  check "a bar on a terminal" grep -q '###' typescript
  check "the bar tells the time left" grep -qE '[0-9]+:[0-9]{2} left' typescript
}

# GEGL and its tables are GIMP's: the command does without.
test_start ()
{
  local name
  check "no GEGL is loaded" [ -z "$(LD_TRACE_LOADED_OBJECTS=1 "$nst" | grep -E 'gegl|babl')" ]
  for name in png jpg tif exr webp ppm; do
    check "alpha.png to .$name" small --report r alpha.png out/a.$name
    check "that takes little memory" less "$(pictures peak r)" 120
    check "a .$name to .png" small --report r out/a.$name out/b.png
    check "that takes little memory" less "$(pictures peak r)" 120
  done
}

# Two at a time.
lane usage output sticky bad_files full_disk same_again start orientation end > second.log 2>&1 &
second=$!
lane formats look resume work recipes settings batch || failed=1
wait $second || failed=1
cat second.log
exit $failed
