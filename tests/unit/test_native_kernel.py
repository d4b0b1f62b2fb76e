"""Kernels mean as machine code what they mean as Python."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from checker.backends.native.compile import Compiled, Module
from checker.backends.native.intrinsics import (
    LINE,
    add_atomically,
    glimpse,
    high,
    load,
    load8,
    load32,
    lowest,
    matching,
    store,
    store8,
    store32,
)
from checker.backends.native.kernel import translated
from checker.diagnostics import InternalError

STEP = 3
GIVEN = 0


class Pair(ctypes.Structure):
    """Two words."""

    _fields_ = [("left", ctypes.c_int64), ("right", ctypes.c_int64)]


def gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a - b * (a // b)
    return a


def loops(n: int, m: int) -> int:
    total = 0
    for i in range(n):
        for j in range(i, m, STEP):
            if j == 7 or (i > 3 and not j & 1):
                continue
            if total > 500:
                break
            total += i * j if i < j else j
    for i in range(m, 0, -2):
        total ^= i
    if GIVEN:
        return total
    return -total


def memory(at: int, n: int) -> int:
    total = 0
    for i in range(n):
        total += load(at + 8 * i) + load32(at + 8 * i) + load8(at + 8 * i + 1)
        store(at + 8 * i, i)
        store32(at + 8 * i + 4, total & 0xFFFF)
        store8(at + 8 * i + 1, 7)
    return total + add_atomically(at, 5) + (load(at) >> 32)


def line(at: int, mask: int, word: int) -> int:
    return matching(at, mask, word) | matching(at, 1, 0) << 8 | glimpse(at, mask, word) << 16


def bits(a: int, b: int) -> int:
    found = (a & b) | (a ^ ~b) & 0xFFFF
    return found + lowest(a | 256) + high(a << 40, b << 40) + twice(a)


def twice(a: int) -> int:
    return 2 * a


def swapped(pair: Pair) -> None:
    pair.left, pair.right = pair.right, pair.left
    pair.left += 1


def unknown(a: int) -> str:
    return f"{a}"


def machine(folder: Path, kernel: Callable[..., Any], **given: int) -> Callable[..., int]:
    """Return a kernel as machine code."""
    module = Module(
        key=repr((kernel.__name__, given)).encode(),
        exports=[kernel.__name__],
        make=lambda: (translated([kernel], given), {}),
    )
    code = Compiled(module, folder=folder)

    def call(*args: int) -> int:
        kind = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * len(args))
        return int(kind(code.address(kernel.__name__))(*args))

    return call


@pytest.mark.parametrize("kernel", [gcd, loops, bits])
def test_numbers(kernel: Callable[[int, int], int], tmp_path: Path) -> None:
    random, compiled = Random(1), machine(tmp_path, kernel)
    for _ in range(200):
        args = random.randint(0, 40), random.randint(0, 40)
        assert compiled(*args) == kernel(*args)


def test_constants_are_given(tmp_path: Path) -> None:
    assert machine(tmp_path, loops)(9, 9) == -machine(tmp_path, loops, GIVEN=1)(9, 9) != 0


def test_memory(tmp_path: Path) -> None:
    compiled = machine(tmp_path, memory)
    one, other = ((ctypes.c_uint64 * 9)(*range(300, 309)) for _ in range(2))
    assert compiled(ctypes.addressof(one), 8) == memory(ctypes.addressof(other), 8)
    assert list(one) == list(other)


def test_lines(tmp_path: Path) -> None:
    random, compiled = Random(2), machine(tmp_path, line)
    for _ in range(500):
        words = (ctypes.c_uint64 * LINE)(*(random.randint(0, 7) for _ in range(LINE)))
        args = ctypes.addressof(words), random.randint(0, 7), random.randint(0, 7)
        assert compiled(*args) == line(*args)


def test_fields(tmp_path: Path) -> None:
    pair = Pair(3, 4)
    machine(tmp_path, swapped)(ctypes.addressof(pair))
    assert (pair.left, pair.right) == (5, 3)


def test_what_a_kernel_cannot_say_is_our_mistake() -> None:
    with pytest.raises(InternalError, match="cannot say"):
        translated([unknown], {})
