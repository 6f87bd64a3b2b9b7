# SPDX-License-Identifier: GPL-3.0-or-later
"""What files say besides pixels and colours, and whether it is true of what nst writes."""
import shutil

from formats_common import expect, nst, pixels, read, run, shell
from formats_out import dots, painted, tag, tags

KINDS = ('jpg', 'png', 'tif', 'webp', 'exr')


def make_resolutions():
    """Files by what says how many dots there are: their resolution, and whether it is in inches."""
    made = {}
    for kind in ('jpg', 'png', 'tif'):
        for unit, numbers, dots_said in (('PixelsPerInch', '300', (300, 300)),
                                         ('PixelsPerCentimeter', '40x80', (101.6, 203.2))):
            name = f'dots-{kind}-{unit}.{kind}'
            shell(f'convert photo.png -units {unit} -density {numbers} -quality 100 {name}')
            made[name] = (*dots_said, unit == 'PixelsPerInch' and kind != 'png')
    for kind in ('jpg', 'png', 'webp'):
        for group in ('EXIF', 'XMP-tiff'):
            name = f'dots-{group}.{kind}'
            shell(f'convert photo.png -strip -define webp:lossless=true {name} && '
                  f'exiftool -q -overwrite_original -JFIF:all= -PNG-pHYs:all= {name}; exiftool -q '
                  f'-overwrite_original -{group}:XResolution=200 -{group}:YResolution=100 '
                  f'-{group}:ResolutionUnit=inches {name}')
            if kind == 'webp' or group == 'EXIF':
                made[name] = (200, 100, True)
    shell('convert photo.png -strip half.tif && tiffset -s 282 150.0 half.tif && '
          'tiffset -s 283 150.0 half.tif && tiffset -s 296 3 half.tif')
    made['half.tif'] = (381, 381, False)
    return made


def resolution():
    for source, wanted in make_resolutions().items():
        for kind in KINDS:
            def check(source=source, wanted=wanted, kind=kind):
                target = f'{source}.out.{kind}'
                painted(source, target)
                for name in [target] + [f'{target}.{more}' for more in ('png', 'tif', 'webp')]:
                    if name != target:
                        painted(target, name)
                    found = dots(name)
                    if any(abs(a / b - 1) > 0.001 for a, b in zip(found[:2], wanted)):
                        return f'{found} of {name}, not {wanted}'
                    if name == target and kind in ('jpg', 'tif', 'webp') and found[2] != wanted[2]:
                        return f'{name} has another unit'
                every = [v for k, v in tags(target).items() if k.split()[-1] == 'XResolution']
                return None if len(set(every)) <= 1 else f'it says {every}'
            expect('Resolution', f'{source} to {kind}', check)

    def nothing():
        """Numbers without a unit are no resolution."""
        shell('convert photo.png none-said.tif && tiffset -s 282 300.0 none-said.tif && '
              'tiffset -s 283 300.0 none-said.tif && tiffset -s 296 1 none-said.tif')
        painted('none-said.tif', 'none-said.png')
        return None if dots('none-said.png')[0] < 100 else dots('none-said.png')
    expect('Resolution', 'none', nothing)


def stale():
    """What described the old file's pixels."""
    sizes = '-ExifImageWidth=999 -ExifImageHeight=888 -XMP-tiff:ImageWidth=999 ' \
        '-XMP-tiff:ImageHeight=888 -XMP-exif:ExifImageWidth=999 -XMP-exif:ExifImageHeight=888 ' \
        '-XMP-tiff:BitsPerSample=5 -XMP-tiff:Compression=6'
    for source in ('jpg', 'png', 'tif', 'webp'):
        shell(f'convert photo.png -quality 100 stale.{source} && exiftool -q -n -overwrite_original '
              f'{sizes} -XMP-tiff:Orientation=6 stale.{source}')
        for kind in ('jpg', 'png', 'tif', 'webp'):
            def check(source=source, kind=kind):
                target = f'stale-{source}-out.{kind}'
                painted(f'stale.{source}', target, '--size', '36')
                found = tags(target)
                if found.get('[XMP-tiff]      Orientation') != '1':
                    return 'another orientation'
                for name, value in found.items():
                    if value in ('999', '888', '5'):
                        return f'{name} {value}'
                    if name.split()[-1] in ('ImageWidth', 'ExifImageWidth') and value != '36':
                        return f'{name} {value}'
                return None
            expect('What is stale', f'{source} to {kind}', check)
