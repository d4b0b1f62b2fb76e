"""From DOT to a picture: by `dot` if it is on PATH, else by pygraphviz, whose wheels carry the library."""

from __future__ import annotations

import errno
import html
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FONT = "DejaVu Sans,Verdana,Helvetica,sans-serif"
PNG_DPI = 96


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was written. `hint` says how to draw it where no drawer is installed, "" otherwise."""

    path: Path
    hint: str = ""


def draw(dot: str, path: Path) -> Drawing:
    """Draw `dot` as `path` (suffix .svg or .png; .dot writes the source).

    Without a drawer the source is written beside it and the result says how to draw it.
    Raises OSError if the file cannot be written, RuntimeError if the drawer refuses the source.
    """
    if path.suffix == ".dot":
        path.write_text(dot, encoding="utf-8")
        return Drawing(path)
    kind = path.suffix.removeprefix(".")
    if shutil.which("dot"):
        path.write_bytes(_by_binary(dot, kind))
    elif importlib.util.find_spec("pygraphviz") is not None:
        _by_library(dot, path)
    else:
        source = path.with_suffix(".dot")
        source.write_text(dot, encoding="utf-8")
        hint = f"no Graphviz here: `pip install pygraphviz`, or elsewhere `dot -T{kind} {source.name} -o {path.name}`"
        return Drawing(source, hint)
    return Drawing(path)


def _by_binary(dot: str, kind: str) -> bytes:
    command = ["dot", f"-T{kind}", *([f"-Gdpi={PNG_DPI}"] if kind == "png" else [])]
    done = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"dot failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _by_library(dot: str, path: Path) -> None:
    try:
        pygraphviz = importlib.import_module("pygraphviz")
    except ImportError as error:  # there is no memory for its library, say
        raise OSError(errno.ENOMEM, str(error)) from error
    graph = pygraphviz.AGraph(string=dot)
    try:
        if path.suffix == ".png":
            graph.graph_attr["dpi"] = str(PNG_DPI)
        with warnings.catch_warnings(), _without_font_remarks():
            # Graphviz' remarks on fonts arrive as Python warnings; a refusal is an exception.
            warnings.simplefilter("ignore", RuntimeWarning)
            graph.draw(str(path), prog="dot")
    except OSError as error:
        raise RuntimeError(f"Graphviz failed: {error}") from error
    finally:
        graph.close()


@contextmanager
def _without_font_remarks() -> Iterator[None]:
    """Hold back what fontconfig, from within C, says on standard error about the system's font settings."""
    with tempfile.TemporaryFile() as said:
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            said.seek(0)
            for line in said.read().decode(errors="replace").splitlines(keepends=True):
                if not line.startswith("Fontconfig"):
                    sys.stderr.write(line)


def escape(text: str) -> str:
    """Escape text for an HTML-like label."""
    return html.escape(text, quote=True)


def lines(text: str, width: int, *, limit: int = 99) -> str:
    """Break escaped text into lines of at most `width` characters joined by <BR/>, at most `limit` of them."""
    parts = fold(text, width)
    if len(parts) > limit:
        parts = [*parts[: limit - 1], parts[limit - 1][: width - 1] + "…"]
    return "<BR/>".join(map(escape, parts))


def fold(text: str, width: int) -> list[str]:
    """Break `text` at spaces, else after dots, underscores and brackets, else anywhere: names are long here."""
    rows = [""]
    for word in re.findall(r"\S+\s*|\s+", text):
        if rows[-1] and len(rows[-1]) + len(word.rstrip()) > width:
            rows.append("")
        for piece in re.findall(r"[^._(\[]+[._(\[]*|[._(\[]+", word):
            if rows[-1] and len(rows[-1]) + len(piece.rstrip()) > width:
                rows.append("")
            while len(piece.rstrip()) > width:
                rows[-1:] = [piece[:width], ""]
                piece = piece[width:]
            rows[-1] += piece
    return [row.rstrip() for row in rows if row.strip()] or [""]


def font(text: str, *, size: int | None = None, color: str = "", bold: bool = False, italic: bool = False) -> str:
    """Wrap label markup in a font; `text` must be escaped already."""
    text = f"<I>{text}</I>" if italic else text
    text = f"<B>{text}</B>" if bold else text
    attributes = (f' POINT-SIZE="{size}"' if size else "") + (f' COLOR="{color}"' if color else "")
    return f"<FONT{attributes}>{text}</FONT>" if attributes else text
