"""One measured run of ours, in a process of its own: `python -m bench.ours MODEL WAITS name=value …` prints JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

from bench.cases import MODELS
from checker.backends.native import runtime
from checker.backends.text.machine import TextMachine
from checker.engine.native import BATCH, NativeExploration, explore_native
from checker.engine.native_exact import decide_native, look_at_the_rest
from checker.engine.select import select
from checker.engine.watch import Knots
from checker.frontend import load
from checker.ir.nodes import Model
from checker.waits.analysis import WaitAnalysis


def measure(model: Model, waits: str) -> dict[str, object]:
    """Explore `model`; the code is compiled, and the runtime loaded, before the clock starts."""
    machine, selection = TextMachine(model), select(model, ())
    knots = None if waits == "off" else Knots(WaitAnalysis(machine), selection)
    look = None if knots is None else knots.look
    begin = time.perf_counter()
    program = explore_native(machine, selection, look=look, stop_at=0).store.program
    compiled = time.perf_counter() - begin
    begin, cpu = time.perf_counter(), time.process_time()
    found = explore_native(machine, selection, look=look, program=program)
    if knots is not None:
        if found.looked < len(found.states):
            look_at_the_rest(found, knots, go_on=False)
        decide_native(found, knots)
        if knots.first:
            raise RuntimeError(f"{sorted(knots.first)} violated: nothing was to be found")
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    store = found.store
    if store.progress[2] >= 0 or found.broken or not found.complete:
        raise RuntimeError("a state without successor, a broken invariant or an end before the end")
    return {
        "states": len(found.states),
        "transitions": found.transitions,
        "depth": found.depth,
        "seconds": seconds,
        "cpu": cpu,
        "compile": compiled,
        "words": store.k,
        "bytes_per_state": (store.size + len(found.states)) * store.k * 8 / len(found.states),
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        **_probes(found),
    }


def _probes(found: NativeExploration) -> dict[str, float]:
    """Read as many random places of the same table as there were transitions."""
    store = found.store
    runtime.probe(store.table, store.size, store.k, BATCH, BATCH)
    cpu = time.process_time()
    runtime.probe(store.table, store.size, store.k, found.transitions, BATCH)
    return {"probes_cpu": time.process_time() - cpu}


if __name__ == "__main__":
    name, waits, *sizes = sys.argv[1:]
    model = load(str(MODELS / f"{name}.py"), dict(size.split("=") for size in sizes))
    sys.stdout.write(json.dumps(measure(model, waits)))
