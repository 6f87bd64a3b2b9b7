# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of HDF5, as Keras writes them and as nobody does, for make-files."""
import os

import h5py
import numpy as np

from weights import hwio, keras_3, keras_model, keras_old, layers

DEEP = [[1, 1], [1, 1], [1] * 3, [1] * 3, [1] * 3]


def compact(file, name, values):
    """With its numbers in the header."""
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.COMPACT)
    group, _, last = name.rpartition('/')
    h5py.h5d.create(file.require_group(group).id, last.encode(), h5py.h5t.IEEE_F32LE,
                    h5py.h5s.create_simple(values.shape), layout).write(h5py.h5s.ALL, h5py.h5s.ALL, values)


def odd_sets(path):
    """Beside the weights, what is none."""
    keras_old(path)
    brain = h5py.h5t.IEEE_F16LE.copy()  # bfloat16 is like it: two bytes, other fields
    brain.set_fields(14, 9, 5, 0, 9)
    brain.set_precision(15)
    with h5py.File(path, 'a') as f:
        f['none'] = h5py.Empty('f4')
        f['nine'] = np.zeros((1,) * 9, 'f4')
        f['long'] = np.zeros(2, np.longdouble)
        f['text'] = b'words'
        f['type'] = np.dtype('f8')
        f['x' * 501] = np.zeros(2, 'f4')
        h5py.h5d.create(f.id, b'brain', brain, h5py.h5s.create_simple((2,)))


def hdf5_files(folder):
    keras_old(os.path.join(folder, 'good-keras.h5'))
    keras_model(os.path.join(folder, 'good-keras-model.h5'))
    keras_old(os.path.join(folder, 'good-keras-double.h5'), dtype='f8')
    keras_old(os.path.join(folder, 'good-keras-half.h5'), dtype='f2')
    keras_3(os.path.join(folder, 'good-deep.weights.h5'), DEEP)
    keras_3(os.path.join(folder, 'bad-numbered.weights.h5'))

    def change(name, **options):
        weights = {'block%d_conv%d' % (b, c): (hwio(w), bias) for b, c, w, bias in layers()}
        with h5py.File(os.path.join(folder, 'bad-%s.h5' % name), 'w') as f:
            for layer, (weight, bias) in weights.items():
                options.get('write', lambda f, n, v: f.create_dataset(n, data=v))(
                    f, layer + '/' + layer + '_W_1:0', weight)
                f.create_dataset(layer + '/' + layer + '_b_1:0', data=bias)
            options.get('more', lambda f: None)(f)
    change('gzip', write=lambda f, n, v: f.create_dataset(n, data=v, compression='gzip'))
    change('theano', write=lambda f, n, v: f.create_dataset(
        n, data=np.ascontiguousarray(v.transpose(3, 2, 0, 1))))
    change('external', write=lambda f, n, v: f.create_dataset(
        n, shape=v.shape, dtype='f4', external=[('/etc/passwd', 0, v.nbytes)]))
    change('integers', write=lambda f, n, v: f.create_dataset(n, data=v.astype('i4')))
    change('big-endian', write=lambda f, n, v: f.create_dataset(n, data=v.astype('>f4')))
    change('soft-links', write=lambda f, n, v: f.__setitem__(n, h5py.SoftLink('/elsewhere')))
    change('external-links', write=lambda f, n, v: f.__setitem__(
        n, h5py.ExternalLink('good-keras.h5', n)))
    change('norm', more=lambda f: [f.create_dataset('bn/%s:0' % n, data=np.ones(4, 'f4'))
                                   for n in ('gamma', 'beta', 'moving_mean', 'moving_variance')])
    change('chunked', write=lambda f, n, v: f.create_dataset(n, data=v, chunks=True))
    change('unallocated', write=lambda f, n, v: f.create_dataset(n, shape=v.shape, dtype='f4'))
    change('compact', write=compact)
    odd_sets(os.path.join(folder, 'good-odd.h5'))
    with open(os.path.join(folder, 'good-keras.h5'), 'rb') as f:
        data = f.read()
    yield 'bad-cut.h5', data[:len(data) // 2]
    yield 'bad-only-signature.h5', data[:8]
    # one data set's numbers are of a kind that no version of HDF5 has
    before, f32, after = data.rpartition(b'\x11\x20\x1f\0\4\0\0\0')
    yield 'bad-version.h5', before + b'\x91' + f32[1:] + after
