"""`situate`: which situation each row of a packed state is in, as LLVM. See `situations`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from llvmlite import ir

from checker.backends.native.situations import FACTOR, GATHERED, SHIFT, WIDTH, Masks, Row, runs
from checker.backends.native.values import I32, I64, ONE, PTR, ZERO, number


def emit_situate(module: Any, found: Sequence[Row], words: int) -> None:
    """Emit `situate(state, ids, joined, tables)` into `module`.

    It puts the number of each row's situation into `ids`, 0 for one that is not known, and the first words of their
    records, joined, into `joined`. `tables` are the addresses of: the first table (32 bits a place), the spots' masks,
    the hash table; the shift of the hash, the last place of the hash table, the address of the records.
    """
    seek = _seek(module, words) if any(row.wide for row in found) else None
    kind = ir.FunctionType(ir.VoidType(), [PTR] * 4)
    function = ir.Function(module, kind, "situate")
    build = ir.IRBuilder(function.append_basic_block("entry"))
    state, ids, joined, tables = function.args
    for argument in function.args:
        argument.add_attribute("noalias")
    loaded = [build.load(build.gep(state, [number(place)], source_etype=I64), typ=I64) for place in range(words)]
    first, records = (_address(build, tables, place) for place in (0, 5))
    line = ir.VectorType(I64, GATHERED)
    total = ir.Constant(line, [0] * GATHERED)
    for place, row in enumerate(found):
        index = build.add(_gather(build, row.index, loaded), number(row.base))
        at = build.zext(build.load(build.gep(first, [index], source_etype=I32), typ=I32), I64)
        if row.wide:
            at = build.call(seek, [state, at, tables])
        build.store(at, build.gep(ids, [number(place)], source_etype=I64))
        record = build.gep(records, [build.mul(at, number(WIDTH))], source_etype=I64)
        total = build.or_(total, build.load(record, typ=line, align=8))
    build.store(total, joined, align=8)
    build.ret_void()


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


def _seek(module: Any, words: int) -> Any:
    """Emit `seek(state, spot, tables)`: the number of the situation at a spot, by hash, or 0."""
    function = ir.Function(module, ir.FunctionType(I64, [PTR, I64, PTR]), "seek")
    function.linkage = "internal"
    entry, turn, there, compare, following, none = map(
        function.append_basic_block, ("entry", "turn", "there", "compare", "following", "none")
    )
    build = ir.IRBuilder(entry)
    state, spot, tables = function.args
    spots, entries = (_address(build, tables, place) for place in (1, 2))
    shift, last = (_number(build, tables, place) for place in (3, 4))
    masked, key = [], build.mul(spot, number(FACTOR))
    for place in range(words):
        at = build.add(build.mul(spot, number(words)), number(place))
        mask = build.load(build.gep(spots, [at], source_etype=I64), typ=I64)
        word = build.load(build.gep(state, [number(place)], source_etype=I64), typ=I64)
        masked.append(build.and_(word, mask))
        key = build.mul(build.xor(key, masked[-1]), number(FACTOR))
        key = build.xor(key, build.lshr(key, number(SHIFT)))
    start = build.lshr(build.mul(key, number(FACTOR)), shift)
    build.branch(turn)
    build.position_at_end(turn)
    place = build.phi(I64)
    place.add_incoming(start, entry)
    pointer = build.gep(entries, [build.mul(place, number(words + 1))], source_etype=I64)
    head = build.load(pointer, typ=I64)
    build.cbranch(build.icmp_signed("==", head, ZERO), none, there)
    build.position_at_end(there)
    build.cbranch(build.icmp_signed("==", build.lshr(head, number(32)), spot), compare, following)
    build.position_at_end(compare)
    differs = ZERO
    for at, word in enumerate(masked, start=1):
        kept = build.load(build.gep(pointer, [number(at)], source_etype=I64), typ=I64)
        differs = build.or_(differs, build.xor(kept, word))
    found = function.append_basic_block("found")
    build.cbranch(build.icmp_signed("==", differs, ZERO), found, following)
    build.position_at_end(following)
    place.add_incoming(build.and_(build.add(place, ONE), last), following)
    build.branch(turn)
    build.position_at_end(found)
    build.ret(build.and_(head, number((1 << 32) - 1)))
    build.position_at_end(none)
    build.ret(ZERO)
    return function
