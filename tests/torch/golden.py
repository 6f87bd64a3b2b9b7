#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/golden-*.json: what PyTorch says of the same computations.

    tests/torch/golden.py [OUT_DIR]        (PyTorch 1.13 or newer, on the CPU)

Nothing big is committed: network and images come from a counted splitmix64
that tests/unit/common.c repeats to the bit.

    bits (seed, i)    = splitmix64's output for state seed * D + (i + 1) * G, upper 24 bits
    uniform (seed, i) = bits / 2^23 - 1, in [-1, 1)
    layer k's weights = uniform (SEED + 2k, i) * sqrtf (2 / (3 c_in)), in OIHW order
    layer k's biases  = uniform (SEED + 2k + 1, i) * 0.1
    image             = (3 * (bits (seed, block) & 255) + (bits (seed + 1, i) & 255)) >> 2,
                        i counting c, y, x and block c, y / 8, x / 8

Everything is then computed in double precision, by autograd, from the recipes'
published formulas.
"""
import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

WIDTHS = [[64] * 2, [128] * 2, [256] * 4, [512] * 4, [512] * 2]
SEED = 1000
WIDTH, HEIGHT = 64, 48
CAFFE_MEAN = [103.939, 116.779, 123.68]                      # BGR
TORCHVISION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]   # RGB
STYLE = ['relu%d_1' % b for b in range(1, 6)]


def bits(seed, index):
    with np.errstate(over='ignore'):
        z = (np.uint64(seed) * np.uint64(0xd1342543de82ef95)
             + (index.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9e3779b97f4a7c15))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94d049bb133111eb)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(40)).astype(np.int64)


def uniform(seed, count):
    return ((bits(seed, np.arange(count)) - 8388608) / 8388608).astype(np.float32)


def image(seed, width, height):
    """3 x height x width, integers 0..255."""
    c, y, x = np.meshgrid(range(3), range(height), range(width), indexing='ij')
    block = (c * ((height + 7) // 8) + y // 8) * ((width + 7) // 8) + x // 8
    fine = (c * height + y) * width + x
    value = (3 * (bits(seed, block) & 255) + (bits(seed + 1, fine) & 255)) >> 2
    return torch.from_numpy(value).double()


class Vgg:
    """Random weights; @prepare maps a 3 x h x w image of 0..255 to the input."""

    def __init__(self, prepare):
        self.prepare, self.layers, c_in, k = prepare, [], 3, 0
        for block, widths in enumerate(WIDTHS):
            for i, c_out in enumerate(widths):
                scale = np.sqrt(np.float32(2) / (np.float32(3) * np.float32(c_in)))
                weight = uniform(SEED + 2 * k, c_out * c_in * 9) * scale
                bias = uniform(SEED + 2 * k + 1, c_out) * np.float32(0.1)
                self.layers.append(('relu%d_%d' % (block + 1, i + 1), block > 0 and i == 0,
                                    torch.from_numpy(weight).view(c_out, c_in, 3, 3).double(),
                                    torch.from_numpy(bias).double()))
                c_in, k = c_out, k + 1

    def __call__(self, x):
        """{name: channels x positions}"""
        x, features = self.prepare(x)[None], {}
        for name, pooled, weight, bias in self.layers:
            if pooled:
                x = F.max_pool2d(x, 2)
            x = F.relu(F.conv2d(x, weight, bias, padding=1))
            features[name] = x[0].flatten(1)
        return features


def caffe(x):
    return x.flip(0) - torch.tensor(CAFFE_MEAN).view(3, 1, 1)


def faint(x):
    """A network for pictures 2048 times darker than usual: see main()."""
    return caffe(x * 2048) * (64 / 255)


def torchvision(x):
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in TORCHVISION)
    return (x / 255 - mean) / std


def keras_loss(net, content, style):
    """Chollet's terms, as {name: weighted value}; Gram matrices not normalised."""
    area = content.shape[1] * content.shape[2]
    want_content = net(content)['relu5_2']
    want_style = {n: f @ f.T for n, f in net(style).items() if n in STYLE}

    def loss(x):
        f = net(x)
        dy = (x[:, :-1, :-1] - x[:, 1:, :-1]) ** 2
        dx = (x[:, :-1, :-1] - x[:, :-1, 1:]) ** 2
        return {'content': 2.5e-8 * ((f['relu5_2'] - want_content) ** 2).sum(),
                'style': sum(1e-6 / 5 * ((f[n] @ f[n].T - want_style[n]) ** 2).sum()
                             / (4 * 3 ** 2 * area ** 2) for n in STYLE),
                'tv': 1e-6 * ((dx + dy) ** 1.25).sum()}
    return loss


