# SPDX-License-Identifier: GPL-3.0-or-later
"""What files say besides pixels and colours, and whether it is true of what nst writes."""
import pathlib
import struct

from PIL import Image, PngImagePlugin

from formats_common import exiftool, expect, shell
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
    for kind in ('jpg', 'png'):  # a program that knew no EXIF has changed the file's own field
        shell(f'convert photo.png -units PixelsPerInch -density 300 stale-dots.{kind} && exiftool -q '
              f'-overwrite_original -EXIF:XResolution=72 -EXIF:YResolution=72 -EXIF:ResolutionUnit=inches '
              f'-XMP-tiff:XResolution=72 -XMP-tiff:YResolution=72 stale-dots.{kind}')
        made[f'stale-dots.{kind}'] = (300, 300, kind == 'jpg')
    shell('convert photo.png -units PixelsPerCentimeter -density 10 dots-ten.png')  # libvips's "nothing"
    made['dots-ten.png'] = (25.4, 25.4, False)
    shell('convert photo.png -strip dots-tags.tif && tiffset -s 282 150.0 dots-tags.tif && '
          'tiffset -s 283 150.0 dots-tags.tif && tiffset -s 296 3 dots-tags.tif')
    made['dots-tags.tif'] = (381, 381, False)
    return made


def resolution():
    for i, (source, wanted) in enumerate(make_resolutions().items()):
        for j, kind in enumerate(KINDS):
            # what nst reads of its own is the same for each that it is written to then
            def check(source=source, wanted=wanted, kind=kind, more=('png', 'tif', 'webp')[(i + j) % 3]):
                target = f'{source}.out.{kind}'
                painted(source, target)
                for name in (target, f'{target}.{more}'):
                    if name != target:
                        painted(target, name)
                    found = dots(name)
                    if any(abs(a / b - 1) > 0.001 for a, b in zip(found[:2], wanted)):
                        return f'{found} of {name}, not {wanted}'
                    if name == target and kind in ('jpg', 'tif', 'webp') and found[2] != wanted[2]:
                        return f'{name} has another unit'
                every = [f'{float(v):.3f}' for k, v in tags(target).items() if k.split()[-1] == 'XResolution']
                wrong = exiftool('-validate', '-warning', '-a', target)
                if 'Resolution' in wrong:
                    return wrong
                return None if len(set(every)) <= 1 else f'it says {every}'
            expect('Resolution', f'{source} to {kind}', check)

    ratios()

    def turned(kind, mark, way):
        """What lay across the file's pixels lies down the upright picture."""
        source = f'turned{way}.{kind}'
        shell(f'convert photo.png -units PixelsPerInch -density 300x150 {mark} {source} && '
              f'exiftool -q -overwrite_original -n -IFD0:Orientation={way} {source}')
        wanted = (150, 300) if way >= 5 else (300, 150)
        for target in ('png', 'jpg', 'tif', 'exr'):
            painted(source, f'{source}.out.{target}')
            found = dots(f'{source}.out.{target}')[:2]
            if any(abs(a / b - 1) > 0.001 for a, b in zip(found, wanted)):
                return f'{found} of {target}, not {wanted}'
        return None
    for kind, mark, ways in (('jpg', '-quality 100', (3, 5, 6)), ('png', '', (7,)), ('tif', '', (4, 8)), ('tiff', '-depth 16 -define quantum:format=floating-point', (6,))):
        for way in ways:
            expect('Resolution', f'turned, {kind} {way}', lambda kind=kind, mark=mark, way=way: turned(kind, mark, way))

    def odd():
        """Pixels as no picture has them, which EXR refuses."""
        shell('convert photo.png odd.png && exiftool -q -n -overwrite_original -PNG-pHYs:PixelUnits=1 '
              '-PNG-pHYs:PixelsPerUnitX=1 -PNG-pHYs:PixelsPerUnitY=2147483647 odd.png')
        shell('convert photo.png odd.webp && exiftool -q -n -overwrite_original '
              '-XMP-tiff:XResolution=1e308/1e-9 -XMP-tiff:YResolution=1 -XMP-tiff:ResolutionUnit=1e300 odd.webp')
        shell('convert photo.png -define quantum:format=floating-point -depth 16 odd.tif && tiffset -s 282 1.0 '
              'odd.tif && tiffset -s 283 1.0 odd.tif && tiffset -s 296 1 odd.tif')
        for source in ('odd.png', 'odd.webp', 'odd.tif'):
            painted(source, f'{source}.exr')
            painted(source, f'{source}.png')
            if round(dots(f'{source}.png')[0]) not in (0, 72):
                return f'{source}: {dots(f"{source}.png")}'
        return None
    expect('Resolution', 'odd', odd)


