"""What a user reads about each mistake of the corpus: kept word for word, one file a code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checker.catalogue import CATALOGUE
from checker.info import ROOT
from checker.render.problems import render_diagnostic, render_diagnostics
from checker.render.style import Style
from tests.corpus.test_corpus import ERRORS, declared, mistakes_in
from tests.frontend.front import mistakes, written

PLAIN = Style()
FOLDER = "tests/corpus/errors/"
SAYS_IT_ALL = {
    "adds_text",
    "compares_different_types",
    "not_python",
}  # what is wrong; there is no telling what was meant


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_mistakes_read(code: str, golden: Callable[..., None]) -> None:
    shown = [
        render_diagnostic(diagnostic, PLAIN).replace(f"{ROOT}/", "").replace(FOLDER, "")
        for path in ERRORS
        if declared(path)[0] == code
        for diagnostic in mistakes_in(path)
    ]
    golden("\n\n".join(shown) + "\n")


@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_a_mistake_says_what_to_write_instead(path: Path) -> None:
    if path.stem not in SAYS_IT_ALL:
        first = mistakes_in(path)[0]
        assert first.fix or "did you mean" in first.message


@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_messages_speak_of_python_as_it_is_written(path: Path) -> None:
    for diagnostic in mistakes_in(path):
        for word in ("JoinedStr", "NamedExpr", "Assign", "AsyncFor", "ListComp", "FunctionDef", "Starred", "ClassDef"):
            assert word not in diagnostic.message


SEVERAL = """
class S(Spec):
    n = Int(0, 3)
    m = Sett(n)

    @task
    async def run(self):
        step()
        self.n = self.k
        for i in self.n:
            pass
        await self.n

    @invariant
    def i(self):
        return self.n
"""


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    found = mistakes(written(tmp_path, SEVERAL))
    assert [(d.code, d.loc.line) for d in found] == [
        ("K020", 4),
        ("K040", 8),
        ("K021", 9),
        ("K043", 10),
        ("K048", 12),
        ("K030", 16),
    ]
    assert "6 mistakes (exit 150)" in render_diagnostics(found, PLAIN)


def test_what_follows_from_a_mistake_is_not_said(tmp_path: Path) -> None:
    text = """
    class S(Spec):
        @task
        async def run(self):
            for _ in self.nobody:
                got = await self.nothing()
            value: Int(0, 3) = unknown
            other = value
            if value > 1 and other:
                late = self.missing
            if late and got:
                return
    """
    found = mistakes(written(tmp_path, text))
    assert [(d.code, d.loc.line) for d in found] == [("K021", 5), ("K020", 7)]


def test_one_mistake_in_a_family_is_said_once(tmp_path: Path) -> None:
    text = "class S(Spec):\n    @task(over=Int(0, 2))\n    async def run(self, me):\n        step()\n"
    assert len(mistakes(written(tmp_path, text))) == 1


def test_code_that_no_parameter_reaches_is_judged_by_its_form(tmp_path: Path) -> None:
    text = """
    class S(Spec):
        on = param(Bool(), default=False)

        @task
        async def run(self):
            await step()
            if self.on:
                print(unknown)
                x = [1 for _ in range(2)]
    """
    assert {(d.code, d.loc.line) for d in mistakes(written(tmp_path, text))} == {("K012", 9), ("K020", 9), ("K011", 10)}


CARETS = {
    "the name alone": ("self.n = nn", "nn"),
    "an operand": ("self.n = 1 + (2 if self.n else 3)", "self.n"),
    "an argument": ("self.n = min(1, unknown)", "unknown"),
    "behind letters of two bytes": ("self.s = 'ä'; self.n = nn", "nn"),
    "behind letters of three bytes": ("self.s = '日本'; self.n = nn", "nn"),
}


@pytest.mark.parametrize(("statement", "marked"), CARETS.values(), ids=CARETS.keys())
def test_carets_stand_under_what_is_wrong(statement: str, marked: str, tmp_path: Path) -> None:
    fields = "    n = Int(0, 9)\n    s = Enum('ä', '日本')\n"
    text = f"class S(Spec):\n{fields}    @task\n    async def run(self):\n        await step()\n        {statement}\n"
    (diagnostic,) = mistakes(written(tmp_path, text))
    _, source, carets, *_ = render_diagnostic(diagnostic, PLAIN).splitlines()
    start, length = carets.index("^"), carets.count("^")
    assert source[start : start + length] == marked


def test_carets_of_several_lines_end_with_the_first(tmp_path: Path) -> None:
    text = (
        "class S(Spec):\n    n = Int(\n        0,\n    )\n    @task\n    async def run(self):\n        await step()\n"
    )
    (diagnostic,) = mistakes(written(tmp_path, text))
    _, source, carets, *_ = render_diagnostic(diagnostic, PLAIN).splitlines()
    assert source[carets.index("^") :] == "Int("
    assert carets.count("^") == len("Int(")


def test_tabs_are_one_column(tmp_path: Path) -> None:
    text = "class S(Spec):\n\tn = Int(0, 9)\n\t@task\n\tasync def run(self):\n\t\tawait step()\n\t\tself.n = nn\n"
    path = tmp_path / "spec.py"
    path.write_text("from model import Int, Spec, step, task\n" + text, encoding="utf-8")
    (diagnostic,) = mistakes(path)
    _, source, carets, *_ = render_diagnostic(diagnostic, PLAIN).splitlines()
    assert source[carets.index("^") :] == "nn"
