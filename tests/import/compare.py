#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nst-import makes of a weight file, against PyTorch on the original.

    compare.py features BUILD [--full]     each layer's activations
    compare.py recipes BUILD [--full]      the losses of nst --recipe keras and gatys

BUILD is the build folder.  With --full the network is VGG-19 as PyTorch saves
it, 143 million parameters, and the picture 400 pixels high: half an hour.
Prints a line for each check.
"""
import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import weights
from weights import uniform
from golden import caffe, gatys_loss, image, keras_loss, run_lbfgs, run_sgd, torchvision

# Debian 13's oneDNN gives wrong gradients of convolutions whose outputs are no multiple of 16.
torch.backends.mkldnn.enabled = False

SMALL = [[8] * 2, [12] * 2, [16] * 4, [16] * 4, [16] * 4]
VGG19 = [[64] * 2, [128] * 2, [256] * 4, [512] * 4, [512] * 4]
MEASURE = """
import os, subprocess, sys, time
begun = time.time()
process = subprocess.Popen(sys.argv[1:])
_, status, used = os.wait4(process.pid, 0)
print(time.time() - begun, used.ru_maxrss / 1024)
sys.exit(status != 0)
"""
failed = False


def report(what, good, figure):
    global failed
    print('%s %s (%s)' % ('ok' if good else 'not ok', what, figure), flush=True)
    failed = failed or not good


class Net:
    """A VGG of its own random weights, of He's scale."""

    def __init__(self, widths, prepare, normed=False, dtype=torch.float64):
        self.prepare, self.normed, self.dtype = prepare, normed, dtype
        self.layers, c_in = [], 3
        draw = torch.Generator().manual_seed(5)
        for b, block in enumerate(widths):
            for i, c_out in enumerate(block):
                scale = (2 / (9 * c_in)) ** 0.5
                weight = torch.randn(c_out, c_in, 3, 3, generator=draw) * scale
                bias = torch.randn(c_out, generator=draw) * 0.1
                norm = torch.rand(4, c_out, generator=draw) + 0.5 if normed else None
                self.layers.append((b + 1, i + 1, weight, bias, norm))
                c_in = c_out

    def __call__(self, x):
        x, result = self.prepare(x)[None].to(self.dtype), {}
        for block, conv, weight, bias, norm in self.layers:
            if block > 1 and conv == 1:
                x = F.max_pool2d(x, 2)
            x = F.conv2d(x, weight.to(self.dtype), bias.to(self.dtype), padding=1)
            if norm is not None:
                gamma, beta, mean, variance = norm.to(self.dtype)
                x = F.batch_norm(x, mean, variance, gamma, beta)
            x = F.relu(x)
            result['relu%d_%d' % (block, conv)] = x[0].flatten(1)
        return result

    def state(self):
        state, n = {}, 0
        for block, conv, weight, bias, norm in self.layers:
            n += block > 1 and conv == 1
            state['features.%d.weight' % n], state['features.%d.bias' % n] = weight, bias
            if norm is not None:
                names = 'weight', 'bias', 'running_mean', 'running_var'
                state.update(('features.%d.%s' % (n + 1, k), v) for k, v in zip(names, norm))
            n += 2 if norm is None else 3
        return state

    def export(self, path):
        """As ONNX, with a classifier."""
        nn, modules, c_in = torch.nn, [], 3
        for block, conv, weight, bias, norm in self.layers:
            modules += [nn.MaxPool2d(2, 2)] if block > 1 and conv == 1 else []
            modules.append(nn.Conv2d(c_in, len(bias), 3, padding=1))
            c_in = len(bias)
            modules += [nn.BatchNorm2d(c_in)] if norm is not None else []
            modules.append(nn.ReLU())
        net = nn.Module()
        net.features = nn.Sequential(*modules)
        net.load_state_dict(self.state(), strict=False)
        net = nn.Sequential(net.features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_in, 9))
        torch.onnx.export(net.eval(), torch.zeros(1, 3, 32, 32), path)

    def numbers(self):
        """In the form of weights.layers ()."""
        return [(b, c, w.numpy(), bias.numpy()) for b, c, w, bias, norm in self.layers]


def classifier():
    draw = torch.Generator().manual_seed(6)
    sizes = (0, 25088, 4096), (3, 4096, 4096), (6, 4096, 1000)
    state = {}
    for n, c_in, c_out in sizes:
        state['classifier.%d.weight' % n] = torch.randn(c_out, c_in, generator=draw) * 0.01
        state['classifier.%d.bias' % n] = torch.zeros(c_out)
    return state


