"""What the task layer is lowered to, source and actions side by side: locals that own, losers dropped, clean-ups."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.frontend.front import actions, compiled

SPEC = """
class S(Spec):
    Permit = Record(n=Int(0, 2))
    slot = Own(Permit)
    kept = Own(Permit)
    b = Bool()
    n = Int(0, 3)

    @awaitable
    def send(self, item):
        def ready():
            return not self.b
        def finish():
            self.kept = move(item)
        def drop():
            self.n = 3
        return wait(ready, finish, drop)

    @awaitable
    def fired(self):
        def ready():
            return self.b
        return wait(ready)

    @awaitable
    def take(self):
        def ready():
            return self.slot is not None
        def finish():
            return move(self.slot)
        return wait(ready, finish)

    async def hold(self, p):
        await step()
        self.n = 1
        return move(p)

    @task
    async def run(self):
        await step()
"""
CASES = {
    "conditional_move": """
p = own(self.Permit(n=1))
if self.b:
    self.slot = move(p)
await step()
self.n = 1
""",
    "loop_local": """
while self.b:
    p = own(self.Permit(n=1))
    await step()
    self.n = 2
""",
    "with_move": """
p = own(self.Permit(n=1))
with move(p) as q:
    await step()
    self.n = q.n
await step()
""",
    "carried": """
p = own(self.Permit(n=2))
got = await first(a=self.send(move(p)), c=self.fired())
if got.c:
    self.n = 1
await step()
""",
    "select_result": """
got = await first(a=self.take(), c=self.fired())
if got.c:
    return
self.kept = move(got.a)
await step()
""",
    "select_result_unused": """
got = await first(a=self.take(), c=self.fired())
await step()
""",
    "branch_holds": """
got = await first(a=self.hold(own(self.Permit(n=1))), c=self.fired())
if got.c:
    return
self.kept = move(got.a)
""",
    "finally_return": """
p = own(self.Permit(n=1))
try:
    if self.b:
        return
    await step()
finally:
    self.n = 2
self.slot = move(p)
""",
    "break_through_finally": """
for i in range(2):
    try:
        if self.b:
            break
        await step()
    finally:
        self.n = i
""",
    "rest_while_a_condition_holds": """
await rest(self.fired(), when=self.n == 0)
self.n = 1
""",
    "duties_of_branches": """
got = await first(a=may(self.fired()), c=self.take())
self.n = 2 if got.a else 1
""",
    "what_holds_back_a_branch": """
got = await first(c=self.fired(), a=self.hold(own(self.Permit(n=1))), d=may(self.hold(own(self.Permit(n=2)))))
if got.a is not None:
    drop(got.a)
""",
    "both_with_awaitables": """
got = await both(a=self.fired(), c=self.take())
drop(got.c)
self.n = 1
""",
}


@pytest.mark.parametrize("case", CASES)
def test_lowered(case: str, tmp_path: Path, golden: Callable[..., None]) -> None:
    code = CASES[case].strip("\n")
    model = compiled(tmp_path, SPEC + textwrap.indent(code, " " * 8) + "\n")
    golden(f"{code}\n\n{actions(model)}")
