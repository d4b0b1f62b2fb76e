"""The same spec is the same model: in every process, at every hash seed, whatever was compiled before."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from checker.diagnostics import SpecError
from checker.frontend import load
from checker.info import ROOT, catalogue
from checker.ir.text import print_model
from tests.support.expected import specs_in

SPECS = [*catalogue(), *(str(path.relative_to(ROOT)) for path in [*specs_in("blocks"), *specs_in("corpus")])]
DIGEST = f"""
from tests.frontend.test_determinism import digest
print(digest({SPECS!r}))
"""


def digest(specs: list[str]) -> str:
    """Return a hash of the models of these specs as text."""
    found = hashlib.sha256()
    for spec in specs:
        found.update(print_model(load(spec if spec in catalogue() else str(ROOT / spec), {})).encode())
    return found.hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [(0, 1), pytest.param(range(2, 8), marks=pytest.mark.nightly)], ids=["two", "many"])
def test_models_do_not_depend_on_the_hash_seed(seeds: Iterable[int]) -> None:
    digests = set()
    for seed in seeds:
        done = subprocess.run(
            [sys.executable, "-c", DIGEST],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_compiling_one_spec_does_not_change_another(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from model import Spec\n\n\nclass Wrong(Spec):\n    n = unknown\n", encoding="utf-8")
    one, other = "dining_philosophers", "bounded_buffer"
    alone = {name: print_model(load(name, {})) for name in (one, other)}
    for name in (one, other, one, other, other):
        with pytest.raises(SpecError):
            load(str(wrong), {})
        load(one, {"n": "2"})
        assert print_model(load(name, {})) == alone[name]
