"""How `leads_to`, `eventually` and `always_eventually` are declared, and what is said of those that are not."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from checker.ir.text import print_model
from tests.frontend.front import compiled, mistakes, written

SPEC = """
class S(Spec):
    many = param("no", "yes", default="no")
    Client = Int(0, 1)
    asked = Map(Client, Bool())
    n = Int(0, 2)
    client = actor(over=Client)

    @action(client)
    def ask(self, me):
        self.asked[me] = True

    def done(self):
        return self.n == 2

{properties}
"""


def properties(text: str, tmp_path: Path, **settings: str) -> list[str]:
    source = SPEC.format(properties=textwrap.indent(text, "    "))
    printed = print_model(compiled(tmp_path, source, **settings)).split("\n\n")
    return [part.rstrip() for part in printed if part.startswith(("leads_to", "eventually", "always_eventually"))]


def test_one_property_a_declaration_and_conditions_may_be_methods(tmp_path: Path) -> None:
    declared = ("a = leads_to(lambda self: self.n == 1, done)", "b = eventually(done)")
    found = properties("\n".join([*declared, "c = always_eventually(lambda self: self.asked[0])"]), tmp_path)
    assert found == ["leads_to a: n == 1 leads to n == 2", "eventually b: n == 2", "always_eventually c: asked[0]"]


def test_one_property_a_value_of_over(tmp_path: Path) -> None:
    found = properties(
        "a = leads_to(lambda self, c: self.asked[c], lambda self, c: self.n == c, over=Client)", tmp_path
    )
    assert found == ["leads_to a[0]: asked[0] leads to n == 0", "leads_to a[1]: asked[1] leads to n == 1"]


def test_when_decides_whether_the_property_exists(tmp_path: Path) -> None:
    text = 'a = eventually(done, when=many == "yes")'
    assert properties(text, tmp_path) == []
    assert properties(text, tmp_path, many="yes") == ["eventually a: n == 2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = leads_to(done)", "leads_to takes two conditions, over= and when="),
        ("a = eventually(done, to=3)", "eventually takes a condition, over= and when="),
        ("a = eventually(self.n == 2)", "a condition is a lambda or a method"),
        ("a = eventually(lambda self, c: True)", "this condition takes (self)"),
        ("a = eventually(lambda self: True, over=Client)", "this condition takes (self, me)"),
        ("a = always_eventually(lambda self: True, when=n == 1)", "the value of `n` is not known at compile time"),
    ],
)
def test_other_forms_are_refused(text: str, message: str, tmp_path: Path) -> None:
    source = SPEC.format(properties=textwrap.indent(text, "    "))
    assert [found.message for found in mistakes(written(tmp_path, source))] == [message]
