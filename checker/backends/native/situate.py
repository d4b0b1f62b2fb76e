"""`situate`: which situation each row of a packed state is in, as LLVM. See `situations`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import groupby
from typing import Any

from llvmlite import ir

from checker.backends.native.reduction import ALWAYS
from checker.backends.native.situations import JOINED, LIVES, MOVED, SPOT, WAYS, WIDTH, Masks, Row, factors, runs
from checker.backends.native.values import I32, I64, ONE, PTR, ZERO, number

_ROUNDS = 2  # of the fixpoint that are worth being done at once


def emit_situate(module: Any, found: Sequence[Row], words: int) -> None:
    """Emit `situate(state, ids, joined, ways, tables)` into `module`.

    It puts the number of each row's situation into `ids`, 0 for one that is not known; the first JOINED words of their
    records, joined, into `joined`; the others, of the rows of each actor joined, into `ways`. It returns some who live
    by obliged actions: whom enabled ones move, and whom these let live, in _ROUNDS rounds of the fixpoint. `tables` are
    the addresses of: the first table (32 bits a place), the spots' masks, the hash table; the shift of the hash, the
    last place of the hash table, the address of the records.
    """
    kind = ir.FunctionType(I64, [PTR] * 5)
    function = ir.Function(module, kind, "situate")
    build = ir.IRBuilder(function.append_basic_block("entry"))
    state, ids, joined, ways, tables = function.args
    for argument in function.args:
        argument.add_attribute("noalias")
    loaded = [build.load(build.gep(state, [number(place)], source_etype=I64), typ=I64) for place in range(words)]
    first, records = (_address(build, tables, place) for place in (0, 5))
    head, tail = ir.VectorType(I64, JOINED), ir.VectorType(I64, WAYS)
    total = ir.Constant(head, [0] * JOINED)
    lets = []  # by actor: one of these living is enough
    numbered = enumerate(found)
    for actor, own in groupby(numbered, key=lambda numbered_row: numbered_row[1].actor):
        way = ir.Constant(tail, [0] * WAYS)
        for place, row in own:
            index = build.add(_gather(build, row.index, loaded), number(row.base))
            at = build.zext(build.load(build.gep(first, [index], source_etype=I32), typ=I32), I64)
            if row.wide:
                at = _beyond(module, build, row, at, state, tables)
            build.store(at, build.gep(ids, [number(place)], source_etype=I64))
            record = build.gep(records, [build.mul(at, number(WIDTH))], source_etype=I64)
            total = build.or_(total, build.load(record, typ=head, align=8))
            rest = build.gep(record, [number(JOINED)], source_etype=I64)
            way = build.or_(way, build.load(rest, typ=tail, align=8))
        build.store(way, build.gep(ways, [number(WAYS * actor)], source_etype=I64), align=8)
        lets.append(build.extract_element(way, ir.Constant(I32, LIVES - JOINED)))
    build.store(total, joined, align=8)
    build.ret(_live(build, build.extract_element(total, ir.Constant(I32, MOVED)), lets))


def _live(build: Any, moving: Any, lets: Sequence[Any]) -> Any:
    """Add to who moves those whom they let live."""
    live = build.or_(moving, number(ALWAYS))
    for _ in range(_ROUNDS):
        bits = [build.icmp_signed("!=", build.and_(let, live), ZERO) for let in lets]
        masks = [build.shl(build.zext(bit, I64), number(actor)) for actor, bit in enumerate(bits)]
        live = reduce(build.or_, masks, live)
    return live


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
