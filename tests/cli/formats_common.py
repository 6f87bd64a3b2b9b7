# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of picture files share: making them, reading them, probing nst.

A *probe* is a run in which nothing is to be done: what nst writes is the picture as it was read.
"""
import io
import os
import pathlib
import select
import shutil
import struct
import subprocess
import sys
import threading
import zlib

import numpy
from PIL import Image, ImageCms

NST = os.path.abspath(sys.argv[1])
DATA = pathlib.Path(sys.argv[2]).resolve()
CASES = DATA / 'cases'
# the loss of a small network's first layer, which is 0 from the start: the cheapest run that there is
PROBE = ['--network', str(CASES / 'overlap.safetensors'), '--size', '0', '--iterations', '1', '--recipe', 'gatys',
         '--optimizer', 'sgd', '--style-layers', 'relu1_1', '--content-layer', 'relu1_1']
SRGB = ImageCms.createProfile('sRGB')
TURNS = {1: '', 2: '-flop', 3: '-rotate 180', 4: '-flip', 5: '-transpose', 6: '-rotate 270',
         7: '-transverse', 8: '-rotate 90'}
NAMES = ['', 'TopLeft', 'TopRight', 'BottomRight', 'BottomLeft', 'LeftTop', 'RightTop',
         'RightBottom', 'LeftBottom']

HUNG = 120  # seconds without a word of exiftool, which takes some milliseconds

checks = []  # (group, name, function that returns None or what is wrong)
tried = set()


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, errors='replace', check=False,
                          **more)


class Exiftool(threading.local):
    """One for each thread, which answers many questions: most of what a single one takes is its start."""
    process = None

    def start(self):
        self.process = subprocess.Popen(  # ends with the thread, as it would not where its input ends
            ['setpriv', '--pdeathsig', 'KILL', 'exiftool', '-stay_open', 'True', '-@', '-'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def answer(self, arguments):
        self.process.stdin.write('\n'.join([*arguments, '-execute1\n']).encode())
        self.process.stdin.flush()
        answer = b''
        while not answer.endswith(b'{ready1}\n'):
            if not select.select([self.process.stdout], [], [], HUNG)[0]:
                raise TimeoutError('it has hung')
            piece = os.read(self.process.stdout.fileno(), 1 << 20)
            if not piece:
                raise BrokenPipeError('it has ended')
            answer += piece
        return answer[:-9].decode(errors='replace')

    def ask(self, *arguments):
        if not self.process:
            self.start()
        try:
            return self.answer([*map(str, arguments)])
        except OSError as problem:  # the next question is another one's
            self.process.kill()
            self.process = None
            raise RuntimeError(f'exiftool {" ".join(map(str, arguments))}: {problem}') from problem


exiftools = Exiftool()


def exiftool(*arguments):
    """What it prints."""
    return exiftools.ask(*arguments)


def shell(command):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, errors='replace',
                          check=False)
    if done.returncode:
        raise RuntimeError(f'{command}: {done.stderr[-300:]}')


def open_image(path):
    """In memory: of a TIFF file Pillow closes a descriptor that libtiff has closed, another thread's by then."""
    return Image.open(io.BytesIO(pathlib.Path(path).read_bytes()))


def pixels(path, mode='RGB'):
    """As floats in [0,1], in sRGB."""
    image = open_image(path)
    if image.mode in ('I', 'I;16', 'I;16B'):
        return numpy.asarray(image, dtype=float)[..., None].repeat(3, 2) / 65535
    # of 16 bits Pillow drops 8
    if str(path).endswith('.out.png') \
       and ('icc_profile' in image.info or pathlib.Path(path).read_bytes()[24] == 16):
        shell(f'convert {path} -intent Relative -black-point-compensation -profile srgb.icc -depth 16 '
              f'{path}.ppm')
        data = pathlib.Path(f'{path}.ppm').read_bytes()
        return numpy.frombuffer(data, '>u2', offset=len(data) - 6 * image.width * image.height) \
            .reshape(image.height, image.width, 3) / 65535
    icc = image.info.get('icc_profile')
    image = image.convert(mode)
    if icc and mode == 'RGB':
        image = ImageCms.profileToProfile(image, io.BytesIO(icc), SRGB, renderingIntent=1,
                                          outputMode='RGB', flags=0x2100)
    return numpy.asarray(image, dtype=float) / 255


