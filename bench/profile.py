"""Where our time goes: `python -m bench.profile`. Needs `perf`. Writes `bench/profile.json` and the docs.

`perf` samples the processor's clock while the searches run; a sample belongs to the last kernel that begins before it.
What is in no kernel is the model's own step function and conditions.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.cases import CASES, MODELS, Beside, Case
from bench.table import PAGE, PROFILE, page
from checker.backends.native import growth, levels
from checker.backends.text.machine import TextMachine
from checker.engine.limits import Limits
from checker.engine.native import explore_native
from checker.engine.select import select
from checker.frontend import load

SECONDS = 3.0  # of searching, one search after the other
RATE = 5_000  # samples a second
KERNELS: Sequence[Callable[..., object]] = (levels.expand_levels, growth.enlarge)
LONGEST = 4_096  # bytes of a kernel
STEP, SYSTEM = "step", "system"


def main() -> int:
    """Profile every case that is not big; return the exit code."""
    chosen = [case for case in CASES if not case.big and case.beside is not Beside.LIBRARIES]
    shares = {case.name: _profile(case) for case in chosen}
    PROFILE.write_text(json.dumps(shares, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def _profile(case: Case) -> dict[str, float]:
    """Return which part of the time of its search is whose."""
    with tempfile.TemporaryDirectory() as scratch:
        samples, addresses = Path(scratch) / "perf.data", Path(scratch) / "addresses.json"
        searching = [sys.executable, "-m", "bench.profile", case.name, str(addresses)]
        recording = ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(RATE), "-o", str(samples)]
        subprocess.run([*recording, *searching], check=True)
        script = ["perf", "script", "-i", str(samples), "-F", "time,ip,dso"]
        lines = subprocess.run(script, check=True, capture_output=True, text=True).stdout.splitlines()
        return _shares(lines, json.loads(addresses.read_text(encoding="ascii")))


def _shares(lines: Sequence[str], addresses: dict[str, float]) -> dict[str, float]:
    begin = addresses.pop("begin")
    begins = sorted((int(address), name) for name, address in addresses.items())
    counts: Counter[str] = Counter()
    for line in lines:
        at, place, where = line.split(None, 2)
        if float(at.rstrip(":")) < begin:
            continue
        if "kernel" in where:
            counts[SYSTEM] += 1
        elif "perf-" in where or "unknown" in where:
            counts[_owner(int(place, 16), begins)] += 1
    return {name: count / counts.total() for name, count in counts.items()}


def _owner(place: int, begins: Sequence[tuple[int, str]]) -> str:
    number = bisect_right(begins, (place, "~")) - 1
    return begins[number][1] if number >= 0 and place - begins[number][0] < LONGEST else STEP


def _search(case: Case, addresses: Path) -> None:
    """Search again and again, and say where the kernels are and when the searches began."""
    model = load(str(MODELS / f"{case.model}.py"), {name: str(value) for name, value in case.sizes})
    machine, selection = TextMachine(model), select(model, ())
    program = explore_native(machine, selection, limits=Limits(max_depth=1), workers=1).store.program
    begin = time.monotonic()
    found = {kernel.__name__: program._compiled.address(kernel.__name__) for kernel in KERNELS}
    addresses.write_text(json.dumps({"begin": begin, **found}), encoding="ascii")
    while time.monotonic() < begin + SECONDS:
        explore_native(machine, selection, program=program, go_on=True, workers=1)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    _search(next(case for case in CASES if case.name == sys.argv[1]), Path(sys.argv[2]))
