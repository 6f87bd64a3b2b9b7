# SPDX-License-Identifier: GPL-3.0-or-later
"""The netpbm formats, as nst reads them."""
import pathlib

import numpy
from PIL import Image

from formats_common import DAMAGED, cut, pixels, reads, refuses


def netpbm():
    data = numpy.asarray(Image.open('photo.png'), dtype=float) / 255
    for maxval in (1, 3, 15, 100, 254, 255, 256, 1023, 4095, 32767, 65535):
        values = numpy.round(data * maxval)
        kind = 'u1' if maxval < 256 else '>u2'
        for suffix, head in (('', f'P6\n72 48\n{maxval}\n'), ('-line', f'P6 72 48 {maxval} '),
                             ('-note', f'P6\n# a note\n72 48 # more\n{maxval}\n')):
            name = f'max{maxval}{suffix}.ppm'
            pathlib.Path(name).write_bytes(head.encode() + values.astype(kind).tobytes())
            reads('PPM', name, values / maxval, 0.51)
        name = f'max{maxval}-ascii.ppm'
        text = ' '.join(str(int(v)) for v in values.reshape(-1))
        pathlib.Path(name).write_text(f'P3\n72 48\n{maxval}\n{text}\n')
        reads('PPM', name, values / maxval, 0.51)
    pathlib.Path('note-after.ppm').write_bytes(
        b'P6\n72 48\n# after the size\n255\n' + numpy.round(data * 255).astype('u1').tobytes())
    reads('PPM', 'note-after.ppm', 'photo.png')
    for name, make in (('P5.pgm', 'pngtopnm grey.png'), ('P2.pgm', 'pngtopnm grey.png | pnmtoplainpnm'),
                       ('P5deep.pgm', 'pngtopnm grey.png | pamdepth 65535')):
        reads('PGM', name, 'grey.png', make=f'{make} > {name}')
    for name, make in (('P4.pbm', 'pngtopnm bits.png | pgmtopbm -threshold -value 0.5'),
                       ('P1.pbm', 'pngtopnm bits.png | pgmtopbm -threshold -value 0.5 | pnmtoplainpnm')):
        reads('PBM', name, 'bits.png', make=f'{make} > {name}')
    for endian in ('little', 'big'):
        reads('PFM', f'{endian}.pfm', 'photo.png', 1, quiet=False,
              make=f'pamtopfm -endian={endian} linear.ppm > {endian}.pfm')
    pam(data)
    cut('PPM cut off', 'max255.ppm', (0.3, 0.9))
    cut('PPM cut off', 'max255-ascii.ppm', (0.5,))


def pam(data):
    """One to four values a pixel, of which the last may be alpha."""
    grey = pixels('grey.png')[..., :1]

    def put(name, values, maxval, kind, head='P7\nWIDTH 72\nHEIGHT 48\nDEPTH {}\nMAXVAL {}\n{}ENDHDR\n'):
        head = head.format(values.shape[2], maxval, f'TUPLTYPE {kind}\n' if kind else '')
        pathlib.Path(name).write_bytes(head.encode() + values.astype('u1' if maxval < 256 else '>u2').tobytes())
        return name
    for maxval in (1, 5, 255, 256, 65535):
        for kind, colours in (('BLACKANDWHITE', grey), ('GRAYSCALE', grey), ('RGB', data)):
            if kind[0] == 'B' and maxval > 1:
                continue
            values = numpy.round(colours * maxval)
            veil = numpy.full(grey.shape, round(0.6 * maxval))
            shown = (values / maxval).repeat(3 // values.shape[2], 2)
            for said in (kind, '') if maxval == 255 else (kind,):
                reads('PAM', put(f'max{maxval}-{kind}{said}.pam', values, maxval, said), shown)
                reads('PAM', put(f'max{maxval}-{kind}{said}-alpha.pam', numpy.concatenate([values, veil], 2), maxval, said and f'{said}_ALPHA'),
                      shown, alpha=255 * round(0.6 * maxval) / maxval)
    byte = numpy.round(data * 255)
    reads('PAM', put('lines.pam', byte, 255, 'RGB', 'P7\n# of a note\n\nMAXVAL  {1}\r\nDEPTH {0}\n WIDTH 72\n#\nHEIGHT 48\n{2}ENDHDR\n'), 'photo.png')
    reads('PAM', put('more-values.pam', numpy.concatenate([byte, 0 * grey], 2), 255, 'RGB'), 'photo.png')
    for source, options, alpha in (('veil', '-alphapam', 153), ('photo', '', None), ('bits', '', None), ('grey', '', None)):
        reads('PAM', f'netpbm-{source}.pam', 'photo.png' if source == 'veil' else f'{source}.png', alpha=alpha,
              make=f'pngtopam {options} {source}.png | pamtopam > netpbm-{source}.pam')
        reads('PAM', f'magick-{source}.pam', 'photo.png' if source == 'veil' else f'{source}.png', alpha=alpha,
              make=f'convert {source}.png -depth 16 magick-{source}.pam')
    refuses('PAM', 'inks.pam', '(PAM: CMYK, DEPTH 4)', 'convert photo.png -colorspace CMYK inks.pam')
    for name, depth, kind, words in (('five', 5, 'RGB', 'RGB, DEPTH 5'), ('unsaid', 5, '', 'DEPTH 5'),
                                     ('twice', 3, 'RGB\nTUPLTYPE X', 'DEPTH 3'), ('rude', 3, 'a\x1b[31m', 'DEPTH 3')):
        refuses('PAM', put(f'{name}.pam', numpy.zeros((48, 72, depth)), 255, kind), f'(PAM: {words})')
    for name, head in (('few', 'P7\nWIDTH 72\nHEIGHT 48\nDEPTH 2\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n'),
                       ('no-depth', 'P7\nWIDTH 72\nHEIGHT 48\nMAXVAL 255\nENDHDR\n'),
                       ('two-depths', 'P7\nWIDTH 72\nHEIGHT 48\nDEPTH 3\nDEPTH 3\nMAXVAL 255\nENDHDR\n'),
                       ('deep', 'P7\nWIDTH 72\nHEIGHT 48\nDEPTH 3\nMAXVAL 65536\nENDHDR\n'),
                       ('minus', 'P7\nWIDTH -72\nHEIGHT 48\nDEPTH 3\nMAXVAL 255\nENDHDR\n'),
                       ('none', 'P7\nWIDTH 0\nHEIGHT 48\nDEPTH 3\nMAXVAL 255\nENDHDR\n'),
                       ('odd', 'P7\nWIDTH 72\nHEIGHT 48\nDEPTH 3\nMAXVAL 255\nMAGIC 3\nENDHDR\n'),
                       ('long', 'P7\nWIDTH 72\nHEIGHT 48\nDEPTH 3\nMAXVAL 255\n' + 'X' * 999 + '\nENDHDR\n'),
                       ('no-end', 'P7\nWIDTH 72\nHEIGHT 48\nDEPTH 3\nMAXVAL 255\n')):
        refuses('PAM', put(f'head-{name}.pam', byte, 255, '', head), DAMAGED)
    refuses('PAM', put('wide.pam', byte, 255, '', 'P7\nWIDTH 99999999999\nHEIGHT 3\nDEPTH 3\nMAXVAL 255\nENDHDR\n'), 'pixels; each side must')
    cut('PAM cut off', 'max255-RGB-alpha.pam', (0.01, 0.3, 0.9))
