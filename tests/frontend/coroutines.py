"""The task layer run as what it is written like: real Python coroutines under a scheduler that tries every order.

An independent judge of the front end. The source of a spec is executed with the names below in place of `model`;
its async functions become coroutines, its blocks the plain Python classes here. A run is a list of choices;
coroutines cannot be copied, so every state is reached by replaying its choices from the start.

The rules it shares with the compiler are those of the language reference only: between two awaits is one step, a
branch that is an async helper is an activity of its own, a selection takes the first that is ready, what loses is
closed where it stands.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from types import CodeType, SimpleNamespace
from typing import Any, TypeAlias

Ready: TypeAlias = Callable[[], bool]
Valuation: TypeAlias = tuple[object, ...]


class OpenChoice(Exception):
    """A run came to a choice that its list does not make; there are `count` ways to make it."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


class TooMany(Exception):
    """There are more states than were to be explored."""


@dataclass(eq=False)
class Activity:
    """A task or a branch: a coroutine, and what it waits for (nothing yet: it has not started)."""

    name: str
    coroutine: Coroutine[Any, Any, Any]
    guards: list[Ready] = field(default_factory=lambda: [lambda: True])
    started: bool = False
    over: bool = False
    value: object = None

    def close(self) -> None:
        """Drop it where it stands."""
        if not self.over:
            self.over = True
            self.coroutine.close()


class Scheduler:
    """One run: the activities in the order in which they came to be, and the choices that are still to be made."""

    def __init__(self, choices: tuple[int, ...] = ()) -> None:
        self.activities: list[Activity] = []
        self.pending = list(choices)
        self.running = ""  # whose step it is

    def spawn(self, name: str, coroutine: Coroutine[Any, Any, Any]) -> Activity:
        activity = Activity(f"{self.running}.{name}", coroutine)
        self.activities.append(activity)
        return activity

    def choose(self, count: int) -> int:
        if not self.pending:
            raise OpenChoice(count)
        return self.pending.pop(0)

    def enabled(self) -> list[tuple[Activity, int]]:
        """Return every way to go on: an activity and which of its guards it leaves by."""
        return [
            (activity, place)
            for activity in self.activities
            if not activity.over
            for place, guard in enumerate(activity.guards)
            if guard()
        ]

    def take(self, activity: Activity, place: int) -> None:
        """Run one step of an activity, to its next wait or its end."""
        self.running = activity.name
        try:
            activity.guards = activity.coroutine.send(place if activity.started else None)
            activity.started = True
        except StopIteration as end:
            activity.over, activity.value = True, end.value


# --- what can be awaited ----------------------------------------------------------------------------------------------


class Once:
    """An awaitable of a block: its four parts."""

    def __init__(
        self, ready: Ready, *, start: Callable[[], None] | None = None, finish: Callable[[], Any] | None = None,
        drop: Callable[[], None] | None = None, carried: object = None,
    ) -> None:  # fmt: skip
        self.carried = carried
        self.start = start or (lambda: None)
        self.ready = ready
        self.finish = finish or (lambda: None)
        self.drop = drop or (lambda: None)

    def __await__(self) -> Generator[list[Ready], int, Any]:
        self.start()
        try:
            yield [self.ready]
        except GeneratorExit:
            self.drop()
            raise
        return self.finish()


class Select:
    """`first` and `any_of`: awaitables wait side by side, helpers run as activities of their own."""

    def __init__(self, scheduler: Scheduler, branches: dict[str, Any], *, biased: bool) -> None:
        self.scheduler = scheduler
        self.branches = branches
        self.biased = biased

    def __await__(self) -> Generator[list[Ready], int, Any]:
        running = {name: self.begin(name, branch) for name, branch in self.branches.items()}
        names = list(running)
        guards = [self.guard([running[name] for name in names[: place + 1]]) for place in range(len(names))]
        try:
            winner = names[(yield guards)]
        except GeneratorExit:
            self.abandon([running[name] for name in names])
            raise
        won = running[winner]
        value = won.finish() if isinstance(won, Once) else won.value
        self.abandon([running[name] for name in names if name != winner])
        return SimpleNamespace(
            **{name: (True if value is None else value) if name == winner else None for name in names}
        )

    def begin(self, name: str, branch: Any) -> Once | Activity:
        if isinstance(branch, Once):
            branch.start()
            return branch
        return self.scheduler.spawn(name, branch)

    def guard(self, branches: list[Once | Activity]) -> Ready:
        *earlier, mine = branches
        return lambda: is_ready(mine) and not (self.biased and any(map(is_ready, earlier)))

    def abandon(self, branches: list[Once | Activity]) -> None:
        for branch in branches:
            if isinstance(branch, Once):
                branch.drop()
        for branch in branches:
            if isinstance(branch, Activity):
                branch.close()


def is_ready(branch: Once | Activity) -> bool:
    return branch.ready() if isinstance(branch, Once) else branch.over


class Join:
    """`both`: every branch an activity of its own."""

    def __init__(self, scheduler: Scheduler, branches: dict[str, Any]) -> None:
        self.scheduler = scheduler
        self.branches = branches

    def __await__(self) -> Generator[list[Ready], int, Any]:
        running = {name: self.scheduler.spawn(name, as_coroutine(it)) for name, it in self.branches.items()}
        try:
            yield [lambda: all(activity.over for activity in running.values())]
        except GeneratorExit:
            for activity in running.values():
                activity.close()
            raise
        return SimpleNamespace(**{name: activity.value for name, activity in running.items()})


def as_coroutine(it: Once | Coroutine[Any, Any, Any]) -> Coroutine[Any, Any, Any]:
    async def only() -> Any:
        return await it

    return only() if isinstance(it, Once) else it


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


