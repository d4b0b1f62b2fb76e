"""The files a check leaves: JSON, ITF, DOT and pictures."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from checker.diagnostics import UsageError
from checker.interp import Interpreter
from checker.report import Report

OUTPUT_FOLDER = "knotcheck-out"
STDOUT = "-"
ASCII = str.maketrans(
    {"✓": "ok", "✗": "x", "·": "*", "…": "...", "→": "->", "↔": "<->", "↻": "@", "≈": "~", "–": "-", "─": "-"}
)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Which files are wanted. `pictures` is None for none, `""` for the default folder `knotcheck-out/<spec>`."""

    json: str | None = None
    itf: str | None = None
    dot: str | None = None
    pictures: str | None = None
    png: bool = False


def write_outputs(report: Report, outputs: Outputs) -> list[str]:
    """Write what is wanted and return the names of the files that tell the counterexample.

    Raises UsageError if a file that was asked for cannot be written; the default folder may fail with a remark.
    """
    names = []
    if outputs.json is not None:
        write_text(outputs.json, _render("document").report_json(report))
    found = report.findings[0] if report.findings and report.replayed else None
    if found is not None and outputs.itf is not None:
        names += write_text(outputs.itf, _render("itf").itf_json(report, found))
    if found is not None and found.graph is not None and outputs.dot is not None:
        names += write_text(outputs.dot, _render("waitfor").waitfor_dot(report, found))
    if found is not None and outputs.pictures is not None:
        names += _pictures(report, outputs)
    return names


def _render(name: str) -> Any:
    """Return a module of `checker.render`, loaded when there is something for it to write."""
    return importlib.import_module(f"checker.render.{name}")


def write_text(target: str, text: str) -> list[str]:
    """Write `text` to a file, or to standard output for `-`; return the file's name if it is one."""
    if target == STDOUT:
        click.echo(text, nl=False)
        return []
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}") from error
    return [target]


def _pictures(report: Report, outputs: Outputs) -> list[str]:
    folder = Path(outputs.pictures or Path(OUTPUT_FOLDER, _folder_name(report.spec)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _draw_all(report, folder, outputs)
    except OSError as error:
        if outputs.pictures:
            raise UsageError(f"cannot write pictures to {folder}: {error.strerror}") from error
        click.echo(f"no pictures: cannot write to {folder}: {error.strerror}", err=True)
        return []


def _draw_all(report: Report, folder: Path, outputs: Outputs) -> list[str]:
    finding = report.findings[0]
    sources = {"counterexample": _render("lanes").lanes_dot(report, finding, Interpreter(report.model).evaluate)}
    if finding.graph is not None:
        sources["wait-for"] = _render("waitfor").waitfor_dot(report, finding)
    names = []
    for name, dot in sources.items():
        for suffix in (".svg", ".png") if outputs.png else (".svg",):
            drawing = _render("draw").draw(dot, folder / (name + suffix))
            names.append(str(drawing.path))
            if drawing.hint:
                click.echo(drawing.hint, err=True)
    if outputs.itf is None:
        names += write_text(str(folder / "trace.itf.json"), _render("itf").itf_json(report, finding))
    return list(dict.fromkeys(names))


def _folder_name(spec: str) -> str:
    """Turn a spec's name or path into one folder's name: `specs/x.py:Two` is `x.Two`."""
    path, _, name = spec.partition(":")
    stem = Path(path).stem
    return f"{stem}.{name}" if name else stem


def say(text: str) -> None:
    """Print to standard output, characters that its encoding lacks spelt in ASCII."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:  # a mark that becomes `?` would read as *incomplete*
        text = text.translate(ASCII).encode(encoding, errors="replace").decode(encoding)
    click.echo(text)
