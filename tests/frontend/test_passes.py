"""The passes make models smaller, never different: verdict and kind are the same without them, all or any one."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.api import check_model
from checker.frontend import load
from checker.info import ExpectedRow
from checker.ir.nodes import Model
from checker.passes.pipeline import PIPELINE, run
from tests.support.expected import rows_of, specs_in, verdict

# A task that has not started counts as one who might do all that its code allows: who waits for it can be certified
# a hostage one step before the task comes to where it orphans them.
UNSTARTED = ("none", "all but start")
KNOTS = {"orphan", "hostage"}
NAMES = [name for name, _ in PIPELINE]


def variants(elaborated: Model) -> dict[str, Model]:
    """Return the model without any pass and without each of them."""
    found = {"none": elaborated}
    for left_out in NAMES:
        passes = tuple((name, function) for name, function in PIPELINE if name != left_out)
        found[f"all but {left_out}"] = run(elaborated, passes=passes)
    return found


def judge(path: Path, row: ExpectedRow) -> None:
    elaborated = load(str(path), dict(row.settings), dump_after="elaborate")
    for name, model in variants(elaborated).items():
        found = verdict(check_model(model))
        where = f"{path.name} {dict(row.settings)} with {name}: {found}"
        assert found == row.verdict or (name in UNSTARTED and {found, row.verdict} <= KNOTS), where


@pytest.mark.slow
@pytest.mark.parametrize("path", specs_in("corpus"), ids=lambda path: path.stem)
def test_corpus_has_its_verdicts_without_passes(path: Path) -> None:
    for row in rows_of(path):
        judge(path, row)


@pytest.mark.nightly
@pytest.mark.parametrize("path", specs_in("blocks"), ids=lambda path: path.stem)
def test_suites_have_their_verdicts_without_passes(path: Path) -> None:
    for row in rows_of(path):
        judge(path, row)


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["dining_philosophers", "lost_notification", "poison_job", "heartbeat"])
def test_catalogue_has_its_verdicts_without_passes(spec: str) -> None:
    path = specs_in("../specs")
    found = next(item for item in path if item.stem == spec)
    for row in rows_of(found):
        judge(found, row)
