"""Compilation in rounds: it settles after the second, as long as what a first round cannot know is guessed right."""

from __future__ import annotations

import importlib

import pytest

from checker.frontend.declare import Declarations
from checker.frontend.elaborate import Elaboration
from checker.info import catalogue


@pytest.mark.parametrize("spec", catalogue())
def test_the_catalogue_settles_in_two_rounds(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[Elaboration] = []
    lower = Elaboration.lower

    def counted(elaboration: Elaboration) -> Declarations:
        rounds.append(elaboration)
        return lower(elaboration)

    monkeypatch.setattr(Elaboration, "lower", counted)
    importlib.import_module("checker.frontend.load").compiled(spec, {})
    assert len(rounds) == 2
