"""Rows of `EXPECTED`, run: what the corpus and the conformance suites of the blocks have in common."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from checker import Report, check
from checker.cli.commands.expected import never_happening
from checker.info import ExpectedRow
from checker.models import describe, load
from checker.report import Verdict

ROOT = Path(__file__).resolve().parent.parent
LARGE = 12_000  # states: more take too long to search a second time; `check expected` does


def specs_in(folder: str) -> list[Path]:
    """Return the spec files of `tests/<folder>`, in order."""
    return sorted(path for path in (ROOT / folder).glob("*.py") if not path.name.startswith(("_", "test_")))


def rows_of(path: Path) -> tuple[ExpectedRow, ...]:
    """Return a spec's rows; a spec without any declares nothing, and is a mistake."""
    rows = tuple(describe(str(path)).expected)
    assert rows, f"{path.name} has no EXPECTED"
    return rows


def verdict(report: Report) -> str:
    """Return a report's verdict as a row says it: `holds`, the kind of the first finding, or `incomplete`."""
    findings = [finding for finding in report.findings if not finding.warning]
    return findings[0].kind.value if findings else report.verdict.value


def unmet(report: Report) -> list[str]:
    """Return the `sometimes` that no reachable state meets."""
    return [p.name for p in report.properties if p.kind == "sometimes" and p.verdict is not Verdict.HOLDS]


@cache
def checked(path: Path, settings: tuple[tuple[str, str], ...]) -> Report:
    """Check a spec as the command does without options; several tests look at the same reports."""
    return check(str(path), options=None, **dict(settings))


def run(path: Path, row: ExpectedRow) -> Report:
    """Check one row: its verdict, its pinned counts and, where it holds, that every `sometimes` is met."""
    report = checked(path, row.settings)
    where = f"{path.name} {dict(row.settings)}"
    assert verdict(report) == row.verdict, f"{where}: {verdict(report)}, not {row.verdict}"
    for count in ("states", "transitions", "depth"):
        pinned = getattr(row, count)
        assert pinned in (None, getattr(report, count)), f"{where}: {getattr(report, count)} {count}"
    if row.verdict == "holds":
        assert report.complete, f"{where}: incomplete"
        assert not unmet(report), f"{where}: never {', '.join(unmet(report))}"
    if row.violated is not None and report.states < LARGE:
        found = never_happening(load(str(path), dict(row.settings)), report.engine)
        assert found == row.violated, f"{where}: {found} do not hold"
    return report
