# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in protocol buffers, Caffe's and ONNX's, for make-files."""
import io

import torch

from weights import (POOL, blob, caffemodel, field, layers, onnx, onnx_model, onnx_node, onnx_tensor)


def caffe_files():
    old = caffemodel(True)
    yield 'good-old.caffemodel', old
    yield 'good-new.caffemodel', caffemodel(False)
    name = field(4, b'conv1_1')
    weight, bias = layers()[0][2:]
    good = field(6, blob(weight, True)) + field(6, blob(bias, True))
    yield 'bad-cut.caffemodel', old[:len(old) // 2]
    yield 'bad-tail.caffemodel', old + b'\xff'
    yield 'bad-no-weights.caffemodel', field(1, b'VGG') + field(2, name)
    yield 'bad-no-name.caffemodel', field(2, good)
    yield 'bad-two-names.caffemodel', field(2, name + name + good)
    yield 'bad-name-latin1.caffemodel', field(2, field(4, b'conv\xe9') + good)
    yield 'bad-twice.caffemodel', field(2, name + good) * 2
    yield 'bad-blob-shapeless.caffemodel', field(2, name + field(6, field(5, b'1234')))
    yield 'bad-blob-empty.caffemodel', field(2, name + field(6, b''))
    yield 'bad-blob-twice.caffemodel', field(2, name + field(6, blob(weight, True) * 2))
    yield 'bad-blob-number.caffemodel', field(2, name + field(6, 5))
    yield 'bad-blob-unpacked.caffemodel', field(2, name + field(6, b'\x2d\0\0\0\0'))
    yield 'bad-side-bytes.caffemodel', field(2, name + field(6, field(1, b'4')))
    yield 'bad-sides-huge.caffemodel', field(2, name + field(6, b''.join(
        field(i + 1, 2 ** 63 - 1) for i in range(4)) + field(5, b'1234')))
    yield 'bad-shape-many.caffemodel', field(2, name + field(6, field(7, field(
        1, b'\1' * 9)) + field(5, b'1234')))
    yield 'bad-shape-number.caffemodel', field(2, name + field(6, field(7, 5)))
    yield 'bad-shape-fixed.caffemodel', field(2, name + field(6, field(7, b'\x0d\1\0\0\0')))
    yield 'bad-shape-larger.caffemodel', field(2, name + field(6, field(7, field(
        1, b'\4\3\3\4')) + field(5, weight.tobytes())))
    yield 'bad-layer-number.caffemodel', field(1, b'VGG') + field(2, 7)
    yield 'bad-group.caffemodel', field(1, b'VGG') + b'\x13\x14'
    yield 'bad-field-zero.caffemodel', field(1, b'VGG') + b'\x02\0'
    yield 'bad-varint-long.caffemodel', field(1, b'VGG') + b'\x10' + b'\xff' * 10 + b'\1'
    yield 'bad-v0.caffemodel', field(2, field(1, field(1, b'conv1_1') + field(
        50, blob(weight, True))))


def exported():
    """By PyTorch, with the classifier behind."""
    convolutions = [torch.nn.Conv2d(w.shape[1], w.shape[0], 3, padding=1) for _, _, w, _ in layers()]
    for layer, (_, _, weight, bias) in zip(convolutions, layers()):
        layer.weight.data, layer.bias.data = torch.from_numpy(weight), torch.from_numpy(bias)
    a, b, c = convolutions
    net = torch.nn.Sequential(a, torch.nn.ReLU(), b, torch.nn.ReLU(), torch.nn.MaxPool2d(2, 2), c,
                              torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(),
                              torch.nn.Linear(24, 3))
    out = io.BytesIO()
    torch.onnx.export(net.eval(), torch.zeros(1, 3, 8, 8), out)
    return out.getvalue()


def onnx_files():
    yield 'good-exported.onnx', exported()
    yield 'good-norm.onnx', onnx(normed=True)
    yield 'good-floats.onnx', onnx(named=lambda name, values: onnx_tensor(
        name, values, content=field(4, values.astype('<f4').tobytes())))
    yield 'good-doubles.onnx', onnx(named=lambda name, values: onnx_tensor(
        name, values, 11, field(10, values.astype('<f8').tobytes())))
    yield 'good-halves.onnx', onnx(named=lambda name, values: onnx_tensor(
        name, values, 10, field(9, values.astype('<f2').tobytes())))
    weight, bias = layers()[0][2:]
    tensors = onnx_tensor('w', weight) + onnx_tensor('b', bias)
    for name, nodes in (
            ('passing', [('Constant', [], 'k'), ('Identity', ['x'], 'i'), ('Dropout', ['i'], 'd'),
                         ('Conv', ['d', 'w', 'b', 'more'], 'c')]),):
        yield 'good-%s.onnx' % name, onnx_model(b''.join(
            onnx_node(*node, pads=[1] * 4, unknown=0.5) for node in nodes) + tensors)
    conv = onnx_node('Conv', ['x', 'w', 'b'], 'c', pads=[1] * 4)
    yield 'good-fully.onnx', onnx_model(conv + onnx_node('Conv', ['c', 'w', 'b'], 'd', kernel_shape=[7, 7]) + tensors)
    yield 'bad-no-bias.onnx', onnx_model(onnx_node('Conv', ['x', 'w', ''], 'c', pads=[1] * 4) + tensors)
    yield 'bad-no-pads.onnx', onnx_model(onnx_node('Conv', ['x', 'w', 'b'], 'c') + tensors)
    yield 'bad-dilated.onnx', onnx(conv={'dilations': [2, 2]})
    yield 'bad-ceil.onnx', onnx(pool={'ceil_mode': 1})
    yield 'bad-pool-pads.onnx', onnx(pool={'pads': [1] * 4})
    yield 'bad-pool-strides.onnx', onnx(pool={'strides': [1, 1]})
    yield 'bad-norm-parts.onnx', onnx_model(conv + onnx_node('BatchNormalization', ['c', 'b', 'b'], 'n') + tensors)
    yield 'bad-norm-half.onnx', onnx_model(conv + onnx_node('BatchNormalization', ['c', 'b', 'b', 'b', 'z'], 'n') + tensors)
    yield 'bad-norm-first.onnx', onnx_model(onnx_node('BatchNormalization', ['x', 'z'], 'n') + tensors)
    yield 'bad-two-outputs.onnx', onnx_model(field(1, field(1, b'x') * 7 + field(2, b'y') * 2))
    yield 'bad-no-output.onnx', onnx_model(field(1, field(1, b'x') + field(4, b'Relu')))
    yield 'bad-attribute-float.onnx', onnx_model(field(1, field(5, field(2, 7) + b'\xff')))
    yield 'bad-next-field.onnx', field(1, 7) + field(99, 7)
    yield 'bad-stride.onnx', onnx(conv={'strides': [2, 2]})
    yield 'bad-pads.onnx', onnx(conv={'pads': [1, 1, 2, 2]})
    yield 'bad-pads-many.onnx', onnx(conv={'pads': [1] * 6})
    yield 'bad-groups.onnx', onnx(conv={'group': 2})
    yield 'bad-pool.onnx', onnx(pool={'kernel_shape': [3, 3]})
    yield 'bad-epsilon.onnx', onnx(normed=True, epsilon=1e-3)
    yield 'bad-integers.onnx', onnx(named=lambda name, values: onnx_tensor(name, values, 7))
    yield 'bad-elsewhere.onnx', onnx(named=lambda name, values: onnx_tensor(
        name, values, content=field(13, b'') + field(14, 1)))
    yield 'bad-no-numbers.onnx', onnx(named=lambda name, values: onnx_tensor(name, values, 1, b''))
    yield 'bad-numbers-twice.onnx', onnx(named=lambda name, values: onnx_tensor(
        name, values, 1, field(9, b'1234') * 2))
    yield 'bad-larger.onnx', onnx(named=lambda name, values: onnx_tensor(
        name, values, 1, field(9, b'1234')))
    yield 'bad-no-weights.onnx', onnx(named=lambda name, values: b'')
    yield 'bad-nameless.onnx', onnx(named=lambda name, values: field(5, field(1, 3)))
    yield 'bad-many.onnx', onnx(named=lambda name, values: b''.join(
        onnx_tensor('%s-%d' % (name, i), values, 1, b'') for i in range(400)))
    yield 'bad-rank.onnx', onnx(named=lambda name, values: onnx_tensor(
        name, values, 1, field(1, b'\1' * 9)))
    yield 'bad-cut.onnx', onnx()[:700]
    yield 'bad-empty-graph.onnx', onnx_model(b'')
    yield 'bad-graph-number.onnx', field(1, 7) + field(7, 7)
    yield 'bad-node-number.onnx', onnx_model(field(1, 7))
    yield 'bad-node-empty.onnx', onnx_model(field(1, b''))
    yield 'bad-first.onnx', onnx_model(onnx_node('Sub', ['x', 'mean'], 'y'))
    yield 'bad-no-input.onnx', onnx_model(onnx_node('Relu', [], 'y'))
    yield 'bad-branch.onnx', onnx_model(onnx_node('Dropout', ['x'], 'y') + onnx_node('Dropout', ['x'], 'z'))
    yield 'bad-between.onnx', onnx().replace(b'MaxPool', b'Sigmoid')
    yield 'bad-order.onnx', onnx_model(conv + onnx_node('MaxPool', ['c'], 'p', **POOL) + tensors)
    yield 'bad-attributes.onnx', onnx_model(field(1, field(4, b'Relu') + field(5, b'') * 65))
    yield 'bad-attribute.onnx', onnx_model(field(1, field(4, b'Relu') + field(5, 7)))
    yield 'bad-attribute-twice.onnx', onnx_model(field(1, field(4, b'Relu') + field(
        5, field(1, b'a') * 2)))
