# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenEXR: its primaries, as nst reads and writes them, its windows, and colours that no picture can keep."""
import pathlib
import struct

import numpy
from PIL import Image

from formats_common import DAMAGED, exiftool, expect, nst, pixels, reads, refuses, rgb_profile, shell
from formats_made import real, write_exr
from formats_out import painted

# x and y of red, green, blue and white: SMPTE ST 2065-1, the Academy's S-2014-004, ITU-R BT.2020, SMPTE RP 431-2, CIE 1931
PRIMARIES = {
    'aces-ap0': (.7347, .2653, 0, 1, .0001, -.077, .32168, .33767),
    'aces-ap1': (.713, .293, .165, .83, .128, .044, .32168, .33767),
    'rec2020': (.708, .292, .17, .797, .131, .046, .3127, .329),
    'dci-p3': (.68, .32, .265, .69, .15, .06, .314, .351),
    'rec709': (.64, .33, .3, .6, .15, .06, .3127, .329),
    'xyz': (1, 0, 0, 1, 0, 0, 1 / 3, 1 / 3),
}
D50 = (0.9642, 1, 0.8249)
BRADFORD = numpy.array([[.8951, .2664, -.1614], [-.7502, 1.7135, .0367], [.0389, -.0685, 1.0296]])


def srgb(v):
    return numpy.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def rec709(v):
    return numpy.where(v < 0.081, v / 4.5, ((v + 0.099) / 1.099) ** (1 / 0.45))


def as_srgb(linear):
    return numpy.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def to_d50(xy):
    """What becomes of linear red, green and blue of these primaries, their white being D65 if it is not there."""
    x, y = numpy.array(xy if len(xy) == 8 else (*xy, .3127, .329)).reshape(4, 2).T
    xyz = numpy.array([x, y, 1 - x - y])
    white = xyz[:, 3] / y[3]
    adapted = numpy.linalg.inv(BRADFORD) @ numpy.diag(BRADFORD @ D50 / (BRADFORD @ white)) @ BRADFORD
    return adapted @ (xyz[:, :3] * numpy.linalg.solve(xyz[:, :3], white))


def to_srgb(xy):
    return numpy.linalg.inv(to_d50(PRIMARIES['rec709'])) @ to_d50(xy)


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


def with_primaries(source, name, xy):
    exr = pathlib.Path(source).read_bytes()
    said = b'chromaticities\0chromaticities\0' + struct.pack('<I8f', 32, *xy)
    pathlib.Path(name).write_bytes(moved(exr, exr.index(b'compression\0'), said))
    return name


def numbers_of(name):
    """Of an EXR, whatever they mean."""
    shell(f'convert {name} -set colorspace sRGB -depth 16 {name}.ppm')
    data = pathlib.Path(f'{name}.ppm').read_bytes()
    return numpy.frombuffer(data, '>u2', offset=len(data) - 6 * 72 * 48) / 65535


def primaries():
    """Colours by what the file says, in and, in EXR, out again."""
    shell('convert photo.png -modulate 100,50 -define png:exclude-chunk=all PNG24:muted.png')
    shell('convert muted.png -colorspace RGB muted.exr')
    light = srgb(pixels('muted.png'))
    for name, xy in PRIMARIES.items():
        with_primaries('muted.exr', f'xy-{name}.exr', xy)
        reads('EXR primaries', f'xy-{name}.exr', as_srgb((light @ to_srgb(xy).T).clip(0, 1)), 1.5, quiet=False)

        def keeps(name=name, xy=xy):
            source, target = f'xy-{name}.exr', f'xy-{name}-out.exr'
            said = painted(source, target)
            found = exiftool('-s3', '-Chromaticities', target).split()
            off = 255 * abs(numbers_of(source) - numbers_of(target)).max()
            if 'nst: “' in said or off > 0.3:
                return f'off by {off}; {said}'
            return None if numpy.allclose([float(v) for v in found], xy, atol=1e-6) and found else f'{found}'
        expect('EXR primaries', f'{name} to EXR', keeps)
    def edge():
        """White between two of the primaries: the way leads in only."""
        with_primaries('muted.exr', 'xy-edge.exr', (1, 0, 0, 1, 0, 0, .5, .5))
        painted('xy-edge.exr', 'xy-edge-out.exr')
        off = 255 * abs(pixels_of('xy-edge.exr') - pixels_of('xy-edge-out.exr')).max()
        return None if off < 1.5 else f'off by {off}'
    expect('EXR primaries', 'white on an edge', edge)
    for name, number in (('flat', 0.3), ('no-number', float('nan')), ('endless', float('inf'))):
        with_primaries('muted.exr', f'xy-{name}.exr', [number] * 6 + [0.3127, 0.329])
        reads('Colours that cannot be', f'xy-{name}.exr', 'muted.png', 1, says='cannot be used')


