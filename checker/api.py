"""One check of a compiled model, from options to report."""

from __future__ import annotations

import hashlib
import importlib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from checker.backends.text.machine import TextMachine
from checker.cachefile import keep, kept, user_folder, version_of
from checker.diagnostics import UsageError
from checker.engine.conditions import mask_of
from checker.engine.coverage import coverage
from checker.engine.exact import Lost, decide, lost_goals
from checker.engine.exploration import INTERRUPTED, Exploration, Explored
from checker.engine.handover import Handover
from checker.engine.idle import impossible
from checker.engine.limits import Clock, Exhausted, Limits, Progress, Update, memory_limit
from checker.engine.memory import free_addresses, resident_bytes
from checker.engine.replay import replay
from checker.engine.search import explore
from checker.engine.select import DEADLOCK, ORPHAN, Selection, select, select_witness, with_duties
from checker.engine.tell import Teller, order
from checker.engine.threads import cores
from checker.engine.watch import Knots, Watch
from checker.flags import flags
from checker.interp import Interpreter
from checker.ir.nodes import Model
from checker.ir.verify import verify
from checker.liveness.decide import Judge
from checker.liveness.fairness import CONDITIONS, fairness
from checker.liveness.verdicts import Lives
from checker.options import Options
from checker.report import Coverage, Finding, Fingerprints, Memory, PropertyResult, Report, Verdict
from checker.verdict import judge
from checker.waits.analysis import WaitAnalysis

Engine = TextMachine | Interpreter
FORGOTTEN = "--fingerprint forgets the states that this would take: leave it out"
SHARED = "unless two states have the same fingerprint"
ROOM = 64 << 20  # bytes: what machine code and its libraries take, and some for states
NEEDED = ("llvmlite", "numpy")  # by the native engine
COMPILED = tuple(Path(__file__).parent / name for name in ("backends/native", "ir"))  # what makes machine code


def check_model(
    model: Model,
    *,
    options: Options | None = None,
    spec: str = "",
    settings: Iterable[tuple[str, str]] = (),
    progress: Progress | None = None,
    machine: Engine | None = None,
    verified: bool = False,
) -> Report:
    """Check `model` and report. `spec` and `settings` are how the user named it; the model's own by default.

    `machine` explores instead of the one that the options name: a part of the model's steps, say. Who waits for whom
    is still asked of the whole model. A model that is `verified` to be well-formed, as those of the front end are, is
    not looked at again.

    Raises UsageError for an unknown property or actor and for `waits="off"` where progress is demanded, InternalError
    if the model is malformed or the interpreter does not confirm what was found.
    """
    options = options or Options()
    model = with_duties(model if verified else verify(model), oblige=options.oblige, free=options.free)
    whole = make_machine(model, options.engine)
    check = _Check(model, options, _selection(model, options), machine or whole, whole)
    check.run(progress)
    name, given = spec or model.name, tuple(settings) or tuple((name, _setting(value)) for name, value in model.params)
    report = check.report(name, given)
    if not check.tells_out_of_order:
        return report
    check.repeat(progress)
    return report if check.is_cut_short else check.report(name, given)


def make_machine(model: Model, engine: str = "auto") -> Engine:
    """Return the machine that explores `model`: the interpreter only if it is asked for."""
    return Interpreter(model) if engine == "interpreter" else TextMachine(model)


def _native(module: str, package: str = "engine") -> Any:
    """Return a module of the native engine, loaded when it is used; UsageError if what it needs is not installed."""
    try:
        return importlib.import_module(f"checker.{package}.{module}")
    except ModuleNotFoundError as missing:
        if missing.name not in NEEDED:
            raise
        raise UsageError(f"--engine native needs {missing.name}: pip install 'knotcheck[native]'") from missing
    except ImportError as failed:
        if free_addresses() is None:
            raise
        raise UsageError("--engine native: its libraries do not fit into `ulimit -v`") from failed


