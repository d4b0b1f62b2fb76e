"""What an actor can do and lacks, by a number found in tables: what `waits.analysis` works out, kept for machine code.

A *situation* depends on where its actor stands and on what its alternatives there read: on a few bits of a packed
state. `situate` gathers these bits and looks the situation up; what it does not find yet is worked out by the analysis
itself, once, and put into the tables. So nothing about who waits for whom is decided twice.

A *row* is some of an actor's alternatives, or of the actions of others that move it: so many as depend on few bits, as
many rows have fewer situations than one row has. Where the bits of a row are few they are an index. Otherwise those
that say where the actor stands are; what is found there is the situation, if nothing else is read there, or a *spot*,
which says which bits of the state lead on, by hash.

What is known of a situation stands in a *record* of WIDTH words; where they are, the names below say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import or_
from typing import Final, TypeAlias

from checker.backends.native.layout import WORD, Cell, Group, Layout, Line, Maybe, Members, Node, Optional, Slot
from checker.diagnostics import InternalError, UsageError
from checker.ir.leaves import At, Has, Leaf, Mark, Path, positions, reads
from checker.ir.nodes import Action, Apply, Const, Expr, Model
from checker.ir.ops import Op

MOST_ACTORS: Final = 62  # one bit of a mask is a mark of its own
DIRECT = 13  # bits that are looked up as an index
TOGETHER: Final = 11  # bits on which actions in one row may depend, where they are alternatives to each other
SPOT: Final = 1 << 31  # in the first table: the mark of a spot
FACTOR: Final = 0x9E3779B97F4A7C15  # of the hash

# --- a record ----------------------------------------------------------------------------------

UNKNOWN: Final = 0  # not 0 in record 0, which stands for what is not known
MOVED: Final = 1  # by duty: whom its enabled actions move
ENABLED: Final = 4  # the actor's bit, if an action of any duty is enabled
EXCUSED: Final = 5  # the same, if it rests or has finished
LISTED: Final = 6  # the same, if some of its alternatives are in a list
LIVES: Final = 7  # by level: one of these living is enough for it to live, by an alternative of that level
COULD: Final = 11  # the same by alternatives of every duty; 0 where actions of others are meant
LIST: Final = 3  # behind either: where in the code all other alternatives are, which lack several things; or 0
JOINED: Final = 8  # words up to here are joined by `or`, of all rows, for every state: of LIVES, that is level 0
WAYS: Final = 8  # words from LIVES on are joined of the rows of each actor, where somebody waits
WIDTH: Final = 16  # a power of two

Masks: TypeAlias = tuple[int, ...]  # bits of each word of a state


@dataclass(frozen=True, slots=True)
class Row:
    """Some of an actor's own actions, or (`moved`) of those of others that move it."""

    actor: int
    moved: bool
    actions: frozenset[int]
    excuses: bool  # it says, too, whether the actor rests or has finished
    index: Masks  # the bits that are the index
    wide: bool  # what is found there is a spot, not yet a situation
    place: Expr | None  # what the index is, if it is where the actor stands (see `standing`)
    base: int  # where its part of the first table begins
    beyond: Masks  # bits besides the index of which spots may be

    @property
    def places(self) -> int:
        """Number of places in the first table."""
        return 1 << _bits(self.index)


def standing(action: Action) -> tuple[Expr, Expr] | None:
    """Return the conjunct by which an action says where its owner stands, and the place it compares with a constant."""
    for part in action.guard:
        match part.expr:
            case Apply(Op.EQ, (place, Const())) if part.location:
                return part.expr, place
    return None


@dataclass(slots=True)
class _Group:
    """Actions of one row. `common` are the bits they depend on; `at`, those beside where an actor stands at `place`."""

    excuses: bool
    common: Masks
    place: Expr | None = None
    where: Masks = ()
    actions: set[int] = field(default_factory=set)
    at: dict[Expr, Masks] = field(default_factory=dict)

    def put(self, action: int, stands: tuple[Expr, Expr] | None, read: Masks, where: Masks) -> bool:
        """Add an action, if there is room for what it reads; tell whether there was."""
        if stands is not None and self.place in (None, stands[1]):
            common, here = self.common, _joined(read, self.at.get(stands[0], read))
            fits = _bits(_joined(common, here)) <= TOGETHER
        else:
            stands, common, here = None, _joined(self.common, read), read
            fits = all(_bits(_joined(common, other)) <= TOGETHER for other in (common, *self.at.values()))
        if self.actions and not fits:
            return False
        self.actions.add(action)
        self.common = common
        if stands is not None:
            self.at[stands[0]], self.place, self.where = here, stands[1], where
        return True

    def row(self, actor: int, *, moved: bool, base: int) -> Row:
        """Return the group as a row."""
        index, actions = _joined(self.common, *self.at.values()), frozenset(self.actions)
        wide, beyond = _bits(index) > DIRECT, (0,) * len(index)
        placed = wide and self.place is not None and _bits(self.where) <= DIRECT
        if wide:
            read, index = index, self.where if placed else beyond
            beyond = _without(read, index)
        return Row(actor, moved, actions, self.excuses, index, wide, self.place if placed else None, base, beyond)


