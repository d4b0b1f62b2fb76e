"""Every one-feature spec of the corpus gets the verdict it declares; every wrong one its code, at its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.catalogue import CATALOGUE
from checker.diagnostics import Diagnostic, SpecError
from checker.frontend import load
from tests.support.expected import ROOT, rows_of, run, specs_in

HEADER = re.compile(r"# expect: (K\d{3}) line (\d+)(?: with (\w+) unbounded)?")
ERRORS = sorted((ROOT / "corpus/errors").glob("*.py"))


def declared(path: Path) -> tuple[str, int, str | None]:
    """Return the code and the line that a wrong spec's first line declares, and the parameter that is unbounded."""
    match = HEADER.fullmatch(path.read_text(encoding="utf-8").splitlines()[0])
    assert match, f"{path.name} does not say what to expect"
    return match[1], int(match[2]), match[3]


@pytest.mark.parametrize("path", specs_in("corpus"), ids=lambda path: path.stem)
def test_spec_gets_the_verdicts_it_declares(path: Path) -> None:
    for row in rows_of(path):
        run(path, row)


def mistakes_in(path: Path) -> tuple[Diagnostic, ...]:
    """Return what is wrong in a spec, compiled as its first line says."""
    unknown = declared(path)[2]
    with pytest.raises(SpecError) as error:
        load(str(path), {unknown: "unbounded"} if unknown else {}, unbounded=True)
    return error.value.diagnostics


@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_mistake_is_named_with_its_code_and_line(path: Path) -> None:
    code, line, _ = declared(path)
    diagnostics = mistakes_in(path)
    assert (diagnostics[0].code, diagnostics[0].loc.line) == (code, line)
    assert diagnostics[0].loc.file.endswith(path.name)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_has_a_spec_that_gets_it(code: str) -> None:
    assert any(declared(path)[0] == code for path in ERRORS)