def pixels_of(name):
    """Of an EXR, as nst shows it in sRGB."""
    painted(name, f'{name}.out.png')
    return pixels(f'{name}.out.png')


def too_strong():
    """Colours that are not kept: what share of the pixels is said to have them."""
    def says(name, share):
        def check():
            said = nst(name, f'{name}.png').stderr
            wanted = f': {share} % of its pixels have colors too strong to be kept; the nearest are taken.'
            return None if (wanted in said if share else 'too strong' not in said) and 'brighter' not in said else said
        expect('Colours too strong', name, check)
    field = numpy.full((100, 100, 3), 0.5)
    for n, share, least in ((0, None, -0.1), (1, '0.01', -0.1), (250, '2.5', -0.1), (10000, '100', -0.1), (10000, None, -0.001)):
        values = field.copy()
        values.reshape(-1, 3)[:n, 1] = least
        real(f'below{n}{least}.tif', values)
        says(f'below{n}{least}.tif', share)
    wide = rgb_profile(to_d50(PRIMARIES['aces-ap0']).T, 1.0)
    for name, colour, share in (('red', (1, 0, 0), '10'), ('green', (0, 1, 0), '10'), ('grey', (1, 1, 1), None)):
        values = field.copy()
        values.reshape(-1, 3)[:1000] = colour
        real(f'strong-{name}.tif', values, wide)
        says(f'strong-{name}.tif', share)
        Image.fromarray((255 * values).round().astype('u1')).save(f'strong-{name}.png')
        shell(f'convert strong-{name}.png -set colorspace RGB strong-{name}-plain.exr')
        with_primaries(f'strong-{name}-plain.exr', f'strong-{name}.exr', PRIMARIES['aces-ap0'])
        says(f'strong-{name}.exr', share)


def with_alpha():
    """Half floats and floats, by which the colours are multiplied, in and out."""
    photo = pixels('photo.png')
    for depth, form in (('half', 16), ('float', 32)):
        def check(depth=depth, form=form):
            # ImageMagick multiplies nothing itself
            shell(f'convert photo.png -alpha set -channel A -evaluate set 60% +channel -colorspace RGB -channel RGB '
                  f'-evaluate multiply 0.6 +channel -depth {form} -define exr:pixel-type={depth.upper()} veil-{depth}.exr')
            shell(f'convert photo.png -alpha set -channel A -evaluate set 60% +channel -depth {form} '
                  f'-define quantum:format=floating-point veil-{depth}.tif')
            painted(f'veil-{depth}.tif', f'veil-{depth}.tif.exr')
            for name in (f'veil-{depth}.exr', f'veil-{depth}.tif.exr'):
                painted(name, f'{name}.out.png')
                alpha = numpy.asarray(Image.open(f'{name}.out.png'))[..., 3]
                off = 255 * abs(pixels(f'{name}.out.png') - photo).max()
                if off > 1.5 or abs(alpha - 153.0).max() > 1:
                    return f'{name}: off by {off}, alpha {alpha.min()} to {alpha.max()}'
            return None
        expect('EXR with alpha', depth, check)

    def no_number():
        """What is no number is clear, and does not go out."""
        values = numpy.concatenate([photo, numpy.full((*photo.shape[:2], 1), 0.6)], 2)
        values[:8, :8, 3] = float('nan')
        real('veil-nan.tif', values)
        painted('veil-nan.tif', 'veil-nan-out.tif')
        shell('tiffcp -c none -r 48 veil-nan-out.tif veil-nan-plain.tif')
        start = int(exiftool('-s3', '-StripOffsets', 'veil-nan-plain.tif'))
        alpha = numpy.frombuffer(pathlib.Path('veil-nan-plain.tif').read_bytes()[start:], '<f4', values.size).reshape(values.shape)[..., 3]
        wanted = numpy.nan_to_num(values[..., 3])
        return None if numpy.allclose(alpha, wanted, atol=1e-6) else f'{alpha[0, 0]} and {alpha[9, 9]}'
    expect('EXR with alpha', 'no number', no_number)


