"""Certificates: what is proved is proved again by another solver; what was tampered with proves nothing.

Each attack re-makes everything that can be re-made: header, digests, script. What it cannot make up is the proof.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import z3

from checker import certificate
from checker.frontend.load import compiled
from checker.symbolic.certificate import FIRST, Unreadable, header_of, proof_of
from checker.symbolic.deadline import Deadline
from checker.symbolic.proof import Lemma, Proof, Rank
from checker.symbolic.relation import STEPS, safety
from checker.symbolic.safety.pdr import prove_by_pdr
from checker.symbolic.safety.proof import Message, Proved, joined
from checker.symbolic.system import System, translate
from tests.symbolic.test_progress import certified, everything

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


@pytest.fixture(scope="module")
def text() -> str:
    return certified("window")


@pytest.fixture(scope="module")
def system() -> System:
    return translate(compiled("window", everything("window"), unbounded=True)[0])


def remade(system: System, proof: Proof) -> str:
    """Return the certificate of another proof, with all digests as they should be."""
    _, sources = compiled("window", everything("window"), unbounded=True)
    return certificate.make(system, proof, spec="window", sources=sources)


def proof_in(text: str, system: System) -> Proof:
    return proof_of(text, header_of(text), system)


def test_certificate_is_checked_by_another_solver(text: str) -> None:
    found = certificate.check(text)
    assert found.refused == ()
    assert set(found.claims) == {"shutdown_ends", "deadlock", "orphan", "steps"}
    assert found.obligations == text.count("(check-sat)") > 10


def test_what_pdr_finds_is_certified_too() -> None:
    """Its invariant joins that of another proof; without it, what it proves is refused."""
    spec = str(CORPUS / "own_moves.py")
    model, sources = compiled(spec, {})
    said = list[Message]()
    prove_by_pdr(model, (), deadline=Deadline.after(60), say=said.append)
    system = translate(model)
    proof, left = joined(Proof(()), [one for one in said if isinstance(one, Proved)])
    assert left == ()
    checked = certificate.check(certificate.make(system, proof, spec=spec, sources=sources))
    assert (checked.refused, set(checked.claims)) == ((), {*safety(model), STEPS})
    nothing = certificate.make(system, replace(proof, invariant=()), spec=spec, sources=sources)
    assert certificate.check(nothing).refused


def test_what_is_read_is_what_was_written(text: str, system: System) -> None:
    assert remade(system, proof_in(text, system)) == text


def test_any_solver_can_read_it(text: str) -> None:
    solver = z3.Solver()
    solver.from_string(text.replace("(check-sat)", ""))  # definitions and assertions parse


def test_invariant_replaced_by_true_is_refused(text: str, system: System) -> None:
    proof = proof_in(text, system)
    trivial = (Lemma((), "true", (), "true"),)
    found = certificate.check(remade(system, replace(proof, invariant=trivial)))
    assert found.claims == ()
    assert any("cvc5 says sat" in reason for reason in found.refused)


def test_invariant_replaced_by_false_is_refused(text: str, system: System) -> None:
    nothing = (Lemma((), "false", (), "false"),)
    found = certificate.check(remade(system, replace(proof_in(text, system), invariant=nothing)))
    assert [reason.partition(":")[0] for reason in found.refused] == ["initial"]


def test_ranking_replaced_by_a_constant_is_refused(text: str, system: System) -> None:
    proof = proof_in(text, system)
    constant = tuple(Rank("7", "7") for _ in proof.ranks)
    found = certificate.check(remade(system, replace(proof, ranks=constant)))
    assert any(" helps " in reason and "cvc5 says sat" in reason for reason in found.refused)


def test_ranking_without_end_is_refused(text: str, system: System) -> None:
    """Numbers that fall for ever are no ranking."""
    proof = proof_in(text, system)
    falling = tuple(Rank(rank.says, f"(- {rank.smt} 100)") for rank in proof.ranks)
    found = certificate.check(remade(system, replace(proof, ranks=falling)))
    assert any(reason.startswith("bounded") for reason in found.refused)


@pytest.mark.parametrize("name", ["server.flush", pytest.param("compute.read", marks=pytest.mark.nightly)])
def test_transition_removed_is_refused(text: str, system: System, name: str) -> None:
    model = replace(system.model, actions=tuple(a for a in system.model.actions if a.name != name))
    assert len(model.actions) == len(system.model.actions) - 1
    without = translate(model)
    assert certificate.check(remade(without, proof_in(text, system))).refused


def test_obligation_removed_is_refused(text: str) -> None:
    start = text.index("; obliged helps")
    end = text.index("(pop 1)", start) + len("(pop 1)\n")
    assert certificate.check(text[:start] + text[end:]).refused


def test_guard_weakened_in_the_file_is_refused(text: str) -> None:
    line = next(line for line in text.splitlines() if line.startswith("(define-fun |server.flush fires|"))
    assert certificate.check(text.replace(line, "(define-fun |server.flush fires| () Bool false)")).refused


def attacked(text: str, **changed: object) -> str:
    """Return the certificate with another header."""
    header = text.splitlines()[1]
    return text.replace(header, f"; {json.dumps(json.loads(header[2:]) | changed, sort_keys=True)}")


def test_other_parameters_are_refused(text: str) -> None:
    settings = dict(header_of(text).settings)
    assert certificate.check(attacked(text, settings=settings | {"guard": "across"})).refused


@pytest.mark.nightly
@pytest.mark.parametrize(
    "changed", [{"sources": {}}, {"model": "0" * 64}, {"solver": "z3 1.0"}, {"settings": {"requests": "3"}}], ids=str
)
def test_other_files_models_or_solvers_are_refused(text: str, changed: dict[str, object]) -> None:
    assert certificate.check(attacked(text, **changed)).refused


@pytest.mark.parametrize(
    "body",
    [
        "true) (assert false",
        *(
            pytest.param(body, marks=pytest.mark.nightly)
            for body in ("(= |unknown| 1)", "|server.pc|", "true)\n(assert false", "(let ((x true)) y)")
        ),
    ],
)
def test_lemma_that_is_no_term_over_the_state_is_refused(text: str, body: str) -> None:
    line = next(line for line in text.splitlines() if line.startswith("(define-fun |lemma 1|"))
    attack = text.replace(line, f"(define-fun |lemma 1| () Bool {body})")
    with suppress(Unreadable):
        assert certificate.check(attack).refused


def test_claim_that_is_not_shown_is_not_made(text: str) -> None:
    found = certificate.check(attacked(text, strategies=[]))
    assert found.refused
    assert found.claims == ()


def test_strategy_of_no_level_is_unreadable(text: str) -> None:
    strategies = [{"level": "all", "ranking": [], "actors": []}]
    with pytest.raises(Unreadable, match="no level"):
        certificate.check(attacked(text, strategies=strategies))


@pytest.mark.parametrize("wrong", ["", "hello", f"{FIRST}\n", f"{FIRST}\n; {{}}\n", f"{FIRST}\n; [1]\n"])
def test_no_certificate_is_a_usage_error(wrong: str) -> None:
    with pytest.raises(Unreadable):
        certificate.check(wrong)
