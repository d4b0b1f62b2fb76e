"""Measure: `python -m bench [--rounds N] [--case NAME…]`. Writes `bench/results.json` and the table in the docs.

Everybody runs once a round, one after the other, so that what disturbs the machine disturbs all. Compared is the time
of the processor: what a wall clock shows on a machine that others use says more about them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.cases import CASES, Case
from bench.peers import PEERS, run
from bench.table import write_table

RESULTS = Path(__file__).resolve().parent / "results.json"
OURS = {"ours": "off", "ours, complete waits": "complete"}


def main() -> int:
    """Run what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure the native engine beside other checkers.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", action="append", choices=[case.name for case in CASES])
    given = parser.parse_args()
    chosen = [case for case in CASES if not given.case or case.name in given.case]
    results = []
    for case in chosen:  # what is measured is kept, whatever comes after
        results.append(_measure(case, given.rounds))
        report = {"machine": _machine(), "rounds": given.rounds, "cases": results}
        RESULTS.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        write_table(report)
    return 0


def _machine() -> dict[str, object]:
    lines = Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    return {"processor": model, "cores": os.cpu_count(), "python": platform.python_version(), "load": round(load, 1)}


def _measure(case: Case, rounds: int) -> dict[str, Any]:
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in (*OURS, *(peer.name for peer in PEERS))}
    with tempfile.TemporaryDirectory() as scratch:
        built = {}
        for peer in PEERS:
            folder = Path(scratch) / peer.name.replace(" ", "-")
            folder.mkdir()
            built[peer.name] = peer.build(case, folder)
        for turn in range(rounds):
            sys.stderr.write(f"{case.name}: round {turn + 1} of {rounds}\n")
            for name, waits in OURS.items():
                runs[name].append(_ours(case, waits))
            for peer in PEERS:
                states, seconds, cpu = run(built[peer.name])
                if states != case.states and not peer.reduced:
                    raise RuntimeError(f"{peer.name} found {states} states of {case.name}, not {case.states}")
                compiled = built[peer.name].seconds
                runs[peer.name].append({"states": states, "seconds": seconds, "cpu": cpu, "compile": compiled})
    first = runs["ours"][0]
    shared = {name: first[name] for name in ("states", "transitions", "depth", "words", "bytes_per_state")}
    return {"case": case.name, **shared, "runs": runs, "ratios": _ratios(runs)}


def _ours(case: Case, waits: str) -> dict[str, Any]:
    sizes = [f"{name}={value}" for name, value in case.sizes]
    command = [sys.executable, "-m", "bench.ours", case.model, waits, *sizes]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    if found["states"] != case.states:
        raise RuntimeError(f"we found {found['states']} states of {case.name}, not {case.states}")
    return found


def _ratios(runs: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, float]]:
    """Return by name how many times our time (without waits) a run took, round by round: least, median, most."""
    found = {name: _spread([theirs["cpu"] / ours["cpu"] for theirs, ours in _pairs(runs, name)]) for name in runs}
    probes = [ours["probes_cpu"] / ours["cpu"] for ours in runs["ours"]]
    return {**found, "bare probes": _spread(probes)}


def _pairs(runs: dict[str, list[dict[str, Any]]], name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return list(zip(runs[name], runs["ours"], strict=True))


def _spread(ratios: Sequence[float]) -> dict[str, float]:
    return {"min": min(ratios), "median": statistics.median(ratios), "max": max(ratios)}


if __name__ == "__main__":
    sys.exit(main())
