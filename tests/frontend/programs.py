"""Random specs of the task layer that are also plain Python: what both can run is compared."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

WORDS = "Bool, Int, Map, Seq, Spec, any_of, awaitable, both, choose, first, step, task, until, wait"
IMPORTS = """
from model.channel import Channel
from model.mutex import Mutex
from model.token import Token
"""
FIELDS = """
class S(Spec):
    a = Int(0, 2)
    b = Int(0, 2)
    f = Bool()
    m = Mutex()
    t = Token()
    c = Channel(Int(0, 2))
    k = Map(Int(0, 2), Int(0, 2))
    q = Seq(Int(0, 2), 2)

    @awaitable
    def reach(self, x):
        def ready():
            return self.b >= x

        return wait(ready)
"""
HELPERS = """
    def bump(self, x):
        self.a = (self.a + x) % 3
        return self.b

    @awaitable
    def turn(self, x):
        def start():
            self.b = (self.b + 1) % 3

        def ready():
            return self.f or self.a == x

        def finish():
            self.a = (self.a + x) % 3
            return x

        def drop():
            self.b = x

        return wait(start, ready, finish, drop)
"""
INDENT = "    "


@dataclass
class Writer:
    """Writes one function body. `helpers`: the async helpers it may call, with whether they give a value."""

    rng: random.Random
    helpers: dict[str, bool]
    left: int  # statements
    gives: bool = False
    parameter: bool = False
    is_task: bool = False
    names: int = 0
    lines: list[str] = field(default_factory=list)
    counters: list[str] = field(default_factory=list)  # variables of the loops around

    def number(self, depth: int = 2) -> str:
        rng = self.rng
        simple = ["0", "1", "2", "self.a", "self.b", "v", "w", "self.k[v]", *(["x"] if self.parameter else [])]
        simple += self.counters
        if depth == 0 or rng.random() < 0.5:
            return rng.choice(simple)
        left, right = self.number(depth - 1), self.number(depth - 1)
        return rng.choice(
            (f"({left} + {right}) % 3", f"({left} * {right}) % 3", f"min({left}, {right})",
             f"({left} if {self.condition(depth - 1)} else {right})")
        )  # fmt: skip

    def condition(self, depth: int = 2) -> str:
        rng = self.rng
        left, right = self.number(min(depth, 1)), self.number(min(depth, 1))
        simple = ["self.f", "not self.f", f"{left} == {right}", f"{left} < {right}", f"{left} != {right}"]
        if depth == 0 or rng.random() < 0.6:
            return rng.choice(simple)
        return f"({self.condition(depth - 1)} {rng.choice(('and', 'or'))} {self.condition(depth - 1)})"

    def write(self, line: str, by: int) -> None:
        self.lines.append(INDENT * by + line)

    def block(self, by: int, loop: bool) -> None:
        """Write one to three statements."""
        before = len(self.lines)
        for _ in range(self.rng.choice((1, 2, 2, 3))):
            if self.left <= 0:
                break
            self.left -= 1
            if self.statement(by, loop):
                break
        if len(self.lines) == before:
            self.write("self.f = not self.f", by)

    def statement(self, by: int, loop: bool) -> bool:
        """Write a statement; True if nothing may follow it."""
        kinds = [self.assign] * 4 + [self.wait] * 4 + [self.select] * 5 + [self.branch] * 2
        kinds += [self.guarded, self.repeat, self.finally_] * 2 + [self.join, self.early]
        kinds += [self.in_order] * 4 + [self.items, self.pair, self.cases]
        if loop:
            kinds += [self.jump, self.jump]
        return self.rng.choice(kinds)(by, loop)

    def assign(self, by: int, loop: bool) -> bool:
        rng = self.rng
        self.write(
            rng.choice(
                (
                    f"self.a = {self.number()}",
                    f"self.b = {self.number()}",
                    f"v = {self.number()}",
                    f"w = {self.number()}",
                    f"self.f = {self.condition()}",
                    f"self.a = (self.a + {self.number(0)}) % 3",
                    f"v = self.bump({self.number(1)})",
                    f"w = choose((0, {self.number(0)}, 2))",
                    "self.t.cancel()",
                )
            ),
            by,
        )
        return False

    def in_order(self, by: int, loop: bool) -> bool:
        """Write a statement in which a part changes what another part reads or names."""
        self.write(
            self.rng.choice(
                (
                    f"self.a %= 1 + self.bump({self.number(1)})",
                    f"self.a %= 1 + (await self.turn({self.number(1)}))",
                    f"self.k[self.a] %= 1 + self.bump({self.number(1)})",
                    f"self.k[self.k[self.a]] = {self.number(1)}",
                    f"self.k[self.a] = self.bump({self.number(1)})",
                    f"v = min(self.a, self.bump({self.number(1)}))",
                    f"w = (self.a + self.bump({self.number(1)})) % 3",
                    f"w = (self.b * (await self.turn({self.number(0)}))) % 3",
                    f"self.f = self.a < self.bump({self.number(1)})",
                )
            ),
            by,
        )
        return False

    def items(self, by: int, loop: bool) -> bool:
        """Put into the sequence, take out of it, or go through it while it changes."""
        match self.rng.randrange(4):
            case 0 | 1:
                self.write("if len(self.q) < 2:", by)
                self.write(f"self.q.append({self.number(1)})", by + 1)
            case 2:
                self.write("if len(self.q) > 0:", by)
                self.write("v = self.q.pop(0)", by + 1)
            case _:
                self.names += 1
                item = f"y{self.names}"
                self.write(f"for {item} in self.q:", by)
                change = ("self.q.pop(0)", "self.q.clear()", f"self.q[0] = {self.number(0)}", "self.f = not self.f")
                self.write(self.rng.choice(change), by + 1)
                self.write(f"self.a = (self.a + {item}) % 3", by + 1)
        return False

    def pair(self, by: int, loop: bool) -> bool:
        """Bind a tuple of what may change before it is read."""
        self.names += 1
        name = f"pair{self.names}"
        self.write(f"{name} = ({self.number(1)}, {self.number(1)})", by)
        self.write(f"self.a = {self.number(1)}", by)
        if self.rng.random() < 0.5:
            self.wait(by, loop)
        self.write(f"{self.rng.choice(('self.b', 'v'))} = {name}[{self.rng.randrange(2)}]", by)
        return False

    def cases(self, by: int, loop: bool) -> bool:
        self.write(f"match {self.rng.choice(('self.bump(1)', 'self.a', 'v'))}:", by)
        for case in (self.rng.choice("012"), "_"):
            self.write(f"case {case}:", by + 1)
            self.block(by + 2, loop)
        return False

    def wait(self, by: int, loop: bool) -> bool:
        kinds = ["await step()"] * 3 + [
            "await self.t.fired()",
            f"await self.reach({self.number(1)})",
            f"await until(lambda: {self.condition()})",
            "v = await self.c.recv()",
            "await self.c.send(w)",
        ]
        kinds += [f"v = await self.turn({self.number(1)})"] * 2
        for name, gives in self.helpers.items():
            call = f"await self.{name}({self.number(1)})"
            kinds += [f"v = {call}" if gives else call]
        self.write(self.rng.choice(kinds), by)
        return False

    def awaitables(self) -> list[tuple[str, str]]:
        """Return what a branch may call, and what it gives: nothing, a number, or whether it was sent."""
        calls = [(f"self.{name}({self.number(1)})", "number" if gives else "") for name, gives in self.helpers.items()]
        return [
            *calls,
            ("self.t.fired()", ""),
            (f"self.reach({self.number(1)})", ""),
            (f"until(lambda: {self.condition()})", ""),
            ("self.c.recv()", "number"),
            ("self.c.send(v)", "truth"),
            (f"self.turn({self.number(1)})", "number"),
        ]

    def select(self, by: int, loop: bool) -> bool:
        rng = self.rng
        branches = [rng.choice(self.awaitables()) for _ in range(rng.choice((1, 2, 2, 3)))]
        self.names += 1
        names = [f"{'pqr'[place]}{self.names}" for place in range(len(branches))]
        given = ", ".join(f"{name}={call}" for name, (call, _) in zip(names, branches, strict=True))
        got = f"got{self.names}"
        self.write(f"{got} = await {rng.choice(('first', 'first', 'any_of'))}({given})", by)
        for name, (_, gives) in zip(names, branches, strict=True):
            if rng.random() < 0.6:
                self.write(f"if {got}.{name} is not None:" if gives else f"if {got}.{name}:", by)
                self.write(f"self.b = {got}.{name}" if gives == "number" else f"self.a = {self.number(1)}", by + 1)
        return False

    def join(self, by: int, loop: bool) -> bool:
        self.names += 1
        branches = [self.rng.choice(self.awaitables()) for _ in range(2)]
        names = [f"{side}{self.names}" for side in ("left", "right")]
        given = ", ".join(f"{name}={call}" for name, (call, _) in zip(names, branches, strict=True))
        got = f"got{self.names}"
        self.write(f"{got} = await both({given})", by)
        for name, (_, gives) in zip(names, branches, strict=True):
            if gives == "number":
                self.write(f"w = {got}.{name}", by)
        return False

    def branch(self, by: int, loop: bool) -> bool:
        self.write(f"if {self.condition()}:", by)
        self.block(by + 1, loop)
        if self.rng.random() < 0.5:
            self.write("else:", by)
            self.block(by + 1, loop)
        return False

    def guarded(self, by: int, loop: bool) -> bool:
        self.write("with await self.m.lock():", by)
        self.block(by + 1, loop)
        return False

    def finally_(self, by: int, loop: bool) -> bool:
        self.write("try:", by)
        self.block(by + 1, loop)
        self.write("finally:", by)
        self.write(self.rng.choice(("self.a = (self.a + 1) % 3", "self.b = v", "self.f = not self.f")), by + 1)
        return False

    def repeat(self, by: int, loop: bool) -> bool:
        rng = self.rng
        self.names += 1
        counter = f"i{self.names}"
        match rng.randrange(6):
            case 0:
                self.write(f"for {counter} in range({rng.choice((1, 2))}):", by)
            case 1:
                self.write(f"for {counter} in (0, 2):", by)
            case 2:
                self.write(f"for {counter} in range({rng.choice(('self.a', 'v'))}):", by)
            case 3:
                self.write(f"for {counter} in ({self.number(0)}, {self.number(1)}):", by)
            case 4:
                counter = rng.choice(("v", "w"))
                self.write(f"for {counter} in {rng.choice(('range(2)', '(self.a, 1)'))}:", by)
            case _:
                self.write(f"while {rng.choice(('self.f', 'not self.f', 'self.a != w', 'self.b < 2'))}:", by)
                self.write("await step()", by + 1)
                self.block(by + 1, True)
                return False
        self.counters.append(counter)
        if rng.random() < 0.2:
            self.write(f"{counter} = {self.number(1)}", by + 1)
        self.block(by + 1, True)
        self.counters.pop()
        return False

    def jump(self, by: int, loop: bool) -> bool:
        self.write(self.rng.choice(("break", "continue")), by)
        return True

    def early(self, by: int, loop: bool) -> bool:
        self.write(f"return {self.number()}" if self.gives else "return", by)
        return True


def program(seed: int) -> str:
    """Return the source of a spec: two tasks, three async helpers, each calling only earlier ones."""
    rng = random.Random(seed)
    lines: list[str] = []
    helpers: dict[str, bool] = {}
    for name in ("h0", "h1", "h2"):
        gives = rng.random() < 0.5
        lines += ["", f"    async def {name}(self, x):", *function(rng, dict(helpers), gives=gives, parameter=True)]
        helpers[name] = gives
    for name in ("left", "right"):
        lines += ["", "    @task", f"    async def {name}(self):", *function(rng, helpers, is_task=True)]
    return f"from model import {WORDS}{IMPORTS}{FIELDS}{HELPERS}" + "\n".join(lines) + "\n"


def function(
    rng: random.Random, helpers: dict[str, bool], *, gives: bool = False, parameter: bool = False, is_task: bool = False
) -> list[str]:
    writer = Writer(rng, helpers, rng.choice((2, 3, 4)), gives, parameter, is_task)
    writer.write("v: Int(0, 2) = 0", 2)
    writer.write("w: Int(0, 2) = 1", 2)
    writer.block(2, False)
    if gives:
        writer.write(f"return {writer.number()}", 2)
    return writer.lines
