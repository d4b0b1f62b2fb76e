"""Limits of a search: memory in the first place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.engine.limits import memory_limit
from checker.engine.memory import free_bytes, parse_size, resident_bytes, size_text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2G", 2 << 30),
        ("512M", 512 << 20),
        ("1.5 GiB", 3 << 29),
        ("64kb", 64 << 10),
        ("7", 7),
        ("2X", None),
        ("-1", None),
    ],
)
def test_sizes_are_read_as_users_write_them(text: str, size: int | None) -> None:
    assert parse_size(text) == size


@given(st.integers(1, 1 << 50))
def test_sizes_are_written_as_they_are_read(size: int) -> None:
    assert parse_size(size_text(size)) == size


def test_without_a_limit_most_of_what_is_free_may_be_taken() -> None:
    limit, text = memory_limit(None)
    assert resident_bytes() // 2 < limit < resident_bytes() + free_bytes()
    assert text.startswith("memory: 80% of what was free")
    assert memory_limit(3 << 29) == (3 << 29, "--max-memory 1.5G")
