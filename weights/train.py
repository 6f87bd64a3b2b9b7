#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distils a small VGG-shaped network from a larger (or equal) VGG-shaped teacher.

The student sees what the teacher sees and learns to give the same ReLU
outputs, layer by layer; its weights start at random.  The first part of the
run feeds each student layer the teacher's own activations (block-wise
distillation, which converges quickly), the rest runs the student end to end
and adds a Gram term, because Gram matrices are what style transfer compares.

    train.py --teacher FILE --images DIR [DIR ...] --out default.safetensors
    train.py --smoke            a one-minute check on made-up data

Teachers: any state dict (.pth) or safetensors file of 3x3 convolutions named
as torchvision does (features.N.weight) or conv1_1/conv11 ... conv5_4, with an
optional 1x1 input convolution `conv0`.  Needs PyTorch, numpy and Pillow; uses
a CUDA GPU when there is one.  The same seed gives the same run on the same
machine; --out FILE.ckpt is written as it goes and continued from with --resume.
"""
import argparse
import math
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from vgg import export, init_weights, load_teacher, random_teacher, student_of

WIDTHS = [[16, 16], [32, 32], [64] * 4, [128] * 4, [128]]
GRAM_LAYERS = ['conv1_1', 'conv2_1', 'conv3_1', 'conv4_1', 'conv5_1']
MOST_SKIPPED = 5     # steps in a row


class Data:
    """Photos and paintings in memory; random crops of random zoom and flip."""

    def __init__(self, paths, longest, rng):
        self.rng, self.images = rng, []
        for p in paths:
            im = Image.open(p).convert('RGB')
            im.thumbnail((longest, longest), Image.LANCZOS)
            self.images.append(im)

    def batch(self, n, size):
        out = np.empty((n, 3, size, size), np.float32)
        for k in range(n):
            im = self.images[self.rng.integers(len(self.images))]
            zoom = self.rng.uniform(0.6, 1.5)
            side = min(size / zoom, *im.size)
            x = self.rng.uniform(0, im.width - side)
            y = self.rng.uniform(0, im.height - side)
            crop = im.resize((size, size), Image.BICUBIC, (x, y, x + side, y + side))
            a = np.asarray(crop, np.float32).transpose(2, 0, 1) / 255
            out[k] = a[:, :, ::-1] if self.rng.random() < 0.5 else a
        return torch.from_numpy(out)


def list_images(folders):
    found = [os.path.join(d, f) for folder in folders for d, _, fs in os.walk(folder)
             for f in fs if f.lower().endswith(('.jpg', '.jpeg', '.png'))]
    if not found:
        raise SystemExit('train.py: no images under ' + ', '.join(folders))
    return sorted(found)


def gram(f):
    f = f.float().flatten(2)
    return f @ f.transpose(1, 2) / f.shape[2]


def relative(a, b):
    """Squared distance of a to b relative to b's squared norm."""
    a, b = a.float(), b.float()
    return ((a - b) ** 2).sum() / (b ** 2).sum().clamp_min(1e-12)


@torch.no_grad()
def held_out(student, teacher, paths, longest, device):
    """Mean relative squared Gram error at the five style layers."""
    rows = []
    for p in paths:
        im = Image.open(p).convert('RGB')
        im.thumbnail((longest, longest), Image.LANCZOS)
        x = torch.from_numpy(np.asarray(im, np.float32).transpose(2, 0, 1)[None] / 255)
        x = x.to(device)
        pair = zip(student.convs, student.features(x), teacher.features(x))
        rows.append([relative(gram(s), gram(t)).item()
                     for (n, _, _), s, t in pair if n in GRAM_LAYERS])
    return np.mean(rows, 0)


@torch.no_grad()
def layer_scales(teacher, data, names, device):
    """Root mean square of each teacher layer: the student trains at unit size."""
    feats = teacher.features(data.batch(16, 160).to(device))
    by_name = {n: f for (n, _, _), f in zip(teacher.convs, feats)}
    return [by_name[n].pow(2).mean().sqrt().item() for n in names]


def step_loss(student, teacher_feats, heads, scales, forced):
    """Sum over layers of relative errors, and the Gram term when end to end."""
    loss, x = 0, None
    for i, ((name, _, _), head) in enumerate(zip(student.convs, heads)):
        x = student.layer(i, student.prepare(teacher_feats['input']) if i == 0 else x)
        want = teacher_feats[name] / scales[i]
        have = x if head is None else F.conv2d(x, head)
        loss = loss + relative(have, want)
        if not forced and head is None and name in GRAM_LAYERS:
            g, t = gram(have), gram(want)
            loss = loss + relative(g, t)
        if forced and head is None:
            x = want
    return loss


