"""The generated text: where it is kept, what it looks like, how it says what it cannot do."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from checker.backends.text.cache import load
from checker.backends.text.machine import TextMachine
from checker.ir.domains import IntT
from checker.ir.nodes import Action, Actor, Assign, Duty, Expr, Model, Var
from checker.ir.ops import Op
from checker.machine import Undefined
from tests.support.toy_models import const, counter, eq, op, philosophers, require, variable


def test_text_is_kept_in_a_file_named_after_its_content(tmp_path: Path) -> None:
    first = TextMachine(counter(3), folder=tmp_path)
    TextMachine(counter(3), folder=tmp_path)
    TextMachine(counter(4), folder=tmp_path)
    files = sorted(tmp_path.glob("*.py"))
    assert len(files) == 2
    assert first.source in [file.read_text(encoding="utf-8") for file in files]


def test_a_file_that_was_tampered_with_is_written_again(tmp_path: Path) -> None:
    TextMachine(counter(3), folder=tmp_path)
    (file,) = tmp_path.glob("*.py")
    file.write_text("raise SystemExit\n", encoding="utf-8")
    machine = TextMachine(counter(3), folder=tmp_path)
    assert len(machine.successors((0,))) == 1
    assert file.read_text(encoding="utf-8") == machine.source


def test_a_folder_that_cannot_be_written_costs_the_file_only(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    machine = TextMachine(counter(3), folder=blocked / "cache")
    assert machine.successors((0,)) == TextMachine(counter(3), folder=tmp_path).successors((0,))
    assert os.listdir(tmp_path) != []


def test_errors_in_text_from_memory_show_its_lines(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    namespace: dict[str, object] = {}
    with pytest.raises(ZeroDivisionError) as caught:
        exec(load("x = 0\ny = 1 // x\n", folder=blocked / "cache"), namespace)
    assert "y = 1 // x" in "".join(traceback.format_exception(caught.value))


def test_every_process_generates_the_same_text() -> None:
    """Sets hash differently in each: their order must not get into the text, or nothing would be cached."""
    program = "from tests.support.toy_models import *; from checker.backends.text.machine import TextMachine as T\n"
    program += "names = SetT(EnumT('Name', ('b', 'a', 'c'))); every = const(frozenset('abc'), names)\n"
    program += "update = (Assign(Var('chosen', names), every),)\n"
    program += "action = Action('x.all', 'x', (), update)\n"
    program += "print(T(Model('sets', (), (variable(Var('chosen', names)),), (), (action,), ())).source)"
    texts = set()
    for seed in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        texts.add(done.stdout)
    assert len(texts) == 1
    assert "frozenset" in texts.pop()


def test_only_actions_of_the_present_locations_are_tried() -> None:
    """Many locations are told apart by halving: a state costs few comparisons, not one an action."""
    count = 12
    place = Var("a.at", IntT(0, count - 1))
    actions = tuple(
        Action(f"a.{i}", "a", (require(eq(place, const(i)), location=True),), (Assign(place, const((i + 1) % count)),))
        for i in range(count)
    )
    model = Model("ring", (), (variable(place),), (Actor("a", Duty.OBLIGED),), actions, ())
    machine = TextMachine(model)
    assert "a_at in C" in machine.source
    assert [machine.successors((i,)) for i in range(count)] == [[((i, ()), ((i + 1) % count,))] for i in range(count)]


def test_names_that_python_or_the_text_needs_are_renamed() -> None:
    names = ("class", "out", "state", "append", "C0", "L0", "a.b", "a_b", "value", "1st")
    variables = tuple(Var(name, IntT(0, 1)) for name in names)
    actions = tuple(Action(f"x.{v.name}", "x", (), (Assign(v, op(Op.SUB, const(1), v)),)) for v in variables)
    model = Model("names", (), tuple(map(variable, variables)), (Actor("x", Duty.OBLIGED),), actions, ())
    found = TextMachine(model).successors((0,) * len(names))
    assert [state for _, state in found] == [tuple(int(i == j) for j in range(len(names))) for i in range(len(names))]


def test_masks_judge_many_conditions_at_once() -> None:
    model = philosophers(2)
    machine = TextMachine(model)
    taken = Var("taken", model.variables[0].type)
    conditions: list[Expr] = [
        const(True),
        const(False),
        eq(taken, const((True, False), taken.type)),
        op(Op.NOT, eq(taken, const((False, False), taken.type))),
    ]
    state = machine.initial()[0]
    assert machine.mask(conditions)(state) == 0b0001
    assert machine.mask(conditions)(((True, False), *state[1:])) == 0b1101
    assert machine.mask([])(state) == 0


def test_a_mask_over_what_has_no_value_says_so() -> None:
    n = Var("n", IntT(0, 3))
    judged = TextMachine(counter(3)).mask([eq(op(Op.DIV, const(1), n), const(1))])
    assert judged((1,)) == 1
    with pytest.raises(Undefined, match=r"`1 // n` divides by zero"):
        judged((0,))
