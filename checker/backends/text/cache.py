"""Where generated text is kept: files named after their content, so that errors show it and bytecode is cached."""

from __future__ import annotations

import hashlib
import linecache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from checker.cachefile import user_folder, write_whole
from checker.diagnostics import InternalError


def load(source: str, *, folder: Path | None = None) -> CodeType:
    """Return `source` compiled, from its file in `folder` (default: the user's cache folder).

    A folder that cannot be written or read costs the file, not the function: then it is compiled from memory.
    """
    home = user_folder("text") if folder is None else folder
    path = home / f"{hashlib.sha256(source.encode()).hexdigest()[:32]}.py"
    try:
        _write(path, source)
        code = SourceFileLoader(path.stem, str(path)).get_code(path.stem)
    except OSError:
        return _from_memory(source, f"<generated {path.name}>")
    if code is None:
        raise InternalError(f"{path} gave no code")
    return code


def _write(path: Path, source: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != source:
        write_whole(path, source.encode())


def _from_memory(source: str, name: str) -> CodeType:
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    return compile(source, name, "exec")
