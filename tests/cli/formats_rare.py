# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture files of rare kinds, and what nst says of those that it cannot read, or not wholly."""
import os
import pathlib
import struct
import zlib

import numpy
from PIL import Image

from formats_common import (DAMAGED, P3, TURNS, expect, nst, pixels, pixels_later, read,
                            reads, refuses, rgb_profile, run, shell)
from formats_made import real, whole, write_tiff, ycbcr, SHORT, LONG


def odd_bits():
    photo, grey = pixels('photo.png'), pixels('grey.png')[..., :1]
    for bits in (2, 3, 4, 5, 7, 9, 10, 12, 14, 20, 24, 31):
        for order in ('little', 'big'):
            for name, values, photometric, apart in (
                    ('rgb', photo, 2, False), ('apart', photo, 2, True), ('grey', grey, 1, False),
                    ('white-is-0', 1 - grey, 0, False)):
                path = f'bits{bits}-{name}-{order}.tif'
                whole(path, values, bits, photometric, order, apart)
                shown = grey.repeat(3, 2) if values.shape[2] == 1 else photo
                rounded = numpy.round(shown * (2 ** bits - 1)) / (2 ** bits - 1)
                if name == 'white-is-0':
                    rounded = 1 - numpy.round((1 - shown) * (2 ** bits - 1)) / (2 ** bits - 1)
                reads('TIFF of odd bits', path, rounded, 0.51, quiet=False)
    inks = numpy.random.default_rng(1).random((48, 72, 4))
    whole('bits12-inks.tif', inks, 12, 5)
    reads('TIFF of odd bits', 'bits12-inks.tif', (1 - inks[..., :3]) * (1 - inks[..., 3:]), 0.6,
          quiet=False)
    for name, source in (('im10', 'photo'), ('im12', 'photo'), ('im4', 'few'), ('im12g', 'grey')):
        reads('TIFF of odd bits', f'{name}.tif', pixels_later(f'{name}.png'), 1, quiet=False,
              make=f'convert {source}.png -depth {name.strip("img")} {name}.tif && '
                   f'convert {name}.tif -depth 8 PNG24:{name}.png')


