"""The progress line says what is known of a search, and nothing that is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from checker.cli.progress import progress_line, progress_text
from checker.engine.limits import Update


def test_the_line_names_figures_table_and_engine() -> None:
    update = Update(states=12_345, queue=678, depth=9)
    assert progress_text(update, 2.0, 64 << 20) == (
        "exploring: 12 345 states, 6172 states/s, queue 678, depth 9, 64 MiB, 2.00 s, text"
    )
    native = Update(states=10, queue=0, depth=1, load=0.5, engine="native", phase="complete detection")
    assert progress_text(native, 1.0, 1 << 20) == (
        "complete detection: 10 states, 10 states/s, queue 0, depth 1, 1 MiB, table 50% full, 1.00 s, native"
    )


def test_in_a_pipe_nobody_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "pipe").open("w") as pipe:
        monkeypatch.setattr(sys, "stderr", pipe)
        with progress_line(quiet=False) as progress:
            assert progress is None


def test_a_new_phase_is_shown_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "terminal").open("w") as terminal:
        monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr("checker.cli.progress.INTERVAL", 1e9)
        shown: list[str] = []
        monkeypatch.setattr("rich.status.Status.update", lambda _, text: shown.append(text))
        with progress_line(quiet=False) as progress:
            assert progress is not None
            for phase in ("exploring", "exploring", "compiling", "exploring"):
                progress(Update(states=1, queue=1, depth=1, phase=phase))
    assert [text.split(":")[0] for text in shown] == ["exploring", "compiling", "exploring"]
