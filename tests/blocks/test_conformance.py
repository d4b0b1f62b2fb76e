"""The contract of every block, explored exhaustively: each suite is a spec that uses it in every way it can be."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

import model
from tests.support.expected import ROOT, rows_of, run, specs_in

BLOCKS = ROOT.parent / "model"


@pytest.mark.parametrize("path", specs_in("blocks"), ids=lambda path: path.stem)
def test_block_keeps_its_contract(path: Path) -> None:
    for row in rows_of(path):
        run(path, row)


def is_block(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, model.Block) and value is not model.Block


def test_every_block_is_used_by_a_suite() -> None:
    used = "".join(path.read_text(encoding="utf-8") for path in specs_in("blocks"))
    for source in BLOCKS.glob("[!_]*.py"):
        module = importlib.import_module(f"model.{source.stem}")
        for name, value in vars(module).items():
            if is_block(value) and value.__module__ == module.__name__:
                assert f"{name}(" in used, f"{name} has no conformance suite"