def gatys_loss(net, content, style):
    """The released code's terms: mean squared errors, Gram matrices over positions."""
    def gram(f):
        return f @ f.T / f.shape[1]
    want_content = net(content)['relu4_2']
    want_style = {n: gram(f) for n, f in net(style).items() if n in STYLE}

    def loss(x):
        f = net(x)
        return {'content': F.mse_loss(f['relu4_2'], want_content),
                'style': sum(1e3 / f[n].shape[0] ** 2 * F.mse_loss(gram(f[n]), want_style[n])
                             for n in STYLE),
                'tv': torch.zeros(())}
    return loss


def mean_covariance(f):
    """Of channels x positions."""
    mean = f.mean(1, keepdim=True)
    return mean[:, 0], (f - mean) @ (f - mean).T / f.shape[1]


def metric(covariance):
    e, v = torch.linalg.eigh(covariance / covariance.norm() + 0.03 * torch.eye(len(covariance)))
    return v @ torch.diag(e ** -0.5) @ v.T


def variation(x):
    """Mean squared differences; those of colour count 120 times more."""
    def squares(z):
        return ((z[:, 1:] - z[:, :-1]) ** 2).mean() + ((z[:, :, 1:] - z[:, :, :-1]) ** 2).mean()
    return squares(x) + 120 * squares(x - x.mean(0, keepdim=True))


def stripes(x):
    """Mean squares of what (-1 2 -1) / 4 across rows or columns and (1 2 1) / 4 along them make."""
    along, across = torch.tensor([[1., 2, 1], [-1, 2, -1]]) / 4
    y = F.pad(x[:, None], (1, 1, 1, 1), mode='replicate')
    return sum((F.conv2d(y, torch.outer(a, b)[None, None]) ** 2).mean()
               for a, b in ((along, across), (across, along)))


def nearest(query, cells, width):
    """For each of `query`'s columns the cosine and number of that of `cells` with the most similar
    direction, both less their means, but none of the outermost ones of `cells`, which lie in rows of `width`."""
    q, r = (f - f.mean(1, keepdim=True) for f in (query, cells))
    similarity = (q / q.norm(dim=0)).T @ (r / r.norm(dim=0))
    at = torch.arange(cells.shape[1])
    x, y, last = at % width, at // width, cells.shape[1] // width - 1
    similarity[:, (x == 0) | (y == 0) | (x == width - 1) | (y == last)] = -2
    return similarity.max(1)


def partly_own(taken, query, similarity, share):
    """`taken`, of which a part is replaced by `query` with the mean and deviation of each of its
    channels: `share` where `similarity` is as usual, and more where it is less."""
    mean, q_mean = taken.mean(1, keepdim=True), query.mean(1, keepdim=True)
    deviation, q_deviation = (f.std(1, unbiased=False, keepdim=True) for f in (taken, query))
    least = (query ** 2).mean(1, keepdim=True).sqrt() / 32
    own = mean + (query - q_mean) * deviation / torch.maximum(q_deviation, least).clamp(min=1e-12)
    part = (share * ((1 - similarity) / (1 - similarity).mean()) ** 3).clamp(max=1)
    return (taken + part * (own - taken)).clamp(min=0)


