# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture files of every kind, made by other programs, as nst reads them."""
import pathlib
import shutil
import struct

import numpy
from PIL import Image, ImageCms, PngImagePlugin

from formats_common import (CASES, DAMAGED, Later, NAMES, SRGB, TURNS, checks, cut, expect, grey_later,
                            inks_later, managed_later, nst, open_image, pixels, pixels_later,
                            reads, refuses, shell)
from formats_made import write_tiff, SHORT, LONG


def turned(group, kind, options, expected='photo.png', limit=0.51, quiet=True):
    """All eight ways to hold a camera."""
    for way in range(1, 9):
        name = f'way{way}-{group.replace(" ", "")}.{kind}'
        mark = f'-orient {NAMES[way]} ' if kind == 'tif' else ''
        make = f'convert {expected} {TURNS[way]} {mark}{options} {name}'
        if kind != 'tif':
            make += f' && exiftool -q -overwrite_original -n -IFD0:Orientation={way} {name}'
        reads(group, name, expected, limit, make, quiet=quiet)


def png():
    for name, source, options in (
            ('rgb', 'photo', 'PNG24:'), ('rgb16', 'photo', '-depth 16 PNG48:'), ('grey8', 'grey', ''),
            ('grey16', 'grey', '-depth 16 -define png:bit-depth=16 -define png:color-type=0 '),
            ('palette', 'few', 'PNG8:'), ('bits1', 'bits', '-depth 1 '), ('rgba', 'photo', 'PNG32:'),
            ('rgba16', 'photo', 'PNG64:'), ('interlaced', 'photo', '-interlace PNG PNG24:'),
            ('interlaced16', 'photo', '-interlace PNG PNG48:'),
            ('grey-alpha', 'grey', '-alpha set -define png:color-type=4 ')):
        reads('PNG', f'{name}.png', f'{source}.png', 0.51, f'convert {source}.png {options}{name}.png')
    for bits in (1, 2, 4):
        name = f'palette{bits}.png'
        Image.open('photo.png').quantize(2 ** bits).save(name, bits=bits)
        reads('PNG', name, pixels(name))
    for maxval in (3, 15):
        name = f'low{maxval}.png'
        shell(f'pngtopnm grey.png | pamdepth {maxval} | pnmtopng > {name}')
        reads('PNG', name, pixels(name))
    reads('PNG by netpbm', 'netpbm.png', 'photo.png', make='pngtopnm photo.png | pnmtopng > netpbm.png')
    reads('PNG by netpbm', 'netpbm-i.png', 'photo.png',
          make='pngtopnm photo.png | pnmtopng -interlace > netpbm-i.png')
    turned('PNG turned', 'png', '-define png:exclude-chunk=all')
    # gAMA and cHRM without a profile
    reads('PNG colours', 'gamma1.png', 'photo.png', 1, quiet=False,
          make='pnmtopng -gamma 1.0 linear.ppm > gamma1.png')
    reads('PNG colours', 'gamma45.png', 'photo.png',
          make='pngtopnm photo.png | pnmtopng -gamma 0.45455 > gamma45.png')
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b'gAMA', struct.pack('>I', 45455))
    chunks.add(b'cHRM', struct.pack('>8I', 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
    plain = Image.open('in-p3.png')
    plain.info.pop('icc_profile')
    plain.save('chrm.png', pnginfo=chunks)
    reads('PNG colours', 'chrm.png', 'photo.png', 2, quiet=False)
    cut('PNG cut off', 'photo.png')
    cut('PNG cut off', 'veil.png', (0.5,))


def jpeg():
    best = '-quality 100 -sampling-factor 1x1'
    for name, options in (('best', best), ('progressive', best + ' -interlace JPEG'),
                          ('restart', best + ' -define jpeg:restart-interval=4'),
                          ('rgb', best + ' -define jpeg:colorspace=RGB'),
                          ('half', '-quality 90 -sampling-factor 2x2'), ('q50', '-quality 50')):
        reads('JPEG', f'{name}.jpg', pixels_later(f'{name}.jpg'), 4,
              f'convert photo.png {options} {name}.jpg')
    reads('JPEG', 'grey.jpg', 'grey.png', 4, 'convert grey.png -quality 100 grey.jpg')
    reads('JPEG', 'netpbm.jpg', pixels_later('netpbm.jpg'), 4,
          'pngtopnm photo.png | pnmtojpeg -quality 100 > netpbm.jpg')
    turned('JPEG turned', 'jpg', best, limit=6)
    for name, options in (('cmyk', ''), ('ycck', '-define jpeg:colorspace=YCCK')):
        reads('JPEG of inks', f'{name}.jpg', inks_later(f'{name}.jpg'), 3,
              f'convert photo.png -colorspace CMYK {best} {options} {name}.jpg')
    Image.open('photo.png').convert('CMYK').save('pillow-cmyk.jpg', quality=100, subsampling=0)
    reads('JPEG of inks', 'pillow-cmyk.jpg', inks_later('pillow-cmyk.jpg'), 3)
    shell(f'convert photo.png {best} whole.jpg')
    cut('JPEG cut off', 'whole.jpg')
    shell(f'convert photo.png {best} -interlace JPEG prog.jpg')
    cut('JPEG cut off', 'prog.jpg', (0.5, 0.9))


def tiff():
    plain = '-define tiff:rows-per-strip=16'
    kinds = {
        'none': ('photo', '-compress none'), 'lzw': ('photo', '-compress lzw'),
        'zip': ('photo', '-compress zip'), 'packbits': ('photo', '-compress rle'),
        'deep': ('photo', '-depth 16'), 'big-endian': ('photo', '-endian MSB'),
        'deep-big-endian': ('photo', '-endian MSB -depth 16 -compress zip'),
        'float': ('photo', '-depth 32 -define quantum:format=floating-point'),
        'double': ('photo', '-depth 64 -define quantum:format=floating-point'),
        'half': ('photo', '-depth 16 -define quantum:format=floating-point'),
        'half-zip': ('photo', '-depth 16 -define quantum:format=floating-point -compress zip'),
        'half-big': ('photo', '-depth 16 -define quantum:format=floating-point -endian MSB'),
        'planar': ('photo', '-interlace plane'), 'tiled': ('photo', '-define tiff:tile-geometry=16x16'),
        'palette': ('few', '-type palette'), 'grey': ('grey', ''), 'grey16': ('grey', '-depth 16'),
        'half-grey': ('grey', '-depth 16 -define quantum:format=floating-point'),
        'bits': ('bits', '-type bilevel -compress none'),
        'group3': ('bits', '-type bilevel -compress fax'),
        'group4': ('bits', '-type bilevel -compress group4'),
        'rgba': ('photo', '-alpha set'), 'rgba16': ('photo', '-alpha set -depth 16'),
        'associated': ('photo', '-alpha set -define tiff:alpha=associated'),
    }
    for name, (source, options) in kinds.items():
        reads('TIFF', f'{name}.tif', f'{source}.png', 0.6,
              f'convert {source}.png {plain} {options} {name}.tif', quiet=False)
    reads('TIFF', 'bigtiff.tif', 'photo.png', make='convert photo.png TIFF64:bigtiff.tif')
    for name, options in (('tiles', '-t -w 16 -l 16'), ('tiles-zip', '-t -w 16 -l 32 -c zip:2'),
                          ('separate', '-p separate'), ('separate-tiles', '-p separate -t -w 16 -l 16'),
                          ('lzw2', '-c lzw:2'), ('zip2', '-c zip:2'), ('msb', '-B'),
                          ('lsb2msb', '-f lsb2msb'), ('big', '-8'), ('strips1', '-r 1')):
        reads('TIFF by tiffcp', f'cp-{name}.tif', 'photo.png',
              make=f'convert photo.png {name}.in.tiff && tiffcp {options} {name}.in.tiff cp-{name}.tif')
    for name, options in (('cp-half', '-c none'), ('cp-half-tiles', '-c none -t -w 16 -l 16'), ('cp-half-zip2', '-c zip:2'),
                          ('cp-half-big', '-c none -8')):
        reads('TIFF by tiffcp', f'{name}.tif', 'photo.png', 0.6, quiet=False,
              make='convert photo.png -depth 16 -define quantum:format=floating-point '
                   f'{name}.in.tiff && tiffcp {options} {name}.in.tiff {name}.tif')
    for name, options in (('cp-float3', '-c zip:3'), ('cp-float-tiles', '-c none -t -w 16 -l 16')):
        reads('TIFF by tiffcp', f'{name}.tif', 'photo.png', 0.6, quiet=False,
              make='convert photo.png -depth 32 -define quantum:format=floating-point '
                   f'{name}.in.tiff && tiffcp {options} {name}.in.tiff {name}.tif')
    reads('TIFF by netpbm', 'netpbm.tif', 'photo.png', make='pngtopnm photo.png | pnmtotiff > netpbm.tif')
    reads('TIFF by netpbm', 'netpbm-white.tif', 'grey.png',
          make='pngtopnm grey.png | pnmtotiff -miniswhite > netpbm-white.tif')
    reads('TIFF by netpbm', 'netpbm-white16.tif', 'grey.png',
          make='pngtopnm grey.png | pamdepth 65535 | pnmtotiff -miniswhite > netpbm-white16.tif')
    reads('TIFF by netpbm', 'netpbm-white1.tif', 'bits.png',
          make='pngtopnm bits.png | pnmtotiff -miniswhite > netpbm-white1.tif')
    reads('TIFF by netpbm', 'netpbm-g4.tif', 'bits.png',
          make='pngtopnm bits.png | pnmtotiff -g4 > netpbm-g4.tif')
    for mode, source in (('RGB', 'photo'), ('L', 'grey'), ('1', 'bits'), ('P', 'few')):
        name = f'pillow-{mode}.tif'
        Image.open(f'{source}.png').convert(mode).save(name)
        reads('TIFF by Pillow', name, pixels_later(name))
    reads('TIFF of pages', 'pages.tif', 'photo.png', make='convert photo.png grey.png few.png pages.tif')
    reads('TIFF of YCbCr', 'ycbcr.tif', 'photo.png', 12, quiet=False,
          make='convert photo.png -compress jpeg -quality 100 -sampling-factor 1x1 ycbcr.tif')
    make_lab('lab.tif')
    make_deep_lab('lab-deep.tif', 'lab.tif')
    reads('TIFF of Lab', 'lab.tif', 'photo.png', 4)
    reads('TIFF of Lab', 'lab-zip.tif', 'photo.png', 4, 'tiffcp -c zip lab.tif lab-zip.tif')
    reads('TIFF of Lab', 'lab-deep.tif', 'photo.png', 4, quiet=False)
    for name, kind, depth, form in (('apart', 2, 8, 1), ('associated', 1, 8, 1), ('apart', 2, 16, 1),
                                    ('associated', 1, 16, 1), ('undefined', 2, 8, 4), ('undefined', 2, 16, 4)):
        make_veiled_lab(f'lab-{name}{depth}.tif', 'lab.tif', kind, depth, form)
        reads('TIFF of Lab', f'lab-{name}{depth}.tif', 'photo.png', 6, quiet=False, alpha=153)
    reads('TIFF of inks', 'cmyk.tif', inks_later('cmyk.tif'), 0.6,
          'convert photo.png -colorspace CMYK cmyk.tif', quiet=False)
    reads('TIFF of inks', 'cmyk-zip.tif', inks_later('cmyk-zip.tif'), 0.6,
          'convert photo.png -colorspace CMYK -compress zip cmyk-zip.tif', quiet=False)
    for kind, source, options, limit in (
            ('rgb', 'photo', '', 0.51), ('palette', 'few', '-type palette', 0.51),
            ('group4', 'bits', '-type bilevel -compress group4', 0.51), ('grey', 'grey', '', 0.51),
            ('16 bits', 'photo', '-depth 16', 0.51), ('alpha', 'photo', '-alpha set', 0.51),
            ('tiles', 'photo', '-define tiff:tile-geometry=16x16', 0.51),
            ('half', 'photo', '-depth 16 -define quantum:format=floating-point', 0.6),
            ('YCbCr', 'photo', '-compress jpeg -quality 100 -sampling-factor 1x1', 12)):
        turned(f'TIFF turned, {kind}', 'tif', options, f'{source}.png', limit, kind != 'half')
    shell('convert photo.png -compress none whole.tif')
    shell('convert photo.png -compress zip wholezip.tif')
    shell('tiffcp -t -w 16 -l 16 whole.tif wholetiles.tif')
    for name in ('whole.tif', 'wholezip.tif', 'wholetiles.tif'):
        cut('TIFF cut off', name, (0.3, 0.6, 0.9))
    shell('convert photo.png few.png -compress zip pages-whole.tif')  # the first page is there
    cut('TIFF cut off', 'pages-whole.tif', (0.85, 0.95))
    # the pixels are all there, the profile behind them is not
    Image.open('photo.png').save('whole-icc.tif', compression='tiff_lzw', icc_profile=pathlib.Path('prophoto.icc').read_bytes())
    cut('TIFF cut off', 'whole-icc.tif', (0.99,))


def make_lab(name):
    """Lab of D50, as Pillow and littleCMS reckon it."""
    lab = ImageCms.createProfile('LAB', 5000)
    ImageCms.profileToProfile(Image.open('photo.png'), SRGB, lab, renderingIntent=1,
                              outputMode='LAB').save(name)


def make_deep_lab(name, source):
    values = numpy.asarray(open_image(source))
    height, width = values.shape[:2]
    deep = numpy.concatenate([values[..., :1].astype('<u2') * 257, values[..., 1:].astype('<u2') << 8], 2)
    write_tiff(name, {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [16] * 3), 262: (SHORT, [8]),
                      277: (SHORT, [3]), 278: (LONG, [height])}, [deep.tobytes()])


def make_veiled_lab(name, source, kind, depth, form):
    """Lab with an alpha of 60 %, by which it is multiplied where KIND is 1; a and b have signs."""
    values = numpy.asarray(open_image(source)).astype(float)
    height, width = values.shape[:2]
    values[..., 1:] = (values[..., 1:] + 128) % 256 - 128
    values *= 0.6 if kind == 1 else 1
    numbers = numpy.concatenate([values, numpy.full((height, width, 1), 153)], 2)
    numbers *= [1] * 4 if depth == 8 else [257, 256, 256, 257]
    write_tiff(name, {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [depth] * 4), 262: (SHORT, [8]),
                      277: (SHORT, [4]), 278: (LONG, [height]), 338: (SHORT, [kind]), 339: (SHORT, [form] * 4)},
               [numbers.round().astype('<i4').astype(f'<u{depth // 8}').tobytes()])


