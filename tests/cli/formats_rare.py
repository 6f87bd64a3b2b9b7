# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture files of rare kinds, and what nst says of those that it cannot read, or not wholly."""
import os
import pathlib
import struct
import zlib

import numpy
from PIL import Image

from formats_common import (DAMAGED, Later, P3, TURNS, expect, nst, pixels, pixels_later, png_chunk, read,
                            reads, refuses, rgb_profile, run, shell, without_progress)
from formats_made import real, whole, write_tiff, ycbcr, SHORT, LONG
from formats_light import as_srgb, rec709, srgb, to_srgb


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
                said = without_progress(done.stderr)
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

    data = pathlib.Path('photo.png').read_bytes()
    pathlib.Path('vast-icc.png').write_bytes(
        data[:33] + png_chunk(b'iCCP', b'x\0\0' + zlib.compress(bytes(80 << 20), 1)) + data[33:])

    def limited():
        """Beyond libspng's limit, where libvips has it: no fault of the file."""
        done, target = nst('vast-icc.png', 'vast-icc.out.png'), pathlib.Path('vast-icc.out.png')
        painted = done.returncode == 0 and target.exists() and 'cannot be used' in done.stderr
        refused = done.returncode == 1 and not target.exists() and 'of a rare kind' in done.stderr
        return None if painted or refused else f'status {done.returncode}: {done.stderr}'
    expect('Errors', 'vast-icc.png', limited)
    for name, extra in (('on-a-line', png_chunk(b'cHRM', struct.pack('>8I', 31270, 32900, *[30000] * 6))),
                        ('steep', png_chunk(b'gAMA', struct.pack('>I', 1000000)))):
        pathlib.Path(f'{name}.png').write_bytes(data[:33] + extra + data[33:])
        reads('Colours that cannot be', f'{name}.png', 'photo.png', says='cannot be used')


