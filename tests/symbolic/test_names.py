"""What things are called in a spec is nothing to a solver: no name is another's, none is a word it knows."""

from __future__ import annotations

from pathlib import Path

import pytest
import z3

from checker import certificate
from checker.diagnostics import InternalError
from checker.frontend.load import compiled
from checker.interp import Interpreter
from checker.ir.domains import BoolT, RecordT
from checker.ir.leaves import Leaf, Mark
from checker.ir.nodes import Model, Variable
from checker.symbolic.progress import prove_progress
from checker.symbolic.scalars import Scalars
from checker.symbolic.system import translate
from checker.symbolic.terms import symbol
from checker.symbolic.values import word
from tests.frontend.front import written

ODD = """
class Odd(Spec):
    Key = Enum("half-open", "None", "a.b", "or")
    let = Map(Key, Bool)
    abs = Int(0, 3)
    exists = Option(Key)
    seq = actor()

    @action(seq)
    def distinct(self):
        require(self.abs < 3)
        self.abs += 1
        self.let["None"] = True
        self.exists = "or"

    @invariant
    def forall(self):
        return self.abs <= 3
"""


def test_words_of_smt_lib_are_names_like_others(tmp_path: Path) -> None:
    spec = str(written(tmp_path, ODD))
    model, sources = compiled(spec, {})
    found = prove_progress(model)
    assert found is not None
    checked = certificate.check(certificate.make(found.system, found.proof, spec=spec, sources=sources))
    assert checked.refused == ()
    assert "forall" in checked.claims


@pytest.mark.parametrize("name", ["a|b", "a\\b", "a\nb", "é", "%7C;", "let", "f(x)"])
def test_any_name_is_one_symbol(name: str) -> None:
    constant = z3.Bool(symbol(name))
    (read,) = z3.parse_smt2_string(f"(declare-const {constant.sexpr()} Bool) (assert {constant.sexpr()})")
    assert read.eq(constant)


def test_escaped_names_are_told_apart() -> None:
    assert len({symbol(name) for name in ("a|b", "a%7C;b", "a%25;7C;b", "a\\b")}) == 4


def test_keys_are_told_apart() -> None:
    keys = [None, "None", (1, "a"), ("1", "a"), ("1, 'a'",), frozenset({"b", "a"}), "{a, b}", True, "True"]
    assert len({word(key) for key in keys}) == len(keys)


def test_two_scalars_of_one_name_are_refused() -> None:
    record = RecordT("Pair", (("open", BoolT()),))
    variables = (Variable("gate", record, ((False,),)), Variable("gate.open", BoolT(), (False,)))
    with pytest.raises(InternalError, match="both called"):
        translate(Model("Twins", (), variables, (), (), ()))


def test_the_empty_place_of_a_member_has_words_too(tmp_path: Path) -> None:
    model, _ = compiled(str(written(tmp_path, ODD)), {})
    found = Scalars(translate(model))
    for leaf, value in zip(found.leaves, found.row(Interpreter(model).initial()[0]), strict=True):
        if leaf == Leaf("exists", (Mark.PAYLOAD,)):
            assert found.says(leaf, value) == ("exists is not there", "exists is there")
            break
    else:
        pytest.fail("no such scalar")