def nst(source, target, *more):
    tried.add(str(source))
    return run(NST, '--threads', '1', '--style', source, '--start', source, *PROBE, *more, source,
               target)


def difference(a, b):
    if a.shape != b.shape:
        return f'{a.shape} instead of {b.shape}'
    return abs(a - b).max() * 255


def without_progress(said):
    """The lines of what nst said that are not of its progress."""
    return [line for line in said.splitlines() if ' %, size ' not in line]


def read(source, expected, limit, says, quiet, alpha=None):
    target = f'{source}.out.png'
    done = nst(source, target)
    if done.returncode:
        return f'status {done.returncode}: {done.stderr}'
    worst = difference(pixels(target), expected)
    if isinstance(worst, str) or worst > limit + 0.01:
        return f'off by {worst}, at most {limit}'
    if alpha is not None and abs(numpy.asarray(open_image(target))[..., 3] - float(alpha)).max() > 1:
        return 'another alpha'
    words = without_progress(done.stderr)
    if says and says not in done.stderr:
        return f'did not say “{says}” but “{done.stderr}”'
    if quiet and words:
        return f'said {words}'
    return None


def reads(group, name, expected, limit=0.51, make=None, says=None, quiet=True, alpha=None):
    """The file NAME, made by the shell command MAKE, shows what EXPECTED does within LIMIT levels, and ALPHA
    within one."""
    def check():
        if make:
            shell(make)
        wanted = expected.function() if isinstance(expected, Later) else \
            pixels(expected) if isinstance(expected, (str, pathlib.Path)) else expected
        return read(name, wanted, limit, says, quiet and not says, alpha)
    checks.append((group, str(name), check))


DAMAGED = 'is damaged or cut off'


def refuses(group, name, words, make=None):
    said = (words,) if isinstance(words, str) else words

    def check():
        if make:
            shell(make)
        done = nst(name, f'{name}.out.png')
        if done.returncode != 1 or not any(w in done.stderr for w in said) or done.stderr.count('\n') != 1 \
           or os.path.exists(f'{name}.out.png'):
            return f'status {done.returncode}: {done.stderr}'
        return None
    checks.append((group, str(name), check))


def cut(group, source, parts=(0.2, 0.5, 0.8, 0.95)):
    """SOURCE, of which only so much is there."""
    for part in parts:
        name = f'cut{int(part * 100)}-{source}'
        data = pathlib.Path(source).read_bytes()
        pathlib.Path(name).write_bytes(data[:int(len(data) * part)])
        refuses(group, name, DAMAGED)


def profile_of(name, data):
    pathlib.Path(name).write_bytes(data)
    return name


def curve(gamma):
    return b'curv' + struct.pack('>II', 0, 1) + struct.pack('>H', round(gamma * 256)) + b'\0\0'


def xyz(x, y, z):
    return b'XYZ ' + bytes(4) + struct.pack('>iii', *(round(v * 65536) for v in (x, y, z)))


def png_chunk(name, data):
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))


