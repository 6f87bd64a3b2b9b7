# SPDX-License-Identifier: GPL-3.0-or-later
"""Weight files as other programs write them, of one small VGG with known numbers.

The numbers are those of tests/unit/common.c's test_net ("4 5 | 6", 7000), from
the counted generator that tests/torch/golden.py describes.
"""
import os
import struct
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'torch'))
from golden import uniform  # noqa: E402

SEED = 7000
WIDTHS = [[4, 5], [6]]


def layers(widths=None, seed=SEED):
    """[(block, conv, weight in OIHW, bias)], float32."""
    c_in, k, result = 3, 0, []
    for b, block in enumerate(widths or WIDTHS):
        for i, c_out in enumerate(block):
            scale = np.sqrt(np.float32(2) / (np.float32(3) * np.float32(c_in)))
            weight = uniform(seed + 2 * k, c_out * c_in * 9) * scale
            bias = uniform(seed + 2 * k + 1, c_out) * np.float32(0.1)
            result.append((b + 1, i + 1, weight.reshape(c_out, c_in, 3, 3), bias))
            c_in, k = c_out, k + 1
    return result


def norm(k, count, seed=SEED):
    """gamma, beta, mean, variance of the k-th layer."""
    u = [uniform(seed + 500 + 4 * k + i, count) for i in range(4)]
    return [u[0] + np.float32(1.5), u[1], u[2], u[3] + np.float32(1.25)]


def features(widths=None, normed=False, bias=True):
    """torchvision's names."""
    state, n = {}, 0
    for k, (block, conv, weight, shift) in enumerate(layers(widths)):
        n += 1 if block > 1 and conv == 1 else 0
        state['features.%d.weight' % n] = weight
        if bias:
            state['features.%d.bias' % n] = shift
        if normed:
            parts = zip(('weight', 'bias', 'running_mean', 'running_var'), norm(k, len(shift)))
            state.update(('features.%d.%s' % (n + 1, part), value) for part, value in parts)
            state['features.%d.num_batches_tracked' % (n + 1)] = np.array(3)
        n += 3 if normed else 2
    return state


# Protobuf's wire format, enough of it.

def varint(value):
    result = b''
    while value > 127:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def blob(values, old):
    shape = list(values.shape)
    packed = field(5, values.astype('<f4').tobytes())
    if not old:
        return field(7, field(1, b''.join(varint(n) for n in shape))) + packed
    shape = [1] * (4 - len(shape)) + shape
    return b''.join(field(i + 1, n) for i, n in enumerate(shape)) + packed


def caffemodel(old, widths=None):
    """V1LayerParameter (as VGG_ILSVRC_19_layers.caffemodel has it) or LayerParameter."""
    result = field(1, b'VGG_tiny')
    for block, conv, weight, bias in layers(widths):
        name = b'conv%d_%d' % (block, conv)
        if old:
            layer = (field(2, b'below') + field(3, name) + field(4, name) + field(5, 4)
                     + field(6, blob(weight, True)) + field(6, blob(bias, True)))
        else:
            layer = (field(1, name) + field(2, b'Convolution') + field(7, blob(weight, False))
                     + field(7, blob(bias, False)))
        result += field(2 if old else 100, layer)
    return result + field(2 if old else 100, field(4 if old else 1, b'drop6') + field(5, 6))


def onnx_tensor(name, values, kind=1, content=None):
    return field(5, b''.join(field(1, n) for n in values.shape) + field(2, kind)
                 + field(8, name.encode())
                 + (field(9, values.astype('<f4').tobytes()) if content is None else content))


def onnx_node(operation, inputs, output, **attributes):
    """@attributes: integers, lists of them, or floats"""
    content = b''.join(field(1, name.encode()) for name in inputs) + field(2, output.encode())
    content += field(4, operation.encode())
    for name, value in attributes.items():
        if isinstance(value, float):
            number = b'\x15' + struct.pack('<f', value)
        elif isinstance(value, list):
            number = b''.join(field(8, n) for n in value)
        else:
            number = field(3, value)
        content += field(5, field(1, name.encode()) + number)
    return field(1, content)


