"""Strangers' files: never run, never imported, refused within seconds where they ask for too much."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from checker.info import ROOT
from tests.frontend.front import HEADER, mistakes, written

SECONDS = 15.0  # of a limit that takes a second or two on an idle machine


def nested(opening: str, inner: str, closing: str, times: int) -> str:
    return opening * times + inner + closing * times


def indented(*lines: str, by: int = 4) -> str:
    return textwrap.indent("\n".join(lines) + "\n", " " * by)


def body(*lines: str) -> str:
    """Return a spec with these lines in its class and a task that does nothing."""
    return "class S(Spec):\n" + indented(*lines, "@task", "async def idle(self):", "    await step()")


def running(*lines: str, fields: str = "n = Int(0, 9)") -> str:
    """Return a spec whose task runs these lines."""
    return "class S(Spec):\n" + indented(fields, "@task", "async def run(self):", indented(*lines))


def judged(condition: str, *before: str, fields: str = "n = Int(0, 9)") -> str:
    """Return a spec with this invariant, after some lines of its own."""
    return body(fields, "@invariant", "def i(self):", indented(*before, f"return {condition}"))


def chain(times: int, call: str, *, colour: str = "def") -> str:
    """Return a field and helpers that each call the next."""
    links = [f"{colour} h{i}(self):\n    {call.replace('NEXT', f'self.h{i + 1}()')}" for i in range(times)]
    last = "await step()" if colour == "async def" else "return 1"
    return "\n".join(("n = Int(0, 9)", *links, f"{colour} h{times}(self):\n    {last}"))


MEMBER = ("async def f(self, me):", "    await step()")
RECORDS = (f"R{i + 1} = Record(a=R{i}, b=R{i})" for i in range(40))
TASKS = (f"@task\nasync def m{i}(self):\n    await step()" for i in range(3000))
CASES = (f"if self.b[{i}]:\n    self.n = 1\nelif self.b[{i + 1}]:\n    return" for i in range(30))
ELIFS = (f"elif self.n == {i}:\n    await step()" for i in range(300))
LOOPS = ("for i in range(99):", "    for j in range(99):", "        for k in range(99):", "            self.n = 1")
AWAITS = chain(30, "await NEXT\n    await NEXT", colour="async def")
BRANCHES = chain(12, "await first(a=NEXT, b=NEXT)", colour="async def")

TOO_LARGE = {
    "a map of maps": body("a = Map(Int(0, 9999), Map(Int(0, 9999), Bool()))"),
    "a set of sets": body("a = Set(Set(Set(Set(Set(Bool())))))"),
    "a huge set": body("a = Set(Int(0, 999999999))"),
    "a huge sequence": body("a = Seq(Int(0, 3), 999999999)"),
    "a huge sequence of slots": body("T = Record(x=Bool())", "a = Seq(Own(T), 999999999)"),
    "records that double": body("R0 = Record(x=Bool())", *RECORDS),
    "any value of a huge type": body("a = Int(0, 999999999, init=any_value)"),
    "any value of a map": body("a = Map(Int(0, 30), Int(0, 9), init=any_value)"),
    "a huge family": body("@task(over=Int(0, 999999999))", *MEMBER),
    "a family of thousands": body("@task(over=Int(0, 9999))", *MEMBER),
    "a huge family of actors": body("a = actor(over=Int(0, 999999999))", "@action(a)", "def f(self, me):", "    pass"),
    "a huge choice": body("a = actor()", "@action(a)", "def f(self, x: Int(0, 999999999)):", "    pass"),
    "choices by choices": body("a = actor()", "@action(a)", "def f(self, x: Int(0, 99), y: Int(0, 99)):", "    pass"),
    "thousands of tasks": body(*TASKS),
    "loops within loops": judged("all(a + b + c > -1" + "".join(f" for {x} in Int(0, 99)" for x in "abc") + ")"),
    "a huge range": judged("all(self.n < x for x in range(999999999))"),
    "a huge loop": running("for i in range(999999999):", "    self.n = 1", "await step()"),
    "a product of ranges": running(*LOOPS, "await step()"),
    "a loop over a huge type": running("for i in Int(0, 999999999):", "    self.n = 1", "await step()"),
    "helpers that double": judged("self.h0() == 1", fields=chain(30, "return NEXT + NEXT")),
    "async helpers that double": running("await self.h0()", fields=AWAITS),
    "branches that double": running("await self.h0()", fields=BRANCHES),
    "names that double": judged("x60", "x0 = self.n == 1", *(f"x{i + 1} = x{i} == x{i}" for i in range(60))),
    "numbers that double": judged("x40 > 1", "x0 = self.n", *(f"x{i + 1} = x{i} * x{i}" for i in range(40))),
    "a product of constants": body("a = Int(0, " + "*".join(["999999999999"] * 50) + ")"),
    "a number with many digits": body("a = Int(0, 99999999999999999999999999)"),
    "a long sum": judged("sum(self.n for i in Int(0, 999)) > 1"),
    "a long sum, written out": judged("+".join(["self.n"] * 3000) + " > 1"),
    "cases by cases": running("await step()", *CASES, fields="n = Int(0, 9)\nb = Map(Int(0, 40), Bool())"),
    "negations": judged(nested("not ", "self.n == 1", "", 5000)),
    "unary minus": body("a = Int(0, " + nested("-", "1", "", 20_000) + ")"),
    "ifs within ifs": running(*(" " * i + "if self.n == 1:" for i in range(95)), " " * 95 + "await step()"),
    "elifs": running("if self.n == 0:", "    await step()", *ELIFS),
    "generators within generators": judged("any(" * 40 + "True" + "".join(f" for x{i} in Bool)" for i in range(40))),
    "a deep chain of helpers": judged("self.h0() == 1", fields=chain(400, "return NEXT + 1")),
}


@pytest.mark.parametrize("text", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_what_asks_for_too_much_is_refused_in_time(text: str, tmp_path: Path) -> None:
    found = mistakes(written(tmp_path, text), seconds=SECONDS)
    assert {d.code for d in found} == {"K002"}


HARMLESS = {
    "parentheses": body("a = Int(0, " + nested("(", "1", ")", 150) + ")"),
    "a long type": body("a = Enum(" + ", ".join(f'"x{i}"' for i in range(5000)) + ")"),
    "a long disjunction": judged(" or ".join(f"self.n == {i}" for i in range(1000))),
    "a long conjunction": judged("all(self.n != a + 10 for a in Int(0, 2000))"),
    "a long body": running(*["self.n = 1"] * 2000, "await step()"),
    "many awaits": running(*["self.n = 1\nawait step()"] * 300),
    "many fields": body(*(f"m{i} = Bool()" for i in range(2000))),
    "a long text": body("a = Enum('" + "x" * 500_000 + "')"),
    "a loop that awaits, however long": running("for i in range(99999999):", "    await step()"),
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_merely_long_compiles_in_time(text: str, tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, text), seconds=SECONDS) == ()


BYTES = {
    "binary": (bytes(range(256)) * 100, "K001"),
    "a null byte": (b"x = 1\0\n", "K001"),
    "UTF-16": ("class S: pass".encode("utf-16"), "K001"),
    "Latin-1": (b"# -*- coding: latin-1 -*-\n# \xe9\n", "K001"),
    "ten megabytes": (b"x = 1\n" * 1_700_000, "K002"),
    "nothing": (b"", "K003"),
    "only a comment": (b"# a spec", "K003"),
    "half a surrogate pair": (HEADER.encode() + b'class S(Spec):\n    n = Enum("\\ud800")\n', "K011"),
    "unclosed": (b"class S(Spec):\n    n = Int(0, (((((\n", "K001"),
}


@pytest.mark.parametrize(("raw", "code"), BYTES.values(), ids=BYTES.keys())
def test_bytes_that_are_no_spec(raw: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.py"
    path.write_bytes(raw)
    assert [d.code for d in mistakes(path, seconds=SECONDS)] == [code]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, body("n = Bool()"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert mistakes(path) == ()


CYCLES = {
    "a block in itself": ("class B(Block):\n    b = B()\nclass S(Spec):\n    b = B()\n", "K014"),
    "blocks in each other": (
        "class B(Block):\n    c = C()\nclass C(Block):\n    b = B()\nclass S(Spec):\n    b = B()\n",
        "K014",
    ),
    "a class that extends itself": ("class S(S, Spec):\n    n = Bool()\n", "K014"),
    "a constant of itself": ("N = N + 1\nclass S(Spec):\n    n = Int(0, N)\n", "K014"),
    "constants of each other": ("N = M\nM = N\nclass S(Spec):\n    n = Int(0, N)\n", "K014"),
    "an import from itself": ("from spec import N\nclass S(Spec):\n    n = Int(0, N)\n", "K014"),
    "a record of itself": ("class S(Spec):\n    R = Record(r=Option(R))\n    r = Option(R)\n", "K020"),
}


@pytest.mark.parametrize(("text", "code"), CYCLES.values(), ids=CYCLES.keys())
def test_what_is_defined_by_itself_is_named(text: str, code: str, tmp_path: Path) -> None:
    found = mistakes(written(tmp_path, text))
    assert code in {d.code for d in found}
    assert "K002" not in {d.code for d in found}


def test_classes_that_extend_each_other(tmp_path: Path) -> None:
    path = written(tmp_path, "class A(B, Spec):\n    n = Bool()\nclass B(A):\n    m = Bool()\n")
    assert {d.code for d in mistakes(path)} == {"K003"}  # two specs, none named


EFFECTS = """
import os, sys
import stranger
from stranger import X, decorate, Meta
open({mark!r}, "w").write("ran")
os.system("touch " + {mark!r})

