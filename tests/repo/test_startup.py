"""`check` starts fast: slow libraries are loaded only when something is reported, drawn or solved."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.repo.test_layers import SLOW
from tests.repo.tree import ROOT

HELP = [sys.executable, "-c", "import sys; sys.argv = ['check', '--help']; from checker.cli import main; main()"]


def test_help_takes_less_than_400_ms() -> None:
    best = 60.0
    for _ in range(5):
        begin = time.perf_counter()
        subprocess.run(HELP, cwd=ROOT, check=True, capture_output=True)
        best = min(best, time.perf_counter() - begin)
    assert best < 0.4


def test_importing_the_command_loads_no_slow_library() -> None:
    probe = f"import sys, checker, checker.cli; print(*sorted(sys.modules.keys() & {set(SLOW)!r}))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