def rows(model: Model, layout: Layout) -> tuple[Row, ...]:
    """Return the rows of a model, those of an actor together, in the order of actors."""
    if len(model.actors) > MOST_ACTORS:
        raise UsageError(f"the native engine masks at most {MOST_ACTORS} actors, not {len(model.actors)}")
    found: list[Row] = []
    none = (0,) * layout.words
    read = [read_bits(model, layout, [part.expr for part in action.guard]) for action in model.actions]
    for place, actor in enumerate(model.actors):
        own = [_Group(True, read_bits(model, layout, [actor.resting, actor.finished]))]
        moved: list[_Group] = []
        for index, action in enumerate(model.actions):
            stands = standing(action)
            where = none if stands is None else read_bits(model, layout, [stands[1]])
            if action.owner == actor.name:
                _put(own, none, index, stands, read[index], where)
            if actor.name in action.participants:
                _put(moved, none, index, None, read[index], none)
        for groups in (own, moved):
            for group in groups:
                base = found[-1].base + found[-1].places if found else 0
                found.append(group.row(place, moved=groups is moved, base=base))
    return tuple(found)


def _put(groups: list[_Group], none: Masks, action: int, stands: tuple[Expr, Expr] | None, *bits: Masks) -> None:
    if not any(group.put(action, stands, *bits) for group in groups):
        groups.append(_Group(False, none))
        groups[-1].put(action, stands, *bits)


def _joined(*masks: Masks) -> Masks:
    return tuple(reduce(or_, words) for words in zip(*masks, strict=True))


def _without(masks: Masks, others: Masks) -> Masks:
    return tuple(mask & ~other for mask, other in zip(masks, others, strict=True))


def _bits(masks: Masks) -> int:
    return sum(mask.bit_count() for mask in masks)


# --- which bits are read -----------------------------------------------------------------------


def read_bits(model: Model, layout: Layout, exprs: Iterable[Expr]) -> Masks:
    """Return the bits of a state on which the values of `exprs` can depend."""
    nodes = {variable.name: node for variable, node in zip(model.variables, layout.nodes, strict=True)}
    found = [0] * layout.words
    for leaf in frozenset[Leaf]().union(*map(reads, exprs)):
        slot, mask = _slot(nodes[leaf.variable], leaf.path)
        found[slot.word] |= mask << slot.shift
    return tuple(found)


def _slot(node: Node, path: Path) -> tuple[Slot, int]:
    """Return the slot that says what stands at a leaf, and which of its bits do."""
    match node, path:
        case (Cell(_, slot) | Maybe(_, slot), _):
            return slot, slot.mask
        case Members(kind, slot), (Has(member),):
            return slot, 1 << positions(kind.item)[member]
        case Optional(_, tag), (Mark.PRESENT,):
            return tag, tag.mask
        case Optional(_, _, item), (Mark.PAYLOAD, *rest):
            return _slot(item, tuple(rest))
        case Group(_, items), (int(place), *rest):
            return _slot(items[place], tuple(rest))
        case Line(_, _, items), (At(place), *rest):
            return _slot(items[place], tuple(rest))
        case Line(_, length), _:
            return length, length.mask
        case _:
            raise InternalError(f"{path} is no leaf of {node}")


def gathered(masks: Masks, words: Sequence[int]) -> int:
    """Return the bits of `words` in `masks`, moved together: what the code of `situate` computes."""
    found = 0
    for word, start, length, place in runs(masks):
        found |= (words[word] >> start & (1 << length) - 1) << place
    return found


@cache
def runs(masks: Masks) -> tuple[tuple[int, int, int, int], ...]:
    """Return word, first bit, length and place in the result of each run of bits in `masks`."""
    found, place = [], 0
    for word, mask in enumerate(masks):
        start = 0
        while mask >> start:
            start += (mask >> start & -(mask >> start)).bit_length() - 1
            length = (~(mask >> start) & (mask >> start) + 1).bit_length() - 1
            found.append((word, start, length, place))
            place += length
            start += length
    return tuple(found)


def hashed(spot: int, words: Sequence[int], shift: int) -> int:
    """Return where in the hash table the search for a situation begins: what the code of `situate` computes.

    A sum of products, which a processor multiplies at the same time (multilinear hashing).
    """
    found = sum(word * factor for word, factor in zip((spot, *words), factors(len(words)), strict=True))
    return found % (1 << WORD) >> shift


@cache
def factors(words: int) -> tuple[int, ...]:
    """Return the factors of the hash: of the spot, and of each word."""
    return tuple(pow(FACTOR, place + 1, 1 << WORD) for place in range(words + 1))