def _setting(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _selection(model: Model, options: Options) -> Selection:
    if options.witness is not None:
        return select_witness(model, options.witness)
    selection = select(model, options.properties)
    if options.waits == "off" and selection.progress:
        names = ", ".join(prop.name for prop in selection.progress)
        raise UsageError(f"--waits=off cannot decide {names}: select other properties with --property")
    return selection


@dataclass(slots=True)
class _Check:
    """One check while it runs."""

    model: Model
    options: Options
    selection: Selection
    machine: Engine  # what is explored
    whole: Engine  # every step of the model
    exploration: Explored = field(init=False)
    watch: Watch = field(init=False)
    coverage: Coverage = field(init=False)
    lives: Lives = field(init=False)
    knots: Knots | None = None
    lost: list[Lost] = field(default_factory=list)
    decided: bool = False  # complete detection has run to its end
    cut: str = ""  # the limit or interrupt that ended it, though every state was visited
    seconds: float = 0.0
    memory: Memory | None = None
    limits: Limits = field(default_factory=Limits)
    program: Any = None  # what was compiled for the native engine
    engine: str = ""  # that the result is of
    note: str = ""  # why it is not the one that was meant to be
    fingerprints: Fingerprints | None = None  # by which states were known

    def run(self, progress: Progress | None) -> None:
        """Search, and decide exactly what the search has not found."""
        start = time.monotonic()
        options = self.options
        self._begin()
        limits = self.limits = Limits(
            options.max_states, options.max_depth, options.max_seconds, *memory_limit(options.max_memory), since=start
        )
        with self._until(limits):
            match options.engine:
                case "native":
                    self._run_native(limits, progress)
                case "auto" if options.fingerprint:
                    self._run_native(limits, progress)
                case "auto":
                    self._run_auto(limits, progress)
                case _:
                    self._run(limits, progress)
        self.seconds = time.monotonic() - start

    def _begin(self) -> None:
        """Begin anew: nothing has been found."""
        self.lost, self.decided, self.cut = [], False, ""
        self.exploration, self.coverage = Exploration(self.model, stopped_by="before the search"), Coverage(())
        if self.selection.needs_waits and self.options.waits != "off":
            analysis = WaitAnalysis(self.whole) if self.knots is None else self.knots.analysis
            self.knots = Knots(analysis, self.selection)
        self.lives = Lives(self.selection.liveness)
        for_witness = self.options.witness is not None
        self.watch = Watch(self.machine, self.selection, knots=self.knots, stop_at_witness=for_witness)

    @property
    def is_cut_short(self) -> bool:
        """True if time, memory or an interrupt ended the check."""
        depth = f"--max-depth {self.options.max_depth}"
        return bool(self.cut) or self.exploration.stopped_by not in ("", depth)

    @property
    def tells_out_of_order(self) -> bool:
        """True if what is reported may not be the first of its kind, as several workers were faster or slower."""
        exploration, knots = self.exploration, self.knots
        if self.is_cut_short:
            return False
        numbers = [*self.watch.broken.values(), *(step.source for step in exploration.failures)]
        numbers += [step.source for step in exploration.bad_steps]
        numbers += [] if knots is None else [seen.number for seen in (*knots.first.values(), *knots.warnings.values())]
        numbers += [lost.number for lost in self.lost]
        return any(number >= exploration.in_order for number in numbers) or (
            bool(self.lives.findings) and exploration.in_order < len(exploration.states)
        )

    def repeat(self, progress: Progress | None) -> None:
        """Check once more, by one worker, who finds everything in order."""
        start = time.monotonic()
        self._begin()  # and give back memory
        with self._until(self.limits):
            self._run_native(self.limits, progress, self.program, workers=1)
        self.seconds += time.monotonic() - start

    def _compiled(self, limits: Limits) -> Any:
        """Return the model as machine code; Exhausted if a limit is reached meanwhile."""
        clock, nothing = Clock(limits, None), Update(states=0, queue=0, depth=0)
        return _native("native").compiled(
            self.model,
            self.selection,
            waits=self.knots is not None,
            fingerprint=self.options.fingerprint,
            heed=lambda: clock.reserve(0, nothing),
        )

    def _run_auto(self, limits: Limits, progress: Progress | None) -> None:
        """Search in text, and from the beginning as machine code when that pays and is possible."""
        machine, programs = self.machine, list[Any]()
        if not isinstance(machine, TextMachine) or machine is not self.whole:
            self._run(limits, progress)
            return

        def prepare(update: Update) -> None:
            if progress is not None:
                progress(replace(update, phase="compiling", engine="native"))
            if limits.max_memory is not None and limits.max_memory - resident_bytes() < ROOM:
                raise UsageError(f"{limits.out_of_memory}: too little for machine code")
            if self.selection.liveness and not fairness(self.model).fits:
                raise UsageError(f"there are more than {CONDITIONS} conditions of fairness")
            _native("native_exact")  # it needs more libraries
            programs.append(self._compiled(limits))

        used, engine = user_folder("native") / f"{self._question(machine)}.used", version_of(*COMPILED)
        handover = Handover(prepare)
        moved_before = kept(used) == engine
        if not (moved_before and handover.move(Update(states=0, queue=0, depth=0))):
            self._run(limits, progress, handover)
        self.note = handover.refusal
        if handover.ready:
            self._begin()
            self._run_native(limits, progress, programs.pop())
            keep(used, engine)

    def _question(self, machine: TextMachine) -> str:
        """Return the name of what is asked of which model: of that another run may have learned how long it takes."""
        options = self.options
        asked = options.properties, options.witness, options.waits, options.oblige, options.free, options.go_on
        return hashlib.sha256(f"{machine.digest} {asked}".encode()).hexdigest()[:32]

    def _run(self, limits: Limits, progress: Progress | None, handover: Handover | None = None) -> None:
        options, for_witness = self.options, self.options.witness is not None
        steps = self.selection.steps
        self.exploration = exploration = explore(
            self.machine,
            limits=limits,
            keep_edges=bool(self.selection.liveness) or (self.knots is not None and options.waits == "complete"),
            inspect=self.watch,
            judge=mask_of(self.machine, [prop.expr for prop in steps]) if steps else None,
            step_properties=len(steps),
            go_on=options.go_on,
            failures_stop=not for_witness,
            progress=progress,
            handover=handover,
        )
        self.engine = "interpreter" if isinstance(self.machine, Interpreter) else "text"
        # Taken now: what follows executes steps of its own.
        self.coverage = coverage(exploration, self.machine.hits)
        with self._until(limits):
            self._decide(exploration, Clock(limits, progress))

    def _decide(self, exploration: Exploration, clock: Clock) -> None:
        """Decide exactly what a complete search has not found."""
        states, depth = len(exploration.states), exploration.depth
        if self.knots is not None and self._decides:
            pace = clock.pace(Update(states=states, queue=0, depth=depth, phase="complete detection"))
            decide(exploration, self.knots, pace=pace)
            self.lost = lost_goals(exploration, self.knots.analysis, self.selection, pace=pace)
            self.decided = True
        if self.selection.liveness and exploration.complete and self.machine is self.whole:
            pace = clock.pace(Update(states=states, queue=0, depth=depth, phase="liveness"))
            self.lives.judge(Judge(exploration, self.whole), exploration, self._analysis, pace=pace)

    @contextmanager
    def _until(self, limits: Limits) -> Iterator[None]:
        """Within it, a limit or an interrupt ends what is done, and what was not decided stays open."""
        try:
            yield
        except Exhausted as limit:
            self.cut = str(limit)
        except MemoryError:
            self.cut = limits.out_of_memory
        except KeyboardInterrupt:
            self.cut = INTERRUPTED

    def _run_native(
        self, limits: Limits, progress: Progress | None, program: Any = None, *, workers: int | None = None
    ) -> None:
        search, exact = _native("native"), _native("native_exact")
        self.engine = "native"
        exploration = search.explore_native(
            self.machine,
            self.selection,
            limits=limits,
            knots=self.knots,
            stop_at_witness=self.options.witness is not None,
            go_on=self.options.go_on,
            failures_stop=self.options.witness is None,
            progress=progress,
            program=program or self._compiled(limits),
            workers=workers or self.options.workers or cores(),
            fingerprint=self.options.fingerprint,
            seed=self.options.seed,
        )
        self.exploration, self.program = exploration, exploration.store.program
        self.fingerprints = exploration.fingerprints
        if self.fingerprints is not None:
            self.lives.why_open = FORGOTTEN
        elif self.options.fingerprint:
            self.note = "no fingerprints: a state is as small as one, the search was exact"
        self.watch.broken.update(exploration.broken)
        self.watch.witnesses.update(exploration.witnesses)
        self.coverage = coverage(exploration, exploration.hits)
        if self.knots is not None and self._decides:
            with self._until(limits):
                exact.decide_native(exploration, self.knots)
                self.lost = exact.lost_goals_native(exploration, self.knots.analysis, self.selection)
                self.decided = True
        self.memory = Memory(exploration.store.peak, exploration.detection_bytes)
        judges = exploration.complete and self.machine is self.whole and self.fingerprints is None
        if self.selection.liveness and judges:
            judge_native = _native("native", "liveness").Judge(exploration, self.selection.liveness)
            update = Update(states=len(exploration.states), queue=0, depth=exploration.depth, phase="liveness")
            with self._until(limits):
                pace = Clock(limits, progress).pace(update)
                self.lives.judge(judge_native, exploration, self._analysis, pace=pace)

    @property
    def _analysis(self) -> WaitAnalysis:
        return WaitAnalysis(self.whole) if self.knots is None else self.knots.analysis

    @property
    def _decides(self) -> bool:
        """True if complete detection can run, because every state is known: then every property gets its verdict."""
        return self.options.waits == "complete" and self.exploration.complete and self.fingerprints is None

    # --- the report ----------------------------------------------------------------------------

    def report(self, spec: str, settings: tuple[tuple[str, str], ...]) -> Report:
        """Return the report; everything in it has been replayed."""
        exploration, options = self.exploration, self.options
        met = options.witness is not None and options.witness in self.watch.witnesses
        stopped_by = "" if met else self.cut or exploration.stopped_by  # the goal may be reached at the limit
        by_property, steps = self._findings()
        properties = self._results(by_property)
        errors = sorted(_unique([*by_property.values(), *steps]), key=order)
        findings = (*errors, *self._warning_findings())
        missing, remarks = self._missing()
        unmet = bool(missing) and (options.strict or options.witness is not None)
        verdict, code = judge(properties, findings, stopped_by=stopped_by, unmet=unmet)
        return Report(
            self.model,
            spec,
            settings,
            verdict,
            code,
            len(exploration.states),
            exploration.transitions,
            exploration.depth,
            self.seconds,
            exploration.complete,
            properties,
            findings,
            (*missing, *remarks),
            self.coverage,
            stopped_by,
            replay(self.model, findings[0].trace).states if findings else (),
            flags=flags(options),
            engine=self.engine,
            engine_note=self.note,
            memory=self.memory,
            fingerprints=self.fingerprints,
        )

    def _findings(self) -> tuple[dict[str, Finding], list[Finding]]:
        """Return the first finding of each violated property, and those of failed steps."""
        teller = Teller(self.exploration)
        found: dict[str, Finding] = {}
        if self.options.witness is not None:
            return found, []
        for prop in self.selection.invariants:
            if prop.name in self.watch.broken:
                found[prop.name] = teller.invariant(prop, self.watch.broken[prop.name])
        for step in self.exploration.bad_steps:
            for finding in teller.bad_steps(step, self.selection):
                found.setdefault(finding.name, finding)
        if self.knots is not None:
            told: dict[int, Finding] = {}
            for name, sighting in self.knots.first.items():
                if id(sighting.partial) not in told:
                    told[id(sighting.partial)] = teller.knot(sighting, self.knots)
                found[name] = told[id(sighting.partial)]
        found |= {lost.prop.name: teller.lost(lost, self._analysis) for lost in self.lost}
        found |= self.lives.findings
        return found, [teller.failure(step) for step in self.exploration.failures]

    def _warning_findings(self) -> list[Finding]:
        """Return what is reported without being a violation, the least first."""
        if self.knots is None:
            return []
        teller = Teller(self.exploration)
        return sorted((teller.knot(seen, self.knots) for seen in self.knots.warnings.values()), key=order)

    def _results(self, found: dict[str, Finding]) -> tuple[PropertyResult, ...]:
        selection = self.selection
        searched = self.exploration.complete
        results = [self._result(p.name, "invariant", searched, found) for p in selection.invariants]
        results += [self._result(p.name, "action property", searched, found) for p in selection.steps]
        results += [self._result(p.name, "progress", self.decided, found) for p in selection.progress]
        results += self.lives.results()
        results += [self._sometimes(prop.name) for prop in selection.sometimes]
        built_in = [name for name in (DEADLOCK, ORPHAN) if getattr(selection, name)]
        return (*(self._result(name, name, self.decided, found) for name in built_in), *results)

    def _result(self, name: str, kind: str, decided: bool, found: dict[str, Finding]) -> PropertyResult:
        if name in found:
            return PropertyResult(name, kind, Verdict.VIOLATED, finding=found[name])
        if decided:
            return PropertyResult(name, kind, Verdict.HOLDS, SHARED if self.fingerprints is not None else "")
        return PropertyResult(name, kind, Verdict.INCOMPLETE, self._why_open(kind))

    def _why_open(self, kind: str) -> str:
        by_waits = kind in (DEADLOCK, ORPHAN, "progress")
        if by_waits and self.options.waits == "off":
            return "not checked: --waits=off"
        if not self.exploration.complete:
            return "the search is not complete"
        if self.cut:
            return f"the search is complete, deciding it was not: {self.cut}"
        if self.fingerprints is not None:
            return FORGOTTEN
        return "certificates cannot prove it: --waits=complete decides" if self.options.waits != "complete" else ""

    def _sometimes(self, name: str) -> PropertyResult:
        if name in self.watch.witnesses:
            trace = self.exploration.trace(self.watch.witnesses[name])
            return PropertyResult(name, "sometimes", Verdict.HOLDS, witness=trace)
        if self.exploration.complete:
            but = "" if self.fingerprints is None else f", {SHARED}"
            return PropertyResult(name, "sometimes", Verdict.VIOLATED, f"no reachable state meets it{but}")
        return PropertyResult(name, "sometimes", Verdict.INCOMPLETE, self._why_open("sometimes"))

    def _missing(self) -> tuple[list[str], list[str]]:
        """Say what a search that has seen everything has not seen: `sometimes` never met, actions that never fired.

        Apart from them: actions of which these parameters leave nothing to see.
        """
        if not self.exploration.complete:
            return [], []
        met = self.watch.witnesses
        missing = [
            f"`{prop.name}` (sometimes) is never met" for prop in self.selection.sometimes if prop.name not in met
        ]
        if self.options.witness is not None:
            return missing, []
        if not self.model.actors:
            missing.append("nothing ever happens: the spec has no task and no action")
        idle = {name: f" ({loc})" if loc.line else "" for name, _, total, loc in self.coverage.actions if total == 0}
        hopeless = impossible(self.model, self.machine) if idle else {}
        missing += [f"action `{name}` never fired{where}" for name, where in idle.items() if name not in hopeless]
        missing += self.lives.vacuous(self.model, self.exploration.totals)
        never = "action `{}` cannot happen at these parameters: nothing gives {} the value it waits for"
        return missing, [never.format(name, ", ".join(hopeless[name])) for name in idle if name in hopeless]


def _unique(findings: Sequence[Finding]) -> list[Finding]:
    """Drop repetitions: one state may violate several properties by the same wait."""
    return list({id(finding): finding for finding in findings}.values())