def save(net, path, kind):
    if kind in ('zip', 'legacy'):
        torch.save(net.state(), path, _use_new_zipfile_serialization=kind == 'zip')
        return
    weights.layers = lambda widths=None: net.numbers()
    weights.norm = lambda k, count: list(net.layers[k][4].numpy())
    if kind == 'onnx':
        try:
            net.export(path)
        except torch.onnx.errors.OnnxExporterError:  # from 2.0 on it wants the package onnx
            with open(path, 'wb') as f:
                f.write(weights.onnx(net.normed))
    elif kind == 'caffe':
        with open(path, 'wb') as f:
            f.write(weights.caffemodel(True))
    elif kind == 'keras':
        weights.keras_old(path)
    else:
        weights.keras_3(path)


def run_import(build, path, *options):
    """Imports @path as `t` and says how long it took and how much memory."""
    if '--until' not in options:
        options += '--until', 'relu5_4'
    # A process of its own starts it: else the memory of this one would count.
    told = subprocess.run([sys.executable, '-c', MEASURE, build + '/weights/import/nst-import',
                           '--name', 't', '--replace', '--quiet', *options, path],
                          check=True, capture_output=True, text=True).stdout
    seconds, memory = told.split()[-2:]
    return float(seconds), float(memory)


def installed():
    return os.environ['XDG_DATA_HOME'] + '/neural-style-transfer/networks/t.safetensors'


def compare_features(build, net, what, folder, width, height):
    rgb = image(90, width, height)
    (rgb / 255).permute(1, 2, 0).float().numpy().tofile(folder + '/in')
    subprocess.run([build + '/tests/features', installed(), str(width), str(height),
                    folder + '/in', folder + '/out'], check=True)
    found, at, worst = torch.from_numpy(np.fromfile(folder + '/out', np.float32)), 0, 0
    with torch.no_grad():
        for name, want in net(rgb).items():
            part = found[at:at + want.numel()].to(want.dtype)
            at += want.numel()
            error = ((part - want.flatten()).norm() / want.norm()).item()
            worst = max(worst, error)
    report('%s: each of %d layers is as in PyTorch' % (what, len(net.layers)),
           at == len(found) and worst < 1e-5, 'relative %.1e' % worst)


def features(build, folder, full):
    kinds = [('zip', 'pth', torchvision, False), ('legacy', 'pth', torchvision, False),
             ('zip', 'pth', torchvision, True), ('keras', 'h5', caffe, False),
             ('keras 3', 'weights.h5', caffe, False), ('caffe', 'caffemodel', caffe, False),
             ('onnx', 'onnx', torchvision, False), ('onnx', 'onnx', torchvision, True)]
    for kind, suffix, prepare, normed in kinds:
        net = Net(SMALL, prepare, normed)
        path = '%s/net.%s' % (folder, suffix)
        save(net, path, kind)
        run_import(build, path)
        compare_features(build, net, kind + (', batch normalisation' if normed else ''), folder,
                         51, 37)
    if not full:
        return
    for kind in 'zip', 'legacy':
        net = Net(VGG19, torchvision)
        state = {**net.state(), **classifier()}
        path = folder + '/full.pth'
        torch.save(state, path, _use_new_zipfile_serialization=kind == 'zip')
        parameters = sum(v.numel() for v in state.values()) / 1e6
        del state
        seconds, memory = run_import(build, path)
        report('%s, %.1f million parameters: memory is small' % (kind, parameters), memory < 128,
               '%.1f s, %.0f MB for a file of %.0f MB'
               % (seconds, memory, os.path.getsize(path) / 1e6))
        compare_features(build, net, kind + ', VGG-19', folder, 128, 96)


def losses(build, folder, names, *options):
    subprocess.run([build + '/plugin/cli/nst', '--network', 't', '--style', folder + names[1],
                    '--report', folder + '/report', *options, folder + names[0],
                    folder + '/result.png'], check=True, stderr=subprocess.DEVNULL)
    with open(folder + '/report') as f:
        return [row for row in map(json.loads, f) if row['event'] == 'iteration']


def distance(found, want):
    return max([abs(a[k] - b[k]) / abs(b['total']) for a, b in zip(found, want)
                for k in ('content', 'style', 'tv', 'total')] + [0])


def compare_losses(what, found, want, limit=1e-3):
    worst = distance(found, want)
    report('%s: %d steps are as in PyTorch' % (what, len(want)),
           len(found) == len(want) and worst < limit,
           'relative %.1e, loss from %.4g to %.4g' % (worst, want[0]['total'], want[-1]['total']))


