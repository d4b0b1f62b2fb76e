"""Compiled specs are kept, and not used when anything they were made from has changed."""

from __future__ import annotations

import importlib
import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker import cachefile, frontend, models
from checker.ir.nodes import Model

SPEC = """
from model import Int, Spec, invariant, step, task
from helper import STEP

class Counter(Spec):
    n = Int(0, 9, init=0)

    @task
    async def count(self):
        await step()
        self.n += STEP

    @invariant
    def small(self):
        return self.n <= 3
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a spec, a helper it imports, and a folder for what is kept."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "counter.py").write_text(SPEC)
    (tmp_path / "helper.py").write_text("STEP = 1\n")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    os.chmod(tmp_path, 0o700)


def load(here: Path) -> Model:
    return models.load("specs/counter.py", {}, folder=here / "kept")


def compiles(monkeypatch: pytest.MonkeyPatch, here: Path) -> bool:
    """Tell whether loading compiles."""
    calls = []

    def front() -> object:
        calls.append("compiled")
        return importlib.import_module("checker.frontend.load")

    with monkeypatch.context() as patch:
        patch.setattr(models, "_frontend", front)
        load(here)
    return bool(calls)


def test_what_is_kept_is_what_was_compiled(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(here)
    assert first == frontend.load("specs/counter.py", {})
    assert not compiles(monkeypatch, here)
    assert load(here) == first
    assert [action.loc for action in load(here).actions] == [action.loc for action in first.actions]


def test_the_catalogue_is_the_same_from_the_cache(tmp_path: Path) -> None:
    for spec, settings in (("dining_philosophers", {}), ("counter", {"lock": "on"})):
        kept = [models.load(spec, settings, folder=tmp_path) for _ in range(2)]
        assert kept[0] == kept[1] == frontend.load(spec, settings)
        infos = [models.describe(spec, folder=tmp_path) for _ in range(2)]
        assert infos[0] == infos[1] == frontend.describe(spec)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("specs/counter.py", SPEC.replace("+= STEP", "+= 2")),
        ("helper.py", "STEP = 3\n"),
        ("specs/helper.py", "STEP = 3\n"),  # nearer than the one that was found
    ],
)
def test_a_change_of_any_source_is_seen(here: Path, path: str, text: str) -> None:
    before = load(here)
    (here / path).write_text(text)
    assert load(here) == frontend.load("specs/counter.py", {}) != before


def test_another_checker_compiles_anew(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(here)
    monkeypatch.setattr(cachefile, "version_of", lambda *_: b"another")
    assert compiles(monkeypatch, here)


def test_a_damaged_file_costs_time_only(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load(here)
    (path,) = (here / "kept").iterdir()
    whole = path.read_bytes()
    for damaged in (b"", whole[:100], whole[:-1] + bytes([whole[-1] ^ 1]), whole[40:]):
        path.write_bytes(damaged)
        assert compiles(monkeypatch, here)
        assert load(here) == expected


def test_what_is_kept_can_call_nothing(here: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str, ...]]:
            return os.mkdir, (str(here / "evil"),)

    expected = load(here)
    (path,) = (here / "kept").iterdir()
    harms: list[object] = [Evil(), ({}, Evil())]
    for harm in harms:
        cachefile.keep(path, pickle.dumps(harm))
        assert load(here) == expected
    assert not (here / "evil").exists()


@pytest.mark.parametrize("name", ["kept", "kept/deeper"])
def test_a_folder_that_cannot_be_written_costs_time_only(here: Path, name: str) -> None:
    (here / "kept").write_text("a file where the folder should be")
    assert models.load("specs/counter.py", {}, folder=here / name) == frontend.load("specs/counter.py", {})


def test_the_older_half_of_too_many_files_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cachefile, "MOST", 4)
    for number in range(6):
        path = tmp_path / f"{number}.model"
        cachefile.keep(path, b"x")
        os.utime(path, (number, number))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.model", "3.model", "4.model", "5.model"]
    shutil.rmtree(tmp_path)
    assert cachefile.kept(tmp_path / "0.model") is None
