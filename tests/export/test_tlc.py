"""TLC finds in exported modules what the interpreter finds in the models: the same states, the same things wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from random import Random

import pytest

from checker.engine.search import explore
from checker.export.module import Exported, export
from checker.info import catalogue
from checker.interp import Interpreter
from checker.ir.domains import BoolT
from checker.ir.nodes import (
    Action,
    Actor,
    AlwaysEventually,
    Apply,
    Conjunct,
    Const,
    Duty,
    Eventually,
    Invariant,
    LeadsTo,
    Model,
)
from checker.ir.ops import Op
from checker.ir.subtypes import natural
from checker.ir.walk import walk
from checker.liveness.decide import Judge
from checker.liveness.fairness import fairness
from checker.machine import Undefined
from checker.models import describe, load
from tests.support import tlc as judge
from tests.support.expected import ROOT, specs_in
from tests.support.random_expressions import TYPES, Expressions, random_variables
from tests.support.random_models import Maker, random_model
from tests.support.reachable import Reached, reached

pytestmark = pytest.mark.skipif(bool(judge.missing()), reason=judge.missing() or "TLC can be run")
SOME = (
    "dining_philosophers", "bounded_buffer", "corpus/action_layer.py", "corpus/block_in_map.py",
    "corpus/expr_choose.py",
    "corpus/own_moves.py", "corpus/prop_transition.py", "corpus/stmt_assert.py",
    "corpus/type_seq_overfull.py", "corpus/type_option_unwrap_none.py", "corpus/type_set.py",
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


@pytest.mark.nightly
@pytest.mark.parametrize("spec", ["page_service", "migration"])
def test_tlc_finds_the_pinned_states_of_a_large_spec(spec: str, tmp_path: Path) -> None:
    row = next(row for row in describe(spec).expected if row.verdict == "holds")
    module = export(load(spec, dict(row.settings)), source=spec)
    (run,) = judge.tlc([_safety(module)], tmp_path)
    assert (run.states, run.holds, run.warnings) == (row.states, True, ())


def _safety(module: Exported) -> Exported:
    return replace(module, config="SPECIFICATION Spec\nINVARIANTS TypeOK NoDeadlock\n")


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
    assert judged(random_cases(range(8)), tmp_path) == []


@pytest.mark.nightly
def test_tlc_finds_the_same_in_many_random_models(tmp_path: Path) -> None:
    assert judged(random_cases(range(1000, 1400)), tmp_path) == []


# --- random expressions ------------------------------------------------------------------------


def valued(seed: str, wanted: int) -> tuple[Model, Counter[Op]]:
    """Return a model of one state whose invariants say what value each of `wanted` random expressions has there."""
    random = Random(seed)
    variables = random_variables(random)
    make = Expressions(random, variables)
    machine = Interpreter(Model("Values", (), variables, (), (), ()))
    (state,) = machine.initial()
    invariants: list[Invariant] = []
    seen: Counter[Op] = Counter()
    while len(invariants) < wanted:
        expr = make.of(random.choice(TYPES), 4)
        try:
            value = machine.evaluate(expr, state)
        except Undefined:
            continue
        seen.update(part.op for part in walk(expr) if isinstance(part, Apply))
        kind = natural(expr)
        says = Apply(Op.EQ, (expr, Const(value, kind)), BoolT())
        invariants.append(Invariant(f"e{len(invariants)}", says))
    actor = Actor("nobody", Duty.OBLIGED, finished=Const(True, BoolT()))
    still = Action("nobody.never", "nobody", (Conjunct(Const(False, BoolT())),), ())
    return Model("Values", (), variables, (actor,), (still,), tuple(invariants)), seen


def test_tlc_gives_random_expressions_the_same_values(tmp_path: Path) -> None:
    made = [valued(f"values/{number}", 200) for number in range(2)]
    seen = sum((ops for _, ops in made), Counter[Op]())
    assert set(seen) == set(Op)
    runs = judge.tlc([export(model, source="random expressions") for model, _ in made], tmp_path)
    assert [run.errors for run in runs if not run.holds] == []


@pytest.mark.nightly
def test_tlc_gives_many_random_expressions_the_same_values(tmp_path: Path) -> None:
    made = [valued(f"many values/{number}", 300)[0] for number in range(60)]
    runs = judge.tlc([export(model, source="random expressions") for model in made], tmp_path)
    assert [run.errors for run in runs if not run.holds] == []


# --- random liveness ---------------------------------------------------------------------------


def live(seed: str) -> tuple[Model, bool] | None:
    """Return a random model with one liveness property and whether it holds; None if the two notions may differ.

    They do where a step fails or changes nothing (for TLA+ that is no step), or where a condition has no value.
    """
    random = Random(seed)
    maker = Maker(random)
    model = maker.model(60)
    left, right = maker.condition(2), maker.condition(2)
    prop = random.choice((LeadsTo("p", left, right), Eventually("p", right), AlwaysEventually("p", right)))
    model = replace(model, properties=(prop,))
    machine = Interpreter(model)
    exploration = explore(machine, go_on=True)
    if exploration.failures or any(source == target for source, _, target in exploration.edges()):
        return None
    try:
        judged = Judge(exploration, machine)(prop, fairness(model))
    except Undefined:
        return None
    return model, judged.lasso is None


def disagreeing(seeds: Iterable[str], wanted: int, folder: Path) -> list[str]:
    """Return where TLC decides the liveness of `wanted` random models otherwise; both verdicts must occur."""
    found = list(islice(filter(None, map(live, seeds)), wanted))
    assert {holds for _, holds in found} == {True, False}
    modules = [export(model, source="a random model") for model, _ in found]
    configs = [replace(module, config="SPECIFICATION Spec\nPROPERTY P\n") for module in modules]
    runs = judge.tlc(configs, folder)
    wrong = []
    for number, ((_, holds), run) in enumerate(zip(found, runs, strict=True)):
        violated = "Temporal properties were violated" in " ".join(run.errors)
        if run.holds != holds or violated == holds:
            wrong.append(f"{number}: TLC says {run}, known is {holds}")
    return wrong


def test_tlc_decides_the_liveness_of_some_random_models_alike(tmp_path: Path) -> None:
    assert disagreeing((f"live/{n}" for n in count()), 6, tmp_path) == []


@pytest.mark.nightly
def test_tlc_decides_the_liveness_of_many_random_models_alike(tmp_path: Path) -> None:
    assert disagreeing((f"lives/{n}" for n in count()), 80, tmp_path) == []
