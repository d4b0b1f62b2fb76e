"""Reports made by hand, so that what people see is tested apart from the engines that find it."""

from __future__ import annotations

from dataclasses import replace

from checker.interp import Interpreter
from checker.ir.domains import IntT
from checker.ir.nodes import Duty, Model, State
from checker.machine import Failure
from checker.reading import Reading
from checker.report import (
    Coverage,
    Enabler,
    Finding,
    Kind,
    PropertyResult,
    Report,
    Verdict,
    Wait,
    WaitGraph,
)
from checker.trace import Trace
from tests.render.c1 import STEPS, loc, model


def replay(subject: Model, names: tuple[str, ...]) -> tuple[Trace, tuple[State, ...]]:
    """Take the named actions one after the other; AssertionError if one is not enabled."""
    index = {action.name: number for number, action in enumerate(subject.actions)}
    machine = Interpreter(subject)
    states, labels = [machine.initial()[0]], []
    for name in names:
        assert machine.enabled(subject.actions[index[name]], states[-1]) is True, name
        label, state = machine.execute(index[name], states[-1])
        assert not isinstance(state, Failure), state
        states.append(state)
        labels.append(label)
    return Trace(0, tuple(labels)), tuple(states)


def graph() -> WaitGraph:
    down = Enabler("tenant_shutdown", "tenant_shutdown.timelines", Duty.OBLIGED, loc(44))
    ends = Enabler("timeline_shutdown", "timeline_shutdown.gate", Duty.OBLIGED, loc(58))
    recv = Enabler("executor", "executor.recv", Duty.OBLIGED, loc(71))
    cancelled = Enabler("executor", "executor.flush.cancelled", Duty.OBLIGED, loc(82))
    cancel = Enabler("stop", "stop.cancel", Duty.OBLIGED, loc(33))
    read = Enabler("compute", "compute.read", Duty.MAY, loc(124))
    reset = Enabler("kill", "kill.reset", Duty.FAULT, loc(131))
    gate = "batcher.handle is None and batches.value is None and executor.handle is None"
    waits = (
        Wait(
            "stop", "stop.tenants", "tenants", "tenant shutdown", "", 'tenant_shutdown.pc == "done"', loc(31), (down,)
        ),
        Wait(
            "tenant_shutdown",
            "tenant_shutdown.timelines",
            "timelines",
            "timeline shutdown",
            "",
            'timeline_shutdown.pc == "done"',
            loc(44),
            (ends,),
        ),
        Wait(
            "timeline_shutdown",
            "timeline_shutdown.gate",
            "gate",
            "gate `timeline`",
            "batches.value",
            gate,
            loc(58),
            (recv, cancelled),
        ),
        Wait(
            "executor",
            "executor.flush.wrote",
            "flush",
            "socket.write_end",
            "",
            "s2c < 1",
            loc(81),
            (read,),
            text="self.s2c < self.window",
            values=(Reading("s2c", IntT(0, 1), 1),),
            constants=(("window", "1"),),
        ),
        Wait(
            "executor",
            "executor.flush.cancelled",
            "flush",
            "connection cancel",
            "",
            "connection_cancel.fired or socket.reset",
            loc(82),
            (cancel, reset),
        ),
        Wait(
            "batcher",
            "batcher.send",
            "send",
            "batches",
            "batches.value",
            "batches.value is None",
            loc(103),
            (recv, cancelled),
        ),
    )
    edges = (
        ("stop", "tenant_shutdown", 0),
        ("tenant_shutdown", "timeline_shutdown", 1),
        ("timeline_shutdown", "executor", 2),
        ("executor", "compute", 3),
        ("executor", "stop", 4),
        ("executor", "kill", 4),
        ("batcher", "executor", 5),
    )
    core = ("stop", "tenant_shutdown", "timeline_shutdown", "executor")
    return WaitGraph(core, ("batcher",), ("compute", "kill"), core, waits, edges)


