"""Files in the user's cache folder: written whole or not at all, and recognized when they are damaged.

A folder that cannot be written or read costs time, never function.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import platformdirs

_SEAL = hashlib.sha256().digest_size
MOST = 1_000  # files of a folder; beyond, the older half goes


def user_folder(kind: str) -> Path:
    """Return where files of this kind are kept."""
    return platformdirs.user_cache_path("knotcheck") / kind


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all: two checks may run at once. OSError where that is not possible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def keep(path: Path, data: bytes) -> None:
    """Write `data` under a seal, if that is possible; make room in its folder now and then."""
    try:
        write_whole(path, data + hashlib.sha256(data).digest())
        _make_room(path.parent, path.suffix)
    except OSError:
        return


def kept(path: Path) -> bytes | None:
    """Return what was kept in a file, None if it is not there, not readable or not whole."""
    try:
        found = path.read_bytes()
    except OSError:
        return None
    data, seal = found[:-_SEAL], found[-_SEAL:]
    return data if hashlib.sha256(data).digest() == seal else None


def version_of(*folders: Path) -> bytes:
    """Return what tells the modules in folders from other ones: size and time, as Python judges its bytecode."""
    found = []
    for folder, _, names in (part for top in folders for part in os.walk(top)):
        for path in (os.path.join(folder, name) for name in names if name.endswith(".py")):
            stat = os.stat(path)
            found.append(f"{path} {stat.st_mtime_ns} {stat.st_size}")
    return "\n".join(sorted(found)).encode()


def _make_room(folder: Path, suffix: str) -> None:
    files = list(folder.glob(f"*{suffix}"))
    if len(files) > MOST:
        files.sort(key=lambda path: path.stat().st_mtime)
        for path in files[: MOST // 2]:
            path.unlink(missing_ok=True)
