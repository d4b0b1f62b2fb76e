"""What a condition is called: its own text in the spec, and what stands in the places it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.api import check_model
from checker.frontend.source import on_one_line
from checker.ir.domains import BoolT
from checker.ir.nodes import TRUE, Action, Actor, Conjunct, Duty, Model, Variable
from checker.reading import Reader
from checker.report import Wait
from tests.frontend.front import compiled

SPEC = """
LIMIT = 2


class Room(Block):
    lock = Map(Int(0, 1), Lock())


class Lock(Block):
    taken = Bool()

    def is_free(self):
        return not self.taken

    @awaitable
    def get(self):
        def ready():
            return self.is_free()

        return wait(ready)

    @awaitable
    def late(self):
        def ready():
            if self.taken:
                return False
            return self.is_free()

        return wait(ready)


class Waits(Spec):
    most = param(Int(0, 3), default=1)
    n = Int(0, 3)
    mark = Enum("red", "green")
    done = Map(Int(0, 1), Bool())
    rooms = Map(Int(0, 1), Room())

    @awaitable
    def several(self):
        def ready():
            return (
                self.n > self.most  # the first
                and (self.n == LIMIT or self.mark == "green")
                and all(self.done[i] for i in range(2))
            )

        return wait(ready)

    @task
    async def a(self):
        WAIT
"""


def waits(tmp_path: Path, wait: str) -> list[Wait]:
    """Return the waits of the one finding of a spec whose task does `wait`."""
    report = check_model(compiled(tmp_path, SPEC.replace("WAIT", wait)))
    graph = report.findings[0].graph
    assert graph is not None
    return [wait for wait in graph.waits if wait.actor == "a"]


def said(wait: Wait) -> tuple[str, dict[str, object], dict[str, str]]:
    return wait.text, {reading.place: reading.value for reading in wait.values}, dict(wait.constants)


def test_each_operand_of_and_has_its_own_text_and_place(tmp_path: Path) -> None:
    found = waits(tmp_path, "await self.several()")
    assert [said(wait) for wait in found] == [
        ("self.n > self.most", {"n": 0}, {"most": "1"}),
        ('self.n == LIMIT or self.mark == "green"', {"n": 0, "mark": "red"}, {"LIMIT": "2"}),
        ("all(self.done[i] for i in range(2))", {"done[0]": False}, {}),
        ("all(self.done[i] for i in range(2))", {"done[1]": False}, {}),
    ]
    first, second, third, fourth = (wait.loc.line for wait in found)
    assert (second - first, third - second, fourth - third) == (1, 1, 0)


def test_a_helper_is_named_as_it_is_called(tmp_path: Path) -> None:
    (found,) = waits(tmp_path, "self.rooms[1].lock[0].taken = True\n        await self.rooms[1].lock[0].get()")
    assert said(found) == ("self.is_free()", {"rooms[1].lock[0].taken": True}, {})


def test_what_takes_several_statements_is_told_as_it_was_compiled(tmp_path: Path) -> None:
    (found,) = waits(tmp_path, "self.rooms[0].lock[1].taken = True\n        await self.rooms[0].lock[1].late()")
    assert found.text == ""
    assert "rooms.lock.taken[0][1]" in found.conjunct


@pytest.mark.parametrize("name", ["", 'at("there", ', "may("])
def test_the_block_that_a_local_names_is_told(name: str, tmp_path: Path) -> None:
    code = "\n        ".join(
        [
            "room: Int(0, 1) = 1",
            "for i in range(2):",
            "    for j in range(2):",
            "        self.rooms[i].lock[j].taken = True",
            f"await {name}self.rooms[room].lock[0].get(){')' if name else ''}",
        ]
    )
    (found,) = waits(tmp_path, code)
    assert found.resource == "rooms[1].lock[0].get"
    assert found.point == ("there" if "at" in name else found.resource)
    assert [reading.place for reading in found.values] == ["rooms[1].lock[0].taken"]


def test_a_branch_is_said_to_have_finished(tmp_path: Path) -> None:
    found = waits(tmp_path, "await both(one=self.several(), two=self.several())")
    assert [wait.text for wait in found] == ["a.one has finished", "a.two has finished"]


def test_a_text_of_several_lines_becomes_one() -> None:
    text = 'any(\n    x == "a  b"  # why\n    for x in (1,\n  2)\n    if f(\n        x, [y],\n    )\n)'
    assert on_one_line(text) == 'any(x == "a  b" for x in (1, 2) if f(x, [y]))'


@pytest.mark.parametrize(
    ("slot", "shown"),
    [
        ("connection.fold.value.queued.handle.guard", "fold.value…guard"),
        ("pool.items[0].left.guard", "pool.items[0].left.guard"),  # …guard could be the right one
        ("pool.items[0].right.guard", "pool.items[0].right.guard"),
        ("conns[1].executor.answer.held.guard", "conns[1].executor…guard"),
        ("conns[1].executor.guard", "conns[1].executor.guard"),
        ("held", "held"),
    ],
)
def test_a_slot_has_a_shorter_name_where_no_other_is_meant(slot: str, shown: str) -> None:
    slots = ("connection.fold.value.queued.handle.guard", "pool.items[0].left.guard", "pool.items[0].right.guard", slot)
    names = ("connection.fold.value", "pool.items", "conns.executor.answer", "held")
    variables = tuple(Variable(name, BoolT(), (False,)) for name in names)
    actor = Actor("conns[1].executor", Duty.OBLIGED)
    guard = tuple(Conjunct(TRUE, held_in=name) for name in slots)
    model = Model("m", (), variables, (actor,), (Action("a", "b", guard, ()),), ())
    assert Reader(model, lambda expr, state: False).slot(Conjunct(TRUE, held_in=slot)) == shown