def write_png(path, values):
    """@values: 3 x h x w, 0..65535"""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = values.permute(1, 2, 0).numpy().astype('>u2')
    with open(path, 'wb') as f:
        f.write(b'\x89PNG\r\n\x1a\n'
                + chunk(b'IHDR', struct.pack('>IIBBBBB', rows.shape[1], rows.shape[0], 16, 2, 0, 0, 0))
                + chunk(b'IDAT', zlib.compress(b''.join(b'\0' + row.tobytes() for row in rows)))
                + chunk(b'IEND', b''))


def run_twice(run, net, pictures):
    """In double and in float32: how far apart they come is what rounding does to L-BFGS, which
    divides differences by differences."""
    want = run(gatys_loss(net, *pictures), pictures[0], 20)
    torch.set_default_dtype(torch.float32)
    net.dtype = torch.float32
    floats = [picture.float() for picture in pictures]
    single = run(gatys_loss(net, *floats), floats[0], 20)
    torch.set_default_dtype(torch.float64)
    net.dtype = torch.float64
    return want, single


def import_dark(build, folder, net, darker):
    """Imports a network for pictures that are so many times darker than usual."""
    net.prepare = lambda x: caffe(x * darker) * (64 / 255)
    rest = darker / 2048  # so large a scale is none of a network's
    mean = ' '.join('%.17g' % (v / 255 / darker) for v in (103.939, 116.779, 123.68))
    with open(folder + '/net.safetensors', 'wb') as f:
        f.write(weights.safetensors(
            {'conv%d_%d.%s' % (b, c, k): v for b, c, w, bias in net.numbers()
             for k, v in (('weight', w * rest if (b, c) == (1, 1) else w), ('bias', bias))},
            {'input_order': 'BGR', 'mean': mean, 'scale': ' '.join([str(64 * 2048)] * 3)}))
    run_import(build, folder + '/net.safetensors', '--until', 'relu5_2')


def compare_faint(build, folder, net, pictures, width):
    """L-BFGS's first step is of length 1 in the 1-norm, which float32 loses on pixels of
    0..255 (two runs of PyTorch, in float32 and in double, part there): hence pictures that are
    2048 times darker, and a network that expects them, as in tests/torch/golden.py."""
    names, dark = ('/content.png', '/style.png'), []
    for name, picture in zip(names, pictures):
        values = (picture / 2048 / 255 * 65535).round()
        write_png(folder + name, values)
        dark.append(values / 65535 * 255)
    import_dark(build, folder, net, 2048)
    want, single = run_twice(run_lbfgs, net, dark)
    # PyTorch's has no line search: where it goes uphill, nst takes a shorter step.  And from where
    # its own two runs part, no third can be followed.
    steps = next((i for i in range(1, 20) if want[i]['total'] > want[i - 1]['total']
                  or distance([single[i]], [want[i]]) > 1e-5), 20)
    compare_losses('--recipe gatys, dark pictures, as long as PyTorch goes downhill and agrees '
                   'with itself',
                   losses(build, folder, names, '--recipe', 'gatys', '--size', width,
                          '--iterations', str(steps)), want[:steps])
    if steps < 5:
        report('PyTorch does so for 5 steps', False, '%d' % steps)


