"""Large arrays that cost only what is used of them."""

from __future__ import annotations

import ctypes
import errno
import mmap

_LARGE_PAGE = 1 << 21
_WORTH = 1 << 26  # bytes from which large pages are asked for: each of many small arrays would take a whole one
_NO_RESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000 if hasattr(mmap, "MADV_HUGEPAGE") else 0)  # both are Linux's


class Words:
    """An array of 64-bit words, all 0, whose pages exist from when they are first written.

    A long one begins at a large page, and is of large pages where the system has them: random access to small ones
    mostly waits for the translation of addresses. One that is read in order can do with `small` ones. `view` is the
    array for Python, `address` for machine code.
    MemoryError if the system has no addresses left.
    """

    def __init__(self, words: int, *, small: bool = False) -> None:
        size = max(words, 1) * 8
        large = size >= _WORTH and not small
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE
        try:
            self._memory = mmap.mmap(-1, size + _LARGE_PAGE if large else size, flags=flags)
        except OSError as error:
            if error.errno != errno.ENOMEM:
                raise
            raise MemoryError(str(error)) from error
        begin = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        offset = -begin % _LARGE_PAGE if large else 0
        if large and hasattr(mmap, "MADV_HUGEPAGE"):
            self._memory.madvise(mmap.MADV_HUGEPAGE, offset, size)
        self.address = begin + offset
        self.page_size = _LARGE_PAGE if large else mmap.PAGESIZE
        self._offset = offset
        self.view = memoryview(self._memory)[offset : offset + size].cast("Q")

    def page(self, place: int) -> int:
        """Return where the page begins that byte `place` is on; both count from the first byte."""
        return place // self.page_size * self.page_size

    def give_back(self, begin: int, end: int) -> None:
        """Give pages back to the system, from byte `begin` to byte `end`: what they hold is forgotten."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._memory.madvise(mmap.MADV_DONTNEED, self._offset + begin, end - begin)
