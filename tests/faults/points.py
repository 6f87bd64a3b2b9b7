#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call fails: nst, nst-import and the filter without GIMP at every such point.

    tests/faults/points.py BUILD-FOLDER [--every N] [--seconds S] [--only PATTERN] [--jobs N]

The fault is made by tests/faults/faults.c, once or from then on, in each call of each kind that a
run makes.  The run must end in time, either well, with the bytes that it always makes, or in one
sentence, perhaps after a notice; in that case every file is as it was.  --every takes the Nth part of the points, which are
spread evenly; --seconds ends early.  fault-job does the same with the filter.  One line for each program and format, with the number of points
and of the places in programs and libraries that failed.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
KINDS = ["write", "rename", "sync", "thread", "short", "alloc", "close", "read", "open"]  # the few first
LIMIT = 300  # seconds for a run; it takes a fraction of one
FEW, LAST = 30, 3  # calls of a kind, of which none is left out
LARGE = 100000  # bytes, far less than any picture of the size that is tried has
# 8.16 does where its saver gets no thread (vips_sink_disc): nothing of ours can keep it from that
VIPS_CRASHES = subprocess.run(["pkg-config", "--modversion", "vips"], capture_output=True, text=True,
                              check=False).stdout.startswith("8.16.")
OLD = b"what was there before\n"


class Scenario:
    """A command in a folder that `prepare` fills, and the files that it is to make; those of a batch
    each for itself, and none that is there already."""

    def __init__(self, name, command, prepare, outputs, words, settings=None, is_batch=False):
        self.name, self.command, self.prepare = name, command, prepare
        self.outputs, self.words = outputs, words
        self.settings = settings  # a file that is written behind the painting
        self.is_batch = is_batch

    def __str__(self):
        return self.name


def magick(*arguments):
    subprocess.run(["convert", *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)


def pictures(folder):
    """content.* and style.* of every format that nst reads, 32 x 24."""
    samples = TOP / "tests/data/samples"
    magick(samples / "GreatWave.jpg", "-resize", "32x24!", folder / "style.png")
    magick(samples / "china.jpg", "-strip", "-resize", "32x24!", folder / "content.png")
    for kind in "jpg", "tif", "webp", "ppm":
        magick(folder / "content.png", folder / f"content.{kind}")
    subprocess.run(["exiftool", "-q", "-overwrite_original", "-Artist=Somebody",
                    *(folder / f"content.{kind}" for kind in ("jpg", "tif", "webp"))], check=True)
    shutil.copy(TOP / "tests/data/cases/icc_p3.png", folder / "profile.png")


def large(build):
    """A run at 512 pixels."""
    photo = TOP / "tests/data/samples/china.jpg"
    return Scenario("nst at 512 pixels", [build / "plugin/cli/nst", "--size", "512", "--iterations", "1",
                                           "--start", photo, "--style", photo, photo, "out.png"],
                    lambda folder: None, ["out.png"], "nst")


def scenarios(build, pictures_folder):
    nst, importer = build / "plugin/cli/nst", build / "weights/import/nst-import"

    def copies(*names):
        def prepare(folder):
            for name in names:
                shutil.copy(pictures_folder / name, folder / name)
        return prepare

    def picture(content, output, *options):
        command = [nst, "--size", "32", "--iterations", "2", "--threads", "2", *options,
                   "--style", "style.png", content, output]
        return Scenario(f"nst {' '.join(options[:2])} {content} to {output}".replace("  ", " "), command,
                        copies(content, "style.png"), [output], "nst")

    def weights(name):
        def prepare(folder):
            shutil.copy(TOP / "tests/import/data" / name, folder / name)
        output = "data/neural-style-transfer/networks/made.safetensors"
        return Scenario(f"nst-import {name}", [importer, "--quiet", "--replace", "--name", "made", name],
                        prepare, [output], "nst-import")

    yield picture("content.png", "out.png")
    yield picture("content.jpg", "out.jpg")
    yield picture("content.tif", "out.tif")
    yield picture("content.webp", "out.webp")
    yield picture("content.ppm", "out.exr")
    yield Scenario("nst out.exr to out.ppm",
                   [nst, "--size", "32", "--iterations", "2", "--threads", "2", "--style", "style.png",
                    "content.exr", "out.ppm"],
                   copies("content.exr", "style.png"), ["out.ppm"], "nst")
    yield picture("profile.png", "out.png")
    levels = picture("content.png", "out.png", "--preset", "draft", "--size", "256")
    levels.name = "nst content.png in levels"
    yield levels
    settings = picture("content.png", "out.png", "--save-settings", "kept.ini")
    settings.outputs, settings.settings = ["out.png", "kept.ini"], "kept.ini"
    yield settings
    yield Scenario("nst --output-dir", [nst, "--size", "32", "--iterations", "2", "--threads", "2", "--style",
                                        "style.png", "--output-dir", "made", "content.png", "content.jpg"],
                   copies("content.png", "content.jpg", "style.png"),
                   ["made/content.png", "made/content.jpg"], "nst", is_batch=True)
    for name in ("good-zip.pth", "good-legacy.pth", "good-keras.h5", "good-deep.weights.h5",
                 "good-torchvision.safetensors", "good-old.caffemodel", "good-new.caffemodel",
                 "good-exported.onnx", "good-norm.onnx"):
        yield weights(name)


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink()}


