"""What is computed about partly known values includes every value there is: judged by listing them."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from checker.interp import MEANING, Interpreter
from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, RecordT, SeqT, SetT, Type, Value, values
from checker.ir.leaves import ABSENT, leaf_paths, leaf_value
from checker.ir.ops import Op
from checker.machine import Failure, Undefined
from checker.waits.abstract import (
    Abstract,
    Any,
    Impossible,
    Items,
    Maybe,
    Members,
    constrained,
    exactly,
    fitted,
    join,
    joined,
    may_change,
    may_differ,
    may_equal,
    meet,
    without,
)
from checker.waits.enabling import _outcomes
from checker.waits.operators import STRICT
from tests.support.random_models import random_model

BIT = IntT(0, 1)
SMALL = IntT(0, 3)
SEQ = SeqT(BIT, 3)
SET = SetT(IntT(0, 2))
SLOT = OptionT(RecordT("R", (("x", BIT), ("y", OptionT(BIT)))))
TYPES: tuple[Type, ...] = (
    BoolT(),
    SMALL,
    EnumT("E", ("a", "b", "c")),
    SEQ,
    SET,
    OptionT(BIT),
    SLOT,
    MapT(BIT, BIT),
    OptionT(SEQ),
    SeqT(OptionT(BIT), 2),
)
OPERATORS: tuple[tuple[Op, tuple[Type, ...]], ...] = (
    *((op, (kind, kind)) for op in (Op.EQ, Op.NE) for kind in TYPES),
    *((op, (SMALL, SMALL)) for op in (Op.LT, Op.LE, Op.GT, Op.GE, Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD)),
    *((op, (SMALL, SMALL, BIT)) for op in (Op.ADD, Op.MIN, Op.MAX)),
    *((op, (SET, SET)) for op in (Op.UNION, Op.INTERSECT, Op.MINUS, Op.SUBSET)),
    (Op.NEG, (SMALL,)),
    (Op.NOT, (BoolT(),)),
    (Op.COUNT, (BoolT(), BoolT(), BoolT())),
    (Op.IS_NONE, (SLOT,)),
    (Op.UNWRAP, (SLOT,)),
    (Op.LEN, (SEQ,)),
    (Op.LEN, (SET,)),
    (Op.IN, (BIT, SEQ)),
    (Op.IN, (SMALL, SET)),
    (Op.APPEND, (SEQ, BIT)),
    (Op.TAIL, (SEQ,)),
    (Op.REMOVE, (SEQ, BIT)),
)


def denotes(abstract: Abstract, value: Value) -> bool:
    match abstract:
        case Any():
            return True
        case frozenset():
            return value in abstract
        case Maybe(empty, payload):
            return empty if value is None else payload is not None and denotes(payload, value)
        case Items(lengths, items):
            assert isinstance(value, tuple)
            return len(value) in lengths and all(map(denotes, items, value))
        case Members(certain, possible):
            assert isinstance(value, frozenset)
            return certain <= value <= possible
        case tuple():
            assert isinstance(value, tuple)
            return all(map(denotes, abstract, value))


def some(random: Random, kind: Type) -> list[Value]:
    everything = list(values(kind))
    return random.sample(everything, min(len(everything), random.choice((1, 1, 2, 2, 3, 4))))


def known(kind: Type, found: list[Value]) -> Abstract:
    return joined([exactly(kind, value) for value in found])


def check_operator(random: Random, op: Op, kinds: tuple[Type, ...]) -> None:
    given = [some(random, kind) for kind in kinds]
    results = []
    for args in product(*given):
        try:
            results.append(MEANING[op](*args))
        except Undefined:
            continue
    try:
        found = STRICT[op]([known(kind, part) for kind, part in zip(kinds, given, strict=True)])
    except Impossible:
        assert not results, (op, given)
        return
    for result in results:
        assert denotes(found, result), (op, given, result)


def check_relations(random: Random, kind: Type) -> None:
    left, right = some(random, kind), some(random, kind)
    a, b = known(kind, left), known(kind, right)
    assert all(denotes(join(a, b), value) for value in (*left, *right))
    common = [value for value in left if value in right]
    assert may_equal(a, b) or not common, (left, right)
    assert may_differ(a, b) or all(x == y for x in left for y in right), (left, right)
    if common:
        assert all(denotes(meet(a, b), value) for value in common), (left, right)
    other = [x for x in left if any(x != y for y in right)]
    if other:
        assert all(denotes(without(a, b), value) for value in other), (left, right)
    assert all(denotes(fitted(a, kind), value) for value in left)


def check_leaves(random: Random, kind: Type) -> None:
    found = some(random, kind)
    abstract = known(kind, found)
    for path in leaf_paths(kind):
        for leaf in {leaf_value(value, path) for value in values(kind)}:
            assert may_change(abstract, path, leaf) or all(leaf_value(value, path) == leaf for value in found), (
                found,
                path,
                leaf,
            )
            agreeing = [value for value in found if leaf_value(value, path) == leaf]
            if agreeing and leaf is not ABSENT:
                narrower = constrained(abstract, path, leaf)
                assert all(denotes(narrower, value) for value in agreeing), (found, path, leaf)


def check_actions(random: Random) -> None:
    """What an action leads to from some states is included in what it leads to where only these are known of."""
    model = random_model(random)
    machine = Interpreter(model)
    everywhere = list(product(*(values(variable.type) for variable in model.variables)))
    for number, action in enumerate(model.actions):
        given = random.sample(everywhere, min(len(everywhere), 4))
        columns = zip(model.variables, zip(*given, strict=True), strict=True)
        before = {variable.name: known(variable.type, list(column)) for variable, column in columns}
        outcomes = _outcomes(action, before)
        for state in given:
            for label, after in machine.successors(state):
                if label.action == number and not isinstance(after, Failure):
                    ends = list(zip(model.variables, after, strict=True))
                    assert any(all(denotes(end[v.name], value) for v, value in ends) for end in outcomes), (
                        action,
                        given,
                        state,
                    )


def judge(seed: int, rounds: int) -> None:
    random = Random(seed)
    for _ in range(rounds):
        for op, kinds in OPERATORS:
            check_operator(random, op, kinds)
        for kind in TYPES:
            check_relations(random, kind)
            check_leaves(random, kind)
        for _ in range(8):
            check_actions(random)


def test_every_value_is_included() -> None:
    judge(1, 60)


@pytest.mark.nightly
def test_every_value_is_included_in_many() -> None:
    judge(2, 20_000)


def test_every_strict_operator_is_judged() -> None:
    assert {op for op, _ in OPERATORS} == set(STRICT)
