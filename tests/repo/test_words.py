"""What must not be in the repository: paths of somebody's machine, and marks of unfinished work."""

from __future__ import annotations

import re
from pathlib import Path

from tests.repo.tree import ROOT, files

TEXT = {"", ".cfg", ".dot", ".json", ".md", ".py", ".svg", ".toml", ".txt", ".yml"}
FORBIDDEN = re.compile(
    r"""
    (?<![\w.])/(?:work|tmp|home|root|Users|opt|mnt)/\w   # a place on one machine
    | \.\./shared
    | \b(?:TODO|FIXME|XXX|HACK)\b                        # finish it, or write it down in docs/warts.md
    | \#\s*type:\s*ignore(?!\[)                          # without saying which error
    | \#\s*noqa(?!:)
    """,
    re.VERBOSE,
)


def test_no_machine_paths_and_no_unfinished_marks() -> None:
    here = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in files()
        if path.suffix in TEXT and path != here
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if (match := FORBIDDEN.search(line))
    ]
    assert not found, "\n".join(found)