def webp():
    for name, source, options in (
            ('lossless', 'photo', '-lossless'), ('lossless-alpha', 'veil', '-lossless -exact'),
            ('lossy', 'photo', '-q 95'), ('near', 'photo', '-near_lossless 60'),
            ('lossy-alpha', 'veil', '-q 95 -alpha_q 100')):
        reads('WebP', f'{name}.webp', pixels_later(f'{name}.webp'), 2,
              f'cwebp -quiet {options} {source}.png -o {name}.webp')
    reads('WebP', 'exact.webp', 'photo.png', make='cwebp -quiet -lossless photo.png -o exact.webp')
    turned('WebP turned', 'webp', '-define webp:lossless=true')
    reads('WebP animated', 'img2webp.webp', 'photo.png',
          make='img2webp -loop 0 -lossless -d 100 photo.png grey.png -o img2webp.webp')
    reads('WebP animated', 'gif2webp.webp', 'few.png',
          make='convert few.png photo.png 2.gif && gif2webp -quiet 2.gif -o gif2webp.webp')
    shell('cwebp -quiet -lossless photo.png -o whole.webp')
    shell('cwebp -quiet -q 90 photo.png -o lossy-whole.webp')
    cut('WebP cut off', 'whole.webp')
    cut('WebP cut off', 'lossy-whole.webp', (0.5, 0.9))
    shell('img2webp -loop 0 -lossless -d 100 photo.png grey.png -o moving-whole.webp')
    cut('WebP cut off', 'moving-whole.webp', (0.95,))


