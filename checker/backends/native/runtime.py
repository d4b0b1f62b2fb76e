"""The search at machine speed: expand packed states, put what is new into a hash table and behind the others.

The table holds the states themselves, in open addressing with linear probing; a word 0 of 0 is an empty place. What a
state is, is all its words: nothing is known by a fingerprint. Successors of many states are generated first, their
places in the table prefetched, then looked up in order, so that states are numbered as one by one they would be.

Compiled once for every model: what depends on the model is called by address.
"""

from __future__ import annotations

from typing import Any

import numpy
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

U = numpy.uint64
_A, _B = U(0x9E3779B97F4A7C15), U(0xD6E8FEB86659FD93)
_S32, _S29 = U(32), U(29)
NONE = -1
LINE = 8  # words of a cache line; a table has a multiple of so many places

_I64 = ir.IntType(64)
_I32 = ir.IntType(32)
_PTR = ir.PointerType()


def _call(name: str, pointers: int, numbers: int, *, result: bool) -> Any:
    """Return an intrinsic `name(address, arguments…)`: call the function at an address."""
    count = pointers + numbers

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_I64 if result else ir.VoidType(), [_PTR] * pointers + [_I64] * numbers)
        function = builder.inttoptr(args[0], kind.as_pointer())
        given = [builder.inttoptr(arg, _PTR) for arg in args[1 : 1 + pointers]]
        found = builder.call(function, [*given, *args[1 + pointers :]])
        return found if result else context.get_dummy_value()

    signature = (types.int64 if result else types.void)(*[types.int64] * (count + 1))

    def two(typing: Any, address: Any, a: Any, b: Any) -> Any:
        return signature, generate

    def six(typing: Any, address: Any, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any) -> Any:
        return signature, generate

    chosen = {2: two, 6: six}[count]
    chosen.__name__ = chosen.__qualname__ = name
    return intrinsic(chosen)


call_step = _call("call_step", 5, 1, result=True)
call_holds = _call("call_holds", 2, 0, result=True)
call_moves = _call("call_moves", 2, 0, result=False)


@intrinsic
def prefetch(typing: Any, address: Any) -> Any:
    """Tell the processor that the cache line at an address will be read and written."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [_PTR, _I32, _I32, _I32])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [builder.inttoptr(args[0], _PTR), _I32(1), _I32(3), _I32(1)])
        return context.get_dummy_value()

    return types.void(types.int64), generate


@intrinsic
def same_words(typing: Any, address: Any, word: Any) -> Any:
    """Return which of the 8 words at an address equal `word`, as bits."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        line = ir.VectorType(_I64, LINE)
        loaded = builder.load(builder.inttoptr(args[0], _PTR), typ=line, align=8)
        first = builder.insert_element(ir.Constant(line, ir.Undefined), args[1], _I32(0))
        spread = builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(_I32, LINE), [_I32(0)] * LINE))
        equal = builder.icmp_signed("==", loaded, spread)
        return builder.zext(builder.bitcast(equal, ir.IntType(LINE)), _I64)

    return types.int64(types.int64, types.uint64), generate


