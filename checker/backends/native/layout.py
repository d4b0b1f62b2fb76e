"""Where a state's values are in a few 64-bit words.

Structured types are flattened to *slots*, runs of bits that hold the code of one scalar: the value less the least one,
the ordinal of an enum's member, the members of a set as bits, the length of a sequence. An optional scalar is one slot
(0 is None); any other optional value has a slot of one bit before its own. Items that are not there, beyond the length
of a sequence or in an empty option, have code 0: a state has exactly one packed form, so packed words may be compared.

Slots do not straddle words; each goes into the first word with room for it. Bit 63 of word 0 is 1 in every state, so
that a word 0 of 0 means "no state" in a hash table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from checker.diagnostics import InternalError, UsageError
from checker.ir.domains import (
    BoolT,
    EnumT,
    IntT,
    MapT,
    OptionT,
    OwnT,
    RecordT,
    SeqT,
    SetT,
    Type,
    Value,
    size,
    values,
)
from checker.ir.nodes import Model, State

WORD = 64
WIDEST = 62  # bits of one slot: every code and every sum of two is a signed word
MARK = -(1 << 63)  # bit 63, as a signed word


@dataclass(frozen=True, slots=True)
class Slot:
    """`bits` bits of word `word`, from bit `shift`; a scalar's value is `lo` + its code."""

    name: str
    word: int
    shift: int
    bits: int
    lo: int = 0

    @property
    def mask(self) -> int:
        """The slot's bits, at bit 0."""
        return (1 << self.bits) - 1


@dataclass(frozen=True, slots=True)
class Cell:
    """A Bool, Int or Enum."""

    kind: Type
    slot: Slot


@dataclass(frozen=True, slots=True)
class Maybe:
    """An Option or Own of a Bool, Int or Enum: code 0 is None, others are 1 + the item's."""

    kind: OptionT | OwnT
    slot: Slot


@dataclass(frozen=True, slots=True)
class Optional:
    """An Option or Own of anything else."""

    kind: OptionT | OwnT
    tag: Slot
    item: Node


@dataclass(frozen=True, slots=True)
class Group:
    """A Record or a Map."""

    kind: RecordT | MapT
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """A Set: bit i of the code is the i-th value of the item type."""

    kind: SetT
    slot: Slot


@dataclass(frozen=True, slots=True)
class Line:
    """A Seq."""

    kind: SeqT
    length: Slot
    items: tuple[Node, ...]


Node: TypeAlias = Cell | Maybe | Optional | Group | Members | Line
SCALARS = (BoolT, IntT, EnumT)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the states of one model are packed: a node a variable, in the model's order."""

    nodes: tuple[Node, ...]
    words: int
    slots: tuple[Slot, ...]

    @property
    def bits(self) -> int:
        """Bits in use, without the mark."""
        return sum(slot.bits for slot in self.slots)

    def pack(self, state: State) -> tuple[int, ...]:
        """Return `state` as signed 64-bit words."""
        words = [0] * self.words
        for node, value in zip(self.nodes, state, strict=True):
            _pack(node, value, words)
        words[0] |= 1 << 63
        return tuple(word - (1 << WORD) if word >> 63 else word for word in words)

    def unpack(self, words: Sequence[int]) -> State:
        """Return the state that `pack` makes `words` of."""
        return tuple(_unpack(node, words) for node in self.nodes)


def layout(model: Model) -> Layout:
    """Return the layout of `model`'s states; UsageError for a value that no slot can hold."""
    maker = _Maker()
    nodes = tuple(maker.node(variable.name, variable.type) for variable in model.variables)
    return Layout(nodes, len(maker.used), tuple(maker.slots))


def show_layout(model: Model) -> str:
    """Print which bits of which word hold what."""
    found = layout(model)
    head = f"{model.name}: {found.words} word{'s'[: found.words > 1]} of 64 bits a state, {found.bits} bits in use"
    width = max((len(slot.name) for slot in found.slots), default=0)
    lines = [
        f"  {slot.name:{width}}  word {slot.word}  {_span(slot)}"
        for slot in sorted(found.slots, key=lambda slot: (slot.word, slot.shift))
        if slot.bits
    ]
    fixed = [slot.name for slot in found.slots if not slot.bits]
    return "\n".join([head, *lines, *([f"  never changes: {', '.join(fixed)}"] if fixed else [])])


def _span(slot: Slot) -> str:
    last = slot.shift + slot.bits - 1
    return f"bit {last}" if slot.bits == 1 else f"bits {slot.shift}-{last}"