def gif():
    reads('GIF', 'still.gif', 'few.png', make='convert few.png still.gif')
    reads('GIF', 'interlaced.gif', 'few.png', make='convert few.png -interlace GIF interlaced.gif')
    reads('GIF', 'moving.gif', 'few.png', make='convert few.png photo.png moving.gif')
    reads('GIF', 'grey.gif', pixels_later('grey.gif'), make='convert grey.png grey.gif')
    reads('GIF', 'netpbm.gif', 'few.png', make='pngtopnm few.png | ppmtogif > netpbm.gif')
    Image.open('few.png').save('pillow.gif')
    reads('GIF', 'pillow.gif', pixels_later('pillow.gif'))
    shell('convert few.png whole.gif')
    shell('convert photo.png wholephoto.gif')
    cut('GIF cut off', 'whole.gif', (0.3, 0.6, 0.9))
    cut('GIF cut off', 'wholephoto.gif', (0.5, 0.9))
    shell('convert few.png photo.png moving-whole.gif')  # its first picture is there
    cut('GIF cut off', 'moving-whole.gif', (0.7, 0.95))
    data = pathlib.Path('moving-whole.gif').read_bytes()
    pathlib.Path('moving-no-trailer.gif').write_bytes(data[:-1])
    reads('GIF', 'moving-no-trailer.gif', 'few.png')

    def around():
        """What is around a picture that does not fill its canvas is clear, as in GIMP and browsers."""
        shell('convert few.png -repage 100x80+10+20 around.gif')
        if nst('around.gif', 'around.out.png').returncode:
            return 'was not read'
        alpha = numpy.asarray(Image.open('around.out.png').convert('RGBA'))[..., 3] == 255
        wanted = numpy.zeros((80, 100), dtype=bool)
        wanted[20:68, 10:82] = True
        return None if (alpha == wanted).all() else f'{alpha.sum()} opaque'
    expect('GIF', 'around.gif', around)


