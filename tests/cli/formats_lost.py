# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file has beside its first picture, and words at the edges: kept, or told of, but neither in vain."""
import os
import pathlib
import struct
import subprocess
import zlib

from PIL import Image, PngImagePlugin

from formats_common import DAMAGED, NST, PROBE, exiftool, expect, png_chunk, reads, refuses, shell, tried, \
    without_progress
from formats_made import LONG, SHORT, write_tiff
from formats_out import painted, tag


def make_pages(name):
    """Four, each smaller than the one before it."""
    photo = Image.open('photo.png')
    photo.save(name, save_all=True, append_images=[photo.reduce(n) for n in (2, 3, 4)])


def make_inner(name, more=None):
    """A page with a smaller one inside it."""
    def write(place):
        write_tiff(name, {256: (LONG, [72]), 257: (LONG, [48]), 258: (SHORT, [8]), 262: (SHORT, [1]), 277: (SHORT, [1]),
                          278: (LONG, [48]), 330: (LONG, [place]), **(more or {})}, [bytes(range(72)) * 48])
    write(0)
    end = os.path.getsize(name)
    write(end)
    tags = {254: 1, 256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 273: end - 72, 277: 1, 278: 8, 279: 64}
    entries = b''.join(struct.pack('<HHII', number, LONG, 1, value) for number, value in tags.items())
    with open(name, 'ab') as file:
        file.write(struct.pack('<H', len(tags)) + entries + bytes(4))


