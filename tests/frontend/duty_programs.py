"""Random specs of the task layer about who owes what: duties of waits, rest, owned values, families, every property;
scopes that are cancelled within each other, loops that are stopped, back-pressure, ends of channels.

Written like those of `programs`, smaller, with what those leave out. `tests.frontend.verdicts` says what must be
said of them.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from tests.frontend.dead_code import without_dead_code
from tests.frontend.programs import HELPERS, INDENT, Writer

WORDS = (
    "Bool, Int, Map, Option, Own, Record, Spec, any_of, any_value, at, awaitable, both, choose, drop, fault, first, "
    "invariant, may, move, obliged, own, owned, progress, rest, sometimes, step, task, transition, until, wait"
)
IMPORTS = """
from model.channel import Channel
from model.mutex import Mutex
from model.semaphore import Semaphore
from model.token import Token
"""
FIELDS = """
class S(Spec):
    Key = Int(0, 1)
    Pair = Record(x=Int(0, 2), y=Bool())
    Permit = Record(n=Int(0, 2))
    a = Int(0, 2)
    b = Int(0, 2)
    f = Bool({first})
    o = Option(Int(0, 2))
    r = Pair
    h = Own(Permit)
    g = Own(Permit)
    m = Mutex()
    t = Token()
    c = Channel(Int(0, 2))
    d = Channel(Int(0, 2), capacity=2)
    s = Semaphore(2)
    k = Map(Int(0, 2), Int(0, 2))

    @awaitable
    def reach(self, x):
        def ready():
            return self.b >= x

        def idle():
            return self.a != x

        return wait(ready, idle)

    @awaitable
    def take(self):
        def ready():
            return self.h is not None

        def finish():
            return move(self.h)

        return wait(ready, finish)

    @awaitable
    def give(self, p: Own(Permit)):
        def ready():
            return self.h is None

        def finish():
            self.h = move(p)

        return wait(ready, finish)

    @awaitable
    def gone(self, x):
        def ready():
            return all(p.n != x for p in owned(self.Permit))

        return wait(ready)