class Channel:
    """One sender, room for one."""

    def __init__(self) -> None:
        self.queue: list[int] = []

    def send(self, item: int) -> Once:
        return Once(lambda: not self.queue, finish=lambda: self.put(item), carried=item)

    def put(self, item: int) -> bool:
        self.queue.append(item)
        return True

    def recv(self) -> Once:
        return Once(lambda: bool(self.queue), finish=lambda: self.queue.pop(0))

    def state(self) -> object:
        return tuple(self.queue)


class Mapping(dict[int, int]):
    def state(self) -> object:
        return tuple(self.values())


class Items(list[int]):
    def state(self) -> object:
        return tuple(self)


# --- what Python keeps where nobody can look --------------------------------------------------------------------------


class Going:
    """How far a loop has come: an iterator whose position can be seen. A list is gone through as it is then."""

    def __init__(self, items: Sequence[int]) -> None:
        self.items = items
        self.place = 0

    def __iter__(self) -> Going:
        return self

    def __next__(self) -> int:
        if self.place >= len(self.items):
            raise StopIteration
        self.place += 1
        return self.items[self.place - 1]


class Visible(ast.NodeTransformer):
    """Rewrite a spec so that whatever outlives an await is the value of a name: the same program, step by step."""

    def __init__(self) -> None:
        self.names = 0

    def name(self) -> str:
        self.names += 1
        return f"kept_{self.names}"

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        going = ast.Call(ast.Name("Going", ast.Load()), [node.iter], [])
        node.iter = ast.NamedExpr(ast.Name(self.name(), ast.Store()), going)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if any(isinstance(part, ast.Await) for part in ast.walk(node.right)):
            node.left = ast.NamedExpr(ast.Name(self.name(), ast.Store()), node.left)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Attribute):
            return self.generic_visit(node)
        read = ast.Attribute(node.target.value, node.target.attr, ast.Load())
        assigned: ast.AST = self.visit(ast.Assign([node.target], ast.BinOp(read, node.op, node.value)))
        return assigned


def compiled(source: str) -> CodeType:
    """Compile the source of a spec for `Run`."""
    return compile(ast.fix_missing_locations(Visible().visit(ast.parse(source))), "<spec>", "exec")


# --- running a spec ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Declared:
    """A field of the spec: how its first value is made, and whether it is a block."""

    make: Callable[[], object]
    is_block: bool = False


class Spec:
    pass


def words(scheduler: Scheduler) -> dict[str, object]:
    """Return what the spec's source is executed with in place of `model`."""
    return {
        "Spec": Spec,
        "Int": lambda lo, hi: Declared(lambda: max(lo, 0)),
        "Bool": lambda: Declared(lambda: False),
        "Mutex": lambda: Declared(lambda: Mutex(scheduler), is_block=True),
        "Token": lambda: Declared(Token, is_block=True),
        "Channel": lambda item: Declared(Channel, is_block=True),
        "Map": lambda key, item: Declared(lambda: Mapping(dict.fromkeys(range(3), 0)), is_block=True),
        "Seq": lambda item, capacity: Declared(Items, is_block=True),
        "Going": Going,
        "task": tagged,
        "step": lambda: Once(lambda: True),
        "first": lambda **branches: Select(scheduler, branches, biased=True),
        "until": lambda condition: Once(condition, carried=carried_by((condition,))),
        "any_of": lambda **branches: Select(scheduler, branches, biased=False),
        "both": lambda **branches: Join(scheduler, branches),
        "awaitable": lambda method: method,
        "wait": lambda *parts: Once(**{part.__name__: part for part in parts}, carried=carried_by(parts)),
        "choose": lambda options: options[scheduler.choose(len(options))],
    }


def carried_by(parts: tuple[Callable[[], Any], ...]) -> object:
    """Return what the parts of an awaitable enclose beside their block."""
    cells = [cell.cell_contents for part in parts for cell in part.__closure__ or ()]
    return tuple(value for value in cells if isinstance(value, int))


def tagged(function: Any) -> Any:
    function.is_task = True
    return function


class Run:
    """The spec after some choices."""

    def __init__(self, code: CodeType, choices: tuple[int, ...]) -> None:
        self.scheduler = Scheduler(choices)
        names = words(self.scheduler)
        exec(code, names)
        cls = next(item for item in names.values() if isinstance(item, type) and Spec in item.__bases__)
        self.spec = cls()
        self.fields = {name: item for name, item in vars(cls).items() if isinstance(item, Declared)}
        for name, item in self.fields.items():
            setattr(self.spec, name, item.make())
        for name, function in vars(cls).items():
            if hasattr(function, "is_task"):
                self.scheduler.spawn(name, function(self.spec))

    def step(self) -> bool:
        """Take a step; False if there is none."""
        enabled = self.scheduler.enabled()
        if not enabled:
            return False
        self.scheduler.take(*enabled[self.scheduler.choose(len(enabled))])
        return True

    def valuation(self) -> Valuation:
        """Return the values of the fields that are no blocks."""
        return tuple(getattr(self.spec, name) for name, item in self.fields.items() if not item.is_block)

    def state(self) -> object:
        """Return all that the future depends on."""
        blocks = tuple(getattr(self.spec, name).state() for name, item in self.fields.items() if item.is_block)
        standing = ((a.name, a.over, a.value if a.over else stands(a)) for a in self.scheduler.activities)
        return self.valuation(), blocks, tuple(sorted(standing, key=repr))

    def close(self) -> None:
        for activity in reversed(self.scheduler.activities):
            activity.close()


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
    if isinstance(value, Once):
        return "Once", value.carried
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
        run = Run(code, choices)
        before = run.valuation()
        try:
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
        finally:
            run.close()
    return explored
