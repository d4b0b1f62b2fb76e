"""Packed states: every state has one packed form, no two the same, in as few bits as its parts need."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy, builds, deferred, integers, just, lists, one_of, sampled_from

from checker.backends.native.layout import MARK, layout, show_layout
from checker.diagnostics import UsageError
from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, Value, size, values
from checker.ir.nodes import Actor, Duty, Model, Variable

SCALARS: SearchStrategy[Type] = one_of(
    just(BoolT()),
    builds(lambda lo, span: IntT(lo, lo + span), integers(-3, 3), integers(0, 5)),
    builds(lambda count: EnumT("E", tuple("abcd"[:count])), integers(1, 4)),
)
PLAIN = deferred(lambda: TYPES.filter(lambda kind: not isinstance(kind, (OptionT, OwnT))))
TYPES: SearchStrategy[Type] = deferred(
    lambda: one_of(
        SCALARS,
        builds(OptionT, PLAIN),
        builds(OwnT, PLAIN),
        # The values of a Record are a product, which holds those of its parts in memory.
        builds(lambda a, b: RecordT("R", (("x", a), ("y", b))), TYPES, TYPES).filter(lambda kind: size(kind) < 10_000),
        builds(MapT, sampled_from((BoolT(), IntT(1, 3))), SCALARS),
        builds(SetT, SCALARS),
        builds(SeqT, SCALARS, integers(0, 3)),
    )
)


def model_of(*kinds: Type) -> Model:
    variables = tuple(Variable(f"v{place}", kind, (next(iter(values(kind))),)) for place, kind in enumerate(kinds))
    return Model("m", (), variables, (Actor("a", Duty.OBLIGED),), (), ())


def some(kind: Type, most: int = 200) -> list[Value]:
    return [value for value, _ in zip(values(kind), range(most), strict=False)]


@given(kind=TYPES)
@settings(max_examples=150, deadline=None)
def test_packing_is_one_to_one(kind: Type) -> None:
    found = layout(model_of(kind))
    packed = {found.pack((value,)): value for value in some(kind)}
    assert len(packed) == len(some(kind))
    assert all(found.unpack(words) == (value,) for words, value in packed.items())
    assert all(words[0] & MARK for words in packed)


@given(kinds=lists(TYPES, min_size=1, max_size=6), pick=integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_states_of_several_words_round_trip(kinds: list[Type], pick: int) -> None:
    kinds = [*kinds, IntT(0, 2**40), SetT(IntT(0, 59))]
    found = layout(model_of(*kinds))
    options = [some(kind) for kind in kinds[:-2]]
    state = (*(values[pick % len(values)] for values in options), pick, frozenset({0, 59}))
    assert found.words > 1
    assert found.unpack(found.pack(state)) == state


@given(kinds=lists(SCALARS, min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_slots_are_apart_and_small(kinds: list[Type]) -> None:
    found = layout(model_of(*kinds))
    taken = [(slot.word, bit) for slot in found.slots for bit in range(slot.shift, slot.shift + slot.bits)]
    assert len(taken) == len(set(taken))
    assert all(0 <= bit < (63 if word == 0 else 64) for word, bit in taken)
    assert found.bits == sum((size(kind) - 1).bit_length() for kind in kinds)
    assert (found.words - 1) * 61 <= found.bits


def test_a_set_too_large_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="at most 62 bits, `v0` needs 70"):
        layout(model_of(SetT(IntT(0, 69))))


def test_layout_is_shown() -> None:
    assert show_layout(model_of(IntT(2, 5), OptionT(BoolT()), SeqT(IntT(0, 9), 1), IntT(3, 3))).splitlines() == [
        "m: 1 word of 64 bits a state, 9 bits in use",
        "  v0       word 0  bits 0-1",
        "  v1       word 0  bits 2-3",
        "  len(v2)  word 0  bit 4",
        "  v2[0]    word 0  bits 5-8",
        "  never changes: v3",
    ]
