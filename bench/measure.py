"""One case: everybody once a round, and how many times our time each took."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.cases import Beside, Case
from bench.peers import PEERS, Peer, run
from bench.python_peers import NAMES, Environment, run_python

BASE, LAST = "ours", "ours, complete waits, 2 workers"
OURS = {  # row: waits, workers
    BASE: ("off", 1),
    "ours, 2 workers": ("off", 2),
    "ours, structural waits": ("structural", 1),
    "ours, complete waits": ("complete", 1),
    LAST: ("complete", 2),
}
TEXT = "our generated Python"
LIVE = "ours, liveness"
FINGERPRINTS = "ours, fingerprints"
TWINS = "two of ours at once"
PROBES = "bare probes"

TOGETHER = (TWINS, *(name for name, (_, workers) in OURS.items() if workers > 1))
RARE = (TEXT, *(peer.name for peer in PEERS if peer.rare))
MEMORY = 20 << 30  # bytes: what ours may have

Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Tools:
    """Where to build, and with what."""

    folder: Path
    python: Environment | None
    ours_only: bool


def measure(case: Case, rounds: int, tools: Tools) -> dict[str, Any]:
    """Return the runs of everybody, by name, and their ratios."""
    folder = tools.folder / case.name.replace(" ", "_").replace(",", "")
    folder.mkdir()
    rows = {**_ours(case, folder), **_peers(case, folder, tools)}
    runs: dict[str, list[Row]] = {name: [] for name in rows}
    for turn in range(rounds):
        for name, once in rows.items():
            if turn == 0 or name not in RARE:
                sys.stderr.write(f"{case.name}: round {turn + 1} of {rounds}: {name}\n")
                runs[name].append(once())
    first = next(iter(runs.values()))[0]
    shared = {name: first[name] for name in ("states", "transitions", "depth", "words", "bytes_per_state")}
    return {**shared, "runs": runs, "ratios": _ratios(runs)}


def _ours(case: Case, folder: Path) -> dict[str, Callable[[], Row]]:
    def row(waits: str, workers: int) -> Callable[[], Row]:
        probes = (waits, workers) == OURS[BASE]
        return lambda: _finish(case, _start(case, folder, waits, workers, probes=probes))

    rows = {name: row(*OURS[name]) for name in _wanted(case)}
    if case.live and case.beside is Beside.CHECKERS:
        live = replace(case, sizes=(*case.sizes, ("live", "on")))
        rows[LIVE] = lambda: _finish(case, _start(live, folder, "off", 1))
    if case.wide:
        rows[FINGERPRINTS] = lambda: _finish(case, _start(case, folder, "off", 1, fingerprint=True))
    if case.beside in (Beside.CHECKERS, Beside.TEXT):
        rows[TWINS] = lambda: _twins(case, folder)
    if case.beside in (Beside.LIBRARIES, Beside.TEXT) and not case.big:
        rows[TEXT] = lambda: _finish(case, _start(case, folder, "off", 1, engine="text"))
    return rows


def _wanted(case: Case) -> Iterable[str]:
    """Return which rows of `OURS` are measured: of large cases, those that do not take long."""
    match case.beside:
        case Beside.ONCE:
            return ["ours, 2 workers"]
        case Beside.NOBODY:
            return [name for name, (waits, _) in OURS.items() if waits == "off"]
        case _:
            return [name for name in OURS if not (case.big and name == LAST)]


def _peers(case: Case, folder: Path, tools: Tools) -> dict[str, Callable[[], Row]]:
    def native(peer: Peer) -> Callable[[], Row]:
        place = folder / peer.name.replace(" ", "_").replace(",", "")
        place.mkdir()
        built = peer.build(case, place)
        return lambda: run(built, case, reduced=peer.reduced)

    def library(checker: str, python: Environment) -> Callable[[], Row]:
        return lambda: run_python(python, checker, case)

    if tools.ours_only:
        return {}
    if case.beside is Beside.LIBRARIES and tools.python:
        return {name: library(name, tools.python) for name in NAMES}
    if case.beside is not Beside.CHECKERS:
        return {}
    return {peer.name: native(peer) for peer in PEERS if not (peer.rare and case.big)}


def _start(
    case: Case,
    folder: Path,
    waits: str,
    workers: int,
    *,
    engine: str = "native",
    probes: bool = False,
    fingerprint: bool = False,
) -> subprocess.Popen[str]:
    job = {
        "model": case.model,
        "sizes": case.sizes,
        "waits": waits,
        "workers": workers,
        "dead": bool(case.dead),
        "deadlock": case.deadlock,
        "engine": engine,
        "memory": MEMORY,
        "folder": str(folder),
        "probes": probes,
        "fingerprint": fingerprint,
        "started": time.perf_counter(),
    }
    command = [sys.executable, "-m", "bench.ours", json.dumps(job)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _finish(case: Case, process: subprocess.Popen[str]) -> Row:
    out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{case.name}: exit {process.returncode}\n{err[-3000:]}")
    found: Row = json.loads(out)
    if found["states"] != case.states:
        raise RuntimeError(f"we found {found['states']} states of {case.name}, not {case.states}")
    return found


def _twins(case: Case, folder: Path) -> Row:
    """Return the slower of two independent runs beside each other: what two cores can give at best."""
    both = [_start(case, folder, "off", 1) for _ in range(2)]
    return max((_finish(case, process) for process in both), key=lambda row: row["seconds"])


def _ratios(runs: dict[str, list[Row]]) -> dict[str, dict[str, float]]:
    """Return by name how many times our time (without waits) a run took, round by round: least, median, most."""
    if BASE not in runs:
        return {}
    base, ratios = runs[BASE], {}
    for name, rows in runs.items():
        key = "seconds" if name in TOGETHER else "cpu"
        ratios[name] = _spread([row[key] / ours[key] for row, ours in zip(rows, base, strict=False)])
    return {**ratios, PROBES: _spread([ours["probes_cpu"] / ours["cpu"] for ours in base])}


def _spread(ratios: Sequence[float]) -> dict[str, float]:
    return {"min": min(ratios), "median": statistics.median(ratios), "max": max(ratios)}
