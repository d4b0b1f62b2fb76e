"""Measure: `python -m bench [--big] [--rounds N] [--case NAME…]`. Writes `bench/results.json` and the docs.

Everybody runs once a round, one after the other, so that what disturbs the machine disturbs all. Compared is
the time of the processor, which a busy machine changes little; where two run together, the time on the wall. What is
not measured this time stays in the results as it was.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.cases import CASES, Beside
from bench.measure import Tools, measure
from bench.python_peers import environment
from bench.table import PAGE, RESULTS, kept, page


def main() -> int:
    """Run what is asked for; return the exit code."""
    given = _arguments()
    usual = [case.name for case in CASES if case.beside is not Beside.ONCE and (given.big or not case.big)]
    chosen = [case for case in CASES if case.name in (given.case or usual)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        wanted = any(case.beside is Beside.LIBRARIES for case in chosen) and not given.ours
        python = environment(folder / "python", given.python) if wanted else None
        tools = Tools(folder, python, ours_only=given.ours)
        for case in chosen:  # what is measured is kept, whatever comes after
            found = measure(case, given.rounds, tools)
            _keep(
                {"case": case.name, "beside": case.beside.name, "machine": _machine(), "rounds": given.rounds, **found}
            )
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure the native engine beside other checkers.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", action="append", choices=[case.name for case in CASES])
    parser.add_argument("--big", action="store_true", help="the cases of tens and hundreds of millions of states too")
    parser.add_argument("--ours", action="store_true", help="without the other checkers")
    parser.add_argument("--python", help="interpreter >= 3.12 for the checkers that are Python libraries")
    return parser.parse_args()


def _machine() -> dict[str, object]:
    lines = Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    return {"processor": model, "cores": os.cpu_count(), "python": platform.python_version(), "load": round(load, 1)}


def _keep(found: dict[str, Any]) -> None:
    """Put the results of a case in the place of earlier ones, and write the page."""
    by_name = {case["case"]: case for case in (*kept(), found)}
    report = {"cases": [by_name[case.name] for case in CASES if case.name in by_name]}
    RESULTS.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
