# SPDX-License-Identifier: GPL-3.0-or-later
"""What nst writes: depth, colours, metadata, modes and names of files."""
import os
import pathlib
import shutil
import struct

import numpy
from PIL import Image

from formats_common import (CASES, NST, PROBE, difference, exiftool, expect, nst, open_image, pixels, read,
                            run, shell)


def tags(path):
    lines = exiftool('-a', '-s', '-n', '-G1', str(path)).splitlines()
    return {line.split(':')[0].strip(): line.split(':', 1)[1].strip() for line in lines if ':' in line}


def tag(path, name):
    """The value of a tag in whatever group it is."""
    return next((v for k, v in tags(path).items() if k.split('] ')[-1].split(']')[-1].strip() == name),
                None)


def dots(path):
    """Horizontally and vertically an inch, in the order of trust; and whether in inches."""
    found = tags(path)
    for group, x, y, unit, units in (
            ('PNG-pHYs', 'PixelsPerUnitX', 'PixelsPerUnitY', 'PixelUnits', {'1': 0.0254}),
            ('IFD0', 'XResolution', 'YResolution', 'ResolutionUnit', {'2': 1, '3': 2.54}),
            ('JFIF', 'XResolution', 'YResolution', 'ResolutionUnit', {'1': 1, '2': 2.54})):
        scale = units.get(next((v for k, v in found.items() if k.split() == [f'[{group}]', unit]), ''))
        if scale:
            x, y = (float(next(v for k, v in found.items() if k.split() == [f'[{group}]', name]))
                    for name in (x, y))
            return x * scale, y * scale, scale == 1
    data = pathlib.Path(path).read_bytes()
    if data[:4] == b'\x76\x2f\x31\x01' and b'xDensity\0float\0' in data:
        number = [struct.unpack('<f', data[at:at + 4])[0] for at in (
            data.index(name) + len(name) + 4 for name in (b'xDensity\0float\0',
                                                          b'pixelAspectRatio\0float\0'))]
        return number[0], number[0] * number[1], True
    return 0, 0, True


def painted(source, target, *more):
    done = nst(source, target, *more)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stderr


def depth_of(path):
    kind = str(path).rsplit('.', 1)[1]
    if kind == 'exr':
        return {'0': 'whole', '1': 'half', '2': 'float'}[exr_type(path)]
    if kind == 'tif':
        bits, form = tag(path, 'BitsPerSample').split()[0], tag(path, 'SampleFormat')
        return {('8', '1'): 8, ('16', '1'): 16, ('16', '3'): 'half', ('32', '3'): 'float'}[
            bits, (form or '1').split()[0]]
    if kind == 'ppm':
        return 16 if pathlib.Path(path).read_bytes().split()[3] == b'65535' else 8
    if kind == 'png':
        return int(tag(path, 'BitDepth'))
    return 8


def exr_type(path):
    data = pathlib.Path(path).read_bytes()
    at = data.index(b'channels\0chlist\0') + 16 + 4
    at = data.index(b'\0', at) + 1
    return str(data[at])


def goes_out_depth():
    sources = {8: 'photo.png', 16: 'd16.png', 'half': 'dhalf.tif', 'float': 'dfloat.tif'}
    shell('convert photo.png -depth 16 PNG48:d16.png')
    shell('convert photo.png -depth 16 -define quantum:format=floating-point dhalf.tif')
    shell('convert photo.png -depth 32 -define quantum:format=floating-point dfloat.tif')
    most = {'png': 16, 'tif': 'float', 'exr': 'float', 'webp': 8, 'jpg': 8, 'ppm': 16}
    order = [8, 16, 'half', 'float']
    for depth, source in sources.items():
        for kind, top in most.items():
            def check(depth=depth, source=source, kind=kind, top=top):
                target = f'depth-{depth}.{kind}'
                said = painted(source, target)
                wanted = min(depth, top, key=order.index)
                if kind == 'exr':
                    wanted = 'half' if depth == 'half' else 'float'
                if depth_of(target) != wanted:
                    return f'{depth_of(target)} instead of {wanted}'
                lost = kind != 'exr' and order.index(depth) > order.index(top)
                if lost != ('rounded' in said):
                    return f'said {said}'
                if kind == 'exr':
                    return read(target, pixels('photo.png'), 1, None, False)
                return read(target, pixels('photo.png'), 1 if kind not in ('webp', 'jpg') else 60,
                            None, False)
            expect('Depth that goes out', f'{depth} to {kind}', check)