def ratios():
    """Numbers without a unit are no resolution, and stay what they are where the format has them."""
    def make(kind, x, y):
        name = f'ratio{x}-{y}.{kind}'
        shell(f'convert photo.png -strip -quality 100 {name}')
        if kind == 'tif':
            shell(f'tiffset -s 282 {x}.0 {name} && tiffset -s 283 {y}.0 {name} && tiffset -s 296 1 {name}')
        else:
            names = ('JFIF:XResolution', 'JFIF:YResolution', 'JFIF:ResolutionUnit') if kind == 'jpg' else \
                ('PNG-pHYs:PixelsPerUnitX', 'PNG-pHYs:PixelsPerUnitY', 'PNG-pHYs:PixelUnits')
            exiftool('-q', '-n', '-overwrite_original', *(f'-{n}={v}' for n, v in zip(names, (x, y, 0))), name)
        return name
    sources = [(make(kind, *xy), *xy) for kind, xy in
               (('jpg', (2, 1)), ('png', (300, 300)), ('tif', (3, 4)), ('png', (1, 1)))]
    shell('convert photo.png -strip unsaid.webp')
    for source, x, y in (*sources, ('unsaid.webp', 1, 1)):
        for kind in KINDS:
            def check(source=source, kind=kind, x=x, y=y):
                target = f'{source}.out.{kind}'
                painted(source, target)
                found = {k.split()[-1]: v for k, v in tags(target).items() if k.split('-')[0].split()[0].strip('[]') in
                         ('JFIF', 'PNG', 'IFD0', 'OpenEXR')}
                names = {'jpg': ('XResolution', 'YResolution', 'ResolutionUnit'),
                         'png': ('PixelsPerUnitX', 'PixelsPerUnitY', 'PixelUnits'),
                         'tif': ('XResolution', 'YResolution', 'ResolutionUnit')}.get(kind, ())
                said = tuple(found.get(name) for name in names)
                wanted = (str(x), str(y), '1' if kind == 'tif' else '0') if names else ()
                if kind == 'tif' and x == y == 1:
                    wanted = (None, None, None)
                if said != wanted:
                    return f'{said} instead of {wanted}'
                if kind == 'exr' and abs(float(found['PixelAspectRatio']) - y / x) > 1e-6:
                    return found['PixelAspectRatio']
                return None if dots(target)[0] == 0 else f'{dots(target)}'
            expect('Resolution', f'without a unit, {source} to {kind}', check)


