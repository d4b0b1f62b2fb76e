"""What an expression means when something changes between its evaluation and its use: as in Python.

Each body ends with a value in `self.r`, beside what Python gives. (Random programs: `test_coroutines`.)
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from checker.api import check_model
from checker.diagnostics import SpecError
from checker.frontend import load
from checker.options import Options
from checker.report import Verdict

SPEC = """
from model import Block, Bool, Int, Map, Record, Seq, Spec, awaitable, first, invariant, step, task, wait


class Box(Block):
    x = Int(0, 9)

    def get(self):
        return self.x

    def plus(self, y):
        return self.x + y


class S(Spec):
    Pair = Record(u=Int(0, 9), v=Int(0, 9))
    a = Int(0, 9)
    b = Int(0, 9)
    r = Int(0, 9)
    i = Int(0, 1)
    f = Bool()
    q = Seq(Int(0, 9), 3)
    rows = Map(Int(0, 1), Seq(Int(0, 9), 3))
    m = Map(Int(0, 1), Int(0, 9))
    boxes = Map(Int(0, 1), Box())

    def bump(self):
        self.a = self.a + 1
        return self.a

    def flip(self):
        self.i = 1 - self.i
        return self.i

    def nine(self, t):
        self.a = 9
        return t[0]

    def fill(self, box, x):
        self.i = 1
        box.x = x

    def both_now(self):
        self.f = True
        return (self.a, self.b)

    def add(self, x, y):
        return x + y

    async def later(self, x):
        await step()
        self.a = 5
        self.i = 1
        return x

    @awaitable
    def into(self, box, x):
        def ready():
            return True

        def finish():
            box.x = x

        return wait(ready, finish)

    @task
    async def run(self):
        await step()
%s

    @invariant
    def right(self):
        return not self.run.finished or self.r == %d
"""
BODIES = """
--- 8: what stands in a sequence, bound by a loop
self.q.append(3)
self.q.append(4)
self.q.append(5)
for x in self.q:
    self.q.pop(0)
    self.r += x
--- 5: a sequence grows while it is gone through
self.q.append(3)
for x in self.q:
    if len(self.q) < 3:
        self.q.append(1)
    self.r += x
--- 7: which sequence is gone through
self.rows[0].append(3)
self.rows[0].append(4)
self.rows[1].append(9)
self.rows[1].append(9)
for x in self.rows[self.i]:
    self.i = 1
    self.r += x
--- 0: a loop over values
for x in (self.a, self.b):
    self.a = 5
    self.b = 6
    await step()
    self.r += x
--- 0: a loop over a list
for x in [self.a, self.b]:
    self.a = 5
    self.b = 6
    self.r += x
--- 2: the end of a range
self.b = 2
for k in range(self.b):
    self.b = 3
    self.r += 1
--- 3: a loop's variable set in its body
for k in range(3):
    self.r += 1
    k = 2
    await step()
--- 9: and read there
for k in range(3):
    self.r += k
    k = 2
    await step()
    self.r += k
--- 2: a loop's variable after it
k: Int(0, 9) = 7
for k in range(3):
    await step()
self.r = k
--- 2: a loop within one of the same name
for k in (1, 2):
    for k in (3, 4):
        await step()
    self.r += k - 3
--- 0: a tuple with a name
t = (self.a, self.b)
self.a = 5
await step()
self.r = t[0]
--- 0: a tuple as an argument
self.r = self.nine((self.a, 1))
--- 0: a tuple as a result
t = self.both_now()
self.a = 3
self.r = t[0] + t[1]
--- 2: a range with a name
self.b = 2
t = range(self.b)
self.b = 0
for k in t:
    self.r += 1
--- 3: a block with a name
box = self.boxes[self.i]
self.i = 1
await step()
box.x = 3
self.r = self.boxes[0].get()
--- 4: a block as an argument
self.fill(self.boxes[self.i], 4)
self.r = self.boxes[0].x
--- 1: a block as an argument of a wait
got = await first(one=self.into(self.boxes[self.i], self.flip()))
self.r = self.boxes[0].x
--- 4: a method with a name
get = self.boxes[self.i].get
self.boxes[0].x = 4
self.i = 1
self.r = get()
--- 6: the receiver of a helper that only reads
self.boxes[0].x = 5
self.r = self.boxes[self.i].plus(self.flip())
--- 1: the receiver of a method
self.rows[self.i].append(self.flip())
self.r = len(self.rows[0]) + 2 * len(self.rows[1])
--- 1: a match looks once
match self.bump():
    case 5:
        self.r = 1
    case 1:
        self.r = self.a
    case _:
        self.r = 8
--- 4: a match waits once
match await self.later(3):
    case 1:
        self.r = 1
    case 3:
        self.r = 4
    case _:
        self.r = 8
--- 3: `+=` reads before its right side acts
self.a = 1
self.a += self.bump()
self.r = self.a
--- 3: `+=` reads before its right side waits
self.a = 1
self.a += await self.later(2)
self.r = self.a
--- 1: `+=` finds its place first
self.m[self.i] += self.flip()
self.r = self.m[0]
--- 3: `=` finds its place last
self.m[self.i] = await self.later(3)
self.r = self.m[1]
--- 0: an index within an index
self.m[self.m[0]] = 1
self.r = self.m[self.m[0]]
--- 2: operands from the left
self.r = self.a + (await self.later(2))
--- 2: arguments from the left
self.r = self.add(self.a, await self.later(2))
--- 7: `min` from the left
self.r = 7 + min(self.a, self.bump())
--- 2: `max` over a wait
self.r = max(self.q_first(), await self.later(2))
--- 3: a list over a wait
self.a = 3
self.q = [self.a, await self.later(2)]
self.r = self.q[0]
--- 5: a record over a wait
self.a = 3
p = self.Pair(u=self.a, v=await self.later(2))
self.r = p.u + p.v
--- 5: a popped item over a wait
self.q.append(3)
self.r = self.q.pop(0) + (await self.later(2))
--- 7: what is popped before it waits
self.q.append(3)
self.q.append(4)
self.r = self.q.pop(0) + self.q.pop(0)
--- 3: fields in the order in which they are written
p = self.Pair(v=self.bump(), u=self.a)
self.r = p.u + 2 * p.v
"""
CASES = {
    name: (body, int(expected))
    for expected, name, body in re.findall(r"^--- (\d): (.*)\n((?:(?!---).*\n)+)", BODIES, re.MULTILINE)
}


def source(body: str, expected: int) -> str:
    text = SPEC % (indent(body, " " * 8), expected)
    return text.replace("    async def later", "    def q_first(self):\n        return self.a\n\n    async def later")


@pytest.mark.parametrize("name", CASES)
def test_names_and_parts_mean_what_they_mean_in_python(name: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.py"
    path.write_text(source(*CASES[name]), encoding="utf-8")
    report = check_model(load(str(path), {}), options=Options(engine="interpreter"))
    assert report.verdict is Verdict.HOLDS, report.findings


def test_which_block_a_helper_returns_is_known(tmp_path: Path) -> None:
    """It is there at compile time only: two ways to two blocks are a mistake, not the first of them."""
    helper = """
    def pick(self):
        self.f = not self.f
        if self.f:
            return self.boxes[0]
        return self.boxes[1]
"""
    path = tmp_path / "spec.py"
    text = source("self.r = self.pick().x", 0).replace("    async def later", f"{helper[1:]}\n    async def later")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as error:
        load(str(path), {})
    assert error.value.diagnostics[0].code == "K030"
