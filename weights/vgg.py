# SPDX-License-Identifier: GPL-3.0-or-later
"""VGG-shaped networks for train.py: teachers as they are read, students as they are written."""
import json
import math
import os
import struct

import numpy as np
import torch
import torch.nn.functional as F

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CAFFE_MEAN = (103.939, 116.779, 123.68)
DTYPES = {'F32': np.float32, 'F16': np.float16}


def layer_names(widths):
    return ['conv%d_%d' % (b + 1, i + 1)
            for b, ws in enumerate(widths) for i in range(len(ws))]


def read_safetensors(path):
    """Returns {name: tensor} of a safetensors file, as float32."""
    with open(path, 'rb') as f:
        head = json.loads(f.read(struct.unpack('<Q', f.read(8))[0]))
        data = f.read()
    head.pop('__metadata__', None)
    return {k: torch.from_numpy(
                np.frombuffer(data[v['data_offsets'][0]:v['data_offsets'][1]],
                              DTYPES[v['dtype']]).astype(np.float32)
                .reshape(v['shape'])) for k, v in head.items()}


def write_safetensors(path, tensors, metadata):
    """Writes {name: tensor} as float16, complete or not at all."""
    head, blobs, at = {'__metadata__': metadata}, [], 0
    for name, t in tensors.items():
        blob = t.detach().cpu().numpy().astype('<f2').tobytes()
        head[name] = {'dtype': 'F16', 'shape': list(t.shape),
                      'data_offsets': [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(head).encode()
    text += b' ' * (-len(text) % 8)
    with open(path + '.part', 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text + b''.join(blobs))
    os.replace(path + '.part', path)


class Vgg:
    """A frozen VGG-shaped network: the teacher, or a student to be measured."""

    def __init__(self, convs, padding, matrix, offset):
        self.convs, self.padding = convs, padding     # [(name, weight, bias)]
        self.matrix, self.offset = matrix, offset     # of RGB in [0, 1]

    def to(self, device):
        self.convs = [(n, w.to(device), b.to(device)) for n, w, b in self.convs]
        self.matrix, self.offset = self.matrix.to(device), self.offset.to(device)
        return self

    def prepare(self, x):
        return F.conv2d(x, self.matrix.view(3, 3, 1, 1), self.offset)

    def layer(self, i, x):
        """The i-th ReLU output from the one before it (or the input)."""
        name, w, b = self.convs[i]
        if i and name.endswith('_1'):
            x = F.max_pool2d(x, 2)
        if self.padding == 'zero':
            return F.relu(F.conv2d(x, w, b, padding=1))
        return F.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode=self.padding), w, b))

    def features(self, x):
        x, out = self.prepare(x), []
        for i in range(len(self.convs)):
            x = self.layer(i, x)
            out.append(x)
        return out


def torchvision_input():
    scale = 1 / torch.tensor(STD)
    return torch.diag(scale), -torch.tensor(MEAN) * scale


def load_teacher(path, padding):
    state = (read_safetensors(path) if path.endswith('.safetensors')
             else torch.load(path, map_location='cpu'))
    state = state.get('model', state)
    names = layer_names([[0] * n for n in (2, 2, 4, 4, 4)])
    if any(k.startswith('features.') for k in state):
        keys = sorted((k for k in state if k.startswith('features.')
                       and k.endswith('weight')), key=lambda k: int(k.split('.')[1]))
        if len(keys) == 13:                                  # VGG-16
            names = layer_names([[0] * n for n in (2, 2, 3, 3, 3)])
        found = list(zip(names, keys))
        inputs = torchvision_input()
    else:
        found = [(n, k) for n in names for k in (n + '.weight',
                 n.replace('_', '') + '.weight') if k in state]
        inputs = torch.eye(3).flip(0) * 255, -torch.tensor(CAFFE_MEAN)
    if not found:
        raise SystemExit('train.py: %s: no VGG convolutions in it' % path)
    if 'conv0.weight' in state:
        inputs = state['conv0.weight'].float()[:, :, 0, 0], state['conv0.bias'].float()
    convs = [(n, state[k].float(), state[k[:-6] + 'bias'].float()) for n, k in found]
    return Vgg(convs, padding, *inputs)


def random_teacher(widths):
    convs, cin = [], 3
    for name, c in zip(layer_names(widths), [c for ws in widths for c in ws]):
        convs.append((name, torch.randn(c, cin, 3, 3) * math.sqrt(2 / (9 * cin)),
                      torch.randn(c) * 0.1))
        cin = c
    return Vgg(convs, 'reflect', *torchvision_input())


def init_weights(widths, gen):
    convs, cin = [], 3
    for name, c in zip(layer_names(widths), [c for ws in widths for c in ws]):
        w = torch.randn(c, cin, 3, 3, generator=gen) * math.sqrt(2 / (9 * cin))
        convs.append((name, w, torch.zeros(c)))
        cin = c
    return convs


def export(path, convs, scales, args):
    """Folds the unit-size layers back to the teacher's scale and writes them."""
    tensors, before = {}, 1.0
    for (name, w, b), s in zip(convs, scales):
        tensors[name + '.weight'], tensors[name + '.bias'] = w * (s / before), b * s
        before = s
    layers = ' '.join(('pool ' if i and n.endswith('_1') else '') + n
                      for i, (n, _, _) in enumerate(convs))
    numbers = lambda v: ' '.join('%.9g' % x for x in v)
    write_safetensors(path, tensors, {
        'format': 'nst-vgg', 'version': '1', 'name': args.name, 'layers': layers,
        'pooling': 'max', 'padding': 'zero', 'input_order': 'RGB',
        'mean': numbers(MEAN), 'scale': numbers([1 / s for s in STD]),
        'licence': args.licence})


def student_of(convs, scales=None):
    if scales:
        before, out = 1.0, []
        for (n, w, b), s in zip(convs, scales):
            out.append((n, w * (s / before), b * s))
            before = s
        convs = out
    return Vgg(convs, 'zero', *torchvision_input())
