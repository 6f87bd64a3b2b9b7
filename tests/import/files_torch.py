# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of PyTorch's: of each form, and of each damage, for make-files."""
import io
import os
import pickle
import struct
import tarfile
import tempfile
import zipfile

import numpy as np
import torch

from weights import features, layers, norm


def tensors(state, dtype=None):
    return {k: torch.from_numpy(np.array(v)).to(dtype) if dtype and np.array(v).dtype.kind == 'f'
            else torch.from_numpy(np.array(v)) for k, v in state.items()}


def torch_bytes(obj, zipped=True, protocol=2):
    buffer = io.BytesIO()
    torch.save(obj, buffer, _use_new_zipfile_serialization=zipped, pickle_protocol=protocol)
    return buffer.getvalue()


def rezip(data, change, method=zipfile.ZIP_STORED, more=None):
    """The archive's files after @change (name, content), which may give None, and one @more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, 'w', method) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        if more:
            new.writestr(*more)
    return out.getvalue()


def with_pickle(data, code):
    return rezip(data, lambda name, content: code if name.endswith('data.pkl') else content)


class Evil:
    def __reduce__(self):
        return os.system, ('echo executed > /tmp/nst-import-executed',)


def python_2():
    """OrderedDict as Python 2 pickled it, _rebuild_tensor with 4 arguments, byte strings."""
    def text(s):
        return b'U' + bytes([len(s)]) + s.encode()

    def number(n):
        return b'J' + struct.pack('<i', n)

    code, storages, keys = b'\x80\x02ccollections\nOrderedDict\n]', b'', b''
    for k, (name, values) in enumerate(features().items()):
        shape = values.shape
        strides = [int(np.prod(shape[i + 1:])) for i in range(len(shape))]
        code += (b']' + text(name) + b'actorch._utils\n_rebuild_tensor\n(('
                 + text('storage') + b'ctorch\nFloatStorage\n' + text(str(90 + k)) + text('cpu')
                 + number(values.size) + b'NtQK\0(' + b''.join(map(number, shape)) + b't('
                 + b''.join(map(number, strides)) + b'ttRaa')
        storages += struct.pack('<q', values.size) + values.tobytes()
        keys += text(str(90 + k))
    code += b'\x85R.'
    head = torch_bytes({}, False)
    begin = [i for i in range(len(head)) if head.startswith(b'\x80\x02', i)]
    return head[:begin[3]] + code + b'\x80\x02](' + keys + b'e.' + storages


class Stored:
    """What is pickled as a number of a tensor that is kept elsewhere."""

    def __init__(self, key):
        self.key = key


class Numbering(pickle.Pickler):
    def persistent_id(self, obj):
        return obj.key if isinstance(obj, Stored) else None


def tar():
    """As torch.save() wrote it before 0.1.10, which torch.load() still reads."""
    state, out, names = features(), io.BytesIO(), io.BytesIO()
    storages = tensors_ = pickle.dumps(len(state), 2)
    for k, values in enumerate(state.values()):
        strides = [int(np.prod(values.shape[i + 1:])) for i in range(values.ndim)]
        storages += (pickle.dumps((k, 'cpu', torch.FloatStorage), 2)
                     + struct.pack('<q', values.size) + values.tobytes())
        tensors_ += (pickle.dumps((100 + k, k, torch.FloatTensor), 2)
                     + struct.pack('<i4x%dq' % (2 * values.ndim + 1), values.ndim, *values.shape, *strides, 0))
    Numbering(names, 2).dump({name: Stored(100 + k) for k, name in enumerate(state)})
    system = pickle.dumps({'protocol_version': 1000, 'little_endian': True}, 2)
    with tarfile.open(fileobj=out, mode='w:', format=tarfile.PAX_FORMAT) as archive:
        for name, content in (('sys_info', system), ('pickle', names.getvalue()),
                              ('tensors', tensors_), ('storages', storages + pickle.dumps([], 2))):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with tempfile.TemporaryFile() as file:
        file.write(out.getvalue())
        file.seek(0)
        read = torch.load(file, weights_only=False)
    assert all(np.array_equal(read[name].numpy(), state[name]) for name in state)
    return out.getvalue()


def torch_files():
    yield 'bad-tar.pth', tar()
    plain, normed = features(), features(normed=True)
    state = tensors(plain)
    whole, legacy = torch_bytes(state), torch_bytes(state, False)
    yield 'good-zip.pth', whole
    yield 'good-legacy.pth', legacy
    yield 'good-python2.pth', python_2()
    yield 'good-norm-zip.pth', torch_bytes(tensors(normed))
    yield 'good-norm-legacy.pth', torch_bytes(tensors(normed), False)
    yield 'good-half.pth', torch_bytes(tensors(plain, torch.half))
    yield 'good-bfloat16.pth', torch_bytes(tensors(plain, torch.bfloat16))
    yield 'good-double.pth', torch_bytes(tensors(plain, torch.double))
    yield 'good-strided.pth', torch_bytes(
        {k: v.to(memory_format=torch.channels_last) if v.dim() == 4 else v
         for k, v in state.items()})
    shared = torch.cat([v.flatten() for v in state.values()])
    views, at = {}, 0
    for k, v in state.items():
        views[k] = shared[at:at + v.numel()].view(v.shape)
        at += v.numel()
    yield 'good-views.pth', torch_bytes(views)
    yield 'good-nested.pth', torch_bytes({
        'epoch': 20, 'loss': 0.25, 'note': None, 'sizes': [1, (2, 3)], 'best': True,
        'model': {'vgg.' + k: v for k, v in state.items()}})
    yield 'good-parameters.pth', torch_bytes(
        {k: torch.nn.Parameter(v) for k, v in state.items()})

    named = {'conv%d_%d.%s' % (b, c, part): torch.from_numpy(v) for b, c, w, bias in layers()
             for part, v in (('weight', w), ('bias', bias))}
    norms = {'bn%d_%d.%s' % (b, c, part): torch.from_numpy(v)
             for k, (b, c, w, bias) in enumerate(layers()) for part, v in zip(
                 ('weight', 'bias', 'running_mean', 'running_var'), norm(k, len(bias)))}
    yield 'good-norm-named.pth', torch_bytes({**named, **norms})
    mixing = torch.tensor([[0, 0.5, 255], [0, 255, 0], [255, 0, 0.25]]).view(3, 3, 1, 1)
    yield 'good-input.pth', torch_bytes({
        'conv0.weight': mixing, 'conv0.bias': torch.tensor([-103.939, -116.779, -123.68]),
        **named})
    yield 'bad-input.pth', torch_bytes({
        'conv0.weight': torch.ones(3, 3, 1, 1), 'conv0.bias': torch.ones(3), **named})
    yield 'bad-norm-half.pth', torch_bytes({**named, **{k: v for k, v in norms.items()
                                                        if k != 'bn1_1.weight'}})

    yield 'bad-executes.pth', torch_bytes({'a': Evil()})
    yield 'bad-executes-legacy.pth', torch_bytes({'a': Evil()}, False)
    yield 'bad-module.pth', torch_bytes(torch.nn.Conv2d(3, 4, 3))
    yield 'bad-protocol4.pth', torch_bytes(state, protocol=4)
    yield 'bad-list.pth', torch_bytes(list(state.values()))
    yield 'bad-int-tensor.pth', torch_bytes(
        {k: (v * 100).long() for k, v in state.items()})
    yield 'bad-nan.pth', torch_bytes({**state, 'features.2.bias': torch.full((5,), float('nan'))})
    yield 'bad-other-names.pth', torch_bytes({'a.' + k[9:].replace('.', '_'): v
                                              for k, v in state.items()})
    yield 'bad-norm-unknown.pth', torch_bytes(tensors({
        **plain, **{'bn.' + k: v for k, v in zip(
            ('weight', 'bias', 'running_mean', 'running_var'), norm(0, 4))}}))
    yield 'bad-two-networks.pth', torch_bytes({'a': state, 'b': dict(state)})
    yield 'bad-channels.pth', torch_bytes({**state, 'features.2.weight': torch.zeros(5, 3, 3, 3)})
    yield 'bad-kernel.pth', torch_bytes({**state, 'features.2.weight': torch.zeros(5, 4, 5, 5)})
    yield 'bad-no-bias.pth', torch_bytes(tensors(features(bias=False)))
    yield 'bad-gap.pth', torch_bytes({k.replace('.5.', '.9.'): v for k, v in state.items()})
    yield 'bad-variance.pth', torch_bytes(tensors({
        **normed, 'features.1.running_var': np.full(4, -1, np.float32)}))
    yield 'bad-cut-zip.pth', whole[:len(whole) // 2]
    yield 'bad-cut-legacy.pth', legacy[:len(legacy) // 2]
    yield 'bad-cut-pickle.pth', legacy[:200]
    yield 'bad-tail-legacy.pth', legacy + b'\0'
    yield 'bad-compressed.pth', rezip(whole, lambda n, c: c, zipfile.ZIP_DEFLATED)
    yield 'bad-no-pickle.pth', rezip(whole, lambda n, c: None if 'pkl' in n else c)
    yield 'bad-no-storage.pth', rezip(whole, lambda n, c: None if n.endswith('/data/2') else c)
    yield 'bad-short-storage.pth', rezip(
        whole, lambda n, c: c[:-4] if n.endswith('/data/2') else c)
    yield 'bad-byteorder.pth', big_endian(whole)
    yield 'bad-byteorder-odd.pth', big_endian(whole, 'tiny..')
    yield 'good-byteorder.pth', big_endian(whole, 'little')
    yield 'bad-pickle-twice.pth', rezip(whole, lambda n, c: c, more=('other/data.pkl', b'.'))
    yield 'bad-legacy-protocol.pth', legacy.replace(struct.pack('<H', 1001), struct.pack('<H', 1002), 1)
    at = legacy.index(b'little_endian')
    yield 'bad-legacy-false.pth', legacy[:at] + legacy[at:].replace(b'\x88', b'\x89', 1)
    for name, change in (('local', b'PK\3\4'), ('central', b'PK\1\2')):
        at = whole.rindex(change)
        yield 'bad-zip-%s.pth' % name, whole[:at] + b'XX' + whole[at + 2:]
    central, size = whole.index(b'PK\1\2'), len(whole)
    for name, at, value in (('local-far', central + 42, size), ('local-late', central + 42, central - 10),
                            ('local-name', 26, 3), ('encrypted', central + 8, 1),
                            ('count', size - 12, 1), ('compression', central + 10, 8)):
        yield 'bad-zip-%s.pth' % name, whole[:at] + struct.pack('<H', value) + whole[at + 2:]
    yield 'bad-zip-4-gb.pth', whole[:size - 6] + b'\xff' * 4 + whole[size - 2:]
    yield 'bad-twice.pth', twice(whole)
    yield 'bad-overlap.pth', overlap()
    for name, code in pickles():
        yield 'bad-pickle-%s.pth' % name, with_pickle(whole, code)


def big_endian(whole, order='big'):
    out = io.BytesIO(rezip(whole, lambda n, c: c))
    with zipfile.ZipFile(out, 'a') as archive:
        archive.writestr('archive/byteorder', order)
    return out.getvalue()


def twice(whole):
    out = io.BytesIO(rezip(whole, lambda n, c: c))
    with zipfile.ZipFile(out, 'a') as archive:
        archive.writestr(archive.namelist()[1], b'again')
    return out.getvalue()


def overlap():
    """One file's data holds another with its header."""
    def local(name, content):
        return struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, 0, 0, 0, 0, 0, len(content),
                           len(content), len(name), 0) + name + content

    def row(name, size, offset):
        return struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 20, 20, 0, 0, 0, 0, 0, size, size,
                           len(name), 0, 0, 0, 0, 0, offset) + name
    inner = local(b'archive/data/1', b'1234')
    outer = local(b'archive/data/0', inner)
    table = row(b'archive/data/0', len(inner), 0) + row(
        b'archive/data/1', 4, len(outer) - len(inner))
    return outer + table + struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 2, 2, len(table),
                                       len(outer), 0)