@intrinsic
def lowest(typing: Any, bits: Any) -> Any:
    """Return the number of the lowest bit that is set in `bits`, which is not 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate


@njit(cache=True, nogil=True)
def home(words: Any, first: int, k: int, size: int) -> Any:
    """Return where in a table of `size` places the search for a state begins: states of one word, at a cache line."""
    h = words[first]
    h = (h ^ (h >> _S32)) * _A
    if k == 1:
        h = (h ^ (h >> _S29)) * _B
        return numpy.int64(((h >> _S32) * U(size >> 3)) >> _S32) << 3
    for i in range(1, k):
        h = (h ^ (h >> _S32) ^ words[first + i]) * _A
    h = (h ^ (h >> _S29)) * _B
    return numpy.int64(((h >> _S32) * U(size)) >> _S32)


@njit(cache=True, nogil=True)
def find(table: Any, size: int, place: int, words: Any, first: int, k: int) -> Any:
    """Search for a state from `place` on: return where it is, or, less `size`, the empty place where it belongs.

    States of one word are compared a cache line at a time: whether it is the first place or the third is no branch
    that could be mispredicted.
    """
    if k == 1:
        wanted, base = words[first], table.ctypes.data
        while True:
            here = same_words(base + 8 * place, wanted)
            if here:
                return place + lowest(here)
            free = same_words(base + 8 * place, U(0))
            if free:
                return place + lowest(free) - size
            place += LINE
            if place == size:
                place = 0
    while True:
        at = place * k
        if table[at] == words[first]:
            same = True
            for i in range(1, k):
                if table[at + i] != words[first + i]:
                    same = False
                    break
            if same:
                return place
        elif table[at] == U(0):
            return place - size
        place += 1
        if place == size:
            place = 0


@njit(cache=True, nogil=True)
def fill(table: Any, size: int, states: Any, begin: int, count: int, k: int, homes: Any) -> None:
    """Put states `begin` to `count` into a table in which they are not."""
    base = table.ctypes.data
    batch = len(homes)
    while begin < count:
        n = min(batch, count - begin)
        for j in range(n):
            homes[j] = home(states, (begin + j) * k, k, size)
            prefetch(base + homes[j] * k * 8)
        for j in range(n):
            at = find(table, size, homes[j], states, (begin + j) * k, k) + size
            for i in range(k):
                table[at * k + i] = states[(begin + j) * k + i]
        begin += n


@njit(cache=True, nogil=True)
def inspect(function: int, number: int, pointer: int, must: int, unmet: int, firsts: Any) -> int:
    """Note the first state to break each condition of `must` and to meet each of `unmet`; return what stays unmet."""
    holds = call_holds(function, pointer, pointer)
    news = (must & ~holds) | (unmet & holds)
    bit = 0
    while news >> bit:
        if news >> bit & 1 and firsts[bit] < 0:
            firsts[bit] = number
        bit += 1
    left: int = unmet & ~holds
    return left


@njit(cache=True, nogil=True)
def judge(function: int, source: int, target: int, all_hold: int, origin: int, sources: Any) -> None:
    """Judge a step: note the first state from which a step breaks each step property."""
    broken = all_hold & ~call_holds(function, target, source)
    bit = 0
    while broken >> bit:
        if broken >> bit & 1 and sources[bit] < 0:
            sources[bit] = origin
        bit += 1


@njit(cache=True, nogil=True)
def expand(
    functions: Any,
    masks: Any,
    progress: Any,
    k: int,
    states: Any,
    table: Any,
    size: int,
    buffers: Any,
    counts: Any,
    found: Any,
    stop: int,
    room: int,
    limit: int,
    batch: int,
) -> None:
    """Expand states, from `progress[0]` on up to `stop`, as long as there is `room` for what a batch may find.

    `functions` are the addresses of `step`, `holds_states` and `holds_steps`, 0 for those not wanted; `masks` what must
    hold, what is unmet, which step properties there are; `progress` how many states are expanded and how many are
    known, and the first without a successor; `buffers` words, actions, places and sources of successors; `counts`
    steps and new states by action; `found` first states for conditions, for step properties and for places that fail,
    and how often arms were entered. With a `limit` states are expanded one by one, up to the one after which so many
    are known.
    """
    out, taken, homes, origins = buffers
    totals, fresh = counts
    firsts, sources, fails, hits = found
    step, look, watch = functions[0], functions[1], functions[2]
    state_at, out_at, taken_at, table_at = states.ctypes.data, out.ctypes.data, taken.ctypes.data, table.ctypes.data
    fails_at, hits_at = fails.ctypes.data, hits.ctypes.data
    must, unmet, all_hold = masks[0], masks[1], masks[2]
    width = 8 * k
    expanded, count = progress[0], progress[1]
    fits = len(taken)
    while expanded < stop and count + fits <= room:
        n = 0
        while expanded < stop and n < batch:
            more = call_step(
                step, state_at + expanded * width, out_at + n * width, taken_at + 8 * n, fails_at, hits_at, expanded
            )
            if watch:
                for j in range(n, n + more):
                    origins[j] = expanded
            if more == 0 and progress[2] < 0:
                progress[2] = expanded
            n += more
            expanded += 1
            if limit:
                break
        for j in range(n):
            place = home(out, j * k, k, size)
            homes[j] = place
            prefetch(table_at + place * width)
        for j in range(n):
            action = taken[j]
            totals[action] += 1
            place = find(table, size, homes[j], out, j * k, k)
            if place < 0:
                place += size
                for i in range(k):
                    table[place * k + i] = out[j * k + i]
                    states[count * k + i] = out[j * k + i]
                fresh[action] += 1
                if look:
                    unmet = inspect(look, count, state_at + count * width, must, unmet, firsts)
                count += 1
            if watch:
                judge(watch, state_at + origins[j] * width, out_at + j * width, all_hold, origins[j], sources)
        if limit and count >= limit:
            break
    masks[1] = unmet
    progress[0], progress[1] = expanded, count


@njit(cache=True, nogil=True)
def first_parent(
    step: int, k: int, states: Any, begin: int, end: int, number: int, out: Any, taken: Any, fails: Any, hits: Any
) -> int:
    """Return the first of the states `begin` to `end` that has a step to state `number`, -1 if there is none."""
    for source in range(begin, end):
        n = call_step(
            step,
            states.ctypes.data + source * k * 8,
            out.ctypes.data,
            taken.ctypes.data,
            fails.ctypes.data,
            hits.ctypes.data,
            source,
        )
        for j in range(n):
            same = True
            for i in range(k):
                if out[j * k + i] != states[number * k + i]:
                    same = False
                    break
            if same:
                return source
    return NONE


@njit(cache=True, nogil=True)
def waiting(
    moves: int,
    resting: int,
    finished: int,
    everybody: int,
    k: int,
    states: Any,
    begin: int,
    end: int,
    masks: Any,
    out: Any,
) -> int:
    """Put into `out` the first states of `begin` to `end` in which somebody may be stuck; return how many there are.

    Nobody is where everybody has an enabled action, rests, has finished, or is moved by an enabled obliged action.
    Stops where `out` is full.
    """
    n = 0
    for source in range(begin, end):
        masks[:] = 0
        pointer = states.ctypes.data + source * k * 8
        call_moves(moves, pointer, masks.ctypes.data)
        left = everybody & ~masks[0] & ~masks[1]
        if left and left & ~call_holds(resting, pointer, pointer) & ~call_holds(finished, pointer, pointer):
            out[n] = source
            n += 1
            if n == len(out):
                break
    return n


@njit(cache=True, nogil=True)
def judge_all(function: int, k: int, states: Any, count: int, masks: Any) -> None:
    """Put into `masks` which conditions hold in each state."""
    for number in range(count):
        pointer = states.ctypes.data + number * k * 8
        masks[number] = call_holds(function, pointer, pointer)


@njit(cache=True, nogil=True)
def owners_all(moves: int, k: int, states: Any, count: int, masks: Any) -> None:
    """Put into `masks` who has an enabled action in each state."""
    scratch = numpy.zeros(4, numpy.int64)
    for number in range(count):
        scratch[:] = 0
        call_moves(moves, states.ctypes.data + number * k * 8, scratch.ctypes.data)
        masks[number] = scratch[0]


@njit(cache=True, nogil=True)
def by_place(k: int, states: Any, count: int, table: Any, size: int, homes: Any, given: Any, w: int, bits: Any) -> None:
    """Put the `w` words `given` for each state into `bits`, where the state's place in the table is."""
    base, batch = table.ctypes.data, len(homes)
    begin = 0
    while begin < count:
        n = min(batch, count - begin)
        for j in range(n):
            homes[j] = home(states, (begin + j) * k, k, size)
            prefetch(base + homes[j] * k * 8)
        for j in range(n):
            place = find(table, size, homes[j], states, (begin + j) * k, k)
            for i in range(w):
                bits[place * w + i] = given[(begin + j) * w + i]
        begin += n