def further():
    """Where other pictures lie in the content's file is not so in the result's, and is no loss."""
    for name, make in (('pages-4.tif', make_pages), ('inner.tif', make_inner)):
        def check(name=name, make=make):
            make(name)
            painted(name, f'{name}.out.tif')
            painted(f'{name}.out.tif', f'{name}.out.png')
            said = painted(name, f'{name}.out.ppm')
            if Image.open(f'{name}.out.tif').n_frames != 1 or '[SubIFD' in exiftool('-a', '-G1', f'{name}.out.tif'):
                return 'more than one picture'
            return said if 'no place' in said else None
        expect('Further pictures', name, check)

    def thumbnails():
        """The first page stands for another one, which is raw data in most cases."""
        rare = 'is of a rare kind that is not read here (TIFF: reduced-resolution image)'
        make_inner('raw.nef', {254: (LONG, [1])})
        make_inner('raw.dng', {50706: (SHORT, [1, 4, 0, 0])})
        refuses('Further pictures', 'raw.nef', rare)
        refuses('Further pictures', 'raw.dng', rare)
        for colours, name in ((32803, 'CFA'), (34892, 'LinearRaw')):  # the raw data come first, and a preview is in them
            dng = {50706: (SHORT, [1, 4, 0, 0]), 262: (SHORT, [colours])}
            make_inner(f'{name}.dng', dng)
            refuses('Further pictures', f'{name}.dng', f'is of a rare kind that is not read here (TIFF: {name}, 1 × uint8)')
            make_inner(f'{name}-small.dng', {**dng, 254: (LONG, [1])})
            refuses('Further pictures', f'{name}-small.dng', rare)
        refuses('Further pictures', 'small-first.tif', rare, 'convert photo.png -resize 9x6 small.tif && tiffset -s 254 1 small.tif && '
                'convert photo.png full.tif && tiffcp small.tif full.tif small-first.tif')
        reads('Further pictures', 'small-alone.tif', 'photo.png', make='convert photo.png small-alone.tif && tiffset -s 254 1 small-alone.tif')
        pathlib.Path('raw.cr2').write_bytes(b'II*\0\x10\0\0\0CR\x02\0' + bytes(90))
        refuses('Further pictures', 'raw.cr2', 'is not a picture that can be read here')
        pathlib.Path('no-entries.tif').write_bytes(b'II*\0\x10\0\0\0' + bytes(90))
        refuses('Further pictures', 'no-entries.tif', DAMAGED)
    thumbnails()

    def phone(name, gain, container, camera):
        """What lies behind the picture that a telephone took: a gain map, a film.  The prefixes are the file's own."""
        names = {gain: 'http://ns.adobe.com/hdr-gain-map/1.0/', container: 'http://ns.google.com/photos/1.0/container/',
                 'Item': 'http://ns.google.com/photos/1.0/container/item/', camera: 'http://ns.google.com/photos/1.0/camera/',
                 'dc': 'http://purl.org/dc/elements/1.1/', 'rdf': 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
                 'other': 'http://pix4d.com/camera/1.0'}
        item = f'<rdf:li rdf:parseType="Resource"><{container}:Item Item:Semantic="{{}}" Item:Length="9"/></rdf:li>'
        xmp = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {' '.join(f'xmlns:{k}="{v}"' for k, v in names.items())}>
            <rdf:Description rdf:about="" {gain}:Version="1.0" {camera}:MicroVideoOffset="9" {camera}:MotionPhoto="1"
            {camera}:BurstID="b7" other:MotionPhotoMade="m8"><dc:subject><rdf:Bag><rdf:li>lake</rdf:li></rdf:Bag></dc:subject>
            <{container}:Directory><rdf:Seq>{item.format('Primary')}{item.format('GainMap')}</rdf:Seq></{container}:Directory>
            </rdf:Description></rdf:RDF></x:xmpmeta>"""
        pathlib.Path(f'{name}.xmp').write_text(xmp)
        shell(f'convert photo.png -quality 95 {name}.jpg && exiftool -q -overwrite_original "-XMP<={name}.xmp" {name}.jpg && '
              f'cp {name}.jpg {name}.one.jpg && cat {name}.one.jpg >> {name}.jpg')
        for target in (f'{name}.out.jpg', f'{name}.out.png'):
            said = painted(f'{name}.jpg', target)
            found = exiftool('-b', '-XMP', target)  # as it lies there: exiftool itself knows but one prefix for each
            stale = [word for word in ('Version="1.0"', 'Semantic=', 'Length=', 'MicroVideo', 'MotionPhoto=') if word in found]
            if stale or any(word not in found for word in ('b7', 'm8', 'lake')) or 'no place' in said:
                return f'{stale} {found if not stale else ""} {said}'
        return None
    for name, *prefixes in (('phone', 'hdrgm', 'Container', 'GCamera'), ('phone-short', 'hdrgm', 'Container', 'Camera'),
                            ('phone-odd', 'HDRGainMapOf', 'GCamera', 'x-y')):
        expect('Further pictures', name, lambda name=name, prefixes=prefixes: phone(name, *prefixes))

    def ring():
        """The last page leads to the first again: nothing is missing."""
        Image.open('photo.png').save('ring.tif', save_all=True, append_images=[Image.open('few.png')])
        data = bytearray(pathlib.Path('ring.tif').read_bytes())
        first = at = struct.unpack_from('<I', data, 4)[0]
        while at:
            link = at + 2 + 12 * struct.unpack_from('<H', data, at)[0]
            at = struct.unpack_from('<I', data, link)[0]
        struct.pack_into('<I', data, link, first)
        pathlib.Path('ring.tif').write_bytes(data)
        painted('ring.tif', 'ring.out.png')
    expect('Further pictures', 'a ring', ring)


def with_texts(name, texts, more=b''):
    """Of PNG: keys and their texts."""
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    Image.open('photo.png').save(name, pnginfo=info)
    data = pathlib.Path(name).read_bytes()
    pathlib.Path(name).write_bytes(data[:33] + more + data[33:])


def edges():
    """Words that are like others, or that Exiv2 reads in its own way."""
    disclaimed = png_chunk(b'zTXt', b'Disclaimer\0\0garbage')
    for name, texts, more, wanted in (
            ('within', {'Description': 'a sunset', 'Comment': 'set'}, b'', {'UserComment': 'set'}),
            ('spaces', {'Author': '  Ann', 'Title': ' Tea'}, b'', {'Title': 'Tea'}),
            ('coded', {'Title': 'lang=de Tee', 'Description': 'view', 'Comment': 'charset=x y'}, b'',
             {'Title': 'lang=de Tee', 'UserComment': 'charset=x y'}),
            ('disclaimed', {'Author': 'Ann', 'Title': 'Tea'}, disclaimed, {'Artist': 'Ann', 'Title': 'Tea'})):
        def check(name=name, texts=texts, more=more, wanted=wanted):
            with_texts(f'{name}.png', texts, more)
            said = painted(f'{name}.png', f'{name}.out.tif')
            for key, text in wanted.items():
                if (tag(f'{name}.out.tif', key) or '').strip() != text:
                    return f'{key} is {tag(f"{name}.out.tif", key)}'
            return said if 'no place' in said else None
        expect('Words', name, check)

    def latin():
        """What describes a picture becomes a comment in UTF-8, of no more bytes than one has."""
        shell('convert photo.png -strip latin.tif')
        pathlib.Path('latin.txt').write_bytes(b'Gr\xfcn ' + b'x' * 70000)
        shell('tiffset -sf 270 latin.txt latin.tif')
        said = painted('latin.tif', 'latin.ppm')
        if 'EXIF' not in said:
            return said
        comment = pathlib.Path('latin.ppm').read_bytes().split(b'\n')[1]
        return None if comment.startswith('# Grün x'.encode()) and 65000 < len(comment) < 65536 else comment[:20]
    expect('Words', 'Latin-1', latin)


def peak(name):
    """MiB that nst takes for a picture."""
    tried.add(name)
    with subprocess.Popen([NST, '--threads', '1', '--style', 'photo.png', *PROBE, name, f'{name}.out.jpg'],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        status, usage = os.wait4(process.pid, 0)[1:]
        process.returncode = status
    if status:
        raise RuntimeError(f'status {status} of {name}')
    return usage.ru_maxrss / 1024


def packed_texts():
    """A small file's texts that would unpack to more than is of use, and that libpng or libspng would warn of or refuse."""
    def check():
        text = zlib.compress(b'a' * 65000)
        with_texts('packed-texts.png', {}, b''.join(png_chunk(b'zTXt', b'key%d\0\0' % i + text) for i in range(3000)))
        more = peak('packed-texts.png') - peak('photo.png')
        if more >= 40:
            return f'it takes {more:.0f} MiB'
        said = without_progress(painted('packed-texts.png', 'packed-texts.out.png'))
        return said or (None if b'key2999' in pathlib.Path('packed-texts.out.png').read_bytes() else 'a text is lost')
    expect('Words', 'many that are packed', check)
