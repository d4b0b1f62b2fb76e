"""Other checkers, built with their best flags and run on the same models."""

from __future__ import annotations

import re
import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Case

CC = ["gcc", "-O3", "-march=native", "-w"]


@dataclass(frozen=True, slots=True)
class Built:
    """A checker for one model: how to run it, and how long it took to make."""

    command: Sequence[str]
    states: re.Pattern[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Peer:
    """`reduced`: it need not visit every state."""

    name: str
    build: Callable[[Case, Path], Built]
    reduced: bool = False


def run(built: Built) -> tuple[int, float, float]:
    """Return (states, seconds, seconds of processor time) of one run; RuntimeError if it fails."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(built.command, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    match = built.states.search(done.stdout)
    if done.returncode or match is None or re.search(r"errors: [1-9]", done.stdout):
        said = done.stdout[-2000:] + done.stderr[-500:]
        raise RuntimeError(f"{' '.join(built.command)}: exit {done.returncode}\n{said}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return int(float(match[1])), seconds, cpu


def _steps(commands: Sequence[Sequence[str]], folder: Path) -> float:
    begin = time.perf_counter()
    for command in commands:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - begin


def _spin(*flags: str) -> Callable[[Case, Path], Built]:
    def build(case: Case, folder: Path) -> Built:
        sizes = dict(case.sizes)
        number = "byte" if sizes.get("widest", 0) <= 15 else "int"
        defines = [f"-D{name.upper()}={value}" for name, value in case.sizes] + [f"-DNUMBER={number}"]
        (folder / "model.pml").write_text(case.source(".pml"), encoding="utf-8")
        compiled = [*CC, "-DSAFETY", "-DMEMLIM=12000", *flags, "-o", "pan", "pan.c"]
        seconds = _steps([["spin", "-a", *defines, "model.pml"], compiled], folder)
        table = f"-w{max(20, case.states.bit_length() + 1)}"
        command = [str(folder / "pan"), table, f"-m{max(10_000, case.states)}", "-n"]
        return Built(command, re.compile(r"^\s*([\d.e+]+) states, stored", re.MULTILINE), seconds)

    return build


def _rumur(case: Case, folder: Path) -> Built:
    (folder / "model.m").write_text(case.source(".m"), encoding="utf-8")
    generate = ["rumur", "--threads", "1", "--deadlock-detection", "stuck", "--output", "model.c", "model.m"]
    compiled = [*CC, "-std=c11", "-mcx16", "-o", "model", "model.c", "-lpthread"]
    seconds = _steps([generate, compiled], folder)
    return Built([str(folder / "model")], re.compile(r"(\d+) states, \d+ rules fired"), seconds)


PEERS = (
    Peer("SPIN, depth first", _spin("-DNOREDUCE")),
    Peer("SPIN, breadth first", _spin("-DNOREDUCE", "-DBFS")),
    Peer("SPIN, collapsed", _spin("-DNOREDUCE", "-DCOLLAPSE")),
    Peer("SPIN, partial order", _spin(), reduced=True),
    Peer("Rumur", _rumur),
)