def others():
    # Radiance holds 8 bits of the brightest channel
    reads('Radiance', 'rle.hdr', 'photo.png', 4, quiet=False,
          make='convert photo.png -colorspace RGB rle.hdr')
    head = b'#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 48 +X 72\n'
    for name, number in (('white', 128), ('brighter', 129)):  # of which 128 are 1
        pathlib.Path(f'{name}.hdr').write_bytes(head + bytes([number] * 3 + [129]) * 48 * 72)

    def white():
        """It is a range of numbers, and not brighter than itself."""
        said = [nst(f'{name}.hdr', f'{name}-is.out.png').stderr for name in ('white', 'brighter')]
        return None if ['brighter than' in text for text in said] == [False, True] else said
    expect('Radiance', 'white', white)
    reads('Radiance', 'white.hdr', numpy.ones((48, 72, 3)), quiet=False)
    for turn, rows in (('-flop', '-Y 48 -X 72'), ('-rotate 180', '+Y 48 -X 72'), ('-flip', '+Y 48 +X 72')):
        name = f'rows{turn.split()[0]}.hdr'
        reads('Radiance', name, 'photo.png', 4, quiet=False,
              make=f'convert photo.png {turn} -colorspace RGB {name} && sed -i "s/^-Y 48 +X 72/{rows}/" {name}')
    refuses('Radiance', 'columns.hdr', '(Radiance: ±X ±Y)',
            'convert photo.png -colorspace RGB columns.hdr && sed -i "s/^-Y 48 +X 72/+X 72 -Y 48/" columns.hdr')
    refuses('Radiance', 'xyze.hdr', '(Radiance: 32-bit_rle_xyze)',
            'convert photo.png -colorspace RGB xyze.hdr && sed -i "s/32-bit_rle_rgbe/32-bit_rle_xyze/" xyze.hdr')
    reads('OpenEXR', 'half.exr', 'photo.png', 1, quiet=False,
          make='convert photo.png -colorspace RGB half.exr')
    for kind in ('None', 'RLE', 'ZIPS', 'ZIP', 'Piz', 'Pxr24', 'B44', 'B44A'):
        reads('OpenEXR', f'{kind}.exr', 'photo.png', 16 if kind[0] == 'B' else 1, quiet=False,
              make=f'convert photo.png -colorspace RGB -compress {kind} {kind}.exr')
    for name in ('whole.hdr', 'whole.exr'):
        shell(f'convert photo.png {name}')
        cut('Radiance cut off' if name.endswith('hdr') else 'OpenEXR cut off', name, (0.3, 0.9))
    refuses('What is no picture', 'text.png', 'is not a picture', 'echo text > text.png')
    refuses('What is no picture', 'empty.png', 'is empty', ': > empty.png')
    refuses('What is no picture', 'x.bmp', 'is not a picture', 'convert photo.png x.bmp')
    refuses('Too large', 'wide.png', '40000 × 2 pixels', 'ppmmake red 40000 2 | pnmtopng > wide.png')
    refuses('Too large', 'high.tif', '2 × 40000 pixels', 'ppmmake red 2 40000 | pnmtotiff > high.tif')