def pickles():
    tensor = (b'ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n'
              b'X\1\0\0\x000X\3\0\0\0cpuK\x04tQ%s(%st(%st\x89NtR')

    def state(offset, shape, stride):
        return (b'\x80\2}X\x11\0\0\0features.0.weight' + tensor % (offset, shape, stride)
                + b's.')
    yield 'empty', b''
    yield 'no-end', b'\x80\2}'
    yield 'two-results', b'\x80\2}}.'
    yield 'mark-result', b'\x80\2(.'
    yield 'no-mark', b'\x80\2}t.'
    yield 'memo-missing', b'\x80\2h\5.'
    yield 'memo-far', b'\x80\2}r\xff\xff\xff\xff.'
    yield 'text-long', b'\x80\2X\xff\xff\xff\xffabc.'
    yield 'setitem-alone', b'\x80\2K\1s.'
    yield 'setitems-odd', b'\x80\2}(K\1u.'
    yield 'append-to-dict', b'\x80\2}K\1a.'
    yield 'reduce-no-global', b'\x80\2})R.'
    yield 'reduce-storage', b'\x80\2ctorch\nFloatStorage\n)R.'
    yield 'reduce-few', b'\x80\2ctorch._utils\n_rebuild_tensor_v2\n)R.'
    yield 'parameter-of-nothing', b'\x80\2ctorch._utils\n_rebuild_parameter\n)R.'
    yield 'ordered-dict-of-int', b'\x80\2ccollections\nOrderedDict\nK\1\x85R.'
    yield 'ordered-dict-of-ints', b'\x80\2ccollections\nOrderedDict\n]K\1a\x85R.'
    yield 'id-no-tuple', b'\x80\2}Q.'
    yield 'build-alone', b'\x80\2K\1}b.'
    yield 'global-cut', b'\x80\2ctorch'
    yield 'frame', b'\x80\2\x95'
    yield 'itself', b'\x80\2}q\0X\1\0\0\0ah\0s.'
    yield 'copies', (b'\x80\2ccollections\nOrderedDict\nq\1]q\2(' + b'K\1K\2\x86' * 400 + b'e'
                     + b'\x85q\3R' + b'h\1h\3R' * 400 + b'.')
    yield 'shape-negative', state(b'K\0', b'J\xff\xff\xff\xffK\3K\3K\3', b'K\x1bK\x09K\3K\1')
    yield 'shape-huge', state(b'K\0', b'J\xff\xff\xff\x7f' * 4, b'K\0' * 4)
    yield 'shape-expanded', state(b'K\0', b'M\0\x10M\0\x10K\3K\3', b'K\0' * 4)
    yield 'shape-long', state(b'K\0', b'\x8a\x09\1\1\1\1\1\1\1\1\1K\3K\3K\3', b'K\0' * 4)
    yield 'stride-far', state(b'K\0', b'K\4K\3K\3K\3', b'\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f' * 4)
    yield 'offset-far', state(b'\x8a\x08\0\0\0\0\0\0\0\x40', b'K\1' * 4, b'K\1' * 4)
    yield 'rank-many', state(b'K\0', b'K\1' * 9, b'K\1' * 9)
    yield 'not-utf8', b'\x80\2}U\x02\xff\xfe}s.'
    yield 'key-tuple', b'\x80\2}K\1K\2\x86}s.'
    for name, code in (('long', b'\x8a'), ('number', b'J\1'), ('put', b'}q'), ('get', b'}h'),
                       ('float', b'G\0'), ('text', b'X\1'), ('name', b'ctorch\nFloat'),
                       ('storage', b'Q.'), ('call', b'R.'), ('call-one', b'}R.'),
                       ('call-list', b'ccollections\nOrderedDict\n]R.'), ('build', b'b.'),
                       ('build-one', b'}b.'), ('stop', b'.'), ('tuple', b'\x86.'),
                       ('tuple-mark', b'K\1(K\2\x86.'), ('set', b's.'), ('set-two', b'K\1K\2s.'),
                       ('set-mark', b'(K\1K\2s.'), ('append', b'a.'), ('items', b'(u.'), ('put-mark', b'(q\0.')):
        yield 'short-' + name, b'\x80\2' + code
    yield 'no-protocol', b'\x80'
    yield 'ordered-dict-of-two', b'\x80\2ccollections\nOrderedDict\n]]\x86R.'
    yield 'ordered-dict-of-three', b'\x80\2ccollections\nOrderedDict\n](K\1K\2K\3te\x85R.'
    yield 'ordered-dict-of-threes', b'\x80\2ccollections\nOrderedDict\n](K\1K\2K\3\x87e\x85R.'
    yield 'numbers', b'\x80\2}(X\1\0\0\0a\x8a\1\xffX\1\0\0\0b\x8a\0X\1\0\0\0cG12345678u.'
    yield 'deep', b'\x80\2' + b'}X\1\0\0\0a' * 40 + b'}' + b's' * 40 + b'.'
    yield 'stride-short', state(b'K\0', b'K\4K\3K\3K\3', b'K\1')
    yield 'stride-text', state(b'K\0', b'K\4', b'X\1\0\0\0a')
    yield 'stride-negative', state(b'K\0', b'K\4', b'J\xff\xff\xff\xff')
    yield 'shape-text', state(b'K\0', b'X\1\0\0\0a', b'K\1')
    yield 'offset-text', state(b'X\1\0\0\0a', b'K\4', b'K\1')
    yield 'offset-negative', state(b'J\xff\xff\xff\xff', b'K\4', b'K\1')
    head, tail = b'\x80\2}X\x11\0\0\0features.0.weight', b'K\0(K\1t(K\1t\x89NtRs.'
    for name, storage in (('number', b'K\7'), ('tuple', b'K\7)\x86Q'), ('list', b'(K\7)K\7K\7tQ'),
                          ('text', b'(X\1\0\0\0ctorch\nFloatStorage\n)X\1\0\0\0cK\1tQ'),
                          ('call', b'(X\7\0\0\0storagectorch._utils\n_rebuild_tensor\nK\0X\1\0\0\0cK\1tQ')):
        yield 'storage-' + name, head + b'ctorch._utils\n_rebuild_tensor_v2\n(' + storage + tail
    yield 'sizes-list', (head + b'ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\n'
                         b'FloatStorage\nX\1\0\0\0000X\3\0\0\0cpuK\4tQK\0](K\1t\x89NtRs.')
