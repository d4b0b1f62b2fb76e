"""What kernels can say that Python cannot: memory by address, and single instructions.

Each name is a Python function, for readers and type checkers, and for tests that run a kernel as it stands; what a call
becomes is in `instructions`.
"""

from __future__ import annotations

import ctypes

LINE = 8  # words of a cache line


def load(address: int) -> int:
    """Return the word at an address."""
    return ctypes.c_uint64.from_address(address).value


def store(address: int, value: int) -> None:
    """Put a word to an address."""
    ctypes.c_uint64.from_address(address).value = value


def load32(address: int) -> int:
    """Return the 32 bits at an address."""
    return ctypes.c_uint32.from_address(address).value


def store32(address: int, value: int) -> None:
    """Put the lower 32 bits of a word to an address."""
    ctypes.c_uint32.from_address(address).value = value


def load8(address: int) -> int:
    """Return the byte at an address."""
    return ctypes.c_uint8.from_address(address).value


def store8(address: int, value: int) -> None:
    """Put the lower 8 bits of a word to an address."""
    ctypes.c_uint8.from_address(address).value = value


def prefetch(address: int) -> None:
    """Have the cache line at an address fetched, to be read: to fetch it to write would take it from others."""


def high(one: int, other: int) -> int:
    """Return the upper word of a product of two."""
    return one * other >> 64


def lowest(bits: int) -> int:
    """Return the position of the lowest bit that is set in `bits`, which is not 0."""
    return (bits & -bits).bit_length() - 1


def ones(bits: int) -> int:
    """Return how many bits are set."""
    return bits.bit_count()


def matching(line: int, mask: int, word: int) -> int:
    """Return, as bits, which words of a cache line, of each the bits in `mask`, are equal to `word`."""
    return sum(int(load(line + 8 * at) & mask == word) << at for at in range(LINE))


def glimpse(line: int, mask: int, word: int) -> int:
    """Return what `matching` does, and above it which words are 0, by one read, while others may be writing."""
    return matching(line, mask, word) | matching(line, (1 << 64) - 1, 0) << LINE


def add_atomically(address: int, value: int) -> int:
    """Add to the word at an address, in one go and in order with all else; return what was there."""
    before = load(address)
    store(address, before + value)
    return before


def load_atomically(address: int) -> int:
    """Return the word at an address, and what was written before it."""
    return load(address)


def swap_atomically(address: int, expected: int, value: int) -> int:
    """Put a word where the `expected` one is, after all that was written before; return what was there."""
    before = load(address)
    if before == expected:
        store(address, value)
    return before