class Run:
    """A student in training: its weights, their running average, the optimiser."""

    def __init__(self, args, teacher, train_paths, test_paths):
        self.args, self.test_paths = args, test_paths
        self.device = 'cuda' if torch.cuda.is_available() else 'cpu'
        torch.manual_seed(args.seed)
        self.rng = np.random.default_rng(args.seed)
        self.data, self.teacher = Data(train_paths, args.longest, self.rng), teacher.to(self.device)
        self.switch = round(args.forced * args.steps)    # where end to end begins
        self.step, self.losses, self.skipped = 0, [], 0
        convs = init_weights(args.widths, torch.Generator().manual_seed(args.seed))
        self.names = [n for n, _, _ in convs]
        widths = {n: w.shape[0] for n, w, _ in teacher.convs}
        missing = [n for n in self.names if n not in widths]
        if missing:
            raise SystemExit('train.py: the teacher has no layer ' + missing[0])
        self.scales = layer_scales(self.teacher, self.data, self.names, self.device)
        self.student = student_of(convs).to(self.device)
        self.heads = [None if w.shape[0] == widths[n] else
                      (torch.randn(widths[n], w.shape[0], 1, 1) / w.shape[0] ** 0.5)
                      .to(self.device) for n, w, _ in convs]
        self.params = [p for _, w, b in self.student.convs for p in (w, b)]
        self.params += [h for h in self.heads if h is not None]
        for p in self.params:
            p.requires_grad_()
        self.average = [p.detach().clone() for p in self.params]
        # conv1_1 sees strongly correlated inputs (neighbouring pixels) and learns slowly
        self.opt = torch.optim.Adam([{'params': self.params[:2], 'boost': 10.0},
                                     {'params': self.params[2:], 'boost': 1.0}], betas=(0.9, 0.99))

    def save(self, path):
        torch.save({'step': self.step, 'params': self.params, 'ema': self.average,
                    'scales': self.scales, 'opt': self.opt.state_dict(),
                    'rng': self.rng.bit_generator.state}, path + '.part')
        os.replace(path + '.part', path)

    @torch.no_grad()
    def restore(self, path):
        saved = torch.load(path, map_location=self.device)
        self.opt.load_state_dict(saved['opt'])
        for mine, theirs in zip(self.params + self.average, saved['params'] + saved['ema']):
            mine.copy_(theirs)
        self.step, self.scales = saved['step'], saved['scales']
        self.rng.bit_generator.state = saved['rng']

    def averaged(self):
        it = iter(self.average)
        return [(n, next(it), next(it)) for n in self.names]

    def set_rate(self):
        """Cosine decay, with a warm-up at the start of each phase."""
        forced = self.step < self.switch
        since = self.step if forced else self.step - self.switch
        if since == 0:       # the moments of one phase are far too small for the other
            self.opt.state.clear()
        rate = (self.args.rate if forced else self.args.rate / 2) * min(1, (since + 1) / 100)
        rate *= 0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * self.step / self.args.steps))
        for g in self.opt.param_groups:
            g['lr'] = g['boost'] * rate

    def batch(self):
        size, n = self.args.crop, self.args.batch
        if self.step > 0.7 * self.args.steps:            # larger crops, about as many pixels
            size, n = size * 3 // 2, max(1, n * 4 // 9)
        return self.data.batch(n, size // 16 * 16).to(self.device)

    def skip(self):
        """Another batch is taken for this step: what is not finite would end the whole run."""
        print('train.py: loss or gradient is not finite at step %d, which is done again' % self.step,
              flush=True)
        self.skipped += 1
        if self.skipped == MOST_SKIPPED:
            raise SystemExit('train.py: nor is it with %d batches; --resume goes on from the last '
                             'checkpoint, with a lower --rate perhaps' % MOST_SKIPPED)

    def train_step(self):
        x = self.batch()
        low = self.step < self.args.bfloat16 * self.args.steps
        with torch.autocast(self.device, torch.bfloat16, low):
            with torch.no_grad():
                feats = {n: f for (n, _, _), f in
                         zip(self.teacher.convs, self.teacher.features(x))}
                feats['input'] = x
            loss = step_loss(self.student, feats, self.heads, self.scales,
                             self.step < self.switch)
        self.set_rate()
        self.opt.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.params, 1.0)
        if not math.isfinite(loss.item() + norm.item()):
            self.skip()
            return
        self.opt.step()
        self.losses.append(loss.item())
        self.skipped = 0
        with torch.no_grad():
            for average, p in zip(self.average, self.params):
                average.lerp_(p, 1 - min(0.998, self.step / (self.step + 10)))
        self.step += 1

    def measure(self):
        export(self.args.out, self.averaged(), self.scales, self.args)
        if self.test_paths and all(h is None for h in self.heads):
            errors = held_out(student_of(self.averaged(), self.scales).to(self.device),
                              self.teacher, self.test_paths, self.args.longest, self.device)
            print('  held-out relative Gram error %s' % ' '.join('%.4f' % e for e in errors),
                  flush=True)


