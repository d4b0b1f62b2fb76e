"""TLC finds in exported modules what the interpreter finds in the models: the same states, the same things wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from checker.export.module import Exported, export
from checker.frontend import describe, load
from checker.info import catalogue
from checker.ir.nodes import Model
from tests.support import tlc as judge
from tests.support.expected import ROOT, specs_in
from tests.support.random_models import random_model
from tests.support.reachable import Reached, reached

pytestmark = pytest.mark.skipif(bool(judge.missing()), reason=judge.missing() or "TLC can be run")
SOME = (
    "dining_philosophers", "bounded_buffer", "corpus/action_layer.py", "corpus/block_in_map.py",
    "corpus/expr_choose.py",
    "corpus/family_tasks.py", "corpus/own_moves.py", "corpus/prop_transition.py", "corpus/stmt_assert.py",
    "corpus/type_record.py", "corpus/type_seq_overfull.py", "corpus/type_option_unwrap_none.py", "corpus/type_set.py",
    "corpus/wait_first_helper.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A model, and what the interpreter knows of it."""

    title: str
    module: Exported
    known: Reached


def cases(specs: list[str], *, defaults: bool) -> list[Case]:
    """Return the EXPECTED rows of `specs` that are small enough; `defaults`: only the first of each."""
    found = []
    for spec in specs:
        rows = describe(spec).expected
        for row in rows[:1] if defaults else rows:
            if (row.states or 0) > 3000:
                continue
            model = load(spec, dict(row.settings))
            known = reached(model, limit=3000)
            if known is not None:
                found.append(Case(f"{spec} {dict(row.settings)}", export(model, source=spec), known))
    return found


def disagreements(found: list[Case], folder: Path) -> list[str]:
    """Return where TLC says otherwise, or warns."""
    runs = judge.tlc([case.module for case in found], folder)
    wrong = []
    for case, run in zip(found, runs, strict=True):
        if run.holds != case.known.safe:
            wrong.append(f"{case.title}: TLC says {run.errors or 'nothing wrong'}, known is {case.known}")
        elif run.holds and run.states != case.known.states:
            wrong.append(f"{case.title}: TLC found {run.states} states, known is {case.known}")
        wrong += [f"{case.title}: {warning}" for warning in run.warnings]
    return wrong


def path(spec: str) -> str:
    return str(ROOT / spec) if spec.endswith(".py") else spec


def test_tlc_finds_the_same_in_some_specs(tmp_path: Path) -> None:
    assert disagreements(cases([path(spec) for spec in SOME], defaults=True), tmp_path) == []


@pytest.mark.nightly
def test_tlc_finds_the_same_in_every_small_row(tmp_path: Path) -> None:
    every = [*map(str, specs_in("corpus")), *catalogue()]
    found = cases(every, defaults=False)
    assert len(found) > 100
    assert disagreements(found, tmp_path) == []


# --- random models -----------------------------------------------------------------------------


def random_cases(numbers: range) -> list[Model]:
    return [random_model(Random(f"tla/{number}")) for number in numbers]


def judged(models: list[Model], folder: Path) -> list[str]:
    """Judge the steps of `models`: the states if none fails, else that TLC stops with an error."""
    known = [reached(model) for model in models]
    modules = [export(model, source="a random model") for model in models]
    runs = judge.tlc([_types_only(module) for module in modules], folder)
    wrong = []
    for number, (found, run) in enumerate(zip(known, runs, strict=True)):
        assert found is not None
        if run.holds != (found.failures == 0) or (run.holds and run.states != found.states) or run.warnings:
            wrong.append(f"{number}: TLC says {run}, known is {found}")
    return wrong


def _types_only(module: Exported) -> Exported:
    return Exported(module.name, module.module, "SPECIFICATION Spec\nINVARIANT TypeOK\n")


def test_tlc_finds_the_same_in_a_few_random_models(tmp_path: Path) -> None:
    assert judged(random_cases(range(12)), tmp_path) == []


@pytest.mark.nightly
def test_tlc_finds_the_same_in_many_random_models(tmp_path: Path) -> None:
    assert judged(random_cases(range(1000, 1400)), tmp_path) == []
