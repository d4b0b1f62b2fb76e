"""What is said of a spec is what follows from its source run as coroutines, whoever explores, whatever the passes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from checker.api import check_model
from checker.diagnostics import SpecError
from checker.frontend import load
from checker.ir.nodes import Model
from checker.options import Options
from checker.report import Report, Verdict
from tests.agree.test_auto import told
from tests.agree.test_native import assert_same_report
from tests.agree.test_native_workers import assert_same_report as assert_workers_say_the_same
from tests.agree.test_native_workers import eager as eager
from tests.frontend.awaiting import TooMany
from tests.frontend.duty_programs import program
from tests.frontend.verdicts import Verdicts, judged

LIMIT = 300
KNOTS = ("deadlock", "orphan")


def said(report: Report) -> dict[str, bool]:
    """Return of each property whether it is violated."""
    assert all(result.verdict is not Verdict.INCOMPLETE for result in report.properties), report.properties
    return {result.name: result.verdict is Verdict.VIOLATED for result in report.properties}


def failures(report: Report) -> set[str]:
    properties = {result.finding for result in report.properties}
    kinds = {"assertion", "range", "ownership"}
    return {f.kind.value for f in report.findings if f.kind.value in kinds and f not in properties}


def assert_right(report: Report, right: Verdicts, where: str) -> None:
    assert failures(report) == right.failures, where
    if right.failures:
        return  # what follows a failed step is not known
    found = said(report)
    knots = [found.pop(name) for name in KNOTS]
    assert found == {name: violated for name, violated in right.violated.items() if name in found}, where
    assert set(right.violated) - set(found) <= {"ownership"}, where
    if right.blocked:
        assert any(knots), where
    elif not any(violated for name, violated in found.items() if name.startswith("ends")):
        assert not any(knots), where


def judge(seed: int, folder: Path, *, native: bool = False) -> str:
    """Compare one program with the judge, without passes and with them, and all engines; tell what became of it."""
    made = program(seed)
    path = folder / "spec.py"
    path.write_text(made.source, encoding="utf-8")
    try:
        right = judged(made.source[made.source.index("class S") :], made.reach, limit=LIMIT)
        elaborated = load(str(path), {}, dump_after="elaborate")
    except TooMany:
        return "large"
    except SpecError as error:
        return error.diagnostics[0].code
    where = f"seed {seed}\n{made.source}"
    assert_right(check_model(elaborated, options=Options(go_on=True, engine="interpreter")), right, where)
    text = assert_same_reports(load(str(path), {}), native=native)
    assert_right(text, right, where)
    return "failing" if right.failures else "judged"


def assert_same_reports(model: Model, *, native: bool) -> Report:
    """Compare the engines, to the first finding and beyond; return what the text engine says of everything."""
    reported(model, Options(engine="text"), native)
    return reported(model, Options(engine="text", go_on=True), native)


def reported(model: Model, options: Options, native: bool) -> Report:
    """Return the text engine's report; the others say the same."""
    expected = check_model(model, options=options)
    assert told(check_model(model, options=replace(options, engine="interpreter"))) == told(expected)
    if native:
        one, two = (check_model(model, options=replace(options, engine="native", workers=n)) for n in (1, 2))
        assert_same_report(one, expected)
        assert_workers_say_the_same(two, one)
    return expected


@pytest.mark.slow
def test_verdicts_are_those_of_coroutines(tmp_path: Path) -> None:
    found = Counter(judge(seed, tmp_path) for seed in range(15))
    assert found["judged"] >= 10, found


@pytest.mark.slow
@pytest.mark.usefixtures("eager")
def test_machine_code_says_the_same(tmp_path: Path) -> None:
    found = Counter(judge(seed, tmp_path, native=True) for seed in range(100, 102))
    assert found["judged"] >= 1, found


@pytest.mark.nightly
@pytest.mark.parametrize("series", range(1, 21))
def test_many_verdicts_are_those_of_coroutines(series: int, tmp_path: Path) -> None:
    found = Counter(judge(1_000 * series + number, tmp_path) for number in range(200))
    assert found["judged"] >= 150, found


@pytest.mark.nightly
@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("series", range(21, 31))
def test_machine_code_says_the_same_of_many(series: int, tmp_path: Path) -> None:
    found = Counter(judge(1_000 * series + number, tmp_path, native=True) for number in range(50))
    assert found["judged"] >= 35, found