def train(args, teacher, train_paths, test_paths):
    """Trains to the end, or from args.out + '.ckpt' on; returns each step's loss."""
    run, ckpt = Run(args, teacher, train_paths, test_paths), args.out + '.ckpt'
    if args.resume and os.path.exists(ckpt):
        run.restore(ckpt)
    start, began = run.step, time.time()
    while run.step < args.steps:
        run.train_step()
        last = run.step == args.steps
        if run.step % args.every == 0 or last:
            print('step %d/%d  %s  loss %.4f  %.2f s/step' % (
                run.step, args.steps, 'forced' if run.step <= run.switch else 'end to end',
                np.mean(run.losses[-args.every:]), (time.time() - began) / (run.step - start)),
                flush=True)
            run.save(ckpt)
        if run.step % (args.every * 5) == 0 or last:
            run.measure()
    return run.losses


def smoke(args):
    """One minute on made-up images and a random teacher: the loss must fall."""
    rng, folder = np.random.default_rng(1), os.path.dirname(os.path.abspath(args.out))
    paths = []
    for i in range(6):
        a = rng.integers(0, 256, (12, 12, 3), np.uint8)
        paths.append(os.path.join(folder, 'smoke%d.png' % i))
        Image.fromarray(a).resize((96, 96), Image.BICUBIC).save(paths[-1])
    torch.manual_seed(1)
    # multiples of 16, as WIDTHS are: with fewer channels oneDNN 3.7's gradients are wrong with AVX-512
    args.widths, args.crop, args.batch, args.longest = [[16, 16], [16]], 32, 2, 96
    args.steps, args.every, args.forced, args.bfloat16 = 400, 100, 0, 0
    losses = train(args, random_teacher(args.widths), paths[:5], paths[5:])
    for p in paths:
        os.remove(p)
    os.remove(args.out + '.ckpt')
    first, last = np.mean(losses[:10]), np.mean(losses[-40:])
    print('smoke: loss %.3f -> %.3f' % (first, last))
    return 0 if last < 0.5 * first else 1


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--teacher', help='weights of a VGG-shaped network')
    p.add_argument('--teacher-padding', default='reflect', choices=['reflect', 'zero'])
    p.add_argument('--images', nargs='+', help='folders of photos and paintings')
    p.add_argument('--held-out', nargs='*', default=[],
                   help='file name stems kept for measuring; besides these, every 40th image is')
    p.add_argument('--out', default='default.safetensors')
    p.add_argument('--name', default='student')
    p.add_argument('--licence', default='')
    p.add_argument('--steps', type=int, default=12000)
    p.add_argument('--forced', type=float, default=0.3, help='share of block-wise steps')
    p.add_argument('--bfloat16', type=float, default=0.8,
                   help='share of the steps, from the first, with bfloat16 convolutions')
    p.add_argument('--batch', type=int, default=8)
    p.add_argument('--crop', type=int, default=160)
    p.add_argument('--longest', type=int, default=400, help='images are reduced to this')
    p.add_argument('--rate', type=float, default=2e-3)
    p.add_argument('--every', type=int, default=100, help='steps between lines and checkpoints')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--threads', type=int, default=0)
    p.add_argument('--resume', action='store_true')
    p.add_argument('--smoke', action='store_true')
    args = p.parse_args()
    args.widths = WIDTHS
    if args.threads:
        torch.set_num_threads(args.threads)
    if args.smoke:
        return smoke(args)
    if not args.teacher or not args.images:
        p.error('--teacher and --images are needed')
    paths = list_images(args.images)
    stem = lambda q: os.path.splitext(os.path.basename(q))[0]
    test = [q for i, q in enumerate(paths) if stem(q) in args.held_out or i % 40 == 39]
    train(args, load_teacher(args.teacher, args.teacher_padding),
          [q for q in paths if q not in set(test)], test)
    return 0


if __name__ == '__main__':
    sys.exit(main())
