"""Fingerprints: the table holds 64 bits of a state instead of the state, which is forgotten once it is expanded.

A fingerprint is a sum of the state's words times keys, as in multilinear hashing: with keys of 128 random bits, the
upper word of a_0 + a_1·w_1 + … mod 2^128 is strongly universal (Lemire, Kaser: Strongly universal string hashing is
fast, 2014: "Multilinear"), so any two states have the same with a probability of 2^-64 over the choice of keys, however
alike they are and whatever the model is. Then it is mixed, one to one: what is alike is to be spread over the table.
(0 marks an empty place; what would be 0 is 1.)

Of a state that is forgotten, two things are kept: which state it was found from, and which of that one's successors it
is. States are found in the order of those they are found from; so the bit at n + p is set where state n was found
from p, which is two bits a state, and p is found by counting (Elias, Fano: a sequence that never falls). Which
successor it is takes a byte, or four if a state can have more than 256.

Kernels, as in `runtime`.
"""

from __future__ import annotations

import hashlib
from typing import Final

from checker.backends.native.intrinsics import (
    LINE,
    high,
    load,
    load8,
    load32,
    lowest,
    ones,
    store,
    store8,
    store32,
)

BITS: Final = 64  # of a fingerprint

# Given for a model:
K = 0  # words of a state
FINGERPRINT = 0  # bits of a fingerprint; 0: states are kept

_A: Final = 0x9E3779B97F4A7C15
_LEAST: Final = -(1 << 63)  # added, it makes signed comparisons unsigned
_FAR: Final = (1 << 63) - 1


def keys(words: int, seed: int) -> list[int]:
    """Return the keys of one fingerprint function for states of so many words, two words each, the lower first."""
    size = 16 * (words + 1)
    drawn = hashlib.shake_256(f"fingerprint {seed}".encode()).digest(size)
    return [int.from_bytes(drawn[at : at + 8], "little") for at in range(0, size, 8)]


def fingerprint(state: int, keys: int) -> int:
    """Return the fingerprint of a state; never 0."""
    low, top = load(keys), load(keys + 8)
    for i in range(K):
        word, key = load(state + 8 * i), load(keys + 16 + 16 * i)
        product = word * key
        low = low + product
        carry = (low ^ _LEAST) < (product ^ _LEAST)
        top = top + high(word, key) + word * load(keys + 24 + 16 * i) + carry
    h = (top ^ (top >> 32)) * _A
    h = h >> (BITS - FINGERPRINT) << (BITS - FINGERPRINT)
    return h | (h == 0)


# --- where states came from --------------------------------------------------------------------


def note_origin(parents: int, ranks: int, wide: int, number: int, origin: int, rank: int) -> None:
    """Keep that state `number` is successor `rank` of state `origin`."""
    bit = number + origin
    word = parents + 8 * (bit >> 6)
    store(word, load(word) | 1 << (bit & 63))
    if wide:
        store32(ranks + 4 * number, rank)
    else:
        store8(ranks + number, rank)


def rank_of(ranks: int, wide: int, number: int) -> int:
    """Return which successor of its origin state `number` is."""
    if wide:
        return load32(ranks + 4 * number)
    return load8(ranks + number)


def ancestors(parents: int, end: int, count: int, first: int, number: int, numbers: int) -> int:
    """Write the numbers of the states that lead to one, from its origin to an initial state; return how many.

    Of `count` states the first `first` are initial; no bit is set from bit `end` on.
    """
    word = parents + 8 * (end >> 6) + 8
    before = count - first  # bits that are set before this word
    n = 0
    while number >= first:
        place = number - first
        while before > place:
            word = word - 8
            before = before - ones(load(word))
        bits = load(word)
        for _ in range(place - before):
            bits = bits & (bits - 1)
        number = ((word - parents) << 3) + lowest(bits) - number
        store(numbers + 8 * n, number)
        n += 1
    return n


# --- how close they are ------------------------------------------------------------------------


def closest(table: int, places: int, window: int, most: int, kept: int) -> int:
    """Return the least difference of two fingerprints in a table, 2^63 - 1 if none is less.

    Each is at most so far from its bucket that, of those that were seen, all but `kept` are less than any that is still
    to come (see `unordered`). So they are sorted in a `window`, of `most` words, from which the least are taken.
    """
    least = _FAR
    last = 0
    n = 0
    for place in range(table, table + 8 * places, 8):
        h = load(place)
        if h:
            i = n
            while i > 0 and (load(window + 8 * i - 8) ^ _LEAST) > (h ^ _LEAST):
                store(window + 8 * i, load(window + 8 * i - 8))
                i = i - 1
            store(window + 8 * i, h)
            n += 1
            if n == most:
                least = gap(window, most - kept, last, least)
                last = load(window + 8 * (most - kept - 1))
                for j in range(kept):
                    store(window + 8 * j, load(window + 8 * (most - kept + j)))
                n = kept
    return gap(window, n, last, least)


def gap(window: int, n: int, last: int, least: int) -> int:
    """Return the least difference of `n` sorted fingerprints, of the `last` before them too unless it is 0."""
    for i in range(n):
        h = load(window + 8 * i)
        distance = h - last
        if last and distance >= 0 and distance < least:
            least = distance
        last = h
    return least


def unordered(reach: int) -> int:
    """Return how many fingerprints may have been seen that are larger than one still to come, in a table where none is
    further than `reach` bytes behind its bucket: those around it, and those from the end that are at the beginning."""
    return 2 * (reach // 8 + LINE)