def icc(space, tags):
    """A small profile, by hand: ICC.1:2001."""
    tags = {**tags, b'wtpt': xyz(0.9642, 1, 0.8249), b'cprt': b'text' + bytes(4) + b'public\0\0',
            b'desc': b'desc' + bytes(4) + struct.pack('>I', 2) + b'x\0' + bytes(79)}
    table, body = struct.pack('>I', len(tags)), b''
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack('>II', start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack('>I', start + len(body)) + b'lcms' + bytes.fromhex('02400000') + b'mntr' \
        + space + b'XYZ ' + struct.pack('>6H', 2020, 1, 1, 0, 0, 0) + b'acsp' + bytes(28) \
        + struct.pack('>iii', *(round(v * 65536) for v in (0.9642, 1, 0.8249)))
    return head + bytes(128 - len(head)) + table + body


def rgb_profile(columns, gamma):
    return icc(b'RGB ', {b'rXYZ': xyz(*columns[0]), b'gXYZ': xyz(*columns[1]),
                         b'bXYZ': xyz(*columns[2]), b'rTRC': curve(gamma), b'gTRC': curve(gamma),
                         b'bTRC': curve(gamma)})


# Columns for D50.
P3 = [(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)]
ADOBE = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
PROPHOTO = [(0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491)]
SWAPPED = [P3[1], P3[2], P3[0]]


def prepare():
    shutil.copy(CASES / 'photo.png', 'large.png')
    shell('convert large.png -resize 72x48! -define png:exclude-chunk=all PNG24:photo.png')
    shell('convert photo.png -colorspace gray -define png:exclude-chunk=all -depth 8 grey.png')
    shell('convert photo.png +dither -colors 16 -define png:exclude-chunk=all PNG24:few.png')
    shell('convert photo.png -threshold 50% -define png:exclude-chunk=all bits.png')
    # what is half to be seen stays half to be seen; nothing is wholly transparent
    shell('convert photo.png -alpha set -channel A -evaluate set 60% +channel '
          '-define png:exclude-chunk=all PNG32:veil.png')
    linear = (pixels('photo.png') <= 0.04045) * pixels('photo.png') / 12.92 \
        + (pixels('photo.png') > 0.04045) * ((pixels('photo.png') + 0.055) / 1.055) ** 2.4
    data = numpy.round(linear * 65535).astype('>u2')
    pathlib.Path('linear.ppm').write_bytes(b'P6 72 48 65535\n' + data.tobytes())
    photo = Image.open('photo.png')
    for name, columns, gamma in (('p3', P3, 2.2), ('adobe', ADOBE, 2.2), ('prophoto', PROPHOTO, 1.8),
                                 ('swapped', SWAPPED, 2.2), ('linear', P3, 1.0)):
        data = rgb_profile(columns, gamma)
        profile_of(f'{name}.icc', data)
        ImageCms.profileToProfile(photo, SRGB, io.BytesIO(data), renderingIntent=1,
                                  flags=0x2000).save(f'in-{name}.png', icc_profile=data)
    profile_of('grey.icc', icc(b'GRAY', {b'kTRC': curve(1.8)}))
    profile_of('broken.icc', rgb_profile(P3, 2.2).replace(b'rXYZ', b'xXYZ'))
    profile_of('srgb.icc', ImageCms.ImageCmsProfile(SRGB).tobytes())


class Later:
    """Pixels that are known once the file is there."""
    def __init__(self, function):
        self.function = function


def pixels_later(name):
    return Later(lambda: pixels(name))


def inks(name):
    image = open_image(name)
    data = numpy.asarray(image, dtype=float) / 255
    return (1 - data[..., :3]) * (1 - data[..., 3:])


def inks_later(name):
    return Later(lambda: inks(name))


def grey_later(name):
    def judge():
        value = numpy.asarray(open_image(name).convert('L'), dtype=float) / 255
        light = value ** 1.8
        encoded = numpy.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        return encoded[..., None].repeat(3, 2)
    return Later(judge)


def managed_later(name, data):
    def judge():
        image = ImageCms.profileToProfile(open_image(name), io.BytesIO(data), SRGB, renderingIntent=1,
                                          outputMode='RGB', flags=0x2100)
        return numpy.asarray(image, dtype=float) / 255
    return Later(judge)


def expect(group, name, function):
    checks.append((group, name, function))
