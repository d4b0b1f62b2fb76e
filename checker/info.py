"""What there is to know about a spec without checking it, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from checker.loc import Loc

ROOT = Path(__file__).resolve().parent.parent  # holds the packages `model` and `specs`


@dataclass(frozen=True, slots=True)
class ParamInfo:
    """A parameter as a user sets it, as text: name, domain, default, values (of a long range the ends)."""

    name: str
    domain: str
    default: str
    values: tuple[str, ...]
    unbounded: bool = False  # may be set to `unbounded` where something is proved


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """One row of EXPECTED: verdict (`holds`, a kind of finding, `incomplete`), settings, pinned counts.

    `violated` are the liveness properties that do not hold, None if that is not pinned.
    """

    verdict: str
    settings: tuple[tuple[str, str], ...]
    states: int | None = None
    transitions: int | None = None
    depth: int | None = None
    violated: tuple[str, ...] | None = None
    loc: Loc | None = None


@dataclass(frozen=True, slots=True)
class SpecInfo:
    name: str
    path: Path
    doc: str
    parameters: tuple[ParamInfo, ...]
    expected: tuple[ExpectedRow, ...]


def catalogue() -> dict[str, Path]:
    """Return the specs that come with the checker: name → file."""
    found = {}
    for path in sorted((ROOT / "specs").glob("*")):
        if path.suffix == ".py" and not path.name.startswith("_"):
            found[path.stem] = path
        elif (path / "spec.py").is_file():
            found[path.name] = path / "spec.py"
    return found


def shown_path(path: Path) -> str:
    """Return `path` as a user would write it: relative to the working folder or to the catalogue."""
    for base in (Path.cwd(), ROOT):
        if path.is_relative_to(base):
            return str(path.relative_to(base))
    return str(path)