class Run:
    """One run of a scenario in a folder of its own."""

    def __init__(self, scenario, environment, fault=None, there_before=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nst-fault-"))
        self.work = self.folder / "work"
        try:
            self.run(scenario, environment, fault, there_before)
        finally:
            shutil.rmtree(self.folder)

    def run(self, scenario, environment, fault, there_before):
        self.work.mkdir()
        scenario.prepare(self.work)
        for output in scenario.outputs:
            (self.work / output).parent.mkdir(parents=True, exist_ok=True)
            if there_before and not scenario.is_batch:
                (self.work / output).write_bytes(OLD)
        self.before = files_in(self.work)
        variables = {**environment, "HOME": str(self.folder / "home"), "TMPDIR": str(self.folder / "tmp"),
                     "XDG_DATA_HOME": str(self.work / "data"), "XDG_CACHE_HOME": str(self.folder / "cache"),
                     "NST_FAULT_COUNT": str(self.folder / "count"), "NST_FAULT_LOG": str(self.folder / "log")}
        if fault:
            variables["NST_FAULT"] = fault
        (self.folder / "tmp").mkdir()
        try:
            ended = subprocess.run(list(map(str, scenario.command)), cwd=self.work, env=variables,
                                   stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
            self.status, said = ended.returncode, ended.stderr
        except subprocess.TimeoutExpired as late:
            self.status, said = "hangs", late.stderr or b""
        self.said = [line for line in said.decode(errors="replace").splitlines()
                     if not re.match(r"nst: \d+ %", line)]
        self.after = files_in(self.work)
        self.left = files_in(self.folder / "tmp")
        log, count = self.folder / "log", self.folder / "count"
        self.place = log.read_text().strip() if log.exists() else None
        self.counts = dict(line.split() for line in count.read_text().splitlines()) if count.exists() else {}

    def looks(self, name):
        """The size of the picture `name` and its profile."""
        (self.folder / "look").mkdir(parents=True, exist_ok=True)
        path = self.folder / "look" / name
        path.write_bytes(self.after[name])
        return subprocess.run(["identify", "-quiet", "-format", "%w %h %[profile:icc]", path],
                              capture_output=True, check=False).stdout

    def is_like(self, normal, names):
        """With less memory L-BFGS remembers fewer steps, and without OpenBLAS's buffers sums are rounded otherwise."""
        try:
            return all(self.looks(name) == normal.looks(name) != b"" for name in names)
        finally:
            for run in self, normal:
                shutil.rmtree(run.folder, ignore_errors=True)

    def leave_out(self, outputs, normal):
        """A painting that is whole stays, though what was to be written behind it could not be."""
        for name in outputs:
            if self.after.get(name) == normal.after[name]:
                del self.after[name]
                if name in self.before:
                    self.after[name] = self.before[name]

    def problem(self, scenario, normal, kind, how):
        """What is wrong with it, or None."""
        if self.status == "hangs":
            return f"hangs: {self.said}"
        if self.left:
            return f"left {list(self.left)}"
        if self.status == 0:
            expected = {**self.before, **{name: normal.after[name] for name in scenario.outputs}}
            if set(self.after) != set(expected):
                return f"made {list(self.after)}"
            others = [name for name in expected if self.after[name] != expected[name]]
            if others and len(self.said) <= len(normal.said) \
                    and not (kind == "alloc" and self.is_like(normal, others)):
                return f"made something else and said {self.said}"
            return None
        notices = [line for line in self.said if line not in normal.said]
        most = 2
        if scenario.is_batch:
            if how == "once" and len(self.after) == len(self.before) and any(" 2 of 2: " in line for line in self.said):
                return f"one fault, and no picture was painted: {self.said}"
            self.leave_out(scenario.outputs, normal)
            most += len(scenario.outputs)
        if scenario.settings:
            if self.status == 2:  # and a hint
                notices = notices[:1]
            if any(scenario.settings in line for line in notices):
                self.leave_out(scenario.outputs, normal)
        if kind == "thread" and self.status == -11 and VIPS_CRASHES:
            return None if self.after == self.before else "crashed and changed files"
        if self.status != 1 and not (self.status == 2 and scenario.settings):
            return f"status {self.status}: {self.said}"
        if self.after != self.before:
            return f"changed {[name for name in {**self.before, **self.after} if self.before.get(name) != self.after.get(name)]}" \
                   f" and said {self.said}"
        if not notices or len(notices) > most or not all(line.startswith(scenario.words + ": ") for line in notices):
            return f"said {self.said}"
        return None


def points(scenario, counts, every):
    """Every one, or an even choice of them; all where there are few, as at the end, when files are moved."""
    number = len(scenario.name)
    for kind in KINDS:
        calls = int(counts.get(kind, 0))
        for at in range(1, calls + 1):
            for how in ("always",) if kind == "short" else ("once", "always"):
                number += 1
                if number % every == 0 or calls <= FEW or at > calls - LAST:
                    yield kind, at, how


def check(scenario, environment, options, ends, pool):
    normal = Run(scenario, environment)
    if normal.status != 0 or not normal.counts:
        print(f"not ok {scenario}: fails without a fault: {normal.said}")
        return 0, False
    places, problems, hit, lock = set(), {}, [0], threading.Lock()

    def try_point(point):
        if time.monotonic() > ends:
            return
        kind, at, how = point
        run = Run(scenario, environment, f"{kind} {at} {how}", at % 2 == 1)
        problem = run.problem(scenario, normal, kind, how)
        with lock:
            if run.place:
                hit[0] += 1
                places.add(re.sub(r" \d+ ", " ", run.place))
            if problem:
                problems.setdefault((kind, how, run.place and run.place.split(" ", 2)[2], problem), []).append(at)

    list(pool.map(try_point, points(scenario, normal.counts, options.every)))
    print(f"{'not ok' if problems else 'ok'} {scenario}: {hit[0]} points in {len(places)} places", flush=True)
    for (kind, how, place, problem), numbers in problems.items():
        print(f"#   {kind} {numbers[0]} {how} ({len(numbers)}x) in {place}: {problem}", flush=True)
    return hit[0], not problems


def check_large(scenario, environment):
    """GLib ends the program where g_malloc() has no memory: nothing that grows with the picture is its."""
    run = Run(scenario, {**environment, "NST_FAULT_GLIB": str(LARGE)})
    good = run.status == 0 and run.counts.get("alloc") == "0"
    print(f"{'ok' if good else 'not ok'} {scenario}: g_malloc() is asked for {run.counts.get('alloc')} times {LARGE} bytes")
    if not good:
        print(f"#   status {run.status}: {run.said}")
    return good


def check_filter(build, options):
    """The filter without GIMP, which visits its points itself: it need not be loaded for each."""
    job = build / "tests/faults/fault-job"
    if not re.search(options.only, "filter"):
        return 0, True
    ended = subprocess.run([job, str(options.every), str(int(min(options.seconds / 3, 100000)))],
                           capture_output=True, text=True, check=False)
    print(ended.stdout, end="", flush=True)
    hit = re.search(r"(\d+) points", ended.stdout)
    if ended.returncode != 0:
        print(re.sub("^", "#   ", ended.stderr, flags=re.MULTILINE))
    return int(hit[1]) if hit else 0, ended.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    build = options.build.resolve()
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "BABL_TOLERANCE": "0", "GEGL_SWAP": "RAM",
                   "LD_PRELOAD": os.environ.get("LD_PRELOAD", "") + f":{build}/tests/faults/libfaults.so"}
    environment.pop("LANGUAGE", None)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nst-fault-pictures-"))
    total, good = 0, True
    try:
        pictures(folder)
        subprocess.run([build / "plugin/cli/nst", "--size", "32", "--iterations", "1", "--style",
                        folder / "style.png", folder / "content.png", folder / "content.exr"],
                       check=True, stderr=subprocess.DEVNULL)
        chosen = [it for it in scenarios(build, folder) if re.search(options.only, it.name)]
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for i, scenario in enumerate(chosen):
                share = begun + options.seconds * (i + 1) / len(chosen)
                hit, fine = check(scenario, environment, options, share, pool)
                total, good = total + hit, good and fine
            good = check_large(large(build), environment) and good
        hit, fine = check_filter(build, options)
        total, good = total + hit, good and fine
    finally:
        shutil.rmtree(folder)
    print(f"# {total} points in {time.monotonic() - begun:.0f} s")
    sys.exit(0 if good and total > 0 else 1)


main()