def plain_ycbcr():
    photo = Image.open('photo.png').convert('RGB')
    for across, down, limit in ((1, 1, 3), (2, 1, 60), (2, 2, 90), (4, 2, 110)):
        for order in ('little', 'big'):
            name = f'ycbcr{across}{down}-{order}.tif'
            ycbcr(name, photo, across, down, order=order)
            reads('TIFF of plain YCbCr', name, 'photo.png', limit)
    for kind in ('lzw', 'zip', 'packbits'):
        reads('TIFF of plain YCbCr', f'ycbcr-{kind}.tif', 'photo.png', 3,
              # newer ones call them RGB
              f'tiffcp -c {kind} ycbcr11-little.tif ycbcr-{kind}.tif && tiffset -s 262 6 ycbcr-{kind}.tif && '
              f'tiffset -s 530 1 1 ycbcr-{kind}.tif')
    for way in range(1, 9):
        name = f'ycbcr-way{way}.tif'
        shell(f'convert photo.png {TURNS[way]} {name}.png')
        ycbcr(name, Image.open(f'{name}.png').convert('RGB'), 1, 1, way)
        reads('TIFF of plain YCbCr', name, 'photo.png', 3)
    data = pathlib.Path('ycbcr22-little.tif').read_bytes()
    pathlib.Path('ycbcr-cut.tif').write_bytes(data[:len(data) // 2])
    refuses('TIFF of plain YCbCr', 'ycbcr-cut.tif', DAMAGED)


def corrupt():
    """Pictures of which the library delivers what there is: told of whenever it warns."""
    for kind, options in (('baseline', ''), ('progressive', '-interlace JPEG'), ('grey', '-colorspace gray'),
                          ('inks', '-colorspace CMYK')):
        shell(f'convert photo.png {options} -quality 92 hurt-{kind}.jpg')
        data = pathlib.Path(f'hurt-{kind}.jpg').read_bytes()
        for seed in range(12):
            def check(kind=kind, data=data, seed=seed):
                name, random = f'hurt-{kind}{seed}.jpg', numpy.random.default_rng(seed)
                at = int(len(data) * random.uniform(0.4, 0.9))
                pathlib.Path(name).write_bytes(data[:at] + random.bytes(30) + data[at + 30:])
                warned = run('identify', '-regard-warnings', '-verbose', name).stderr
                done = nst(name, f'{name}.png')
                said = [line for line in done.stderr.splitlines() if ' %, size ' not in line]
                if DAMAGED in done.stderr:
                    return None if len(said) == 1 and done.returncode == 1 else done.stderr
                if done.returncode or any('warnings' in line for line in said):
                    return done.stderr
                if any('parts of the picture may be wrong (' in line for line in said) \
                   != ('Corrupt' in warned or 'nconsistent' in warned):
                    return f'{said}, where ImageMagick says {warned}'
                return None
            expect('Corrupt JPEG', f'{kind} {seed}', check)
    data = pathlib.Path('hurt-baseline.jpg').read_bytes()
    pathlib.Path('no-end.jpg').write_bytes(data[:-2])
    refuses('Corrupt JPEG', 'no-end.jpg', DAMAGED)
    pathlib.Path('more.jpg').write_bytes(data + bytes(range(256)))
    reads('Corrupt JPEG', 'more.jpg', pixels_later('hurt-baseline.jpg'), 4)


def brightness():
    """Values above white, and what share of the pixels is said to have them."""
    def says(name, values, share, icc=None):
        real(name, values, icc)

        def check():
            said = nst(name, f'{name}.png').stderr
            wanted = f': {share} % of its pixels are brighter than white'
            return None if (wanted in said if share else 'brighter' not in said) else said
        expect('Brighter than white', name, check)
    field = numpy.full((100, 100, 3), 0.5)
    for n, share in ((0, None), (1, '0.01'), (57, '0.57'), (250, '2.5'), (5050, '50'), (9999, '100'),
                     (10000, '100')):
        values = field.copy()
        values.reshape(-1, 3)[:n, 1] = 1.5
        says(f'above{n}.tif', values, share)
    # a profile whose white is not at 1: its colours have twice the light
    bright = rgb_profile([tuple(2 * v for v in column) for column in P3], 1.0)
    values = field * 0.9
    values.reshape(-1, 3)[:1000] = 0.9
    says('extended.tif', values, '10', bright)
    says('extended-dark.tif', field * 0.9, None, bright)

    def below_white():
        real('extended-half.tif', numpy.full((48, 72, 3), 0.25), bright)
        return read('extended-half.tif', numpy.full((48, 72, 3), 0.735357), 1, None, False)
    expect('Brighter than white', 'what is not so keeps its light', below_white)


def truth():
    """What is wrong is said as it is."""
    os.symlink('/proc/self/mem', 'unreadable.png')
    refuses('Errors', 'unreadable.png', 'cannot be opened: Input/output error')
    for name, width, height in (('wide', 40000, 2), ('high', 2, 40000)):
        whole(f'{name}-12.tif', numpy.zeros((height, width, 1)), 12, 1)
        refuses('Errors', f'{name}-12.tif', f'{width} × {height} pixels')
    write_tiff('vast.tif', {256: (LONG, [2 ** 32 - 1]), 257: (LONG, [3]), 258: (SHORT, [12]),
                            262: (SHORT, [1]), 277: (SHORT, [1]), 278: (LONG, [3])}, [bytes(99)])
    refuses('Errors', 'vast.tif', 'pixels; each side must have')
    shell('convert photo.png -colorspace RGB -compress ZIP truth.exr')
    exr = bytearray(pathlib.Path('truth.exr').read_bytes())
    at = exr.index(b'compression\0compression\0') + 24 + 4
    exr[at] = 9  # DWAB, which older C libraries cannot do, and newer ones find to be none
    pathlib.Path('dwab.exr').write_bytes(exr)
    refuses('Errors', 'dwab.exr', ('of a rare kind', DAMAGED))

    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))
    data = pathlib.Path('photo.png').read_bytes()
    for name, extra in (('on-a-line', chunk(b'cHRM', struct.pack('>8I', 31270, 32900, *[30000] * 6))),
                        ('steep', chunk(b'gAMA', struct.pack('>I', 1000000)))):
        pathlib.Path(f'{name}.png').write_bytes(data[:33] + extra + data[33:])
        reads('Colours that cannot be', f'{name}.png', 'photo.png', says='cannot be used')
    shell('convert photo.png -colorspace RGB flat.exr')
    exr = pathlib.Path('flat.exr').read_bytes()
    at = exr.index(b'compression\0')
    for name, number in (('flat', 0.3), ('no-number', float('nan')), ('endless', float('inf'))):
        said = b'chromaticities\0chromaticities\0' + struct.pack('<I8f', 32, *[number] * 6, 0.3127, 0.329)
        pathlib.Path(f'xy-{name}.exr').write_bytes(moved(exr, at, said))
        reads('Colours that cannot be', f'xy-{name}.exr', 'photo.png', 1, says='cannot be used')


def moved(exr, at, attribute):
    """EXR with an attribute more: its table of offsets, after the header's last zero, counts on."""
    end = 8
    while exr[end]:
        end = exr.index(b'\0', exr.index(b'\0', end) + 1) + 1
        end += 4 + struct.unpack('<I', exr[end:end + 4])[0]
    table = end + 1
    first = struct.unpack('<Q', exr[table:table + 8])[0]
    n = (first - table) // 8
    offsets = [v + len(attribute) for v in struct.unpack(f'<{n}Q', exr[table:first])]
    return exr[:at] + attribute + exr[at:table] + struct.pack(f'<{n}Q', *offsets) + exr[first:]