@decorate
class S(Spec, metaclass=Meta):
    n = Int(0, X)

    def __init_subclass__(cls):
        open({mark!r}, "w")

    def __class_getitem__(cls, item):
        open({mark!r}, "w")

    @decorate
    def helper(self):
        return 1

    @task
    async def run(self):
        self.n = self.helper()
        await step()

while True:
    pass
sys.exit(0)
"""

STRANGER = """
open({mark!r}, "w").write("imported")
X = 3
class Meta(type):
    def __new__(cls, *args):
        open({mark!r}, "w")
def decorate(it):
    open({mark!r}, "w")
    return it
raise SystemExit(0)
"""


def test_nothing_of_a_spec_or_of_what_it_imports_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    (tmp_path / "stranger.py").write_text(STRANGER.format(mark=str(mark)), encoding="utf-8")
    path = written(tmp_path, EFFECTS.format(mark=str(mark)))
    for command in (["check"], ["list"], ["show"], ["expected"], ["simulate"], ["graph"]):
        done = subprocess.run(
            [sys.executable, "-m", "checker", *command, str(path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
        )
        assert done.returncode == 150, done.stdout + done.stderr
        assert "K050" in done.stderr
        assert "Traceback" not in done.stderr
        assert not mark.exists()


def test_an_effect_at_module_level_is_simply_not_had(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    path = written(tmp_path, f"open({str(mark)!r}, 'w')\nwhile True:\n    pass\n" + body("n = Bool()"))
    assert mistakes(path) == ()
    assert not mark.exists()
