"""Large arrays that cost only what is used of them."""

from __future__ import annotations

import mmap
from typing import Any

import numpy

_HUGE = 1 << 22  # bytes from which large pages are asked for
_NO_RESERVE = getattr(mmap, "MAP_NORESERVE", 0)


def zeros(words: int) -> Any:
    """Return a new array of 64-bit words, all 0, whose pages exist from when they are first written.

    The memory is given back when the array and all views of it are gone.
    """
    size = max(words, 1) * 8
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
    if size >= _HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)  # random access to small pages mostly waits for address translation
    return numpy.frombuffer(memory, dtype=numpy.uint64)
