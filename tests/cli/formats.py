#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures by other programs, each read by nst, and written again.

formats.py NST DATA [PART...]   runs in the folder that it is in; prints a line for each kind, then how
                                many files it tried

Nothing here is made by nst: ImageMagick, Pillow, libtiff's tools, libwebp's, netpbm's and
exiftool make the files.
"""
import concurrent.futures
import os
import sys

import formats_in
import formats_light
import formats_lost
import formats_netpbm
import formats_out
import formats_rare
import formats_said
from formats_common import checks, prepare, tried

PARTS = (formats_in.png, formats_in.jpeg, formats_in.tiff, formats_in.webp, formats_in.gif,
         formats_netpbm.netpbm, formats_in.others, formats_in.profiles, formats_in.given,
         formats_rare.odd_bits, formats_rare.plain_ycbcr, formats_rare.corrupt, formats_rare.brightness, formats_rare.truth, formats_rare.kinds, formats_rare.palettes, formats_rare.png_says,
         formats_light.primaries, formats_light.too_strong, formats_light.with_alpha, formats_light.channels, formats_light.rare_channels,
         formats_light.windows,
         formats_out.goes_out_depth, formats_out.goes_out_colour, formats_out.goes_out_metadata,
         formats_said.resolution, formats_said.words, formats_said.stale, formats_said.comments, formats_said.comments_whole,
         formats_lost.further, formats_lost.edges, formats_lost.packed_texts,
         formats_said.large_exif, formats_said.long_xmp,
         formats_out.files)


def judge(check):
    group, name, function = check
    try:
        return group, name, function()
    except Exception as problem:  # the program that makes the file may be missing
        return group, name, f'{type(problem).__name__}: {problem}'


def main():
    prepare()
    for part in PARTS:
        if not sys.argv[3:] or part.__name__ in sys.argv[3:]:
            part()
    wrong, groups = {}, {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for group, name, problem in pool.map(judge, checks):
            groups[group] = groups.get(group, 0) + 1
            if problem:
                wrong.setdefault(group, []).append(f'{name}: {problem}')
    for group, n in groups.items():
        print('not ok' if group in wrong else 'ok', f'{group} ({n} files)')
        for line in wrong.get(group, []):
            print('#', line.replace('\n', ' ')[:300])
    print('ok' if len(tried) >= 250 or sys.argv[3:] else 'not ok', f'files tried: {len(tried)}')
    return bool(wrong) or (len(tried) < 250 and not sys.argv[3:])


if __name__ == '__main__':
    sys.exit(main())
