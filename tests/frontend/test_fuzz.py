"""Whatever is written into a spec file, the front end compiles it or says what is wrong with it, where, in seconds."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from checker.catalogue import CATALOGUE
from checker.info import ROOT
from tests.frontend.front import mistakes
from tests.frontend.mutation import mutate

FOLDERS = ("specs", "tests/corpus", "tests/blocks")
SPECS = sorted(
    path for folder in FOLDERS for path in (ROOT / folder).glob("*.py") if not path.name.startswith(("_", "test_"))
)
BLOCKS = sorted(path for path in (ROOT / "model").glob("*.py") if "(Block)" in path.read_text(encoding="utf-8"))


def judge(seed: int, folder: Path) -> None:
    """Compile one mutant: of a spec, or of a block that a spec uses."""
    rng = random.Random(seed)
    spec = rng.choice(SPECS)
    text = spec.read_text(encoding="utf-8")
    if rng.random() < 0.7:
        text = mutate(text, rng)
    else:
        block = rng.choice(BLOCKS)
        shutil.copytree(ROOT / "model", folder / "model")
        (folder / "model" / block.name).write_text(mutate(block.read_text(encoding="utf-8"), rng), encoding="utf-8")
    path = folder / "spec.py"
    path.write_text(text, encoding="utf-8")
    for diagnostic in mistakes(path):
        assert diagnostic.code in CATALOGUE, diagnostic
        assert diagnostic.message, diagnostic
        place = Path(diagnostic.loc.file)
        lines = (place if place.is_absolute() else ROOT / place).read_text(encoding="utf-8").splitlines()
        assert 1 <= diagnostic.loc.line <= max(1, len(lines)), diagnostic


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_mutant_compiles_or_is_explained(seed: int, tmp_path: Path) -> None:
    for number in range(20):
        judge(seed * 1_000 + number, make(tmp_path / str(number)))


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_mutants_compile_or_are_explained(seed: int, tmp_path: Path) -> None:
    for number in range(200):
        folder = make(tmp_path / str(number))
        judge(seed * 1_000 + number, folder)
        shutil.rmtree(folder)


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder
