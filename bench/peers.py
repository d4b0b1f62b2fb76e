"""Other checkers, built with their best flags and run on the same models."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Case

CC = ["gcc", "-O3", "-march=native", "-w"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a process: wall clock and processor time in seconds, the most memory it had in bytes."""

    code: int
    out: str
    err: str
    seconds: float
    cpu: float
    rss: int


@dataclass(frozen=True, slots=True)
class Built:
    """A checker for one model: how to run it, what it says on how many states and errors, how long it took to make."""

    command: Sequence[str]
    states: re.Pattern[str]
    errors: re.Pattern[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Peer:
    """`reduced`: it need not visit every state. `rare`: once is enough, and only for models that are not big."""

    name: str
    build: Callable[[Case, Path], Built]
    reduced: bool = False
    rare: bool = False


def execute(command: Sequence[str]) -> Run:
    """Run a process to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        said = [os.pread(file.fileno(), 1 << 24, 0).decode(errors="replace") for file in (out, err)]
    cpu = used.ru_utime + used.ru_stime
    return Run(process.returncode, said[0], said[1], seconds, cpu, used.ru_maxrss * 1024)


def run(built: Built, case: Case, *, reduced: bool) -> dict[str, float]:
    """Return what one run took; RuntimeError if it did not find what it must."""
    done = execute(built.command)
    states, errors = built.states.search(done.out), built.errors.search(done.out)
    said = f"{' '.join(built.command)}: exit {done.code}\n{done.out[-2000:]}{done.err[-500:]}"
    if states is None:
        raise RuntimeError(said)
    found, dead = int(float(states[1])), int(errors[1]) if errors else 0
    if (found != case.states and not reduced) or (dead != case.dead and not (reduced and dead)):
        raise RuntimeError(f"{found} states, {dead} errors; not {case.states} and {case.dead}: {said}")
    whole = {"compile": built.seconds, "whole": built.seconds + done.seconds}
    return {"states": found, "seconds": done.seconds, "cpu": done.cpu, "rss": done.rss, **whole}


def _steps(commands: Sequence[Sequence[str]], folder: Path) -> float:
    begin = time.perf_counter()
    for command in commands:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - begin


def spin(*flags: str) -> Callable[[Case, Path], Built]:
    """Return how to build `pan`: for full searches all actions in one process: smaller states."""

    def build(case: Case, folder: Path) -> Built:
        number = "byte" if int(dict(case.sizes).get("spare", 0)) < 200 else "short"
        defines = [f"-D{name.upper()}={value}" for name, value in case.sizes] + [f"-DNUMBER={number}"]
        if "-DNOREDUCE" not in flags:
            defines.append("-DPROCESSES")
        (folder / "model.pml").write_text(case.source(".pml"), encoding="utf-8")
        compiled = [*CC, "-DSAFETY", "-DNOBOUNDCHECK", "-DMEMLIM=20000", *flags, "-o", "pan", "pan.c"]
        seconds = _steps([["spin", "-a", *defines, "model.pml"], compiled], folder)
        table = f"-w{max(20, case.states.bit_length() + 1)}"
        command = [str(folder / "pan"), table, f"-m{max(10_000, case.states)}", "-n", "-c0"]
        states = re.compile(r"^\s*([\d.e+]+) states, stored", re.MULTILINE)
        return Built(command, states, re.compile(r"errors: (\d+)"), seconds)

    return build


def _rumur(case: Case, folder: Path) -> Built:
    (folder / "model.m").write_text(case.source(".m"), encoding="utf-8")
    checks = ["--deadlock-detection", "stuck", "--max-errors", "1000", "--counterexample-trace", "off"]
    generate = ["rumur", "--threads", "1", *checks, "--output", "model.c", "model.m"]
    compiled = [*CC, "-std=c11", "-mcx16", "-o", "model", "model.c", "-lpthread"]
    seconds = _steps([generate, compiled], folder)
    states = re.compile(r"(\d+) states, \d+ rules fired in")
    return Built([str(folder / "model")], states, re.compile(r"(\d+) error\(s\) found"), seconds)


PEERS = (
    Peer("SPIN, depth first", spin("-DNOREDUCE")),
    Peer("SPIN, breadth first", spin("-DNOREDUCE", "-DBFS")),
    Peer("SPIN, collapsed", spin("-DNOREDUCE", "-DCOLLAPSE"), rare=True),
    Peer("SPIN, partial order", spin(), reduced=True, rare=True),
    Peer("Rumur", _rumur),
)