def words():
    """PNG's texts and other formats' comments find their place, or are told of."""
    shell("convert photo.png -strip -quality 100 words.jpg && exiftool -q -overwrite_original -Comment=remark "
          "-EXIF:ImageDescription=view -IPTC:Keywords=lake -XMP-dc:Subject=tea words.jpg && cp words.jpg full.jpg && "
          "exiftool -q -overwrite_original -EXIF:UserComment=taken full.jpg")
    info = PngImagePlugin.PngInfo()
    for key, text in {'Title': 'Görk', 'Author': 'Ann', 'Description': 'view', 'Copyright': 'free', 'Software': 'Draw 3',
                      'Comment': 'remark', 'Warning': 'hot', 'date:create': '2020'}.items():
        info.add_itxt(key, text)
    Image.open('photo.png').save('words.png', pnginfo=info)
    apart = {'Artist': 'Ann', 'ImageDescription': 'view', 'Copyright': 'free', 'Software': 'Draw 3', 'Title': 'Görk'}
    comments_ = {'jpg': 'Comment', 'png': 'Comment', 'ppm': 'Comment', 'exr': 'Comments', 'tif': 'UserComment', 'webp': 'UserComment'}
    lost = {('words.jpg', 'webp'): 'IPTC', ('words.jpg', 'exr'): 'EXIF, XMP, IPTC', ('words.jpg', 'ppm'): 'EXIF, XMP, IPTC',
            ('full.jpg', 'tif'): 'Comment', ('full.jpg', 'webp'): 'IPTC, Comment',
            **{('words.png', kind): 'Warning' for kind in ('jpg', 'tif', 'webp')},
            **{('words.png', kind): 'Author, Copyright, Description, Software, Title, Warning' for kind in ('exr', 'ppm')}}
    for source, kinds in (('words.jpg', (*KINDS, 'ppm')), ('words.png', (*KINDS, 'ppm')), ('full.jpg', ('tif', 'webp'))):
        for kind in kinds:
            def check(source=source, kind=kind):
                target = f'{source}.out.{kind}'
                said = painted(source, target)
                wanted = {comments_[kind]: 'taken' if source == 'full.jpg' else 'remark'}
                if source == 'words.png' and kind not in ('exr', 'ppm', 'png'):
                    wanted.update(apart)
                for name, value in wanted.items():
                    if tag(target, name) != value:
                        return f'{name} is {tag(target, name)}'
                if sum('remark' in v for v in tags(target).values()) != (source != 'full.jpg'):
                    return 'the comment is there more than once'
                told = f"its format has no place for some of the content's metadata ({lost.get((source, kind))})."
                return None if (told in said) == ((source, kind) in lost) == ('no place' in said) else said
            expect('Words', f'{source} to {kind}', check)

    def of_gif():
        """XMP lies there as it is, between a comment and the pixels."""
        shell("convert few.png words.gif && exiftool -q -overwrite_original -XMP-dc:Title='Görk, <тест>' -Comment=remark words.gif")
        painted('words.gif', 'words-gif.png')
        found = tag('words-gif.png', 'Title'), tag('words-gif.png', 'Comment')
        return None if found == ('Görk, <тест>', 'remark') else f'{found}'
    expect('Words', 'XMP of GIF', of_gif)


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


def broken_text():
    """A text whose checksum is wrong is no part of the picture, nor of what is written."""
    shell("exiftool -q -o whole-text.png -PNG:Comment='as it was' photo.png")
    data = pathlib.Path('whole-text.png').read_bytes()
    pathlib.Path('broken-text.png').write_bytes(data.replace(b'as it was', b'as it is.'))
    painted('whole-text.png', 'whole-out.png')
    painted('broken-text.png', 'broken-out.png')
    if b'as it was' not in pathlib.Path('whole-out.png').read_bytes():
        return 'a text was lost'
    return 'a broken text was copied' if b'as it is.' in pathlib.Path('broken-out.png').read_bytes() else None


def comments():
    expect('Comments', 'broken', broken_text)
    text = 'Gründe, двор'
    for name, make in (
            ('jpg', "convert photo.png -quality 100 {0} && exiftool -q -overwrite_original -Comment='{1}' {0}"),
            ('gif', "convert few.png {0} && exiftool -q -overwrite_original -Comment='{1}' {0}"),
            ('text', "exiftool -q -o {0} -PNG:Comment='{1}' photo.png"),
            ('packed', "exiftool -q -o {0} -api Compress=1 -PNG:Comment-en='{1}' photo.png"),
            ('exr', "convert photo.png -colorspace RGB plain.exr && : {0}")):
        kind = {'text': 'png', 'packed': 'png'}.get(name, name)
        source = f'comment-{name}.{kind}'
        shell(make.format(source, text))
        if kind == 'exr':
            painted('comment-jpg.jpg', source)
        for target_kind in KINDS:
            def check(source=source, target_kind=target_kind):
                target = f'{source}.out.{target_kind}'
                painted(source, target)
                where = {'tif': 'ImageDescription', 'webp': 'ImageDescription',
                         'exr': 'Comments'}.get(target_kind, 'Comment')
                if text not in (tag(target, where), tag(target, f'{where}-en')):
                    return f'{where} is {tag(target, where)}'
                painted(target, f'{target}.jpg')
                painted(f'{target}.jpg', f'{target}.again.png')
                painted(f'{target}.again.png', f'{target}.jpg')
                found = [v for k, v in tags(f'{target}.jpg').items()
                         if k.split()[-1] in ('Comment', 'ImageDescription')]
                return None if set(found) == {text} else f'after three times {found}'
            expect('Comments', f'{source} to {target_kind}', check)

    def texts():
        """All of PNG's, in all three forms, as they were."""
        info = PngImagePlugin.PngInfo()
        info.add_itxt('Title', 'Gründe, двор', lang='de', tkey='Titel')
        info.add_text('Author', 'Zoë')
        info.add_text('Disclaimer', 'é' * 2000, zip=True)
        info.add_itxt('Source', 'ж' * 2000, zip=True)
        info.add_text('Comment', 'one')
        info.add_text('Comment', 'two')
        Image.open('photo.png').save('texts.png', pnginfo=info)
        painted('texts.png', 'texts-out.png')
        pieces = [texts_of(name) for name in ('texts.png', 'texts-out.png')]
        return None if pieces[0] == pieces[1] else f'{pieces[1]}'[:200]
    expect('Comments', 'texts from PNG to PNG', texts)

    def both():
        """Of two comments neither is lost."""
        shell("convert photo.png two.jpg")
        data = pathlib.Path('two.jpg').read_bytes()
        pathlib.Path('two.jpg').write_bytes(
            data[:2] + b'\xff\xfe\0\x05one\xff\xfe\0\x05two' + data[2:])
        for kind in ('png', 'jpg'):
            painted('two.jpg', f'two-out.{kind}')
            painted(f'two-out.{kind}', f'two-again.{kind}')
            if exiftool('-a', '-b', '-Comment', f'two-again.{kind}').count('one') != 1:
                return f'{kind}: more than once'
            said = exiftool('-a', '-b', '-Comment', f'two-out.{kind}')
            if 'one' not in said or 'two' not in said:
                return f'{kind}: {said}'
        return None
    expect('Comments', 'two of JPEG', both)


