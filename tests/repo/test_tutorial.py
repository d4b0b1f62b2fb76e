"""docs/tutorial.md does what it says: its files are written, its commands run, what they print is compared.

A Python block whose first line is `# name.py` is a file from there on. A console block is one command and its whole
output. `--update-golden` rewrites the outputs; the diff of the page is reviewed like code.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.tree import ROOT

PAGE = ROOT / "docs/tutorial.md"
BLOCK = re.compile(r"^```(?P<language>python|console)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
TIMES = re.compile(r"\d+\.\d\d s · [^·\n]* states/s")


def shell(folder: Path) -> dict[str, str]:
    """Return an environment in which `check` is this checkout's, run by this Python."""
    command = folder / "bin/check"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m checker "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "120"}


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.slow
def test_commands_print_what_the_page_shows(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    environment = shell(tmp_path)
    folder = tmp_path / "tutorial"
    folder.mkdir()

    def execute(block: re.Match[str]) -> str:
        body = block["body"]
        if block["language"] == "python":
            name = body.partition("\n")[0].removeprefix("# ")
            assert re.fullmatch(r"\w+\.py", name), f"the block does not name its file: {name}"
            (folder / name).write_text(body, encoding="utf-8")
            return block[0]
        prompt, shown = body.split("\n", 1)
        printed = run(prompt.removeprefix("$ "), folder, environment)
        assert printed, f"`{prompt}` prints nothing"
        same = TIMES.sub("", printed) == TIMES.sub("", shown)
        return block[0] if same else f"```console\n{prompt}\n{printed}```"

    page = PAGE.read_text(encoding="utf-8")
    executed = BLOCK.sub(execute, page)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(executed, encoding="utf-8")
    else:
        assert executed == page
