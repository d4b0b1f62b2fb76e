"""What a check found, as plain data: made by the engine and the wait-for analysis, shown by `render`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from checker.ir.nodes import Duty, Model, State
from checker.loc import Loc
from checker.reading import Reading
from checker.trace import Trace


class Verdict(Enum):
    HOLDS = "holds"
    VIOLATED = "violated"
    INCOMPLETE = "incomplete"


class Kind(Enum):
    """Kinds of finding, in the order in which they are reported within one level."""

    INVARIANT = "invariant"
    STEP = "action property"
    ASSERTION = "assertion"
    RANGE = "range"
    OWNERSHIP = "ownership"
    DEADLOCK = "deadlock"
    ORPHAN = "orphan"
    HOSTAGE = "hostage"
    PROGRESS = "progress"  # progress(actor, to=…): the goal can no longer be reached
    LEADS_TO = "leads_to"  # these three: a fair behaviour, for ever without what should happen
    EVENTUALLY = "eventually"
    ALWAYS_EVENTUALLY = "always_eventually"

    @property
    def is_liveness(self) -> bool:
        return self in (Kind.LEADS_TO, Kind.EVENTUALLY, Kind.ALWAYS_EVENTUALLY)

    @property
    def is_safety(self) -> bool:
        return self in (Kind.INVARIANT, Kind.STEP, Kind.ASSERTION, Kind.RANGE, Kind.OWNERSHIP)


@dataclass(frozen=True, slots=True)
class Enabler:
    """An actor that could change what a false conjunct reads, by which action and of which duty."""

    actor: str
    action: str
    duty: Duty
    loc: Loc
    finished: bool = False  # has nothing more to do, in the state that is reported
    resting: bool = False  # may wait for ever where it stands, and has nothing that it could do


@dataclass(frozen=True, slots=True)
class Wait:
    """One false conjunct of one alternative of a waiting actor."""

    actor: str
    action: str
    point: str  # the await point, "" in the action layer
    resource: str
    held_in: str  # the slot that holds it; those that hold units of it, after commas
    conjunct: str  # printed IR
    loc: Loc
    enablers: tuple[Enabler, ...]
    text: str = ""  # the conjunct as the spec writes it
    values: tuple[Reading, ...] = ()  # of what it reads
    constants: tuple[tuple[str, str], ...] = ()  # in its text: parameters
    slots: tuple[str, ...] = ()  # `held_in` as a report says it: `spsc_fold.value…guard`


@dataclass(frozen=True, slots=True)
class WaitGraph:
    """The wait-for graph of one state. `edges` are (waiter, enabler, index into `waits`)."""

    core: tuple[str, ...]
    tail: tuple[str, ...]
    free: tuple[str, ...]  # has an enabled action of a higher level, or rests: a chain ends here
    cycle: tuple[str, ...]  # one cycle of the core, named in order, first not repeated; () if there is none
    waits: tuple[Wait, ...]
    edges: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """How the trace of a violated liveness property goes on for ever: from its last state, which is that after step
    `start`, through the same steps again. Without steps behind `start`, nothing happens any more."""

    start: int
    since: int  # the step after which what is waited for was pending for good
    moving: tuple[str, ...]  # who takes steps in it
    starved: tuple[Enabler, ...]  # obliged, enabled in it and not taken, which weak fairness allows
    unowed: tuple[Enabler, ...]  # may-actions and faults that are enabled in it, and not taken


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation (or, with `warning`, what is reported without being one)."""

    kind: Kind
    name: str  # property or actor: `progress(stop)`, `no_handle_in_queue`, `deadlock`
    message: str
    trace: Trace
    state: State
    level: int  # breadth-first level, the initial one is 1
    loc: Loc
    actors: tuple[str, ...] = ()  # who can never move again
    dead: tuple[str, ...] = ()  # those of them whom no action of any duty can help
    blocked: tuple[str, ...] = ()
    graph: WaitGraph | None = None
    undone_by: tuple[Enabler, ...] = ()
    oblige: tuple[str, ...] = ()  # a smallest set of may-actors whose obligation would remove it
    doomed_at: int | None = None  # step of the trace at which it became inevitable, if before the end
    certified: bool = True  # False: "no local certificate", found by complete detection only
    warning: bool = False
    loop: Loop | None = None  # of a liveness property


@dataclass(frozen=True, slots=True)
class PropertyResult:
    name: str
    kind: str  # invariant, action property, sometimes, progress, leads_to, …, deadlock, orphan
    verdict: Verdict
    note: str = ""
    finding: Finding | None = None
    witness: Trace | None = None  # of a `sometimes` that is met


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often each action led to a new state and to any state; how often each source line was executed.

    How many states an action was the first to lead to is None where several workers expanded states at once.
    """

    actions: tuple[tuple[str, int | None, int, Loc], ...]  # name, new states, transitions, where
    lines: tuple[tuple[str, int, int], ...] = ()  # file, line, transitions


@dataclass(frozen=True, slots=True)
class Memory:
    """What a search in machine code took, in bytes."""

    states: int  # states and the table in which they are looked up
    detection: int  # the bit sets of complete detection, at most at once; 0 if it did not run


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """States were known by fingerprints: how probable it is that some were missed because two had the same.

    `calculated` takes fingerprints to be random (TLC's optimistic value), `actual` goes by how close two of them are.
    """

    seed: int  # which function
    bits: int
    calculated: float
    actual: float


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one check. Truthy only when everything holds and the search was complete."""

    model: Model
    spec: str  # as the user named it
    settings: tuple[tuple[str, str], ...]  # --set as given
    verdict: Verdict
    exit_code: int
    states: int
    transitions: int
    depth: int
    seconds: float
    complete: bool
    properties: tuple[PropertyResult, ...]
    findings: tuple[Finding, ...]  # the first is the one reported
    warnings: tuple[str, ...]
    coverage: Coverage
    stopped_by: str = ""  # the limit or interrupt that ended the search: `--max-states 1000`
    replayed: tuple[State, ...] = field(default=(), repr=False)  # states along the first finding's trace
    flags: tuple[str, ...] = ()  # options not at their default, as words: `--oblige compute`
    engine: str = ""  # interpreter, text or native
    engine_note: str = ""  # why `--engine auto` stayed in text
    memory: Memory | None = None  # of the native engine
    fingerprints: Fingerprints | None = None  # None: the states themselves were kept

    def __bool__(self) -> bool:
        return self.verdict is Verdict.HOLDS and self.complete