def comment_of(name):
    return exiftool('-a', '-b', '-Comment', '-ImageDescription', name).rstrip('\n')


def comments_whole():
    """None is lost that is part of another, no character is cut, and netpbm's are comments, too."""
    def segment(text):
        return b'\xff\xfe' + struct.pack('>H', len(text) + 2) + text
    shell('convert photo.png -strip -quality 100 parts.jpg')
    data = pathlib.Path('parts.jpg').read_bytes()

    def parts():
        pieces = [b'a longer one', b'one', b'a longer one', b'longer']
        pathlib.Path('parts.jpg').write_bytes(data[:2] + b''.join(map(segment, pieces)) + data[2:])
        painted('parts.jpg', 'parts-out.png')
        said = comment_of('parts-out.png')
        return None if said == 'a longer one\none\nlonger' else repr(said)
    expect('Comments', 'parts of each other', parts)

    def long(kind, shift):
        text = 'x' * shift + 'д' * 40000
        pathlib.Path(f'long{shift}.{kind}.txt').write_text(text)
        name = f'long{shift}-{kind}.{kind}'
        if kind == 'png':
            info = PngImagePlugin.PngInfo()
            info.add_itxt('Comment', text, zip=shift > 1)
            Image.open('photo.png').save(name, pnginfo=info)
        elif kind == 'jpg':
            pieces = text.encode()
            middle = 65532 + shift % 2
            pathlib.Path(name).write_bytes(data[:2] + segment(pieces[:middle]) + segment(pieces[middle:]) + data[2:])
        else:
            shell(f"convert few.png {name} && exiftool -q -overwrite_original '-Comment<=long{shift}.{kind}.txt' {name}")
        for target in ('jpg', 'tif'):
            painted(name, f'{name}.out.{target}')
            said = comment_of(f'{name}.out.{target}')
            if not text.startswith(said.split('\n')[0]) or len(said.encode()) < 65500 or '\ufffd' in said or 'Ð' in said:
                return f'{target}: {len(said)} characters, {said[-20:]!r}'
        return None
    for kind in ('png', 'jpg', 'gif'):
        for shift in (0, 1, 2, 3):
            expect('Comments', f'a long one of {kind}, {shift}', lambda kind=kind, shift=shift: long(kind, shift))

    def netpbm():
        pixels_ = pathlib.Path('linear.ppm').read_bytes().split(b'65535\n', 1)[1]
        pathlib.Path('comment.ppm').write_bytes('P6 # Gründe, двор\n72 # two\n48\n65535\n'.encode() + pixels_)
        for kind in ('png', 'jpg', 'ppm', 'exr'):
            painted('comment.ppm', f'comment-ppm.{kind}')
            painted(f'comment-ppm.{kind}', f'comment-ppm.{kind}.ppm')
            head = pathlib.Path(f'comment-ppm.{kind}.ppm').read_bytes()[:60]
            if not head.startswith('P6\n# Gründe, двор\n# two\n72 48\n'.encode()):
                return f'{kind}: {head}'
        return None
    expect('Comments', 'netpbm', netpbm)


