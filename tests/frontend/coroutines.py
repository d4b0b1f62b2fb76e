"""The task layer run as what it is written like: real Python coroutines under a scheduler that tries every order.

An independent judge of the front end. The source of a spec is executed with the names below in place of `model`;
its async functions become coroutines, its blocks the plain Python classes here. A run is a list of choices;
coroutines cannot be copied, so every state is reached by replaying its choices from the start.

The rules it shares with the compiler are those of the language reference only: between two awaits is one step, a
branch that is an async helper is an activity of its own, a selection takes the first that is ready, what loses is
closed where it stands.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from types import CodeType, SimpleNamespace
from typing import Any, TypeAlias

from tests.frontend import visible
from tests.frontend.awaiting import (
    Activity,
    Awaited,
    Join,
    Once,
    OpenChoice,
    Owed,
    Pause,
    Ready,
    Scheduler,
    Select,
    TooMany,
)
from tests.frontend.visible import Failed, Going, Owned, RecordValue, compiled

Valuation: TypeAlias = tuple[object, ...]


# --- blocks -----------------------------------------------------------------------------------------------------------


class Token:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def fired(self) -> Once:
        return Once(lambda: self.cancelled)

    def state(self) -> object:
        return self.cancelled


class Guard:
    def __init__(self, mutex: Mutex) -> None:
        self.mutex = mutex

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *error: object) -> None:
        self.mutex.held = False


class Mutex:
    """First come, first served."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.held = False
        self.queue: list[str] = []

    def lock(self) -> Once:
        mine = self.scheduler.running

        def finish() -> Guard:
            self.queue.remove(mine)
            self.held = True
            return Guard(self)

        return Once(
            lambda: self.queue[0] == mine and not self.held,
            start=lambda: self.queue.append(mine),
            finish=finish,
            drop=lambda: self.queue.remove(mine),
        )

    def state(self) -> object:
        return self.held, tuple(self.queue)


class Units:
    def __init__(self, semaphore: Semaphore, units: int) -> None:
        self.semaphore = semaphore
        self.units = units

    def __enter__(self) -> Units:
        return self

    def __exit__(self, *error: object) -> None:
        self.semaphore.free += self.units


class Semaphore:
    """So many permits; first come, first served, and all that are wanted at once."""

    def __init__(self, scheduler: Scheduler, permits: int) -> None:
        self.scheduler = scheduler
        self.free = permits
        self.queue: list[str] = []

    def acquire(self, units: int) -> Once:
        mine = self.scheduler.running

        def finish() -> Units:
            self.queue.remove(mine)
            self.free -= units
            return Units(self, units)

        return Once(
            lambda: self.queue[0] == mine and units <= self.free,
            start=lambda: self.queue.append(mine),
            finish=finish,
            drop=lambda: self.queue.remove(mine),
            carried=units,
        )

    def state(self) -> object:
        return self.free, tuple(self.queue)


class Channel:
    """One sender. It is closed from either end."""

    def __init__(self, capacity: int) -> None:
        self.queue: list[int] = []
        self.capacity = capacity
        self.senders_left = 1
        self.receiver_gone = False

    def send(self, item: int) -> Once:
        return Once(self.has_room, finish=lambda: self.put(item), carried=item)

    def has_room(self) -> bool:
        return self.receiver_gone or len(self.queue) < self.capacity

    def put(self, item: int) -> bool:
        if not self.receiver_gone:
            self.queue.append(item)
        return not self.receiver_gone

    def recv(self) -> Once:
        return Once(lambda: not self.is_idle(), finish=self.get, idle=self.is_idle, is_option=True)

    def is_idle(self) -> bool:
        return not self.queue and self.senders_left > 0

    def get(self) -> int | None:
        return self.queue.pop(0) if self.queue else None

    def drop_sender(self) -> None:
        self.senders_left -= 1

    def drop_receiver(self) -> None:
        self.receiver_gone = True
        self.queue.clear()

    def state(self) -> object:
        return tuple(self.queue), self.senders_left, self.receiver_gone


class Mapping(dict[int, int]):
    def state(self) -> object:
        return tuple(self.values())


class Items(list[int]):
    def state(self) -> object:
        return tuple(self)


# --- running a spec ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Declared:
    """A field of the spec: how its first value is made, and whether it is a block. `values`: of its type."""

    make: Callable[[], object]
    is_block: bool = False
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class RecordType:
    """A type of records; in the class body, a field that has it is written like the type itself."""

    fields: dict[str, Declared]

    def __call__(self, **given: object) -> RecordValue:
        return RecordValue(**{name: given.get(name, kind.make()) for name, kind in self.fields.items()})


