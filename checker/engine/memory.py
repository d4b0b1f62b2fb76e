"""Memory: how much this process has, how much it may still take, and sizes as users write them."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path

SHARE = 0.8  # of the memory that is free, where nothing else is asked for

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_STATM = Path("/proc/self/statm")
_MEMINFO = Path("/proc/meminfo")
_GROUPS = (  # the group of processes that this one is in, as a container sees it (both versions): limit and use
    (Path("/sys/fs/cgroup"), "memory.max", "memory.current"),
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.usage_in_bytes"),
)
_UNKNOWN = 4 << 30  # taken to be free where the system does not say


def resident_bytes() -> int:
    """Return the memory of this process that is in RAM; its peak where the system does not say."""
    return _statm(1) or _peak()


def is_resident(size: int) -> bool:
    """Tell whether so much memory of this process is in RAM. Quick where it never was: /proc takes 30 µs."""
    return _peak() >= size and resident_bytes() >= size


def free_bytes() -> int:
    """Return how many bytes this process may still take: the least that system, group and `ulimit -v` say."""
    found = [_available(), *(_left(*group) for group in _GROUPS), free_addresses()]
    return max(0, min((size for size in found if size is not None), default=_UNKNOWN))


def free_addresses() -> int | None:
    """Return how many bytes of addresses this process may still take (`ulimit -v`); None if there is no limit."""
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if most == resource.RLIM_INFINITY else most - (_statm(0) or _peak())


def parse_size(text: str) -> int | None:
    """Read `512M`, `2G`, `1.5 GiB` as bytes (powers of 1024); None for anything else."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", text, re.IGNORECASE)
    return None if match is None else int(float(match[1]) * UNITS[match[2].upper()])


def size_text(size: int) -> str:
    """Write a number of bytes as `parse_size` reads it: `2G`, `1.5G`, `1000000`."""
    units = [unit for unit in ("T", "G", "M", "K") if size >= UNITS[unit]]
    exact = next((unit for unit in units if 10 * size % UNITS[unit] == 0), "")
    return f"{size / UNITS[exact]:.1f}".removesuffix(".0") + exact


def _statm(place: int) -> int | None:
    """Return a field of /proc/self/statm in bytes: 0 addresses in use, 1 resident."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[place]) * resource.getpagesize()
    except OSError:
        return None


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _available() -> int | None:
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    pairs = dict(line.split(":", 1) for line in lines)
    return int(pairs["MemAvailable"].split()[0]) * 1024


def _left(folder: Path, limit: str, used: str) -> int | None:
    """Return what a group of processes may still take, without the files it has read; None if it has no limit."""
    try:
        most, now, lines = (
            (folder / name).read_text(encoding="ascii").strip() for name in (limit, used, "memory.stat")
        )
    except OSError:
        return None
    given_back = dict(line.split(" ", 1) for line in lines.splitlines()).get("inactive_file", "0")
    return None if most == "max" else int(most) - int(now) + int(given_back)