def profiles():
    kinds = ('p3', 'adobe', 'prophoto', 'swapped', 'linear')
    for name in kinds:
        for kind, options in (('png', ''), ('tif', ''), ('tif', '-compress zip -depth 16'),
                              ('webp', '-define webp:lossless=true'),
                              ('jpg', '-quality 100 -sampling-factor 1x1')):
            path = f'icc-{name}{"16" if "16" in options else ""}.{kind}'
            if kind == 'jpg' and name == 'linear':
                continue  # 8 lossy bits hold no linear colours
            expected = managed_later(path, pathlib.Path(f'{name}.icc').read_bytes()) if kind == 'jpg' \
                else pixels_later(f'in-{name}.png')
            reads('Profiles', path, expected, 1.51,
                  f'convert in-{name}.png {options} -profile {name}.icc {path}', quiet=False)
    for kind in ('png', 'tif', 'webp', 'jpg'):
        reads('Profiles, broken', f'broken.{kind}', pixels_later(f'plain-{kind}.{kind}'), 1,
              f'convert photo.png -quality 100 plain-{kind}.{kind} && '
              f'cp plain-{kind}.{kind} broken.{kind} && '
              f'exiftool -q -overwrite_original "-ICC_Profile<=broken.icc" broken.{kind}',
              says='cannot be used')
    for kind in ('png', 'tif', 'jpg'):
        name = f'grey-icc.{kind}'
        reads('Profiles, grey', name, grey_later(name), 2,
              f'convert grey.png -quality 100 grey-raw.{kind} && cp grey-raw.{kind} {name} && '
              f'exiftool -q -overwrite_original "-ICC_Profile<=grey.icc" {name}')
    icc_folder = pathlib.Path('/usr/share/color/icc/ghostscript')
    inks_icc = icc_folder / 'default_cmyk.icc'
    for kind in ('jpg', 'tif') if inks_icc.exists() else ():
        name = f'icc-cmyk.{kind}'
        data = inks_icc.read_bytes()
        image = ImageCms.profileToProfile(Image.open('photo.png'), SRGB, str(inks_icc), renderingIntent=1,
                                          outputMode='CMYK')
        image.save(name, quality=100, subsampling=0, icc_profile=data)
        reads('Profiles of inks', name, managed_later(name, data), 1, quiet=False)
    for name in ('default_cmyk', 'ps_cmyk'):  # colours beyond sRGB, and beyond ProPhoto, too
        if not (icc_folder / f'{name}.icc').exists():
            continue
        data = (icc_folder / f'{name}.icc').read_bytes()
        amounts = numpy.array([0, 13, 51, 102, 153, 204, 230, 255], dtype='u1')
        Image.fromarray(numpy.stack(numpy.meshgrid(*[amounts] * 4), -1).reshape(64, 64, 4), 'CMYK') \
            .save(f'{name}.tif', icc_profile=data)
        reads('Profiles of inks', f'{name}.tif', managed_later(f'{name}.tif', data), 1, quiet=False)


