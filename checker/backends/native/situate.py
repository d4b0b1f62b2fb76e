"""`situate`: which situation each row of a packed state is in, as LLVM. See `situations`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from llvmlite import ir

from checker.backends.native.reduction import ALWAYS
from checker.backends.native.situations import (
    ENABLED,
    EXCUSED,
    JOINED,
    LIVES,
    MOVED,
    SPOT,
    WIDTH,
    Masks,
    Row,
    factors,
    runs,
)
from checker.backends.native.values import I32, I64, ONE, PTR, ZERO, number

_LANES = 4  # words of a vector register


def emit_situate(module: Any, found: Sequence[Row], words: int) -> None:
    """Emit `situate(state, ids, joined, tables)` into `module`.

    It puts the number of each row's situation into `ids`, 0 for one that is not known, and the first JOINED words of
    their records, joined, into `joined`. It returns who lives by obliged actions, by alternatives that are in no list,
    or so many that nobody else waits. `tables` are the addresses of: the first table (32 bits a place), the spots'
    masks, the hash table; the shift of the hash, the last place of the hash table, the address of the records.
    """
    kind = ir.FunctionType(I64, [PTR] * 4)
    function = ir.Function(module, kind, "situate")
    build = ir.IRBuilder(function.append_basic_block("entry"))
    state, ids, joined, tables = function.args
    for argument in function.args:
        argument.add_attribute("noalias")
    loaded = [build.load(build.gep(state, [number(place)], source_etype=I64), typ=I64) for place in range(words)]
    first, records = (_address(build, tables, place) for place in (0, 5))
    head = ir.VectorType(I64, JOINED)
    total = ir.Constant(head, [0] * JOINED)
    lets: dict[int, Any] = {}  # by actor: one of these living is enough
    for place, row in enumerate(found):
        index = build.add(_gather(build, row.index, loaded), number(row.base))
        at = build.zext(build.load(build.gep(first, [index], source_etype=I32), typ=I32), I64)
        if row.wide:
            at = _beyond(module, build, row, at, state, tables)
        build.store(at, build.gep(ids, [number(place)], source_etype=I64))
        record = build.gep(records, [build.mul(at, number(WIDTH))], source_etype=I64)
        total = build.or_(total, build.load(record, typ=head, align=8))
        let = build.load(build.gep(record, [number(LIVES)], source_etype=I64), typ=I64)
        lets[row.actor] = build.or_(lets[row.actor], let) if row.actor in lets else let
    build.store(total, joined, align=8)
    parts = {word: build.extract_element(total, ir.Constant(I32, word)) for word in (MOVED, ENABLED, EXCUSED)}
    spared = build.or_(parts[ENABLED], parts[EXCUSED])
    build.ret(_live(function, build, parts[MOVED], spared, [lets[actor] for actor in sorted(lets)]))


def _live(function: Any, build: Any, moving: Any, spared: Any, lets: Sequence[Any]) -> Any:
    """Add to who moves those whom they let live, until nobody else waits or nothing is added."""
    several = ir.VectorType(I64, _LANES)
    none = ir.Constant(several, [0] * _LANES)
    those = [none] * -(-len(lets) // _LANES)
    for actor, let in enumerate(lets):
        lane = ir.Constant(I32, actor % _LANES)
        those[actor // _LANES] = build.insert_element(those[actor // _LANES], let, lane)
    spared = build.or_(spared, number(-1 << len(lets)))
    first = build.or_(moving, number(ALWAYS))
    before, turn, end = build.block, function.append_basic_block("turn"), function.append_basic_block("end")
    build.cbranch(_all(build, first, spared), end, turn)
    build.position_at_end(turn)
    live = build.phi(I64)
    more = live
    for place, part in enumerate(those):
        living = build.insert_element(none, live, ir.Constant(I32, 0))
        living = build.shuffle_vector(living, none, ir.Constant(ir.VectorType(I32, _LANES), [0] * _LANES))
        met = build.bitcast(build.icmp_signed("!=", build.and_(part, living), none), ir.IntType(_LANES))
        more = build.or_(more, build.shl(build.zext(met, I64), number(_LANES * place)))
    live.add_incoming(first, before)
    live.add_incoming(more, turn)
    build.cbranch(build.or_(_all(build, more, spared), build.icmp_signed("==", more, live)), end, turn)
    build.position_at_end(end)
    result = build.phi(I64)
    result.add_incoming(first, before)
    result.add_incoming(more, turn)
    return result


def _all(build: Any, live: Any, spared: Any) -> Any:
    """Tell whether everybody lives or is spared."""
    return build.icmp_signed("==", build.or_(live, spared), number(-1))


def _address(build: Any, tables: Any, place: int) -> Any:
    return build.inttoptr(_number(build, tables, place), PTR)


def _number(build: Any, tables: Any, place: int) -> Any:
    return build.load(build.gep(tables, [number(place)], source_etype=I64), typ=I64)


def _gather(build: Any, masks: Masks, loaded: Sequence[Any]) -> Any:
    """Move the bits in `masks` together."""
    parts = []
    for word, start, length, place in runs(masks):
        moved = loaded[word]
        if start != place:
            step = number(abs(start - place))
            moved = build.lshr(moved, step) if start > place else build.shl(moved, step)
        parts.append(build.and_(moved, number(((1 << length) - 1) << place)))
    return reduce(build.or_, parts, ZERO)


def _beyond(module: Any, build: Any, row: Row, at: Any, state: Any, tables: Any) -> Any:
    """Return the situation that the first table leads to: it is there, or the place has the number of a spot."""
    read = tuple(place for place, mask in enumerate(row.beyond) if mask)
    seek = _seek(module, read, len(row.beyond))
    before = build.block
    with build.if_then(build.icmp_unsigned(">=", at, number(SPOT))):
        spot = build.sub(at, number(SPOT))
        # Where nothing is an index there is one spot, and all bits are its.
        masks = {} if any(row.index) else {place: number(row.beyond[place]) for place in read}
        probe = _Probe(build, state, spot, tables, read, len(row.beyond), masks)
        here = probe.number(probe.start)
        first = build.block
        with build.if_then(build.icmp_signed("==", here, ZERO), likely=False):
            elsewhere = build.call(seek, [state, spot, tables])
            last = build.block
        sought = build.phi(I64)
        sought.add_incoming(here, first)
        sought.add_incoming(elsewhere, last)
        there = build.block
    found = build.phi(I64)
    found.add_incoming(at, before)
    found.add_incoming(sought, there)
    return found


class _Probe:
    """The search for a situation at a spot: the words that are read there, masked, and the place they lead to."""

    def __init__(
        self,
        build: Any,
        state: Any,
        spot: Any,
        tables: Any,
        read: Sequence[int],
        words: int,
        masks: Mapping[int, Any],
    ) -> None:
        self._build, self._spot, self._words = build, spot, words
        spots, self._entries = (_address(build, tables, place) for place in (1, 2))
        of_spot, *of_words = factors(words)
        self._masked, key = {}, build.mul(spot, number(of_spot))
        for place in read:
            mask = masks.get(place)
            if mask is None:
                at = build.add(build.mul(spot, number(words)), number(place))
                mask = build.load(build.gep(spots, [at], source_etype=I64), typ=I64)
            word = build.load(build.gep(state, [number(place)], source_etype=I64), typ=I64)
            self._masked[place] = build.and_(word, mask)
            key = build.add(key, build.mul(self._masked[place], number(of_words[place])))
        self.start = build.lshr(key, _number(build, tables, 3))

    def head(self, place: Any) -> Any:
        """Return spot and situation of an entry, 0 if there is none."""
        return self._build.load(self._entry(place), typ=I64)

    def number(self, place: Any) -> Any:
        """Return the situation of an entry, 0 if it is that of another spot or of other words."""
        build, head = self._build, self.head(place)
        differs = build.xor(build.lshr(head, number(32)), self._spot)
        for at, word in self._masked.items():
            kept = build.load(build.gep(self._entry(place), [number(at + 1)], source_etype=I64), typ=I64)
            differs = build.or_(differs, build.xor(kept, word))
        situation = build.and_(head, number((1 << 32) - 1))
        return build.select(build.icmp_signed("==", differs, ZERO), situation, ZERO)

    def _entry(self, place: Any) -> Any:
        return self._build.gep(self._entries, [self._build.mul(place, number(self._words + 1))], source_etype=I64)


def _seek(module: Any, read: tuple[int, ...], words: int) -> Any:
    """Emit `seek(state, spot, tables)`: the number of the situation at a spot that reads these words, by hash, or 0."""
    name = "_".join(map(str, ("seek", *read)))
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(I64, [PTR, I64, PTR]), name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    entry, turn, there, following, end = map(
        function.append_basic_block, ("entry", "turn", "there", "following", "end")
    )
    build = ir.IRBuilder(entry)
    state, spot, tables = function.args
    probe = _Probe(build, state, spot, tables, read, words, {})
    last = _number(build, tables, 4)
    build.branch(turn)
    build.position_at_end(turn)
    place = build.phi(I64)
    place.add_incoming(probe.start, entry)
    build.cbranch(build.icmp_signed("==", probe.head(place), ZERO), end, there)
    build.position_at_end(there)
    found = probe.number(place)
    build.cbranch(build.icmp_signed("!=", found, ZERO), end, following)
    build.position_at_end(following)
    place.add_incoming(build.and_(build.add(place, ONE), last), following)
    build.branch(turn)
    build.position_at_end(end)
    result = build.phi(I64)
    result.add_incoming(ZERO, turn)
    result.add_incoming(found, there)
    build.ret(result)
    return function
