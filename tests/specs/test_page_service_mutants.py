"""Small changes of the pagestream spec that must change a verdict: what it says depends on what it models."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from checker import check
from tests.support.expected import ROOT, verdict

FOLDER = ROOT.parent / "specs" / "page_service"


class Mutant(NamedTuple):
    name: str
    file: str
    changes: tuple[tuple[str, str], ...]  # what it says, what the mutant says instead
    settings: dict[str, object]
    before: str
    after: str


MUTANTS = (
    Mutant(
        "flush is deaf to connection cancel",
        "connection.py",
        (
            ("cancelled=self.cancel.fired(), wrote=", "wrote="),
            (
                """        if got.cancelled:
            self.outcome = "cancelled"
        elif not got.wrote:""",
                "        if not got.wrote:",
            ),
        ),
        {"scenario": "stop"},
        "holds",
        "hostage",
    ),
    Mutant(
        "the Batcher's read is deaf to its token",
        "connection.py",
        (
            ("cancelled=self.cancel_batcher.fired(),", "cancelled=self.never.fired(),"),
            ("    batcher_ending = Operation()\n", "    batcher_ending = Operation()\n    never = Token()\n"),
        ),
        {"scenario": "stop"},
        "holds",
        "hostage",
    ),
    Mutant(
        "a Handle is queued beside the weak one",
        "connection.py",
        (
            (
                "        batch.requests.append(timeline)\n",
                """        batch.requests.append(timeline)
        beside = self.timelines.handles[timeline].get(0)
        if beside is not None:
            batch.queued.handle = move(beside)
""",
            ),
        ),
        {},
        "holds",
        "hostage",
    ),
    Mutant(
        "stop cancels connections before it shuts tenants down",
        "spec.py",
        (
            ("        self.connection_cancel.cancel()\n", ""),
            (
                """shutdown_pageserver`: all tenants first, the connections after them.\"""\n""",
                """shutdown_pageserver`, the order swapped.\"""\n        self.connection_cancel.cancel()\n""",
            ),
        ),
        {"handle": "strong", "scenario": "stop"},
        "deadlock",
        "holds",
    ),
    Mutant(
        "handles are not shut down with their timeline",
        "timelines.py",
        (("        await self.handles[timeline].shutdown()\n", ""),),
        {},
        "holds",
        "hostage",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_changes_the_verdict(mutant: Mutant, tmp_path: Path) -> None:
    folder = tmp_path / "specs" / "page_service"
    shutil.copytree(FOLDER, folder)
    path = folder / mutant.file
    text = path.read_text(encoding="utf-8")
    for says, instead in mutant.changes:
        assert text.count(says) == 1, f"{mutant.file} says {text.count(says)} times: {says}"
        text = text.replace(says, instead)
    assert verdict(check("page_service", options=None, **mutant.settings)) == mutant.before
    path.write_text(text, encoding="utf-8")
    assert verdict(check(str(folder / "spec.py"), options=None, **mutant.settings)) == mutant.after
