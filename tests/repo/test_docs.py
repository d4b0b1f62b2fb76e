"""Pages agree with the code: generated ones are current, links lead somewhere, the toy checker runs."""

from __future__ import annotations

import re

from docs.generate import pages
from docs.toy_checker import check, philosophers
from tests.repo.tree import ROOT, files

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_generated_pages_are_current() -> None:
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, "run `./dev docs`"


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in files()
        if path.suffix == ".md"
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_toy_checker_finds_the_deadlock_beside_a_ticking_clock() -> None:
    assert check(philosophers()).splitlines() == [
        "deadlock: anna, ben can never move again, after anna.takes_first, ben.takes_first",
        "  anna waits for fork1 (now ben): only ben could change it",
        "  ben waits for fork0 (now anna): only anna could change it",
    ]


def test_toy_checker_finds_nothing_when_forks_are_ordered() -> None:
    assert check(philosophers(ordered=True)) == "holds: 24 states"