def onnx_model(graph):
    return field(1, 7) + field(2, b'weights.py') + field(7, graph)


CONV = {'kernel_shape': [3, 3], 'pads': [1] * 4, 'strides': [1, 1], 'dilations': [1, 1], 'group': 1}
POOL = {'kernel_shape': [2, 2], 'pads': [0] * 4, 'strides': [2, 2], 'ceil_mode': 0}


def onnx(normed=False, conv=None, pool=None, last='Flatten', epsilon=1e-5, named=onnx_tensor):
    """As torch.onnx.export has it, but for names that say nothing."""
    nodes, values, tensors = b'', 0, b''
    for k, (block, conv_number, weight, bias) in enumerate(layers()):
        todo = [('MaxPool', {**POOL, **(pool or {})}, [])] if block > 1 and conv_number == 1 else []
        todo.append(('Conv', {**CONV, **(conv or {})}, [weight, bias]))
        if normed:
            todo.append(('BatchNormalization', {'epsilon': epsilon}, norm(k, len(bias))))
        for operation, attributes, parts in todo + [('Relu', {}, [])]:
            names = ['%s%d' % ('wbmv'[i], values) for i in range(len(parts))]
            tensors += b''.join(named(*pair) for pair in zip(names, parts))
            nodes += onnx_node(operation, ['x%d' % values] + names, 'x%d' % (values + 1), **attributes)
            values += 1
    return onnx_model(nodes + onnx_node(last, ['x%d' % values], 'y') + tensors)


def hwio(weight):
    return np.ascontiguousarray(weight.transpose(2, 3, 1, 0))


def keras_old(path, widths=None, dtype='f4'):
    """vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5."""
    import h5py
    with h5py.File(path, 'w') as f:
        names = []
        for block, conv, weight, bias in layers(widths):
            name = 'block%d_conv%d' % (block, conv)
            group = f.create_group(name)
            group.attrs['weight_names'] = [(name + '_W_1:0').encode(), (name + '_b_1:0').encode()]
            group.create_dataset(name + '_W_1:0', data=hwio(weight).astype(dtype))
            group.create_dataset(name + '_b_1:0', data=bias)
            names.append(name.encode())
        f.create_group('block1_pool').attrs['weight_names'] = np.zeros(0, 'S1')
        f.attrs['layer_names'] = names


def keras_model(path, widths=None):
    """model.save ('x.h5') of Keras 2."""
    import h5py
    with h5py.File(path, 'w') as f:
        f.attrs['keras_version'] = b'2.8.0'
        f.attrs['backend'] = b'tensorflow'
        for block, conv, weight, bias in layers(widths):
            name = 'block%d_conv%d' % (block, conv)
            group = f.create_group('model_weights/%s/%s' % (name, name))
            group.create_dataset('kernel:0', data=hwio(weight))
            group.create_dataset('bias:0', data=bias)
        f.create_dataset('optimizer_weights/iterations:0', data=7)


def keras_3(path, widths=None):
    """model.save_weights ('x.weights.h5') of Keras 3: no layers' names."""
    import h5py
    with h5py.File(path, 'w') as f:
        for k, (block, conv, weight, bias) in enumerate(layers(widths)):
            group = f.create_group('layers/conv2d%s/vars' % ('_%d' % k if k else ''))
            group.create_dataset('0', data=hwio(weight))
            group.create_dataset('1', data=bias)
        f.create_group('layers/max_pooling2d/vars')


def safetensors(state, metadata=None, types=('F32',)):
    """@types: of one tensor after the other, again and again"""
    import json
    formats = {'F32': '<f4', 'F16': '<f2', 'F64': '<f8', 'I64': '<i8'}
    head, data = {}, b''
    if metadata:
        head['__metadata__'] = metadata
    for i, (name, values) in enumerate(state.items()):
        dtype = types[i % len(types)]
        if dtype == 'BF16':
            content = (values.astype('<f4').view('<u4') >> 16).astype('<u2').tobytes()
        else:
            content = values.astype(formats[dtype]).tobytes()
        head[name] = {'dtype': dtype, 'shape': list(values.shape),
                      'data_offsets': [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(head).encode()
    return struct.pack('<Q', len(text)) + text + data
