"""Measure how long a user waits: `python -m bench.cold [--rounds N]`. Writes `bench/cold.json` and the docs.

From the shell to a verdict, on specs of less than 10 000 states: fresh processes, what they read in the system's cache.
Ours first with an empty cache folder, then again; SPIN's source compiled and run, without optimization (which is sooner
done) and with; all in turns. Wall-clock time and processor time; the least of the rounds, as what disturbs a run this
short is something else.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.cases import MODELS, Case
from bench.peers import Built, run, spin
from bench.table import COLD, PAGE, page

ROOT = MODELS.parent.parent
FIRST, AGAIN = "ours, first time", "ours, again"
SPIN = {"SPIN, not optimized": spin("-DNOREDUCE", "-O0"), "SPIN, optimized": spin("-DNOREDUCE")}


@dataclass(frozen=True, slots=True)
class Short:
    """A spec of a few thousand states; a case where SPIN has a model of it."""

    name: str
    words: tuple[str, ...]  # after `check`
    states: int
    case: Case | None = None


def _case(name: str, model: str, states: int, sizes: tuple[tuple[str, int], ...], *, dead: int = 0) -> Short:
    words = (str(MODELS / f"{model}.py"), "--all", *(f"--set={size}={value}" for size, value in sizes))
    return Short(name, words, states, Case(name, model, sizes, states, dead=dead))


SPECS = (
    Short("counter", ("counter",), 12),
    Short("dining_philosophers", ("dining_philosophers",), 54),
    Short("page_service", ("page_service",), 7069),
    Short("page_service handle=strong", ("page_service", "--set=handle=strong"), 6075),
    _case("deadlocking philosophers 8", "forks", 3**8, (("seats", 8),), dead=2),
    _case("philosophers 10", "philosophers", 5741, (("seats", 10),)),
    _case("two-phase commit 5", "two_phase", 8832, (("managers", 5),)),
)


def main() -> int:
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.cold", description="Measure from the shell to a verdict.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    found: dict[str, dict[str, list[dict[str, float]]]] = {short.name: {} for short in SPECS}
    for _ in range(rounds):
        for short in SPECS:
            with tempfile.TemporaryDirectory() as scratch:
                for name, act in _sides(short, Path(scratch)).items():
                    found[short.name].setdefault(name, []).append(_timed(act))
    rows = [{"spec": short.name, "states": short.states, "runs": found[short.name]} for short in SPECS]
    report = {"rounds": rounds, "load": round(os.getloadavg()[0], 1), "specs": rows}
    COLD.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def _sides(short: Short, folder: Path) -> dict[str, Callable[[], object]]:
    """Return what is measured of a spec, in order."""
    sides: dict[str, Callable[[], object]] = {name: partial(_check, short, folder) for name in (FIRST, AGAIN)}
    if short.case is not None:
        sides |= {name: partial(_spin, build, short.case, folder) for name, build in SPIN.items()}
    return sides


def _spin(build: Callable[[Case, Path], Built], case: Case, folder: Path) -> None:
    run(build(case, folder), case, reduced=False)


def _check(short: Short, folder: Path) -> None:
    """Run `check` with its cache in `folder`; RuntimeError if it does not find what it must."""
    command = [sys.executable, "-m", "checker", "check", *short.words, "--no-pictures", f"--json={folder / 'report'}"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["XDG_CACHE_HOME"] = str(folder / "cache")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    found = json.loads((folder / "report").read_text(encoding="utf-8"))["states"]
    if found != short.states:
        raise RuntimeError(f"{found} states, not {short.states}: {done.stdout}{done.stderr}")


def _timed(act: Callable[[], object]) -> dict[str, float]:
    """Return seconds on the wall and of the processor that the processes of `act` take."""
    before, begin = os.times(), time.perf_counter()
    act()
    wall, after = time.perf_counter() - begin, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return {"seconds": round(wall, 4), "cpu": round(used, 4)}


if __name__ == "__main__":
    sys.exit(main())
