"""Situations of packed states that are known, in tables for machine code: worked out once, and kept for the next run.

What is kept stands beside the machine code, under a name that says all it depends on: the model and our sources.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from checker.backends.native.layout import WORD
from checker.backends.native.program import Program
from checker.backends.native.reduction import ALL, ALWAYS, MISS, Waits
from checker.backends.native.situations import SPOT, WIDTH, Row, gathered, hashed, read_bits, standing
from checker.ir.nodes import Expr, State
from checker.waits.analysis import Alternative, Lacks, WaitAnalysis
from checker.waits.conditions import Support

ROOM = 1 << 10  # places of the hash table at first; it doubles
LARGEST = 1 << 22  # bytes that are kept

_Plain: TypeAlias = tuple[Any, ...]  # what may be kept: tuples of numbers and of such tuples


class Situations:
    """The situations of one model that are known.

    An interrupt may come between any two steps: what is found by a key is there before the key is.
    """

    def __init__(self, program: Program, analysis: WaitAnalysis) -> None:
        self.program = program
        self.analysis = analysis
        self.rows = program.rows
        self._words = program.layout.words
        self._width = self._words + 1  # of an entry of the hash table
        self._first = array("I", bytes(4 * sum(row.places for row in self.rows)))
        self._masks = array("Q")  # of the spots
        self._entries = array("Q", bytes(8 * ROOM * self._width))
        self._records = array("q", [MISS, *[0] * (WIDTH - 1)])
        self._code = array("q", [0])
        self._by_hash: dict[_Plain, int] = {}  # (spot, *masked words) -> situation
        self._known: dict[_Plain, int] = {}  # what stands in a record -> its number
        self._supports: dict[_Plain, int] = {}  # what is lacked -> where in the code
        self._tables = array("q", [0] * 6)
        self._learned = False
        self._restore()

    def publish(self, waits: Waits) -> None:
        """Tell machine code where everything is: arrays move when they grow."""
        shared = address(self._first), address(self._masks), address(self._entries)
        self._tables[:] = array("q", [*shared, self._shift, self._places - 1, address(self._records)])
        waits.tables, waits.records, waits.code = map(address, (self._tables, self._records, self._code))

    def learn(self, words: Sequence[int], missing: Iterable[int]) -> None:
        """Work out what is not known of some rows' situations in a packed state (of words words)."""
        self._learned = True
        state = self.program.layout.unpack(words)
        for row in (self.rows[place] for place in missing):
            at = row.base + gathered(row.index, words)
            if not self._first[at]:
                self._first[at] = self._spot(row, state) or self._situation(row, state)
            if self._first[at] & SPOT:
                spot = int(self._first[at]) - SPOT
                masks = self._masks[spot * self._words : (spot + 1) * self._words]
                key = (spot, *(word & mask for word, mask in zip(words, masks, strict=True)))
                if key not in self._by_hash:
                    self._add(key, self._situation(row, state))

    # --- for the next run ----------------------------------------------------------------------

    def keep(self) -> None:
        """Keep what has been learned, unless it is too much."""
        if not self._learned:
            return
        arrays = [one.tobytes() for one in self._arrays]
        tables = self._by_hash, self._known, self._supports, self.analysis.enabling.found
        if sum(map(len, arrays)) <= LARGEST:
            self.program.keep(marshal.dumps((arrays, *tables)))
        self._learned = False

    def _restore(self) -> None:
        data = self.program.kept()
        if data is not None:
            arrays, self._by_hash, self._known, self._supports, enabling = marshal.loads(data)
            for one, content in zip(self._arrays, arrays, strict=True):
                one[:] = array(one.typecode, content)
            for leaves, found in enabling.items():
                self.analysis.enabling.found.setdefault(leaves, {}).update(found)

    @property
    def _arrays(self) -> tuple[array[int], ...]:
        return self._first, self._masks, self._entries, self._records, self._code

    # --- the hash table ------------------------------------------------------------------------

    @property
    def _places(self) -> int:
        return len(self._entries) // self._width

    @property
    def _shift(self) -> int:
        return WORD - (self._places - 1).bit_length()

    def _add(self, key: _Plain, number: int) -> None:
        """Add a situation that is found by hash."""
        if 4 * len(self._by_hash) >= self._places:
            entries = array("Q", bytes(16 * len(self._entries)))
            for other in self._by_hash.items():
                self._enter(entries, *other)
            self._entries = entries
        self._enter(self._entries, key, number)
        self._by_hash[key] = number

    def _enter(self, entries: array[int], key: _Plain, number: int) -> None:
        """Put a situation into a hash table."""
        (spot, *masked), width = key, self._width
        places = len(entries) // width
        at = hashed(spot, masked, WORD - (places - 1).bit_length())
        while entries[at * width]:
            at = (at + 1) % places
        entries[at * width : (at + 1) * width] = array("Q", [spot << 32 | number, *masked])

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
        masks = array("Q", [mask & beyond for mask, beyond in zip(read, row.beyond, strict=True)])
        if not any(masks):
            return 0
        self._masks.extend(masks)
        return SPOT | len(self._masks) // self._words - 1

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
        """Return the number of a record (see `situations`); what is the same has the same."""
        key = (row.actor, row.moved, head, tuple((level, tuple(map(_plain, false))) for level, false in lacks))
        if key in self._known:
            return self._known[key]
        plain = [(level, false) for level, false in lacks if len(false) < 2 and not any(lack.count for lack in false)]
        others = [way for way in lacks if way not in plain]
        more = self._ways(others) if others else 0
        lives = [_any_of(plain, level, upto=level) for level in range(ALL + 1)]
        could = [0 if row.moved else _any_of(plain, level, upto=ALL) for level in range(ALL + 1)]
        listed = 1 << row.actor if more else 0
        record = array("q", [*head, listed, *lives, more, *could, 0 if row.moved else more, 0])
        self._records.extend(record)
        self._known[key] = len(self._records) // WIDTH - 1
        return self._known[key]

    def _ways(self, ways: Sequence[Lacks]) -> int:
        """Add alternatives to the code; return where they are."""
        listed = array("q", [len(ways)])
        for level, false in ways:
            listed.extend([level, len(false), *map(self._lack, false)])
        self._code.extend(listed)
        return len(self._code) - len(listed)

    def _lack(self, support: Support) -> int:
        """Add to the code who could give what is lacked; return where that is."""
        key, count = _plain(support), support.count
        if key not in self._supports:
            elements = [self._lack(element) for element in count.elements] if count else []
            listed = array("q", [*support.masks, count.missing if count else 0, len(elements), *elements])
            self._code.extend(listed)
            self._supports[key] = len(self._code) - len(listed)
        return self._supports[key]


def _plain(support: Support) -> _Plain:
    """Return a support as tuples of numbers."""
    count = support.count
    return support.masks, support.actions, count and (count.missing, tuple(map(_plain, count.elements)))


def _any_of(plain: Sequence[Lacks], level: int, *, upto: int) -> int:
    """Return of whom one is enough, by alternatives of duties up to a level that lack one thing or nothing."""
    found = 0
    for least, false in plain:
        if least <= upto:
            found |= false[0].masks[level] if false else ALWAYS
    return found


def address(values: array[int]) -> int:
    """Return where the items of an array are, until it grows."""
    return values.buffer_info()[0]