def goes_out_colour():
    # what only Display P3 has: none of it may be cut off
    data = numpy.indices((48, 72)).transpose(1, 2, 0)
    vivid = numpy.stack([data[..., 1] * 255 // 71, data[..., 0] * 255 // 47,
                         (data.sum(2) * 5) % 256], 2).astype('u1')
    icc_bytes = pathlib.Path('p3.icc').read_bytes()
    Image.fromarray(vivid).save('vivid.png', icc_profile=icc_bytes)
    for kind in ('png', 'tif', 'webp', 'jpg'):
        def check(kind=kind):
            target = f'vivid-out.{kind}'
            painted('vivid.png', target)
            image = open_image(target)
            if image.info.get('icc_profile') != icc_bytes:
                return 'another profile, or none'
            worst = abs(numpy.asarray(image.convert('RGB'), dtype=int) - vivid)
            limit = 1 if kind in ('png', 'tif') else 255
            return None if worst.max() <= limit else f'off by {worst.max()}'
        expect('Colours that go out', f'P3 to {kind}', check)

    def to_ppm():
        said = painted('in-p3.png', 'p3-out.ppm')
        worst = difference(pixels('p3-out.ppm'), pixels('photo.png'))
        return None if worst <= 2 and 'profile' in said else f'off by {worst}; {said}'
    expect('Colours that go out', 'P3 to ppm', to_ppm)

    def to_exr():
        painted('vivid.png', 'vivid-out.exr')
        painted('vivid-out.exr', 'vivid-back.out.png')
        worst = difference(pixels('vivid-back.out.png'), pixels('vivid.png'))
        return None if worst <= 1.6 else f'off by {worst}'
    expect('Colours that go out', 'P3 to exr', to_exr)

    def plain():
        painted('photo.png', 'plain-out.png')
        if 'icc_profile' in Image.open('plain-out.png').info:
            return 'has a profile'
        same = numpy.asarray(Image.open('plain-out.png')) == numpy.asarray(Image.open('photo.png'))
        return None if same.all() else 'not the same'
    expect('Colours that go out', 'no profile stays none', plain)

    def twin():
        """The style's space makes no difference: to a recipe without matches, of which a trifle makes others."""
        outs = []
        for name in ('photo', 'in-prophoto'):
            target = f'twin-{name}.png'
            done = run(NST, '--threads', '1', '--size', '64', '--recipe', 'gatys', '--iterations', '8', '--style',
                       f'{name}.png', 'grey.png', target)
            if done.returncode:
                return done.stderr
            outs.append(pixels(target))
        worst = difference(*outs)
        return None if worst < 12 else f'off by {worst}'
    expect('Colours that go out', "a style's sRGB and ProPhoto twins", twin)

    def grey():
        done = run(NST, '--threads', '1', '--size', '64', '--iterations', '20', '--style', 'photo.png',
                   'grey-icc-in.png', 'grey-out.png')
        data = pixels('grey-out.png')
        chroma = (data.max(2) - data.min(2)).mean()
        return None if chroma > 0.02 else f'{chroma} {done.stderr}'
    Image.open('grey.png').convert('L').save('grey-icc-in.png',
                                             icc_profile=pathlib.Path('grey.icc').read_bytes())
    expect('Colours that go out', 'a grey photo becomes coloured', grey)

    def white():
        shutil.copy(CASES / 'cut_out.png', 'cut_out.png')
        said = painted('cut_out.png', 'cut_out.jpg')
        clear = numpy.asarray(Image.open('cut_out.png'))[..., 3] == 0
        data = numpy.asarray(Image.open('cut_out.jpg').convert('RGB'))
        inner = clear[1:-1, 1:-1]
        for y in (0, 1, 2):  # away from the edge, where JPEG rings
            for x in (0, 1, 2):
                inner = inner & clear[y:y + inner.shape[0], x:x + inner.shape[1]]
        off = 255 - data[1:-1, 1:-1][inner].astype(int)
        return None if 'is white' in said and off.mean() < 1 and numpy.percentile(off, 99) < 16 \
            else f'{said} {off.mean()} {off.max()}'
    expect('Colours that go out', 'transparent becomes white', white)


def goes_out_metadata():
    best = '-quality 100 -sampling-factor 1x1'
    shell(f'convert photo.png -transverse {best} -units PixelsPerInch -density 300 meta.jpg')
    shell('convert photo.png -resize 32x thumb.jpg')
    shell('exiftool -q -overwrite_original -n -IFD0:Orientation=7 -Artist=Ann -Make=Cam -FNumber=4 '
          '-ExifImageWidth=48 -ExifImageHeight=72 -GPSLatitude=12.5 -GPSLatitudeRef=N '
          '-XMP-dc:Title=Pavilion -XMP-tiff:Orientation=7 -IPTC:Keywords=lake -Comment=hello '
          '"-ThumbnailImage<=thumb.jpg" meta.jpg')
    for kind in ('png', 'tif', 'webp'):
        shell(f'convert meta.jpg -auto-orient +repage -strip -units PixelsPerInch -density 300 '
              f'-define webp:lossless=true meta.{kind}')
        shell('exiftool -q -overwrite_original -tagsfromfile meta.jpg -EXIF:all -XMP:all -IPTC:all '
              f'-Orientation= -XMP-tiff:Orientation= meta.{kind}')
    for source in ('jpg', 'png', 'tif', 'webp'):
        for kind in ('jpg', 'png', 'tif', 'webp'):
            def check(source=source, kind=kind):
                target = f'meta-{source}-out.{kind}'
                painted(f'meta.{source}', target)
                wanted = {'Artist': 'Ann', 'Make': 'Cam', 'FNumber': '4', 'Title': 'Pavilion',
                          'GPSLatitude': '12.5'}
                if 'webp' not in (source, kind):
                    wanted['Keywords'] = 'lake'
                if source == 'jpg' and kind == 'jpg':
                    wanted['Comment'] = 'hello'
                for name, value in wanted.items():
                    if tag(target, name) != value:
                        return f'{name} is {tag(target, name)}'
                for name, value in tags(target).items():
                    if 'Orientation' in name and value != '1':
                        return f'{name} {value}'
                if any('Thumbnail' in name for name in tags(target)):
                    return 'has a thumbnail'
                if tag(target, 'ExifImageWidth') not in (None, '72'):
                    return f'ExifImageWidth {tag(target, "ExifImageWidth")}'
                if round(dots(target)[0]) != 300:
                    return f'{dots(target)} dots'
                return read(target, pixels('photo.png'), 90, None, False)
            expect('Metadata that go out', f'{source} to {kind}', check)


