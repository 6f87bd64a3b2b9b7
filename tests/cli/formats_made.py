# SPDX-License-Identifier: GPL-3.0-or-later
"""TIFF and OpenEXR files of kinds that no program in Debian writes, put together by hand."""
import pathlib
import struct

import numpy

SHORT, LONG, UNDEFINED = 3, 4, 7


def pack(rows, bits, order):
    """Whole numbers, each row beginning with a byte of its own."""
    data = b''
    for row in rows:
        if bits == 24:
            data += b''.join(int(value).to_bytes(3, order) for value in row)
            continue
        text = ''.join(format(int(value), f'0{bits}b') for value in row)
        text += '0' * (-len(text) % 8)
        data += int(text, 2).to_bytes(len(text) // 8, 'big')
    return data


def write_tiff(name, tags, strips, order='little'):
    """TAGS: number to (type, values); STRIPS: bytes."""
    sign = '<' if order == 'little' else '>'
    tags = {**tags, 259: (SHORT, [1]), 279: (LONG, [len(data) for data in strips])}
    start, body, entries = 8 + 2 + 12 * (len(tags) + 1) + 4, b'', b''
    places = []
    for data in strips:
        places.append(start + len(body))
        body += data + bytes(len(data) % 2)
    tags[273] = (LONG, places)
    for number, (kind, values) in sorted(tags.items()):
        data = bytes(values) if kind == UNDEFINED else \
            struct.pack(f'{sign}{len(values)}{"H" if kind == SHORT else "I"}', *values)
        value = data.ljust(4, b'\0')
        if len(data) > 4:
            value = struct.pack(f'{sign}I', start + len(body))
            body += data + bytes(len(data) % 2)
        entries += struct.pack(f'{sign}HHI', number, kind, len(values)) + value
    head = (b'II' if order == 'little' else b'MM') + struct.pack(f'{sign}HIH', 42, 8, len(tags))
    pathlib.Path(name).write_bytes(head + entries + bytes(4) + body)


def whole(name, values, bits, photometric, order='little', apart=False, tags=None):
    """VALUES: height, width, channels, within [0,1]."""
    height, width, n = values.shape
    numbers = numpy.round(values * (2 ** bits - 1)).astype('u8')
    planes = [numbers[..., i] for i in range(n)] if apart else [numbers.reshape(height, width * n)]
    write_tiff(name, {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [bits] * n),
                      262: (SHORT, [photometric]), 277: (SHORT, [n]), 278: (LONG, [height]),
                      284: (SHORT, [2 if apart else 1]), **(tags or {})},
               [pack(plane, bits, order) for plane in planes], order)


def real(name, values, icc=None):
    """Floats of RGB."""
    height, width, n = values.shape
    tags = {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [32] * n), 262: (SHORT, [2]),
            277: (SHORT, [n]), 278: (LONG, [height]), 339: (SHORT, [3] * n)}
    if icc:
        tags[34675] = (UNDEFINED, icc)
    write_tiff(name, tags, [values.astype('<f4').tobytes()])


def ycbcr(name, image, across, down, way=1, order='little'):
    """IMAGE: Pillow's; a number for Cb and Cr stands for so many of Y."""
    width, height = image.size
    values = numpy.asarray(image.convert('YCbCr'))
    data = bytearray()
    for y in range(0, height, down):
        for x in range(0, width, across):
            block = values[y:y + down, x:x + across].reshape(-1, 3)
            data += bytes(block[:, 0]) + bytes(numpy.round(block[:, 1:].mean(0)).astype('u1'))
    write_tiff(name, {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [8] * 3),
                      262: (SHORT, [6]), 274: (SHORT, [way]), 277: (SHORT, [3]),
                      278: (LONG, [height]), 530: (SHORT, [across, down])}, [bytes(data)], order)


EXR_TYPES = ('<u4', '<f2', '<f4')


def write_exr(name, channels, side=0, deep=False):
    """CHANNELS: name to (type's number, values); in tiles of SIDE, or lines.  DEEP: the header says so only."""
    channels = sorted(channels.items())
    height, width = channels[0][1][1].shape

    def attribute(name, kind, data):
        return f'{name}\0{kind}\0'.encode() + struct.pack('<i', len(data)) + data
    window = struct.pack('<4i', 0, 0, width - 1, height - 1)
    listed = b''.join(name.encode() + struct.pack('<xiIii', kind, 0, 1, 1) for name, (kind, _) in channels) + b'\0'
    head = struct.pack('<iI', 20000630, 0x202 if side else 2) + attribute('channels', 'chlist', listed) \
        + attribute('compression', 'compression', b'\0') + attribute('dataWindow', 'box2i', window) \
        + attribute('displayWindow', 'box2i', window) + attribute('lineOrder', 'lineOrder', b'\0') \
        + attribute('pixelAspectRatio', 'float', struct.pack('<f', 1)) \
        + attribute('screenWindowCenter', 'v2f', bytes(8)) + attribute('screenWindowWidth', 'float', struct.pack('<f', 1))
    if deep:
        head = head[:4] + struct.pack('<I', 0x802) + head[8:] + attribute('type', 'string', b'deepscanline') \
            + attribute('version', 'int', struct.pack('<i', 1)) + attribute('maxSamplesPerPixel', 'int', struct.pack('<i', 1)) \
            + attribute('chunkCount', 'int', struct.pack('<i', height)) + attribute('name', 'string', b'a')
    if side:
        head += attribute('tiles', 'tiledesc', struct.pack('<IIB', side, side, 0))
    head += b'\0'
    pieces = []
    for y in range(0, height, side or 1):
        for x in range(0, width, side or width):
            data = b''.join(values[row, x:x + (side or width)].astype(EXR_TYPES[kind]).tobytes()
                            for row in range(y, min(y + (side or 1), height)) for _, (kind, values) in channels)
            place = struct.pack('<4i', x // side, y // side, 0, 0) if side else struct.pack('<i', y)
            pieces.append(place + struct.pack('<i', len(data)) + data)
    starts = numpy.cumsum([len(head) + 8 * len(pieces)] + [len(piece) for piece in pieces[:-1]])
    pathlib.Path(name).write_bytes(head + starts.astype('<u8').tobytes() + b''.join(pieces))