def png_says():
    """PNG's four ways to say its colours, each before those after it: cICP, profile, sRGB, gAMA and cHRM."""
    plain = pathlib.Path('photo.png').read_bytes()
    codes = {'srgb': (1, 13), 'p3': (12, 13), 'rec2020': (9, 14), 'rec2020-12': (9, 15), 'rec709': (1, 1), 'ntsc': (6, 6),
             'linear': (9, 8), 'gamma28': (5, 5)}
    xy = {1: (.64, .33, .3, .6, .15, .06), 12: (.68, .32, .265, .69, .15, .06), 9: (.708, .292, .17, .797, .131, .046),
          6: (.63, .34, .31, .595, .155, .07), 5: (.64, .33, .29, .6, .15, .06)}
    values = numpy.asarray(Image.open('photo.png').convert('RGB'), dtype=float) / 255

    def shown(primaries, transfer):
        """In sRGB, by the formulas."""
        light = {1: rec709, 6: rec709, 14: rec709, 15: rec709, 5: lambda v: v ** 2.8, 8: lambda v: v,
                 13: srgb}[transfer](values)
        linear = light @ to_srgb(xy[primaries]).T
        return as_srgb(linear.clip(0, 1))

    def put(name, *chunks, to=plain):
        pathlib.Path(name).write_bytes(to[:33] + b''.join(chunks) + to[33:])
        return name

    def code(*numbers):
        return png_chunk(b'cICP', bytes(numbers))

    def profile(data):
        return png_chunk(b'iCCP', b'name\0\0' + zlib.compress(data))
    wide, broken = (pathlib.Path(f'{name}.icc').read_bytes() for name in ('prophoto', 'broken'))
    for name, numbers in codes.items():
        # 8 bits of a linear picture are few
        reads('PNG says', put(f'cicp-{name}.png', code(*numbers, 0, 1)), shown(*numbers), 6 if name == 'linear' else 1.5,
              quiet=False)
    reads('PNG says', put('cicp-first.png', code(12, 13, 0, 1), profile(wide)), shown(12, 13), 1.5, quiet=False)
    reads('PNG says', put('cicp-srgb.png', code(1, 13, 0, 1), profile(wide)), values, 0.51, quiet=False)
    for name, numbers in (('pq', (9, 16, 0, 1)), ('hlg', (9, 18, 0, 1)), ('narrow', (1, 13, 0, 0)), ('matrix', (1, 13, 1, 1)),
                          ('nothing', (2, 2, 0, 1)), ('far', (255, 255, 255, 255))):
        reads('PNG says', put(f'cicp-{name}.png', code(*numbers)), values, 0.51, says='the color profile in it cannot be used')
    gamma = png_chunk(b'gAMA', struct.pack('>I', 100000))
    reads('PNG says', put('srgb-first.png', png_chunk(b'sRGB', b'\0'), gamma), values, 0.51)
    data = rgb_profile(P3, 2.2)
    for name, icc_data in (('broken', broken), ('cut', data[:200]), ('text', b'no profile'), ('empty', b'')):
        def check(name=name, icc_data=icc_data):
            """One sentence, the same as for all formats."""
            put(f'iccp-{name}.png', profile(icc_data))
            return only(f'iccp-{name}.png', 'the color profile in it cannot be used; its colors are taken for sRGB')
        expect('PNG says', f'a profile, {name}', check)
    shell('convert grey.png -define png:color-type=0 -define png:exclude-chunk=all says-grey.png')
    grey = pathlib.Path('says-grey.png').read_bytes()
    reads('PNG says', put('grey-p3.png', profile(rgb_profile(P3, 1.0)), to=grey), Later(lambda: as_srgb(pixels('says-grey.png'))), 6,
          quiet=False)
    reads('PNG says', put('grey-gamma.png', gamma, to=grey), Later(lambda: as_srgb(pixels('says-grey.png'))), 6, quiet=False)

    data = pathlib.Path('photo.png').read_bytes()
    for name, end in (('end', -12), ('checksum', -4), ('byte', -1)):
        pathlib.Path(f'no-{name}.png').write_bytes(data[:end])
        refuses('PNG without its end', f'no-{name}.png', DAMAGED)
    pathlib.Path('and-more.png').write_bytes(data + b'more')
    reads('PNG without its end', 'and-more.png', 'photo.png')


def only(name, words):
    done = nst(name, f'{name}.out.png')
    said = without_progress(done.stderr)
    return None if done.returncode == 0 and said == [f'nst: “{name}”: {words}.'] else f'{said}'