@njit(cache=True, nogil=True)
def by_number(k: int, states: Any, count: int, table: Any, size: int, w: int, bits: Any, result: Any) -> None:
    """Turn what `by_place` did round."""
    for number in range(count):
        place = find(table, size, home(states, number * k, k, size), states, number * k, k)
        for i in range(w):
            result[number * w + i] = bits[place * w + i]


@njit(cache=True, nogil=True)
def sweep(
    step: int,
    k: int,
    states: Any,
    count: int,
    table: Any,
    size: int,
    buffers: Any,
    scratch: Any,
    w: int,
    bits: Any,
    full: Any,
    moved: Any,
    passed: Any,
    done: Any,
    upwards: bool,
) -> bool:
    """Go once over all states: add to the bits of each what its steps give it; tell if any changed.

    A step by action a gives `moved[a]`, and of the bits of where it leads those in `passed[a]`. A state that has all
    bits in `full` is `done` and not looked at again.
    """
    out, taken, homes, origins = buffers
    fails, hits, own, numbers = scratch
    width, batch = 8 * k, len(own)
    state_at, out_at, taken_at = states.ctypes.data, out.ctypes.data, taken.ctypes.data
    table_at, bits_at = table.ctypes.data, bits.ctypes.data
    changed = False
    turn = 0
    while turn < count:
        n, sources = 0, 0
        while turn < count and n < batch and sources < batch:
            number = turn if upwards else count - 1 - turn
            turn += 1
            if done[number]:
                continue
            place = home(states, number * k, k, size)
            own[sources], numbers[sources] = place, number
            prefetch(table_at + place * width)
            prefetch(bits_at + place * w * 8)
            more = call_step(
                step,
                state_at + number * width,
                out_at + n * width,
                taken_at + 8 * n,
                fails.ctypes.data,
                hits.ctypes.data,
                number,
            )
            for j in range(n, n + more):
                origins[j] = sources
                place = home(out, j * k, k, size)
                homes[j] = place
                prefetch(table_at + place * width)
                prefetch(bits_at + place * w * 8)
            n += more
            sources += 1
        for s in range(sources):
            own[s] = find(table, size, own[s], states, numbers[s] * k, k)
        for j in range(n):
            mine = own[origins[j]]
            target = find(table, size, homes[j], out, j * k, k)
            action = taken[j]
            for i in range(w):
                old = bits[mine * w + i]
                new = old | moved[action * w + i] | (bits[target * w + i] & passed[action * w + i])
                if new != old:
                    bits[mine * w + i] = new
                    changed = True
        for s in range(sources):
            complete = True
            for i in range(w):
                complete = complete and bits[own[s] * w + i] == full[i]
            done[numbers[s]] = complete
    return changed


@njit(cache=True, nogil=True)
def probe(table: Any, size: int, k: int, times: int, batch: int) -> int:
    """Read `times` random places of a table, prefetched as the search does: the memory's own limit."""
    base = table.ctypes.data
    word, seen = numpy.zeros(1, numpy.uint64), 0
    homes = numpy.zeros(batch, numpy.int64)
    while times > 0:
        for j in range(batch):
            word[0] += U(1)
            homes[j] = home(word, 0, 1, size)
            prefetch(base + homes[j] * k * 8)
        for j in range(batch):
            seen += table[homes[j] * k] != U(0)
        times -= batch
    return seen