def adam_steps(gradients, xs):
    """What PyTorch's Adam would do next at each of @xs, having come that way."""
    m = v = torch.zeros_like(xs[0])
    for t, g in enumerate(gradients, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        yield -5 * (m / (1 - 0.9 ** t)) / ((v / (1 - 0.999 ** t)).sqrt() + 1e-8)


def lbfgs_steps(gradients, xs):
    """Likewise PyTorch's L-BFGS."""
    pairs, last = [], None
    for x, g in zip(xs, gradients):
        if last is None:
            yield -g * min(1, 1 / g.abs().sum())
        else:
            s, y = x - last[0], g - last[1]
            if (y * s).sum() > 1e-10:
                pairs.append((s, y, (y * s).sum()))
            q, alphas = -g, []
            for s, y, ys in reversed(pairs):
                alphas.append((s * q).sum() / ys)
                q = q - alphas[-1] * y
            if pairs:
                q = q * (pairs[-1][2] / (pairs[-1][1] * pairs[-1][1]).sum())
            for (s, y, ys), alpha in zip(pairs, reversed(alphas)):
                q = q + (alpha - (y * q).sum() / ys) * s
            yield q
        last = x, g


def follow(build, folder, net, pictures, optimizer, next_steps, dark):
    """Rounding parts two runs soon, whoever computes them: those of L-BFGS (see run_twice()), and
    those of Adam, whose first steps are as long for the smallest gradients as for the largest.
    Here PyTorch, in double, goes where nst went: at each of its pictures it says what the losses
    are and, from all the pictures before, what the next step is."""
    (_, height, width), steps = pictures[0].shape, 20
    for name, picture in zip(('/c.raw', '/s.raw'), pictures):
        (picture / 255 / dark).permute(1, 2, 0).float().numpy().tofile(folder + name)
    told = subprocess.run([build + '/tests/steps', installed(), str(width), str(height),
                           folder + '/c.raw', folder + '/s.raw', optimizer, str(steps),
                           folder + '/out.raw'], check=True, capture_output=True, text=True).stdout
    went = np.fromfile(folder + '/out.raw', np.float32).reshape(steps, 3, height, width)
    start = (pictures[0] / dark).float().double()
    xs = [start] + [torch.from_numpy(x).double() * 255 for x in went]
    loss, gradients, losses_apart, steps_apart = gatys_loss(net, start, pictures[1] / dark), [], 0, 0
    for x, row in zip(xs, told.splitlines()):
        content, style, total = map(float, row.split())
        x = x.clone().requires_grad_()
        terms = loss(x)
        gradients.append(torch.autograd.grad(sum(terms.values()), x)[0])
        want = sum(terms.values()).item()
        losses_apart = max([losses_apart] + [abs(a - b) / want for a, b in (
            (content, terms['content'].item()), (style, terms['style'].item()), (total, want))])
    shorter = 0
    for step, before, after in zip(next_steps(gradients, xs), xs, xs[1:]):
        length = ((after - before) * step).sum() / (step * step).sum()
        uphill = optimizer == 'l-bfgs' and length < 0.99 and (
            sum(loss(before + step).values()) >= sum(loss(before).values()))
        if uphill:  # nst takes less of it
            step, shorter = step * length, shorter + 1
        steps_apart = max(steps_apart, ((after - before - step).norm() / step.norm()).item())
    report('--recipe gatys with %s at %dx%d: at each of %d pictures losses and the next step are '
           'as in PyTorch' % (optimizer, width, height, steps),
           losses_apart < 1e-3 and steps_apart < 1e-3 and len(gradients) == steps,
           'relative %.1e and %.1e, %d steps shortened' % (losses_apart, steps_apart, shorter))


def prepare_recipes(build, folder, widths, size, dtype):
    """The network, imported as `t`, and two pictures, also as /c.png and /s.png."""
    torch.set_default_dtype(torch.float32)
    net = Net(widths, caffe, dtype=dtype)
    torch.save(net.state(), folder + '/net.pth')
    run_import(build, folder + '/net.pth', '--preprocess', 'caffe')
    net.layers = net.layers[:14]
    torch.set_default_dtype(dtype)
    pictures = [image(seed, *size).to(dtype) for seed in (50, 60)]
    for name, picture in zip(('/c.png', '/s.png'), pictures):
        Image.fromarray(picture.permute(1, 2, 0).numpy().astype(np.uint8)).save(folder + name)
    return net, pictures


def recipes(build, folder, full):
    # Keras' at the size it has in the book, in PyTorch's float32; gatys in double, since Adam and
    # L-BFGS enlarge what rounding does.
    names, widths = ('/c.png', '/s.png'), VGG19 if full else SMALL
    size, dtype = ((533, 400), torch.float32) if full else ((64, 48), torch.float64)
    net, pictures = prepare_recipes(build, folder, widths, size, dtype)
    compare_losses('--recipe keras at height %d, content at block5_conv2' % size[1],
                   losses(build, folder, names, '--recipe', 'keras', '--size', str(size[1]),
                          '--content-layer', 'block5_conv2', '--iterations', '20'),
                   run_sgd(keras_loss(net, *pictures), pictures[0], 20))
    net, pictures = prepare_recipes(build, folder, widths, size, torch.float64)
    follow(build, folder, net, pictures, 'adam', adam_steps, 1)
    compare_faint(build, folder, net, pictures, str(size[0]))
    # as much darker as there are more pixels that share the first step
    darker = 2048 * (64 if full else 1)
    import_dark(build, folder, net, darker)
    follow(build, folder, net, pictures, 'l-bfgs', lbfgs_steps, darker)


def main():
    what, build = sys.argv[1], os.path.realpath(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XDG_DATA_HOME=folder + '/data', XDG_CACHE_HOME=folder + '/cache',
                          LC_ALL='C.UTF-8')
        {'features': features, 'recipes': recipes}[what](build, folder, '--full' in sys.argv)
    return failed


if __name__ == '__main__':
    sys.exit(main())