def kinds():
    """TIFF's colours: what is not read is rare, not damaged; what says nothing is read as libtiff guesses."""
    photo, grey = pixels('photo.png'), pixels('grey.png')[..., :1]
    height, width = grey.shape[:2]

    def put(name, values, bits, photometric, form=1, **more):
        n = values.shape[2] if values.ndim == 3 else 1
        tags = {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [bits] * n), 277: (SHORT, [n]),
                278: (LONG, [height]), 339: (SHORT, [form] * n), **more.get('tags', {})}
        if photometric is not None:
            tags[262] = (SHORT, [photometric])
        write_tiff(name, tags, [values.tobytes()])
        return name
    byte, bits = (photo * 255).round().astype('u1'), numpy.packbits(grey[..., 0] > 0.5, axis=1)
    rare = 'is of a rare kind that is not read here (TIFF: {}): save it anew with another program.'
    for name, values, size, photometric, form, kind in (
            ('u64', (grey * 1e15).astype('u8'), 64, 1, 1, 'BlackIsZero, 1 × uint64'),
            ('u64rgb', (photo * 1e15).astype('u8'), 64, 2, 1, 'RGB, 3 × uint64'),
            ('i64', (grey * 1e15).astype('i8'), 64, 1, 2, 'BlackIsZero, 1 × int64'),
            ('complex', grey.astype('c8'), 64, 1, 6, 'BlackIsZero, 1 × complex64'),
            ('i12', (grey * 4095).astype('i2'), 12, 1, 2, 'BlackIsZero, 1 × int12'),
            ('mask', bits, 1, 4, 1, 'TransparencyMask, 1 × uint1'), ('mask8', byte[..., :1], 8, 4, 1, 'TransparencyMask, 1 × uint8'),
            ('cfa', byte[..., :1], 8, 32803, 1, 'CFA, 1 × uint8'), ('linear-raw', byte, 8, 34892, 1, 'LinearRaw, 3 × uint8'),
            ('icclab', byte, 8, 9, 1, 'ICCLab, 3 × uint8'), ('itulab', byte, 8, 10, 1, 'ITULab, 3 × uint8'),
            ('logluv', byte, 8, 32845, 1, 'LogLuv, 3 × uint8'), ('log-l', byte[..., :1], 8, 32844, 1, 'LogL, 1 × uint8'),
            ('unknown', byte, 8, 99, 1, 'PhotometricInterpretation 99, 3 × uint8'), ('three-inks', byte, 8, 5, 1, 'Separated, 3 × uint8'),
            ('deep-ycbcr', (photo * 65535).astype('u2'), 16, 6, 1, 'YCbCr, 3 × uint16')):
        refuses('TIFF of rare kinds', put(f'kind-{name}.tif', values, size, photometric, form), rare.format(kind))
    refuses('TIFF of rare kinds', put('kind-six-inks.tif', numpy.concatenate([byte, byte], 2), 8, 5,
                                      tags={332: (SHORT, [2]), 334: (SHORT, [6])}), rare.format('Separated, 6 × uint8'))
    rgb12 = numpy.packbits(numpy.unpackbits((photo * 4095).round().astype('>u2').view('u1').reshape(-1, 2), axis=1)[:, 4:])
    reads('TIFF of no format', put('undefined12.tif', rgb12.reshape(height, -1), 12, 2, tags={
        258: (SHORT, [12] * 3), 277: (SHORT, [3]), 339: (SHORT, [4] * 3)}), 'photo.png', 0.6, quiet=False)
    reads('TIFF of no format', put('undefined8.tif', byte, 8, 2, 4), 'photo.png')
    for name, values, size, form, shown in (
            ('grey', (grey * 255).round().astype('u1'), 8, 1, 'grey'), ('rgb', byte, 8, 1, 'photo'),
            ('grey16', (grey * 65535).round().astype('u2'), 16, 1, 'grey'), ('half', grey.astype('f2'), 16, 3, 'grey'),
            ('float', photo.astype('f4'), 32, 3, 'photo')):
        reads('TIFF that says no colours', put(f'unsaid-{name}.tif', values, size, None, form), f'{shown}.png',
              0.6, quiet=False)
    reads('TIFF that says no colours', 'unsaid-fax.tif', 'bits.png',
          make='pngtopnm bits.png | pnmtotiff -miniswhite -g4 > unsaid-fax.tif && tiffset -u 262 unsaid-fax.tif')
    # as GIMP reads them, which libvips does not
    for name, values, bits, photometric, shown in (('rgb', photo, 8, 2, 'photo'), ('rgb', photo, 16, 2, 'photo'), ('grey', grey, 16, 1, 'grey'),
                                                   ('grey', grey, 32, 1, 'grey'), ('white-is-0', 1 - grey, 8, 0, 'grey')):
        least = -(1 << (bits - 1))
        reads('TIFF with signs', put(f'sign-{name}{bits}.tif', (numpy.round(values * (2 ** bits - 1)) + least).astype(f'<i{bits // 8}'), bits,
                                     photometric, 2), f'{shown}.png', 0.6, quiet=False)
    indexed()
    for name, colours, photometric, shown in (('rgb', photo, 2, 'photo'), ('grey', grey, 1, 'grey'),
                                              ('inks', numpy.concatenate([1 - photo, 0 * grey], 2), 5, 'photo')):
        for kind, scale in (('u1', 255), ('<u2', 65535), ('<u4', 2 ** 32 - 1), ('<f2', 1), ('<f4', 1)):
            values = scale * numpy.concatenate([0.6 * colours, numpy.full(grey.shape, 0.6)], 2)
            reads('TIFF multiplied by alpha', put(f'multiplied-{name}{kind.strip("<")}.tif', (values if scale == 1 else values.round()).astype(kind),
                                                  8 * int(kind[-1]), photometric, 3 if scale == 1 else 1, tags={338: (SHORT, [1])}),
                  f'{shown}.png', 1.51, quiet=False, alpha=153)