def channels():
    """What else a renderer puts beside the colours; the library has its own ways for four of half floats."""
    red, green, blue = srgb(pixels('photo.png')).transpose(2, 0, 1)
    deep, whole = numpy.indices(red.shape)[0] * 9.0, numpy.indices(red.shape)[1]
    for name, kind, more in (('z', 1, {'Z': (2, deep)}), ('half-z', 1, {'Z': (1, deep)}), ('float-z', 2, {'Z': (2, deep)}),
                             ('half-ao', 1, {'AO': (1, deep)}), ('id', 1, {'id': (0, whole)}), ('more', 1, {'N.X': (1, deep), 'Z': (2, deep), 'id': (0, whole)}),
                             ('rgb', 1, {})):
        for side in (0, 16):
            path = f'beside-{name}-{side}.exr'
            write_exr(path, {'R': (kind, red), 'G': (kind, green), 'B': (kind, blue), **more}, side)
            reads('EXR channels', path, 'photo.png', 1, quiet=False)
            if name == 'more':
                path = f'alpha-{path}'
                veiled = {n: (kind, 0.6 * v) for n, v in zip('RGB', (red, green, blue))}
                write_exr(path, {**veiled, 'A': (kind, numpy.full(red.shape, 0.6)), **more}, side)
                reads('EXR channels', path, 'photo.png', 1.5, quiet=False)


def rare_channels():
    """What is not read is told in the format's words."""
    value = pixels('photo.png')[..., 0]

    def rare(name, words, channels, side=0, deep=False):
        write_exr(name, channels, side, deep)
        refuses('EXR of rare kinds', name, f'is of a rare kind that is not read here (OpenEXR: {words}): save it anew')
    rare('rare-uint.exr', 'scanlineimage, B uint, G uint, R uint', {n: (0, value) for n in 'RGB'})
    rare('rare-mixed.exr', 'tiledimage, B half, G float, R uint', {'R': (0, value), 'G': (2, value), 'B': (1, value)}, 16)
    rare('rare-chroma.exr', 'scanlineimage, BY half, RY half, Y float', {'Y': (2, value), 'RY': (1, value), 'BY': (1, value)})
    rare('rare-names.exr', 'scanlineimage, malloc float, x\\ny float', {'malloc': (2, value), 'x\ny': (2, value)})
    rare('rare-many.exr', 'scanlineimage, ' + ', '.join(f'c{i} half' for i in range(8)) + ', …',
         {f'c{i}': (1, value) for i in range(9)})
    rare('rare-deep.exr', 'deepscanline, A half, R half', {'A': (1, value), 'R': (1, value)}, deep=True)
    data = pathlib.Path('rare-chroma.exr').read_bytes()
    at = data.index(b'BY\0') + 3 + 8
    pathlib.Path('rare-half-size.exr').write_bytes(data[:at] + struct.pack('<ii', 2, 2) + data[at + 8:])
    refuses('EXR of rare kinds', 'rare-half-size.exr', '(OpenEXR: scanlineimage, BY half 2 × 2, RY half, Y float)')


def windows():
    """EXR's data window is the picture, as GIMP shows it; one that cannot be has the right sentence."""
    shell('convert photo.png -colorspace RGB windows.exr')
    exr = pathlib.Path('windows.exr').read_bytes()

    def put(name, kind, box):
        at = exr.index(f'{kind}Window\0box2i\0'.encode()) + len(kind) + 6 + 6 + 1 + 4
        pathlib.Path(name).write_bytes(exr[:at] + struct.pack('<4i', *box) + exr[at + 16:])
        return name
    for name, box, size in (('wide', (0, 0, 39999, 47), '40000 × 48'), ('vast', (0, 0, 2 ** 30, 47), f'{2 ** 30 + 1} × 48'),
                            ('vast2', (0, 0, 71, 600000000), '72 × 600000001')):
        refuses('EXR windows', put(f'{name}.exr', 'data', box), f'{size} pixels; each side must have')
    refuses('EXR windows', put('none.exr', 'data', (10, 10, 0, 0)), DAMAGED)
    for i, box in enumerate(((0, 0, 20, 20), (-10, -10, 200, 200), (1000, 1000, 1100, 1100))):
        reads('EXR windows', put(f'shown{i}.exr', 'display', box), 'photo.png', 1, quiet=False)