@dataclass(frozen=True)
class Progress:
    task: Any
    to: Any = None


class Spec:
    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, Owned) and isinstance(self.__dict__.get(name), Owned):
            raise Failed("ownership")
        self.__dict__[name] = value


def words(scheduler: Scheduler) -> dict[str, object]:
    """Return what the spec's source is executed with in place of `model`."""
    return {
        "Spec": Spec,
        "Int": lambda lo, hi, init=None: any_of_these(scheduler, tuple(range(lo, hi + 1)), max(lo, 0), init),
        "Bool": lambda init=None: any_of_these(scheduler, (False, True), False, init),
        "any_value": "any_value",
        "Option": lambda item: Declared(lambda: None),
        "Own": lambda item: Declared(lambda: None),
        "Record": lambda **fields: RecordType(fields),
        "Mutex": lambda: Declared(lambda: Mutex(scheduler), is_block=True),
        "Token": lambda: Declared(Token, is_block=True),
        "Semaphore": lambda permits: Declared(lambda: Semaphore(scheduler, permits), is_block=True),
        "Channel": lambda item, capacity=1: Declared(lambda: Channel(capacity), is_block=True),
        "Map": lambda key, item: Declared(lambda: Mapping(dict.fromkeys(range(3), 0)), is_block=True),
        "Seq": lambda item, capacity: Declared(Items, is_block=True),
        "Going": Going,
        "copied": visible.copied,
        "taken": visible.taken,
        "taken_from": visible.taken_from,
        "dropped": visible.dropped,
        "dropped_from": visible.dropped_from,
        "own": lambda value: Owned(value, scheduler.owned),
        "owned": lambda kind: tuple(scheduler.owned),
        "task": tagged,
        "invariant": judged("invariant"),
        "sometimes": judged("sometimes"),
        "transition": judged("transition"),
        "progress": Progress,
        "step": Pause,
        "first": lambda **branches: Select(scheduler, branches, biased=True),
        "until": lambda condition: Once(condition, carried=carried_by((condition,))),
        "any_of": lambda **branches: Select(scheduler, branches, biased=False),
        "both": lambda **branches: Join(scheduler, branches),
        "may": owed("may"),
        "obliged": owed("obliged"),
        "fault": owed("fault"),
        "rest": resting,
        "at": named,
        "awaitable": lambda method: method,
        "wait": lambda *parts: Once(**{part.__name__: part for part in parts}, carried=carried_by(parts)),
        "choose": lambda options: options[scheduler.choose(len(options))],
    }


def any_of_these(scheduler: Scheduler, values: tuple[object, ...], first: object, init: object) -> Declared:
    if init == "any_value":
        return Declared(lambda: values[scheduler.choose(len(values))], values=values)
    return Declared(lambda: first, values=values)


def owed(duty: str) -> Any:
    def wrapped(waiting: Any) -> Any:
        if inspect.iscoroutine(waiting):
            return Owed(duty, waiting)
        waiting.duty = duty
        return waiting

    wrapped.__name__ = duty
    return wrapped


def resting(waiting: Awaited, when: Ready | None = None) -> Awaited:
    waiting.resting = when or waiting.idle
    return waiting


def named(point: str, waiting: Awaited) -> Awaited:
    waiting.point = point
    return waiting


def judged(kind: str) -> Any:
    def tag(function: Any) -> Any:
        function.is_judged = kind
        return function

    return tag


def carried_by(parts: tuple[Callable[[], Any], ...]) -> object:
    """Return what the parts of an awaitable enclose beside their block."""
    cells = [cell.cell_contents for part in parts for cell in part.__closure__ or ()]
    return tuple(value for value in cells if isinstance(value, int | Owned))


def tagged(function: Any = None, *, duty: Any = None, over: Declared | None = None) -> Any:
    if function is None:
        return lambda real: tagged(real, duty=duty, over=over)
    function.is_task, function.over = duty.__name__ if duty else "obliged", over
    return function


