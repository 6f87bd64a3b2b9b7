# SPDX-License-Identifier: GPL-3.0-or-later
"""The published recipe (crowsonkb's), for look: covariances matched by Adam, coarse to fine.

Our network takes VGG-19's place, so each layer's distance is taken relative to the style's own
size in place of a constant.
"""
import json

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from common import TOP

STEPS_SHARE = 0.25      # of the published 1000 and then 500 steps a level


def read_network(path):
    with open(path, 'rb') as f:
        size = int.from_bytes(f.read(8), 'little')
        head, data = json.loads(f.read(size)), f.read()
    meta, tensors = head.pop('__metadata__'), {}
    for name, entry in head.items():
        a, b = entry['data_offsets']
        kind = {'F16': np.float16, 'F32': np.float32}[entry['dtype']]
        tensors[name] = torch.from_numpy(
            np.frombuffer(data[a:b], kind).astype(np.float32).reshape(entry['shape']))
    mean, scale = (torch.tensor([float(v) for v in meta[k].split()]).view(1, 3, 1, 1)
                   for k in ('mean', 'scale'))
    return meta['layers'].split(), tensors, mean, scale


def features(network, x):
    """relu..._1 and relu4_2; the image's border is repeated outside, not zero."""
    layers, tensors, mean, scale = network
    x, out = F.pad((x - mean) * scale, (1,) * 4, 'replicate'), {}
    for i, name in enumerate(layers):
        if name == 'pool':
            x = F.max_pool2d(x, 2)
            continue
        x = F.relu(F.conv2d(x, tensors[name + '.weight'], tensors[name + '.bias'],
                            padding=1 if i else 0))
        if name.endswith('_1') or name == 'conv4_2':
            out[name] = x
    return out


class RootTrace(torch.autograd.Function):
    """trace (R C R)^(1/2) for R = A^(1/2); derivative R (R C R)^(-1/2) R / 2."""

    @staticmethod
    def forward(ctx, cov, root):
        values, vectors = torch.linalg.eigh((root @ cov @ root).double())
        values = values.clamp(min=1e-8 * values.max().item()).sqrt()
        inverse = (vectors / values) @ vectors.T
        ctx.save_for_backward((root.double() @ inverse @ root.double() / 2).float())
        return values.sum().float()

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.saved_tensors[0], None


def mean_and_cov(f):
    f = f.flatten(2)[0]
    mean = f.mean(1, keepdim=True)
    return mean, f @ f.T / f.shape[1] - mean @ mean.T


def root_of(cov):
    values, vectors = torch.linalg.eigh(cov.double())
    return ((vectors * values.clamp(min=0).sqrt()) @ vectors.T).float()


def published_loss(network, content, style):
    with torch.no_grad():
        want = features(network, content)['conv4_2']
        targets = []
        for name, f in sorted(features(network, style).items()):
            if name.endswith('_1'):
                mean, cov = mean_and_cov(f)
                targets.append((name, mean, cov.trace(), root_of(cov),
                                (mean ** 2).sum() + cov.trace()))
    weights = [4.0 ** -i for i in range(len(targets))]

    def loss(x):
        f = features(network, x)
        total = 0.015 * ((f['conv4_2'] - want) ** 2).sum() / (want ** 2).sum()
        for (name, mean, trace, root, size), weight in zip(targets, weights):
            m, c = mean_and_cov(f[name])
            w2 = ((m - mean) ** 2).sum() + c.trace() + trace - 2 * RootTrace.apply(c, root)
            total = total + weight / sum(weights) * w2 / size
        p = F.pad(x, (1,) * 4, 'replicate')
        at = lambda dy, dx: p[..., 1 + dy:p.shape[2] - 1 + dy, 1 + dx:p.shape[3] - 1 + dx]
        straight = sum(((at(*d) - x) ** 2).mean() for d in ((0, 1), (1, 0), (0, -1), (-1, 0)))
        diagonal = sum(((at(*d) - x) ** 2).mean() for d in ((1, 1), (1, -1), (-1, 1), (-1, -1)))
        return total + 2 / 12 * (2 * straight + diagonal) / 3
    return loss


def tensor(image):
    return torch.from_numpy(np.asarray(image, np.float32) / 255).permute(2, 0, 1)[None]


def scaled(image, side):
    k = side / max(image.size)
    return image.resize([max(round(v * k), 1) for v in image.size], Image.BICUBIC)


def grown(x, like, mode='bicubic'):
    return F.interpolate(x, like.shape[2:], mode=mode, align_corners=False)


def published(content, style, side):
    """Adam whose moments are carried to the next level; the mean of the iterates is kept."""
    torch.manual_seed(0)
    network = read_network(TOP + '/weights/default.safetensors')
    sides = [s for s in (round(side / 2 ** (i / 2)) for i in range(30)) if s >= 127][::-1]
    mean = first = second = None
    t = 0
    for level, s in enumerate(sides):
        here = tensor(scaled(content, s))
        loss = published_loss(network, here,
                              tensor(scaled(style, min(s, max(style.size)))))
        x = here.clone() if mean is None else grown(mean, here).clamp(0, 1)
        first = torch.zeros_like(x) if first is None else grown(first, x)
        second = (torch.zeros_like(x) if second is None
                  else grown(second, x, 'bilinear').clamp(min=0))
        total, weight = torch.zeros_like(x), 0.0
        for _ in range(round((500 if level else 1000) * STEPS_SHARE)):
            t += 1
            x.requires_grad_()
            grad, = torch.autograd.grad(loss(x), x)
            with torch.no_grad():
                first = 0.9 * first + 0.1 * grad
                second = 0.99 * second + 0.01 * grad ** 2
                x = x - 0.02 * first / (1 - 0.9 ** t) / (
                    (second / (1 - 0.99 ** t)).sqrt() + 1e-8)
                x = x.clamp(0, 1)
                total, weight = 0.99 * total + 0.01 * x, 0.99 * weight + 0.01
        mean = total / weight
    return Image.fromarray((mean[0].permute(1, 2, 0).clamp(0, 1).numpy() * 255 + 0.5)
                           .astype(np.uint8))