def deadlock(*, names: tuple[str, ...] = STEPS) -> Report:
    """The C1 report: a deadlock of four actors, one waiting for them, two that could undo it."""
    subject = model()
    trace, states = replay(subject, names)
    found = graph()
    read, reset = found.waits[3].enablers[0], found.waits[4].enablers[1]
    stuck = (*found.core, *found.tail)
    finding = Finding(
        Kind.DEADLOCK,
        "deadlock",
        "",
        trace,
        states[-1],
        len(names) + 1,
        loc(31),
        actors=stuck,
        graph=found,
        undone_by=(read, reset),
        oblige=("compute",),
        doomed_at=23,
    )
    properties = (
        PropertyResult("deadlock", "deadlock", Verdict.VIOLATED, "", finding),
        PropertyResult("orphan", "orphan", Verdict.INCOMPLETE, "not decided: the search stopped"),
        PropertyResult("stops", "progress", Verdict.VIOLATED, "", finding),
        PropertyResult("hung_before_fix", "sometimes", Verdict.HOLDS, "", None, trace),
    )
    fired = tuple((a.name, n, 2 * n, a.loc) for n, a in enumerate(reversed(subject.actions)))
    return Report(
        subject,
        "page_service",
        (("handle", "strong"), ("scenario", "stop")),
        Verdict.VIOLATED,
        11,
        states=412,
        transitions=1301,
        depth=26,
        seconds=0.42,
        complete=False,
        properties=properties,
        findings=(finding,),
        warnings=("action `kill.reset` never fired: does anything let it?",),
        coverage=Coverage(fired, (("specs/page_service/__init__.py", 81, 17),)),
        replayed=states,
    )


def hostage() -> Report:
    """The same state where the shutdown is demanded and only a client that need not read can free it."""
    report = deadlock()
    first = report.findings[0]
    found = graph()
    open_ended = replace(
        found,
        core=(),
        tail=found.core[1:] + found.tail,
        cycle=(),
        waits=(*found.waits[1:4], found.waits[5]),
        edges=(
            ("tenant_shutdown", "timeline_shutdown", 0),
            ("timeline_shutdown", "executor", 1),
            ("executor", "compute", 2),
            ("batcher", "executor", 3),
        ),
    )
    finding = replace(
        first,
        kind=Kind.HOSTAGE,
        name="progress(timeline_shutdown)",
        message="`timeline_shutdown` must make progress, and depends on what others may or may not do",
        actors=open_ended.tail,
        graph=open_ended,
        doomed_at=None,
    )
    return replace(report, findings=(finding, replace(first, trace=Trace(0, first.trace.steps[:20]))))


def orphan() -> Report:
    """An actor that waits for what nobody can do any more, found by complete detection only."""
    report = deadlock(names=STEPS[:4])
    lost = Wait("executor", "executor.recv", "recv", "batches", "", "batches.value is not None", loc(71), ())
    finding = replace(
        report.findings[0],
        kind=Kind.ORPHAN,
        name="orphan",
        message="",
        actors=("executor",),
        dead=("executor",),
        blocked=("executor",),
        graph=WaitGraph((), (), (), (), (lost,), ()),
        undone_by=(),
        oblige=(),
        doomed_at=2,
        certified=False,
    )
    return replace(report, findings=(finding,), properties=(), coverage=Coverage(()), warnings=())


def invariant() -> Report:
    """A safety violation: no wait-for graph, a message that says which conjunct is false."""
    report = deadlock(names=STEPS[:6])
    finding = Finding(
        Kind.INVARIANT,
        "no_handle_in_queue",
        "`batches.value is None` is false",
        report.findings[0].trace,
        report.replayed[-1],
        7,
        loc(160),
    )
    broken = PropertyResult("no_handle_in_queue", "invariant", Verdict.VIOLATED, "", finding)
    return replace(report, findings=(finding,), exit_code=12, properties=(broken,), warnings=())


def holds() -> Report:
    report = deadlock()
    fine = tuple(replace(p, verdict=Verdict.HOLDS, finding=None) for p in report.properties)
    return replace(
        report,
        settings=(("handle", "weak"), ("scenario", "stop")),
        verdict=Verdict.HOLDS,
        exit_code=0,
        states=1_234_567,
        complete=True,
        properties=fine,
        findings=(),
        warnings=(),
        replayed=(),
    )


def incomplete() -> Report:
    return replace(holds(), verdict=Verdict.INCOMPLETE, exit_code=20, complete=False, stopped_by="--max-states 1000")


SAMPLES = {
    "deadlock": deadlock,
    "hostage": hostage,
    "orphan": orphan,
    "invariant": invariant,
    "holds": holds,
    "incomplete": incomplete,
}