def large_exif():
    """What JPEG has no room for is told of, and the rest is kept."""
    pathlib.Path('large.txt').write_text('abcdefghij' * 5000)
    shell('convert photo.png -strip large-exif.tif && exiftool -q -overwrite_original -Artist=Ann '
          "'-UserComment<=large.txt' '-ImageDescription<=large.txt' large-exif.tif")

    def check(kind, words):
        said = painted('large-exif.tif', f'large-exif.{kind}')
        if (words in said) != (len(exiftool('-b', '-UserComment', f'large-exif.{kind}')) < 50000):
            return said
        return None if tag(f'large-exif.{kind}', 'Artist') == 'Ann' else 'nothing was kept'
    for kind in ('jpg', 'png', 'tif', 'webp'):
        expect('Large EXIF', kind, lambda kind=kind: check(kind, f"“large-exif.{kind}”: the largest of the content's"))
    shell('convert photo.png -strip -quality 100 two-exif.jpg && exiftool -q -overwrite_original -Artist=Ann '
          "'-UserComment<=large.txt' '-ImageDescription<=large.txt' two-exif.jpg")

    def segments():
        """ExifTool goes on in a second one."""
        said = painted('two-exif.jpg', 'two-exif-out.tif')
        if 'nst: “two-exif.jpg”: its EXIF goes on in a second segment, which is left out.' not in said:
            return said
        return None if tag('two-exif-out.tif', 'Artist') == 'Ann' else 'nothing was kept'
    expect('Large EXIF', 'two segments', segments)


def texts_of(name):
    data, at, found = pathlib.Path(name).read_bytes(), 8, []
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        if kind in (b'tEXt', b'zTXt', b'iTXt'):
            found.append(data[at:at + length + 12])
        at += length + 12
    return sorted(found)


def long_xmp():
    """More than JPEG has in one piece."""
    pathlib.Path('long.txt').write_text('abcdefghij' * 20000)
    shell('''convert photo.png -quality 100 long.jpg && exiftool -q -overwrite_original -Artist=Ann \
        -IPTC:Keywords=lake -XMP-dc:Title=Tea -XMP-dc:Title-de=Tee -XMP-dc:Subject=one -XMP-dc:Subject=two \
        "-XMP-xmpMM:History=[{Action=saved,When=2020:01:01},{Action=derived}]" \
        -XMP-tiff:Orientation=6 -n "-XMP-photoshop:History<=long.txt" long.jpg''')
    for source in ('long.jpg', 'long-tif.tif', 'long-png.png'):
        for kind in ('jpg', 'png', 'tif', 'webp'):
            def check(source=source, kind=kind):
                target = f'{source}.from.{kind}'
                said = painted(source, target)
                for name, value in {'Artist': 'Ann', 'Title': 'Tea', 'Title-de': 'Tee', 'Subject': 'one, two',
                                    'HistoryAction': 'saved, derived', 'Orientation': '1',
                                    **({} if kind == 'webp' else {'Keywords': 'lake'})}.items():
                    if tag(target, name) != value:
                        return f'{name} is {tag(target, name)}; {said}'
                if exiftool('-b', '-XMP-photoshop:History', target) != 'abcdefghij' * 20000:
                    return 'the long part is not there'
                if (tag(target, 'HasExtendedXMP') is None) == (kind == 'jpg'):
                    return f'HasExtendedXMP is {tag(target, "HasExtendedXMP")}'
                wrong = exiftool('-validate', '-warning', '-a', target)
                return wrong if 'xtended' in wrong or 'XMP' in wrong else None
            expect('Long XMP', f'{source} to {kind}', check)
    for kind in ('tif', 'png'):
        painted('long.jpg', f'long-{kind}.{kind}')

    def damaged():
        """What is lost is said."""
        data = pathlib.Path('long.jpg').read_bytes()
        at = data.rindex(b'http://ns.adobe.com/xmp/extension/\0') - 4
        length = struct.unpack('>H', data[at + 2:at + 4])[0]
        pathlib.Path('long-cut.jpg').write_bytes(data[:at] + data[at + 2 + length:])
        said = painted('long-cut.jpg', 'long-cut-out.png')
        return None if 'XMP is damaged' in said and tag('long-cut-out.png', 'Title') == 'Tea' else said
    expect('Long XMP', 'a piece is missing', damaged)
