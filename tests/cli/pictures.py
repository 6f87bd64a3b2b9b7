# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures and reports for run.sh: makes the former, judges both.

pictures.py make FOLDER          writes the test pictures
pictures.py hold FILE N [AT]     gives a PNG, JPEG or WebP file EXIF's orientation N, in a directory
                                 said to be at byte AT
pictures.py swell FILE MIB       makes a PNG's profile so much longer, by what nobody reads
pictures.py size FILE            prints WIDTH HEIGHT CHANNELS BITS of a PNG or PPM
pictures.py distance A B         prints the mean absolute difference of two PPM files
pictures.py roughness A          prints the mean absolute difference of neighbours
pictures.py warmth A             prints the mean of red minus blue
pictures.py alpha FILE X Y       prints the alpha of one pixel of a PNG with 8 bits
pictures.py float FILE           fails unless a TIFF or EXR file holds float values
pictures.py report FILE N        fails unless FILE is a good report; N: steps of the last level
pictures.py lines FILE           prints the number of steps that a report tells
pictures.py losses FILE          prints the total of each step
pictures.py peak FILE            prints the peak of the memory in MiB, of a report
"""
import json
import math
import struct
import sys
import zlib

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def write_png(path, width, height, colour, bits, pixel):
    scale = (1 << bits) - 1
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            for value in pixel(x / max(width - 1, 1), y / max(height - 1, 1)):
                rows += round(value * scale).to_bytes(bits // 8, 'big')
    header = struct.pack('>IIBBBBB', width, height, bits, colour, 0, 0, 0)
    with open(path, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header)
                   + chunk(b'IDAT', zlib.compress(bytes(rows))) + chunk(b'IEND', b''))


def make(folder):
    def photo(x, y):
        return (0.2 + 0.7 * x, 0.3 + 0.2 * y, 0.1 + 0.2 * (x * 7 % 1))

    write_png(f'{folder}/photo.png', 48, 36, 2, 8, photo)
    write_png(f'{folder}/deep.png', 48, 36, 2, 16, photo)
    write_png(f'{folder}/grey.png', 40, 30, 0, 8, lambda x, y: (x,))
    write_png(f'{folder}/grey-alpha.png', 40, 30, 4, 8, lambda x, y: (x, y))
    write_png(f'{folder}/alpha.png', 48, 36, 6, 8,
              lambda x, y: photo(x, y) + (float(x > 0.5),))
    write_png(f'{folder}/wild.png', 48, 36, 6, 8,
              lambda x, y: photo(x, y) + (1,) if x > 0.5 else (y * 9 % 1, x * 8 % 1, 1, 0))
    write_png(f'{folder}/clear.png', 20, 20, 6, 8, lambda x, y: (1, 0, 0, 0))
    write_png(f'{folder}/dot.png', 1, 1, 2, 8, lambda x, y: (0.9, 0.5, 0.1))
    write_png(f'{folder}/line.png', 1, 40, 2, 8, photo)
    write_png(f'{folder}/style.png', 64, 64, 2, 8,
              lambda x, y: (0.1, 0.2 + 0.3 * (x * 9 % 1), 0.5 + 0.5 * ((x + y) * 5 % 1)))
    write_png(f'{folder}/a:2.png', 32, 32, 2, 8, lambda x, y: (y, x, 0.5))
    good = open(f'{folder}/photo.png', 'rb').read()
    open(f'{folder}/cut.png', 'wb').write(good[:len(good) // 2])
    open(f'{folder}/empty.png', 'wb').close()
    open(f'{folder}/text.png', 'w').write('this is no picture\n')
    open(f'{folder}/broken.jpg', 'wb').write(b'\xff\xd8\xff\xe0\x00\x01rubbish')
    huge = struct.pack('>IIBBBBB', 200000, 200000, 8, 2, 0, 0, 0)
    open(f'{folder}/huge.png', 'wb').write(
        good[:8] + chunk(b'IHDR', huge) + chunk(b'IDAT', zlib.compress(bytes(99))) + good[-12:])


def hold(path, orientation, at='8'):
    exif = struct.pack('<2sHIHHHIII', b'II', 42, int(at), 1, 0x112, 3, 1, int(orientation), 0)
    data = open(path, 'rb').read()
    if data[:3] == b'\xff\xd8\xff':
        length = struct.pack('>H', 8 + len(exif))
        data = data[:2] + b'\xff\xe1' + length + b'Exif\0\0' + exif + data[2:]
    elif data[:4] == b'RIFF':
        bits = struct.unpack('<I', data[21:25])[0]  # of VP8L: width - 1, height - 1, alpha
        size = struct.pack('<I', bits & 0x3fff)[:3] + struct.pack('<I', bits >> 14 & 0x3fff)[:3]
        chunks = b'WEBPVP8X' + struct.pack('<II', 10, 8) + size + data[12:]
        chunks += b'EXIF' + struct.pack('<I', len(exif)) + exif
        data = b'RIFF' + struct.pack('<I', len(chunks)) + chunks
    else:
        data = data[:33] + chunk(b'eXIf', exif) + data[33:]
    open(path, 'wb').write(data)


def read_ppm(path):
    data = open(path, 'rb').read()
    fields, at = [], 0
    while len(fields) < 4:
        if data[at:at + 1] == b'#':
            at = data.index(b'\n', at) + 1
            continue
        end = at
        while not data[end:end + 1].isspace():
            end += 1
        if end > at:
            fields.append(data[at:end])
        at = end + 1
    assert fields[0] == b'P6' and fields[3] == b'255', fields
    width, height = int(fields[1]), int(fields[2])
    assert len(data) - at == width * height * 3
    return width, height, data[at:]


def read_png(path):
    data, at, packed, header = open(path, 'rb').read(), 8, b'', None
    assert data[:8] == b'\x89PNG\r\n\x1a\n'
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b'IHDR':
            header = struct.unpack('>IIBBBBB', body)
        elif kind == b'IDAT':
            packed += body
        at += length + 12
    return header, zlib.decompress(packed)


def unfilter(header, packed):
    width, height, bits, colour = header[:4]
    step = CHANNELS[colour] * bits // 8
    stride, rows = width * step, []
    last = bytearray(stride)
    for y in range(height):
        kind = packed[y * (stride + 1)]
        row = bytearray(packed[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a = row[i - step] if i >= step else 0
            b, c = last[i], last[i - step] if i >= step else 0
            p = a + b - c
            best = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, best)[kind]) & 255
        rows.append(row)
        last = row
    return rows


def size(path):
    if path.endswith('.ppm'):
        print(*read_ppm(path)[:2], 3, 8)
    else:
        width, height, bits, colour = read_png(path)[0][:4]
        print(width, height, CHANNELS[colour], bits)


def distance(a, b):
    a, b = read_ppm(a), read_ppm(b)
    assert a[:2] == b[:2]
    print(sum(abs(p - q) for p, q in zip(a[2], b[2])) / len(a[2]))


def roughness(path):
    width, height, rgb = read_ppm(path)
    print(sum(abs(p - q) for p, q in zip(rgb, rgb[3:])) / len(rgb))


def warmth(path):
    rgb = read_ppm(path)[2]
    print((sum(rgb[0::3]) - sum(rgb[2::3])) / (len(rgb) / 3))


def alpha(path, x, y):
    header, packed = read_png(path)
    assert header[2:4] == (8, 6), header
    print(unfilter(header, packed)[int(y)][4 * int(x) + 3])


def is_float(path):
    data = open(path, 'rb').read()
    if path.endswith('.exr'):
        assert data[:4] == b'\x76\x2f\x31\x01'
        start = data.index(b'channels\0chlist\0') + 20
        kinds = []
        while data[start]:
            end = data.index(b'\0', start)
            kinds.append(struct.unpack('<i', data[end + 1:end + 5])[0])
            start = end + 17
        assert kinds and set(kinds) <= {1, 2}, kinds
        return
    order = {b'II': '<', b'MM': '>'}[data[:2]]
    at = struct.unpack(order + 'I', data[4:8])[0]
    count = struct.unpack(order + 'H', data[at:at + 2])[0]
    tags = {}
    for i in range(count):
        tag, kind, n = struct.unpack(order + 'HHI', data[at + 2 + 12 * i:at + 10 + 12 * i])
        value = data[at + 10 + 12 * i:at + 14 + 12 * i]
        if kind == 3:
            offset = struct.unpack(order + 'I', value)[0]
            where = value if n <= 2 else data[offset:offset + 2 * n]
            tags[tag] = struct.unpack(f'{order}{n}H', where[:2 * n])
    assert set(tags[258]) == {32} and set(tags[339]) == {3}, (tags[258], tags[339])


def swell(path, mib):
    data = open(path, 'rb').read()
    at = data.index(b'iCCP') - 4
    n = struct.unpack('>I', data[at:at + 4])[0]
    name, packed = data[at + 8:at + 8 + n].split(b'\0', 1)
    icc = zlib.decompress(packed[1:]) + bytes(int(mib) << 20)
    icc = struct.pack('>I', len(icc)) + icc[4:]
    with open(path, 'wb') as file:
        file.write(data[:at] + chunk(b'iCCP', name + b'\0\0' + zlib.compress(icc)) + data[at + 12 + n:])


def read_report(path):
    return [json.loads(line) for line in open(path)]


def report(path, last_steps):
    events = read_report(path)
    start, steps, end = events[0], events[1:-1], events[-1]
    assert set(start) == {'event', 'network', 'threads', 'levels'}, start
    assert start['event'] == 'start' and start['network'] and start['threads'] >= 1
    assert all(len(level) == 2 and min(level) >= 1 for level in start['levels'])
    assert set(end) == {'event', 'seconds', 'peak_rss_mib'}, end
    assert end['event'] == 'end' and end['peak_rss_mib'] > 1
    expected, seconds = (0, 0), 0
    for step in steps:
        assert set(step) == {'event', 'level', 'iteration', 'content', 'match', 'style', 'palette',
                             'tv', 'total', 'seconds'}, step
        at = (step['level'], step['iteration'])
        assert step['event'] == 'iteration'
        assert at in (expected, (expected[0] + 1, 0)), (at, expected)
        expected = (at[0], at[1] + 1)
        parts = step['content'] + step['match'] + step['style'] + step['palette'] + step['tv']
        assert math.isclose(parts, step['total'], rel_tol=1e-6, abs_tol=1e-12), step
        assert step['seconds'] >= seconds
        seconds = step['seconds']
    assert end['seconds'] >= seconds
    assert expected == (len(start['levels']) - 1, int(last_steps)), expected


def lines(path):
    print(sum(event['event'] == 'iteration' for event in read_report(path)))


def losses(path):
    print(*[event['total'] for event in read_report(path) if event['event'] == 'iteration'])


def peak(path):
    print(read_report(path)[-1]['peak_rss_mib'])


COMMANDS = {'make': make, 'size': size, 'distance': distance, 'roughness': roughness,
            'warmth': warmth, 'alpha': alpha, 'float': is_float, 'report': report,
            'lines': lines, 'losses': losses, 'peak': peak, 'hold': hold, 'swell': swell}

if __name__ == '__main__':
    COMMANDS[sys.argv[1]](*sys.argv[2:])