class _Maker:
    def __init__(self) -> None:
        self.used = [1]  # bits taken of each word; the mark is one of word 0
        self.slots: list[Slot] = []
        self._next = [0]

    def slot(self, name: str, count: int, lo: int = 0) -> Slot:
        """Return a new slot for `count` codes."""
        bits = (count - 1).bit_length()
        if bits > WIDEST:
            raise UsageError(f"the native engine packs parts of at most {WIDEST} bits, `{name}` needs {bits}")
        word = next((place for place, used in enumerate(self.used) if used + bits <= WORD), len(self.used))
        if word == len(self.used):
            self.used.append(0)
            self._next.append(0)
        found = Slot(name, word, self._next[word], bits, lo)
        self.used[word] += bits
        self._next[word] += bits
        self.slots.append(found)
        return found

    def node(self, name: str, kind: Type) -> Node:
        match kind:
            case BoolT() | IntT() | EnumT():
                return Cell(kind, self.slot(name, size(kind), _least(kind)))
            case OptionT(item) | OwnT(item) if isinstance(item, SCALARS):
                return Maybe(kind, self.slot(name, size(kind), _least(item)))
            case OptionT(item) | OwnT(item):
                return Optional(kind, self.slot(f"{name} is there", 2), self.node(name, item))
            case RecordT(_, fields):
                return Group(kind, tuple(self.node(f"{name}.{field}", part) for field, part in fields))
            case MapT(key, item):
                keys = range(size(key)) if not isinstance(key, IntT) else range(key.lo, key.hi + 1)
                return Group(kind, tuple(self.node(f"{name}[{place}]", item) for place in keys))
            case SetT(item):
                return Members(kind, self.slot(name, 1 << size(item)))
            case SeqT(item, capacity):
                length = self.slot(f"len({name})", capacity + 1)
                return Line(kind, length, tuple(self.node(f"{name}[{place}]", item) for place in range(capacity)))
            case _:
                assert_never(kind)


def _least(kind: Type) -> int:
    return kind.lo if isinstance(kind, IntT) else 0


# --- values ------------------------------------------------------------------------------------


def _code(kind: Type, value: Value) -> int:
    match kind, value:
        case EnumT(_, members), str():
            return members.index(value)
        case IntT(lo), int():
            return value - lo
        case BoolT(), bool():
            return int(value)
        case _:
            raise InternalError(f"{value!r} is no value of {kind}")


def _value(kind: Type, code: int) -> Value:
    match kind:
        case EnumT(_, members):
            return members[code]
        case IntT(lo):
            return code + lo
        case BoolT():
            return bool(code)
        case _:
            raise InternalError(f"{kind} is no scalar")


def _pack(node: Node, value: Value, words: list[int]) -> None:
    match node:
        case Cell(kind, slot):
            _put(slot, _code(kind, value), words)
        case Maybe(kind, slot):
            _put(slot, 0 if value is None else 1 + _code(kind.item, value), words)
        case Optional(_, tag, item):
            _put(tag, int(value is not None), words)
            if value is not None:
                _pack(item, value, words)
        case Group(_, items):
            assert isinstance(value, tuple)
            for part, item_value in zip(items, value, strict=True):
                _pack(part, item_value, words)
        case Members(kind, slot):
            assert isinstance(value, frozenset)
            _put(slot, sum(1 << place for place, member in enumerate(values(kind.item)) if member in value), words)
        case Line(_, length, items):
            assert isinstance(value, tuple)
            _put(length, len(value), words)
            for part, item_value in zip(items, value, strict=False):
                _pack(part, item_value, words)
        case _:
            assert_never(node)


def _put(slot: Slot, code: int, words: list[int]) -> None:
    words[slot.word] |= code << slot.shift


def _take(slot: Slot, words: Sequence[int]) -> int:
    return words[slot.word] >> slot.shift & slot.mask


def _unpack(node: Node, words: Sequence[int]) -> Value:
    match node:
        case Cell(kind, slot):
            return _value(kind, _take(slot, words))
        case Maybe(kind, slot):
            code = _take(slot, words)
            return _value(kind.item, code - 1) if code else None
        case Optional(_, tag, item):
            return _unpack(item, words) if _take(tag, words) else None
        case Group(_, items):
            return tuple(_unpack(part, words) for part in items)
        case Members(kind, slot):
            return frozenset(_members(kind, _take(slot, words)))
        case Line(_, length, items):
            return tuple(_unpack(part, words) for part in items[: _take(length, words)])
        case _:
            assert_never(node)


def _members(kind: SetT, code: int) -> Iterator[Value]:
    return (member for place, member in enumerate(values(kind.item)) if code >> place & 1)