class Run:
    """The spec after some choices."""

    def __init__(self) -> None:
        self.scheduler = Scheduler()

    def declare(self, code: CodeType) -> None:
        names = words(self.scheduler)
        exec(code, names)
        self.cls = next(item for item in names.values() if isinstance(item, type) and Spec in item.__bases__)
        self.spec = self.cls()
        self.fields = {name: field_of(item) for name, item in vars(self.cls).items() if is_field(name, item)}

    def begin(self, code: CodeType, choices: tuple[int, ...]) -> None:
        """Start all tasks; OpenChoice if the first value of a field is still to be chosen."""
        self.scheduler.pending = list(choices)
        self.declare(code)
        for name, item in self.fields.items():
            setattr(self.spec, name, item.make())
        for name, function in vars(self.cls).items():
            if hasattr(function, "is_task"):
                for shown, arguments in members(name, function.over):
                    self.scheduler.spawn(shown, function(self.spec, *arguments), function.is_task)

    def step(self) -> bool:
        """Take a step; False if there is none."""
        enabled = self.scheduler.enabled()
        if not enabled:
            return False
        self.scheduler.take(*enabled[self.scheduler.choose(len(enabled))])
        return True

    def valuation(self) -> Valuation:
        """Return the values of the fields that are no blocks."""
        return tuple(plain(getattr(self.spec, name)) for name, item in self.fields.items() if not item.is_block)

    def state(self) -> object:
        """Return all that the future depends on."""
        blocks = tuple(getattr(self.spec, name).state() for name, item in self.fields.items() if item.is_block)
        standing = ((a.name, a.over, a.value if a.over else stands(a)) for a in self.scheduler.activities)
        return self.valuation(), blocks, tuple(sorted(standing, key=repr))

    def close(self) -> None:
        for activity in self.scheduler.activities[::-1]:
            activity.close()


def is_field(name: str, item: object) -> bool:
    return name[0].islower() and isinstance(item, Declared | RecordType)


def field_of(item: Declared | RecordType) -> Declared:
    return item if isinstance(item, Declared) else Declared(item)


def members(name: str, over: Declared | None) -> list[tuple[str, tuple[object, ...]]]:
    """Return the names of the tasks that are declared as one, and what is passed to each."""
    return [(name, ())] if over is None else [(f"{name}[{key}]", (key,)) for key in over.values]


def stands(activity: Activity) -> tuple[object, ...]:
    """Return where a coroutine stands, with its local values, and what it awaits in turn."""
    found: list[object] = []
    waiting: Any = activity.coroutine
    while inspect.iscoroutine(waiting) and waiting.cr_frame is not None:
        values = tuple((name, plain(value)) for name, value in waiting.cr_frame.f_locals.items() if name != "self")
        found.append((waiting.__name__, waiting.cr_frame.f_lasti, values))
        waiting = waiting.cr_await
    if inspect.isgenerator(waiting) and waiting.gi_frame is not None:
        it = waiting.gi_frame.f_locals["self"]
        arms = waiting.gi_frame.f_locals.get("running", {})
        found.append((plain(it), tuple(map(plain, arms.values()))))
    return tuple(found)


def plain(value: object) -> object:
    if isinstance(value, SimpleNamespace):
        return tuple((name, plain(part)) for name, part in vars(value).items())
    if isinstance(value, RecordValue):
        return tuple((name, plain(part)) for name, part in vars(value).items())
    if isinstance(value, Owned):
        return "empty" if value.empty else ("owned", plain(value.value))
    if isinstance(value, Once):
        return "Once", plain(value.carried)
    if isinstance(value, Going):
        return value.place, tuple(value.items)
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return value if isinstance(value, int | None) else type(value).__name__


@dataclass
class Explored:
    """What was found: the valuations of the fields, the pairs of them that a step joins, those where all ends."""

    valuations: set[Valuation] = field(default_factory=set)
    steps: set[tuple[Valuation, Valuation]] = field(default_factory=set)
    ends: set[Valuation] = field(default_factory=set)

    def visit(self, before: Valuation, after: Valuation) -> None:
        self.valuations |= {before, after}
        if before != after:
            self.steps.add((before, after))


def explore(source: str, *, limit: int) -> Explored:
    """Run a spec in every order; TooMany beyond `limit` states."""
    code = compiled(source)
    explored, seen = Explored(), set[object]()
    pending: list[tuple[int, ...]] = [()]
    while pending:
        choices = pending.pop()
        with closing(Run()) as run:
            try:
                run.begin(code, choices)
                before = run.valuation()
                while run.scheduler.pending:
                    before = run.valuation()
                    run.step()
                explored.visit(before, run.valuation())
                if (state := run.state()) in seen:
                    continue
                seen.add(state)
                if len(seen) > limit:
                    raise TooMany
                before = run.valuation()
                if not run.step():
                    explored.ends.add(before)
            except OpenChoice as choice:
                pending += [(*choices, place) for place in range(choice.count)]
    return explored
