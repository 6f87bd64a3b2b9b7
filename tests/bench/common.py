# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benches' scripts share: where the pictures are, and how long a program computes."""
import os
import resource
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = TOP + '/tests/data/'
GALLERY = DATA + 'gallery/README.md'


def sample(name):
    return DATA + 'samples/%s.jpg' % name


def links(row):
    """The files that a row of the gallery's table shows: photo, painting, result."""
    parts = [part.split(')')[0] for part in row.split('](')[1:]]
    return [os.path.normpath(DATA + 'gallery/' + part) for part in parts]


def is_pair(row):
    return row.startswith('| ![')


def processor_time(*command, **more):
    """That of a program that says nothing and succeeds, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