@torch.no_grad()
def matched(net, content, style, now):
    """The default recipe's terms of the picture `now`, and which cells the content's match."""
    fc, fs, fn, rows, match, statistics = net(content), net(style), net(now), [], 0, 0
    for name, cell, weight in (('relu3_1', 4, 0.5), ('relu4_1', 8, 0.2)):
        similarity, index = nearest(fc[name], fs[name], style.shape[2] // cell)
        taken = fs[name][:, index]
        target = partly_own(taken, fc[name], similarity, 0.2)
        match += weight * ((fn[name] - target) ** 2).sum() / (taken ** 2).sum()
        rows.append({'layer': name, 'index': index.tolist()})
    for name, weight in zip(STYLE, (0.4, 0.3, 0.2, 0.1)):
        (mean, cov), (want_mean, want_cov) = mean_covariance(fn[name]), mean_covariance(fs[name])
        q, d = metric(want_cov), cov - want_cov
        statistics += weight * (((mean - want_mean) ** 2).sum() / (want_mean ** 2).sum()
                                + (d * (q @ d @ q)).sum() / (want_cov * (q @ want_cov @ q)).sum())
    smooth = (0.02 * variation(now / 255)
              + 7 * stripes(now / 255) / max(stripes(style / 255) / 0.002, 1))
    rows.append({'match': match.item(), 'style': statistics.item(), 'tv': smooth.item()})
    return rows


def record(steps, terms):
    row = {k: v.item() for k, v in terms.items()}
    steps.append(dict(row, total=sum(row.values())))


def run_sgd(loss, start, count):
    x, steps = start.clone().requires_grad_(), []
    for t in range(count):
        terms = loss(x)
        record(steps, terms)
        grad, = torch.autograd.grad(sum(terms.values()), x)
        with torch.no_grad():
            x -= 100 * 0.96 ** (t / 100) * grad
    return steps


def run_adam(loss, start, count):
    x, steps = start.clone().requires_grad_(), []
    optimizer = torch.optim.Adam([x], lr=5)
    for _ in range(count):
        optimizer.zero_grad()
        terms = loss(x)
        record(steps, terms)
        sum(terms.values()).backward()
        optimizer.step()
    return steps


def run_lbfgs(loss, start, count):
    """One step per evaluation: no line search, first step min (1, 1 / |g|_1)."""
    x, steps = start.clone().requires_grad_(), []
    optimizer = torch.optim.LBFGS([x], lr=1, max_iter=count, max_eval=count, history_size=100,
                                  tolerance_grad=0, tolerance_change=0)

    def closure():
        optimizer.zero_grad()
        terms = loss(x)
        record(steps, terms)
        total = sum(terms.values())
        total.backward()
        return total
    optimizer.step(closure)
    return steps[:count]


@torch.no_grad()
def features(net, x):
    """Each layer's mean, root mean square, and 4 values at fixed places."""
    rows = []
    for k, (name, f) in enumerate(net(x).items()):
        f = f.flatten()
        places = bits(SEED + 100 + k, np.arange(4)) % len(f)
        rows.append({'layer': name, 'mean': f.mean().item(),
                     'rms': f.pow(2).mean().sqrt().item(),
                     'places': places.tolist(), 'values': f[places].tolist()})
    return rows


def bowl_loss(x):
    """A convex test for the optimisers alone; tests/unit/test-optimizer.c has it too."""
    i = torch.arange(len(x)).double()
    d = x - torch.from_numpy(uniform(SEED + 200, len(x))).double()
    return {'content': (0.5 * (1 + i / 4) * d ** 2).sum(), 'style': (0.25 * d ** 4).sum(),
            'tv': torch.zeros(())}


def rounded(value):
    if isinstance(value, float):
        return float('%.9g' % value)
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


def write(folder, name, data):
    path = os.path.join(folder, 'golden-%s.json' % name)
    with open(path, 'w') as f:
        lines = ',\n'.join('  %s' % json.dumps(row) for row in rounded(data))
        f.write('[\n%s\n]\n' % lines)
    print(path)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, '..', 'data')
    content, style = image(SEED + 50, WIDTH, HEIGHT), image(SEED + 60, WIDTH, HEIGHT)
    torch.set_default_dtype(torch.float64)
    bgr, rgb = Vgg(caffe), Vgg(torchvision)
    write(folder, 'features', features(rgb, content))
    write(folder, 'matched', matched(rgb, image(SEED + 50, 2 * WIDTH, 2 * HEIGHT),
                                     image(SEED + 60, 2 * HEIGHT, 2 * WIDTH),
                                     image(SEED + 70, 2 * WIDTH, 2 * HEIGHT)))
    write(folder, 'keras', run_sgd(keras_loss(bgr, content, style), content, 20))
    # How far a run of L-BFGS can be followed in float32 is limited: its steps are
    # chaotic, so that two runs of PyTorch itself, in float32 and in double, part.
    # The first step is of length 1 in the 1-norm: on pixels of 0..255 that is lost
    # in rounding, and they differ by 3e-3 at the third step; on faint pictures by
    # less than 1e-6 over 7 steps.
    write(folder, 'gatys', run_lbfgs(gatys_loss(Vgg(faint), content / 2048, style / 2048),
                                     content / 2048, 7))
    write(folder, 'gatys-adam', run_adam(gatys_loss(bgr, content, style), content, 8))
    write(folder, 'bowl-lbfgs', run_lbfgs(bowl_loss, torch.zeros(20), 10))
    return 0


if __name__ == '__main__':
    sys.exit(main())
