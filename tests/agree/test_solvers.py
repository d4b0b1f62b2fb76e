"""What solvers find and prove agrees with what a search of all states says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from checker import frontend
from checker.api import check_model
from checker.cli.solved import found_violation
from checker.frontend.settings import ANY
from checker.info import ExpectedRow, catalogue
from checker.ir.nodes import Invariant, Model, Sometimes, StepProperty
from checker.models import describe, load
from checker.options import Options
from checker.report import Report, Verdict
from checker.symbolic.deadline import Deadline
from checker.symbolic.obligations import refused
from checker.symbolic.relation import STEPS, safety
from checker.symbolic.safety import portfolio
from checker.symbolic.safety.bmc import search
from checker.symbolic.safety.induction import prove_by_induction
from checker.symbolic.safety.mined import prove_by_mining
from checker.symbolic.safety.pdr import prove_by_pdr
from checker.symbolic.safety.proof import Message, Met, Proved
from checker.symbolic.system import translate
from tests.agree.test_native import with_properties
from tests.support.expected import specs_in
from tests.support.random_models import random_model

QUANTIFIER = re.compile(r"\((exists|forall) ")
DEEP = 12  # steps a bounded search may take here
WAYS = {"mining": prove_by_mining, "induction": prove_by_induction, "pdr": prove_by_pdr}


def only_safety(model: Model) -> Model:
    kept = tuple(p for p in model.properties if isinstance(p, (Invariant, StepProperty, Sometimes)))
    return replace(model, properties=kept)


def searched(model: Model) -> Report:
    return check_model(model, options=Options(waits="off", go_on=True))


def violated(report: Report) -> set[str]:
    """Return the names of the targets that a search of everything finds violated."""
    found = {p.name for p in report.properties if p.verdict is Verdict.VIOLATED and p.kind != "sometimes"}
    failed = {f.name for f in report.findings} - {p.name for p in report.properties}
    return found | ({STEPS} if failed else set())


def assert_bounded_search_agrees(model: Model) -> None:
    report = searched(model)
    found = search(model, depth=DEEP)
    shortest = min((len(finding.trace.steps) for finding in report.findings), default=None)
    if shortest is None or shortest > DEEP + 1:
        assert not found.violated
        assert not found.exhausted or report.depth <= found.depth + 1  # the longest run comes by every level
    else:
        told = found_violation(found.found[found.violated], found.violated, spec=model.name, why="test")
        assert found.violated in violated(report)
        assert len(told.findings[0].trace.steps) == shortest
    for result in report.properties:
        if result.kind == "sometimes" and result.witness is not None and result.name in found.found:
            assert len(found.found[result.name].states) == len(result.witness.steps) + 1


def assert_proofs_agree(model: Model, way: Callable[..., None], *, seconds: float = 5.0) -> int:
    """Compare what is proved with what a search says; return how much was proved."""
    wrong = violated(searched(model))
    proved: set[str] = set()

    def say(message: Message) -> None:
        if isinstance(message, Proved):
            proved.update(message.names)
            assert not any(QUANTIFIER.search(lemma.smt) for lemma in message.invariant)
        if isinstance(message, Met):
            assert message.name in wrong

    more = {"most": 6} if way is prove_by_induction else {}
    way(model, (), deadline=Deadline.after(seconds), say=say, **more)
    assert not proved & wrong, f"proved {proved & wrong}, which a search finds violated"
    return len(proved)


def sample(number: int) -> Model:
    random = Random(f"solvers/{number}")
    return only_safety(with_properties(random_model(random), random))


def test_bounded_search_on_random_models() -> None:
    for number in range(12):
        assert_bounded_search_agrees(sample(number))


@pytest.mark.parametrize("way", WAYS)
def test_proofs_on_random_models(way: str) -> None:
    assert sum(assert_proofs_agree(sample(number), WAYS[way]) for number in range(20)) > 0


@pytest.mark.nightly
def test_everything_on_many_random_models() -> None:
    for number in range(1_000):
        assert_bounded_search_agrees(sample(number))
        for way in WAYS.values():
            assert_proofs_agree(sample(number), way)


CORPUS = [*specs_in("corpus"), *specs_in("blocks")]


@pytest.mark.nightly
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    for row in describe(str(path)).expected[:2]:
        model = only_safety(load(str(path), dict(row.settings)))
        assert_bounded_search_agrees(model)
        for way in WAYS.values():
            assert_proofs_agree(model, way, seconds=20)


@pytest.mark.parametrize("path", specs_in("corpus")[::9], ids=lambda path: path.stem)
def test_a_part_of_the_corpus(path: Path) -> None:
    model = only_safety(load(str(path), dict(describe(str(path)).expected[0].settings)))
    assert_bounded_search_agrees(model)
    assert_proofs_agree(model, prove_by_mining)


OWN_MOVES = next(str(path) for path in CORPUS if path.stem == "own_moves")


@pytest.mark.parametrize("way", WAYS)
def test_each_way_proves_what_holds(way: str) -> None:
    model = load(OWN_MOVES, {})
    assert assert_proofs_agree(only_safety(model), WAYS[way], seconds=60) == len(safety(model)) + 1


def test_an_invariant_without_one_of_its_clauses_is_refused() -> None:
    model, said = load(OWN_MOVES, {}), list[Message]()
    prove_by_mining(model, (STEPS,), deadline=Deadline.after(60), say=said.append)
    (found,) = said
    assert isinstance(found, Proved)
    system, proof = translate(model), found.proof
    assert not refused(system, proof, Deadline())
    others = (tuple(lemma for lemma in proof.invariant if lemma is not left_out) for left_out in proof.invariant)
    assert any(refused(system, replace(proof, invariant=rest), Deadline()) for rest in others)


def test_processes_end_with_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "AT_ONCE", 0.0)
    model = load(OWN_MOVES, {})
    ways = (prove_by_mining, prove_by_induction)
    outcome = portfolio.prove(model, ("ownership",), ("ownership",), seconds=60, ways=ways)
    assert set(outcome.proved) == {"ownership"}
    assert not outcome.met


@pytest.mark.nightly
@pytest.mark.parametrize("spec", [name for name in catalogue() if name != "page_service"])
def test_catalogue(spec: str) -> None:
    for row in describe(spec).expected:
        model = only_safety(load(spec, dict(row.settings)))
        assert_bounded_search_agrees(model)
        assert_proofs_agree(model, prove_by_mining, seconds=20)


@pytest.mark.nightly
@pytest.mark.parametrize("handle", ["weak", "strong"])
def test_page_service_is_safe_for_all_bounds(handle: str) -> None:
    """Nobody is inside a closed gate, every full slot is in reach, and no step fails, whatever the bounds."""
    parameters = (parameter.name for parameter in describe("page_service").parameters if parameter.unbounded)
    model = frontend.load("page_service", {"handle": handle, **dict.fromkeys(parameters, ANY)}, unbounded=True)
    wanted = (*safety(model), STEPS)
    assert set(portfolio.prove(model, (), wanted, seconds=600).proved) == set(wanted)


@pytest.mark.nightly
@pytest.mark.parametrize("row", describe("page_service").expected, ids=lambda row: "-".join(v for _, v in row.settings))
def test_page_service_rows(row: ExpectedRow) -> None:
    """No proof contradicts the table; what it says is violated within a few steps, bounded search finds."""
    model = only_safety(load("page_service", dict(row.settings)))
    assert_proofs_agree(model, prove_by_mining, seconds=20)
    if row.verdict in ("invariant", "assertion", "action property") and (row.depth or 0) <= DEEP:
        assert_bounded_search_agrees(model)