"""
SLOTS = {"h": ("self.h", "self.take(", "self.give("), "g": ("self.g",)}
DUTIES = ("may", "may", "obliged")


@dataclass
class DutyWriter(Writer):
    """`slots`: it may use the slots of owned values. `plain`: no wait has a duty of its own."""

    slots: bool = True
    plain: bool = False
    points: list[str] = field(default_factory=list)  # names of await points
    point_names: tuple[str, ...] = ()  # that may be given

    def number(self, depth: int = 2) -> str:
        rng = self.rng
        simple = ["0", "1", "2", "self.a", "self.b", "v", "self.r.x", "self.k[v]", *(["x"] if self.parameter else [])]
        simple += self.counters
        if depth == 0 or rng.random() < 0.6:
            return rng.choice(simple)
        left, right = self.number(depth - 1), self.number(depth - 1)
        unwrapped = f"(self.o if self.o is not None else {left})"
        return rng.choice((f"({left} + {right}) % 3", f"min({left}, {right})", unwrapped))

    def condition(self, depth: int = 2) -> str:
        rng = self.rng
        left, right = self.number(min(depth, 1)), self.number(min(depth, 1))
        simple = ["self.f", "not self.f", "self.r.y", f"{left} == {right}", f"{left} < {right}", "self.o is None"]
        simple += [f"self.o == {right}", "self.o is not None and self.o > 0"]
        if self.slots:
            simple += ["self.h is None", f"any(p.n == {right} for p in owned(self.Permit))"]
        if depth == 0 or rng.random() < 0.7:
            return rng.choice(simple)
        return f"({self.condition(depth - 1)} {rng.choice(('and', 'or'))} {self.condition(depth - 1)})"

    def statement(self, by: int, loop: bool) -> bool:
        kinds = [self.assign] * 3 + [self.wait] * 6 + [self.select] * 3 + [self.join] * 2 + [self.branch]
        kinds += [self.guarded, self.repeat, self.early, self.cases]
        kinds += [self.finally_, self.serve, self.limited, self.keep] + [self.queued] * 2
        if self.helpers:
            kinds += [self.scope] * 2
        if self.slots:
            kinds += [self.owning] * 4
        if loop:
            kinds += [self.jump]
        return self.rng.choice(kinds)(by, loop)

    def assign(self, by: int, loop: bool) -> bool:
        lines = (
            f"self.a = {self.number()}",
            f"self.b = {self.number()}",
            f"v = {self.number()}",
            f"self.f = {self.condition()}",
            "self.f = not self.f",
            f"v = self.bump({self.number(0)})",
            f"v = choose((0, {self.number(0)}))",
            "self.t.cancel()",
            f"self.o = {self.rng.choice(('None', self.number(1)))}",
            f"self.r.x = {self.number(1)}",
            f"self.k[{self.number(0)}] = {self.number(1)}",
            f"self.r = self.Pair(x={self.number(1)}, y={self.condition(0)})",
            f"assert {self.condition(1)} or self.f or self.b < 2",
        )
        self.write(self.rng.choice(lines[:-1] if self.rng.random() < 0.97 else lines), by)
        return False

    def scope(self, by: int, loop: bool) -> bool:
        """Write a helper that may be cancelled: by a token, a condition, or at any time."""
        self.names += 1
        name, gives = self.rng.choice(list(self.helpers.items()))
        work = f"work{self.names}=self.{name}({self.number(0)})"
        ended = self.rng.choice(("self.t.fired()", f"until(lambda: {self.condition(1)})", "self.c.recv()"))
        ended = f"ended{self.names}={self.owed(ended, faults=False)}"
        branches = self.rng.choice(([ended, work], [ended, work], [work, ended], [work, f"late{self.names}=step()"]))
        got = f"got{self.names}"
        call = f"{self.rng.choice(('first', 'first', 'any_of'))}({', '.join(branches)})"
        self.write(f"{got} = await {self.wrapped(call)}", by)
        self.use(f"{got}.work{self.names}", "number" if gives else "", by)
        return False

    def serve(self, by: int, loop: bool) -> bool:
        """Write a loop that takes what comes until it is stopped; what has come then may be left."""
        self.names += 1
        name, given = self.rng.choice([("", True), ("", True), *self.helpers.items()])
        item = f"self.{name}({self.number(0)})" if name else self.rng.choice(("self.c.recv()", "self.d.recv()"))
        stop = self.rng.choice(("self.t.fired()", "until(lambda: self.f)"))
        branches = [f"stop{self.names}={stop}", f"item{self.names}={item}"]
        if self.rng.random() < 0.3:
            branches.reverse()
        got = f"got{self.names}"
        self.write("while True:", by)
        self.write(f"{got} = await {self.wrapped('first(' + ', '.join(branches) + ')')}", by + 1)
        self.write(f"if {got}.stop{self.names}:", by + 1)
        self.write("break", by + 2)
        self.write("await step()", by + 1)
        if given:
            self.use(f"{got}.item{self.names}", "number", by + 1)
        if self.rng.random() < 0.5:
            self.block(by + 1, True)
        return False

    def limited(self, by: int, loop: bool) -> bool:
        self.write(f"with await {self.wrapped(f'self.s.acquire({self.rng.choice((1, 1, 2))})')}:", by)
        self.block(by + 1, loop)
        return False

    def queued(self, by: int, loop: bool) -> bool:
        """Write to a channel with room for two, read from it, or close an end."""
        match self.rng.randrange(6):
            case 0 | 1:
                self.write(f"await {self.wrapped(f'self.d.send({self.number(0)})')}", by)
            case 2 | 3:
                self.names += 1
                self.write(f"y{self.names} = await {self.wrapped('self.d.recv()')}", by)
                self.write(f"if y{self.names} is not None:", by)
                self.write(f"v = y{self.names}", by + 1)
            case 4:
                self.write("if self.d.senders_left > 0:", by)
                self.write("self.d.drop_sender()", by + 1)
            case _:
                self.write("self.d.drop_receiver()", by)
        return False

    def keep(self, by: int, loop: bool) -> bool:
        """Keep an option or a record over a wait."""
        self.names += 1
        name = f"y{self.names}"
        if self.rng.random() < 0.5:
            self.write(f"{name} = self.o", by)
            self.wait(by, loop)
            self.write(f"if {name} is not None:", by)
            self.write(f"{self.rng.choice(('v', 'self.b', 'self.o'))} = {name}", by + 1)
        else:
            self.write(f"{name} = self.r", by)
            self.wait(by, loop)
            self.write(self.rng.choice((f"v = {name}.x", f"self.r = {name}", f"self.f = {name}.y")), by)
        return False

    def owning(self, by: int, loop: bool) -> bool:
        rng = self.rng
        slot, other = rng.sample(("h", "g"), 2)
        sure = rng.random() < 0.93
        match rng.randrange(6):
            case 0 | 1:
                if sure:
                    self.write(f"if self.{slot} is None:", by)
                self.write(f"self.{slot} = own(self.Permit(n={self.number(0)}))", by + sure)
            case 2:
                if sure:
                    self.write(f"if self.{slot} is not None and self.{other} is None:", by)
                self.write(f"self.{other} = move(self.{slot})", by + sure)
            case 3:
                self.write(f"drop(self.{slot})", by)
            case 4:
                self.names += 1
                self.write(f"with await {self.wrapped('self.take()')} as y{self.names}:", by)
                self.counters.append(f"y{self.names}.n")
                name = f"y{self.names}"
                self.block(by + 1, loop)
                self.counters.pop()
                if rng.random() < 0.3:
                    self.write("if self.g is None:", by + 1)
                    self.write(f"self.g = move({name})", by + 2)
            case _:
                self.write("if self.g is not None:", by)
                self.write(f"await {self.wrapped('self.give(move(self.g))')}", by + 1)
        return False

    def wrapped(self, call: str) -> str:
        """Return a wait with any wrappers around it."""
        rng = self.rng
        if rng.random() < 0.35 and not self.plain:
            call = f"{rng.choice(DUTIES)}({call})"
        if rng.random() < 0.3:
            call = f"rest({call})" if rng.random() < 0.6 else f"rest({call}, when={self.condition(1)})"
        if rng.random() < 0.2 and self.is_task and len(self.points) < len(self.point_names):
            name = self.point_names[len(self.points)]
            self.points.append(name)
            call = f'at("{name}", {call})'
        return call

    def owed(self, call: str, *, faults: bool) -> str:
        """Return a branch, perhaps with a duty of its own."""
        if self.plain or self.rng.random() < 0.7:
            return call
        return f"{self.rng.choice((*DUTIES, *(['fault'] if faults else [])))}({call})"

    def wait(self, by: int, loop: bool) -> bool:
        kinds = ["step()"] * 2 + ["self.t.fired()", f"self.reach({self.number(1)})", "self.c.send(v)"]
        kinds += [f"until(lambda: {self.condition()})"] * 2
        values = [f"self.turn({self.number(1)})", "self.c.recv()"]
        if self.slots:
            kinds += [f"self.gone({self.number(0)})"]
        call = self.rng.choice((*kinds, *values))
        if self.helpers and self.rng.random() < 0.2:
            name, gives = self.rng.choice(list(self.helpers.items()))
            helper = f"await self.{name}({self.number(1)})"
            self.write(f"v = {helper}" if gives else helper, by)
            return False
        self.write(("v = " if call in values else "") + f"await {self.wrapped(call)}", by)
        return False

    def one(self) -> tuple[str, str, bool]:
        """Return what a branch may call, what it gives (nothing, a number, a truth, a permit), if it is a helper."""
        awaitables = [
            ("self.t.fired()", ""),
            (f"self.reach({self.number(1)})", ""),
            (f"until(lambda: {self.condition()})", ""),
            ("self.c.recv()", "number"),
            ("self.c.send(v)", "truth"),
            (f"self.turn({self.number(1)})", "number"),
        ]
        if self.slots:
            awaitables += [("self.take()", "permit"), (f"self.gone({self.number(0)})", "")]
        if self.helpers and self.rng.random() < 0.4:
            name, gives = self.rng.choice(list(self.helpers.items()))
            return f"self.{name}({self.number(1)})", "number" if gives else "", True
        return *self.rng.choice(awaitables), False

    def select(self, by: int, loop: bool) -> bool:
        rng = self.rng
        self.names += 1
        branches = {f"{letter}{self.names}": self.one() for letter in "pqr"[: rng.choice((1, 2, 2))]}
        given = [f"{name}={self.owed(call, faults=False)}" for name, (call, _, _) in branches.items()]
        if rng.random() < 0.15:
            given.append(f"s{self.names}={self.owed('step()', faults=False)}")
        got = f"got{self.names}"
        call = f"{rng.choice(('first', 'first', 'any_of'))}({', '.join(given)})"
        self.write(f"{got} = await {self.wrapped(call)}", by)
        for name, (_, gives, _) in branches.items():
            self.use(f"{got}.{name}", gives, by)
        return False

    def use(self, value: str, gives: str, by: int) -> None:
        if gives == "permit":
            self.write(f"if {value} is not None:", by)
            self.put(value, by + 1)
        elif self.rng.random() < 0.6:
            self.write(f"if {value} is not None:" if gives else f"if {value}:", by)
            self.write(f"self.b = {value}" if gives == "number" else f"self.a = {self.number(1)}", by + 1)

    def put(self, value: str, by: int) -> None:
        """Do something with an owned value, at once."""
        if self.rng.random() < 0.5:
            self.write("if self.g is None:", by)
            self.write(f"self.g = move({value})", by + 1)
            self.write("else:", by)
            self.write(f"drop({value})", by + 1)
        else:
            self.write(f"drop({value})", by)

    def join(self, by: int, loop: bool) -> bool:
        self.names += 1
        branches = {f"{side}{self.names}": self.one() for side in ("left", "right")}
        given = [
            f"{name}={call if helper else self.owed(call, faults=True)}" for name, (call, _, helper) in branches.items()
        ]
        got = f"got{self.names}"
        self.write(f"{got} = await {self.wrapped('both(' + ', '.join(given) + ')')}", by)
        for name, (_, gives, _) in branches.items():
            if gives == "permit":
                self.put(f"{got}.{name}", by)
            elif gives == "number":
                self.write(f"v = {got}.{name}", by)
        return False

    def repeat(self, by: int, loop: bool) -> bool:
        rng = self.rng
        self.names += 1
        if rng.random() < 0.5:
            head = f"for i{self.names} in range({rng.choice(('1', '2', 'self.a'))}):"
        else:
            head = f"while {rng.choice(('True', 'self.f', 'not self.f', 'self.b < 2'))}:"
        self.write(head, by)
        if head.startswith("while"):
            self.write(f"await {self.wrapped('step()')}", by + 1)
        self.block(by + 1, True)
        return False


@dataclass(frozen=True)
class Program:
    """A spec, and which tasks may fill or empty each of its slots."""

    source: str
    reach: dict[str, frozenset[str]]


def program(seed: int) -> Program:
    """Return a spec of two or three tasks, or a task and a family, and up to two helpers."""
    rng = random.Random(seed)
    slots = rng.random() < 0.5
    lines: list[str] = []
    helpers: dict[str, bool] = {}
    bodies: dict[str, str] = {}
    for name in ("h0", "h1")[: rng.choice((0, 1, 2, 2))]:
        gives = rng.random() < 0.5
        body = function(rng, dict(helpers), slots=slots, gives=gives, parameter=True)
        bodies[name] = "\n".join(body)
        lines += ["", f"    async def {name}(self, x):", *body]
        helpers[name] = gives
    tasks: list[str] = []
    points: list[tuple[str, str]] = []
    for name in ("left", "right", "third")[: rng.choice((2, 2, 3))]:
        duty = rng.choice(("", "", "", "duty=may", "duty=fault"))
        family = name == "right" and rng.random() < 0.3
        options = ", ".join(part for part in (duty, "over=Key" if family else "") if part)
        is_fault = duty == "duty=fault"
        named = tuple(f"{name}_{n}" for n in range(2))
        writer = DutyWriter(rng, {} if is_fault else helpers, rng.choice((2, 3, 3)), slots=slots, plain=is_fault,
                            is_task=True, point_names=named)  # fmt: skip
        if family:
            writer.counters.append("me")
        body = begun(writer)
        bodies[name] = "\n".join(body)
        lines += ["", f"    @task({options})" if options else "    @task"]
        lines += [f"    async def {name}(self{', me' if family else ''}):", *body]
        tasks += [f"{name}[0]", f"{name}[1]"] if family else [name]
        points += [(f"{name}[0]" if family else name, point) for point in writer.points]
    head = FIELDS.format(first=rng.choice(("", "", "init=any_value")))
    lines += properties(rng, tasks, points, slots=slots)
    reach = {slot: reaching(words, bodies, tasks) for slot, words in SLOTS.items()}
    return Program(f"from model import {WORDS}{IMPORTS}{head}{HELPERS}" + "\n".join(lines) + "\n", reach)


def begun(writer: DutyWriter) -> list[str]:
    writer.write("v: Int(0, 2) = 0", 2)
    writer.block(2, False)
    return writer.lines


def function(rng: random.Random, helpers: dict[str, bool], *, slots: bool, gives: bool, parameter: bool) -> list[str]:
    writer = DutyWriter(rng, helpers, rng.choice((1, 2, 2)), gives, parameter, slots=slots)
    begun(writer)
    if gives:
        writer.write(f"return {writer.number()}", 2)
    return writer.lines


def reaching(words: tuple[str, ...], bodies: dict[str, str], tasks: list[str]) -> frozenset[str]:
    """Return the tasks whose code, or a helper of theirs, fills or empties a slot. `bodies`: helpers first."""
    endless: set[str] = set()
    lives: dict[str, str] = {}
    for name, body in bodies.items():
        lives[name], ends = without_dead_code(body, endless)
        endless |= set() if ends else {name}

    def does(name: str) -> bool:
        body = lives[name]
        changes = any(
            re.search(rf"{re.escape(word)} = |(move|drop)\({re.escape(word)}\)", body) if word.startswith("self.")
            and word[-1] != "(" else word in body
            for word in words
        )  # fmt: skip
        return changes or any(does(other) for other in lives if f"self.{other}(" in body)

    return frozenset(task for task in tasks if does(task.split("[")[0]))


def properties(rng: random.Random, tasks: list[str], points: list[tuple[str, str]], *, slots: bool) -> list[str]:
    """Return the properties: about the fields, and about where tasks stand."""
    lines: list[str] = []
    writer = DutyWriter(rng, {}, 0, slots=slots)

    def condition() -> str:
        found = writer.condition(1).replace("v", "1")
        roll = rng.random()
        if roll < 0.2:
            found = f"({found} or self.{rng.choice(tasks)}.finished)"
        elif roll < 0.5 and points:
            task, point = rng.choice(points)
            found = f'({found} {rng.choice(("or", "and"))} self.{task}.at("{point}"))'
        return found

    for kind in ("invariant", "sometimes"):
        if rng.random() < 0.6:
            lines += ["", f"    @{kind}", f"    def {kind}_1(self):", f"{INDENT * 2}return {condition()}"]
    if rng.random() < 0.5:
        after, before = condition(), rng.choice(("old.a", "old.b", "old.r.x"))
        test = rng.choice(
            (f"self.a >= {before} or ", f"{before} < 2 or ", "old.f or ", "not old.f or ", "old.o is None or ")
        )
        lines += ["", "    @transition", "    def transition_1(self, old):", f"{INDENT * 2}return {test}{after}"]
    lines.append("")
    for place, task in enumerate(dict.fromkeys(task.split("[")[0] for task in tasks)):
        family = f"{task}[0]" in tasks
        roll = rng.random()
        if roll < 0.5:
            lines.append(f"    ends_{place} = progress({task})")
        elif roll < 0.75:
            parameters = "self, me" if family else "self"
            lines.append(f"    goal_{place} = progress({task}, to=lambda {parameters}: {condition()})")
    return lines