def files():
    def mode():
        for name, bits in (('m600.png', 0o600), ('m640.jpg', 0o640), ('m666.tif', 0o666),
                           ('m6755.png', 0o6755), ('m1644.png', 0o1644)):
            shutil.copy('photo.png', name)
            os.chmod(name, bits)
            painted('photo.png', name)
            if os.stat(name).st_mode & 0o7777 != bits & 0o777:
                return f'{name} has {os.stat(name).st_mode:o}'
        os.umask(0o022)
        painted('photo.png', 'fresh.png')
        return None if os.stat('fresh.png').st_mode & 0o777 == 0o644 else 'a new file is odd'
    expect('Files', 'the mode of what is replaced', mode)

    def owner():
        if os.getuid() != 0:
            return None
        shutil.copy('photo.png', 'owned.png')
        os.chown('owned.png', 1234, 4321)
        painted('photo.png', 'owned.png')
        info = os.stat('owned.png')
        return None if (info.st_uid, info.st_gid) == (1234, 4321) else 'the owner is another'
    expect('Files', 'the owner of what is replaced', owner)

    def link():
        shutil.copy('grey.png', 'target.png')
        os.symlink('target.png', 'link.png')
        painted('photo.png', 'link.png')
        return None if os.path.islink('link.png') and difference(
            pixels('target.png'), pixels('photo.png')) < 0.01 else 'the link is gone'
    expect('Files', 'a link', link)

    def report(name, *arguments):
        def check():
            before = {p: pathlib.Path(p).read_bytes() for p in ('c.png', 's.png', 'b.png')}
            done = run(NST, '--threads', '1', *PROBE, '--style', 's.png', '--start', 'b.png', '--report',
                       name, 'c.png', *arguments)
            if done.returncode != 1 or 'report' not in done.stderr or done.stderr.count('\n') != 1:
                return f'status {done.returncode}: {done.stderr}'
            return None if all(pathlib.Path(p).read_bytes() == b for p, b in before.items()) \
                and not os.path.exists('r-out.png') else 'something was written'
        expect('Files', f'a report to {name}', check)
    for name in ('c.png', 's.png', 'b.png'):
        shutil.copy('photo.png', name)
    os.symlink('c.png', 'l.png')
    os.link('s.png', 'hard.png')
    os.symlink('r-out.png', 'to-out.png')
    for name in ('c.png', 's.png', 'b.png', 'l.png', 'hard.png', './c.png', os.path.abspath('s.png'),
                 'r-out.png', 'to-out.png'):
        report(name, 'r-out.png')

    def odd(name, shown):
        def check():
            done = run(NST, '--style', 'photo.png', name, 'x.png')
            if done.stderr.count('\n') != 1 or shown not in done.stderr:
                return repr(done.stderr)
            shutil.copy('text.png' if os.path.exists('text.png') else CASES / 'README.md', name)
            done = run(NST, '--style', 'photo.png', name, 'x.png')
            return None if done.stderr.count('\n') == 1 and shown in done.stderr else repr(done.stderr)
        expect('File names', shown, check)
    odd('two\nlines.png', 'two\\nlines.png')
    odd(b'latin\xe4.png', 'latin\\xe4.png')
    odd('steer\x1b[31m.png', 'steer\\x1b[31m.png')
    odd('back\\slash.png', 'back\\\\slash.png')  # else it could be an escaped one
    odd('turn\u202egnp.png', 'turn\\u202egnp.png')
    odd('zero\u200bwidth.png', 'zero\\u200bwidth.png')

    def good(name):
        def check():
            shutil.copy('photo.png', name)
            done = run(NST, '--threads', '1', '--style', name, '--start', name, *PROBE, name,
                       (b'o' if isinstance(name, bytes) else 'o') + name)
            return None if done.returncode == 0 else done.stderr
        expect('File names', f'{name!r} is read', check)
    for name in ('a b.png', '-x.png'.replace('-', '+'), 'p[page=2].png', 'two\nlines.png2.png', b'l\xe4.png', 'ü.png'):
        good(name)