def given():
    """What has failed once."""
    photo = pixels(CASES / 'photo.png')
    for name, expected, limit, says in (
            ('photo.png', photo, 0, None), ('icc_p3.png', photo, 1.5, None), ('icc_p3.webp', photo, 1.5, None),
            ('icc_without_rXYZ.png', pixels_later(CASES / 'icc_without_rXYZ.png'), 0, 'cannot be used'),
            ('cmyk.jpg', inks_later(CASES / 'cmyk.jpg'), 2, None),
            ('white_is_0_8bit.tif', CASES / 'white_is_0_expected.png', 0, None),
            ('animated.webp', photo, 0, None), ('animated.gif', pixels_later(CASES / 'animated.gif'), 0, None),
            ('one_line.ppm', photo, 0, None), ('maxval254.ppm', photo, 1, None)):
        shutil.copy(CASES / name, f'case-{name}')
        if name == 'icc_without_rXYZ.png':
            Image.open(CASES / name).convert('RGB').save('raw.png', icc_profile=None)
            expected = 'raw.png'
        reads('Cases', f'case-{name}', expected, limit, says=says)
    shutil.copy(CASES / 'radiance.hdr', 'case-radiance.hdr')
    reads('Cases', 'case-radiance.hdr', Later(lambda: clipped('case-radiance.hdr')), 1, quiet=False)
    for name in ('orientation6_palette.tif', 'orientation3_group4.tif', 'orientation6_rgb.tif'):
        shutil.copy(CASES / name, f'case-{name}')
        reads('Cases', f'case-{name}', Later(lambda n=name: upright(n)), 1)
    shutil.copy(CASES / 'cut_off.jpg', 'case-cut_off.jpg')
    refuses('Cases', 'case-cut_off.jpg', DAMAGED)


def clipped(name):
    # called so, all its 16 bits are compared
    shell(f'convert {name} -colorspace sRGB -depth 16 PNG48:{name}.clipped.out.png')
    return pixels(f'{name}.clipped.out.png')


def upright(name):
    shell(f'convert {CASES / name} -auto-orient +profile "*" -depth 8 PNG24:{name}.upright.png')
    return pixels(f'{name}.upright.png')
