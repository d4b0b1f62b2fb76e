"""Certificates on the packed states of a native search: in every state, with the same result as `Knots.look` on each.

Machine code looks situations up in tables and reduces (`reduction`); where it meets one that is not known, it stops,
and `waits.analysis` works it out, once. Python sees the first state of each kind of states that have a certificate.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Iterator, Sequence
from typing import Protocol

from checker.backends.native import reduction
from checker.backends.native.layout import WORD
from checker.backends.native.memory import Words
from checker.backends.native.program import Program
from checker.backends.native.reduction import ALL, ALWAYS, MISS, SAID, Waits
from checker.backends.native.situations import JOINED, SPOT, WAYS, WIDTH, Row, gathered, hashed, read_bits, standing
from checker.engine.watch import Knots
from checker.ir.nodes import Expr, State
from checker.waits.analysis import Alternative, Lacks, WaitAnalysis
from checker.waits.conditions import Support

_ROOM = 1 << 8  # kinds of states, and situations by hash, that there is room for at first; both double


class Situations:
    """The situations of one model that are known, in tables that machine code can read."""

    def __init__(self, program: Program, analysis: WaitAnalysis) -> None:
        self.program = program
        self.analysis = analysis
        self.rows = program.rows
        self._first = array("I", bytes(4 * sum(row.places for row in self.rows)))
        self._spots: list[tuple[int, ...]] = []
        self._masks = array("Q")  # of the spots
        self._by_hash: dict[tuple[int, ...], int] = {}  # (spot, *masked words) -> situation
        self._width, self._places = program.layout.words + 1, 4 * _ROOM
        self._entries = array("Q", bytes(8 * self._places * self._width))
        self._known: dict[object, int] = {}  # what stands in a record -> its number
        self._records = array("q", [MISS, *[0] * (WIDTH - 1)])
        self._code = array("q", [0])
        self._supports: dict[Support, int] = {}
        self._tables = array("q", [0] * 6)

    def publish(self, waits: Waits) -> None:
        """Tell machine code where everything is: arrays move when they grow."""
        shared = _address(self._first), _address(self._masks), _address(self._entries)
        self._tables[:] = array("q", [*shared, self._shift, self._places - 1, _address(self._records)])
        waits.tables, waits.records, waits.code = map(_address, (self._tables, self._records, self._code))

    def learn(self, words: Sequence[int]) -> None:
        """Work out what is not known of the situations in a packed state (of words words)."""
        state = self.program.layout.unpack(words)
        for row in self.rows:
            at = row.base + gathered(row.index, words)
            if not self._first[at]:
                self._first[at] = self._spot(row, state) or self._situation(row, state)
            if self._first[at] & SPOT:
                spot = int(self._first[at] - SPOT)
                key = (spot, *(word & mask for word, mask in zip(words, self._spots[spot], strict=True)))
                if key not in self._by_hash:
                    self._add(key, self._situation(row, state))

    @property
    def _shift(self) -> int:
        return WORD - (self._places - 1).bit_length()

    def _add(self, key: tuple[int, ...], number: int) -> None:
        """Add a situation that is found by hash."""
        self._by_hash[key] = number
        if 4 * len(self._by_hash) <= self._places:
            self._enter(key, number)
            return
        self._places *= 2
        self._entries = array("Q", bytes(8 * self._places * self._width))
        for other in self._by_hash.items():
            self._enter(*other)

    def _enter(self, key: tuple[int, ...], number: int) -> None:
        """Put a situation into the hash table."""
        (spot, *masked), width = key, self._width
        at = hashed(spot, masked, self._shift)
        while self._entries[at * width]:
            at = (at + 1) % self._places
        self._entries[at * width : (at + 1) * width] = array("Q", [spot << 32 | number, *masked])

    def _spot(self, row: Row, state: State) -> int:
        """Add the spot at which a row's actor stands; return its mark and number, 0 if nothing else is read there.

        That is: all bits beside the index that actions read which may be alternatives there.
        """
        model, exprs = self.analysis.model, list[Expr]()
        for action in (model.actions[place] for place in row.actions if row.wide):
            stands = standing(action)
            # Who stands elsewhere than at the row's place may take the action at any value of that place.
            if stands is None or stands[1] != row.place or self.analysis.condition(stands[0]).holds(state):
                exprs += [part.expr for part in action.guard]
        if row.excuses:
            exprs += [model.actors[row.actor].resting, model.actors[row.actor].finished]
        read = read_bits(model, self.program.layout, exprs)
        masks = tuple(mask & beyond for mask, beyond in zip(read, row.beyond, strict=True))
        if not any(masks):
            return 0
        self._spots.append(masks)
        self._masks.extend(masks)
        return SPOT | len(self._spots) - 1

    # --- records -------------------------------------------------------------------------------

    def _alternatives(self, row: Row, state: State) -> list[Alternative]:
        """Return the alternatives of a row in a state, or the actions of others in it."""
        analysis = self.analysis
        found = analysis.moved_by(row.actor) if row.moved else analysis.alternatives(row.actor, state)
        return [alternative for alternative in found if alternative.action in row.actions]

    def _situation(self, row: Row, state: State) -> int:
        """Return the number of the situation of a row in a state."""
        bit, found = 1 << row.actor, self._alternatives(row, state)
        moved, enabled, excused = [0, 0, 0], 0, 0
        for alternative in () if row.moved else found:
            if alternative.enabled(state):
                moved[alternative.level] |= alternative.moved
                enabled = bit
        if row.excuses:
            excused = (self.analysis.resting(state) | self.analysis.finished(state)) & bit
        lacks = tuple(alternative.lacks(state) for alternative in found)
        return self._record(row, (0, *moved, enabled, excused), lacks)

    def _record(self, row: Row, head: tuple[int, ...], lacks: tuple[Lacks, ...]) -> int:
        """Return the number of a record; what is the same has the same."""
        key = (row.actor, row.moved, head, lacks)
        if key in self._known:
            return self._known[key]
        plain = [(level, false) for level, false in lacks if len(false) < 2 and not any(lack.count for lack in false)]
        others = [way for way in lacks if way not in plain]
        more = self._ways(others) if others else 0
        lives = [_any_of(plain, level, upto=level) for level in range(ALL + 1)]
        could = [0 if row.moved else _any_of(plain, level, upto=ALL) for level in range(ALL + 1)]
        self._records.extend([*head, (1 << row.actor) * bool(more), 0, *lives, more, *could, 0 if row.moved else more])
        self._known[key] = len(self._records) // WIDTH - 1
        return self._known[key]

    def _ways(self, ways: Sequence[Lacks]) -> int:
        """Add alternatives to the code; return where they are."""
        listed = [len(ways)]
        for level, false in ways:
            listed += [level, len(false), *map(self._lack, false)]
        self._code.extend(listed)
        return len(self._code) - len(listed)

    def _lack(self, support: Support) -> int:
        """Add to the code who could give what is lacked; return where that is."""
        if support not in self._supports:
            count = support.count
            elements = [self._lack(element) for element in count.elements] if count else []
            listed = [*support.masks, count.missing if count else 0, len(elements), *elements]
            self._code.extend(listed)
            self._supports[support] = len(self._code) - len(listed)
        return self._supports[support]


def _any_of(plain: Sequence[Lacks], level: int, *, upto: int) -> int:
    """Return of whom one is enough, by alternatives of duties up to a level that lack one thing or nothing."""
    found = 0
    for least, false in plain:
        if least <= upto:
            found |= false[0].masks[level] if false else ALWAYS
    return found


class Packed(Protocol):
    """The packed states of a search: `native.Store`."""

    program: Program
    k: int  # words of a state
    at: int  # the address of the `runtime.Search`
    words: Words

    @property
    def count(self) -> int: ...


class Certifier:
    """Looks for certificates in the states of one search, in their order."""

    def __init__(self, store: Packed, knots: Knots) -> None:
        self._store = store
        self._situations = Situations(store.program, knots.analysis)
        rows, actors = store.program.rows, len(store.program.model.actors)
        ends = array("q", [0, *(sum(row.actor <= actor for row in rows) for actor in range(actors))])
        self._width = SAID + len(rows)  # of a key
        sizes = len(rows), JOINED, WAYS * actors, SAID, self._width, _ROOM
        self._arrays = [ends, *(array("q", [0] * size) for size in sizes)]
        self._numbers = self._arrays[-1]
        everybody, selection = (1 << actors) - 1, knots.selection
        self._waits = Waits(
            everybody=everybody,
            rows=len(rows),
            wanted=knots.demanded_mask,
            feared=everybody * (selection.deadlock or selection.orphan),
            most=_ROOM,
        )
        for name, values in zip(("ends", "ids", "joined", "ways", "said", "key", "numbers"), self._arrays, strict=True):
            setattr(self._waits, name, _address(values))
        self.at = ctypes.addressof(self._waits)
        self._known, self._places = array("q"), array("q", [0, 0])
        self._widen()
        self._situations.publish(self._waits)

    def look(self, end: int) -> Iterator[int]:
        """Yield the first state of each kind not seen yet, of those up to `end` that have not been looked at."""
        waits = self._waits
        while waits.begin < end:
            status = self._store.program.call(reduction.look, self._store.at, self.at, end)
            yield from self._numbers[: waits.found]
            if status == reduction.MISSED:
                self._learn(waits.begin)
            elif status == reduction.FULL:
                self._widen()

    def masks(self) -> Sequence[tuple[int, int, int]]:
        """Return who is certainly stuck, blocked and dead in each state."""
        out = array("q", bytes(8 * (ALL + 1) * self._store.count))
        begin = 0
        while begin >= 0:
            where = self._store.at, self.at, begin, self._store.count, _address(out)
            begin = self._store.program.call(reduction.certificates, *where)
            if begin >= 0:
                self._learn(begin)
        return list(zip(out[::3], out[1::3], out[2::3], strict=True))

    def _learn(self, number: int) -> None:
        k = self._store.k
        self._situations.learn(self._store.words.view[number * k : (number + 1) * k].tolist())
        self._situations.publish(self._waits)

    def _widen(self) -> None:
        """Make room for twice as many kinds."""
        waits, kept = self._waits, self._known[: self._waits.kinds * self._width]
        size = 2 * len(self._places)
        self._known = array("q", bytes(8 * size * self._width))
        self._places = array("q", bytes(8 * size))
        waits.kinds, waits.last = 0, size - 1
        waits.known, waits.places = _address(self._known), _address(self._places)
        for place in range(0, len(kept), self._width):
            key = kept[place : place + self._width]
            self._store.program.call(reduction.enter, self.at, _address(key), self._width)


def _address(values: array[int]) -> int:
    return values.buffer_info()[0]
