"""Specs compiled once: what is kept is found again as long as nothing it was made from has changed.

That is the command (spec, settings, working folder), every file that was read and every place where none was found,
and the checker itself. What is kept is data of a closed set of classes; reading it runs nothing else. So a file that
somebody else has put into the user's cache folder could at worst be another model, as bytecode there could be
another program.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from checker import cachefile
from checker.info import SpecInfo
from checker.ir.nodes import Model
from checker.packing import packed

CHECKER = Path(__file__).resolve().parent
DATA = ("checker.info", "checker.ir.domains", "checker.ir.nodes", "checker.ir.ops", "checker.loc")
PATHS = ("PosixPath", "WindowsPath")

Found = TypeVar("Found")
Sources = Mapping[str, str]
"""Digest of each file that was read; "" where there was none."""


def load(target: str, settings: Mapping[str, str], *, folder: Path | None = None) -> Model:
    """Return the model of a spec as `frontend.load` compiles it; raises what it raises.

    `folder` is where models are kept, the user's cache folder by default.
    """
    words = (target, *(f"{name}={settings[name]}" for name in sorted(settings)))
    return _once(("model", *words), Model, lambda: _frontend().compiled(target, settings), folder)


def describe(target: str, *, folder: Path | None = None) -> SpecInfo:
    """Return what there is to know about a spec, as `frontend.describe` does."""
    return _once(("info", target), SpecInfo, lambda: _frontend().described(target), folder)


def _frontend() -> Any:
    return importlib.import_module("checker.frontend.load")


def _once(
    words: Iterable[str], kind: type[Found], make: Callable[[], tuple[Found, Sources]], folder: Path | None
) -> Found:
    """Return what is kept for `words`, or make and keep it."""
    name = hashlib.sha256(repr((*words, os.getcwd(), sys.version, cachefile.version_of(CHECKER))).encode()).hexdigest()[
        :32
    ]
    path = (cachefile.user_folder("models") if folder is None else folder) / f"{name}.model"
    found = _unpacked(cachefile.kept(path), kind)
    if found is None:
        made, sources = make()
        data = packed((dict(sources), made))
        cachefile.keep(path, data)
        # As it will be found again, to the last bit: what is compiled from it is kept under what it is pickled to.
        found = _unpacked(data, kind) or made
    return found


def _unpacked(data: bytes | None, kind: type[Found]) -> Found | None:
    """Return what is in `data`; None if it is something else, or was made from other sources."""
    if data is None:
        return None
    try:
        sources, found = _Reader(io.BytesIO(data)).load()
    except pickle.UnpicklingError:
        return None
    current = all(digest(Path(name)) == expected for name, expected in sources.items())
    return found if current and isinstance(found, kind) else None


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module == "pathlib" and name in PATHS:
            return super().find_class(module, name)
        found = super().find_class(module, name) if module in DATA and "." not in name else None
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is no data")
        return found


def digest(path: Path) -> str:
    """Return the digest of a file, "" if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
