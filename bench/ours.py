"""One measured run of ours, in a process of its own: `python -m bench.ours '{"model": …}'` prints JSON."""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.cases import MODELS
from checker.api import check_model
from checker.backends.native import runtime
from checker.backends.native.runtime import BATCH
from checker.backends.text.machine import TextMachine
from checker.engine.limits import Limits
from checker.engine.native import NativeExploration, explore_native
from checker.engine.native_exact import decide_native
from checker.engine.select import select
from checker.engine.watch import Knots
from checker.frontend import load
from checker.ir.nodes import Invariant, Model
from checker.liveness.native import Judge
from checker.liveness.verdicts import Lives
from checker.options import Options
from checker.report import Verdict
from checker.waits.analysis import WaitAnalysis


@dataclass(frozen=True, slots=True)
class Job:
    """What to run. `started` is when the process was: on the clock of `time.perf_counter`."""

    model: str
    sizes: tuple[tuple[str, int | str], ...]
    waits: str
    workers: int
    dead: bool  # some state has no successor
    deadlock: bool  # and that is one
    engine: str
    memory: int  # bytes at most
    folder: str  # where machine code is kept
    started: float
    probes: bool
    fingerprint: bool = False


def measure(job: Job) -> dict[str, float]:
    """Explore the model; the code is compiled, and the runtime loaded, before the clock starts."""
    model = load(str(MODELS / f"{job.model}.py"), {name: str(value) for name, value in job.sizes})
    return _text(model) if job.engine == "text" else _native(model, job)


def _text(model: Model) -> dict[str, float]:
    """Explore with the generated Python, executed as it is."""
    invariants = tuple(prop.name for prop in model.properties if isinstance(prop, Invariant))
    cpu = time.process_time()
    report = check_model(model, options=Options(engine="text", waits="off", properties=invariants))
    used = time.process_time() - cpu
    return {"states": report.states, "transitions": report.transitions, "seconds": report.seconds, "cpu": used}


def _native(model: Model, job: Job) -> dict[str, float]:
    machine, selection = TextMachine(model), select(model, ())
    knots = None if job.waits == "off" else Knots(WaitAnalysis(machine), selection)
    importlib.import_module("networkx")  # what a circle of waits loads
    explore = partial(explore_native, machine, selection, knots=knots, workers=job.workers, fingerprint=job.fingerprint)
    program = explore(limits=Limits(max_depth=1), folder=Path(job.folder)).store.program
    begin, cpu = time.perf_counter(), time.process_time()
    found = explore(program=program, go_on=True, limits=Limits(max_memory=job.memory))
    if knots is not None and job.waits == "complete":
        decide_native(found, knots)
    lives = Lives(selection.liveness)
    if selection.liveness:
        lives.judge(Judge(found, selection.liveness), found, WaitAnalysis(machine))
    end, used = time.perf_counter(), time.process_time() - cpu
    if bool(knots and knots.first) != (job.deadlock and job.waits != "off"):
        raise RuntimeError(f"violated: {sorted(knots.first) if knots else []}")
    if any(result.verdict is not Verdict.HOLDS for result in lives.results()):
        raise RuntimeError("a liveness property that does not hold, or is not decided")
    if (found.store.search.barren >= 0) != job.dead or found.broken or not found.complete:
        raise RuntimeError("a state without successor too many or too few, a broken invariant, or no end")
    return {
        "states": len(found.states),
        "transitions": found.transitions,
        "depth": found.depth,
        "words": found.store.k,
        "seconds": end - begin,
        "cpu": used,
        "compile": begin - job.started,
        "whole": end - job.started,
        "bytes_per_state": found.store.peak / len(found.states),
        **({} if found.fingerprints is None else {"missed": found.fingerprints.calculated}),
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        **(_probes(found) if job.probes else {}),
    }


def _probes(found: NativeExploration) -> dict[str, float]:
    """Read as many random places of the same table as there were transitions."""
    store = found.store
    store.program.call(runtime.probe, store.at, BATCH, 0)
    begin, cpu = time.perf_counter(), time.process_time()
    store.program.call(runtime.probe, store.at, found.transitions, BATCH)
    return {"probes": time.perf_counter() - begin, "probes_cpu": time.process_time() - cpu}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Job(**json.loads(sys.argv[1])))))