def indexed():
    """Palettes with alpha, as GIMP writes them of layers that have some, and of other bits."""
    few = Image.open('few.png').convert('RGB').quantize(16)
    index = numpy.asarray(few)
    colours = numpy.asarray(few.getpalette()[:48]).reshape(16, 3)
    height, width = index.shape
    for bits, old, kind in ((8, 0, 2), (8, 0, 1), (8, 1, 2), (4, 0, 2), (16, 0, 2)):
        palette = numpy.zeros((3, 2 ** bits), dtype=int)
        palette[:, :16] = colours.T * (1 if old else 257)
        most = 2 ** bits - 1
        samples = numpy.stack([index, numpy.full(index.shape, round(0.6 * most))], 2).astype('<u2' if bits == 16 else 'u1')
        data = samples[..., 0] << 4 | samples[..., 1] if bits == 4 else samples
        write_tiff(f'index{bits}{old}{kind}.tif', {
            256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [bits] * 2), 262: (SHORT, [3]), 277: (SHORT, [2]),
            278: (LONG, [height]), 320: (SHORT, palette.reshape(-1).tolist()), 338: (SHORT, [kind])}, [data.tobytes()])
        reads('TIFF of indices and alpha', f'index{bits}{old}{kind}.tif', 'few.png', quiet=False, alpha=153)


def palettes():
    """Colours of 16 bits, which GIMP and libtiff cut to 8; maps that have but 8 of them; maps of another size, which they leave aside."""
    random = numpy.random.default_rng(5)
    height, width = 48, 72

    def put(name, bits, colours):
        """COLOURS: of each index, too few of them or too many for the bits, perhaps."""
        index = numpy.arange(height * width).reshape(height, width) * 37 % min(len(colours), 2 ** bits)
        whole(name, index[..., None] / (2 ** bits - 1), bits, 3, 'big' if bits == 16 else 'little', tags={320: (SHORT, colours.T.reshape(-1).tolist())})
        return colours[index]

    def depth(name, bits):
        def check():
            done = nst(name, f'{name}.depth.png')
            found = pathlib.Path(f'{name}.depth.png').read_bytes()[24] if done.returncode == 0 else done.stderr
            return None if found == bits and 'palette' not in done.stderr else f'{found}; {done.stderr}'
        expect('TIFF of palettes', f'depth of {name}', check)
    for bits in (1, 2, 4, 7, 8, 9, 12, 16):
        few = random.integers(0, 256, (2 ** bits, 3))
        few[0] = 255
        deep = random.integers(0, 65536, (2 ** bits, 3))
        for name, colours, white, wanted in (('deep', deep, 65535, 16), ('whole', few * 257, 65535, 8), ('high', few * 256, 65280, 8),
                                             ('low', few, 255, 8)):
            path = f'palette{bits}-{name}.tif'
            reads('TIFF of palettes', path, put(path, bits, colours) / white, 0, quiet=name != 'deep')
            depth(path, wanted)
    for bits in (4, 8, 9, 16):  # libtiff calls the first damaged itself
        colours = 257 * random.integers(0, 256, (2 ** bits, 3))
        for name, odd in (('short', colours[:-5]), ('long', numpy.concatenate([colours, colours[:5]]))):
            path = f'palette{bits}-{name}.tif'
            put(path, bits, odd)
            refuses('TIFF of palettes', path, DAMAGED)
